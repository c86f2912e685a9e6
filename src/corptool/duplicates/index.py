"""What earlier runs have seen, on disk: so that today's articles are compared with all before them.

A folder with a catalog (SQLite) and one immutable folder of columns for each run that added articles. A run writes its
columns first and then, in one transaction, their name: so a run that is killed leaves nothing half done, and of two
runs at once the second waits. Measured against keeping everything in SQLite: docs/decisions/index.md.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from corptool.duplicates.features import Features
from corptool.duplicates.plan import Seen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Runs = tuple[NDArray[Any], NDArray[np.int64]]

CATALOG = "catalog.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY, articles INTEGER NOT NULL, bytes INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS forgotten (id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS kept (part TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (part, row));
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
FORMAT = "2"
"""Changes when sketches made before cannot be compared with sketches made now."""
WAIT = 3600.0
"""Seconds that a run waits for another one to leave the index."""
COLUMNS = ("hashes", "places", "numbers")


class BrokenIndexError(ValueError):
    """An index that cannot be used; the message says why."""


class Index:
    """The index in a folder, made where there is none. As a context: what is added stays if no exception ends it."""

    def __init__(self, folder: Path, *, make: bool = True) -> None:
        if not make and not (folder / CATALOG).is_file():
            raise BrokenIndexError(f"{folder}: there is no index here; `corptool dedup --index {folder}` makes one")
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.catalog = sqlite3.connect(folder / CATALOG, timeout=WAIT, isolation_level=None)
        self.catalog.executescript(SCHEMA)
        self.catalog.execute("INSERT OR IGNORE INTO settings VALUES ('format', ?)", [FORMAT])
        (found,) = self.catalog.execute("SELECT value FROM settings WHERE name = 'format'").fetchone()
        if found != FORMAT:
            raise BrokenIndexError(f"{folder}: made by another version of corptool (format {found}, not {FORMAT})")

    def __enter__(self) -> Index:
        self.catalog.execute("BEGIN IMMEDIATE")  # whoever comes second waits here
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.catalog.execute("ROLLBACK" if kind else "COMMIT")
        self.catalog.close()

    def parts(self) -> list[tuple[str, int, int]]:
        """The name, the number of articles and the bytes of what each run added."""
        rows: list[tuple[str, int, int]] = self.catalog.execute("SELECT * FROM parts ORDER BY rowid").fetchall()
        return rows

    def seen(self) -> Iterator[Seen]:
        """All articles that are not forgotten, in the order in which they came."""
        forgotten = {id_ for (id_,) in self.catalog.execute("SELECT id FROM forgotten")}
        for name, _, _ in self.parts():
            rows = self.catalog.execute("SELECT row FROM kept WHERE part = ?", [name])
            kept = {row for (row,) in rows}
            for row, features in enumerate(self._read(name)):
                if features.id not in forgotten:
                    yield Seen(features, row in kept)

    def add(self, features: Sequence[Features], kept: Iterable[bool], columns: Sequence[Runs]) -> None:
        """Add articles, with the runs of values that were compared: hashes, places and numbers."""
        if not features:
            return
        name = uuid.uuid4().hex
        part = self.folder / f"{name}.part"
        part.mkdir()
        for column, (values, _) in zip(COLUMNS, columns, strict=True):
            values.tofile(part / column)
        sizes = zip(*((edges[1:] - edges[:-1]).tolist() for _, edges in columns), strict=True)
        with (part / "articles.jsonl").open("wb") as file:
            for one, counts in zip(features, sizes, strict=True):
                file.write(_line([*_row(one), *counts]) + b"\n")
        part = part.rename(self.folder / name)
        size = sum(file.stat().st_size for file in part.iterdir())
        self.catalog.execute("INSERT INTO parts VALUES (?, ?, ?)", [name, len(features), size])
        rows = ([name, row] for row, stays in enumerate(kept) if stays)
        self.catalog.executemany("INSERT INTO kept VALUES (?, ?)", rows)
        self.catalog.executemany("DELETE FROM forgotten WHERE id = ?", ([one.id] for one in features))

    def forget(self, ids: Iterable[str]) -> int:
        """Forget articles; how many were there. Their place on disk is freed by `tidy`."""
        wanted = set(ids)
        there = {seen.features.id for seen in self.seen() if seen.features.id in wanted}
        self.catalog.executemany("INSERT OR IGNORE INTO forgotten VALUES (?)", ([id_] for id_ in there))
        return len(there)

    def faults(self) -> list[str]:
        """What is wrong with the index, one line a fault."""
        found = []
        for name, articles, size in self.parts():
            part = self.folder / name
            if not part.is_dir():
                found.append(f"{name}: missing")
            elif sum(file.stat().st_size for file in part.iterdir()) != size:
                found.append(f"{name}: not the {size} bytes that were written")
            elif sum(1 for _ in self._read(name)) != articles:
                found.append(f"{name}: not the {articles} articles that were written")
        return found

    def tidy(self) -> int:
        """Delete what killed runs left behind; how many folders."""
        known = {name for name, _, _ in self.parts()}
        left = [part for part in self.folder.iterdir() if part.is_dir() and part.name not in known]
        for part in left:
            shutil.rmtree(part)
        return len(left)

    def _read(self, name: str) -> Iterator[Features]:
        part = self.folder / name
        columns = [memoryview((part / column).read_bytes()) for column in COLUMNS]
        at = [0, 0, 0]
        with (part / "articles.jsonl").open("rb") as file:
            for line in file:
                *row, hashes, places, numbers = _values(line)
                ends = [at[0] + 4 * hashes, at[1] + places, at[2] + 8 * numbers]
                runs = [bytes(column[start:end]) for column, start, end in zip(columns, at, ends, strict=True)]
                at = ends
                yield _features(row, runs)


def _line(values: list[Any]) -> bytes:
    try:
        return orjson.dumps(values)
    except TypeError:  # a lone surrogate in an id
        return json.dumps(values).encode()


def _values(line: bytes) -> list[Any]:
    try:
        values: list[Any] = orjson.loads(line)
    except ValueError:
        values = json.loads(line)
    return values


def _row(one: Features) -> list[Any]:
    return [
        *(one.id, one.place, one.exact.hex(), one.same.hex(), one.folded),
        *(one.length, one.repairs, one.known, one.published, one.source),
    ]


def _features(row: list[Any], runs: list[bytes]) -> Features:
    id_, (path, member, offset), exact, same, folded, length, repairs, known, published, source = row
    return Features(
        id=id_,
        place=(path, member, offset),
        exact=bytes.fromhex(exact),
        same=bytes.fromhex(same),
        hashes=runs[0],
        places=runs[1],
        numbers=runs[2],
        folded=folded,
        length=length,
        repairs=repairs,
        known=known,
        published=published,
        source=source,
        facts=None,
        text="",
    )
