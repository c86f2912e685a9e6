"""From open files to articles: which format, which id, which origin.

Input comes in batches: some consecutive records, small enough to be handed to a worker, which yields its articles
(and what could not be read) from `items()`.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator
from itertools import chain, groupby, islice
from typing import NamedTuple

from corptool import __version__, files, formats, keys
from corptool.article import Article, Dropped, Lost, Parcel, Place, failure, loads
from corptool.compression import COMPRESSED, told
from corptool.formats import Record

LINES = (".jsonl", ".ndjson")
UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
HTML = rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|\?xml|!--)"
BINARY = {b"\x89PNG": "a PNG image", b"\xff\xd8\xff": "a JPEG image", b"GIF8": "a GIF image", b"%PDF-": "a PDF"}
ENOUGH, MOST_FILES = 1 << 20, 64
"""Bytes and files that are read as one batch."""
OURS = {"origin": dict, "meta": dict, "edits": list, "hints": list}
"""Keys in which corptool keeps what it must be able to read again."""


class Options(NamedTuple):
    """How to read."""

    as_: str = "auto"
    fetched: str | None = None
    """When the pages were fetched: ISO 8601, for `origin.fetched`."""
    map: dict[str, str] | None = None
    """Our keys to theirs; without it they are guessed from well-known names."""
    meta: str | None = None
    """A table of what is known of the files, by path."""
    encoding: str | None = None
    """Python's name of the codec that all files are in; without it each is told by its bytes."""


class Lines(NamedTuple):
    """Whole lines of JSON Lines."""

    place: Place
    lines: list[bytes]
    """Without their newlines."""
    options: Options
    member: str | None = None

    @property
    def next_line(self) -> int:
        """The number of the line that follows."""
        return (self.place.line or 1) + len(self.lines)

    def items(self) -> Iterator[Parcel | Lost]:
        """Articles come in untouched; a record that is none yet is read as one."""
        path, first, offset = self.place
        for number, line in enumerate(self.lines, first or 1):
            if line and not line.isspace():
                yield _from_line(line.rstrip(b"\r"), Place(path, number, offset), self.options, self.member)
            offset += len(line) + 1


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
            yield from _unreadable(self.path, error).items()

    def _records(self, file: io.BytesIO | files.Stream) -> Iterator[Parcel | Lost]:
        module = formats.load(self.format)
        if self.format == "text" and self.options.as_ == "auto":
            _hold_text(file.start if isinstance(file, files.Stream) else file.getvalue())
        whole = not getattr(module, "MANY", False)
        given = {"encoding": self.options.encoding} if self.options.encoding else {}
        for number, record in enumerate(module.read(file, **given)):
            place = Place(self.path, None, record.offset)
            try:
                yield _parcel(record, place, self.format, self.options, self.member, tell=not number, whole=whole)
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
            yield _unreadable(files_from, error)
    options = options or Options()
    for name in listed:
        for path in found([name]) if isinstance(name, str) else [name.path]:
            if path == options.meta:
                continue  # a table that lies among the files it is about
            try:
                yield from _batches_of(path, options) if isinstance(name, str) else _of_piece(name, options)
            except Exception as error:  # noqa: BLE001 - what cannot be read is a reject, whoever says so
                yield _unreadable(path, error)


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
            if size >= ENOUGH or len(some) == MOST_FILES:
                yield Documents(some)
                some, size = [], 0
        if some:
            yield Documents(some)


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
    if told(start) or start.startswith(UTF16_MARKS):
        return False
    return format_ == "jsonl" or _is_lines(start)


def _of_piece(piece: Piece, options: Options) -> Iterator[Lines]:
    with files.between(piece.path, piece.start, piece.end) as stream:
        if piece.start:
            chunks = iter(lambda: stream.read(files.CHUNK), b"")
            yield from _whole_lines(chunks, Place(piece.path, FAR, piece.start), options)
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
            yield _unreadable(f"{path}/{member}", data)
        elif format_ == "jsonl":
            yield from _lines(files.Stream(io.BytesIO(data)), path, options, member)
        else:
            yield from _documents(Document(path, format_ or _sniffed(data), options, member, data))


def _unreadable(path: str, error: BaseException) -> Ready:
    ours = isinstance(error, OSError) or type(error) is ValueError
    reason = failure(error).removesuffix(f": {path}") if ours else f"cannot be read: {' '.join(str(error).split())}"
    return Ready([Lost(Place(path), Dropped(b"", reason, failed=True))])


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
    assert line
    pending: list[bytes] = []
    for chunk in chunks:
        lines = chunk.split(b"\n")
        pending.append(lines[0])
        if len(lines) > 1:
            lines[0] = b"".join(pending)
            pending = [lines.pop()]
            yield Lines(Place(path, line, offset), lines, options, member)
            line += len(lines)
            offset += len(lines) + sum(map(len, lines))
    if any(pending):
        yield Lines(Place(path, line, offset), [b"".join(pending)], options, member)


