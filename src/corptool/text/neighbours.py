"""What stands around each line of a page, and where on the page it is, as numbers for the line classifier.

NumPy costs by the call, and most pages are short: so the lines of many pages are one block, and each call serves them
all. What adds fractions up does so page by page, for the last digit of a sum depends on where it began.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Column = NDArray[Any]

Terms = tuple["Column", "Column"]
"""Lines, and the numbers of what they speak of (see tokens.py); a line may speak of it more than once."""

CORE = 6
"""Lines of prose, at the beginning of the page's main run of them, that say what the page is about."""
SMALL, LARGE = 14, 20
"""Words: what is small may be a mark of a zone of the page; what is large is a paragraph."""


class Block(NamedTuple):
    """The lines of several pages, one after the other."""

    edges: Sequence[int]
    """Where each page begins, and where the last one ends."""
    page: Column
    """For each line the number of its page …"""
    at: Column
    """… where it stands on that page …"""
    size: Column
    """… and how many lines the page has."""


class Runs(NamedTuple):
    """For each line the first and the last line of a run of lines on its page, counted as `Block.at` is."""

    first: Column
    last: Column


def block_of(sizes: Iterable[int]) -> Block:
    """The block of pages of so many lines each.

    >>> block_of([2, 1])
    Block(edges=[0, 2, 3], page=array([0, 0, 1]), at=array([0, 1, 0]), size=array([2, 2, 1]))
    """
    import numpy as np

    counts = np.array([*sizes])
    edges = np.concatenate(([0], counts.cumsum()))
    page = np.repeat(np.arange(len(counts)), counts)
    return Block(edges.tolist(), page, np.arange(len(page)) - edges[page], counts[page])


def pages_of(block: Block) -> list[slice]:
    """The lines of each page."""
    return [slice(start, end) for start, end in zip(block.edges, block.edges[1:], strict=False)]


def best_runs(score: Column, block: Block) -> Runs:
    """On each page the run of lines with the largest sum."""
    import numpy as np

    return Runs(*np.array([best_run(score[page]) for page in pages_of(block)]).T[:, block.page])


def best_run(score: Column) -> tuple[int, int]:
    """The first and last line of the run with the largest sum.

    >>> import numpy as np
    >>> best_run(np.array([-1.0, 2.0, -1.0, 3.0, -4.0, 3.0]))
    (1, 3)
    """
    import numpy as np

    sums = np.zeros(len(score) + 1)
    sums[1:] = score.cumsum()
    last = int((sums[1:] - np.minimum.accumulate(sums[:-1])).argmax())
    return int(sums[: last + 1].argmin()), last


def cohesion(terms: Terms, weight: Column, prose: Runs, block: Block) -> list[Column]:
    """How much of what a line and its neighbours speak of is spoken of in the first prose of the page.

    Comments and the next article of an endless page are prose, but prose about something else.
    """
    import numpy as np

    size = len(weight)
    long = (weight >= LARGE) & (block.at >= prose.first) & (block.at <= prose.last)
    upto = np.concatenate(([0], long.cumsum()))
    core = long & (upto[1:] - upto[block.edges[:-1]][block.page] <= CORE)
    bits = np.uint64(size.bit_length())  # of a term that are enough: there are few on a page
    each = np.sort(terms[1] >> bits << bits | terms[0].astype(np.uint64))
    each = each[np.append(True, each[1:] != each[:-1])[: len(each)]]  # a term of a line counts once
    term = each >> bits
    line = (each - (term << bits)).astype(np.int64)
    new = np.ones(len(each), dtype=bool)
    new[1:] = (term[1:] != term[:-1]) | (block.page[line[1:]] != block.page[line[:-1]])
    run = new.cumsum() - 1
    spoken, times = np.bincount(run[core[line]], minlength=run.size), np.bincount(run)
    in_core = spoken[run] > core[line]  # a line of the core is compared with its other lines
    shares = [np.bincount(some, minlength=size) for some in (line, line[in_core], line[times[run] == 1])]
    sums = np.zeros((3, size + 1))
    sums[:, 1:] = np.cumsum(shares, axis=1)
    columns = [shares[1] / (shares[0] + 2), shares[2] / (shares[0] + 2)]
    start = np.arange(size) - block.at
    for low, high in ((-3, 4), (-8, 0), (1, 9)):
        from_, to = ((block.at + reach).clip(0, block.size) + start for reach in (low, high))
        part = taken(sums, to) - taken(sums, from_)
        columns += [part[1] / (part[0] + 3), part[2] / (part[0] + 3)]
    return columns


