"""Which of several copies stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corptool.duplicates.features import Rows


def ranking(keep: str, rows: Rows) -> Callable[[int], Any]:
    """Where an article stands among its copies: the smallest stays."""

    def best(index: int) -> tuple[Any, ...]:
        return rows.number("repairs", index), -rows.number("known", index), longest(index)

    def longest(index: int) -> tuple[Any, ...]:
        return -rows.number("length", index), place(index)

    def place(index: int) -> tuple[Any, ...]:
        return rows.string("path", index), rows.string("member", index), rows.number("offset", index)

    if keep.startswith("source:"):
        places = {source: place for place, source in enumerate(keep.removeprefix("source:").split(","))}
        return lambda index: (places.get(rows.string("source", index), len(places)), best(index))
    ranks: dict[str, Callable[[int], Any]] = {
        "best": best,
        "longest": longest,
        "earliest": lambda index: (not (date := rows.string("published", index)), date, place(index)),
        "latest": lambda index: ([-ord(char) for char in rows.string("published", index)] or [0], place(index)),
        "first": lambda index: index,
    }
    return ranks[keep]
