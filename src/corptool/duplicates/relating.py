"""What the texts of a corpus are to each other, in steps that need not be taken on one machine.

Each step is a pure function of arrays (in text/) over tasks that fit in memory: texts to signatures, buckets of
signatures to candidates, pairs to how alike they are, ranges of hashes to frequencies, pairs again to relations. What
runs them is `each(function, tasks)`, which gives the results in the order of the tasks: `starmap` here, another on a
cluster. Between the steps there are values in the order of the texts, or sorted, on disk where they are many.

Where most texts are known from earlier runs, each step looks only at what the new ones touch, and finds what it would
find if it looked at everything: which texts meet is a sum over buckets, how alike they are follows from the two alone,
frequencies are sums over groups, and relations are asked of all pairs that hang together with those that came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from typing import TYPE_CHECKING, Any

from corptool.duplicates.counting import Each, counted
from corptool.duplicates.disk import Later, Room, Values
from corptool.duplicates.joining import joined, without_hubs
from corptool.duplicates.telling import Telling
from corptool.duplicates.texts import PAIR, Known, Texts
from corptool.text.candidates import BINS, agreeing, are_short, candidates, promising, sides, signatures
from corptool.text.relations import NEAR, NEITHER, TEMPLATE, Alike, alike, relation
from corptool.text.resemblance import shares

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PAIRS = 4096
"""Of a task."""
COLUMNS = 4
"""Of signatures, that are read together."""
CROWDS = 4
"""Large buckets of two bins are looked at in every fourth column only: the same copies, at a quarter of the cost."""
NOT_ASKED = 255
RELATED = [*PAIR, ("relation", "u1")]


def learned(texts: Texts, known: Known, each: Each = starmap) -> Known:
    """What is known of all texts, the new ones included: all but what depends on the weights of shingles."""
    signed = each(_signatures, ((Later(texts.room, texts.hashes, some),) for some in texts.stored(known.new)))
    for some, drawn in zip(texts.stored(known.new), signed, strict=True):
        known.drawn.all()["bins"][some] = drawn
    known = known._replace(pairs=_pairs(texts, known, each))
    known.drawn.clear()
    group = joined(texts.room, len(texts), _copies(texts.room, known.pairs))
    hashes, counts = counted(texts, known, group, each)
    return known._replace(group=group, hashes=hashes, counts=counts)


def related(
    texts: Texts, known: Known, active: Values, each: Each = starmap, *, through: Iterable[int] = (NEAR,)
) -> Values:
    """All pairs that are near, contained or of one template and hang together `through` relations with these texts."""
    import numpy as np

    room, telling = texts.room, Telling(texts.room, known)
    kind = room.values(np.uint8, len(known.pairs), NOT_ASKED)
    cut = room.values(np.uint8, len(known.pairs), NEITHER)
    onward = [*through]
    while _asked(texts, known, active, telling, kind, cut, onward, each):
        _say_the_same(texts, active)
    without_hubs(room, len(texts), known.pairs, kind, cut)
    found = room.values(RELATED)
    for start, stop in room.blocks(len(kind), found.kind.itemsize):
        kinds = kind.all()[start:stop]
        chosen = np.flatnonzero((kinds > 0) & (kinds != NOT_ASKED))
        some = np.empty(chosen.size, RELATED)
        for name, *_ in PAIR:
            some[name] = known.pairs.all()[start:stop][name][chosen]
        some["relation"] = kinds[chosen]
        found.append(some)
    return found


def measured(texts: Texts, pairs: NDArray[np.uint64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Resemblance and containment of pairs."""
    import numpy as np

    found = [shares(sketches(), places)[1] for sketches, places in _tasks(texts, pairs, None)]
    columns = [[one.resemblance() for one in found], [one.containment() for one in found]]
    resemblance, containment = (np.concatenate([np.empty(0), *column]) for column in columns)
    return resemblance, containment


