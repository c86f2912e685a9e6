"""Groups of what hangs together by pairs, however many: one block of pairs at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from corptool.duplicates.disk import Room, Values
from corptool.text.candidates import sides
from corptool.text.groups import components
from corptool.text.relations import CONTAINED, LEFT, NEAR, NEITHER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Sides = tuple["NDArray[np.int64]", "NDArray[np.int64]"]


def joined(room: Room, size: int, pairs: Iterable[Sides]) -> Values:
    """For each number below `size` the smallest that it is joined to, over any number of pairs."""
    import numpy as np

    label = room.values(np.int64, size, np.arange)
    for left, right in pairs:
        labels = label.all()
        ends = _ends(labels, np.concatenate((left, right)))
        names, places = np.unique(ends, return_inverse=True)
        labels[names] = names[components(names.size, places[: left.size], places[left.size :])]
    for start, stop in room.blocks(size):  # a label is smaller than what it labels: all below lead to their end at once
        labels = label.all()
        labels[start:stop] = _ends(labels, labels[start:stop])
    return label


def _ends(labels: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where labels of labels lead."""
    import numpy as np

    while True:
        further = labels[at]
        if np.array_equal(further, at):
            return at
        at = further


def without_hubs(room: Room, texts: int, pairs: Values, kind: Values, cut: Values) -> None:
    """A text found whole in several articles that are no copies of each other joins none of them: it is contained.

    Of each pair `kind` says the relation, which is changed, and `cut` which text was cut from the other.
    """
    import numpy as np

    several = _in_several(room, texts, pairs, kind, cut, room.values(bool, texts, 1))
    still = _in_several(room, texts, pairs, kind, cut, several)
    for start, stop in room.blocks(len(pairs), pairs.kind.itemsize):
        kinds, cuts = kind.all()[start:stop], cut.all()[start:stop]
        left, right = sides(pairs.all()["pair"][start:stop])
        small = np.where(cuts == LEFT, left, right)
        kinds[(kinds == NEAR) & (cuts != NEITHER) & several.all()[small] & still.all()[small]] = CONTAINED


def _in_several(room: Room, size: int, pairs: Values, kind: Values, cut: Values, parts: Values) -> Values:
    """Which of these texts, if they joined nothing, would be a part of articles of more than one group."""
    import numpy as np

    def near() -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]]:
        """The smaller and the larger text of each pair, and whether that is a part that joins nothing."""
        for start, stop in room.blocks(len(pairs), pairs.kind.itemsize):
            chosen = kind.all()[start:stop] == NEAR
            left, right = sides(pairs.all()["pair"][start:stop][chosen])
            cuts = cut.all()[start:stop][chosen]
            small, whole = np.where(cuts == LEFT, left, right), np.where(cuts == LEFT, right, left)
            yield small, whole, (cuts != NEITHER) & parts.all()[small]

    label = joined(room, size, ((small[~part], whole[~part]) for small, whole, part in near()))
    found = room.sorted()
    for small, whole, part in near():
        found.add((small[part] << 32 | label.all()[whole[part]]).astype(np.uint64))
    several = room.values(bool, size)
    for keys, _ in found.pieces(low=32):
        texts, _ = sides(keys[np.diff(keys, prepend=~keys[:1]) != 0])
        several.all()[texts[1:][texts[1:] == texts[:-1]]] = True
    return several
