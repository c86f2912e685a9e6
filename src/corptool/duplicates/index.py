"""What earlier runs have seen, on disk: so that today's articles are compared with all before them.

A folder with a catalog (SQLite), one immutable folder of columns for each run that added articles, and one of what is
known of all of them together. A run writes and syncs its folders first and then, in one transaction, their names: so a
kill or a power cut leaves nothing half done, and of two runs at once the second waits. Measured against
keeping everything in SQLite: docs/decisions/index.md.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from corptool.duplicates.features import Saved
from corptool.files import settle
from corptool.text.candidates import BINS, signatures

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CATALOG = "catalog.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY, articles INTEGER NOT NULL, bytes INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS forgotten (part TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (part, row));
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
FORMAT = "2"
"""Changes when what was written before cannot be used now."""
WAIT = 3600.0
"""Seconds that a run waits for another one to leave the index."""
COLUMNS = ("hashes", "places", "numbers")


class BrokenIndexError(ValueError):
    """An index that cannot be used; the message says why."""


class Part(NamedTuple):
    """The articles that one run added."""

    rows: Saved
    there: NDArray[np.bool_]
    """Which of them are not forgotten."""
    stayed: NDArray[np.bool_]
    """Which of them were no copies then, and are out in the world."""
    sizes: NDArray[np.int64]
    """How many values of each of the COLUMNS each has."""
    folder: Path
    """Where these lie, and the signatures."""

    def drawn(self) -> NDArray[np.uint32]:
        """The signature of each article's text."""
        import numpy as np

        drawn: NDArray[np.uint32] = np.memmap(self.folder / "drawn", np.uint32, "r").reshape(-1, BINS)
        return drawn


