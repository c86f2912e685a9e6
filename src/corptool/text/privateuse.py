"""Private-use characters of old Chinese fonts that Unicode has encoded since."""

from __future__ import annotations

import re
from functools import cache

from corptool.text.changes import Change

PRIVATE = re.compile("[\ue000-\uf8ff]")
COMPATIBILITY = re.compile("[\uf900-\ufaff\U0002f800-\U0002fa1f]")
# Where GBK and GB 18030-2000 had to use the private area and GB 18030-2022 no longer does
SINCE_2022 = {
    "\ue78d": "\ufe10", "\ue78e": "\ufe12", "\ue78f": "\ufe11", "\ue790": "\ufe13", "\ue791": "\ufe14",
    "\ue792": "\ufe15", "\ue793": "\ufe16", "\ue794": "\ufe17", "\ue795": "\ufe18", "\ue796": "\ufe19",
    "\ue7c7": "\u1e3f", "\ue81e": "\u9fb4", "\ue826": "\u9fb5", "\ue82b": "\u9fb6", "\ue82c": "\u9fb7",
    "\ue832": "\u9fb8", "\ue843": "\u9fb9", "\ue854": "\u9fba", "\ue864": "\u9fbb",
}  # fmt: skip
# Windows lays the user-defined rows of Big5 over the private area in this order, 157 characters a row
BIG5_ROWS = (*range(0xFA, 0xFF), *range(0x8E, 0xA1), *range(0x81, 0x8E))
TRAILS = (*range(0x40, 0x7F), *range(0xA1, 0xFF))


def mapped(text: str) -> list[Change]:
    """Private-use characters of GBK, and of HKSCS in Traditional text, as what they are.

    >>> [(change.new, change.rule) for change in mapped("\\ue864字")]
    [('龻', 'gbk')]
    >>> [(change.new, change.rule) for change in mapped("香港街市\\uecd1聲音")]
    [('嘅', 'hkscs')]
    """
    if not PRIVATE.search(text):
        return []
    hong_kong = _is_traditional(text)
    changes = []
    for found in PRIVATE.finditer(text):
        new, rule = (_hkscs().get(found[0], ""), "hkscs") if hong_kong else ("", "")
        if not new:
            new, rule = SINCE_2022.get(found[0], ""), "gbk"
        if new:
            changes.append(Change(found.start(), found.end(), new, "private-use", rule))
    return changes


def _is_traditional(text: str) -> bool:
    """Whether more of the characters are only in Big5 than only in GB 2312."""
    only = [0, 0]
    for char in set(text):
        if "\u4e00" <= char <= "\u9fff":
            simplified, traditional = (bool(char.encode(codec, "ignore")) for codec in ("gb2312", "big5"))
            only[0] += simplified and not traditional
            only[1] += traditional and not simplified
    return only[1] > only[0]


@cache
def _hkscs() -> dict[str, str]:
    codes = [bytes([lead, trail]) for lead in BIG5_ROWS for trail in TRAILS]
    read = {chr(0xE000 + at): code.decode("big5hkscs", "ignore") for at, code in enumerate(codes)}
    return {private: char for private, char in read.items() if len(char) == 1 and not PRIVATE.match(char)}
