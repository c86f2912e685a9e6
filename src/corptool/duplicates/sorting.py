"""Keys that come in any order, from anywhere, and are read in ascending pieces: by them all is grouped and joined."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.duplicates.disk import Room, Values

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLES = 256
"""Of a piece of sorted keys."""


class Run(NamedTuple):
    """Sorted keys."""

    keys: Values
    values: Values | None
    start: int
    stop: int
    samples: NDArray[np.uint64]
    """Every so many of them: they say where a piece may end."""


class Sorted:
    """Keys, each with a value if they are `valued`. Who adds many may be somebody else, whose keys are then joined."""

    def __init__(self, room: Room, *, valued: bool = False) -> None:
        import numpy as np

        self.room = room
        self.keys = Values(np.uint64, 0, room.folder)
        self.values = Values(np.int64, 0, room.folder) if valued else None
        self.runs: list[Run] = []
        self.limit = room.task // 8
        self.step = max(1, self.limit // SAMPLES)
        self.waiting: list[tuple[NDArray[np.uint64], NDArray[np.int64] | None]] = []
        self.bytes = 0

    def __len__(self) -> int:
        return sum(run.stop - run.start for run in self.runs) + self.bytes // 8

    def add(self, keys: NDArray[np.uint64], values: NDArray[np.int64] | None = None) -> None:
        """Add keys, with their values."""
        self.waiting.append((keys, values))
        self.bytes += keys.nbytes
        if self.bytes > self.room.piece:
            self._write()

    def join(self, other: Sorted) -> None:
        """Add what others have sorted."""
        self.runs += other.runs
        for keys, values in other.waiting:
            self.add(keys, values)

    def pieces(self, low: int = 0) -> Iterator[tuple[NDArray[np.uint64], Any]]:
        """The keys with their values, in pieces; those that differ in the `low` lowest bits alone are in one piece.

        Equal keys come in the order in which they were added.
        """
        return (piece() for piece in self.later(low))

    def later(self, low: int = 0) -> Iterator[Piece]:
        """The pieces, to be read by whom they concern. Together they hold all keys that there could be."""
        if not self.runs:
            if self.bytes:
                yield Piece([], 0, None, _in_order(self.waiting))
            return
        if self.bytes:
            self._write()
        for start, stop in pairwise([0, *self._cuts(low), None]):
            assert start is not None
            yield Piece([part for run in self.runs for part in self._within(run, start, stop)], start, stop)

    def written(self) -> Values:
        """All keys, ascending."""
        import numpy as np

        made = self.room.values(np.uint64)
        for keys, _ in self.pieces():
            made.append(keys)
        return made

    def _cuts(self, low: int) -> list[int]:
        """Where pieces end and others begin, none of them empty."""
        import numpy as np

        sample = np.sort(np.concatenate([run.samples for run in self.runs]))
        every = max(1, self.limit // self.step)
        edges = np.unique(sample[every::every] >> np.uint64(low) << np.uint64(low))
        found: list[int] = edges[edges > sample[0]].tolist()
        return found

    def _within(self, run: Run, start: int, stop: int | None) -> Iterator[tuple[Values, Values | None, int, int]]:
        """The stretch of a run in which the keys from the one to below the other lie."""
        import numpy as np

        first = max(0, int(np.searchsorted(run.samples, np.uint64(start))) - 1)
        last = run.samples.size if stop is None else int(np.searchsorted(run.samples, np.uint64(stop)))
        begin, end = run.start + first * self.step, min(run.stop, run.start + last * self.step)
        if begin < end:
            yield run.keys, run.values, begin, end

    def _write(self) -> None:
        keys, values = _in_order(self.waiting)
        start = len(self.keys)
        self.keys.append(keys)
        if self.values is not None:
            self.values.append(values)
        self.runs.append(Run(self.keys, self.values, start, len(self.keys), keys[:: self.step].copy()))
        self.waiting, self.bytes = [], 0

    def __getstate__(self) -> dict[str, Any]:
        if self.bytes:
            self._write()
        return self.__dict__


class Piece(NamedTuple):
    """What is sorted, from one key to below another: by where that lies in the runs, or at hand."""

    parts: list[tuple[Values, Values | None, int, int]]
    start: int
    stop: int | None
    held: tuple[NDArray[np.uint64], Any] | None = None

    def __call__(self) -> tuple[NDArray[np.uint64], Any]:
        """The keys, ascending, and their values."""
        return self.held or _in_order([_part(*part, self.start, self.stop) for part in self.parts])


def _part(keys: Values, values: Values | None, begin: int, end: int, start: int, stop: int | None) -> tuple[Any, Any]:
    import numpy as np

    some = keys.part(begin, end)
    first = int(np.searchsorted(some, np.uint64(start)))
    last = some.size if stop is None else int(np.searchsorted(some, np.uint64(stop)))
    return some[first:last], None if values is None else values.part(begin + first, begin + last)


def _in_order(parts: list[tuple[NDArray[Any], NDArray[Any] | None]]) -> tuple[NDArray[Any], Any]:
    import numpy as np

    keys = np.concatenate([keys for keys, _ in parts])
    values = [values for _, values in parts if values is not None]
    if not values:
        keys.sort()
        return keys, None
    order = np.argsort(keys, kind="stable")
    return keys[order], np.concatenate(values)[order]
