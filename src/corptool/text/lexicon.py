"""A table of what tokens or phrases say, in which those of many lines are found at once by their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Column = NDArray[Any]

PLACE = 44
"""Bits of a number that do not tell the place of a token in the lexicon."""


class Lexicon(NamedTuple):
    """What each known token says: a row of `table`; row 0 is for all others."""

    table: Matrix
    numbers: NDArray[np.uint64]
    """The token of each row (see tokens.py)."""
    factor: np.uint64
    places: NDArray[np.int16]
    """The row of a token stands at the upper bits of its number times the factor, and no two at the same place."""

    def rows(self, number: NDArray[np.uint64]) -> Column:
        """The row of each token."""
        import numpy as np

        row = self.places.take(number * self.factor >> PLACE)
        return np.where(self.numbers.take(row) == number, row, 0)


def placed(number: NDArray[np.uint64], table: Matrix) -> Lexicon:
    """The table with a place for each row but row 0, by its number."""
    import numpy as np

    factor = next(one for one in np.arange(1, 1 << 16, 2, dtype=np.uint64) if _apart(number * one >> PLACE))
    places = np.zeros(1 << (64 - PLACE), dtype=np.int16)
    places[number * factor >> PLACE] = np.arange(1, len(table))
    return Lexicon(table, np.append(np.uint64(0), number), factor, places)


def _apart(places: Column) -> bool:
    return len({*places.tolist()}) == len(places)