def _asked(
    texts: Texts,
    known: Known,
    active: Values,
    telling: Telling,
    kind: Values,
    cut: Values,
    onward: list[int],
    each: Each,
) -> bool:
    """Ask the relation of the pairs of active texts, which make others active; whether there were any left to ask."""
    import numpy as np

    any_left = False
    for start, stop in texts.room.blocks(len(known.pairs), known.pairs.kind.itemsize):
        pairs, kinds = known.pairs.all()[start:stop], kind.all()[start:stop]
        left, right = sides(pairs["pair"])
        touched = (kinds == NOT_ASKED) & (active.all()[left] | active.all()[right])
        if not touched.any():
            continue
        any_left = True
        kinds[touched & pairs["form"]] = TEMPLATE
        asked = np.flatnonzero(touched & ~pairs["form"])
        answers = each(_relation, _tasks(texts, pairs["pair"][asked], telling))
        kinds[asked], cut.all()[start:stop][asked] = _joined(answers, (np.uint8, np.uint8))
        reached = touched & np.isin(kinds, onward)
        active.all()[left[reached]] = active.all()[right[reached]] = True
    return any_left


def _say_the_same(texts: Texts, active: Values) -> None:
    """Make active what says the same as an active text."""

    says = texts.room.values(bool, len(texts.of))
    for start, stop in texts.room.blocks(len(texts)):
        says.all()[texts.same.all()[start:stop][active.all()[start:stop]]] = True
    for start, stop in texts.room.blocks(len(texts)):
        active.all()[start:stop] |= says.all()[texts.same.all()[start:stop]]


