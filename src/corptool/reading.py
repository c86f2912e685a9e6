"""From what was typed to batches of input: which files, and in which format each is."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

from corptool import files, formats
from corptool.article import Place
from corptool.batches import ENOUGH, TOGETHER, Batch, Document, Lines, Ready, hold_text, unreadable
from corptool.compression import COMPRESSED, kind_of
from corptool.records import Options

LINES = (".jsonl", ".ndjson")
UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
HTML = rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|\?xml|!--)"


class Piece(NamedTuple):
    """Whole lines of a file of JSON Lines, from one byte of it to another."""

    path: str
    start: int
    end: int


FAR = -(1 << 60)
"""Lines of a piece are counted from here: how many lines come before it is known when those have been read."""


def batches(
    names: Iterable[str | Piece], *, files_from: str | None = None, options: Options | None = None
) -> Iterator[Batch]:
    """Everything that the names stand for, in order. What cannot be read is an item of its batch."""
    listed = iter(names)
    if files_from is not None:
        try:
            listed = chain(listed, files.names_from(files_from))
        except OSError as error:
            yield unreadable(files_from, error)
    options = options or Options()
    for name in listed:
        for path in found([name]) if isinstance(name, str) else [name.path]:
            if path == options.meta:
                continue  # a table that lies among the files it is about
            try:
                yield from _batches_of(path, options) if isinstance(name, str) else _of_piece(name, options)
            except Exception as error:  # noqa: BLE001 - what cannot be read is a reject, whoever says so
                yield unreadable(path, error)


def found(names: Iterable[str]) -> Iterator[str]:
    """The files that the names stand for, in order; names that stand for none as they are."""
    return files.find(names, lambda path: _known(path) or _is_page(path))


def divisible(path: str, as_: str = "auto") -> bool:
    """Whether a file is JSON Lines that may be cut at the end of any line: not compressed, and not in UTF-16."""
    if path == "-" or files.is_archive(path) or files.suffix(path) in COMPRESSED:
        return False
    format_ = _format_of(path, Options(as_))
    if format_ not in (None, "jsonl", "json"):
        return False
    try:
        with files.plain(path) as file:
            start = file.read(files.CHUNK)
    except OSError:
        return False  # whoever reads it says why
    if kind_of(start) or start.startswith(UTF16_MARKS):
        return False
    return format_ == "jsonl" or _is_lines(start)


def _of_piece(piece: Piece, options: Options) -> Iterator[Lines]:
    with files.between(piece.path, piece.start, piece.end) as stream:
        if piece.start:
            yield from _whole_lines(_chunks(stream), Place(piece.path, FAR, piece.start), options)
        else:
            yield from _lines(stream, piece.path, options)


def _batches_of(path: str, options: Options) -> Iterator[Batch]:
    if not path:
        raise ValueError("an empty file name (is a variable of the shell unset?)")
    if os.path.isdir(path):
        os.listdir(path)  # says why, if it is not allowed
        raise ValueError("no file in this folder can be read: " + _readable())
    if files.is_archive(path):
        yield from _of_archive(path, options)
        return
    format_ = _format_of(path, options)
    if format_ not in (None, "jsonl", "json") and path != "-":
        yield from _documents(Document(path, format_, options))
        return
    with files.opened(path) as stream:
        if path == "-" and not stream.start:
            return  # empty input gives no articles
        if format_ == "jsonl" or (format_ in (None, "json") and _is_lines(stream.start)):
            yield from _lines(stream, path, options)
        else:
            whole = None if format_ and path != "-" else stream.read()
            yield from _documents(Document(path, format_ or _sniffed(whole or b""), options, None, whole))


def _of_archive(path: str, options: Options) -> Iterator[Batch]:
    for member, data in files.members(path, _known if options.as_ == "auto" else bool):
        format_ = _format_of(member, options)
        if isinstance(data, Exception):
            yield unreadable(f"{path}/{member}", data)
        elif format_ == "jsonl":
            yield from _lines(files.Stream(io.BytesIO(data)), path, options, member)
        else:
            yield from _documents(Document(path, format_ or _sniffed(data), options, member, data))


def _is_lines(start: bytes) -> bool:
    """Whether a file of unknown name begins as JSON Lines do: with an object, and not one laid out over many lines."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8")):
        if start.startswith(mark):
            start = start[len(mark) :].decode(encoding, "ignore").encode()
    first, _, _ = start.lstrip().partition(b"\n")
    return first.startswith(b"{") and first.strip() != b"{"


