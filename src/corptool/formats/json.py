"""A JSON array of articles, one a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corptool.article import Article, dumps

SUFFIXES = (".json",)


def write(articles: Iterable[Article]) -> Iterator[bytes]:
    """The array: valid JSON as a whole, and still good for `grep` and `diff` by line."""
    lead = b"[\n"
    for article in articles:
        yield lead + dumps(article)
        lead = b",\n"
    yield b"\n]\n" if lead == b",\n" else b"[]\n"
