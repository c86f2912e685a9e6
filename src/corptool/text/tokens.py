"""The tokens of many lines at once, in an array of their code points: they are what `features.tokens` finds.

No token becomes a string, so it costs a third of the time; each is known by a number that is made of its characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.text.shapes import codes, kinds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[Any]

SINGLE, DIGIT, LETTER, LINE_END = 1, 2, 3, 4
"""What a character is in a token; 0 where it is in none."""
_PATTERNS = r"(?:[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\w\s])+", r"\d+", "[a-zà-ÿ]+", r"\n"
"""How each of these is found."""
_LETTERS = re.compile("[a-z]+")
_FACTOR = 0x9E3779B97F4A7C15


class Tokens(NamedTuple):
    """The tokens of lines: for each a number in each column."""

    number: NDArray[np.uint64]
    """Stands for its characters: see `numbers`."""
    first: Column
    """Its first character."""
    length: Column
    line: Column
    """A line without a token has its line end for one."""


def tokens_of(keys: Sequence[str]) -> Tokens:
    r"""The tokens of lines (see `lines.key`), in order.

    >>> found = tokens_of(["don't 12", "網站", ""])
    >>> [*map(chr, found.first)], found.length.tolist(), found.line.tolist()
    (['d', '1', '網', '站', '\n'], [5, 2, 1, 1, 1], [0, 0, 1, 1, 2])
    """
    import numpy as np

    text = "\n".join(keys) + "\n"
    found = codes(text)
    kind = kinds(*_PATTERNS).take(found, mode="clip")
    begins = (kind == SINGLE) | (kind == LINE_END)
    begins[1:] |= (kind[1:] > 0) & (kind[1:] != kind[:-1])
    begins[0] |= kind[0] > 0
    _join_at_apostrophes(text, found, kind, begins)
    line_end = kind == LINE_END
    line = line_end.cumsum() - line_end
    alone = line_end.copy()  # the ends of lines without a token
    alone[np.flatnonzero(line_end)[np.bincount(line[begins & ~line_end], minlength=len(keys)) > 0]] = False
    inside = (kind > 0) & (~line_end | alone)
    found, line, at = found[inside], line[inside], np.flatnonzero(begins[inside])
    length = np.diff(at, append=len(found))
    return Tokens(_numbers(found, at, length), found[at], length, line[at])


def _join_at_apostrophes(text: str, found: Column, kind: Column, begins: Column) -> None:
    """A word goes on behind one apostrophe with the letters of English: don't, but rock'n and roll."""
    import numpy as np

    at = np.flatnonzero((found == ord("'")) | (found == ord("’")))
    at = at[(kind[at - 1] == LETTER) & (at > 0)]
    at = at[(found[at + 1] >= ord("a")) & (found[at + 1] <= ord("z"))]
    joined = 0
    for one in at.tolist():
        if one != joined:
            letters = _LETTERS.match(text, one + 1)
            assert letters, "one stands there"
            joined = letters.end()
            begins[one] = begins[one + 1] = False
            begins[joined] |= kind[joined] == LETTER


def is_digit(first: Column) -> Column:
    """Which tokens are numbers, by their first character."""
    found: Column = kinds(*_PATTERNS).take(first, mode="clip") == DIGIT
    return found


def numbers(words: Sequence[str]) -> NDArray[np.uint64]:
    """The numbers of words; that of two characters is what `pairs` gives for them.

    >>> (numbers(["网站", "a"]) == [pairs(ord("网"), ord("站")), numbers(["a"])[0]]).tolist()
    [True, True]
    """
    import numpy as np

    length = np.array([*map(len, words)])
    return _numbers(codes("".join(words)), length.cumsum() - length, length)


def _numbers(found: Column, at: Column, length: Column) -> NDArray[np.uint64]:
    """A hash of 64 bits: of the few words of a block hardly ever two have the same."""
    import numpy as np

    factors = np.full(int(length.max(initial=0)), _FACTOR, dtype=np.uint64).cumprod()
    place = np.arange(len(found)) - np.repeat(at, length)
    number: NDArray[np.uint64] = np.add.reduceat((found + 1).astype(np.uint64) * factors[place], at)
    return number


def pairs(one: Any, two: Any) -> NDArray[np.uint64]:
    """The numbers of two characters each."""
    import numpy as np

    factor = np.array([_FACTOR, _FACTOR], dtype=np.uint64).cumprod()
    first, second = (np.asarray(each + 1).astype(np.uint64) for each in (one, two))
    number: NDArray[np.uint64] = first * factor[0] + second * factor[1]
    return number
