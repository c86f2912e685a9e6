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
    inside, line_end = kind > 0, kind == LINE_END
    goes_on = np.zeros_like(inside)
    goes_on[:-1] = inside[1:] & ~begins[1:]
    at = np.flatnonzero(begins)
    length = np.flatnonzero(inside & ~goes_on) - at + 1
    ends = np.searchsorted(at, np.flatnonzero(line_end))
    several = np.diff(ends, prepend=-1) - 1  # tokens of each line beside its end
    stays = np.ones(len(at), dtype=bool)
    stays[ends] = several == 0
    line = np.repeat(np.arange(len(keys)), np.maximum(several, 1))
    number = _numbers((found[at[0] :] + 1) * inside[at[0] :], at - at[0], length)
    return Tokens(number[stays], found[at[stays]], length[stays], line)


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
    return _numbers(codes("".join(words)) + 1, length.cumsum() - length, length)


def _numbers(values: Column, at: Column, length: Column) -> NDArray[np.uint64]:
    """A hash of 64 bits: of the few words of a block hardly ever two have the same.

    `values` are the characters, each one more than its code; 0 is for what is in no word.
    """
    import numpy as np

    factors = np.full(int(length.max(initial=0)), _FACTOR, dtype=np.uint64).cumprod()
    place = np.arange(len(values)) - np.repeat(at, np.diff(at, append=len(values)))
    number: NDArray[np.uint64] = np.add.reduceat(values.view(np.uint64) * factors.take(place, mode="clip"), at)
    return number


def pairs(one: Any, two: Any) -> NDArray[np.uint64]:
    """The numbers of two characters each."""
    import numpy as np

    factor = np.array([_FACTOR, _FACTOR], dtype=np.uint64).cumprod()
    first, second = (np.asarray(each + 1).astype(np.uint64) for each in (one, two))
    number: NDArray[np.uint64] = first * factor[0] + second * factor[1]
    return number
