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

ELSEWHERE = 7.0
"""Bits that a pair of characters is worth which the document has elsewhere too."""

LONGEST = 100
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
    guessed: bool = False
    """A byte is lost that neither the bytes around it nor a gloss tell, only what is likely."""


NOTHING = Reading("", 0)


def repairs(
    text: str, letters: str, readings: Mapping[str, str], glossed: frozenset[str], bits: Callable[[str], float]
) -> list[Change]:
    """The repairs of all places that can be read; the others stay as they are.

    `letters` is the inside of a character class for pinyin, `glossed` what the converter may have glossed, and `bits`
    says how unlikely a text is.
    """
    gloss = f"[(（] ?[{letters}]{{1,10}} ?[)）]"
    own = re.compile(f"[(（]?([{letters}]{{1,8}})[)）]")
    first = re.compile(f"([\u3400-\u9fff])(?:{gloss})?(?=[?\ufffd]{own.pattern})")

    def best(before: str, at: int) -> Reading | None:
        """What stood after `before`, where the damaged text has a lost byte and a gloss at `at`."""
        named = own.match(text, at + 1)
        if not named or text[at] not in "?\ufffd":
            return None
        rated = []
        for lost in _lost_bytes(before, readings.get(named[1], ""), glossed):
            for reading in _read_again(text, named.end(), lost, own, readings):
                context = before + reading.text + text[reading.end : reading.end + 2]
                elsewhere = sum(context[place : place + 2] in text for place in range(len(reading.text)))
                cost = bits(context) + reading.handicap - ELSEWHERE * elsewhere
                rated.append((cost / len(context), reading))
        cost, reading = min(rated, default=(PLAUSIBLE, NOTHING))
        return reading if cost < PLAUSIBLE else None

    changes: list[Change] = []
    for match in first.finditer(text):
        start = match.end()
        if changes and start < changes[-1].end:
            continue
        restored, end, guessed = match[1], start, False
        while reading := best(restored[-1], end) if end < len(text) else None:
            restored, end, guessed = restored + reading.text, reading.end, guessed or reading.guessed
        if end > start:
            changes.append(Change(start, end, restored[1:], "gloss", "shifted-guessed" if guessed else "shifted"))
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
    place = at
    while place < min(len(text), at + LONGEST):
        character = text[place]
        if character in "?\ufffd":  # a byte is lost: the character's own gloss may tell which, or else frequency
            gloss = own.match(text, place + 1)
            end = gloss.end() if gloss else place + 1
            for byte in range(0x40, 0xFF):
                last = _decoded(pending, byte)
                if last > "\u3000" and (not gloss or last in readings.get(gloss[1], "")):
                    yield Reading(restored + last, end, guessed=not gloss)
            return
        code = character.encode("gb18030", "ignore")
        if len(code) > 2:
            return
        if users and len(code) == 2 and code[1] >= 0xA1:
            for byte in USERS:
                if new := _decoded(pending, byte):
                    for rest in _read_again(text, place + 1, code[1], own, readings, users=False):
                        yield Reading(restored + new + rest.text, rest.end, MARGIN, rest.guessed)
        new = _decoded(pending, code[0])
        if not new:
            return
        restored += new
        gloss = own.match(text, place + 1) if text[place + 1 : place + 2] in ("(", "（") else None
        if len(code) == 1 or code[1] < 0x80:
            restored += chr(code[1]) if len(code) == 2 else ""
            is_own = gloss and restored[-1] in readings.get(gloss[1], "")
            yield Reading(restored, gloss.end() if gloss and is_own else place + 1)
            return
        pending = code[1]
        hit_too = gloss and character in readings.get(gloss[1], "")  # the converter hit what only looked like one
        place = gloss.end() if gloss and hit_too else place + 1


def _decoded(first: int, second: int) -> str:
    character = bytes((first, second)).decode("gbk", "ignore")
    return character if len(character) == 1 and character > "\x7f" else ""
