"""What the texts of a corpus are to each other, in steps that need not be taken on one machine.

Each step is a pure function of arrays (in text/) over tasks that fit in memory: texts to signatures, columns of
signatures to candidates, pairs to how alike they are, ranges of hashes to frequencies, and pairs again to relations.
What runs them is `each(function, tasks)`, which gives the results in the order of the tasks: `starmap` here, another
on a cluster. Between the steps nothing but numbers of texts is held together: 256 bytes a text, 8 a pair.

Where most texts are known from earlier runs, each step looks only at what the new ones touch, and finds what it would
find if it looked at everything: which texts meet is a sum over buckets, how alike they are follows from the two alone,
frequencies are sums over groups, and relations are asked of all pairs that hang together with those that came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise, starmap
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.duplicates.texts import Known, Texts
from corptool.text.candidates import BINS, are_short, candidates, promising, sides, signatures, summed
from corptool.text.frequencies import Weights, added, few, frequencies, histogram
from corptool.text.groups import components
from corptool.text.relations import ALIKE_KINDS, NEAR, NEITHER, TEMPLATE, Alike, alike, relation, without_hubs
from corptool.text.resemblance import Sketches, shares

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Each = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], Iterable[Any]]
"""As in stage.py."""
PAIRS = 4096
"""Of a task."""
COLUMNS = 8
"""Of signatures, of a task."""
RANGE = 1 << 24
"""Hashes that are counted in a task."""
NOT_ASKED = 255


class Related(NamedTuple):
    """Pairs of texts with what they are to each other, as columns."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    relation: NDArray[np.uint8]
    resemblance: NDArray[np.float32]
    containment: NDArray[np.float32]
    shorter: NDArray[np.int64]
    """Which of the two is the shorter."""


def learned(texts: Texts, known: Known, each: Each = starmap) -> Known:
    """What is known of all texts, the new ones included: all but what depends on the weights of shingles."""
    import numpy as np

    new = np.flatnonzero(known.new)
    signed = each(signatures, (texts.hashes(some) for some in texts.stored(new)))
    for some, drawn in zip(texts.stored(new), signed, strict=True):
        known.drawn[some] = drawn
    known = _pairs(texts, known, each)._replace(drawn=known.drawn[:0].copy())  # 256 bytes a text
    left, right = sides(known.pairs)
    group = components(len(texts), left[known.alike.copies], right[known.alike.copies])
    hashes, counts = _counted(texts, known, group, each)
    return known._replace(group=group, hashes=hashes, counts=counts)


def related(
    texts: Texts, known: Known, start: NDArray[np.bool_], each: Each = starmap, *, through: Iterable[int] = (NEAR,)
) -> Related:
    """All pairs that are near, contained or of one template and hang together `through` relations with these texts."""
    import numpy as np

    weights = Weights(known.hashes, known.counts, few(histogram(known.counts)))
    left, right = sides(known.pairs)
    kind, cut = np.full(left.size, NOT_ASKED, np.uint8), np.full(left.size, NEITHER, np.uint8)
    active = start.copy()
    while True:
        says = np.zeros(int(texts.same.max(initial=0)) + 1, bool)
        says[texts.same[active]] = True
        active = says[texts.same]
        touched = (kind == NOT_ASKED) & (active[left] | active[right])
        if not touched.any():
            break
        kind[touched & known.alike.form] = TEMPLATE
        asked = np.flatnonzero(touched & ~known.alike.form)
        answers = each(relation, _tasks(texts, known.pairs[asked], weights))
        kind[asked], cut[asked] = _joined(answers, (np.uint8, np.uint8))
        onward = touched & np.isin(kind, list(through))
        active[left[onward]] = active[right[onward]] = True
    kind[kind == NOT_ASKED] = 0
    kind = without_hubs(len(texts), left, right, kind, cut)
    shorter = np.where(known.alike.longer, right, left)
    columns = Related(left, right, kind, known.alike.resemblance, known.alike.containment, shorter)
    return Related(*(column[kind > 0] for column in columns))  # type: ignore[arg-type]


