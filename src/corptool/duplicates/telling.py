"""What each shingle tells in a corpus, looked up by many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corptool.duplicates.disk import Room, Values
from corptool.duplicates.parts import Block
from corptool.duplicates.texts import Known
from corptool.tasks import Each
from corptool.text.frequencies import MOST, Weights, few, histogram, weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SLICE = 4
"""A slice of the table is as large as so many lists of values."""


class Telling:
    """The weights of all hashes that differ from that of a hash that occurs once."""

    def __init__(self, room: Room, known: Known, each: Each) -> None:
        """Take the frequencies."""
        import numpy as np

        sums = np.zeros(MOST + 1, np.int64)
        for counts, times in each(_histogram, ((block,) for block in known.counts.blocks())):
            sums[counts] += times
        by_count = weights(few(sums))
        self.rest = by_count[1]
        self.hashes, self.weight = room.values(np.uint32), room.values(np.uint8)
        blocks = zip(known.hashes.blocks(), known.counts.blocks(), strict=True)
        for hashes, weight in each(_telling, ((room, by_count, *block) for block in blocks)):
            self.hashes.append(hashes.all())
            self.weight.append(weight.all())
        size = max(256, SLICE * room.held // self.hashes.kind.itemsize)
        self.slices = [slice(start, start + size) for start in range(0, max(1, len(self.hashes)), size)]
        self.last: tuple[slice, Weights] | None = None

    def __getitem__(self, hashes: NDArray[np.uint32]) -> NDArray[np.uint8]:
        """The weight of each of these hashes, looked up in one slice of the table after the other."""
        import numpy as np

        if len(self.slices) == 1:
            return self._of(self.slices[0])[hashes]
        found = np.full(hashes.size, self.rest, np.uint8)
        for one in self.slices:
            low, high = self.hashes.all()[one][[0, -1]]
            inside = np.flatnonzero((hashes >= low) & (hashes <= high))
            found[inside] = self._of(one)[hashes[inside]]
        return found

    def _of(self, one: slice) -> Weights:
        if self.last is None or self.last[0] != one:
            self.last = one, Weights(self.hashes.all()[one], self.weight.all()[one], self.rest)
        return self.last[1]

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"last": None}


def _histogram(counts: Block) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which frequencies there are, and how many hashes have each."""
    import numpy as np

    sums = histogram(counts())
    there = np.flatnonzero(sums)
    return there, sums[there]


def _telling(room: Room, by_count: NDArray[np.uint8], hashes: Block, counts: Block) -> tuple[Values, Values]:
    """The hashes that do not weigh what one weighs that occurs once, and their weights."""
    import numpy as np

    weight = by_count[np.minimum(counts(), MOST)]
    telling = weight != by_count[1]
    return room.put(hashes()[telling]), room.put(weight[telling])
