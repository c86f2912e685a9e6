"""Plain text: one article a file, in any encoding of Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Any

from corptool.article import Article, dumps, loads
from corptool.formats import File, Record, load
from corptool.rules import charset_tables
from corptool.text.decode import Decoded, decode, detect
from corptool.text.decode import read as decode_known
from corptool.text.filenames import Names

SUFFIXES = (".txt", ".text")
FOLDER = True
TABLE = "metadata.csv"
IN_MEMORY = 1 << 24  # bytes; what is more waits on disk until the last article has named its keys


def read(file: IO[bytes], *, encoding: str | None = None) -> Iterator[Record]:
    """The text as it stands, line ends and all; what does not decode appears as U+FFFD."""
    data = file.read()
    decoded = decode_as(data, encoding) if encoding else decode(data, tables=charset_tables())
    yield Record({"text": decoded.text, "origin": origin(decoded)}, data)


def decode_as(data: bytes, encoding: str) -> Decoded:
    """The text in an encoding that somebody knows."""
    return decode_known(data, encoding, chart=charset_tables().chart)


def origin(decoded: Decoded) -> dict[str, Any]:
    """What `undo --bytes` needs to rebuild the file; `damaged` and `patches` only where there are any."""
    found = {"encoding": decoded.encoding, "confidence": decoded.confidence}
    return found | {key: getattr(decoded, key) for key in ("damaged", "patches") if getattr(decoded, key)}


def write(articles: Iterable[Article], *, full: bool = False) -> Iterator[File]:
    """One file an article, named by date and title, for tools such as AntConc, and a table of all the rest.

    The table is TABLE, beside them: `corptool read FOLDER --meta FOLDER/metadata.csv` brings both together again.
    A text that a text file cannot hold (a lone surrogate, or what reads as another encoding) is in the table too.
    """
    from tempfile import SpooledTemporaryFile

    names = Names(".txt")
    spool = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the table outlives this generator
    for article in articles:
        name = names.name(article)
        data = article["text"].encode("utf-8", "replace")
        rest = {key: value for key, value in article.items() if key != "text" or not _is_plain(value, data)}
        spool.write(dumps({**rest, "file": name}) + b"\n")
        yield File(name, data)
    yield File(TABLE, _table(spool, full))


def _table(spool: Any, full: bool) -> Iterator[bytes]:
    with spool:
        spool.seek(0)
        yield from load("csv").write(map(loads, spool), full=full)


def _is_plain(text: str, data: bytes) -> bool:
    return data.decode() == text and detect(data, tables=charset_tables())[0] == "utf-8"
