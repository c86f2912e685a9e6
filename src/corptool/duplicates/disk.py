"""What grows with the corpus: held in memory while it is small, in files that have no name beyond.

A `Room` says how much of the memory that --memory allows may be taken for what. `Values` are of one type, one after the
other. Values that were made in several places are in parts.py, what sorts them in sorting.py.

All of it may be sent to who does a part of the work. What is small travels; of the rest a copy is put into a folder
that all see, once, and its name travels.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from corptool import files
from corptool.duplicates import shared

if TYPE_CHECKING:
    from numpy.typing import NDArray

LISTS, PIECES = 64, 48
"""Into how many parts the memory is divided: some thirty lists of values may be held at a time, and the work on a
piece takes some ten times its size."""
TASK = 4 << 20
"""Bytes of what one of several workers works on, at the most."""
SMALL = 1 << 16
"""Bytes that travel."""


class Room:
    """How much memory may be taken, and a folder that is seen by all who do a part of the work, if there are others."""

    def __init__(self, memory: int, folder: str | None = None) -> None:
        self.folder = folder
        self.held = memory // LISTS
        """Bytes of one list of values."""
        self.piece = max(256, memory // PIECES)
        """Bytes of one piece to work on,"""
        self.task = self.piece if folder is None else min(self.piece, TASK)
        """and of one that somebody else may work on."""

    def values(self, kind: Any, size: int = 0, fill: Callable[[int, int], Any] | int = 0) -> Values:
        """Values of a type; so many of them, if the size is given: all the same, or those from one place to another."""
        import numpy as np

        made = Values(kind, self.held, self.folder)
        for start, stop in self.blocks(size, made.kind.itemsize):
            made.append(fill(start, stop) if callable(fill) else np.full(stop - start, fill, kind))
        return made

    def put(self, values: NDArray[Any]) -> Values:
        """These values, for somebody else."""
        made = Values(values.dtype, self.held, self.folder)
        made.append(values)
        return made

    def once(self, value: Any) -> shared.Once:
        """What many tasks need."""
        return shared.Once(self.folder, value)

    def lying(self, kind: Any, path: Path) -> Values:
        """The values of a file of this machine, which all see, unless they see a store alone."""
        made = _named(kind, str(path))
        if self.folder and files.is_remote(self.folder):
            made.file, made.name, made.folder = path.open("rb"), None, self.folder
        return made

    def blocks(self, size: int, width: int = 8) -> Iterator[tuple[int, int]]:
        """From where to where go pieces of so many values of so many bytes."""
        return steps(size, self.piece // width)


class Values:
    """Values of one type, one after the other."""

    def __init__(self, kind: Any, memory: int, folder: str | None = None, *, name: str | None = None) -> None:
        """None yet; or those of a file, by its name."""
        import numpy as np

        self.kind = np.dtype(kind)
        self.memory = memory
        self.folder = folder
        self.held = bytearray()
        self.size = 0
        self.file: IO[bytes] | None = None
        self.name = name
        """Where others find them. Whoever changes them in place after that, says so."""

    def __len__(self) -> int:
        return self.size

    def append(self, values: Any) -> None:
        """Add values: an array, or its bytes. Nobody may hold what `all` gave before."""
        import numpy as np

        data = values if isinstance(values, bytes) else np.ascontiguousarray(values, self.kind).view(np.uint8).data
        self.size += len(data) // self.kind.itemsize
        self.name = None
        if self.file is None and len(self.held) + len(data) > self.memory:
            self.file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the values are there
            self.file.write(self.held)
            self.held = bytearray()
        if self.file is None:
            self.held += data
        else:
            self.file.write(data)

    def all(self) -> NDArray[Any]:
        """The values, which may be changed in place, unless they come from elsewhere.

        A file is mapped anew each time, so that what was looked at once does not stay in memory.
        """
        import numpy as np

        with self._opened() as file:
            return np.frombuffer(self.held, self.kind) if file is None else mapped(file, self.kind, self._mode())

    def changed(self) -> None:
        """Have others find what is here now."""
        self.name = None

    @contextmanager
    def reading(self) -> Iterator[Callable[[int, int], Any]]:
        """What gives the bytes from one place to another. They are read, not mapped: a page would be 4 KB, or 64."""
        width = self.kind.itemsize
        with self._opened() as file:
            if file is None:
                held = memoryview(self.held)
                yield lambda start, stop: held[start * width : stop * width]
            elif hasattr(os, "pread"):
                number, pread = file.fileno(), os.pread
                yield lambda start, stop: pread(number, (stop - start) * width, start * width)
            else:
                values = self.all()
                yield lambda start, stop: values[start:stop].tobytes()

    def part(self, start: int, stop: int) -> NDArray[Any]:
        """The values from one place to another, to be looked at."""
        import numpy as np

        if self.file is None and self.name and files.is_remote(self.name):  # few of many: not all of them are fetched
            width = self.kind.itemsize
            return np.frombuffer(shared.between(self.name, start * width, stop * width), self.kind)
        with self.reading() as read:
            return np.frombuffer(read(start, stop), self.kind)

    def clear(self) -> None:
        """Let go of all values."""
        if self.file is not None:
            self.file.close()
        self.held, self.size, self.file, self.name = bytearray(), 0, None, None

    @contextmanager
    def _opened(self) -> Iterator[IO[bytes] | None]:
        """The file, if they lie in one. There may be many that have a name: they are open only while they are read."""
        if self.file is not None:
            self.file.flush()
            yield self.file
        elif self.name and not self.held:
            with shared.opened(self.name) as file:
                yield file
        else:
            yield None

    def _mode(self) -> Literal["r", "r+"]:
        return "r+" if self.file is not None and self.file.writable() else "r"

    def __del__(self) -> None:
        self.clear()

    def __reduce__(self) -> tuple[Any, ...]:
        width = self.kind.itemsize
        if self.name is None:
            with self.reading() as read:
                if self.folder is None or self.size * width <= SMALL:
                    return _held, (self.kind, bytes(read(0, self.size)))
                blocks = steps(self.size, files.CHUNK // width)
                self.name = shared.put(self.folder, (read(*block) for block in blocks))
        return _named, (self.kind, self.name, self.size)


def steps(size: int, step: int) -> Iterator[tuple[int, int]]:
    """From where to where go so many at a time."""
    step = max(1, step)
    return ((start, min(size, start + step)) for start in range(0, size, step))


def _held(kind: Any, data: bytes) -> Values:
    made = Values(kind, len(data))
    made.append(data)
    return made


def _named(kind: Any, name: str, size: int | None = None) -> Values:
    """Values that lie in a file."""
    made = Values(kind, 0, name=name)
    made.size = os.path.getsize(name) // made.kind.itemsize if size is None else size
    return made


def mapped(file: Any, kind: Any, mode: Literal["r", "r+"] = "r") -> NDArray[Any]:
    """The values of a file, or of the file of this name."""
    import numpy as np

    size = os.path.getsize(file) if isinstance(file, os.PathLike) else os.fstat(file.fileno()).st_size
    return np.asarray(np.memmap(file, kind, mode)) if size else np.empty(0, kind)
