"""The likeliest text among all that bytes with holes may have been, and its share among them.

Texts that end alike are one path from there on, so that nearly all of them are weighed: the best is found as Viterbi
does it, and what all together weigh is summed on the way. A character is weighed by the model, after the two before
it; by what stands undamaged elsewhere in the text; by the script of the text; and by the brackets that are open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.text.evidence import SEEN, SEEN_PAIR, Evidence
from corptool.text.holes import Cells, characters, chart
from corptool.text.scales import Scales

if TYPE_CHECKING:
    from numpy.typing import NDArray

BEAM = 64  # paths kept at a time
CLOSES = dict(zip("（「『《“【〈‘", "）」』》”】〉’", strict=True))
UNPAIRED = 12.0  # bits for a bracket that closes nothing, or opens at the very end
UNCLOSED = 4.0  # bits for one that is never closed: lines are cut
LINE_END = 10


class Likeliest(NamedTuple):
    """A text, what it costs, and its share among all that these bytes may have been."""

    text: str
    bits: float
    share: float


class _Paths(NamedTuple):
    """Texts so far, an array each: a row for all that end in the same two characters within the same brackets."""

    before: NDArray[Any]
    last: NDArray[Any]
    open: NDArray[Any]
    best: NDArray[Any]
    """Bits of the best of them."""
    all: NDArray[Any]
    """Bits of all together: 1 less where they are twice as many."""
    back: NDArray[Any]
    """The number of the path that the best of them continues."""


def likeliest(cells: Cells, codec: str, evidence: Evidence, scales: Scales) -> Likeliest | None:
    """The likeliest that UTF-8 of these bytes may have been, before it was read as `codec`; None if there is none."""
    import numpy as np

    guessable = chart(scales.model)
    line_end = np.array([LINE_END], np.uint32)
    arriving: list[list[_Paths]] = [[] for _ in range(len(cells) + 4)]
    nothing = np.zeros(1)
    arriving[0] = [_Paths(line_end, line_end, np.zeros(1, np.int64), nothing, nothing, np.array([-1]))]
    passed: list[_Paths] = []
    number = 0
    for at in range(len(cells)):
        if not arriving[at]:
            continue
        paths = _merged(arriving[at])
        numbers = np.arange(number, number + len(paths.last))
        passed.append(paths)
        number += len(paths.last)
        for width, codes, price in characters(cells, at, codec, guessable):
            if codes.size:
                inside, alone = _inside(paths.open, codes)
                cost = _weighed(paths, codes, evidence, scales) + price + UNPAIRED * alone
                arriving[at + width].append(
                    _Paths(
                        np.repeat(paths.last, len(codes)),
                        np.tile(codes, len(paths.last)),
                        inside.ravel(),
                        (paths.best[:, None] + cost).ravel(),
                        (paths.all[:, None] + cost).ravel(),
                        np.repeat(numbers, len(codes)),
                    )
                )
    if not arriving[len(cells)]:
        return None
    paths = _merged(arriving[len(cells)])
    end = -np.log2(scales.share(paths.before, paths.last, line_end)[:, 0]) + _unclosed(paths.open)
    end += UNPAIRED * np.array([chr(last) in CLOSES for last in paths.last.tolist()])
    best = int((paths.best + end).argmin())
    bits = float((paths.best + end)[best])
    together = -float(np.logaddexp2.reduce(-(paths.all + end)))
    return Likeliest(_text(paths, best, passed), bits, float(2 ** min(together - bits, 0.0)))


def _weighed(paths: _Paths, codes: NDArray[Any], evidence: Evidence, scales: Scales) -> NDArray[Any]:
    """The bits of each of some characters after each of some paths."""
    import numpy as np

    share = scales.share(paths.before, paths.last, codes)
    if len(codes) > 1:  # else there is no choice
        share *= 2.0 ** -evidence.of_script(codes)
        share = (1 - SEEN_PAIR - SEEN) * share + evidence.shares(paths.last, codes)
    bits: NDArray[Any] = -np.log2(np.maximum(share, 1e-12))
    return bits


def _merged(arriving: list[_Paths]) -> _Paths:
    """Paths that end alike as one, the BEAM best of them."""
    import numpy as np

    paths = _Paths(*(np.concatenate(column) for column in zip(*arriving, strict=True)))
    if len(paths.best) > 4 * BEAM:
        paths = _chosen(paths, np.argpartition(paths.best, 4 * BEAM)[: 4 * BEAM])
    ends = paths.open.astype(np.uint64) << np.uint64(42) | paths.before.astype(np.uint64) << np.uint64(21) | paths.last
    order = np.lexsort((paths.best, ends))
    paths, ends = _chosen(paths, order), ends[order]
    first = np.flatnonzero(np.concatenate(([True], ends[1:] != ends[:-1])))
    together = -np.logaddexp2.reduceat(-paths.all, first)
    paths = _chosen(paths, first)._replace(all=together)
    return _chosen(paths, np.argsort(paths.best)[:BEAM])


def _chosen(paths: _Paths, rows: NDArray[Any]) -> _Paths:
    return _Paths(*(column[rows] for column in paths))


def _text(paths: _Paths, row: int, passed: list[_Paths]) -> str:
    """The text of a path, from its last character back to the first."""
    import numpy as np

    last, back = (np.concatenate([getattr(one, name) for one in passed]) for name in ("last", "back"))
    codes = [int(paths.last[row])]
    at = int(paths.back[row])
    while at > 0:
        codes.append(int(last[at]))
        at = int(back[at])
    return "".join(map(chr, reversed(codes)))


def _inside(open_: NDArray[Any], codes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """(the brackets open after each character on each path, whether it closes what was not opened)."""
    import numpy as np

    inside = np.repeat(open_[:, None], len(codes), axis=1)
    alone = np.zeros(inside.shape)
    for column, code in enumerate(codes.tolist()):
        if chr(code) in BRACKETS:
            for row, state in enumerate(open_.tolist()):
                inside[row, column], alone[row, column] = _bracket(state, chr(code))
    return inside, alone


def _unclosed(open_: NDArray[Any]) -> NDArray[Any]:
    """Bits for the brackets that are still open."""
    import numpy as np

    places = (len(CLOSES) + 1) ** np.arange(DEEPEST)
    bits: NDArray[Any] = UNCLOSED * (open_[:, None] // places % (len(CLOSES) + 1) > 0).sum(1)
    return bits


BRACKETS = [*CLOSES, *CLOSES.values()]
DEEPEST = 4


def _bracket(state: int, char: str) -> tuple[int, bool]:
    """Brackets that are open are the digits of a number, the innermost last; those too far out are forgotten.

    (Lines are cut: not all that is opened need be closed.)
    """
    base = len(CLOSES) + 1
    kind = BRACKETS.index(char) + 1
    if kind < base:
        return (state * base + kind) % base**DEEPEST, False
    closes = state % base == kind - len(CLOSES)
    return (state // base if closes else state), not closes
