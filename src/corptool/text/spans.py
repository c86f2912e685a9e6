"""The spans of a line that some wrong encoding explains, each with what it was and the bits that this saves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.text.language_model import LanguageModel
from corptool.text.misread import SINGLE_BYTE, decoded, encoded, high_pairs, other_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

RARE = dict.fromkeys(SINGLE_BYTE[1:], 4.0) | {"mac_roman": 10.0, "cp437": 10.0}
"""Bits that it takes to believe in a code page that few programs read web pages with."""

# What must be there for the bytes to be worth reading: hardly any clean line has it, and this is seen fast
PAIRS = re.compile(rb"[\x81-\xfe][\x30-\xfe][\x81-\xfe][\x30-\xfe]")
WORTH_READING = {
    "utf-8": re.compile(
        rb"[\xe2-\xef][\x80-\xbf]{2}|(?:[\xc2-\xdf][\x80-\xbf]){2}|[\xc2\xc3][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}"
    ),
    "gb18030": PAIRS,
    "big5hkscs": PAIRS,
}
HOP = 6.0  # bits that each hop of a chain must be worth
EDGE = 12.0
EDGE_LENGTH = 4
ENOUGH = 14.0  # bits saved that make it worth while to look for other spellings of single bytes


class Repair(NamedTuple):
    """A span of a line and what it should be."""

    start: int
    end: int
    new: str
    chain: str
    gain: float
    """Bits saved, hops paid."""
    before: float


class _Run(NamedTuple):
    """Characters in a row that `wrong` can write, as its bytes, to be read as `right`."""

    pieces: list[bytes]
    first: int
    right: str
    wrong: str


def by_hops(line: str, hops: Iterable[tuple[str, str]], model: LanguageModel) -> list[Repair]:
    """The spans that one of these (right, wrong) pairs of encodings reads otherwise and cheaper, best first."""
    written: dict[str, list[tuple[list[bytes], int]]] = {}
    runs = []
    for right, wrong in hops:
        if wrong not in written:
            vain = wrong in SINGLE_BYTE and not high_pairs(wrong).search(line)
            written[wrong] = [] if vain else list(encoded(line, wrong))
        runs += [_Run(pieces, first, right, wrong) for pieces, first in written[wrong]]
    if not runs:
        return []
    found = []
    for run, repairs in zip(runs, _best_parts(line, runs, model), strict=True):
        found += _respelled(line, run, repairs, model) if other_bytes(run.wrong) else repairs
    return sorted((repair for repair in found if repair.gain > 0), key=lambda repair: -repair.gain)


def _best_parts(line: str, runs: list[_Run], model: LanguageModel) -> list[list[Repair]]:
    """The readable stretches of each run, each by its best part. (All are weighed at once, for that is faster.)"""
    readable = [
        list(decoded(run.pieces, run.right)) if WORTH_READING[run.right].search(b"".join(run.pieces)) else []
        for run in runs
    ]
    if not any(readable):
        return [[] for _ in runs]
    costs, *after = map(_sums, model.costs_of_each([line, *(new for stretches in readable for *_, new in stretches)]))
    weighed = iter(after)
    return [
        [
            _best_part(costs, run.first + start, atoms, new, next(weighed), f"{run.right}>{run.wrong}")
            for start, atoms, new in stretches
        ]
        for run, stretches in zip(runs, readable, strict=True)
    ]


def _sums(costs: NDArray[Any]) -> list[float]:
    """What the text costs up to each of its characters."""
    sums: list[float] = costs.cumsum().tolist()
    return [0.0, *sums]


def _respelled(line: str, run: _Run, best: list[Repair], model: LanguageModel) -> list[Repair]:
    """The repairs of a run, where characters that its codec reads from two sequences may have been either."""
    others = other_bytes(run.wrong)
    doubtful = [at for at, piece in enumerate(run.pieces) if piece in others]
    if not doubtful or _worth(best) <= ENOUGH:
        return best
    for at in doubtful:
        tried = run._replace(pieces=[*run.pieces[:at], others[run.pieces[at]], *run.pieces[at + 1 :]])
        (repairs,) = _best_parts(line, [tried], model)
        if _worth(repairs) > _worth(best):
            run, best = tried, repairs
    return best


def _worth(repairs: list[Repair]) -> float:
    return sum(max(repair.gain, 0) for repair in repairs)


def _best_part(
    costs: list[float], first: int, atoms: list[tuple[int, int]], new: str, after: list[float], chain: str
) -> Repair:
    """The part of a readable span that saves most: `atoms` are the places where both readings have a boundary."""
    saved = [costs[first + old] - after[made] for old, made in atoms]
    best, low = (0, 0, float("-inf")), 0
    for at in range(1, len(saved)):
        if saved[at - 1] < saved[low]:
            low = at - 1
        if saved[at] - saved[low] > best[2]:
            best = low, at, saved[at] - saved[low]
    low, high, gain = best
    if gain > 3 * EDGE:  # a rare character at an edge may cost more than what it was read as, and yet belong here
        last = len(saved) - 1
        if saved[0] - saved[low] < EDGE and atoms[low][0] - atoms[0][0] <= EDGE_LENGTH:
            low = 0
        if saved[high] - saved[last] < EDGE and atoms[last][0] - atoms[high][0] <= EDGE_LENGTH:
            high = last
    while low < high and _is_same(atoms, low, new):
        low += 1
    while low < high and _is_same(atoms, high - 1, new):
        high -= 1
    start, end = first + atoms[low][0], first + atoms[high][0]
    gain -= HOP + RARE.get(chain.rpartition(">")[2], 0.0)
    return Repair(start, end, new[atoms[low][1] : atoms[high][1]], chain, gain, costs[end] - costs[start])


def _is_same(atoms: list[tuple[int, int]], at: int, new: str) -> bool:
    """Whether this atom is one ASCII character, which both readings share."""
    (old, made), (old_end, made_end) = atoms[at : at + 2]
    return made_end - made == old_end - old == 1 and new[made] < "\x80"
