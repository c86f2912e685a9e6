"""Glosses that were inserted across two characters: 使?jié)h字 for 使漢字, repaired where the bytes tell.

A converter that replaces at the level of GBK bytes also hits where the second byte of one character and the first of
the next look like one of its own: 使漢 is CA B9 9D 68, and B9 9D is 節, which becomes 節(jié). Read again, the bytes
after the hit are off by one: 9D and the parenthesis make no character (`?`, or U+FFFD), then comes jié), then 68, an h.
The gloss names the character that was hit, and so the lost byte; with it what follows is read again, up to where both
readings meet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from corptool.text.changes import Change

LONGEST = 60
"""Characters that are read again at most; in 4,000 simulated hits no run was longer than 41."""

PLAUSIBLE = 13.0
"""Bits a character; sentences cost 5 to 9, the same bytes off by one 15 to 20."""

USERS = range(0xF8, 0xFF)
"""First bytes of codes that GBK leaves to its users. Not every reader agrees on what to show for them."""

MARGIN = 8.0
"""Bits by which a reading must be better that takes a character for such a code."""


class Reading(NamedTuple):
    """What may have stood there."""

    text: str
    end: int
    """Where, in the damaged text, both readings meet again."""
    handicap: float = 0.0


def repairs(
    text: str, letters: str, readings: Mapping[str, str], glossed: frozenset[str], bits: Callable[[str], float]
) -> list[Change]:
    """The repairs of all places that can be read; the others stay as they are.

    `letters` is the inside of a character class for pinyin, `glossed` what the converter may have glossed, and `bits`
    says how unlikely a text is.
    """
    gloss = f"[(（] ?[{letters}]{{1,10}} ?[)）]"
    place = re.compile(f"([\u3400-\u9fff])((?:{gloss})?)([?\ufffd][(（]?([{letters}]{{1,8}})[)）])")
    own = re.compile(f"[(（]?([{letters}]{{1,8}})[)）]")
    changes: list[Change] = []
    for match in place.finditer(text):
        start = match.start(3)
        if changes and start < changes[-1].end:
            continue
        rated = []
        for lost in _lost_bytes(match[1], readings.get(match[4], ""), glossed):
            for reading in _read_again(text, match.end(), lost, own, readings):
                context = match[1] + reading.text + text[reading.end : reading.end + 2]
                rated.append(((bits(context) + reading.handicap) / len(context), reading))
        cost, best = min(rated, default=(PLAUSIBLE, None))
        if best and cost < PLAUSIBLE:
            changes.append(Change(start, best.end, best.text, "gloss", "shifted"))
    return changes


def _lost_bytes(before: str, candidates: str, glossed: frozenset[str]) -> Iterator[int]:
    """The byte after `before` whose loss would make the gloss: second bytes of what was hit."""
    last = before.encode("gbk", "ignore")[-1:]
    for character in candidates if last else "":
        code = character.encode("gbk", "ignore")
        if code[:1] == last and character in glossed:
            yield code[1]


def _read_again(
    text: str, at: int, pending: int, own: re.Pattern[str], readings: Mapping[str, str], users: bool = True
) -> Iterator[Reading]:
    """Read on from a first byte that stands before `at`, until the old characters and the new ones end together.

    With `users` also as if one of the characters on the way were shown for a code of GBK's users.
    """
    restored = ""
    for place in range(at, min(len(text), at + LONGEST)):
        character = text[place]
        if character in "?\ufffd":  # a byte is lost: the character's own gloss may tell which, or else frequency
            gloss = own.match(text, place + 1)
            end = gloss.end() if gloss else place + 1
            for byte in range(0x40, 0xFF):
                last = _decoded(pending, byte)
                if last and (not gloss or last in readings.get(gloss[1], "")):
                    yield Reading(restored + last, end)
            return
        code = character.encode("gb18030", "ignore")
        if len(code) > 2:
            return
        if users and len(code) == 2 and code[1] >= 0xA1:
            for byte in USERS:
                if new := _decoded(pending, byte):
                    for rest in _read_again(text, place + 1, code[1], own, readings, users=False):
                        yield Reading(restored + new + rest.text, rest.end, MARGIN)
        new = _decoded(pending, code[0])
        if not new:
            return
        restored += new
        if len(code) == 1 or code[1] < 0x80:
            restored += chr(code[1]) if len(code) == 2 else ""
            gloss = own.match(text, place + 1)
            is_own = gloss and text[place + 1] in "(（" and restored[-1] in readings.get(gloss[1], "")
            yield Reading(restored, gloss.end() if gloss and is_own else place + 1)
            return
        pending = code[1]


def _decoded(first: int, second: int) -> str:
    character = bytes((first, second)).decode("gbk", "ignore")
    return character if len(character) == 1 and character > "\x7f" else ""
