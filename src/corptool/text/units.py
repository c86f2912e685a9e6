"""Paragraphs and lines that are repeated: throughout a corpus, or within one text."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from corptool.text.changes import Change
from corptool.text.fold import HAN, fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Unit = Literal["paragraph", "line"]
PATTERNS = {"line": re.compile(r"[^\n]+\n*"), "paragraph": re.compile(r"(?:[^\n]+\n?)+\n*")}
LONG = 20
"""Within one text only units of so many characters (a Han character counts two) are removed when they come again: the
cells of a table, names and refrains may well be repeated."""


def hashes(text: str, table: NDArray[np.uint32], *, unit: Unit) -> NDArray[np.uint64]:
    """A hash of each unit of a text, folded; 0 for units of which nothing is left.

    >>> from corptool.rules import fold_table
    >>> one, other, empty = hashes("網站首頁\\n网站，首页！\\n——", fold_table(), unit="line").tolist()
    >>> one == other, empty
    (True, 0)
    """
    import numpy as np

    units = [match.group() for match in PATTERNS[unit].finditer(text)]
    folded = fold(units, table)
    factor = np.uint64(0x9E3779B97F4A7C15)
    codes = folded.codes.astype(np.uint64)
    place = np.arange(1, codes.size + 1) - np.repeat(folded.edges[:-1], np.diff(folded.edges))
    mixed = (codes + place.astype(np.uint64) * factor) * factor
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    sums = np.concatenate(([np.uint64(0)], np.cumsum(mixed ^ mixed >> np.uint64(32), dtype=np.uint64)))
    return sums[folded.edges[1:]] - sums[folded.edges[:-1]]


def repeated(text: str, units: Sequence[int], common: Collection[int], *, unit: Unit) -> list[Change]:
    """Take out the units whose hashes are `common`, and what comes again within the text. `units` are its hashes.

    >>> from corptool.rules import fold_table
    >>> from corptool.text.changes import apply
    >>> text = "分享到：微信\\n今天天气晴，气温二十五度。\\n今天天氣晴，氣溫二十五度。"
    >>> units = hashes(text, fold_table(), unit="line").tolist()
    >>> apply(text, repeated(text, units, {units[0]}, unit="line"))
    '今天天气晴，气温二十五度。\\n'
    """
    found: list[Change] = []
    before: set[int] = set()
    for match, key in zip(PATTERNS[unit].finditer(text), units, strict=True):
        if key in common:
            found.append(Change(*match.span(), "", f"repeated-{unit}", "corpus"))
        elif key in before and _length(match.group()) >= LONG:
            found.append(Change(*match.span(), "", f"repeated-{unit}", "article"))
        elif key:
            before.add(key)
    return found


def throughout(frequencies: Mapping[int, int], articles: int) -> int:
    """In how many articles a unit must be found to be one that is repeated throughout the corpus.

    `frequencies` say how many distinct units are found in one article, in two, and so on. Most are in one article,
    those of copies and quotations in a few: it takes four times what is ordinary (the median), and one article in a
    thousand.

    >>> throughout({1: 3, 2: 1, 9: 1}, 200), throughout({1: 3, 2: 1, 9: 1}, 20_000)
    (4, 20)
    """
    below, half = accumulate(count for _, count in sorted(frequencies.items())), sum(frequencies.values()) // 2
    middle = next((times for times, upto in zip(sorted(frequencies), below, strict=True) if upto > half), 1)
    return max(4 * middle, -(-articles // 1000))


def _length(unit: str) -> int:
    return sum(1 + (ord(char) >= HAN) for char in unit if char.isalnum())
