"""Text that was decoded with the wrong encoding, turned back."""

from __future__ import annotations

import re

from corptool.text.changes import Change

# cp1252 as browsers read it: the five bytes it leaves undefined are the C1 controls of the same number.
BYTES_OF_CP1252 = {
    ord(bytes([byte]).decode("cp1252")): byte
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
SEQUENCE = "(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})"
UTF8_AS_LATIN = re.compile(f"\xe2\x80[\x90-\xbf]|(?:{SEQUENCE}){{2,}}|\xc3[\x80-\xbf]")
NON_ASCII = re.compile("[^\0-\x7f]{6,}")


def repaired(text: str) -> list[Change]:
    """UTF-8 that was read as Windows-1252, Latin-1 or GBK.

    >>> [(change.new, change.rule) for change in repaired("ä¸€å¸¦ä¸€è·¯, café")]
    [('一带一路', 'utf-8>cp1252')]
    >>> [(change.new, change.rule) for change in repaired("鎺ㄥ姩缁胯壊鍙戝睍")]
    [('推动绿色发展', 'utf-8>gb18030')]
    """
    return _from_latin(text) or _from_gbk(text)


def _from_latin(text: str) -> list[Change]:
    changes = []
    as_bytes = text.translate(BYTES_OF_CP1252)
    for found in UTF8_AS_LATIN.finditer(as_bytes):
        try:
            new = found[0].encode("latin-1").decode()
        except UnicodeDecodeError:
            continue
        changes.append(Change(found.start(), found.end(), new, "mojibake", "utf-8>cp1252"))
    return changes


def _from_gbk(text: str) -> list[Change]:
    changes = []
    for found in NON_ASCII.finditer(text):
        try:
            new = found[0].encode("gb18030").decode()
        except UnicodeError:
            continue
        if len(new) >= 4 and all(map(_common, new)):
            changes.append(Change(found.start(), found.end(), new, "mojibake", "utf-8>gb18030"))
    return changes


def _common(char: str) -> bool:
    """Whether a character is of level 1 of GB 2312 or Big5, or a punctuation mark of theirs."""
    simplified, traditional = (char.encode(codec, "ignore") for codec in ("gb2312", "big5"))
    return b"" < simplified[:1] < b"\xd8" or b"" < traditional[:1] < b"\xc9"
