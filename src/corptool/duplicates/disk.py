"""What grows with the corpus: held in memory while it is small, in files that have no name beyond.

A `Room` says how much of the memory that --memory allows may be taken for what. `Values` are of one type, one after the
other. `Sorted` are keys that come in any order and are read in ascending pieces that fit in memory: by them all is
grouped, counted and joined.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LISTS, PIECES = 64, 48
"""Into how many parts the memory is divided: some thirty lists of values may be held at a time, and the work on a
piece takes some ten times its size."""

SAMPLES = 256
"""Of a piece of sorted keys."""


class Room:
    """How much memory may be taken, and a folder that is seen by all who do a part of the work, if there is one."""

    def __init__(self, memory: int, folder: str | None = None) -> None:
        self.folder = folder
        self.held = memory // LISTS
        """Bytes of one list of values."""
        self.piece = max(256, memory // PIECES)
        """Bytes of one piece to work on."""

    def values(self, kind: Any, size: int = 0, fill: Callable[[int, int], Any] | int = 0) -> Values:
        """Values of a type; so many of them, if the size is given: all the same, or those from one place to another."""
        import numpy as np

        made = Values(kind, self.held, self.folder)
        for start, stop in self.blocks(size, made.kind.itemsize):
            made.append(fill(start, stop) if callable(fill) else np.full(stop - start, fill, kind))
        return made

    def sorted(self, *, valued: bool = False) -> Sorted:
        """Keys, each with a value if they are `valued`."""
        return Sorted(self, valued=valued)

    def blocks(self, size: int, width: int = 8) -> Iterator[tuple[int, int]]:
        """From where to where go pieces of so many values of so many bytes."""
        step = max(1, self.piece // width)
        return ((start, min(size, start + step)) for start in range(0, size, step))


class Values:
    """Values of one type, one after the other."""

    def __init__(self, kind: Any, memory: int, folder: str | None = None) -> None:
        import numpy as np

        self.kind = np.dtype(kind)
        self.memory = 0 if folder else memory
        self.folder = folder
        self.held = bytearray()
        self.size = 0
        self.file: Any = None

    def __len__(self) -> int:
        return self.size

    def append(self, values: Any) -> None:
        """Add values: an array, or its bytes. Nobody may hold what `all` gave before."""
        import numpy as np

        data = values if isinstance(values, bytes) else np.ascontiguousarray(values, self.kind).view(np.uint8).data
        self.size += len(data) // self.kind.itemsize
        if self.file is None and len(self.held) + len(data) > self.memory:
            self.file = _made(self.folder)
            self.file.write(self.held)
            self.held = bytearray()
        if self.file is None:
            self.held += data
        else:
            self.file.write(data)

    def all(self) -> NDArray[Any]:
        """The values, which may be changed in place.

        A file is mapped anew each time, so that what was looked at once does not stay in memory.
        """
        import numpy as np

        if self.file is None:
            return np.frombuffer(self.held, self.kind)
        self.file.flush()
        return mapped(self.file, self.kind, "r+" if self.file.writable() else "r")

    def reader(self) -> Callable[[int, int], Any]:
        """What gives the bytes from one place to another. They are read, not mapped: a page would be 4 KB, or 64."""
        width = self.kind.itemsize
        if self.file is None:
            held = memoryview(self.held)
            return lambda start, stop: held[start * width : stop * width]
        if not hasattr(os, "pread"):
            values = self.all()
            return lambda start, stop: values[start:stop].tobytes()
        self.file.flush()
        number, pread = self.file.fileno(), os.pread
        return lambda start, stop: pread(number, (stop - start) * width, start * width)

    def part(self, start: int, stop: int) -> NDArray[Any]:
        """The values from one place to another, to be looked at."""
        import numpy as np

        return np.frombuffer(self.reader()(start, stop), self.kind)

    def clear(self) -> None:
        """Let go of all values."""
        self.held = bytearray()
        self.size = 0
        if self.file is not None:
            self.file.close()
            if self.folder:
                with contextlib.suppress(OSError):  # Windows keeps what somebody reads; it goes with the folder
                    os.unlink(self.file.name)
            self.file = None

    def __del__(self) -> None:
        self.clear()

    def __reduce__(self) -> tuple[Any, ...]:
        """Elsewhere they are read from the file, which must have a name."""
        if self.file is None:
            return read, (self.kind, bytes(self.held))
        self.file.flush()
        os.fsync(self.file.fileno())  # other machines see it, too
        return read, (self.kind, Path(self.file.name))


class Later:
    """What a task needs, fetched where it is done, if the files are seen from there; else when the task leaves."""

    def __init__(self, room: Room, function: Callable[..., Any], *arguments: Any) -> None:
        self.task = room, function, *arguments

    def __call__(self) -> Any:
        """Fetch it."""
        _, function, *arguments = self.task
        return function(*arguments)

    def __reduce__(self) -> tuple[Any, ...]:
        return (Later, self.task) if self.task[0].folder else (_Fetched, (self(),))


class _Fetched(NamedTuple):
    value: Any

    def __call__(self) -> Any:
        return self.value


class Sorted:
    """Keys that come in any order, and are read in ascending pieces."""

    def __init__(self, room: Room, *, valued: bool) -> None:
        import numpy as np

        self.room = room
        self.keys = Values(np.uint64, 0, room.folder)
        self.values = Values(np.int64, 0, room.folder) if valued else None
        self.runs = [0]
        """The keys in the file are sorted from each of these to the next."""
        self.limit = room.piece // 8
        self.step = max(1, self.limit // SAMPLES)
        self.samples: list[NDArray[np.uint64]] = []
        """Every so many keys of each run: they say where a piece may end."""
        self.waiting: list[tuple[NDArray[np.uint64], NDArray[np.int64] | None]] = []
        self.bytes = 0

    def add(self, keys: NDArray[np.uint64], values: NDArray[np.int64] | None = None) -> None:
        """Add keys, with their values."""
        self.waiting.append((keys, values))
        self.bytes += keys.nbytes
        if self.bytes > self.room.piece:
            self._write()

    def pieces(self, low: int = 0) -> Iterator[tuple[NDArray[np.uint64], Any]]:
        """The keys with their values, in pieces; those that differ in the `low` lowest bits alone are in one piece.

        Equal keys come in the order in which they were added.
        """
        return (piece() for piece in self.later(low))

    def later(self, low: int = 0) -> Iterator[Later]:
        """The pieces, to be read by whom they concern."""
        if len(self.runs) == 1:
            if self.bytes:
                yield Later(self.room, _in_order, self.waiting)
            return
        if self.bytes:
            self._write()
        cuts = self._cuts(low)
        for place in range(len(cuts[0]) - 1):
            bounds = [cut[place : place + 2] for cut in cuts if cut[place] < cut[place + 1]]
            if bounds:
                yield Later(self.room, _piece, self.keys, self.values, bounds)

    def written(self) -> Values:
        """All keys, ascending."""
        import numpy as np

        made = self.room.values(np.uint64)
        for keys, _ in self.pieces():
            made.append(keys)
        return made

    def _cuts(self, low: int) -> list[list[int]]:
        """Where each piece begins in each run, and where the last one ends."""
        import numpy as np

        sample = np.sort(np.concatenate(self.samples))
        edges = np.unique(
            sample[self.limit // self.step :: self.limit // self.step] >> np.uint64(low) << np.uint64(low)
        )
        return [
            [start, *(start + np.searchsorted(self.keys.part(start, stop), edges)).tolist(), stop]
            for start, stop in pairwise(self.runs)
        ]

    def _write(self) -> None:
        keys, values = _in_order(self.waiting)
        self.keys.append(keys)
        if self.values is not None:
            self.values.append(values)
        self.runs.append(len(self.keys))
        self.samples.append(keys[:: self.step].copy())
        self.waiting, self.bytes = [], 0


def _piece(keys: Values, values: Values | None, bounds: list[list[int]]) -> tuple[NDArray[np.uint64], Any]:
    """A piece of what is sorted, by where it lies in the runs."""
    return _in_order([(keys.part(*bound), None if values is None else values.part(*bound)) for bound in bounds])


def _in_order(parts: list[tuple[NDArray[Any], NDArray[Any] | None]]) -> tuple[NDArray[Any], Any]:
    import numpy as np

    keys = np.concatenate([keys for keys, _ in parts])
    values = [values for _, values in parts if values is not None]
    if not values:
        keys.sort()
        return keys, None
    order = np.argsort(keys, kind="stable")
    return keys[order], np.concatenate(values)[order]


def _made(folder: str | None) -> Any:
    """A file that lives as long as its values: without a name, but in a folder that others see."""
    return tempfile.TemporaryFile() if folder is None else open(os.path.join(folder, uuid.uuid4().hex), "w+b")


def read(kind: Any, source: bytes | Path) -> Values:
    """Values that were made elsewhere."""
    made = Values(kind, sys.maxsize)
    if isinstance(source, bytes):
        made.append(source)
    else:
        made.file = source.open("rb")
        made.size = os.path.getsize(source) // made.kind.itemsize
    return made


def mapped(file: Any, kind: Any, mode: Literal["r", "r+"] = "r") -> NDArray[Any]:
    """The values of a file, or of the file of this name."""
    import numpy as np

    size = os.path.getsize(file) if isinstance(file, os.PathLike) else os.fstat(file.fileno()).st_size
    return np.asarray(np.memmap(file, kind, mode)) if size else np.empty(0, kind)
