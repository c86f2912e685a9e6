"""Values that were made in several places, and stay there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.duplicates.disk import Room, Values, steps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILES = 16
"""That are mapped at a time: each is open as long, and a process may open few, 256 on macOS."""


class Block(NamedTuple):
    """Some of the values of one part, for who works on them; and which they are of all."""

    values: Values
    within: int
    start: int
    stop: int

    def __call__(self) -> NDArray[Any]:
        """Those values, to be looked at."""
        return self.values.part(self.within, self.within + self.stop - self.start)


class Parts:
    """Values that were made in several places, one part after the other."""

    def __init__(self, room: Room, kind: Any) -> None:
        import numpy as np

        self.room = room
        self.kind = np.dtype(kind)
        self.parts: list[Values] = []
        self.starts: list[int] = []
        """Where each part begins."""
        self.size = 0

    def __len__(self) -> int:
        return self.size

    def append(self, values: Values | NDArray[Any]) -> None:
        """Add values. Those that lie in a file with a name stay there."""
        if isinstance(values, Values) and values.name is not None:
            self._add(values)
        else:
            if not self.parts or self.parts[-1].name is not None:
                self._add(self.room.values(self.kind))
            self.parts[-1].append(values.all() if isinstance(values, Values) else values)
        self.size += len(values)

    def _add(self, part: Values) -> None:
        self.starts.append(self.size)
        self.parts.append(part)

    def blocks(self) -> Iterator[Block]:
        """All of them, in blocks for those who work on them."""
        for first, part in zip(self.starts, self.parts, strict=True):
            for start, stop in steps(len(part), self.room.task // self.kind.itemsize):
                yield Block(part, start, first + start, first + stop)

    def lookup(self, field: str) -> Callable[[NDArray[np.int64]], NDArray[Any]]:
        """What gives a field of the values at places. All parts are mapped as long as it is there."""
        import numpy as np

        arrays = [part.all()[field] for part in self.parts]
        if len(arrays) == 1:
            return lambda places: arrays[0][places]

        def found(places: NDArray[np.int64]) -> NDArray[Any]:
            values = np.empty((places.size, *self.kind[field].shape), self.kind[field].base)
            which = np.searchsorted(self.starts, places, "right") - 1
            order = np.argsort(which, kind="stable")
            edges = np.flatnonzero(np.diff(which[order], prepend=-1, append=-1))
            for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
                some = order[start:stop]
                part = int(which[some[0]])
                values[some] = arrays[part][places[some] - self.starts[part]]
            return values

        return found

    def few(self) -> Parts:
        """The same in no more files than may be mapped at a time."""
        if len(self.parts) <= FILES:
            return self
        made = Parts(self.room, self.kind)
        made._add(self.whole())
        made.size = self.size
        return made

    def whole(self) -> Values:
        """All of them in one place."""
        if len(self.parts) == 1:
            return self.parts[0]
        made = self.room.values(self.kind)
        for block in self.blocks():
            made.append(block())
        return made

    def clear(self) -> None:
        """Let go of all values."""
        for part in self.parts:
            part.clear()
        self.parts, self.starts, self.size = [], [], 0
