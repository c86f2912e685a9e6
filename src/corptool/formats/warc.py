"""Web archives (WARC 1.0 and 1.1): the pages that a crawler kept, and the texts of WET files."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from corptool.formats import Record, load
from corptool.formats.text import origin
from corptool.rules import charset_tables
from corptool.text.decode import decode

SUFFIXES = (".warc", ".wet")
MANY = True  # articles in a file
CHUNK = 1 << 20  # bytes
LARGEST = 100_000_000  # bytes of a record that is read; larger ones are no pages
LONGEST_LINE = 1 << 16  # bytes of a header

PAGES = ("text/html", "application/xhtml+xml")
CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[^\r\n]{0,200}\r\n")
CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


class Block(NamedTuple):
    """A record of the archive."""

    offset: int
    """Where its content begins."""
    headers: dict[str, str]
    """By their names in lower case."""
    data: bytes | None
    """None where the record is too large to be a page."""


def read(file: IO[bytes]) -> Iterator[Record]:
    """The HTML pages that were answered with status 200, and plain texts (WET); what else there is gets counted.

    A page has the `url` and `origin.fetched` that the archive tells. ValueError: the file is no WARC, or was cut off.
    """
    passed: Counter[str] = Counter()
    for block in blocks(file):
        kind = block.headers.get("warc-type", "")
        declared, body = block.headers.get("content-type", ""), block.data
        if kind == "response" and body is not None:
            status, declared, body = answer(body)
            if status != 200:
                passed[f"status {status}"] += 1
                continue
        named = declared.partition(";")[0].strip().lower()
        if body is None or kind not in ("response", "resource", "conversion") or named not in (*PAGES, "text/plain"):
            if kind in ("response", "resource", "conversion"):
                passed[named or "untyped"] += 1
            continue
        yield Record(_fields(block, body, declared, named in PAGES), block.data or b"", block.offset)
    if passed:
        kinds = ", ".join(f"{number} {kind}" for kind, number in passed.most_common(5))
        logging.getLogger("corptool").warning("passed over %d records that are no pages (%s)", passed.total(), kinds)


def _fields(block: Block, body: bytes, declared: str, is_page: bool) -> dict[str, Any]:
    charset = CHARSET.search(declared)
    html = load("html")
    named = html.python_name(charset[1]) if charset else None
    decoded = decode(body, named or (html.declared(body) if is_page else None), tables=charset_tables())
    fields: dict[str, Any] = html.read_markup(decoded.text) if is_page else {"text": decoded.text}
    if url := block.headers.get("warc-target-uri", "").strip("<> "):
        fields["url"] = url
    fetched = {"fetched": block.headers["warc-date"]} if "warc-date" in block.headers else {}
    return fields | {"origin": origin(decoded) | fetched}


def blocks(file: IO[bytes]) -> Iterator[Block]:
    """The records, one by one."""
    source = _Source(file)
    while line := source.line():
        if not line.strip():
            continue
        offset = source.offset - len(line)
        if not line.startswith(b"WARC/"):
            raise ValueError(f"no WARC record at byte {offset}: {line[:20]!r}")
        headers: dict[str, str] = {}
        while (line := source.line()).strip():
            name, _, value = line.decode("utf-8", "replace").partition(":")
            headers.setdefault(name.strip().lower(), value.strip())
        try:
            length = int(headers["content-length"])
        except (KeyError, ValueError):
            raise ValueError(f"the WARC record at byte {offset} does not say how long it is") from None
        start = source.offset
        yield Block(start, headers, source.take(length))


class _Source:
    """The file, and how far it has been read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = io.BufferedReader(file, CHUNK)  # type: ignore[type-var]
        self.offset = 0

    def line(self) -> bytes:
        """The next line; nothing at the end."""
        line = self._file.readline(LONGEST_LINE)
        self.offset += len(line)
        return line

    def take(self, length: int) -> bytes | None:
        """So many bytes; None, and they are stepped over, where they are too many for a page."""
        start = self.offset
        kept: list[bytes] | None = [] if length <= LARGEST else None
        while length > 0:
            piece = self._file.read(min(length, CHUNK))
            if not piece:
                raise ValueError(f"cut off within the WARC record whose content begins at byte {start}")
            if kept is not None:
                kept.append(piece)
            length -= len(piece)
            self.offset += len(piece)
        return None if kept is None else b"".join(kept)


def answer(data: bytes) -> tuple[int, str, bytes]:
    """(status, content type, body) of an HTTP answer, its transfer and content encodings taken off.

    >>> answer(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\n\\r\\n<p>")
    (200, 'text/html', b'<p>')
    """
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    status = re.match(r"HTTP/[\d.]+ (\d{3})", first)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = _joined(body)
    encoding = headers.get("content-encoding", "").lower()
    if encoding in ("gzip", "x-gzip", "deflate"):
        body = _inflated(body)
    return int(status[1]) if status else 0, headers.get("content-type", ""), body


def _joined(body: bytes) -> bytes:
    """The chunks without their sizes; crawlers often have joined them and left the header, so then as it is."""
    pieces: list[bytes] = []
    at = 0
    while size := CHUNK_SIZE.match(body, at):
        length = int(size[1], 16)
        if length == 0:
            return b"".join(pieces)
        pieces.append(body[size.end() : size.end() + length])
        at = size.end() + length + 2
    return body


def _inflated(body: bytes) -> bytes:
    """The body decompressed, at most LARGEST bytes of it; as it is where a crawler has done so already."""
    for bits in (47, -15):  # gzip or zlib by the header, then deflate without one
        try:
            return zlib.decompressobj(bits).decompress(body, LARGEST)
        except zlib.error:
            continue
    return body
