"""EUC-TW, for which Python has no codec."""

from __future__ import annotations

import re

TOKEN = re.compile(rb"[\0-\x7f]+|[\xa1-\xfe]{2}|\x8e[\xa1-\xa7\xaf][\xa1-\xfe]{2}|[\x80-\xff]")
SIZE = 94 * 94


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
        char = "\0"
        if len(token) > 1:
            plane = 0 if len(token) == 2 else min(token[1] - 0xA1, 7)
            char = chart[plane * SIZE + (token[-2] - 0xA1) * 94 + token[-1] - 0xA1]
        if char == "\0":
            damaged.append([found.start(), token.hex()])
            char = "\N{REPLACEMENT CHARACTER}"
        text.append(char)
    return "".join(text), damaged