def measured(texts: Texts, pairs: NDArray[np.uint64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Resemblance and containment of pairs."""
    import numpy as np

    counted = [shares(*task)[1] for task in _tasks(texts, pairs, None)]
    columns = [[one.resemblance() for one in counted], [one.containment() for one in counted]]
    resemblance, containment = (np.concatenate([np.empty(0), *column]) for column in columns)
    return resemblance, containment


def _pairs(texts: Texts, known: Known, each: Each) -> Known:
    """With the pairs that new texts make, and without those that meet no longer, where they came between."""
    import numpy as np

    met, times = summed(*zip(*_met(texts, known, each), strict=True))
    at = np.searchsorted(known.pairs, met)
    there = _among(met, known.pairs)
    meets = known.meets.copy()
    meets[at[there]] += times[there]
    fresh, times = met[~there], times[~there]
    answers = ((chosen, *found) for chosen, found in each(alike, _tasks(texts, fresh, None)))
    chosen, *columns = _joined(answers, (bool, *ALIKE_KINDS))
    still = meets > 0
    pairs = np.concatenate((known.pairs[still], fresh[chosen]))
    order = np.argsort(pairs)
    both = zip(known.alike, columns, strict=True)
    return known._replace(
        pairs=pairs[order],
        meets=np.concatenate((meets[still], times[chosen]))[order],
        alike=Alike(*(np.concatenate((old[still], new))[order] for old, new in both)),
    )


def _met(texts: Texts, known: Known, each: Each) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int64]]]:
    """Pairs that meet in buckets in which there are new texts, and in how many more than without these.

    For each task those that are known, and those of new texts that are worth comparing.
    """
    import numpy as np

    short = are_short(known.drawn)
    around = np.arange(BINS + 1) % BINS
    tasks = ((known.drawn[:, around[at : at + COLUMNS + 1]], short, known.new) for at in range(0, BINS, COLUMNS))
    for met, times in each(candidates, tasks):
        left, right = sides(met)
        keep = (times > 0) & (known.new[left] | known.new[right])
        keep[keep] = promising(known.drawn, texts.lengths, met[keep])
        keep |= _among(met, known.pairs)
        yield met[keep], times[keep]


def _among(pairs: NDArray[np.uint64], known: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which of the pairs are known; these are sorted."""
    import numpy as np

    at = np.searchsorted(known, pairs)
    found: NDArray[np.bool_] = np.append(known, ~np.uint64(0))[at] == pairs
    return found


def _counted(
    texts: Texts, known: Known, group: NDArray[np.int64], each: Each
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """All hashes and in how many groups each occurs, from those that were known and the groups that changed."""
    import numpy as np

    changed = _changed(known, group)
    more = _joined(each(frequencies, _ranges(texts, changed, group)), (np.uint32, np.int64))
    before = changed[~known.new[changed]]
    less = _joined(each(frequencies, _ranges(texts, before, known.group)), (np.uint32, np.int64))
    return added(*added(known.hashes, known.counts, *more), less[0], -less[1])


def _changed(known: Known, group: NDArray[np.int64]) -> NDArray[np.int64]:
    """The texts whose groups are not made of the texts of which they were made."""
    import numpy as np

    size = np.bincount(group, minlength=group.size)
    old_size = np.bincount(known.group[~known.new], minlength=group.size)
    low, high = np.full(group.size, group.size), np.full(group.size, -1)
    was = np.where(known.new, -1, known.group)
    np.minimum.at(low, group, was)
    np.maximum.at(high, group, was)
    same = (low[group] == high[group]) & (was >= 0) & (size[group] == old_size[np.maximum(was, 0)])
    return np.flatnonzero(~same)


def _ranges(texts: Texts, which: NDArray[np.int64], group: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.uint64]]]:
    """All hashes of these texts, each with the group of its text, in ranges that fit in memory."""
    import numpy as np

    samples = [texts.hashes(some)[0][::256] for some in texts.stored(which)]
    sample = np.sort(np.concatenate([np.empty(0, np.uint32), *samples]))
    number = -(-sample.size * 256 // RANGE)
    bounds = [0, *np.unique(sample[np.arange(1, number) * sample.size // max(1, number)]).tolist(), 1 << 32]
    for low, high in pairwise(bounds):
        keys = [np.empty(0, np.uint64)]
        for some in texts.stored(which):
            hashes, edges = texts.hashes(some)
            of = np.repeat(group[some].astype(np.uint64), np.diff(edges))
            if number > 1:
                within = np.flatnonzero(hashes - np.uint32(low) < high - low)  # below low wraps around
                hashes, of = hashes[within], of[within]
            keys.append(hashes.astype(np.uint64) << np.uint64(32) | of)
        keys = [np.concatenate(keys)]
        yield (keys.pop(),)


def _tasks(
    texts: Texts, pairs: NDArray[np.uint64], weights: Weights | None
) -> Iterator[tuple[Sketches, NDArray[np.uint64]]]:
    """Blocks of pairs, with the sketches of their texts; the pairs are by their places among these."""
    import numpy as np

    for start in range(0, pairs.size, PAIRS):
        left, right = sides(pairs[start : start + PAIRS])
        among = np.unique(np.concatenate((left, right)))
        places = np.searchsorted(among, left) << 32 | np.searchsorted(among, right)
        yield texts.take(among, weights), places.astype(np.uint64)


def _joined(answers: Iterable[tuple[NDArray[Any], ...]], kinds: Sequence[Any]) -> list[NDArray[Any]]:
    """The columns of all answers, one after the other."""
    import numpy as np

    empty = [np.empty(0, kind) for kind in kinds]
    return [np.concatenate(column) for column in zip(empty, *answers, strict=True)]