def _utf8(stream: files.Stream) -> Iterator[bytes]:
    """The chunks of a stream without its byte-order mark; UTF-16, as PowerShell writes it, becomes UTF-8."""
    chunk = stream.read(files.CHUNK)
    if chunk.startswith(UTF16_MARKS):
        import codecs

        decoder = codecs.getincrementaldecoder("utf-16")()
        while chunk:
            yield decoder.decode(chunk).encode()
            chunk = stream.read(files.CHUNK)
        decoder.decode(b"", final=True)
        return
    chunk = chunk.removeprefix(UTF8_MARK)
    while chunk:
        yield chunk
        chunk = stream.read(files.CHUNK)


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
    _hold_text(data)
    if b"\0" in start and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError("looks like binary data, not text (if it is text, say --as text)")
    return "text"


def _hold_text(data: bytes) -> None:
    """ValueError where the bytes are a picture or the like under a name of text."""
    for magic, what in BINARY.items():
        if data.startswith(magic):
            raise ValueError(f"looks like {what}, not text (if it is text, say --as text)")


def _readable() -> str:
    return "files named *" + ", *".join(sorted((*LINES, *formats.by_suffix(), *formats.added_suffixes()))) + " can"


def _from_line(line: bytes, place: Place, options: Options, member: str | None) -> Parcel | Lost:
    try:
        article = loads(line)
        if isinstance(article.get("text"), str) and article.get("id") is not None and not options.map:
            return Parcel(place, line, _held(article))
        return _parcel(Record(article, line, place.offset), place, "jsonl", options, member, tell=place.line == 1)
    except Exception as error:  # noqa: BLE001 - as above
        return Lost(place, Dropped(line, failure(error), failed=True))


def _held(article: Article) -> Article:
    """The article. ValueError: a key that corptool writes holds something of another kind."""
    if OURS.keys().isdisjoint(article):
        return article
    for key, kind in OURS.items():
        if article.get(key) is not None and not isinstance(article[key], kind):
            what = "an object" if kind is dict else "a list"
            raise ValueError(f"its `{key}` is not {what}, as corptool writes it: rename it with --map other={key}")
    if not all(isinstance(entry, dict) and "stage" in entry for entry in article.get("edits") or ()):
        raise ValueError("its `edits` are not corptool's: rename that key with --map other=edits")
    return article


def _parcel(
    record: Record,
    place: Place,
    format_: str,
    options: Options,
    member: str | None = None,
    *,
    tell: bool = False,
    whole: bool = True,
) -> Parcel | Lost:
    """An article made of a record: with an id and an origin, where it has none."""
    fields = _held(_named(record.fields, place, options, tell))
    if not isinstance(fields.get("text"), str) and isinstance(fields.get("html"), str):
        fields, format_ = formats.load("html").read_record(fields), "html"
    if options.meta:
        from corptool import metatable

        fields |= metatable.known_of(place.path if member is None else member, options.meta)
    if not isinstance(fields.get("text"), str):
        return Lost(place, Dropped(record.raw, _no_text(record.fields, options), failed=True))
    if fields.get("id") is None:
        fields["id"] = identity(place, member, record.raw)
    if "sha256" in (fields.get("origin") or {}):
        return Parcel(place, article=fields)  # an article that was exported whole comes back as it was
    found = fields.pop("origin", None) or {}
    article: Article = {"id": fields["id"]} | fields
    origin = {"path": place.path.replace(os.sep, "/"), "member": member, "format": format_, **found}
    from hashlib import sha256

    fetched = found.get("fetched", options.fetched)  # an archive knows it better than the command line
    origin |= {"sha256": sha256(record.raw).hexdigest(), "fetched": fetched, "corptool": __version__}
    if place.line is not None or not whole:
        origin["offset"] = place.offset
    if not whole:  # a line says itself where it ends
        origin["length"] = len(record.raw)
    return Parcel(
        place, article=article | {"origin": {key: value for key, value in origin.items() if value is not None}}
    )


def _named(fields: Article, place: Place, options: Options, tell: bool) -> Article:
    """The fields by our names. A guess is told, once a file."""
    if options.map is not None:
        return keys.renamed(fields, options.map)
    if isinstance(fields.get("text"), str) or isinstance(fields.get("html"), str):
        return dict(fields)
    names = keys.guess(fields)
    if names and tell:
        import logging

        taken = ",".join(f"{ours}={theirs}" for ours, theirs in names.items())
        logging.getLogger("corptool").warning("%s: has no `text`; read with --map '%s', a guess", place.path, taken)
    return keys.renamed(fields, names)


def _no_text(fields: Article, options: Options) -> str:
    shown = ", ".join(key for key in list(fields)[:9] if key != "origin")
    if options.map and "text" in options.map:
        return f"no string `{options.map['text']}`, which --map takes for the text, among its keys ({shown})"
    from corptool import metatable

    about = [key for key in metatable.PATH_KEYS if key in fields]
    hint = f"; or is this a table about the files of its `{about[0]}`? --meta joins it to them" if about else ""
    return f"no string `text` or `html` among its keys ({shown}), or it is empty; --map text=KEY says where it is{hint}"


def identity(place: Place, member: str | None, raw: bytes) -> str:
    """16 hex digits of BLAKE2b over the path as typed, the member, the byte offset and the bytes of the record."""
    import unicodedata
    from hashlib import blake2b

    path = unicodedata.normalize("NFC", place.path.replace(os.sep, "/"))
    where = "\0".join((path, member or "", str(place.offset), ""))
    return blake2b(where.encode("utf-8", "surrogateescape") + raw, digest_size=8).hexdigest()
