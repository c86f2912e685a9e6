"""How text is set: ligatures, full-width letters, marks and quotation marks. All but the ligatures only on demand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import partial

from corptool.text.changes import Change

LETTERS = ("ff", "fi", "fl", "ffi", "ffl", "st", "st")
LIGATURE = re.compile("[\ufb00-\ufb06]")
LIGATURES = {chr(0xFB00 + at): letters for at, letters in enumerate(LETTERS)}
WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ]+")
HAN = "[\u3007\u3400-\u9fff\U00020000-\U0003ffff]"
CLOSING = "[”」』）》]"
BETWEEN_HAN = re.compile(f"(?<={HAN})[,:;?!](?={HAN}|{CLOSING}|$)|(?<={CLOSING})[,:;?!](?={HAN})", re.MULTILINE)
FULL_MARKS = dict(zip(",:;?!", "，：；？！", strict=True))
QUOTED = re.compile(r'"([^"\n]+)"')


def ligatures(text: str) -> list[Change]:
    """The Latin ligatures that PDF leaves behind, as letters.

    >>> [change.new for change in ligatures("eﬃcient ﬁnance")]
    ['ffi', 'fi']
    """
    return _replaced(LIGATURE, text, LIGATURES.__getitem__, "ligature", "letters")


def narrow(text: str) -> list[Change]:
    """Full-width letters and digits as ASCII; marks and signs such as ① or ㈱ stay.

    >>> [change.new for change in narrow("２０２３年，ＡＩ①")]
    ['2023', 'AI']
    """
    return _replaced(WIDE, text, partial(unicodedata.normalize, "NFKC"), "width", "narrow")


def punctuation(text: str) -> list[Change]:
    """ASCII marks between Han characters in full width.

    >>> [change.new for change in punctuation("會上,20余個國家和國際組織,專家學者:共3,000人")]
    ['，', '：']
    """
    return _replaced(BETWEEN_HAN, text, FULL_MARKS.__getitem__, "punctuation", "full-width")


def quotes(text: str) -> list[Change]:
    """Straight double quotation marks around Chinese as curly ones.

    >>> [change.new for change in quotes('共建"一带一路", a "plain" word')]
    ['“', '”']
    """
    changes = []
    for found in QUOTED.finditer(text):
        if re.search(HAN, found[1]):
            changes.append(Change(found.start(), found.start() + 1, "“", "quotation", "curly"))
            changes.append(Change(found.end() - 1, found.end(), "”", "quotation", "curly"))
    return changes


def _replaced(pattern: re.Pattern[str], text: str, new: Callable[[str], str], kind: str, rule: str) -> list[Change]:
    """What each match of a pattern becomes."""
    return [Change(found.start(), found.end(), new(found[0]), kind, rule) for found in pattern.finditer(text)]