def _lines(stream: files.Stream, path: str, options: Options, member: str | None = None) -> Iterator[Lines]:
    """Batches of all lines of a file."""
    mark = len(UTF8_MARK) * stream.start.startswith(UTF8_MARK)
    return _whole_lines(_utf8(stream), Place(path, 1, mark), options, member)


def _whole_lines(chunks: Iterable[bytes], first: Place, options: Options, member: str | None = None) -> Iterator[Lines]:
    """Batches of whole lines, each handed on as soon as it has arrived."""
    path, line, offset = first
    pending: list[bytes | memoryview] = []
    for chunk in chunks:
        end = chunk.rfind(b"\n") + 1
        if end:
            whole = memoryview(chunk)[:end]
            lines = Lines.of(Place(path, line, offset), b"".join((*pending, whole)), options, member)
            yield lines
            line, offset = lines.next_line, offset + len(lines.data)
            pending.clear()
        if rest := chunk[end:]:
            pending.append(rest)
    if pending:
        yield Lines.of(Place(path, line, offset), b"".join(pending), options, member)


def _chunks(stream: files.Stream) -> Iterator[bytes]:
    """What a stream holds, as it arrives."""
    # nearly as many lines as stages take together, for what is over would be a small block of its own; and no more, for
    # they would leave the cache before they are parsed
    size = TOGETHER * 7 // 8 * len(stream.start) // (1 + stream.start.count(b"\n"))
    size = min(max(files.CHUNK, size), ENOUGH)
    while chunk := stream.read(size):
        yield chunk


def _utf8(stream: files.Stream) -> Iterator[bytes]:
    """The chunks of a stream without its byte-order mark; UTF-16, as PowerShell writes it, becomes UTF-8."""
    chunks = _chunks(stream)
    if stream.start.startswith(UTF16_MARKS):
        import codecs

        decoder = codecs.getincrementaldecoder("utf-16")()
        yield from map(str.encode, map(decoder.decode, chunks))
        decoder.decode(b"", final=True)
    else:
        yield from (chunk.removeprefix(UTF8_MARK) for chunk in islice(chunks, 1))
        yield from chunks


def _documents(document: Document) -> Iterator[Batch]:
    """A file of one article as it is, to be opened later; one of many in batches, so that memory stays flat."""
    if not hasattr(formats.load(document.format), "read"):
        raise ValueError(f"the format {document.format} can be written but not read")
    if not getattr(formats.load(document.format), "MANY", False):
        yield document
        return
    items = document.items()
    while ready := list(islice(items, 64)):
        yield Ready(ready, document.member)


def _known(path: str) -> bool:
    """Whether a file met on a walk is one to read: by its name."""
    name = os.path.basename(files.bare(path)).lower()
    if name.startswith("."):
        return False
    return name.endswith((*LINES, *files.ARCHIVES)) or formats.of_suffix(files.suffix(name)) is not None


def _is_page(path: str) -> bool:
    """Whether a file of another name, as crawlers write them (`view.php?id=3`), begins as HTML does."""
    if os.path.basename(path).startswith("."):
        return False
    try:
        with files.plain(path) as file:
            return re.match(HTML, file.read(512)) is not None
    except OSError:
        return False


def _format_of(path: str, options: Options) -> str | None:
    if options.as_ != "auto":
        return options.as_
    if path == "-":
        return None
    suffix = files.suffix(files.bare(path))
    return "jsonl" if suffix in LINES else formats.of_suffix(suffix)


def _sniffed(data: bytes) -> str:
    if re.match(HTML, data):
        return "html"
    if data.startswith(b"PAR1") and data.endswith(b"PAR1"):
        return "parquet"
    start = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"[", b"{")) and "json" in formats.names():
        return "json"
    hold_text(data)
    if b"\0" in start and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError("looks like binary data, not text (if it is text, say --as text)")
    return "text"


def _readable() -> str:
    return "files named *" + ", *".join(sorted((*LINES, *formats.by_suffix(), *formats.added_suffixes()))) + " can"
