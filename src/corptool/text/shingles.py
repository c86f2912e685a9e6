"""The sketch of a text: a sample of its shingles, chosen by their hashes alone.

Whether a shingle is in the sketch depends on nothing but the shingle, so two sketches share a shingle
exactly where the two texts share it, and the resemblance, the containment and the frequency of a shingle in the
corpus can be counted on sketches (Broder 1997, "On the resemblance and containment of documents": modulus sketches).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corptool.text.fold import HAN, Folded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LATIN_CHARACTERS, HAN_CHARACTERS = 12, 5
"""Characters in a shingle, by the script of the first."""
SHORT = 512
"""A text of at most so many folded characters keeps all its shingles, a longer one a sample."""
SAMPLED = 1 << 30
"""Hashes below are in every sketch: one in 4 shingles of Han, one in 16 of Latin characters (which say less)."""


def sketches(folded: Folded) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The sketch of each text: sorted distinct 32-bit hashes of all texts, and the edges between texts."""
    import numpy as np

    hashes, ends = _shingle_hashes(folded.codes)
    edges = folded.edges
    lengths = np.diff(edges)
    kept = hashes < SAMPLED
    for short in np.flatnonzero(lengths <= SHORT):
        kept[edges[short] : edges[short + 1]] = True
    at = np.flatnonzero(kept)
    text = np.searchsorted(edges, at, "right") - 1
    whole = ends[at] <= edges[text + 1]
    keys = text[whole].astype(np.uint64) << np.uint64(32) | hashes[at[whole]]
    keys = np.unique(keys)
    return keys.astype(np.uint32), np.searchsorted(keys >> np.uint64(32), np.arange(edges.size))


def _shingle_hashes(codes: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The hash of the shingle that starts at each character, and where it ends.

    Hashes of 2, 4 and 8 characters are each made of two halves, so that the cost does not grow with the length.
    """
    import numpy as np

    def join(left: NDArray[np.uint32], right: NDArray[np.uint32], skip: int, factor: int) -> NDArray[np.uint32]:
        joined = left * np.uint32(factor)
        joined[: max(0, joined.size - skip)] += right[skip:]
        return joined

    one = codes * np.uint32(0x9E3779B1)
    one ^= one >> np.uint32(15)
    one *= np.uint32(0x85EBCA77)
    two = join(one, one, 1, 0xC2B2AE3D)
    four = join(two, two, 2, 0x27D4EB2F)
    han = _mixed(join(four, one, 4, 0x165667B1))
    latin = _mixed(join(join(four, four, 4, 0x2C1B3C6D), four, 8, 0x297A2D39))
    is_han = codes >= HAN
    fewer = latin < SAMPLED // 4  # these become values below SAMPLED, the others values above
    latin = np.where(fewer, latin << np.uint32(2) | latin >> np.uint32(26) & np.uint32(3), latin | np.uint32(SAMPLED))
    ends = np.arange(codes.size) + np.where(is_han, HAN_CHARACTERS, LATIN_CHARACTERS)
    return np.where(is_han, han, latin), ends


def _mixed(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Every bit of the result depends on every bit given (the 32-bit finaliser of MurmurHash3)."""
    import numpy as np

    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        hashes ^= hashes >> np.uint32(shift)
        hashes *= np.uint32(factor)
    hashes ^= hashes >> np.uint32(16)
    return hashes
