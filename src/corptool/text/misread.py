"""What text looks like that was read with the wrong encoding, and the bytes that it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

SINGLE_BYTE = (
    "cp1252", "cp1250", "cp1251", "cp437", "mac_roman", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258",
)  # fmt: skip
CHAINS: dict[str, tuple[str, ...]] = dict.fromkeys(SINGLE_BYTE, ("utf-8", "gb18030", "big5hkscs")) | {
    "gb18030": ("utf-8", "big5hkscs"),
    "big5": ("utf-8", "gb18030"),
    "cp932": ("utf-8", "gb18030", "big5hkscs"),
    "cp949": ("utf-8", "gb18030", "big5hkscs"),
}
"""What a text may have been read as, and what it may have been."""

SPELLINGS = {"big5": ("big5", "cp950", "big5hkscs")}  # Python's three do not agree on every character
SEQUENCES = {
    "utf-8": re.compile(rb"[\0-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"),
    "gb18030": re.compile(rb"[\0-\x7f]|[\x81-\xfe](?:[\x40-\x7e\x80-\xfe]|[\x30-\x39][\x81-\xfe][\x30-\x39])"),
    "big5hkscs": re.compile(rb"[\0-\x7f]|[\x87-\xfe][\x40-\x7e\xa1-\xfe]"),
}
# What each family of codecs leaves behind: letters and signs side by side, Han, half-width kana, Hangul
ALPHABETS = re.compile("[\x80-\u06ff\u2000-\u25ff][ -~]?[\x80-\u06ff\u2000-\u25ff]")
HAN = re.compile("[\u3400-\u9fff\ue000-\uf8ff]")
HALF_WIDTH = re.compile("[\x80\xa0\uf8f0-\uf8f3\ue000-\ue757\uff61-\uff9f]")
HANGUL = re.compile("[\uac00-\ud7a3]")


def possible(line: str) -> Iterator[str]:
    """The codecs that a line may have been read with, by the kinds of characters they leave."""
    if ALPHABETS.search(line):
        yield from SINGLE_BYTE
    if HAN.search(line):
        yield "gb18030"
        yield "big5"
    if HALF_WIDTH.search(line):
        yield "cp932"
    if HANGUL.search(line):
        yield "cp949"


@cache
def high_pairs(wrong: str) -> re.Pattern[str]:
    """Finds two characters of a single-byte code page beyond ASCII side by side or with one between.

    Without such bytes there is nothing that any of the encodings in `CHAINS` reads as one character.
    """
    read = (bytes([byte]).decode(wrong, "ignore") or chr(byte) for byte in range(0x80, 0x100))
    high = "".join(read) + ("\x80-\x9f" if wrong == "cp1252" else "")
    return re.compile(f"[{high}][^\n]?[{high}]")


def encoded(line: str, wrong: str) -> Iterator[tuple[list[bytes], int]]:
    """(bytes of each character, where) of the runs of the line that the codec can write."""
    codes = bytes_in(wrong)
    run: list[bytes] = []
    high = 0
    for at, char in enumerate(line):
        piece = codes(char)
        if piece:
            run.append(piece)
            high += piece > b"\x7f"
            continue
        if high > 1 or (high and wrong not in SINGLE_BYTE):
            yield run, at - len(run)
        run, high = [], 0
    if high > 1 or (high and wrong not in SINGLE_BYTE):
        yield run, len(line) - len(run)


def decoded(pieces: list[bytes], right: str) -> Iterator[tuple[int, list[tuple[int, int]], str]]:
    """(first character, atoms, text) of the stretches of these bytes that the codec reads without error."""
    data = b"".join(pieces)
    char_at = {}
    offset = 0
    for index, piece in enumerate(pieces):
        char_at[offset] = index
        offset += len(piece)
    char_at[offset] = len(pieces)
    read = _char_of(right)
    start, wide, until = -1, 0, 0
    atoms: list[tuple[int, int]] = []
    new: list[str] = []
    for found in SEQUENCES[right].finditer(data):
        char = read(found[0])
        if not char or found.start() != until:  # a gap: close the stretch
            if wide and len(atoms) > 1:
                yield start, [(old - start, made) for old, made in atoms], "".join(new)
            start, wide, atoms, new = -1, 0, [], []
        until = found.end()
        if not char:
            continue
        if start < 0:
            if found.start() not in char_at:
                until = -1 if found.end() not in char_at else until
                continue
            start = char_at[found.start()]
            atoms = [(start, 0)]
        new.append(char)
        wide += len(found[0]) > 1
        if until in char_at:
            atoms.append((char_at[until], len(new)))
    if wide and len(atoms) > 1:
        yield start, [(old - start, made) for old, made in atoms], "".join(new)


@cache
def bytes_in(codec: str) -> Callable[[str], bytes]:
    """Characters as bytes of a codec, empty where it has none.

    Single bytes that a Windows code page leaves undefined are the C1 controls of the same number, as in browsers.
    """
    known: dict[str, bytes] = {}
    if codec in SINGLE_BYTE:
        for byte in range(0x100):
            known[bytes([byte]).decode(codec, "ignore") or chr(byte)] = bytes([byte])
        if codec == "cp1252":
            known |= {chr(byte): bytes([byte]) for byte in range(0x80, 0xA0)}
        return lambda char: known.get(char, b"")

    def look(char: str) -> bytes:
        piece = known.get(char)
        if piece is None:
            spelled = (char.encode(spelling, "ignore") for spelling in SPELLINGS.get(codec, (codec,)))
            piece = known[char] = next(filter(None, spelled), b"")
        return piece

    return look


@cache
def other_bytes(codec: str) -> dict[bytes, bytes]:
    """For the bytes that a codec writes, others that it reads as the same character (Shift-JIS has 400 such)."""
    if codec != "cp932":
        return {}
    others = {}
    for lead in (0x81, 0x87, 0xED, 0xEE, 0xFA, 0xFB, 0xFC):
        for trail in range(0x40, 0xFD):
            char = bytes([lead, trail]).decode(codec, "ignore")
            written = char.encode(codec, "ignore")
            if len(char) == 1 and written != bytes([lead, trail]):
                others[written] = bytes([lead, trail])
    return others


@cache
def _char_of(codec: str) -> Callable[[bytes], str]:
    """Sequences of bytes as the one character they are in a codec, empty where they are none."""
    known: dict[bytes, str] = {}

    def look(sequence: bytes) -> str:
        char = known.get(sequence)
        if char is None:
            char = sequence.decode(codec, "ignore")
            char = known[sequence] = char if len(char) == 1 and char != "\ufffd" else ""
        return char

    return look
