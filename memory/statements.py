"""Statements that are built once, whatever the length of the lists that they are asked with: to build one takes
SQLAlchemy several times as long as SQLite takes to answer it.

A list is bound as JSON and read by SQLite itself (https://www.sqlite.org/json1.html#jeach).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, bindparam, func, select, tuple_


def as_list(values: Iterable[Any]) -> str:
    """Numbers, texts or pairs of them, each once, as `listed` and `pair_listed` take them."""
    return json.dumps(sorted(set(values)))


def listed(name: str) -> Select[Any]:
    """The members of the list that is bound to `name`; none where null is."""
    return select(func.json_each(bindparam(name)).table_valued("value").c.value)


def pair_listed(name: str, first: Column[Any], second: Column[Any]) -> ColumnElement[bool]:
    """Whether two columns are a pair in the list that is bound to `name`."""
    pair = func.json_each(bindparam(name)).table_valued("value").c.value
    return tuple_(first, second).in_(select(func.json_extract(pair, "$[0]"), func.json_extract(pair, "$[1]")))
