"""Which texts are worth comparing, and how alike they are: signatures, buckets of them, pairs that meet.

Each step is done in tasks that find in files what they need, and put there what they make. A task of `met` sorts
some columns of all signatures by itself: so no bucket is ever sent, and what is sent of a pair are 16 bytes for every
four columns in which it meets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.duplicates.disk import Room, Values
from corptool.duplicates.parts import Block, Parts
from corptool.duplicates.shared import Once
from corptool.duplicates.sorting import Piece, Sorted
from corptool.duplicates.texts import PAIR, SIGNATURE, Known, Sketched, Texts
from corptool.tasks import Each
from corptool.text.candidates import BINS, EMPTY, agreeing, are_short, candidates, promising, sides, signatures
from corptool.text.relations import alike

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COLUMNS = 4
"""Of signatures, that are read together."""
CROWDS = 4
"""Large buckets of two bins are looked at in every fourth column only: the same copies, at a quarter of the cost."""


def sign(texts: Texts, known: Known, each: Each) -> None:
    """Add the signatures of the new texts to those that are known."""
    import numpy as np

    sketched = texts.room.once(texts.sketched)
    for some, drawn in each(_signed, ((texts.room, sketched, some) for some in texts.stored(known.new))):
        known.row.all()[some] = np.arange(some.size) + len(known.drawn)
        known.text.append(some)
        known.drawn.append(drawn)


def paired(texts: Texts, known: Known, each: Each) -> Parts:
    """With the pairs that new texts make, and without those that meet no longer, where they came between."""
    room = texts.room
    buckets = room.once(_buckets(texts, known, each))
    met = Sorted(room, valued=True).join(each(_met, ((buckets, at) for at in range(0, BINS, COLUMNS))))
    if not len(met):
        return known.pairs
    compared = room.once(Compared(room, texts.sketched, known.drawn.few(), known.row, known.new, known.pairs.whole()))
    found = Parts(room, PAIR)
    for pairs in each(_paired, ((compared, piece) for piece in met.later())):
        found.append(pairs)
    return found


class Buckets(NamedTuple):
    """Texts by what they agree in: of each column of signatures one bin, or two neighbouring ones."""

    room: Room
    drawn: Parts
    text: Values
    """Of each signature."""
    new: Values
    short: Values
    """Which texts are new, and which have few shingles."""
    bits: int
    """Where texts are known, only what may be in a bucket with a new one: by so many bits of the key. Else 0."""

    def members(self, at: int) -> Iterator[tuple[NDArray[np.uint64], bool, bool]]:
        """Texts sorted by what they have in some columns, whether that is two bins, and whether there may be many."""
        import numpy as np

        sorted_ = [Sorted(self.room) for _ in range(2 * COLUMNS)]
        marks = [self.room.values(bool, 1 << self.bits if self.bits else 0) for _ in sorted_]
        for number, keys, who in self._keys(at) if self.bits else ():
            marks[number].all()[_slots(keys[self.new.all()[who]], self.bits)] = True
        for number, keys, who in self._keys(at):
            near = marks[number].all()[_slots(keys, self.bits)] if self.bits else slice(None)
            sorted_[number].add(keys[near].astype(np.uint64) << np.uint64(32) | who[near].astype(np.uint64))
        for number, some in enumerate(sorted_):
            for members, _ in some.pieces(low=32):
                yield members, bool(number % 2), (at + number // 2) % CROWDS == 0

    def _keys(self, at: int) -> Iterator[tuple[int, NDArray[np.uint32], NDArray[np.int64]]]:
        """What texts have in some columns of their signatures: a number for the kind of bucket, keys, texts."""
        import numpy as np

        columns = np.arange(at, at + COLUMNS + 1) % BINS
        for values, first in zip(self.drawn.parts, self.drawn.starts, strict=True):
            for start, stop in self.room.blocks(len(values), 8 * COLUMNS):
                text = self.text.part(first + start, first + stop)
                drawn = np.ascontiguousarray(values.all()["bins"][start:stop, columns].T)
                drawn[:, np.flatnonzero(text < 0)] = EMPTY
                for place in range(COLUMNS):
                    for kind, (which, keys) in enumerate(agreeing(drawn[place], drawn[place + 1])):
                        yield 2 * place + kind, keys, text[which]


class Compared(NamedTuple):
    """Where what is asked of two texts is found, and the pairs that are known."""

    room: Room
    sketched: Sketched
    drawn: Parts
    row: Values
    new: Values
    pairs: Values

    def asked(self, met: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Which pairs, that are not known, are new and worth comparing."""
        left, right = sides(met)
        asked: NDArray[np.bool_] = self.new.all()[left] | self.new.all()[right]
        row, drawn = self.row.all(), self.drawn.lookup("bins")
        asked[asked] = promising(lambda texts: drawn(row[texts]), self.sketched.lengths.all(), met[asked])
        return asked


