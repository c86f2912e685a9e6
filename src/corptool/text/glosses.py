"""Pinyin glosses that a site's converter left behind: 網(wǎng)站 for 網站.

Some sites republish Simplified text as Traditional through a table of their own that ends in
character(reading) instead of character. People gloss too: teachers every character, authors the odd rare one.
So a document is judged as a whole, and only the machine's glosses go.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from corptool.text import zhuyin
from corptool.text.changes import Change
from corptool.text.shifted import repairs

TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
MARKS = "\u0300\u0301\u0304\u0308\u030c"
LETTERS = f"a-züɑɡ{TONED}{MARKS}{zhuyin.LETTERS}"
GLOSS = re.compile(f"([\u3400-\u9fff])([(（] ?([{LETTERS}]{{1,10}}) ?[)）])")
CANDIDATES = [
    re.compile(rf"{mark} ?(?:[a-züɑɡ{MARKS}]{{0,4}}[{TONED}{MARKS}]|[{zhuyin.LETTERS}])") for mark in (r"\(", "（")
]
"""Apart, for one character is found sooner than one of two."""
RUBY = re.compile(r"<ruby>((?:(?!</ruby>|<ruby>).){1,400})</ruby>", re.DOTALL)
READING = re.compile(r"<rt>(.*?)(?:</rt>|(?=<r[tpb])|$)", re.DOTALL)
RUBY_TAG = re.compile(r"<rp>.*?</rp>|<rt>.*?(?:</rt>|(?=<r[tpb])|$)|</?r[btpc]*>", re.DOTALL)
HAN = re.compile("[\u3400-\u9fff]")

# The verdict's thresholds. 109 damaged documents lie far inside (28 to 169 glosses, 11 % to 24 % of all Han,
# 94 % or more on common characters, coverage 93 % or more); 480 teaching and plain ones, far outside.
GLOSSES = 3
ON_TRADITIONAL = 0.97  # teachers gloss 的 and 是 as well
ON_COMMON = 0.75  # authors gloss the characters nobody can read: 龘(dá), 酈(lì)
COVERAGE = 0.9  # authors gloss a word once; a converter, every time
DENSITY = (0.01, 0.6)  # of all Han: three in a long text are an author's, nearly all are a primer's


class Tables(NamedTuple):
    """What the verdict needs to know. `rules.gloss_tables()` loads it."""

    readings: Mapping[str, str]
    """A syllable with its tone mark (`wǎng`), or toneless (`wang`): every character that is read so."""
    traditional: frozenset[str]
    """Characters that only Traditional text uses."""
    common: frozenset[str]
    """… those of them whose simplified form is one of the 3,755 most used."""
    bits: Callable[[str], float]
    """How unlikely a text is; asked only where a gloss was inserted across two characters."""


def with_toneless(toned: Mapping[str, str]) -> dict[str, str]:
    """The table with the toneless spellings of its syllables added.

    >>> with_toneless({"mén": "門", "mèn": "悶"})["men"]
    '門悶'
    """
    table = dict(toned)
    for syllable, characters in toned.items():
        bare = _bare(syllable)
        if bare != syllable:
            table[bare] = table.get(bare, "") + characters
    return table


def may_hold_glosses(text: str) -> bool:
    """Is it worth loading the tables? Looks for one toned syllable in parentheses.

    >>> may_hold_glosses("網(wǎng)站"), may_hold_glosses("方法(method)、用法(2025)")
    (True, False)
    """
    return "<rt>" in text or (not text.isascii() and any(one.search(text) for one in CANDIDATES))


def glosses(text: str, tables: Tables) -> list[Change]:
    """The removals of a converter's glosses; none where people wrote them, or in doubt.

    A gloss is one Han character with one of its readings after it, in parentheses. Offsets are code points.
    """
    if not may_hold_glosses(text):
        return []
    found = [gloss for gloss in GLOSS.finditer(text) if _agrees(gloss, tables.readings)]
    if not _is_damage(text, found, tables):
        return ruby(text, tables.readings)
    removed = [gloss for gloss in found if gloss[1] in tables.traditional or _is_always_glossed(gloss[1], text, found)]
    repaired = repairs(text, LETTERS, tables.readings, tables.traditional, tables.bits)
    changes = [Change(*gloss.span(2), "", "gloss", "pinyin") for gloss in removed]
    apart = [
        change for change in changes if not any(one.start < change.end and change.start < one.end for one in repaired)
    ]
    return sorted([*apart, *repaired, *ruby(text, tables.readings)])


def ruby(text: str, readings: Mapping[str, str]) -> list[Change]:
    """HTML's markup for readings, left in a text as it stands, becomes its base text; other `<ruby>` stays.

    >>> from corptool.rules import gloss_tables
    >>> text = "<ruby>漢<rp>(</rp><rt>hàn</rt><rp>)</rp>字<rt>ㄗˋ</rt></ruby>"
    >>> [change.new for change in ruby(text, gloss_tables().readings)]
    ['漢字']
    """
    changes = []
    for match in RUBY.finditer(text) if "<rt>" in text else ():
        base = RUBY_TAG.sub("", match[1])
        spelled = " ".join(READING.findall(match[1])).split()
        if len(spelled) == len(base) and all(
            character in readings.get(_syllable(syllable), "")
            for character, syllable in zip(base, spelled, strict=True)
        ):
            changes.append(Change(*match.span(), base, "gloss", "ruby"))
    return changes


def _agrees(gloss: re.Match[str], readings: Mapping[str, str]) -> bool:
    character: str = gloss[1]
    return character in readings.get(_syllable(gloss[3]), "")


def _is_damage(text: str, found: list[re.Match[str]], tables: Tables) -> bool:
    """Did a machine gloss this document? Judged on the toned glosses that agree with a reading."""
    toned = [gloss[1] for gloss in found if _is_toned(gloss[3])]
    if len(toned) < GLOSSES or _share(toned, tables.traditional) < ON_TRADITIONAL:
        return False
    bare = GLOSS.sub(r"\1", text)
    characters = Counter(bare)
    han = sum(number for character, number in characters.items() if HAN.match(character))
    return (
        _share(toned, tables.common) >= ON_COMMON
        and len(toned) >= COVERAGE * sum(characters[character] for character in set(toned))
        and DENSITY[0] <= len(toned) / han < DENSITY[1]
    )


def _is_always_glossed(character: str, text: str, found: list[re.Match[str]]) -> bool:
    """A converter glosses some characters of both scripts too, an author explains 葛(gé) the first time."""
    times = [gloss[1] for gloss in found].count(character)
    return times > 1 and times == text.count(character)


def _share(characters: list[str], of: frozenset[str]) -> float:
    return sum(character in of for character in characters) / len(characters)


def _is_toned(spelling: str) -> bool:
    return any(letter in TONED for letter in _syllable(spelling))


@lru_cache(maxsize=2048)
def _syllable(spelling: str) -> str:
    """The usual spelling: pinyin, composed, and without the phonetic ɑ and ɡ that GBK offers for it."""
    if spelling[:1] in "˙ˉ" or "ㄅ" <= spelling[:1] <= "ㄩ":
        return zhuyin.pinyin(spelling)
    return unicodedata.normalize("NFC", spelling.replace("ɑ", "a").replace("ɡ", "g"))


@lru_cache(maxsize=2048)
def _bare(syllable: str) -> str:
    """Without its tone, ü kept."""
    letters = unicodedata.normalize("NFD", syllable)
    for tone in "\u0300\u0301\u0304\u030c":
        letters = letters.replace(tone, "")
    return unicodedata.normalize("NFC", letters)
