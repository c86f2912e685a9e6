"""How much text there is, in characters and in words."""

from __future__ import annotations

import re
from typing import NamedTuple

HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KANA = "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"
HAN_RUN = re.compile(f"[{HAN}]+")
WORD = re.compile(rf"[^\W_{HAN}{KANA}]+(?:['’.-][^\W_{HAN}{KANA}]+)*")


class Counts(NamedTuple):
    """Sizes of a text, or of many."""

    characters: int
    """Code points that are no white space."""
    han: int
    words: int
    """Runs of letters and digits outside Han and kana, where words are not told by looking; `don't` is one."""


def counts(text: str) -> Counts:
    """Count.

    >>> counts("人民網 2024: don't stop！")
    Counts(characters=18, han=3, words=3)
    """
    characters = len("".join(text.split()))
    if text.isascii():
        return Counts(characters, 0, len(WORD.findall(text)))
    return Counts(characters, sum(map(len, HAN_RUN.findall(text))), len(WORD.findall(text)))
