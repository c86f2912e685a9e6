"""Which characters follow which in Chinese, within words and across them: what lost bytes are guessed by.

The likelihood of a character after two others is the share that the triple has of all that follows the two, and what
the triples leave over goes to the pairs; what those leave over goes to how words begin. Simplified script, any figures
as one `0`; tools/build_word_sequences.py says where it comes from.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAGIC = b"corptool-seq"
LEFT = 0.02  # what is left over at least, whatever is listed


class Sequences:
    """Likelihoods of characters after one and two others, from the bytes of data/word-sequences.bin."""

    def __init__(self, data: bytes) -> None:
        import numpy as np

        magic, size, pairs, triples = struct.unpack_from("<12sIII", data)
        if magic != MAGIC:
            raise ValueError("these are not word sequences of this version")
        data = zlib.decompress(data[24:])
        self._size = size
        chars = np.frombuffer(data, "<u2", size)
        self._number = np.full(0x10000, -1, np.int64)
        self._number[chars] = np.arange(size)
        at = 2 * size
        self._begins = _shares(data, at, size)
        self._pairs = _numbers(data, at + size, pairs)
        at += size + 3 * pairs
        self._pair_shares = _shares(data, at, pairs)
        self._triples = _numbers(data, at + pairs, triples)
        self._triple_shares = _shares(data, at + pairs + 3 * triples, triples)
        self._left = _left(self._pairs // size, self._pair_shares, size)
        self._left_by_triples = _left(self._triples // size, self._triple_shares, pairs)

    def known(self, codes: NDArray[Any]) -> NDArray[Any]:
        """Which code points are listed at all."""
        known: NDArray[Any] = self._number[codes] >= 0
        return known

    def share(self, before: NDArray[Any], last: NDArray[Any], then: NDArray[Any]) -> NDArray[Any]:
        """How likely each code point is after the two before it: of these the first may be unknown, the others not."""
        import numpy as np

        first, second, third = (self._number[codes] for codes in (before, last, then))
        share = self._left[second] * self._begins[third]
        pair, found = _find(self._pairs, second * self._size + third)
        share += np.where(found, self._pair_shares[pair], 0)
        start, starts = _find(self._pairs, first * self._size + second)
        starts &= first >= 0
        triple, found = _find(self._triples, start * self._size + third)
        listed = np.where(found & starts, self._triple_shares[triple], 0)
        result: NDArray[Any] = listed + np.where(starts, self._left_by_triples[start], 1) * share
        return result


def _numbers(data: bytes, at: int, count: int) -> NDArray[Any]:
    """Ascending numbers, from three planes of bytes of what each adds to the one before."""
    import numpy as np

    low, middle, high = np.frombuffer(data, "u1", 3 * count, at).reshape(3, count).astype(np.int64)
    numbers: NDArray[Any] = np.cumsum(low | middle << 8 | high << 16)
    return numbers


def _shares(data: bytes, at: int, count: int) -> NDArray[Any]:
    import numpy as np

    shares: NDArray[Any] = 2.0 ** -np.frombuffer(data, "u1", count, at).astype(np.float32)
    return shares


def _left(before: NDArray[Any], shares: NDArray[Any], size: int) -> NDArray[Any]:
    """What is left over after each of what stands before."""
    import numpy as np

    left: NDArray[Any] = 1 - np.minimum(np.bincount(before, shares, size), 1 - LEFT)
    return left


def _find(numbers: NDArray[Any], wanted: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """(where each is in ascending numbers, whether it is)."""
    import numpy as np

    at = np.minimum(np.searchsorted(numbers, wanted), len(numbers) - 1)
    return at, numbers[at] == wanted