def _copies(room: Room, pairs: Values) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Those that count as one text."""
    for start, stop in room.blocks(len(pairs), pairs.kind.itemsize):
        some = pairs.all()[start:stop]
        yield sides(some["pair"][some["copies"]])


def _pairs(texts: Texts, known: Known, each: Each) -> Values:
    """With the pairs that new texts make, and without those that meet no longer, where they came between."""
    import numpy as np

    met = texts.room.sorted(valued=True)
    for pairs, times in each(candidates, _buckets(texts, known)):
        met.add(pairs, times)
    found = texts.room.values(PAIR)
    done = 0
    for pairs, times in met.pieces():
        starts = np.flatnonzero(np.diff(pairs, prepend=~pairs[:1]))
        pairs, times = pairs[starts], np.add.reduceat(times, starts)
        upto = int(np.searchsorted(known.pairs.all()["pair"], pairs[-1], "right"))
        found.append(_merged(texts, known, known.pairs.all()[done:upto].copy(), pairs, times, each))
        done = upto
    for start, stop in texts.room.blocks(len(known.pairs) - done, found.kind.itemsize):
        found.append(known.pairs.all()[done + start : done + stop])
    return found


def _merged(
    texts: Texts, known: Known, old: NDArray[Any], met: NDArray[np.uint64], times: NDArray[np.int64], each: Each
) -> NDArray[Any]:
    """Pairs that are known, and those that meet in so many buckets more than before, as far as they are worth it."""
    import numpy as np

    at = np.searchsorted(old["pair"], met)
    there = np.append(old["pair"], ~np.uint64(0))[at] == met
    old["meets"][at[there]] += times[there].astype(np.int32)
    fresh = ~there & (times > 0)
    left, right = sides(met[fresh])
    fresh[fresh] = known.new.all()[left] | known.new.all()[right]
    fresh[fresh] = promising(known.drawn.all()["bins"], texts.lengths.all(), met[fresh])
    met, times = met[fresh], times[fresh]
    answers = ((chosen, *found) for chosen, found in each(_alike, _tasks(texts, met, None)))
    chosen, *columns = _joined(answers, (bool, *(kind for _, kind in PAIR[2:])))
    new = np.empty(columns[0].size, PAIR)
    for (name, _), column in zip(PAIR, (met[chosen], times[chosen], *columns), strict=True):
        new[name] = column
    both = np.concatenate((old[old["meets"] > 0], new))
    return both[np.argsort(both["pair"])]


def _buckets(texts: Texts, known: Known) -> Iterator[tuple[Any, ...]]:
    """Texts sorted by what they agree in: of each column of signatures one bin, or two neighbouring ones.

    Where there are known texts, only what may be in a bucket with a new one.
    """
    import numpy as np

    room, short = texts.room, texts.room.values(bool)
    for start, stop in room.blocks(len(texts), known.drawn.kind.itemsize):
        short.append(are_short(known.drawn.all()["bins"][start:stop]))
    some_known = not all(known.new.all()[start:stop].all() for start, stop in room.blocks(len(texts)))
    bits = min(22, len(texts).bit_length() + 2)
    for at in range(0, BINS, COLUMNS):
        buckets = [room.sorted() for _ in range(2 * COLUMNS)]
        marks = [room.values(bool, some_known << bits) for _ in buckets]
        for number, keys, who in _keys(texts, known, at) if some_known else ():
            new = known.new.all()[who]
            marks[number].all()[_slots(keys[new], bits)] = True
        for number, keys, who in _keys(texts, known, at):
            near = marks[number].all()[_slots(keys, bits)] if some_known else slice(None)
            buckets[number].add(keys[near].astype(np.uint64) << np.uint64(32) | who[near].astype(np.uint64))
        for number, bucket in enumerate(buckets):
            for members, _ in bucket.pieces(low=32):
                _, who = sides(members)
                two, crowds = bool(number % 2), (at + number // 2) % CROWDS == 0
                yield members, short.all()[who], known.new.all()[who], two, crowds


def _keys(texts: Texts, known: Known, at: int) -> Iterator[tuple[int, NDArray[np.uint32], NDArray[np.int64]]]:
    """What texts have in some columns of their signatures: a number for the kind of bucket, keys, texts."""
    import numpy as np

    columns = np.arange(at, at + COLUMNS + 1) % BINS
    for start, stop in texts.room.blocks(len(texts), 8 * COLUMNS):
        drawn = np.ascontiguousarray(known.drawn.all()["bins"][start:stop, columns].T)
        for place in range(COLUMNS):
            for kind, (which, keys) in enumerate(agreeing(drawn[place], drawn[place + 1])):
                yield 2 * place + kind, keys, which + start


def _slots(keys: NDArray[np.uint32], bits: int) -> NDArray[np.uint32]:
    import numpy as np

    return keys * np.uint32(0x9E3779B1) >> np.uint32(32 - bits)


def _tasks(
    texts: Texts, pairs: NDArray[np.uint64], weights: Telling | None
) -> Iterator[tuple[Later, NDArray[np.uint64]]]:
    """Blocks of pairs, with the sketches of their texts; the pairs are by their places among these."""
    import numpy as np

    for start in range(0, pairs.size, PAIRS):
        left, right = sides(pairs[start : start + PAIRS])
        among = np.unique(np.concatenate((left, right)))
        places = np.searchsorted(among, left) << 32 | np.searchsorted(among, right)
        yield Later(texts.room, texts.take, among, weights), places.astype(np.uint64)


def _signatures(hashes: Later) -> NDArray[np.uint32]:
    return signatures(*hashes())


def _alike(sketches: Later, pairs: NDArray[np.uint64]) -> tuple[NDArray[np.bool_], Alike]:
    return alike(sketches(), pairs)


def _relation(sketches: Later, pairs: NDArray[np.uint64]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    return relation(sketches(), pairs)


def _joined(answers: Iterable[tuple[NDArray[Any], ...]], kinds: Sequence[Any]) -> list[NDArray[Any]]:
    """The columns of all answers, one after the other."""
    import numpy as np

    empty = [np.empty(0, kind) for kind in kinds]
    return [np.concatenate(column) for column in zip(empty, *answers, strict=True)]
