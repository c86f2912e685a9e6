"""How lines begin and end and where they have capitals: what the line classifier counts in characters, not in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[Any]

_QUOTES, _CLOSING, _ENDS, _COLONS = "\"“‘「『'", "\"'”’」』)]）】", ".!?。！？…", ":："
BEYOND = 0x32400
"""From here on there are no letters, only signs."""
_TIMES = 0xD7
"""× stands among the capitals, but is no letter."""


def codes(text: str) -> Column:
    """The code points of a text.

    >>> codes("a網").tolist()
    [97, 32178]
    """
    import numpy as np

    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)


def first(lines: Sequence[str]) -> tuple[Column, Column]:
    """Whether each line begins with a quotation mark; with a small letter.

    >>> [column.tolist() for column in first(["“Yes”", "and", "No"])]
    [[True, False, False], [False, True, False]]
    """
    import numpy as np

    letters = "".join([line[0] for line in lines])
    return np.isin(codes(letters), codes(_QUOTES)), np.fromiter(map(str.islower, letters), dtype=bool)


def last(lines: Sequence[str]) -> tuple[Column, Column, Column]:
    """Whether each line ends, before closing quotes and brackets, as a sentence does; in a colon; cut short.

    >>> [column.tolist() for column in last(["“他来了。”", "Read:", "The end of ..."])]
    [[True, False, True], [False, True, False], [False, False, True]]
    """
    import numpy as np

    ends = codes("".join([line[-3:].rjust(3) for line in lines])).reshape(-1, 3).T
    _, closing, closed = np.isin(ends, codes(_CLOSING))
    before = np.where(closed, np.where(closing, ends[0], ends[1]), ends[2])
    cut = (ends[2] == ord("…")) | ((ends[2] == ord(".")) & (ends[1] == ord(".")))
    return np.isin(before, codes(_ENDS)), np.isin(before, codes(_COLONS)), cut


def capitals(lines: Sequence[str]) -> Column:
    r"""How many words of each line begin with a capital: as `\b[A-ZÀ-Þ]` finds them.

    >>> capitals(["The UN met", "in Łódź, à 3×4 m", "École"]).tolist()
    [2, 1, 1]
    """
    import numpy as np

    found = codes("\n" + "\n".join(lines))
    at = np.flatnonzero(((found >= ord("A")) & (found <= ord("Z"))) | ((found >= ord("À")) & (found <= ord("Þ"))))
    in_word = kinds(r"\w+").take(found[at - 1], mode="clip") > 0
    begins = at[in_word == (found[at] == _TIMES)]
    return np.bincount((found == ord("\n")).cumsum()[begins] - 1, minlength=len(lines))


@cache
def kinds(*patterns: str) -> NDArray[np.uint8]:
    """For each code point the number of the last of the patterns that finds it, or 0: a table for `take` with `clip`.

    >>> kinds("[a-z]+", "b")[[97, 98, 45]].tolist()
    [1, 2, 0]
    """
    import numpy as np

    text = np.arange(BEYOND + 1, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    found = np.zeros(len(text), dtype=np.uint8)
    for number, pattern in enumerate(patterns, 1):
        for run in re.finditer(pattern, text):
            found[run.start() : run.end()] = number
    return found
