"""Plain text: one article a file, in any encoding of Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Any

from corptool.article import Article
from corptool.formats import File, Record
from corptool.rules import charset_tables
from corptool.text.decode import Decoded, decode
from corptool.text.filenames import Names

SUFFIXES = (".txt", ".text")
FOLDER = True


def read(file: IO[bytes]) -> Iterator[Record]:
    """The text as it stands, line ends and all; what does not decode appears as U+FFFD."""
    data = file.read()
    decoded = decode(data, tables=charset_tables())
    yield Record({"text": decoded.text, "origin": origin(decoded)}, data)


def origin(decoded: Decoded) -> dict[str, Any]:
    """What `undo --bytes` needs to rebuild the file; `damaged` and `patches` only where there are any."""
    found = {"encoding": decoded.encoding, "confidence": decoded.confidence}
    return found | {key: getattr(decoded, key) for key in ("damaged", "patches") if getattr(decoded, key)}


def write(articles: Iterable[Article]) -> Iterator[File]:
    """One file an article, named by date and title, for tools such as AntConc."""
    names = Names(".txt")
    for article in articles:
        yield File(names.name(article), article["text"].encode("utf-8", "replace"))
