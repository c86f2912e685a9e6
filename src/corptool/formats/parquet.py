"""Parquet: a column a key, for DuckDB, pandas, Spark and `datasets`. Nothing is lost.

Our keys are always columns, always of the same type, so that all files of a folder have one schema: strings, and
strings of JSON for what is nested. A key of others is a column of the plain type that it has in the first row group;
of JSON, where it has no plain type there. What no column can hold stands in MORE, and KEYS says which keys an article
has, in their order. (Why: docs/decisions/parquet.md)
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import IO, Any

from corptool import extras
from corptool.article import Article, dumps, has_surrogate
from corptool.formats import Record

SUFFIXES = (".parquet", ".pq")
MANY = True  # articles in a file
STRINGS = ("id", "text", "title", "published", "author", "site", "source", "url", "lang")
NESTED = ("meta", "origin", "hints", "edits")
KEYS, MORE = "corptool_keys", "corptool_more"
MARK = b"corptool"
"""The key of the file's metadata that names the columns of JSON."""
MOST_COLUMNS = 500  # a corpus of free keys must not make a table of a hundred thousand columns
ROWS, CHARACTERS = 4096, 1 << 22
"""Where a row group ends: so many articles, or so much text. A reader and a writer hold one."""
BATCH = 64  # rows that are made into articles at a time


def read(file: IO[bytes], *, encoding: str | None = None) -> Iterator[Record]:  # noqa: ARG001 - Parquet is Unicode
    """An article a row; its offset is the number of the row, its bytes are its JSON.

    Of other people's files dates become ISO 8601, and bytes that are no UTF-8 become hexadecimal digits.
    """
    with _seekable(file) as source:
        table = _opened(source)
        for number, fields in enumerate(_rows(table, table.iter_batches(BATCH, use_threads=False))):
            yield Record(fields, dumps(fields), number)


def record(file: IO[bytes], offset: int) -> bytes:
    """The bytes that `read` gave for a record, of which the file has only the columns."""
    with _seekable(file) as source:
        table = _opened(source)
        for group in range(table.num_row_groups):
            rows = table.metadata.row_group(group).num_rows
            if offset < rows:
                batches = table.iter_batches(BATCH, row_groups=[group], use_threads=False)
                return next(dumps(fields) for number, fields in enumerate(_rows(table, batches)) if number == offset)
            offset -= rows
    raise ValueError("the file has fewer rows now")


def _seekable(file: IO[bytes]) -> IO[bytes]:
    """The file, or a copy on disk: Parquet has its table of contents at the end. A read gives all it asks for."""
    if file.seekable():
        return io.BufferedReader(file, 1 << 16)  # type: ignore[type-var]
    import shutil
    import tempfile

    copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    shutil.copyfileobj(file, copy, 1 << 20)
    return copy


def _opened(source: IO[bytes]) -> Any:
    parquet = extras.load("pyarrow.parquet", "parquet", "Parquet")
    table = parquet.ParquetFile(source, buffer_size=1 << 20)  # a column page by page, not a row group at once
    names = table.schema_arrow.names
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two columns are named {min(twice)}")
    return table


def _rows(table: Any, batches: Iterable[Any]) -> Iterator[Article]:
    schema = table.schema_arrow
    ours = KEYS in schema.names
    nested = {*NESTED, *json.loads((schema.metadata or {}).get(MARK, b"[]"))} if ours else set()
    for batch in batches:
        columns = [column.to_pylist() for column in batch.columns]
        for values in zip(*columns, strict=True):
            row = dict(zip(schema.names, values, strict=True))
            yield _whole(row, nested) if ours else {key: _plain(value) for key, value in row.items()}


def _whole(row: Article, nested: set[str]) -> Article:
    """The article that `write` was given. Where somebody edited the table, the columns are believed."""
    keys, more = json.loads(row.pop(KEYS) or "[]"), json.loads(row.pop(MORE) or "{}")
    row = {key: value for key, value in row.items() if value is not None or key in keys}
    row |= {key: json.loads(row[key]) for key in nested & {*row} if isinstance(row[key], str)}
    row |= dict.fromkeys(key for key in keys if key not in row) | more
    return {key: row[key] for key in dict.fromkeys(chain(keys, row))}


