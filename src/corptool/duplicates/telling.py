"""What each shingle tells in a corpus, looked up by many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corptool.duplicates.disk import Room
from corptool.duplicates.texts import Known
from corptool.text.frequencies import MOST, Weights, few, histogram, weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SLICE = 4
"""A slice of the table is as large as so many lists of values."""


class Telling:
    """The weights of all hashes that differ from that of a hash that occurs once."""

    def __init__(self, room: Room, known: Known) -> None:
        """Take the frequencies."""
        import numpy as np

        blocks = [*room.blocks(len(known.hashes))]
        sums = np.zeros(MOST + 1, np.int64)
        for start, stop in blocks:
            sums += histogram(known.counts.all()[start:stop])
        by_count = weights(few(sums))
        self.rest = by_count[1]
        self.hashes, self.weight = room.values(np.uint32), room.values(np.uint8)
        for start, stop in blocks:
            weight = by_count[np.minimum(known.counts.all()[start:stop], MOST)]
            telling = weight != self.rest
            self.hashes.append(known.hashes.all()[start:stop][telling])
            self.weight.append(weight[telling])
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
