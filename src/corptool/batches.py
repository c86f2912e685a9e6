"""Batches of input: some consecutive records, small enough to be handed to a worker.

Each yields its articles, and what could not be read, from `items()`.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import NamedTuple

from corptool import files, formats
from corptool.article import Dropped, Line, Lost, Parcel, Place, failure
from corptool.records import Options, from_line, parcel_of

BINARY = {b"\x89PNG": "a PNG image", b"\xff\xd8\xff": "a JPEG image", b"GIF8": "a GIF image", b"%PDF-": "a PDF"}
SPACE = ord(" ")
ENOUGH, TOGETHER = 1 << 22, 64
"""Bytes, and files or lines, that are read as one batch: what stages make of a block, they make faster."""


class Lines(NamedTuple):
    """Whole lines of JSON Lines."""

    place: Place
    data: bytes
    ends: list[int]
    """Where each of them ends in the data: a line feed stands there, or is missing at the end of the file."""
    options: Options
    member: str | None = None

    @classmethod
    def of(cls, place: Place, data: bytes, options: Options, member: str | None = None) -> Lines:
        """The lines of the data."""
        ends: list[int] = []
        end = data.find(b"\n")
        while end >= 0:
            ends.append(end)
            end = data.find(b"\n", end + 1)
        if not data.endswith(b"\n"):
            ends.append(len(data))
        return cls(place, data, ends, options, member)

    @property
    def next_line(self) -> int:
        """The number of the line that follows."""
        return (self.place.line or 1) + len(self.ends)

    def items(self) -> Iterator[Parcel | Lost]:
        """Articles come in untouched; a record that is none yet is read as one."""
        path, first, offset = self.place
        data = memoryview(self.data)  # its slices are no copies
        start = 0
        for number, end in enumerate(self.ends, first or 1):
            line: Line = data[start:end]
            if line and (data[start] <= SPACE or data[end - 1] <= SPACE):
                line = bytes(line).rstrip(b"\r")
            if line and not (isinstance(line, bytes) and line.isspace()):
                yield from_line(line, Place(path, number, offset + start), self.options, self.member)
            start = end + 1


class Document(NamedTuple):
    """A file, or a member of an archive, in a format of its own."""

    path: str
    format: str
    options: Options
    member: str | None = None
    data: bytes | None = None
    """The bytes, where they have been read already; else the file is opened by whoever asks for the items."""

    @property
    def size(self) -> int:
        """Its bytes, as they lie on the disk; very many where nobody knows."""
        try:
            return os.path.getsize(self.path) if self.data is None else len(self.data)
        except OSError:
            return ENOUGH

    def items(self) -> Iterator[Parcel | Lost]:
        """The articles of the file; a file that cannot be read is one reject."""
        try:
            if self.data is not None:
                yield from self._records(io.BytesIO(self.data))
            else:
                with files.opened(self.path) as file:
                    yield from self._records(file)
        except Exception as error:  # noqa: BLE001 - what cannot be read is a reject, whoever says so
            yield from unreadable(self.path, error).items()

    def _records(self, file: io.BytesIO | files.Stream) -> Iterator[Parcel | Lost]:
        module = formats.load(self.format)
        if self.format == "text" and self.options.as_ == "auto":
            hold_text(file.start if isinstance(file, files.Stream) else file.getvalue())
        whole = not getattr(module, "MANY", False)
        given = {"encoding": self.options.encoding} if self.options.encoding else {}
        for number, record in enumerate(module.read(file, **given)):
            place = Place(self.path, None, record.offset)
            try:
                yield parcel_of(record, place, self.format, self.options, self.member, tell=not number, whole=whole)
            except Exception as error:  # noqa: BLE001 - the other records of the file are unharmed
                yield Lost(place, Dropped(record.raw, failure(error), failed=True))


class Documents(NamedTuple):
    """Some files, one after the other."""

    several: list[Document]

    def items(self) -> Iterator[Parcel | Lost]:
        """The articles of all of them."""
        return chain.from_iterable(document.items() for document in self.several)


class Ready(NamedTuple):
    """Records that have been read already."""

    ready: list[Parcel | Lost]
    member: str | None = None

    def items(self) -> Iterator[Parcel | Lost]:
        """What is ready."""
        return iter(self.ready)


Batch = Lines | Document | Ready


def file_of(batch: Batch) -> str:
    """The file, or the member of an archive, that a batch is of."""
    first = batch.ready[0] if isinstance(batch, Ready) else batch
    return batch.member or (first.path if isinstance(first, Document) else first.place.path)


def together(batches: Iterable[Batch]) -> Iterator[Batch | Documents]:
    """The batches, but small files in groups: many articles are cleaned, and handed to workers, faster than one."""
    for alone, group in groupby(batches, key=lambda batch: not isinstance(batch, Document)):
        if alone:
            yield from group
            continue
        some: list[Document] = []
        size = 0
        for document in group:
            assert isinstance(document, Document)
            some.append(document)
            size += document.size
            if size >= ENOUGH or len(some) == TOGETHER:
                yield Documents(some)
                some, size = [], 0
        if some:
            yield Documents(some)


def unreadable(path: str, error: BaseException) -> Ready:
    ours = isinstance(error, OSError) or type(error) is ValueError
    reason = failure(error).removesuffix(f": {path}") if ours else f"cannot be read: {' '.join(str(error).split())}"
    return Ready([Lost(Place(path), Dropped(b"", reason, failed=True))])


def hold_text(data: bytes) -> None:
    """ValueError where the bytes are a picture or the like under a name of text."""
    for magic, what in BINARY.items():
        if data.startswith(magic):
            raise ValueError(f"looks like {what}, not text (if it is text, say --as text)")
