"""Groups of what hangs together by pairs, however many: one block of pairs at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from corptool.duplicates.disk import Room, Values
from corptool.duplicates.sorting import Sorted
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


def forest(left: NDArray[np.int64], right: NDArray[np.int64]) -> Sides:
    """Fewer pairs that join what these do: at most one for each number."""
    import numpy as np

    names, places = np.unique(np.concatenate((left, right)), return_inverse=True)
    label = components(names.size, places[: left.size], places[left.size :])
    joins = label != np.arange(names.size)
    return names[label[joins]], names[joins]


def without_hubs(room: Room, texts: int, pairs: Values) -> None:
    """A text found whole in several articles that are no copies of each other joins none of them: it is contained.

    The relations of the `pairs` (RELATED) are changed.
    """
    import numpy as np

    several = _in_several(room, texts, pairs, room.values(bool, texts, 1))
    still = _in_several(room, texts, pairs, several)
    for start, stop in room.blocks(len(pairs), pairs.kind.itemsize):
        some = pairs.all()[start:stop]
        left, right = sides(some["pair"])
        small = np.where(some["cut"] == LEFT, left, right)
        cut = (some["relation"] == NEAR) & (some["cut"] != NEITHER)
        some["relation"][cut & several.all()[small] & still.all()[small]] = CONTAINED


def _in_several(room: Room, size: int, pairs: Values, parts: Values) -> Values:
    """Which of these texts, if they joined nothing, would be a part of articles of more than one group."""
    import numpy as np

    def near() -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]]:
        """The smaller and the larger text of each pair, and whether that is a part that joins nothing."""
        for start, stop in room.blocks(len(pairs), pairs.kind.itemsize):
            some = pairs.all()[start:stop]
            some = some[some["relation"] == NEAR]
            left, right = sides(some["pair"])
            small, whole = (np.where((some["cut"] == LEFT) == first, left, right) for first in (True, False))
            yield small, whole, (some["cut"] != NEITHER) & parts.all()[small]

    label = joined(room, size, ((small[~part], whole[~part]) for small, whole, part in near()))
    found = Sorted(room)
    for small, whole, part in near():
        found.add((small[part] << 32 | label.all()[whole[part]]).astype(np.uint64))
    several = room.values(bool, size)
    for keys, _ in found.pieces(low=32):
        texts, _ = sides(keys[np.diff(keys, prepend=~keys[:1]) != 0])
        several.all()[texts[1:][texts[1:] == texts[:-1]]] = True
    return several
