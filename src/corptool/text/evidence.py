"""What the undamaged part of a text says about the rest: its script and its words."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

from corptool.text.language_model import charted

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEEN_PAIR, SEEN = 0.15, 0.03  # how much of the judgement is left to the rest of the text: pairs and single characters


class Evidence:
    """What the undamaged part of a text says about the rest: its script and its words."""

    def __init__(self, known: str) -> None:
        import numpy as np

        codes = np.frombuffer(known.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)
        self._alone = np.zeros(0x110000)
        np.add.at(self._alone, codes, 1.0)
        self._pairs, counts = np.unique(codes[:-1] << 21 | codes[1:], return_counts=True)
        self._after = counts / (self._alone[self._pairs >> 21] + 1)
        traditional, simplified = (int(of[codes[codes < len(of)]].sum()) for of in _one_script())
        # half of the letters of a text without any evidence would be in the wrong script: that costs nothing
        self._against = [
            -math.log2((count + 0.3) / (traditional + simplified + 2)) - 1 for count in (traditional, simplified)
        ]
        self._alone[:0x3400] = 0  # of marks and letters the model knows enough
        self._alone /= max(self._alone.sum(), 30)

    def of_script(self, codes: NDArray[Any]) -> NDArray[Any]:
        """Bits of each character for the script it belongs to alone."""
        traditional, simplified = _one_script()
        bits: NDArray[Any] = self._against[0] * traditional[codes] + self._against[1] * simplified[codes]
        return bits

    def shares(self, before: NDArray[Any], codes: NDArray[Any]) -> NDArray[Any]:
        """How often each character is seen, after each of those before and at all, as parts of a judgement."""
        import numpy as np

        wanted = before.astype(np.int64)[:, None] << 21 | codes
        at = np.minimum(np.searchsorted(self._pairs, wanted), len(self._pairs) - 1)
        after = (
            np.where(self._pairs[at] == wanted, self._after[at], 0.0) if len(self._pairs) else np.zeros(wanted.shape)
        )
        shares: NDArray[Any] = SEEN_PAIR * after + SEEN * self._alone[codes]
        return shares


@cache
def _one_script() -> tuple[NDArray[Any], NDArray[Any]]:
    """Which characters are Traditional alone, and Simplified alone: those that only Big5, only GB 2312 has."""
    import numpy as np

    big5, gb2312 = (np.zeros(0x10000, bool) for _ in range(2))
    big5[charted("big5", 0xA4, 0xF9)] = True
    gb2312[charted("gb2312", 0xB0, 0xF7)] = True
    return big5 & ~gb2312, gb2312 & ~big5
