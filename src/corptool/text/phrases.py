"""What the phrases of a line say: two neighbouring tokens, three Han characters, and what a line begins with.

A word alone says little where "read" and "more" stand in half of all articles, and "read more" below them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from corptool.text.features import WIDE, looked_at, tokens
from corptool.text.lexicon import Lexicon, placed
from corptool.text.neighbours import Block
from corptool.text.tokens import is_digit, numbers, tokens_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[Any]

BEGINS, FIGURES = "^", "0"
"""Stand for the beginning of a line, and for any number."""
REACHES = 3, 8
"""Lines above and below whose mean says what stands around a line."""
OFF_PAGE = -100
_FACTORS = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
"""Of the first, second and third token of a phrase in its number."""


def phrases(key: str) -> list[str]:
    """The phrases of a key (see `lines.key`), tokens with a space between them.

    >>> phrases("read more 12"), phrases("责任编")
    (['read more', 'more 0', '^ read', '^ read more'], ['责 任 编', '^ 责', '^ 责 任'])
    """
    found = [FIGURES if token.isdecimal() else token for token in tokens(looked_at(key)) if not _is_pair(token)]
    two = [pair for pair in pairwise(found) if not _all_wide(pair)]
    three = [some for some in zip(found, found[1:], found[2:], strict=False) if _all_wide(some)]
    opening = [(BEGINS, *found[:size]) for size in (1, 2) if len(found) >= size]
    return [*map(" ".join, chain(two, three, opening))]


def _is_pair(token: str) -> bool:
    return len(token) == 2 and _all_wide(token)


def _all_wide(some: Sequence[str]) -> bool:
    return min(some) > chr(WIDE)


def phrase_book(learned: Mapping[str, int]) -> Lexicon:
    """What each known phrase says, in hundredths of log-odds: sums of whole numbers do not depend on the order."""
    import numpy as np

    named = [phrase.split(" ") for phrase in learned]
    size = np.array([*map(len, named)])
    begins = size.cumsum() - size
    factor = np.array(_FACTORS, dtype=np.uint64)[np.arange(size.sum()) - np.repeat(begins, size)]
    number = np.add.reduceat(numbers([token for some in named for token in some]) * factor, begins)
    return placed(number, np.array([[0], *([value] for value in learned.values())], dtype=np.float32))


def said(keys: Sequence[str], book: Lexicon) -> Column:
    """The sum of what the phrases of each line say."""
    import numpy as np

    number, first, _, line = tokens_of([*map(looked_at, keys)])
    begins, figures = numbers([BEGINS, FIGURES])
    number = np.where(is_digit(first), figures, number)
    wide = first > WIDE
    opens = np.append(True, line[1:] != line[:-1])
    goes_on, both = ~opens[1:], wide[1:] & wide[:-1]
    sums = np.zeros(len(keys))
    for held, found in (
        (goes_on & ~both, _joined(number[:-1], number[1:])),
        (goes_on[1:] & goes_on[:-1] & both[1:] & both[:-1], _joined(number[:-2], number[1:-1], number[2:])),
        (opens, _joined(begins, number)),
        (goes_on & opens[:-1], _joined(begins, number[:-1], number[1:])),
    ):
        values = book.table.take(book.rows(found[held]))
        sums += np.bincount(line[: len(held)][held], values, len(keys))
    return sums


def _joined(*number: Any) -> NDArray[np.uint64]:
    """The number of a phrase from those of its tokens."""
    import numpy as np

    joined = np.zeros(number[-1].shape, dtype=np.uint64)
    for one, factor in zip(number, _FACTORS, strict=False):
        joined += one * np.array([factor], dtype=np.uint64)
    return joined


def phrase_features(sums: Column, block: Block) -> list[Column]:
    """Columns of numbers for each line: what its phrases say, and those of the lines around it."""
    import numpy as np

    at, size, here = block.at, block.size, np.arange(len(sums))
    around = np.append(sums, OFF_PAGE)  # the last is for what is not on the page
    steps = [around[np.where((at + step >= 0) & (at + step < size), here + step, -1)] for step in (-2, -1, 1, 2)]
    upto = np.append(0, sums.cumsum())
    means = []
    for reach in REACHES:
        low, high = here - np.minimum(at, reach), here + np.minimum(size - at, reach + 1)
        means += [(upto[here] - upto[low]) / reach, (upto[high] - upto[here + 1]) / reach]
    return [column.astype(np.float32) for column in (sums, *steps, *means)]
