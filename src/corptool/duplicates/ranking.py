"""Which of several copies stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corptool.duplicates.features import Row


def ranking(keep: str) -> Callable[[Row], Any]:
    """Where an article stands among its copies: the smallest stays."""

    def best(row: Row) -> tuple[Any, ...]:
        return row.repairs, -row.known, longest(row)

    def longest(row: Row) -> tuple[Any, ...]:
        return -row.length, row.place

    if keep.startswith("source:"):
        places = {source: place for place, source in enumerate(keep.removeprefix("source:").split(","))}
        return lambda row: (places.get(row.source, len(places)), best(row))
    ranks: dict[str, Callable[[Row], Any]] = {
        "best": best,
        "longest": longest,
        "earliest": lambda row: (not row.published, row.published, row.place),
        "latest": lambda row: ([-ord(char) for char in row.published] or [0], row.place),
        "first": lambda row: row.article,
    }
    return ranks[keep]
