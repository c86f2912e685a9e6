"""What pairs of texts of a corpus are to each other: edited copies, a part and its whole, the same form filled in.

Asked in two steps. `alike` needs the two texts alone, so its answer never changes; `relation` needs what the shingles
of the two tell in this corpus. Both take a block of pairs and the sketches of their texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from corptool.text.candidates import sides
from corptool.text.frequencies import HEAVIEST
from corptool.text.resemblance import Numbers, Own, Shares, Sketches, numbers, own, shares

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEAR, CONTAINED, TEMPLATE = 1, 2, 3
LEFT, NEITHER = 0, 2
"""Which text of a pair (RIGHT is 1)."""

# Chosen on seven generated sets of 300 to 100,000 texts together; why each is asked: docs/decisions/copies.md.
ALIKE, PART = 0.3, 0.75
"""Of pairs that resemble less, and of which neither is a part of the other so far, nothing more is asked."""
COPIES = 0.75
"""Texts that resemble so much, with the same numbers, count as one when frequencies are counted again: else the
shingles of an article that was reprinted a hundred times would look like boilerplate."""
TELLING = 64
"""A shingle tells something where it weighs at least this (of 255)."""
WEIGHTLESS = 3
"""What is found throughout the corpus weighs at most this."""
OWN, SCATTERED, CONCENTRATION = 0.04, 0.06, 0.4
"""A copy has no stretch to itself longer than OWN of the text; or than SCATTERED, if that is less than CONCENTRATION of
all it has to itself: characters misread are spread over the text, another story is not."""
LOPSIDED, CLEAN = 0.1, 0.015
"""Where the other text has a stretch longer than LOPSIDED, the copy was cut, and has none longer than CLEAN."""
MANY = 10
"""Of two texts with more boilerplate than LIGHT, a misread copy has more shingles to itself, so spread, than this."""
RESEMBLANCE, WEIGHTED, RATIO = 0.5, 0.35, 0.62
"""How much an edited copy resembles, plainly and weighted, and how long the shorter is."""
SUBSET, SUBSET_RATIO, SUBSET_SIZE = 0.98, 0.56, 20
"""A copy that only lacks something may be shorter, where it is wholly found in the other."""
MEANING = 0.15
"""What is shared weighs at least this share of its greatest weight: else it is boilerplate."""
LIGHT = 0.4
"""Of two texts with no more boilerplate a stretch may be a shingle longer: what is counted is their own."""
HEAVY, IDENTICAL, WITHIN = 0.55, 0.95, 0.99
"""Of two texts of which more than HEAVY is boilerplate, nearly everything must agree."""


class Alike(NamedTuple):
    """Columns that say of pairs of texts how alike they are. They follow from the two texts alone."""

    resemblance: NDArray[np.float32]
    """The Jaccard index of the two sets of shingles, as sampled."""
    containment: NDArray[np.float32]
    """The share of the shorter that is found in the longer."""
    longer: NDArray[np.bool_]
    """Whether the left is the longer."""
    copies: NDArray[np.bool_]
    """Whether the two count as one text when frequencies are counted."""
    form: NDArray[np.bool_]
    """Whether the numbers that stand in the same places are others: a form filled in with other facts."""


def alike(sketches: Sketches, pairs: NDArray[np.uint64]) -> tuple[NDArray[np.bool_], Alike]:
    """Which of the pairs may be related at all, and how alike these are."""
    import numpy as np

    _, counted = shares(sketches, pairs)
    chosen = (counted.resemblance() >= ALIKE) | (counted.containment() >= PART)
    pairs, counted = pairs[chosen], Shares(*(column[chosen] for column in counted))
    same = numbers(sketches, pairs)
    resemblance, form = counted.resemblance(), _numbers_differ(same)
    copies = (resemblance >= COPIES) & (same.differ <= same.agree // 4)
    containment = counted.containment().astype(np.float32)
    found = Alike(resemblance.astype(np.float32), containment, counted.left > counted.right, copies, form)
    keep = ~form | (resemblance >= RESEMBLANCE)
    chosen[chosen] = keep
    return chosen, Alike(*(column[keep] for column in found))  # type: ignore[arg-type]


def _numbers_differ(same: Numbers) -> NDArray[np.bool_]:
    """Whether too many numbers that stand in the same place are others: a form filled in with other facts."""
    import numpy as np

    differ: NDArray[np.bool_] = (same.differ > np.maximum(1, same.agree // 2)) | ((same.agree == 0) & (same.differ > 0))
    return differ


def relation(sketches: Sketches, pairs: NDArray[np.uint64]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The relation of each pair whose numbers agree, or 0; and which of the two was cut from the other, or NEITHER."""
    import numpy as np

    weighed, counted = shares(sketches, pairs)
    resemblance, containment, ratio = counted.resemblance(), counted.containment(), counted.ratio()
    meaning = weighed.both / (HEAVIEST * np.maximum(1, counted.both))
    boilerplate = _boilerplate(sketches)
    left, right = sides(pairs)
    boilerplate = np.minimum(boilerplate[left], boilerplate[right])
    heavy = boilerplate > HEAVY
    heavy &= (resemblance < IDENTICAL) & ((containment < WITHIN) | (weighed.containment() < WITHIN))
    form = (resemblance >= RESEMBLANCE) & (heavy | (meaning < MEANING))
    relation = np.where(form, TEMPLATE, 0).astype(np.uint8)
    worth = np.flatnonzero(~heavy & (meaning >= MEANING * 0.85) & (containment >= 0.5))
    total, alone, longest, other, side = _least(own(sketches, TELLING, pairs[worth]))
    stretch = longest / np.maximum(1, total)
    light = boilerplate[worth] <= LIGHT
    lopsided = other > LOPSIDED
    allowed = np.where(lopsided | ~light, np.maximum(1, CLEAN * total), np.maximum(2, OWN * total))
    scattered = (stretch <= SCATTERED) & (longest <= CONCENTRATION * alone + light)
    whole = light | (containment[worth] >= IDENTICAL) | (~lopsided & (alone > MANY))
    little = ((longest <= allowed) | scattered) & whole
    edited = (resemblance >= RESEMBLANCE) & (weighed.resemblance() >= WEIGHTED) & (ratio >= RATIO)
    subset = (alone == 0) & (total >= SUBSET_SIZE) & (weighed.containment()[worth] >= SUBSET)
    near = (little & edited[worth] & (meaning[worth] >= MEANING)) | (subset & (ratio[worth] >= SUBSET_RATIO))
    part = little & (total >= SUBSET_SIZE) & (containment[worth] >= PART) & (weighed.containment()[worth] >= PART)
    relation[worth[part]] = CONTAINED
    relation[worth[near]] = NEAR
    cut = np.full(pairs.size, NEITHER, np.uint8)
    cut[worth[lopsided & near]] = side[lopsided & near]
    return relation, cut


def _least(own: Own) -> tuple[NDArray[np.int64], ...]:
    """Of the text of each pair with the shorter stretch: all, alone, longest; the other's stretch, and which it is."""
    import numpy as np

    shares = own.longest / np.maximum(1, own.total)
    side = np.argmin(shares, axis=0)
    total, alone, longest = (values[side, np.arange(side.size)] for values in own)
    return total, alone, longest, shares.max(0), side


def _boilerplate(sketches: Sketches) -> NDArray[np.float64]:
    """The share of each text that is found throughout the corpus."""
    import numpy as np

    sums = np.concatenate(([0], np.cumsum(sketches.weight <= WEIGHTLESS)))[sketches.edges]
    shares: NDArray[np.float64] = np.diff(sums) / np.maximum(1, np.diff(sketches.edges))
    return shares