class Index:
    """The index in a folder, made where there is none. As a context: what is added stays if no exception ends it."""

    def __init__(self, folder: Path, *, make: bool = True) -> None:
        if not make and not (folder / CATALOG).is_file():
            raise BrokenIndexError(f"{folder}: there is no index here; `corptool dedup --index {folder}` makes one")
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.outdated: str | None = None
        """What is known no longer: deleted once what is known instead is in the catalog."""
        self.catalog = sqlite3.connect(folder / CATALOG, timeout=WAIT, isolation_level=None)
        self.catalog.executescript(SCHEMA)
        self.catalog.execute("INSERT OR IGNORE INTO settings VALUES ('format', ?)", [FORMAT])
        if (found := self._setting("format")) != FORMAT:
            raise BrokenIndexError(f"{folder}: made by another version of corptool (format {found}, not {FORMAT})")

    def __enter__(self) -> Index:
        self.catalog.execute("BEGIN IMMEDIATE")  # whoever comes second waits here
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.catalog.execute("ROLLBACK" if kind else "COMMIT")
        if not kind and self.outdated:
            shutil.rmtree(self.folder / self.outdated, ignore_errors=True)
        self.catalog.close()

    def listed(self) -> list[tuple[str, int, int]]:
        """The name, the number of articles and the bytes of what each run added."""
        rows: list[tuple[str, int, int]] = self.catalog.execute("SELECT * FROM parts ORDER BY rowid").fetchall()
        return rows

    def parts(self) -> Iterator[Part]:
        """What each run added."""
        for name, _, _ in self.listed():
            rows = self.catalog.execute("SELECT row FROM forgotten WHERE part = ?", [name])
            yield _read(self.folder / name, [row for (row,) in rows])

    def memory(self) -> dict[str, NDArray[Any]] | None:
        """What the last run knew of all articles together; None where it must be found out again."""
        import numpy as np

        name = self._setting("memory")
        if name is None:
            return None
        return {path.stem: np.load(path, mmap_mode="r") for path in (self.folder / name).iterdir()}

    def add(
        self,
        rows: Saved,
        stayed: NDArray[np.bool_],
        blocks: Iterable[Sequence[tuple[NDArray[Any], NDArray[np.int64]]]],
        memory: Mapping[str, NDArray[Any]],
    ) -> None:
        """Add articles, with the runs of values of their COLUMNS, in blocks, and what is known now of all articles."""
        import numpy as np

        if not rows.ids:
            return
        with _Folder(self.folder) as part:
            sizes = []
            with contextlib.ExitStack() as stack:
                files = [stack.enter_context((part.path / name).open("wb")) for name in (*COLUMNS, "drawn")]
                for runs in blocks:
                    for file, (values, _) in zip(files, [*runs, (signatures(*runs[0]), None)], strict=True):
                        file.write(values.tobytes())
                    sizes.append(np.column_stack([np.diff(edges) for _, edges in runs]))
            arrays = {name: value for name, value in rows._asdict().items() if name not in ("ids", "names")}
            np.savez(part.path / "rows.npz", stayed=stayed, sizes=np.concatenate(sizes), **arrays)
            (part.path / "strings.json").write_bytes(_dumps([rows.ids, rows.names]))
        with _Folder(self.folder) as known:
            for name, values in memory.items():
                np.save(known.path / f"{name}.npy", values)
        size = sum(file.stat().st_size for file in part.path.iterdir())
        self.catalog.execute("INSERT INTO parts VALUES (?, ?, ?)", [part.path.name, len(rows.ids), size])
        self.outdated = self._setting("memory")
        self.catalog.execute("INSERT OR REPLACE INTO settings VALUES ('memory', ?)", [known.path.name])

    def forget(self, ids: Iterable[str]) -> int:
        """Forget articles; how many were there. What is known of all is found out again by the next run."""
        wanted, there = set(ids), 0
        for part in self.parts():
            rows = [row for row, id_ in enumerate(part.rows.ids) if id_ in wanted and part.there[row]]
            names = ([part.folder.name, row] for row in rows)
            self.catalog.executemany("INSERT INTO forgotten VALUES (?, ?)", names)
            there += len(rows)
        self.catalog.execute("DELETE FROM settings WHERE name = 'memory'")
        return there

    def faults(self) -> list[str]:
        """What is wrong with the index, one line a fault."""
        found = []
        for name, articles, size in self.listed():
            part = self.folder / name
            if not part.is_dir():
                found.append(f"{name}: missing")
            elif sum(file.stat().st_size for file in part.iterdir()) != size:
                found.append(f"{name}: not the {size} bytes that were written")
            elif len(_read(part, []).rows.ids) != articles:
                found.append(f"{name}: not the {articles} articles that were written")
        return found

    def tidy(self) -> int:
        """Delete what killed runs left behind, and what is known better now; how many folders."""
        named = {name for name, _, _ in self.listed()} | {self._setting("memory")}
        left = [part for part in self.folder.iterdir() if part.is_dir() and part.name not in named]
        for part in left:
            shutil.rmtree(part)
        return len(left)

    def _setting(self, name: str) -> str | None:
        row = self.catalog.execute("SELECT value FROM settings WHERE name = ?", [name]).fetchone()
        return row[0] if row else None


class _Folder:
    """A new folder that gets its name when all is written."""

    def __init__(self, within: Path) -> None:
        name = uuid.uuid4().hex
        self.path, self.named = within / f"{name}.part", within / name

    def __enter__(self) -> _Folder:
        self.path.mkdir()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            for written in (*self.path.iterdir(), self.path):
                settle(written)  # the catalog, which will name it, survives a power cut
            self.path = self.path.rename(self.named)
            settle(self.path.parent)


def _read(folder: Path, forgotten: list[int]) -> Part:
    import numpy as np

    ids, names = _loads((folder / "strings.json").read_bytes())
    with np.load(folder / "rows.npz") as arrays:
        rows = Saved(ids, names, *(arrays[name] for name in Saved._fields[2:]))
        there = np.ones(len(ids), bool)
        there[forgotten] = False
        return Part(rows, there, arrays["stayed"], arrays["sizes"], folder)


def _dumps(values: Any) -> bytes:
    try:
        return orjson.dumps(values)
    except TypeError:  # a lone surrogate in an id
        return json.dumps(values).encode()


def _loads(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except ValueError:
        return json.loads(line)
