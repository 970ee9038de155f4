"""Proofs with one thing changed: every place of a record, each in a few ways."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

#: What describes a step and carries no part of its proof.
DESCRIPTIONS = {"evidence", "theorem", "conclusion"}


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to everything in a record, except what only describes it."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        if key not in DESCRIPTIONS:
            yield (*path, key)
            yield from places(value, (*path, key))


def changes(value: Any) -> Iterator[Any]:
    """Other values in the place of one."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, -value if value else 7)
    elif isinstance(value, str):
        yield from (f"{value}1", "7" if value != "7" else "8")
    elif isinstance(value, list):
        yield from ([*value, *value[-1:]] if value else [1], value[:-1] if value else [[]])
    elif value is None:
        yield from (0, [])
    elif isinstance(value, dict):
        yield {k: v for k, v in value.items() if k != next(iter(value))}


def sabotaged(record: dict[str, Any]) -> Iterator[tuple[tuple[Any, ...], Any, dict[str, Any]]]:
    """Each record that differs in one place: the place, what stands there now, and the record."""
    for path in places(record):
        *above, last = path
        found = record
        for key in above:
            found = found[key]
        for value in changes(found[last]):
            changed = copy.deepcopy(record)
            inner: Any = changed
            for key in above:
                inner = inner[key]
            inner[last] = value
            yield path, value, changed
