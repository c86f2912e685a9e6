"""JSON Lines, as they flow through the pipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corptool.article import Article, dumps


def write(articles: Iterable[Article]) -> Iterator[bytes]:
    """One article a line, with all its keys."""
    for article in articles:
        yield dumps(article) + b"\n"
