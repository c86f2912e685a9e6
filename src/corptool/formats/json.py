"""JSON: an array of articles, or objects one after the other."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import IO, Any

from corptool.article import Article, dumps
from corptool.formats import Record
from corptool.rules import charset_tables
from corptool.text import decode
from corptool.text.charset import CHINESE, EAST_ASIAN

SUFFIXES = (".json",)
MANY = True  # articles in a file
CHUNK = 1 << 18  # bytes
BROKEN = re.compile("[\udc80-\udcff]")
"""Bytes that do not decode, as `surrogateescape` shows them. (A lone surrogate in JSON is escaped.)"""
BROKEN_RUN = re.compile(f"{BROKEN.pattern}+")
BETWEEN = re.compile(r"[\s,]*")


def read(file: IO[bytes], *, encoding: str | None = None) -> Iterator[Record]:  # noqa: ARG001 - JSON is Unicode
    """The objects of the array, or of the file, one by one: an array need not fit into memory.

    Where the JSON breaks off the articles before it have been read, and ValueError says at which byte.
    """
    source = _Source(file)
    if array := source.text[source.skip(0) :].startswith("["):
        source.take(source.skip(0) + 1)
    while True:
        source.take(source.skip(0))
        if not source.text:
            if array:
                raise ValueError(f"the JSON array is not closed at byte {source.offset}: the file was cut off")
            return
        if array and source.text.startswith("]"):
            source.take(source.skip(1))
            if source.text:
                raise ValueError(f"more text after the end of the JSON array, at byte {source.offset}")
            return
        value, end, damaged = source.value()
        offset = source.offset
        raw = source.take(end)
        fields = value if isinstance(value, dict) else {}
        yield Record({"origin": damaged} | fields if damaged else fields, raw, offset)


class _Source:
    """The text of a file from the next value on; more is read when a value is not whole."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        start = file.read(CHUNK)
        encoding, _ = decode.detect(start, tables=charset_tables())
        if encoding in (*CHINESE, *EAST_ASIAN):  # in others little would be lost, and what is stands in the origin
            how = f"convert it first: iconv -f {encoding} -t utf-8"
            raise ValueError(f"JSON is UTF-8, and this is {encoding} by the look of it; {how}")
        mark, self._codec = decode.split_mark(start, encoding if encoding.startswith("utf") else "utf-8")
        self._decoder = codecs.getincrementaldecoder(self._codec)("surrogateescape")
        self.offset = len(mark)
        self.text = self._decoder.decode(start[len(mark) :])
        self._scan = json.JSONDecoder().raw_decode

    def more(self) -> bool:
        """Read as much again as there is, so that a long value is not looked at too often."""
        data = self._file.read(max(CHUNK, len(self.text)))
        self.text += self._decoder.decode(data, final=not data)
        return bool(data)

    def skip(self, at: int) -> int:
        """Where the next value begins, white space and commas passed over."""
        while (end := _end(BETWEEN, self.text, at)) == len(self.text) and self.more():
            pass
        return end

    def value(self) -> tuple[object, int, dict[str, Any]]:
        """The value at the start, where it ends, and what of it did not decode, for `origin`."""
        while True:
            try:
                value, end = self._scan(self.text)
                damaged: dict[str, Any] = {}
                if BROKEN.search(self.text, 0, end):
                    damaged = self._damaged(end)
                    value, _ = self._scan(BROKEN.sub("\N{REPLACEMENT CHARACTER}", self.text[:end]))
            except json.JSONDecodeError as error:
                if self.more():
                    continue
                at = self.offset + len(self.text[: error.pos].encode(self._codec, "surrogateescape"))
                raise ValueError(f"not JSON at byte {at}: {error.msg}") from None
            except RecursionError:
                raise ValueError(f"nested too deeply at byte {self.offset}") from None
            if end < len(self.text) or not self.more():  # a number may go on in the next chunk
                return value, end, damaged

    def _damaged(self, end: int) -> dict[str, Any]:
        """Each run of bytes that does not decode, up to the end of a value, by its offset within it."""
        broken: list[decode.Damage] = []
        at = offset = 0
        for run in BROKEN_RUN.finditer(self.text, 0, end):
            offset += len(self.text[at : run.start()].encode(self._codec, "surrogateescape"))
            at = run.start()
            broken.append([offset, run[0].encode("ascii", "surrogateescape").hex()])
        return {"encoding": self._codec, "damaged": broken}

    def take(self, end: int) -> bytes:
        """Step over what has been read; its bytes."""
        raw = self.text[:end].encode(self._codec, "surrogateescape")
        self.text = self.text[end:]
        self.offset += len(raw)
        return raw


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def write(articles: Iterable[Article]) -> Iterator[bytes]:
    """The array: valid JSON as a whole, and still good for `grep` and `diff` by line."""
    lead = b"[\n"
    for article in articles:
        yield lead + dumps(article)
        lead = b",\n"
    yield b"\n]\n" if lead == b",\n" else b"[]\n"
