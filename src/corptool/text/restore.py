"""Text of which bytes were lost on the way, guessed back where there is hardly a choice.

A decoder that met bytes it could not read left U+FFFD or `?` for them; a no-break space became a space; a byte fell
out. What remains of the UTF-8 sequence leaves some dozens of characters, and the language model often leaves one.
The result is marked as restored: nobody can know it, as one can know what merely was decoded wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from corptool.text.changes import Change, apply
from corptool.text.evidence import Evidence
from corptool.text.holes import Cells, whole
from corptool.text.likeliest import likeliest
from corptool.text.misread import bytes_in
from corptool.text.suspicion import Tables, odd_lines

READ_AS = ("gbk", "cp932", "shift_jis", "cp949", "big5")
SURE = 0.9  # the share that the likeliest text must have among all that are possible
# How many times nearer to certainty it must be where there are many guesses instead of one: of all kinds of damage
# 99 of 100 restorations were right then, on text that was not measured on before
CAUTION = {"cp1252": 1, "gb18030": 1, "gbk": 3, "cp932": 5, "shift_jis": 5, "cp949": 8, "big5": 10}
NO_BREAKS = "no-break"
# A closing quotation mark as Windows-1252, where its last byte is undefined and was dropped; after an opening one
CLOSING = re.compile("(?:â€œ|(?<!â€)“)[^\n“”]{1,400}?(?<=[\\w.,!?)])(?P<mark>â€)(?![^\\s.,;:!?)])")
FEWEST = 6  # bytes that must be left of what was no ASCII
MOST_LOST = 0.25  # the share of the bytes above which nothing is tried: GBK loses 6 of 100, Big5 half of them
LONGEST_LINE = 6000  # bytes of a line that is weighed whole
# Beside what is left of a Chinese character stands another, or a byte was not lost but became something else
BESIDE_OTHERS = re.compile("[^\n\ufffd\u2014-\u2026\u2e80-\ufffc]\ufffd|\ufffd[^\n\ufffd\u2014-\u2026\u2e80-\ufffc]")
NO_BREAK = re.compile(rb"[\xe0-\xef](?: [\x80-\xbf]|[\x80-\xbf] | {2})|\xc2 ")


class Damage(NamedTuple):
    """One way in which a line may have been damaged."""

    how: str
    codec: str
    """What it was read as."""
    cells: Cells


def restored(text: str, tables: Tables, sure: float = SURE) -> list[Change]:
    """The lines of which lost bytes can be told from what is left."""
    lines = [(start, end, list(_damages(text[start:end]))) for start, end in odd_lines(text, tables)]
    if not lines:
        return []
    sound = apply(text, [Change(start, end, "", "") for start, end, _ in lines])
    readable: dict[str, list[str]] = {}
    for damage in (damage for *_, damages in lines for damage in damages):
        readable.setdefault(damage.codec, [sound]).append(whole(damage.cells))
    evidence = {codec: Evidence("\n".join(parts)) for codec, parts in readable.items()}
    changes = []
    for start, end, damages in lines:
        new, how = _restored(text[start:end], damages, evidence, tables, sure)
        if new is not None:
            changes.append(Change(start, end, new, "restored", how))
    return changes


def bytes_fell_out(text: str, damaged: Sequence[Sequence[Any]], tables: Tables, sure: float = SURE) -> list[Change]:
    """The lines of a UTF-8 file of which a byte fell out, by what could not be read (`decode.Decoded.damaged`).

    >>> from corptool.rules import mojibake_tables
    >>> broken = "中国政府在会议上讨论经济发展问\ufffd。"
    >>> [change.new for change in bytes_fell_out(broken, [[42, "e9a2"]], mojibake_tables())]
    ['中国政府在会议上讨论经济发展问题。']
    """
    holes = [found.start() for found in re.finditer("\ufffd", text)]
    if len(holes) != len(damaged) or BESIDE_OTHERS.search(text):  # the text is not as it was read, or more is wrong
        return []
    left = dict(zip(holes, (bytes.fromhex(str(value)) for _, value in damaged), strict=True))
    changes, evidence = [], Evidence(text)
    for start, end in {(text.rfind("\n", 0, at) + 1, text.find("\n", at) % (len(text) + 1)) for at in holes}:
        cells: Cells = [
            byte for at in range(start, end) for byte in left.get(at, text[at].encode("utf-8", "surrogatepass"))
        ]
        found = likeliest(cells, "utf-8", evidence, tables.scales()) if len(cells) < LONGEST_LINE else None
        if found and found.share >= sure:
            changes.append(Change(start, end, found.text, "restored", "utf-8:dropped"))
    return sorted(changes)


def closing_marks(text: str) -> list[Change]:
    """Closing quotation marks that lost their last byte: of all that begins so, nothing else closes a quotation.

    >>> [change.new for change in closing_marks("He said “yesâ€ and left.")]
    ['”']
    """
    return [Change(*found.span("mark"), "”", "restored", "utf-8>cp1252:undefined") for found in CLOSING.finditer(text)]


def _restored(
    line: str, damages: list[Damage], evidence: dict[str, Evidence], tables: Tables, sure: float
) -> tuple[str | None, str]:
    """(the line as it was, how it was damaged), or None where that is not clear."""
    readings = []
    for damage in damages:
        found = likeliest(damage.cells, damage.codec, evidence[damage.codec], tables.scales())
        # Where nothing was lost it is not our business
        if found and (damage.how == NO_BREAKS or found.text.encode() != _unread(damage.cells)):
            readings.append((found, damage))
    if not readings:
        return None, ""
    best, damage = min(readings, key=lambda reading: reading[0].bits)
    others = sum(2.0 ** (best.bits - found.bits) for found, _ in readings if found.text != best.text)
    doubt = 1 - best.share / (1 + others)
    if doubt * CAUTION[damage.codec] > 1 - sure or best.bits > 0.7 * tables.model().bits(line):
        return None, ""
    return best.text, f"utf-8>{damage.codec}:{damage.how}"


def _unread(cells: Cells) -> bytes:
    """The bytes, a question mark for each that is not known."""
    return bytes(ord("?") if cell is None else cell for cell in cells)


def _damages(line: str) -> Iterator[Damage]:
    """Every way the line may have been damaged."""
    for hole, how in (("\ufffd", "lost"), ("?", "question-mark")):
        if hole in line:
            for codec in READ_AS:
                cells = _cells(line, codec, hole)
                if cells is not None:
                    yield Damage(how, codec, cells)
    for codec in ("cp1252", "gb18030"):
        cells = _cells(line, codec, "")
        if cells is not None:
            yield Damage("dropped", codec, cells)
    spaced = unspaced(line)
    if spaced:
        yield Damage(NO_BREAKS, "cp1252", list(spaced.encode()))


def _cells(line: str, codec: str, hole: str) -> Cells | None:
    """The bytes of a line that was read wrongly, None for each hole; None if it cannot have been."""
    codes = bytes_in(codec)
    cells: Cells = []
    for char in line:
        piece = codes(char)
        if char != hole and not piece:
            return None
        cells += [None] if char == hole else piece
    known = sum(cell is not None and cell > 0x7F for cell in cells)
    return cells if known >= FEWEST and cells.count(None) < MOST_LOST * len(cells) else None


def unspaced(line: str) -> str | None:
    r"""UTF-8 that was read as Windows-1252 and lost its no-break spaces, which were bytes of it, to spaces.

    >>> unspaced("æ­¥å ¡")
    '步堡'
    >>> unspaced("â la carte")
    """
    codes = bytes_in("cp1252")
    data = b"".join(map(codes, line))
    if len(data) != len(line) or b" " not in data:
        return None
    whole = NO_BREAK.sub(lambda found: found[0].replace(b" ", b"\xa0"), data)
    try:
        return whole.decode() if whole != data else None
    except UnicodeDecodeError:
        return None
