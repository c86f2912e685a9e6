"""Keys that come in any order, from anywhere, and are read in ascending pieces: by them all is grouped and joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
        if self.bytes and self.bytes + keys.nbytes > self.room.task:
            self._write()
        self.waiting.append((keys, values))
        self.bytes += keys.nbytes

    def join(self, others: Iterable[Sorted]) -> Sorted:
        """Add what others have sorted. Runs that lie in files with names stay there; the rest is put into one file."""
        for other in others:
            for run in other.runs:
                if run.keys.name is None:
                    values = None if run.values is None else run.values.part(run.start, run.stop)
                    self._add(run.keys.part(run.start, run.stop), values, run.samples)
                else:
                    self.runs.append(run)
            for keys, values in other.waiting:
                self.add(keys, values)
        return self

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
        edges = self._edges(low)
        cuts = [self._cuts(run, edges) for run in self.runs]
        for place, (start, stop) in enumerate(pairwise([0, *edges.tolist(), None])):
            within = (
                (run, int(before[place]), int(after[place + 1]))
                for run, (before, after) in zip(self.runs, cuts, strict=True)
            )
            yield Piece([(run.keys, run.values, begin, end) for run, begin, end in within if begin < end], start, stop)

    def written(self) -> Values:
        """All keys, ascending."""
        import numpy as np

        made = self.room.values(np.uint64)
        for keys, _ in self.pieces():
            made.append(keys)
        return made

    def _edges(self, low: int) -> NDArray[np.uint64]:
        """Where pieces end and others begin, none of them empty."""
        import numpy as np

        sample = np.sort(np.concatenate([run.samples for run in self.runs]))
        every = max(1, self.limit // self.step)
        edges = np.unique(sample[every::every] >> np.uint64(low) << np.uint64(low))
        some: NDArray[np.uint64] = edges[edges > sample[0]]
        return some

    def _cuts(self, run: Run, edges: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For each piece, and for the end, a place in the run before which none of its keys is, and one after that."""
        import numpy as np

        behind = np.searchsorted(run.samples, edges)
        after = np.minimum(run.start + behind * self.step, run.stop)
        before = run.start + np.maximum(0, behind - 1) * self.step
        cuts = [np.concatenate(([run.start], some, [run.stop])) for some in (before, after)]
        return cuts[0], cuts[1]

    def _write(self) -> None:
        keys, values = _in_order(self.waiting)
        self._add(keys, values, keys[:: self.step].copy())
        self.waiting, self.bytes = [], 0

    def _add(self, keys: NDArray[np.uint64], values: NDArray[np.int64] | None, samples: NDArray[np.uint64]) -> None:
        """Add a run."""
        start = len(self.keys)
        self.keys.append(keys)
        if self.values is not None:
            self.values.append(values)
        self.runs.append(Run(self.keys, self.values, start, len(self.keys), samples))

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
    first, last = np.searchsorted(some, np.array([start, 0 if stop is None else stop], np.uint64)).tolist()
    if stop is None:
        last = some.size
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
