"""Which characters UTF-8 may have held where bytes of it are missing.

A line is a list of cells: its bytes, and None for one that a decoder could not read. Where a byte fell out and left
nothing, the cells are merely one too few.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from corptool.text.language_model import LanguageModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

Cells: TypeAlias = list[int | None]
DROPPED = 10.0  # bits for believing that a byte fell out here


def whole(cells: Cells) -> str:
    """What can be read for certain; a NUL stands for each cell that belongs to nothing whole.

    >>> whole([0xE4, 0xB8, 0xAD, 0xE6, None, 0x87, 0x21])
    '中\\x00\\x00\\x00!'
    """
    chars = []
    at = 0
    while at < len(cells):
        first = cells[at]
        width = 1 if first is None or first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
        piece = bytes(cell for cell in cells[at : at + width] if cell is not None)
        char = piece.decode("utf-8", "replace") if len(piece) == width else ""
        sound = len(char) == 1 and char != "\ufffd"
        chars.append(char if sound else "\0")
        at += width if sound else 1
    return "".join(chars)


class Chart(NamedTuple):
    """The characters one may guess, and their three bytes."""

    codes: NDArray[Any]
    bytes_of: NDArray[Any]


@cache
def chart(model: LanguageModel) -> Chart:
    import numpy as np

    codes = model.likely()
    codes = codes[codes > 0x7FF]
    return Chart(codes, np.stack((0xE0 | codes >> 12, 0x80 | codes >> 6 & 0x3F, 0x80 | codes & 0x3F), axis=1))


def characters(cells: Cells, at: int, codec: str, chart: Chart) -> Iterator[tuple[int, NDArray[Any], float]]:
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


def _next(cells: Cells, at: int) -> int:
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
