"""Comma-separated values as RFC 4180 has them, of which nothing is lost.

A cell shows a string as it is, anything else as JSON. What cells cannot say stands in a last column, TYPES, only
where an article needs it: which cells of the row are JSON, null, or an empty string rather than nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any

from corptool.article import SURROGATE, Article, dumps, loads

SUFFIXES = (".csv", ".tsv")
FIRST = ("id", "title", "published", "author", "site", "source", "url", "lang", "text")
"""The columns that people look at; a spreadsheet shows the first ones."""
TYPES = "corptool_types"
HEAVY = ("edits", "origin")
IN_MEMORY = 1 << 24  # bytes; what is more waits on disk until the last article has named its keys
CHUNK = 1 << 18  # characters


def write(articles: Iterable[Article], *, full: bool = False) -> Iterator[bytes]:
    """A header of every key of every article, however late it comes, and a row an article; lines end in CRLF."""
    with SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
        names, typed = _spool(articles, spool, full)
        spool.seek(0)
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer)
        if names:
            writer.writerow([*names, TYPES] if typed else names)
        for line in spool:
            cells, types = row(loads(line), names)
            writer.writerow([*cells, types] if typed else cells)
            if buffer.tell() > CHUNK:
                yield _taken(buffer)
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data


def _spool(articles: Iterable[Article], spool: Any, full: bool) -> tuple[list[str], bool]:
    """Lay the articles aside. The columns in order, and whether any row has something for TYPES."""
    nested: dict[str, bool] = {}
    typed = False
    for article in articles:
        if not full:
            article = {key: value for key, value in article.items() if key not in HEAVY}
        spool.write(dumps(article) + b"\n")
        for key, value in article.items():
            plain = type(value) is str and value != ""
            typed = typed or not plain or key == TYPES or SURROGATE.search(key + value) is not None
            if plain:
                nested.setdefault(key, False)
            elif nested.get(key) is not True:
                nested[key] = isinstance(value, dict | list)
    keys = [key for key in nested if key != TYPES and not SURROGATE.search(key)]
    first = [key for key in FIRST if key in nested]
    others = sorted((key for key in keys if key not in FIRST), key=lambda key: nested[key])
    return first + others, typed


def row(article: Article, names: Iterable[str]) -> tuple[list[str], str]:
    """The cells of an article, and what TYPES says of them.

    >>> row({"text": "網", "n": 1, "site": None, "tags": ["y"]}, ["text", "n", "site", "tags", "late"])
    (['網', '1', '', '["y"]', ''], '{"json":["n","tags"],"null":["site"]}')
    """
    types: dict[str, Any] = {}
    cells = []
    for key in names:
        value = article.get(key, _ABSENT)
        if value is _ABSENT:
            cells.append("")
        elif value is None or value == "":
            types.setdefault("null" if value is None else "empty", []).append(key)
            cells.append("")
        elif isinstance(value, str) and not SURROGATE.search(value):
            cells.append(value)
        else:
            types.setdefault("json", []).append(key)
            cells.append(dumps(value).decode())
    if more := {key: value for key, value in article.items() if key == TYPES or SURROGATE.search(key)}:
        types["more"] = more
    return cells, dumps(types).decode() if types else ""


_ABSENT: Any = object()
