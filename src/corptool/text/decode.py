"""Bytes to text, tolerant of damage, and back again byte for byte.

`decode` says what it believed and what it could not read; `encode` rebuilds the file from exactly that.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from corptool.text import charset, euctw
from corptool.text.charset import Tables

MARKS = (
    # UTF-32 before UTF-16: the little-endian mark of one begins with that of the other
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
STATEFUL = ("hz", "utf-7", "iso2022")
"""Codecs that carry a mode from character to character, so that a piece cannot be read alone."""

WINDOW = 4096  # bytes read at a time once something does not decode: an error costs one window, not the file
UNREADABLE = "\N{REPLACEMENT CHARACTER}"

LONG_SEQUENCE = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")  # of UTF-8
ASCII_BYTES = bytes(range(128))

Damage: TypeAlias = list[int | str]
Patch: TypeAlias = list[int | str]


class Decoded(NamedTuple):
    """A decoded file, and all that is needed to rebuild its bytes."""

    text: str
    encoding: str
    """Python's name of the codec; `-sig` and plain `utf-16`, `utf-32` say that a byte-order mark was there."""
    confidence: float
    damaged: list[Damage]
    """`[byte offset, hex]` of every run of bytes that does not decode; each is one U+FFFD in the text."""
    patches: list[Patch]
    """`[offset, length, hex]`: these code points of the text stand for bytes the codec would write otherwise."""


def decode(data: bytes, declared: str | None = None, *, tables: Tables | None = None) -> Decoded:
    """Read bytes whose encoding is not known; `declared` is what a header claims.

    With `tables` (`rules.charset_tables()`) Chinese is told from the rest by a language model; without, chardet
    has the last word.

    >>> from corptool.rules import charset_tables
    >>> decode("一帶一路".encode("big5"), tables=charset_tables()).text
    '一帶一路'
    >>> decode("共建“一带一路”，\\n".encode("gb18030") + b"\\xff", tables=charset_tables()).damaged
    [[19, 'ff']]
    """
    try:  # most files are UTF-8, and one pass says so
        text = data.decode()
    except UnicodeDecodeError:
        text = ""
    if text.isascii():
        if charset.is_plain(text):
            return Decoded(text, "utf-8", 1.0, [], [])
    elif text[0] != "\ufeff" and 0 not in data:
        return Decoded(text, "utf-8", 0.99, [], [])
    encoding, confidence = detect(data, declared, tables=tables)
    return read(data, encoding, confidence, chart=tables.chart if tables else None)


def read(data: bytes, encoding: str, confidence: float = 1.0, *, chart: Callable[[], str] | None = None) -> Decoded:
    """Read bytes in a known encoding (Python's codec name; `euc_tw` needs its chart).

    >>> read(b"\\xfe\\xff\\x4e\\x2d", "utf-16").patches
    [[0, 0, 'feff']]
    """
    if encoding == "euc_tw":
        assert chart is not None
        return _read_euc_tw(data, chart(), confidence)
    mark, codec = split_mark(data, encoding)
    if not mark:
        encoding = codec
    patches: list[Patch] = [[0, 0, mark.hex()]] if mark in (codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE) else []
    body = data[len(mark) :]
    damaged: list[Damage] = []
    try:
        text = body.decode(codec)
    except UnicodeDecodeError:
        text, damaged = _read_damaged(body, codec, len(mark))
    if not codec.startswith("utf-8") and not _rebuilds(data, text, encoding, damaged, patches):
        patches += _patches(body, codec, text)
        if not _rebuilds(data, text, encoding, damaged, patches):  # nothing finer holds: keep the file itself
            patches = [*patches[: patches[:1] == [[0, 0, mark.hex()]]], [0, len(text), body.hex()]]
    return Decoded(text, encoding, confidence, damaged, patches)


def encode(text: str, encoding: str, damaged: list[Damage], patches: list[Patch]) -> bytes:
    """Rebuild the bytes from what `decode` returned. ValueError: the text is not what was decoded.

    >>> encode("中�", "utf-8", [[3, "ff"]], [])
    b'\\xe4\\xb8\\xad\\xff'
    """
    codec, mark = encoding, b""
    if encoding == "euc_tw":  # the one patch is the file
        return bytes.fromhex(str(patches[0][2]))
    if encoding == "utf-8-sig":
        codec, mark = "utf-8", codecs.BOM_UTF8
    elif encoding in ("utf-16", "utf-32"):
        big = bool(patches) and patches[0][1] == 0 and patches[0][2] in ("feff", "0000feff")
        codec = encoding + ("-be" if big else "-le")
        mark = b"" if big else "\ufeff".encode(codec)
    if not damaged and not patches:
        return mark + text.encode(codec)
    whole = bytearray(mark)
    lost = {int(offset): bytes.fromhex(str(value)) for offset, value in damaged}
    at = 0
    for start, stop, patch in _events(text, patches):
        if start < at:
            continue  # an unreadable byte within a patch
        whole += text[at:start].encode(codec) if start > at else b""
        at = stop
        if patch is not None:
            whole += bytes.fromhex(patch)
        elif len(whole) in lost:
            whole += lost.pop(len(whole))
        else:
            whole += UNREADABLE.encode(codec)
    return bytes(whole + text[at:].encode(codec))


