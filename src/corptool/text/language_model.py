"""How likely text is, in bits: what decoding and repair weigh their readings with.

A character costs what it surprises after the one before it. For Han characters the numbers come from word lists
(tools/build_language_model.py says how); everything else is a table of kinds, so that text in other scripts costs
roughly what it should and no more: enough to tell a sentence from what a wrong decoder makes of it.
"""

from __future__ import annotations

import struct
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAGIC = b"corptool-lm3"
STANDS_FOR_HAN, STANDS_FOR_SYMBOL, STANDS_FOR_PRIVATE = 0x3402, 0x2600, 0xE000  # beyond the first 65,536

# A kind of character, its range, and the bits it costs after a character of some unrelated kind.
# Later ranges overrule earlier ones.
KINDS: tuple[tuple[str, str, float], ...] = (
    ("other", "\u0370-\uffff", 13),
    ("control", "\0-\x1f\x7f-\x9f", 22),
    ("space", " ", 5),
    ("line", "\t\n\r", 5),
    ("mark", "!\"'(),\\-.:;?", 6.5),
    ("code", "#-&*+/<-@\\[-`{-~", 9),
    ("digit", "0-9", 6),
    ("upper", "A-Z", 7.5),
    ("lower", "a-z", 7),
    ("symbol1", "\xa1-\xbf\xd7\xf7", 13),
    ("nbsp", "\xa0", 10),
    ("ACCENT", "\xc0-\xde\u0386-\u0390\u1e00-\u1eff", 12.5),
    ("accent", "\xdf-\xff\u0100-\u024f\u1e00-\u1eff", 10),
    ("combining", "\u0300-\u036f", 12),
    ("greek", "\u0370-\u03ff\u1f00-\u1fff", 12),
    ("CYRILLIC", "\u0400-\u042f\u0490", 11.5),
    ("cyrillic", "\u0430-\u045f\u0491", 11),
    ("rtl", "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc", 12),
    ("general", "\u2000-\u206f", 14),
    ("symbol", "\u2070-\u2bff", 15),
    ("box", "\u2500-\u25ff", 17),
    ("cjk", "\u2010-\u2015\u2018-\u201f\u2025\u2026\u2022\u3000-\u303f\uff01-\uff0f\uff1a-\uff20", 5),
    ("indent", "\u3000", 8),
    ("kana", "\u3041-\u30ff", 11),
    ("hangul", "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3", 5),
    ("wide", "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a", 10),
    ("halfkana", "\uff61-\uff9f", 16),
    ("han", "\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff", 1.0),
    ("private", "\ue000-\uf8ff", 24),
    ("lost", "\ud800-\udfff\ufff0-\uffff", 14),
)
AFTER: dict[tuple[str, str], float] = {
    ("lower", "lower"): 3.2, ("upper", "lower"): 4, ("upper", "upper"): 5, ("space", "lower"): 4.5,
    ("space", "upper"): 6.5, ("lower", "space"): 3, ("lower", "mark"): 5.5, ("mark", "space"): 1.5,
    ("digit", "digit"): 3.4, ("space", "digit"): 6, ("line", "upper"): 5, ("digit", "mark"): 4.5,
    ("code", "lower"): 5.5, ("lower", "code"): 7, ("code", "code"): 5,
    ("lower", "accent"): 7, ("accent", "lower"): 3.8, ("upper", "accent"): 8, ("accent", "accent"): 7.5,
    ("space", "accent"): 8.5, ("space", "ACCENT"): 9.5, ("accent", "space"): 3.5, ("accent", "mark"): 5.5,
    ("ACCENT", "lower"): 4.5, ("ACCENT", "accent"): 11, ("lower", "ACCENT"): 14, ("accent", "ACCENT"): 14,
    ("cyrillic", "cyrillic"): 4.4, ("CYRILLIC", "cyrillic"): 5, ("space", "cyrillic"): 6.5,
    ("cyrillic", "space"): 3, ("space", "CYRILLIC"): 8.5, ("CYRILLIC", "CYRILLIC"): 7,
    ("cyrillic", "mark"): 5.5, ("greek", "greek"): 4.8, ("space", "greek"): 7, ("greek", "space"): 3,
    ("kana", "kana"): 5.2, ("han", "kana"): 5, ("kana", "han"): 2, ("kana", "cjk"): 3, ("cjk", "kana"): 6,
    ("hangul", "hangul"): 0.5, ("space", "hangul"): 0.5, ("hangul", "space"): 2, ("hangul", "mark"): 5,
    ("rtl", "rtl"): 4.6, ("space", "rtl"): 6, ("rtl", "space"): 3, ("other", "other"): 6,
    ("space", "other"): 7, ("other", "space"): 3.5, ("combining", "lower"): 4, ("combining", "space"): 4,
    ("halfkana", "halfkana"): 8, ("wide", "wide"): 4.5, ("box", "box"): 7, ("lost", "lost"): 7,
    ("private", "private"): 16,
    ("han", "cjk"): 2.2, ("han", "line"): 4, ("han", "space"): 5, ("han", "digit"): 5, ("han", "mark"): 4.5,
    ("han", "lower"): 8.5, ("han", "upper"): 6, ("cjk", "han"): 0.4, ("line", "han"): 0.4, ("space", "han"): 1,
    ("han", "han"): 0.4, ("cjk", "cjk"): 3, ("cjk", "line"): 2, ("digit", "han"): 1, ("mark", "han"): 0.8,
    ("indent", "indent"): 0.5, ("line", "indent"): 3, ("indent", "han"): 0.5, ("cjk", "indent"): 5,
    ("lower", "cjk"): 2.5, ("cjk", "lower"): 2.5, ("cjk", "upper"): 4, ("space", "cjk"): 3, ("cjk", "space"): 1.5,
    ("mark", "cjk"): 1.5, ("digit", "cjk"): 4, ("lower", "han"): 4, ("upper", "han"): 3,
}  # fmt: skip
# What a mark costs beyond being of kind "cjk"
MARKS = {
    0.6: "，", 1.2: "。", 2.0: "、", 2.6: "“”", 2.8: "「」", 3.0: "（）’", 3.2: "《》：", 3.5: "—",
    4.0: "；…？！‘–", 5.0: "•『』【】％．／",
}  # fmt: skip
UNKNOWN_END = 2.0  # bits for a word to end with a character that no word list has
HANGUL_ROWS = 25
RARE_MARK = 10.0
# Characters that no word list has cost less if a standard counts them among the usual ones: codec, rows, bits
LEVELS = (("gb2312", 0xB0, 0xF7, 17.0), ("big5", 0xA4, 0xC6, 17.0), ("euc_jp", 0xB0, 0xCF, 15.0))


