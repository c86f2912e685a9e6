"""What one text has and another lacks, whatever the script, width and punctuation of each."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from corptool.text.fold import BREAK

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HAN = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
TOKEN = re.compile(rf"[{HAN}]|\d+|[^\W\d_{HAN}]+")
LINE = re.compile(r"[^\n]+")
LARGE = 25_000_000
"""Pairs of words beyond which texts are compared line by line: word by word takes minutes."""
GLOSS = re.compile(r"(?<=[\u2e80-\u9fff])[(（][a-zà-ỹ]+[)）]")
"""A reading after its character."""


class Passage(NamedTuple):
    """A stretch of both texts; where `same`, it says the same in both."""

    same: bool
    left: str
    right: str


def passages(left: str, right: str, table: NDArray[np.uint32]) -> list[Passage]:
    """Cut both texts into stretches that agree and that differ; joined, the stretches are the texts.

    >>> from corptool.rules import fold_table
    >>> for passage in passages("網站首頁。颱風登陸。", "台风登陆，多人受伤", fold_table()):
    ...     print(list(passage))
    [False, '網站首頁。', '']
    [True, '颱風登陸。', '台风登陆，']
    [False, '', '多人受伤']
    """
    ones, others = _tokens(left, table), _tokens(right, table)
    if len(ones) * len(others) > LARGE:
        ones, others = _tokens(left, table, LINE), _tokens(right, table, LINE)
    matcher = SequenceMatcher(None, [token for token, _ in ones], [token for token, _ in others], autojunk=False)
    found: list[Passage] = []
    at = [0, 0]
    for kind, _, one, _, other in matcher.get_opcodes():
        ends = [
            len(text) if until == len(tokens) else tokens[until][1]
            for text, tokens, until in ((left, ones, one), (right, others, other))
        ]
        found.append(Passage(kind == "equal", left[at[0] : ends[0]], right[at[1] : ends[1]]))
        at = ends
    return found


def _tokens(text: str, table: NDArray[np.uint32], pattern: re.Pattern[str] = TOKEN) -> list[tuple[str, int]]:
    """The folded words and Han characters, and where each begins. Readings in parentheses are left out."""
    glosses = [match.span() for match in GLOSS.finditer(text)]
    found = []
    at = 0
    for match in pattern.finditer(text):
        while at < len(glosses) and glosses[at][1] <= match.start():
            at += 1
        if at < len(glosses) and glosses[at][0] < match.start():
            continue
        codes = [int(table[min(ord(char), len(table) - 1)]) for char in match[0]]
        token = "".join(chr(code) for code in codes if code > BREAK)
        if token:
            found.append((token, match.start()))
    return found