def _plain(value: Any) -> Any:
    """A value as JSON can say it."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bytes):  # old writers say so of strings too
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.hex()
    return value if isinstance(value, str | int | float | None) else str(value)


def write(articles: Iterable[Article]) -> Iterator[bytes]:
    """One file: row group after row group, each as soon as it is full."""
    pyarrow, parquet = (extras.load(name, "parquet", "Parquet") for name in ("pyarrow", "pyarrow.parquet"))
    groups = _groups(articles)
    first = next(groups, [])
    columns = _columns(first)
    types = {"string": pyarrow.string(), "json": pyarrow.string(), "bool": pyarrow.bool_()}
    types |= {"int": pyarrow.int64(), "float": pyarrow.float64()}
    fields = [(name, types[kind]) for name, kind in columns.items()]
    marked = dumps([name for name, kind in columns.items() if kind == "json"])
    schema = pyarrow.schema([*fields, (KEYS, types["string"]), (MORE, types["string"])], {MARK: marked})
    repeats = [name for name in schema.names if name not in ("id", "text", "url", *NESTED)]
    pieces = _Pieces()
    with parquet.ParquetWriter(pieces, schema, compression="zstd", use_dictionary=repeats) as writer:
        for group in chain([first] if first else [], groups):
            cells = zip(*(_row(article, columns) for article in group), strict=True)
            arrays = [pyarrow.array(values, kind) for values, kind in zip(cells, schema.types, strict=True)]
            writer.write_table(pyarrow.table(arrays, schema=schema), row_group_size=len(group))
            yield pieces.taken()
    yield pieces.taken()


class _Pieces(io.RawIOBase):
    """What is written, taken away piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        """True: this is all it can do."""
        return True

    def write(self, data: Any) -> int:
        """Keep the bytes until they are taken."""
        self._pieces.append(bytes(data))
        self._at += len(self._pieces[-1])
        return len(self._pieces[-1])

    def tell(self) -> int:
        """How much has been written."""
        return self._at

    def taken(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def _groups(articles: Iterable[Article]) -> Iterator[list[Article]]:
    group: list[Article] = []
    size = 0
    for article in articles:
        group.append(article)
        size += len(article["text"])
        if len(group) == ROWS or size >= CHARACTERS:
            yield group
            group, size = [], 0
    if group:
        yield group


def _columns(articles: list[Article]) -> dict[str, str]:
    """The columns and what each holds: ours, and what these articles have besides."""
    found: dict[str, set[type]] = {}
    for article in articles:
        for key, value in article.items():
            if value is not None:
                found.setdefault(key, set()).add(type(value))
    columns = dict.fromkeys(STRINGS, "string") | dict.fromkeys(NESTED, "json")
    plain = {str: "string", int: "int", float: "float", bool: "bool"}
    for key in sorted(found.keys() - columns.keys())[:MOST_COLUMNS]:
        if key.isprintable() and key not in ("", KEYS, MORE):
            kinds = {plain.get(kind, "json") for kind in found[key]}
            columns[key] = kinds.pop() if len(kinds) == 1 else "json"
    return columns


def _row(article: Article, columns: dict[str, str]) -> list[Any]:
    """The cells of an article.

    >>> _row({"text": "網", "n": "1", "site": None}, {"text": "string", "n": "int", "site": "string"})
    ['網', None, None, '["text","n","site"]', '{"n":"1"}']
    """
    cells = {name: CELL[kind](article.get(name)) for name, kind in columns.items()}
    more = {key: value for key, value in article.items() if value is not None and cells.get(key) is None}
    return [*cells.values(), dumps(list(article)).decode(), dumps(more).decode() if more else None]


def _string(value: Any) -> Any:
    return value if type(value) is str and not has_surrogate(value) else None


def _int(value: Any) -> Any:
    return value if type(value) is int and -(1 << 63) <= value < 1 << 63 else None


CELL: dict[str, Callable[[Any], Any]] = {
    "string": _string,
    "int": _int,
    "float": lambda value: value if type(value) is float else None,
    "bool": lambda value: value if type(value) is bool else None,
    "json": lambda value: None if value is None else dumps(value).decode(),
}
"""To what a column holds: the cell of a value, or None, where the column cannot hold it."""
