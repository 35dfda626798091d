"""Which group of the provider gives which label, role and post: a CSV file with the columns group, label, role, post.

Only `group` is required in a row, and one of the others; the group `*` is everybody who signs in.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from memory.errors import Misuse
from memory.people import Role, checked_roles

EVERYBODY = "*"
_COLUMNS = {"group", "label", "role", "post"}


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody's groups give him."""

    labels: frozenset[str]
    roles: frozenset[Role]
    posts: frozenset[str]


def rights_of(groups: Collection[str], file: Path) -> Rights:
    """What the groups give; read anew at each sign-in, so that a change needs no restart.

    Raises:
        Misuse: the file is missing or wrong.
    """
    rows = [row for row in _rows(file) if row["group"] == EVERYBODY or row["group"] in groups]
    return Rights(
        frozenset(row["label"] for row in rows if row["label"]),
        checked_roles(row["role"] for row in rows if row["role"]),
        frozenset(row["post"] for row in rows if row["post"]),
    )


def groups_with(role: Role, file: Path) -> list[str]:
    """The groups that give a role.

    Raises:
        Misuse: the file is missing or wrong.
    """
    return sorted({row["group"] for row in _rows(file) if row["role"] == role})


def check(file: Path) -> int:
    """How many rows the file has.

    Raises:
        Misuse: the file is missing or wrong; names the line.
    """
    rows = _rows(file)
    for number, row in enumerate(rows, start=2):
        try:
            checked_roles([row["role"]] if row["role"] else [])
        except Misuse as error:
            raise Misuse(f"{file}: line {number}: {error}") from error
        if not row["group"] or not (row["label"] or row["role"] or row["post"]):
            raise Misuse(f"{file}: line {number}: names no group, or neither label, role nor post")
    return len(rows)


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            columns = {name.strip() for name in reader.fieldnames or ()}
            rows = [{k.strip(): (v or "").strip() for k, v in row.items() if isinstance(k, str)} for row in reader]
    except OSError as error:
        raise Misuse(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Misuse(f"{file}: is not UTF-8 text; save it as CSV UTF-8") from error
    if "group" not in columns or not columns <= _COLUMNS:
        raise Misuse(f"{file}: has the columns {sorted(columns)}; it needs group, and label, role or post")
    return [dict.fromkeys(_COLUMNS, "") | row for row in rows]