def _buckets(texts: Texts, known: Known, each: Each) -> Buckets:
    room, short = texts.room, texts.room.values(bool, len(texts))
    for block, are in each(_short, ((block,) for block in known.drawn.blocks())):
        text = known.text.part(block.start, block.stop)
        short.all()[text[text >= 0]] = are[text >= 0]
    some_known = not all(known.new.all()[start:stop].all() for start, stop in room.blocks(len(texts)))
    bits = min(22, len(texts).bit_length() + 2) if some_known else 0
    return Buckets(room, known.drawn, known.text, known.new, short, bits)


def _slots(keys: NDArray[np.uint32], bits: int) -> NDArray[np.uint32]:
    import numpy as np

    return keys * np.uint32(0x9E3779B1) >> np.uint32(32 - bits)


def _signed(room: Room, sketched: Once, texts: NDArray[np.int64]) -> tuple[NDArray[np.int64], Values]:
    return texts, room.put(signatures(*sketched.value.hashes(texts)).view(SIGNATURE).reshape(-1))


def _short(block: Block) -> tuple[Block, NDArray[np.bool_]]:
    return block, are_short(block()["bins"])


def _met(told: Once, at: int) -> Sorted:
    """Pairs that meet in some columns of signatures, and in how many buckets of them."""
    buckets: Buckets = told.value
    met = Sorted(buckets.room, valued=True)
    for members, two, crowds in buckets.members(at):
        _, who = sides(members)
        met.add(*candidates(members, buckets.short.all()[who], buckets.new.all()[who], two, crowds))
    return met


def _paired(told: Once, piece: Piece) -> Values:
    """The pairs of a piece of those that meet, brought up to date, as far as they are worth it."""
    import numpy as np

    compared: Compared = told.value
    met, times = piece()
    starts = np.flatnonzero(np.diff(met, prepend=~met[:1]))
    met, times = met[starts], np.add.reduceat(times, starts) if times.size else times
    known = compared.pairs.all()
    first, last = (
        known.size if end is None else int(np.searchsorted(known["pair"], np.uint64(end)))
        for end in (piece.start, piece.stop)
    )
    old = known[first:last].copy()
    at = np.searchsorted(old["pair"], met)
    there = np.append(old["pair"], ~np.uint64(0))[at] == met
    old["meets"][at[there]] += times[there].astype(np.int32)
    fresh = ~there & (times > 0)
    fresh[fresh] = compared.asked(met[fresh])
    met, times = met[fresh], times[fresh]
    answers = ((chosen, *found) for chosen, found in (alike(*one) for one in compared.sketched.pairs(met, None)))
    chosen, *columns = joined_columns(answers, (bool, *(kind for _, kind in PAIR[2:])))
    new = np.empty(columns[0].size, PAIR)
    for (name, _), column in zip(PAIR, (met[chosen], times[chosen], *columns), strict=True):
        new[name] = column
    both = np.concatenate((old[old["meets"] > 0], new))
    return compared.room.put(both[np.argsort(both["pair"])])


def joined_columns(answers: Iterable[tuple[NDArray[Any], ...]], kinds: Sequence[Any]) -> list[NDArray[Any]]:
    """The columns of all answers, one after the other."""
    import numpy as np

    empty = [np.empty(0, kind) for kind in kinds]
    return [np.concatenate(column) for column in zip(empty, *answers, strict=True)]