def context(own: Matrix, markers: Matrix, weight: Column, prose: Column, run: Runs, block: Block) -> list[Column]:
    """What stands around each line, and where on the page it is.

    `own` are lines of columns: see `features.own`; the last but three and two are what is learned of a line. `run` is
    the main run of `prose`.
    """
    import numpy as np

    at, count = block.at, block.size
    here = np.arange(len(at))
    body, after = own[-4], own[-3]
    marked = markers * (weight < SMALL)
    around = np.full((6, len(at) + 1), -1, dtype=own.dtype)  # the last column is for what is not on the page
    around[:, :-1] = own[0], own[2], own[3], body, after, marked.sum(axis=0)
    out: list[Column] = []
    for step in (-3, -2, -1, 1, 2, 3):
        there = at + step
        out += [*taken(around, np.where((there >= 0) & (there < count), here + step, len(at)))]
    values = np.array([prose, body, after, weight])
    sums = np.zeros((4, len(at) + len(block.edges) - 1))  # each page has one more: what stands above its first line
    total, within = [], []
    for number, page in enumerate(pages_of(block)):
        sums[:, page.start + number + 1 : page.stop + number + 1] = values[:, page].cumsum(axis=1)
        total.append(max(1.0, float(weight[page].sum())))
        first, last = run.first[page.start], run.last[page.start]
        within.append(weight[page][first : last + 1].sum())
    here += block.page
    upto, through = taken(sums, here), taken(sums[:3], here + 1)
    for reach in (2, 5, 15):
        low, high = np.maximum(at - reach, 0) - at, np.minimum(at + reach + 1, count) - at
        below, above = taken(sums, here + high), taken(sums, here + low)
        out += [*(below - above) / (high - low)]
        out += [*(upto[:3] - above[:3]) / (2 * reach + 1)]
        out += [*(below[:3] - through) / (2 * reach + 1)]
    whole = np.array(total)[block.page]
    share = (np.array(within) / np.array(total, dtype=np.float32))[block.page]
    main = best_runs(body * np.sqrt(weight.clip(1, 36)), block)
    last_sum = sums[2, here - at + count]
    out += [
        prose, (at >= run.first) & (at <= run.last), (at - run.first).clip(-20, 20), (run.last - at).clip(-20, 20),
        (at >= main.first) & (at <= main.last), (at - main.first).clip(-20, 20), (main.last - at).clip(-20, 20),
        at / count, upto[3] / whole, np.minimum(at, 50), np.minimum(count - 1 - at, 50),
        np.log1p(count), np.log1p(whole), share,
        (upto[2] - sums[2, here - at + run.first]).clip(-40, 40), (last_sum - through[2]).clip(-40, 40),
    ]  # fmt: skip
    zones = np.vstack([marked > 0, (weight < SMALL) & (body < 0), (weight > LARGE) & (body > 0)])
    return [*out, *_zones(zones, run.first, block)]


def taken(rows: Column, at: Column) -> Column:
    """`rows[:, at]`, in half the time."""
    return rows.take(at, axis=1, mode="clip")


def _zones(marks: NDArray[np.bool_], first: Column, block: Block) -> list[Column]:
    """How far above and below is the nearest line with each mark, and how many there are: the page has zones."""
    import numpy as np

    at, count, size = block.at, block.size, len(block.at)
    here = np.arange(size)
    start, end = here - at, here - at + count
    nearest = np.maximum.accumulate(np.where(marks, here, -1), axis=1)
    above = np.where(nearest < start, 99, np.minimum(here - nearest, 99))
    nearest = np.minimum.accumulate(np.where(marks, here, size)[:, ::-1], axis=1)[:, ::-1]
    below = np.where(nearest >= end, 99, np.minimum(nearest - here, 99))
    sums = np.zeros((len(marks), size + 1), dtype=np.int64)
    sums[:, 1:] = marks.cumsum(axis=1)
    above_page, to_end = taken(sums, start), taken(sums, end)
    upto, since = sums[:, :-1] - above_page, sums[:, :-1] - taken(sums, start + np.minimum(first, at))
    near = taken(sums, start + np.minimum(at + 6, count)) - taken(sums, start + np.maximum(at - 5, 0))
    return [*np.stack([above, below, upto, to_end - sums[:, 1:], since, near], axis=1).reshape(-1, size)]
