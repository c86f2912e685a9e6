"""Text of which bytes were lost on the way, guessed back where there is hardly a choice.

A decoder that met bytes it could not read left U+FFFD or `?` for them; a no-break space became a space; a byte fell
out. What remains of the UTF-8 sequence leaves some dozens of characters, and the language model often leaves one.
The result is marked as restored: nobody can know it, as one can know what merely was decoded wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.text import mojibake
from corptool.text.changes import Change
from corptool.text.language_model import LanguageModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

READ_AS = ("gbk", "cp932", "cp949", "big5")
BEAM = 48
CLOSES = dict(zip("（「『《“【〈‘", "）」』》”】〉’", strict=True))
BRACKET = re.compile("[（「『《“【〈‘）」』》”】〉’]")
UNPAIRED = 12.0  # bits for a bracket that closes nothing
DROPPED = 10.0  # bits for believing that a byte fell out here
SURE = 0.97  # the share that the likeliest text must have among all that were tried
NO_BREAK = re.compile(rb"[\xe0-\xef](?: [\x80-\xbf]|[\x80-\xbf] | {2})|\xc2 ")


class Guess(NamedTuple):
    """A text so far, best first."""

    bits: float
    last: int
    text: str


def restored(text: str, tables: mojibake.Tables, sure: float = SURE) -> list[Change]:
    """The lines of which lost bytes can be told from what is left."""
    changes = []
    for start, end in mojibake.odd_lines(text, tables):
        line = text[start:end]
        spaced = unspaced(line)
        new, how = (spaced, "utf-8>cp1252:no-break") if spaced else restore(line, tables.model(), sure)
        if new is not None:
            changes.append(Change(start, end, new, "restored", how))
    return changes


def restore(line: str, model: LanguageModel, sure: float = SURE) -> tuple[str | None, str]:
    """(the line as it was, how it was damaged), or None where that is not clear."""
    best: tuple[float, str, str] | None = None
    for how, codec, cells in _damages(line):
        guesses = _read(cells, codec, model)
        if not guesses or guesses[0].text.encode() == bytes(63 if cell is None else cell for cell in cells):
            continue  # nothing was lost: that is not our business
        share = 1 / sum(2 ** (guesses[0].bits - guess.bits) for guess in guesses)
        # Shift-JIS, EUC-KR and Big5 lose more bytes than GBK, and so each of many guesses must be surer
        enough = sure if codec in ("gbk", "gb18030", "cp1252") else 1 - (1 - sure) / 3
        if share > enough and (best is None or guesses[0].bits < best[0]):
            best = guesses[0].bits, guesses[0].text, f"utf-8>{codec}:{how}"
    if best is None or best[0] > 0.7 * model.bits(line):
        return None, ""
    return best[1], best[2]


def _damages(line: str) -> Iterator[tuple[str, str, list[int | None]]]:
    """(what happened, encoding it was read as, bytes; None for a lost one) of every way the line may be damaged."""
    for hole, how in (("\ufffd", "lost"), ("?", "question-mark")):
        if hole in line:
            for codec in READ_AS:
                cells = _cells(line, codec, hole)
                if cells is not None:
                    yield how, codec, cells
    for codec in ("cp1252", "gb18030"):
        cells = _cells(line, codec, "")
        if cells is not None:
            yield "dropped", codec, cells


def _cells(line: str, codec: str, hole: str) -> list[int | None] | None:
    """The bytes of a line that was read wrongly, None for each hole; None if it cannot have been."""
    codes = mojibake.bytes_in(codec)
    cells: list[int | None] = []
    for char in line:
        piece = codes(char)
        if char != hole and not piece:
            return None
        cells += [None] if char == hole else piece
    return cells if sum(cell is not None and cell > 0x7F for cell in cells) >= 6 else None


def unspaced(line: str) -> str | None:
    r"""UTF-8 that was read as Windows-1252 and lost its no-break spaces, which were bytes of it, to spaces.

    >>> unspaced("æ­¥å ¡")
    '步堡'
    >>> unspaced("â la carte")
    """
    codes = mojibake.bytes_in("cp1252")
    data = b"".join(map(codes, line))
    if len(data) != len(line) or b" " not in data:
        return None
    whole = NO_BREAK.sub(lambda found: found[0].replace(b" ", b"\xa0"), data)
    try:
        return whole.decode() if whole != data else None
    except UnicodeDecodeError:
        return None


def _read(cells: list[int | None], codec: str, model: LanguageModel) -> list[Guess]:
    """The likeliest texts that UTF-8 of these bytes may have been, best first; empty if there is none."""
    import numpy as np

    chart = _chart(model)
    beams: list[list[Guess]] = [[] for _ in range(len(cells) + 4)]
    beams[0] = [Guess(0.0, 10, "")]
    for at in range(len(cells)):
        guesses = sorted(beams[at])[:BEAM]
        beams[at] = []
        if not guesses:
            continue
        lasts, row = np.unique(np.array([guess.last for guess in guesses], np.uint32), return_inverse=True)
        so_far = np.array([[guess.bits] for guess in guesses])
        for width, codes, price in _characters(cells, at, codec, chart):
            if not codes.size:
                continue
            after = model.by_grammar(np.repeat(lasts, len(codes)), np.tile(codes, len(lasts)))
            bits = so_far + price + after.reshape(len(lasts), len(codes))[row]
            for index in np.argsort(bits, axis=None)[:BEAM].tolist():
                guess, code = guesses[index // len(codes)], int(codes[index % len(codes)])
                beams[at + width].append(Guess(float(bits.flat[index]), code, guess.text + chr(code)))
    whole = beams[len(cells)]
    ends = model.by_grammar(
        np.array([guess.last for guess in whole], np.uint32), np.full(len(whole), 10, np.uint32)
    ).tolist()
    paired = [
        guess._replace(bits=guess.bits + end + UNPAIRED * _unpaired(guess.text))
        for guess, end in zip(whole, ends, strict=True)
    ]
    return sorted(paired)


def _unpaired(text: str) -> int:
    """How many brackets and quotation marks close what was not opened. (Lines are cut: not all need be closed.)"""
    open_: list[str] = []
    alone = 0
    for char in BRACKET.findall(text):
        if char in CLOSES:
            open_.append(char)
        elif open_ and CLOSES[open_[-1]] == char:
            open_.pop()
        else:
            alone += 1
    return alone + (text[-1:] in CLOSES)


class Chart(NamedTuple):
    """The characters one may guess, and their three bytes."""

    codes: NDArray[Any]
    bytes_of: NDArray[Any]


@cache
def _chart(model: LanguageModel) -> Chart:
    import numpy as np

    codes = model.likely()
    codes = codes[codes > 0x7FF]
    return Chart(codes, np.stack((0xE0 | codes >> 12, 0x80 | codes >> 6 & 0x3F, 0x80 | codes & 0x3F), axis=1))


def _characters(
    cells: list[int | None], at: int, codec: str, chart: Chart
) -> Iterator[tuple[int, NDArray[Any], float]]:
    """(bytes taken, code points, bits beyond the model) that may stand at this byte."""
    import numpy as np

    first, *rest = piece = cells[at : at + 3]
    if first is not None and first < 0x80:
        yield 1, np.array([first], np.uint32), 0.0
    elif first is not None and 0xC2 <= first < 0xE0:
        if rest and rest[0] is not None and 0x80 <= rest[0] < 0xC0:
            yield 2, np.array([(first & 0x1F) << 6 | rest[0] & 0x3F], np.uint32), 0.0
    elif None not in piece:
        tail = sum(1 for _ in takewhile(_continues, rest))
        if first is not None and first >= 0xE0 and tail == 2:
            known = bytes(byte for byte in piece if byte is not None).decode("utf-8", "ignore")
            if known:
                yield 3, np.array([ord(known)], np.uint32), 0.0
        elif first is not None and first >= 0xE0 and tail == 1:
            yield 2, _matching(chart, [(first, rest[0], None), (first, None, rest[0])]), DROPPED
        elif _continues(first) and tail == 1:
            yield 2, _matching(chart, [(None, first, rest[0])]), DROPPED
    else:
        if first is None:
            yield 1, np.array([0x3F], np.uint32), 0.0
        if len(piece) == 3 and (first is None or first >= 0xE0):
            codes = _matching(chart, [tuple(piece)])
            for place, byte in enumerate(piece):
                if byte is None:
                    column = 0x80 | codes >> 6 * (2 - place) & 0x3F if place else 0xE0 | codes >> 12
                    codes = codes[_unreadable(codec)[column, _next(cells, at + place)]]
            yield 3, codes, 0.0


def _continues(byte: int | None) -> bool:
    return byte is not None and 0x80 <= byte < 0xC0


def _matching(chart: Chart, patterns: list[tuple[int | None, ...]]) -> NDArray[Any]:
    """The characters whose three bytes are these, None for any."""
    import numpy as np

    fits = np.zeros(len(chart.codes), bool)
    for pattern in patterns:
        known = [(place, byte) for place, byte in enumerate(pattern) if byte is not None]
        fits |= np.all([chart.bytes_of[:, place] == byte for place, byte in known], axis=0)
    return chart.codes[fits]


def _next(cells: list[int | None], at: int) -> int:
    """The byte after this one; 256 where it is not known, 257 at the end."""
    if at + 1 >= len(cells):
        return 257
    byte = cells[at + 1]
    return 256 if byte is None else byte


@cache
def _unreadable(codec: str) -> NDArray[Any]:
    """Which bytes the codec cannot read before which: only those are lost."""
    import numpy as np

    table = np.zeros((256, 258), bool)
    for lead in range(0x80, 256):
        single = bytes([lead]).decode(codec, "replace") != "\ufffd"
        table[lead, 256:] = not single
        for trail in range(256):
            table[lead, trail] = not single and bytes([lead, trail]).decode(codec, "replace")[0] == "\ufffd"
    return table
