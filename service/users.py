"""Users and the labels that they hold, from a CSV file with the columns `user` and `label`."""

from __future__ import annotations

import csv
from pathlib import Path

from memory import catalogue
from memory.errors import Misuse
from memory.store import Store


def grant_from(store: Store, file: Path) -> int:
    """Set the labels of every user that the file names; how many users.

    Raises:
        Misuse: there is no such file, or it lacks a column.
    """
    held: dict[str, set[str]] = {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                held.setdefault(row["user"].strip(), set()).add(row["label"].strip())
    except OSError as error:
        raise Misuse(f"{file}: {error.strerror}") from error
    except KeyError as error:
        raise Misuse(f"{file}: has no column {error}; it needs user and label") from error
    with store.noting() as connection:
        for user, labels in held.items():
            catalogue.grant(connection, user, labels)
    return len(held)
