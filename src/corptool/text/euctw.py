"""EUC-TW, for which Python has no codec."""

from __future__ import annotations

import re
from collections.abc import Iterator

TOKEN = re.compile(rb"[\0-\x7f]+|(?:[\xa1-\xfe]{2})+|\x8e[\xa1-\xa7\xaf][\xa1-\xfe]{2}|[\x80-\xff]")
SIZE = 94 * 94
FIRST = 0xA1 * 94 + 0xA1  # the pair that stands first in a plane


def decode(data: bytes, chart: str) -> tuple[str, list[list[int | str]]]:
    """(the text, what did not decode as `[byte offset, hex]`), by a chart of eight planes of 94 by 94 characters.

    A byte that does not decode is one U+FFFD, as with Python's own codecs.
    """
    text: list[str] = []
    damaged: list[list[int | str]] = []
    for found in TOKEN.finditer(data):
        token = found[0]
        if token[0] < 0x80:
            text.append(token.decode("ascii"))
            continue
        if token[0] >= 0xA1 and len(token) > 1:
            width, chars = 2, "".join([chart[lead * 94 + trail - FIRST] for lead, trail in pairs(token)])
        elif len(token) > 1:
            plane = min(token[1] - 0xA1, 7)
            width, chars = 4, chart[plane * SIZE + token[2] * 94 + token[3] - FIRST]
        else:
            width, chars = 1, "\0"
        for hole in re.finditer("\0", chars):
            at = hole.start() * width
            damaged.append([found.start() + at, token[at : at + width].hex()])
        text.append(chars.replace("\0", "\N{REPLACEMENT CHARACTER}"))
    return "".join(text), damaged


def pairs(run: bytes) -> Iterator[tuple[int, int]]:
    return zip(run[::2], run[1::2], strict=True)
