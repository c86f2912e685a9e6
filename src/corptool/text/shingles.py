"""The sketch of a text: a sample of its shingles, chosen by their hashes alone.

Whether a shingle is in the sketch depends on nothing but the shingle, so two sketches share a shingle exactly where
the two texts share it, and the resemblance, the containment and the frequency of a shingle in the corpus can be
counted on sketches (Broder 1997, "On the resemblance and containment of documents": modulus sketches).

No shingle runs over the end of a line or a sentence: so a paragraph that was put in, left out or moved
makes no shingles of its own at its edges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from corptool.text.fold import HAN, Folded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LATIN_CHARACTERS, HAN_CHARACTERS = 10, 5
"""Characters in a shingle, by the script of the first."""
LEVELS = (256, 512, 1024, 2048)
"""A text with more folded characters than the n-th of these keeps the lower 2**-n of the hashes; so most have 128 to
256, and 1 in 16 of the longest is enough to find a short text within."""
NONE = 0xFFFFFFFF
"""Stands where no shingle begins."""


class Sketched(NamedTuple):
    """The sketches of a block of texts: text i has `hashes[edges[i]:edges[i + 1]]`, sorted and distinct."""

    hashes: NDArray[np.uint32]
    places: NDArray[np.uint8]
    """Where in its text each shingle first stands, in 256ths of the text."""
    edges: NDArray[np.int64]


def sketches(folded: Folded) -> Sketched:
    """Sketch each text of a block (at most 65,536 texts)."""
    import numpy as np

    hashes = _shingle_hashes(folded)
    lengths = np.diff(folded.edges)
    level = levels(lengths)
    at = np.flatnonzero(hashes < np.repeat(limit(level), lengths))
    counts = np.diff(np.searchsorted(at, folded.edges))
    place = (at - np.repeat(folded.edges[:-1], counts)) * 256 // np.repeat(lengths, counts)
    keys = np.repeat(np.arange(counts.size, dtype=np.uint64) << np.uint64(40), counts)
    keys |= hashes[at].astype(np.uint64) << np.uint64(8) | place.astype(np.uint64)
    keys.sort()
    shingles = keys >> np.uint64(8)
    first = np.diff(shingles, prepend=~shingles[:1]) != 0
    edges = np.searchsorted(shingles[first], np.arange(counts.size + 1, dtype=np.uint64) << np.uint64(32))
    return Sketched(shingles[first].astype(np.uint32), keys[first].astype(np.uint8), edges)


def levels(lengths: NDArray[np.int64]) -> NDArray[np.uint8]:
    """How far texts of these lengths are sampled (see LEVELS)."""
    import numpy as np

    return np.searchsorted(LEVELS, lengths).astype(np.uint8)


def limit(level: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Hashes below are in the sketch of a text of this level."""
    import numpy as np

    return np.uint32(NONE) >> level


def _shingle_hashes(folded: Folded) -> NDArray[np.uint32]:
    """The hash of the shingle that starts at each character, or NONE.

    Hashes of 2, 4 and 8 characters are each made of two halves, so that the cost does not grow with the length.
    """
    import numpy as np

    codes = folded.codes
    one = codes * np.uint32(0x9E3779B1)
    one ^= one >> np.uint32(15)
    one *= np.uint32(0x85EBCA77)
    two = _joined(one, one, 1, 0xC2B2AE3D)
    four = _joined(two, two, 2, 0x27D4EB2F)
    hashes = _joined(four, one, 4, 0x165667B1)
    is_latin = codes < HAN
    if is_latin.any():
        latin = _joined(_joined(four, four, 4, 0x2C1B3C6D), two, 8, 0x297A2D39)
        np.copyto(hashes, latin, where=is_latin)
    _mix(hashes)
    _drop_broken(hashes, is_latin, folded)
    return hashes


def _joined(left: NDArray[np.uint32], right: NDArray[np.uint32], skip: int, factor: int) -> NDArray[np.uint32]:
    import numpy as np

    joined = left * np.uint32(factor)
    joined[: max(0, joined.size - skip)] += right[skip:]
    return joined


def _mix(hashes: NDArray[np.uint32]) -> None:
    """Make every bit depend on every bit (the 32-bit finaliser of MurmurHash3); NONE stays free."""
    import numpy as np

    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        hashes ^= hashes >> np.uint32(shift)
        hashes *= np.uint32(factor)
    hashes ^= hashes >> np.uint32(16)
    np.minimum(hashes, np.uint32(NONE - 1), out=hashes)


def _drop_broken(hashes: NDArray[np.uint32], is_latin: NDArray[np.bool_], folded: Folded) -> None:
    """No shingle runs over a break, save one for each line too short to hold any; and none over the end of a text."""
    import numpy as np

    starts = folded.breaks[:-1]
    needed = np.where(is_latin.take(starts, mode="clip"), LATIN_CHARACTERS, HAN_CHARACTERS) if starts.size else starts
    text_end = folded.edges[np.minimum(np.searchsorted(folded.edges, starts, "right"), folded.edges.size - 1)]
    short = (np.diff(folded.breaks) < needed) & (starts + needed <= text_end)
    saved = hashes[starts[short]]
    for back in range(1, LATIN_CHARACTERS):
        at = folded.breaks - back
        at = at[at >= 0]
        if back >= HAN_CHARACTERS:
            at = at[is_latin[at]]
        hashes[at] = NONE
    hashes[starts[short]] = saved