class LanguageModel:
    """Costs of characters in bits, from the bytes of data/language-model.bin."""

    def __init__(self, data: bytes) -> None:
        import numpy as np

        magic, size, slots, pairs = struct.unpack_from("<12sIII", data)
        if magic != MAGIC:
            raise ValueError("this is not a language model of this version")
        syllables = np.frombuffer(data, "u1", HANGUL_ROWS * 94, 24)
        at = 24 + len(syllables)
        self._chars = chars = np.frombuffer(data, "<u2", size, at)
        ends = np.frombuffer(data, "u1", size, at + 2 * size)
        begins = np.frombuffer(data, "u1", size, at + 3 * size)
        at += 4 * size
        self._pairs = np.zeros(slots, "<u2")  # of which half is empty: the file has a bit for each, and what is filled
        filled = np.unpackbits(np.frombuffer(data, "u1", slots // 8, at)).view(bool)
        self._pairs[filled] = np.frombuffer(data, "<u2", pairs, at + slots // 8)
        names = list(dict.fromkeys(name for name, _, _ in KINDS))
        self._kind = np.zeros(0x10000, np.uint8)
        self._begin = np.zeros(0x10000, np.float32)
        self._end = np.zeros(0x10000, np.float32)
        base = dict.fromkeys(names, 0.0)
        for name, spans, cost in KINDS:
            base[name] = cost
            for low, high in _ranges(spans):
                self._kind[low : high + 1] = names.index(name)
        han = self._kind == names.index("han")
        self._begin[han], self._end[han] = 20, UNKNOWN_END
        self._begin[0x3400:0x4E00] = self._begin[0xF900:0xFB00] = 22
        for codec, low, high, cost in LEVELS:
            level = charted(codec, low, high)
            self._begin[level] = np.minimum(self._begin[level], cost)
        self._begin[chars], self._end[chars] = np.minimum(begins / 10, self._begin[chars]), ends / 10
        self._begin[self._kind == names.index("cjk")] = RARE_MARK
        for cost, marks in MARKS.items():
            self._begin[[ord(mark) for mark in marks]] = cost
        self._begin[self._kind == names.index("hangul")] = 16
        self._begin[charted("euc_kr", 0xB0, 0xC8)] = syllables / 10
        self._after = np.array(
            [[AFTER.get((first, second), base[second]) for second in names] for first in names], np.float32
        )

    def costs(self, text: str) -> NDArray[Any]:
        """The bits of each code point, the first one as if at the start of a line."""
        import numpy as np

        codes = np.frombuffer(("\n" + text).encode("utf-32-le", "surrogatepass"), "<u4")
        if codes.max() > 0xFFFF:
            codes = np.where(codes > 0xFFFF, _stand_in(codes), codes)
        return self.between(codes[:-1], codes[1:])

    def costs_of_each(self, texts: list[str]) -> list[NDArray[Any]]:
        """The costs of several texts, in one go."""
        costs = self.costs("\n".join(texts))
        ends = list(accumulate(len(text) + 1 for text in texts))
        return [costs[end - 1 - len(text) : end - 1] for end, text in zip(ends, texts, strict=True)]

    def between(self, first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
        """The bits of each second code point after its first (both of the Basic Multilingual Plane, as uint32)."""
        import numpy as np

        one, other = first.astype(np.intp), second.astype(np.intp)  # looked up faster by these
        bits = self._after[self._kind[one], self._kind[other]] + self._end[one] + self._begin[other]
        pair = _looked_up(self._pairs, first, second)
        return np.where(pair > 0, pair, bits)

    def likely(self) -> NDArray[Any]:
        """The code points that text in Chinese is made of, beyond ASCII."""
        import numpy as np

        marks = [ord(mark) for marks in MARKS.values() for mark in marks]
        return np.concatenate((self._chars, marks)).astype(np.uint32)

    def bits(self, text: str) -> float:
        """The bits of a text as a whole."""
        return float(self.costs(text).sum()) if text else 0.0


def _looked_up(cells: NDArray[Any], first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    """The cost of each pair (as uint32) that is in a hash table, else 0."""
    import numpy as np

    last = np.uint32(len(cells) - 1)
    mixed: Any = first * np.uint32(0x9E3779B1) + second * np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0x2C1B3C6D)
    mixed ^= mixed >> np.uint32(13)
    mark = mixed >> np.uint32(21)
    one = mixed & last
    other = one ^ (mark * np.uint32(0x5BD1) + np.uint32(1)) & last
    found, second_place = cells[one], cells[other]
    found = np.where(found >> 5 == mark, found, np.where(second_place >> 5 == mark, second_place, 0))
    bits: NDArray[Any] = _bits()[found & 31]
    return bits


@cache
def _bits() -> NDArray[Any]:
    """What the low five bits of a cell mean."""
    import numpy as np

    steps = np.arange(32, dtype=np.float32)
    return np.where(steps > 0, (steps - 1) / 2 + 0.01, 0)


def _ranges(spans: str) -> list[tuple[int, int]]:
    """`a-z0` as pairs of code points; a backslash takes the next character as it is."""
    ranges = []
    at = 0
    while at < len(spans):
        if spans[at] == "\\":
            at += 1
        low = high = spans[at]
        if spans[at + 1 : at + 2] == "-" and at + 2 < len(spans):
            high = spans[at + 2]
            at += 2
        ranges.append((ord(low), ord(high)))
        at += 1
    return ranges


def charted(codec: str, low: int, high: int) -> list[int]:
    """The code points that a two-byte character set has in these rows."""
    rows = (bytes([lead, trail]) for lead in range(low, high + 1) for trail in range(0x40, 0xFF))
    return [ord(char) for row in rows for char in row.decode(codec, "ignore") if ord(char) > 0x7F]


def _stand_in(codes: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    han = (codes >= 0x20000) & (codes < 0x40000)
    return np.where(han, STANDS_FOR_HAN, np.where(codes >= 0xE0000, STANDS_FOR_PRIVATE, STANDS_FOR_SYMBOL)).astype(
        np.uint32
    )
