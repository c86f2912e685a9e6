"""Comma-separated values as RFC 4180 has them, of which nothing is lost.

A cell shows a string as it is, anything else as JSON. What cells cannot say stands in a last column, TYPES, only
where an article needs it: which cells of the row are JSON, null, or an empty string rather than nothing.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, count
from typing import IO, Any

from corptool.article import Article, dumps, has_surrogate, loads
from corptool.formats import HEAVY, Record
from corptool.rules import charset_tables
from corptool.text import decode, excel

SUFFIXES = (".csv", ".tsv")
MANY = True  # articles in a file
FIRST = ("file", "id", "title", "published", "author", "site", "source", "url", "lang", "text")
"""The columns that people look at; a spreadsheet shows the first ones."""
TYPES = "corptool_types"
IN_MEMORY = 1 << 24  # bytes; what is more waits on disk until the last article has named its keys
CHUNK = 1 << 18  # characters
DELIMITERS = ",\t;|"
QUOTED = re.compile(r'"[^"]*("|$)')
LARGEST_CELL = 100_000_000  # characters; what is larger is a quotation mark that nothing closes
SAMPLE = 1 << 16  # bytes that the encoding is guessed from
DOUBTFUL = 0.5  # confidence below which it is guessed again, from more
FARTHEST = 1 << 23  # bytes that are looked ahead


def read(file: IO[bytes], *, encoding: str | None = None) -> Iterator[Record]:
    """An article a row; the first row names the keys. Cells are strings, and empty ones are left out.

    Comma, tab, semicolon or `|`, whichever the first row holds most of (or `sep=;` in a line of its own, which Excel
    writes). In a file that `write` made, TYPES says what else the cells are.
    """
    csv.field_size_limit(LARGEST_CELL)
    lines = _Lines(io.BufferedReader(file, 1 << 20), encoding)  # type: ignore[type-var]
    first = next(lines, "")
    if given := re.fullmatch(r"sep=(.)\r?\n", first):
        delimiter, first = given[1], next(lines, "")
    else:
        delimiter = max(DELIMITERS, key=QUOTED.sub("", first).count)
    rows = _rows(csv.reader(chain([first], lines), delimiter=delimiter), lines)
    try:
        names = _keys(next(rows, []))
        lines.taken()
        for cells in rows:
            raw, offset, origin = lines.taken()
            if not cells:
                continue
            yield Record({"origin": origin} | _fields(names, cells), raw, offset)
    except csv.Error as error:
        raise ValueError(f"line {lines.number}: {error}; is a quotation mark not closed?") from None


def _rows(rows: Iterator[list[str]], lines: _Lines) -> Iterator[list[str]]:
    """The rows. ValueError: one was still within quotation marks when the file ended, so it is no row but the rest."""
    start = lines.number
    for cells in rows:
        if cells and lines.ended:
            raise ValueError(f"line {start}: a quotation mark is not closed, and takes in all that follows")
        yield cells
        start = lines.number + 1


class _Lines:
    """The lines of a file, decoded as they are asked for; the bytes of those that made a row can be had."""

    def __init__(self, file: IO[bytes], encoding: str | None) -> None:
        sample = file.read(SAMPLE)
        sample += file.readline()
        plain = sample.replace(b"\0", b"") if sample[1:2] > b"\0" else sample
        self._undecided = False
        if encoding:
            self.encoding, self.confidence = encoding, 1.0
        elif plain.isascii() and b"\0" not in plain:  # not HZ: this is a table. What comes later may be anything
            self.encoding, self.confidence = "utf-8", 0.9
            self._undecided = True
        else:
            self.encoding, self.confidence = decode.detect(plain, tables=charset_tables())
        mark, self.codec = decode.split_mark(sample, self.encoding)
        self._offset = len(mark)
        self.number = 0
        """How many were asked for."""
        self.ended = False
        """One more was asked for than there are."""
        self._raw: list[bytes] = []
        self._damaged: list[decode.Damage] = []
        lines = chain(io.BytesIO(sample[len(mark) :]), self._later(file))
        self._lines = self._wide(lines) if self.codec.startswith(("utf-16", "utf-32")) else map(self._text, lines)

    def _later(self, file: IO[bytes]) -> Iterator[bytes]:
        """The lines behind the sample; from the first that is not ASCII on they tell the encoding."""
        for line in file:
            if not self._undecided or line.isascii():
                yield line
                continue
            ahead, more = line, b"\n"
            self._undecided, self.confidence = False, 0.0
            while more and self.confidence < DOUBTFUL and len(ahead) < FARTHEST:  # a curly quote or two tell little
                more = file.read(max(SAMPLE, len(ahead))) + file.readline()
                ahead += more
                self.encoding, self.confidence = decode.detect(ahead, tables=charset_tables())
            self.codec = self.encoding
            yield from io.BytesIO(ahead)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        for line in self._lines:
            self.number += 1
            return line
        self.ended = True
        raise StopIteration

    def taken(self) -> tuple[bytes, int, dict[str, Any]]:
        """(the bytes asked for since the last time, their place in the file, what decoding found)."""
        raw, offset = b"".join(self._raw), self._offset
        origin: dict[str, Any] = {"encoding": self.encoding, "confidence": self.confidence}
        if self._damaged:
            origin["damaged"] = self._damaged
        self._raw, self._offset, self._damaged = [], offset + len(raw), []
        return raw, offset, origin

    def _text(self, line: bytes) -> str:
        try:
            text = line.decode(self.codec)
        except UnicodeDecodeError:
            decoded = decode.read(line, self.codec)
            before = sum(map(len, self._raw))
            self._damaged += [[int(at) + before, value] for at, value in decoded.damaged]
            text = decoded.text
        self._raw.append(line)
        return text

    def _wide(self, pieces: Iterable[bytes]) -> Iterator[str]:
        """Lines of UTF-16, which bytes cannot be cut into: a 0x0a may be half of a character."""
        decoder = codecs.getincrementaldecoder(self.codec)("replace")
        pending = ""
        for piece in chain(pieces, [b""]):
            *whole, pending = (pending + decoder.decode(piece, final=not piece)).split("\n")
            for line in (*(line + "\n" for line in whole), *([pending] if pending and not piece else ())):
                self._raw.append(line.encode(self.codec, "replace"))
                yield line


def _keys(header: list[str]) -> list[str]:
    """A name for each column: those of others are stripped, and told apart where two are the same."""
    if header[-1:] == [TYPES]:
        return header
    names: dict[str, None] = {}
    for name in map(str.strip, header):
        names[next(free for free in chain([name], (f"{name}_{n}" for n in count(2))) if free not in names)] = None
    return list(names)


def _fields(names: list[str], cells: list[str]) -> dict[str, Any]:
    """The values of a row. A cell beyond the last column is kept too, named by its number."""
    names = [*names, *(f"column_{number}" for number in range(len(names) + 1, len(cells) + 1))]
    row = dict(zip(names, cells, strict=False))
    types: dict[str, Any] = {}
    if names[-1] == TYPES:
        types = _json(row.pop(TYPES, "")) or {}
    fields: dict[str, Any] = {key: cell for key, cell in row.items() if cell or (key == "text" and names[-1] != TYPES)}
    if not isinstance(types, dict):
        return fields
    for key in types.get("guarded", ()):
        row[key] = fields[key] = row.get(key, "").removeprefix("'")
    for key in types.get("json", ()):
        fields[key] = _json(row.get(key, ""))
    fields |= dict.fromkeys(types.get("null", ())) | dict.fromkeys(types.get("empty", ()), "")
    fields |= types.get("more", {})
    return fields


def _json(cell: str) -> Any:
    """The value of a cell that is JSON; one that somebody edited until it is none stays a string."""
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


def write(
    articles: Iterable[Article], *, full: bool = False, columns: str | None = None, for_excel: bool = False
) -> Iterator[bytes]:
    """A header of every key of every article, however late it comes, and a row an article; lines end in CRLF.

    `columns`, such as `title,text`, writes these and nothing else, TYPES neither. With `for_excel` there is a
    byte-order mark, and no cell is left that Excel would run, change or cut: what was done is in TYPES, and is told.
    """
    from tempfile import SpooledTemporaryFile

    done = Counter[str]()
    with SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
        if columns is None:
            names, typed = _spool(articles, spool, full)
            if for_excel:  # a column's name can be a formula too
                names, typed = [name for name in names if excel.guarded(name) == name], True
            spool.seek(0)
            articles = map(loads, spool)
        else:
            names, typed = [name.strip() for name in columns.split(",")], False
        buffer = io.StringIO(newline="")
        buffer.write("\ufeff" if for_excel else "")
        writer = csv.writer(buffer)
        if names:
            odd = any(char in name for name in names for char in DELIMITERS)
            header = csv.writer(buffer, quoting=csv.QUOTE_ALL) if odd else writer  # nobody mistakes the delimiter
            header.writerow([*names, TYPES] if typed else names)
        for article in articles:
            cells, types = row(article, names)
            if for_excel:
                cells = _for_excel(names, cells, types)
                done["beyond"] += done["rows"] >= excel.MOST_ROWS - 1
                done.update(what for what in ("guarded", "cut") for _ in types.get(what, ()))
            writer.writerow([*cells, dumps(types).decode() if types else ""] if typed else cells)
            done["rows"] += 1
            if columns is not None:
                done.update(f"column {name}" for name in names if name in article)
            if buffer.tell() > CHUNK:
                yield _taken(buffer)
        yield _taken(buffer)
    _tell(done, names if columns is not None else [])


def _for_excel(names: list[str], cells: list[str], types: dict[str, Any]) -> list[str]:
    """The cells as Excel keeps them; `types` learns which were guarded and which were cut."""
    kept = []
    for name, cell in zip(names, cells, strict=True):
        safe = excel.guarded(cell)
        if safe is not cell:
            types.setdefault("guarded", []).append(name)
        short = excel.cut(safe)
        if short is not safe:
            types.setdefault("cut", []).append(name)
        kept.append(short)
    return kept


def _tell(done: Counter[str], asked: list[str]) -> None:
    """Say what was not written as it was."""
    said = [
        (done["guarded"], "%d cells begin with an apostrophe now, or Excel would run or change them"),
        (done["cut"], f"%d cells were cut at {excel.LONGEST} characters, the most that Excel keeps"),
        (done["beyond"], f"%d articles stand below row {excel.MOST_ROWS:,}, the last that Excel shows"),
        *((done["rows"], f"%d articles, and none has a `{name}`") for name in asked if not done[f"column {name}"]),
    ]
    for number, message in said:
        if number:
            logging.getLogger("corptool").warning(message, number)


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
            typed = typed or not plain or key == TYPES or has_surrogate(key + value)
            if plain:
                nested.setdefault(key, False)
            elif nested.get(key) is not True:
                nested[key] = isinstance(value, dict | list)
    typed = typed or any(key != key.strip() for key in nested)  # a header without TYPES is read as others write it
    keys = [key for key in nested if key != TYPES and not has_surrogate(key)]
    first = [key for key in FIRST if key in nested]
    others = sorted((key for key in keys if key not in FIRST), key=lambda key: nested[key])
    return first + others, typed


def row(article: Article, names: list[str]) -> tuple[list[str], dict[str, Any]]:
    """The cells of an article, and what TYPES says of them; `more` holds the keys that are no columns.

    >>> row({"text": "網", "n": 1, "site": None, "tags": ["y"]}, ["text", "n", "site", "tags", "late"])
    (['網', '1', '', '["y"]', ''], {'json': ['n', 'tags'], 'null': ['site']})
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
        elif isinstance(value, str) and not has_surrogate(value):
            cells.append(value)
        else:
            types.setdefault("json", []).append(key)
            cells.append(dumps(value).decode())
    if more := {key: value for key, value in article.items() if key not in names}:
        types["more"] = more
    return cells, types


_ABSENT: Any = object()