def detect(data: bytes, declared: str | None = None, *, tables: Tables | None = None) -> tuple[str, float]:
    """Name the encoding (a Python codec, or `euc_tw`) and how sure that is, from 0 to 1.

    >>> from corptool.rules import charset_tables
    >>> detect("深化能源合作".encode("gbk"), tables=charset_tables())[0]
    'gb18030'
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return encoding, 1.0
    if b"\0" not in data:
        if data.isascii():
            return charset.of_ascii(data, tables)
        if _is_nearly_utf8(data):
            return "utf-8", 0.99
    return charset.guess(data, declared, tables) if tables else charset.by_chardet(data)


def split_mark(data: bytes, encoding: str) -> tuple[bytes, str]:
    """(the byte-order mark, or nothing; the codec of what follows it) of bytes in this encoding."""
    mark = next((mark for mark, name in MARKS if name == encoding and data.startswith(mark)), b"")
    if encoding == "utf-8-sig":
        return mark, "utf-8"
    if encoding in ("utf-16", "utf-32"):
        return mark, encoding + ("-be" if mark in (codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE) else "-le")
    return mark, encoding


def _is_nearly_utf8(data: bytes) -> bool:
    """Whether a few bad bytes, or none, are all that keeps this from being UTF-8.

    Three-byte sequences seldom form by chance in Chinese of two bytes a character, two-byte ones often do: so
    either nine tenths of the high bytes are in well-formed sequences, or two thirds are in long ones.
    """
    high = len(data.translate(None, ASCII_BYTES))
    good = high - len(data) + len(data.decode("utf-8", "ignore").encode())
    if good == high or (good >= 12 and good >= 0.9 * high):
        return True
    if good < 9 or good < 0.66 * high:
        return False
    long = sum(map(len, LONG_SEQUENCE.findall(data)))
    return long >= 9 and long >= 0.66 * high


def _read_euc_tw(data: bytes, chart: str, confidence: float) -> Decoded:
    """EUC-TW: nothing in Python writes it, so the one patch is the file."""
    text, damaged = euctw.decode(data, chart)
    return Decoded(text, "euc_tw", confidence, damaged, [[0, len(text), data.hex()]])


def _read_damaged(body: bytes, codec: str, offset: int) -> tuple[str, list[Damage]]:
    """Text as `errors="replace"` gives it, and where its replacement characters come from."""
    if codec.startswith(STATEFUL):
        return body.decode(codec, "replace"), []  # the bytes behind them are in the patches
    text: list[str] = []
    damaged: list[Damage] = []
    at = 0
    while at < len(body):
        window = body[at : at + WINDOW]
        try:
            text.append(window.decode(codec))
            at += len(window)
        except UnicodeDecodeError as error:
            text.append(window[: error.start].decode(codec))
            if error.end == len(window) and error.start and at + len(window) < len(body):
                at += error.start  # perhaps only cut by the window: look again from there
                continue
            damaged.append([offset + at + error.start, window[error.start : error.end].hex()])
            text.append(UNREADABLE)
            at += error.end
    return "".join(text), damaged


def _rebuilds(data: bytes, text: str, encoding: str, damaged: list[Damage], patches: list[Patch]) -> bool:
    try:
        return encode(text, encoding, damaged, patches) == data
    except UnicodeEncodeError:
        return False


def _events(text: str, patches: list[Patch]) -> list[tuple[int, int, str | None]]:
    """(start, end, hex or None): the patched spans of the text and its replacement characters, in order."""
    spans: list[tuple[int, int, str | None]] = [
        (int(start), int(start) + int(length), str(value)) for start, length, value in patches
    ]
    spans += [(found.start(), found.end(), None) for found in re.finditer(UNREADABLE, text)]
    return sorted(spans, key=lambda span: (span[0], span[2] is None))


def _patches(body: bytes, codec: str, text: str) -> list[Patch]:
    """Where encoding the text again would give other bytes than these."""
    patches: list[Patch] = []
    at = 0
    for piece, chars in _by_line(body, codec) if codec.startswith(STATEFUL) else _by_character(body, codec):
        if UNREADABLE not in chars or codec.startswith(STATEFUL):
            try:
                same = chars.encode(codec) == piece
            except UnicodeEncodeError:
                same = False
            if not same:
                patches.append([at, len(chars), piece.hex()])
        at += len(chars)
    return patches if at == len(text) else []


def _by_line(body: bytes, codec: str) -> Iterator[tuple[bytes, str]]:
    for line in body.splitlines(keepends=True):
        yield line, line.decode(codec, "replace")


def _by_character(body: bytes, codec: str) -> Iterator[tuple[bytes, str]]:
    """(bytes, code points): the smallest pieces that can be read alone."""
    decoder = codecs.getincrementaldecoder(codec)("replace")
    start = 0
    for at in range(len(body)):
        chars = decoder.decode(body[at : at + 1])
        if chars:
            yield body[start : at + 1], chars
            start = at + 1
    if start < len(body):
        yield body[start:], decoder.decode(b"", final=True)
