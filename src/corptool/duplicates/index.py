"""What earlier runs have seen, on disk: so that today's articles are compared with all before them.

A folder with a catalog (SQLite), one immutable folder of columns for each run that added articles, and one of what is
known of all of them together. A run writes and syncs its folders first and then, in one transaction, their names: so a
kill or a power cut leaves nothing half done, and of two runs at once the second waits. Measured against
keeping everything in SQLite: docs/decisions/index.md.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.duplicates.disk import Values, mapped
from corptool.duplicates.features import FIXED, Saved
from corptool.files import settle
from corptool.text.candidates import signatures

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CATALOG = "catalog.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY, articles INTEGER NOT NULL, bytes INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS forgotten (part TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (part, row));
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
FORMAT = "3"
"""Changes when what was written before cannot be used now."""
WAIT = 3600.0
"""Seconds that a run waits for another one to leave the index."""
COLUMNS = ("hashes", "places", "numbers")
ENDS = ("ids", "rest", *COLUMNS)
"""What each article has a run of."""
KINDS: dict[str, Any] = {"fixed": FIXED, "ids": "u1", "rest": "u1"}
FILES = (*KINDS, "stayed", "ends", *COLUMNS, "drawn")
Memory = Mapping[str, "NDArray[Any]"]
"""What is known of all articles together: texts by the row of an article that has it."""
Added = tuple[Saved, "NDArray[np.bool_]", Sequence[tuple["NDArray[Any]", "NDArray[np.int64]"]]]
"""Of articles their rows, which of them stay, and the runs of values of their COLUMNS."""


class BrokenIndexError(ValueError):
    """An index that cannot be used; the message says why."""


class Part(NamedTuple):
    """The articles that one run added."""

    folder: Path
    there: NDArray[np.bool_]
    """Which of them are not forgotten."""

    def rows(self) -> Saved:
        """What is known of each."""
        ends = self.ends()
        fixed, ids, rest = (mapped(self.folder / name, kind) for name, kind in KINDS.items())
        return Saved(fixed, ids, ends[:, ENDS.index("ids")], rest, ends[:, ENDS.index("rest")])

    def ends(self) -> NDArray[np.int64]:
        """Where the runs of each end, in the files of ENDS."""
        return mapped(self.folder / "ends", "<i8").reshape(-1, len(ENDS))

    def stayed(self) -> NDArray[np.bool_]:
        """Which of them were no copies then, and are out in the world."""
        return mapped(self.folder / "stayed", "?")


class Index:
    """The index in a folder, made where there is none. As a context: what is added stays if no exception ends it."""

    def __init__(self, folder: Path, *, make: bool = True) -> None:
        if not make and not (folder / CATALOG).is_file():
            raise BrokenIndexError(f"{folder}: there is no index here; `corptool dedup --index {folder}` makes one")
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / CATALOG).is_file() and any(folder.iterdir()):
            raise BrokenIndexError(f"{folder}: holds files, and is no index (its {CATALOG} is not there)")
        self.folder = folder
        self.outdated: str | None = None
        """What is known no longer: deleted once what is known instead is in the catalog."""
        self.catalog = sqlite3.connect(folder / CATALOG, timeout=WAIT, isolation_level=None)
        self.catalog.executescript(SCHEMA)
        self.catalog.execute("INSERT OR IGNORE INTO settings VALUES ('format', ?)", [FORMAT])
        if (found := self._setting("format")) != FORMAT:
            why = f"made by another version of corptool (format {found}, not {FORMAT}): make it anew"
            raise BrokenIndexError(f"{folder}: {why}")

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

    def memory(self) -> Memory | None:
        """What the last run knew of all articles together; None where it must be found out again."""
        import numpy as np

        name = self._setting("memory")
        if name is None:
            return None
        return {path.stem: np.load(path, mmap_mode="r") for path in (self.folder / name).iterdir()}

    def add(self, added: Iterable[Added], memory: Mapping[str, Values]) -> None:
        """Add articles, in blocks, and what is known now of all articles. Nothing is done if there are none."""
        import numpy as np

        added = iter(added)
        first = next(added, None)
        if first is None:
            return
        articles = 0
        ends = np.zeros(len(ENDS), np.int64)
        with _Folder(self.folder) as part, contextlib.ExitStack() as stack:  # all closed before the folder is
            files = {name: stack.enter_context((part.path / name).open("wb")) for name in FILES}
            for rows, stayed, runs in chain([first], added):
                sketch = {name: values for name, (values, _) in zip(COLUMNS, runs, strict=True)}
                edges = [rows.id_ends, rows.rest_ends, *(edges[1:] for _, edges in runs)]
                until = np.column_stack(edges) + ends
                ends = until[-1]
                data = {"fixed": rows.fixed, "ids": rows.ids, "rest": rows.rest, "stayed": stayed, "ends": until}
                for name, values in (data | sketch | {"drawn": signatures(*runs[0])}).items():
                    files[name].write(values.tobytes())
                articles += stayed.size
        with _Folder(self.folder) as known:
            for name, lists in memory.items():
                np.save(known.path / f"{name}.npy", lists.all())
        self.catalog.execute("INSERT INTO parts VALUES (?, ?, ?)", [part.path.name, articles, _size(part.path)])
        self.outdated = self._setting("memory")
        for name, value in (("memory", known.path.name), ("memory bytes", str(_size(known.path)))):
            self.catalog.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", [name, value])

    def forget(self, ids: Iterable[str]) -> int:
        """Forget articles; how many were there. What is known of all is found out again by the next run."""
        wanted, there = set(ids), 0
        for part in self.parts():
            rows = [row for row, id_ in enumerate(part.rows().names()) if id_ in wanted and part.there[row]]
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
            elif absent := [file for file in FILES if not (part / file).is_file()]:
                found.append(f"{name}: {', '.join(absent)} missing")
            elif _size(part) != size:
                found.append(f"{name}: not the {size} bytes that were written")
            elif _read(part, []).there.size != articles:
                found.append(f"{name}: not the {articles} articles that were written")
        known, size = self._setting("memory"), int(self._setting("memory bytes") or 0)
        if known is not None and (not (self.folder / known).is_dir() or _size(self.folder / known) != size):
            found.append(f"{known}: not the {size} bytes that were written")
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


def _size(folder: Path) -> int:
    """The bytes of its files."""
    return sum(file.stat().st_size for file in folder.iterdir())


def _read(folder: Path, forgotten: list[int]) -> Part:
    import numpy as np

    there = np.ones((folder / "stayed").stat().st_size, bool)
    there[forgotten] = False
    return Part(folder, there)
