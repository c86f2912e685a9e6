"""Which encoding bytes are in, where no mark and no UTF-8 says so.

chardet knows the encodings of the world, but a single byte that does not decode makes it drop the right answer,
and a page of markup outvotes its few Chinese words. So Chinese readings are also weighed here, by the language
model, on nothing but the stretches of non-ASCII bytes, where an undecodable byte costs bits instead of being the
end. chardet is overruled only by a reading that is Chinese beyond doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.text import euctw
from corptool.text.language_model import LanguageModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENGLISH = re.compile(rb"(?i)\b(?:the|of|and|that|for|was|with|is)\b")
HIGH = re.compile(rb"[\x80-\xff]")
WORD = re.compile(rb"[A-Za-z]+")
HAN = re.compile("[\u3007\u3400-\u9fff\U00020000-\U0003ffff]+")
# Non-ASCII bytes with up to two ASCII bytes between and before them, and one after: a trail byte may be ASCII.
STRETCH = re.compile(rb"[\x20-\x7e]{0,2}[\x80-\xff](?:[\x00-\x7f]{0,2}[\x80-\xff])*[\x20-\x7e]?")
PIECE = 48  # bytes weighed at a time, so that a lost byte spoils one piece and not all that follows
BUDGET = 1536  # bytes weighed in all
CHINESE = ("gb18030", "big5hkscs", "euc_tw")
EAST_ASIAN = ("cp932", "euc_jp", "cp949")
PRIOR = {"gb18030": 0.0, "big5hkscs": 0.0, "euc_tw": 6.0, "cp932": 14.0, "euc_jp": 14.0, "cp949": 14.0}  # bits
CLAIMED = 8.0  # bits by which a declared charset is preferred: evidence, not truth
SHIFTED = 7.0  # bits for reading a piece from its second byte
DOUBTFUL = 0.3  # chardet's confidence below which its answer is only one among others
PLAUSIBLE = 14.5  # bits a Han character, above which no reading is taken for Chinese

# What a label means, where Python's codec of that name means less (the WHATWG Encoding Standard)
LABELS = {
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030",
    "chinese": "gb18030", "gb18030-2022": "gb18030", "big5": "big5hkscs", "big5-hkscs": "big5hkscs",
    "cn-big5": "big5hkscs", "x-x-big5": "big5hkscs", "cp950": "big5hkscs", "x-euc-tw": "euc_tw", "euc-tw": "euc_tw",
    "hz-gb-2312": "hz",
    "ascii": "cp1252", "us-ascii": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252", "windows-1252": "cp1252", "iso-8859-9": "cp1254", "tis-620": "cp874", "shift_jis": "cp932",
    "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "euc-jp": "euc_jp",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "korean": "cp949", "utf8": "utf-8", "unicode": "utf-16-le",
    "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
}  # fmt: skip
HZ_RUN = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e])+(?:~\}|~?\n|[\x21-\x77]?\Z)")
DECLARED = re.compile(rb"(?i)<(?:meta[^>]+charset\s*=\s*[\"']?|\?xml[^>]+encoding\s*=\s*[\"'])\s*([\w.:-]+)")


class Tables(NamedTuple):
    """What judging an encoding needs from data/, loaded only when it is needed."""

    model: Callable[[], LanguageModel]
    chart: Callable[[], str]
    """The characters of EUC-TW, for `euctw.decode`."""


class Reading(NamedTuple):
    """One way to read the bytes."""

    bits: float
    encoding: str
    han: int
    """Han characters beside another, in what was weighed."""
    han_bits: float = 0.0
    """What these cost."""
    lone: int = 0
    """Han characters that stand alone: what most accented letters become when they are read as Chinese."""

    def is_chinese(self) -> bool:
        """Whether this looks like Chinese at all."""
        return self.han >= max(2, 2 * self.lone) and self.han_bits < PLAUSIBLE * self.han


def meaning(label: str) -> str:
    """The codec that a label on the web stands for.

    >>> meaning("GB2312"), meaning("latin-1"), meaning("windows-1251")
    ('gb18030', 'cp1252', 'cp1251')
    """
    label = label.strip().lower()
    return LABELS.get(label, label.replace("windows-", "cp"))


def declared_in(data: bytes) -> str | None:
    """The charset that a page declares in its first bytes.

    >>> declared_in(b'<meta charset="big5">')
    'big5'
    """
    found = DECLARED.search(data, 0, 2048)
    return found[1].decode("ascii", "replace") if found else None


def guess(data: bytes, declared: str | None, tables: Tables) -> tuple[str, float]:
    """The encoding of bytes that are neither marked nor UTF-8, and a confidence from 0 to 1.

    `declared` is what the transport claims; what the page itself claims is found here.
    """
    weigh = _Scales(data, tables)
    wide = weigh.utf16()
    claimed = {meaning(label) for label in (declared, declared_in(data)) if label}
    readings = sorted(
        reading._replace(bits=reading.bits - CLAIMED * (reading.encoding in claimed))
        for reading in map(weigh.reading, CHINESE)
        if reading is not None
    )
    best = readings[0] if readings else None
    if wide is not None and (best is None or wide.bits < best.bits):
        return wide.encoding, 0.9
    if b"\0" in data:
        wider = _by_nulls(data)
        if wider:
            return wider, 0.8
    if best is not None and best.han >= 24 and best.han_bits / best.han < 9.5:
        return best.encoding, _confidence(best, readings)
    return _beside_chardet(data, weigh, readings, claimed)


def is_plain(text: str) -> bool:
    """Whether what reads as ASCII is just that: words with spaces between, and no mark of UTF-16, HZ or ISO 2022."""
    if "\0" in text or "\x1b" in text or ("~" in text and "~{" in text):  # one character is found faster than two
        return False
    return text.count(" ", 0, 600) * 30 > min(len(text), 600)


def of_ascii(data: bytes, tables: Tables | None) -> tuple[str, float]:
    """The encoding of bytes that are all ASCII, which is seldom anything but that."""
    if b"~{" in data and _is_hz(data):
        return "hz", 0.99
    if b"\x1b" in data:
        named, confidence = by_chardet(data)
        return (named, confidence) if named.startswith("iso2022") else ("utf-8", 1.0)
    # Han characters whose two bytes both look like letters, in UTF-16: no spaces to speak of, and even
    if tables is None or len(data) % 2 or len(data) > 4096 or is_plain(data.decode()):
        return "utf-8", 1.0
    found = _Scales(data, tables).utf16()
    return (found.encoding, 0.8) if found else ("utf-8", 1.0)


def _is_hz(data: bytes) -> bool:
    """Whether what stands between `~{` and `~}` are pairs of GB 2312."""
    return data.count(b"~{") <= 2 * len(HZ_RUN.findall(data))


def _beside_chardet(data: bytes, weigh: _Scales, readings: list[Reading], claimed: set[str]) -> tuple[str, float]:
    """chardet's answer, unless a Chinese reading is cheaper by far."""
    named, confidence = by_chardet(data)
    other = weigh.reading(named)
    if other is None:
        return (readings[0].encoding, 0.5) if readings else (named, confidence)
    if named in EAST_ASIAN or confidence < DOUBTFUL:
        rivals = [weigh.reading(encoding) for encoding in EAST_ASIAN if encoding != named]
        readings = sorted([*readings, *(rival for rival in rivals if rival is not None)])
    western = weigh.reading("cp1252")
    if confidence < DOUBTFUL and western is not None and western.bits < other.bits:
        named, other = "cp1252", western
    others = [reading for reading in readings if reading.encoding != named]
    for best in others:
        margin = 0.0 if named in CHINESE or confidence < DOUBTFUL else 5.0 if best.han >= 4 else 14.0
        if best.is_chinese() and best.bits + margin < other.bits - CLAIMED * (named in claimed):
            return best.encoding, _confidence(best, [*others, other])
    return named, confidence


def by_chardet(data: bytes) -> tuple[str, float]:
    """chardet's answer as a codec that means what the web means, and its confidence."""
    import chardet

    found = chardet.detect(_from_first_high(data), prefer_superset=True, compat_names=False)
    named = meaning(found["encoding"] or "cp1252")
    if named not in (*CHINESE, *EAST_ASIAN) and _is_english(data):
        named = "cp1252"  # a curly quote or an é is too little to name any other code page by
    if named == "cp1252" and data.isascii():  # with a NUL among it; without one nobody asks chardet
        return "utf-8", 1.0
    return named, round(float(found["confidence"] or 0), 2)


def _from_first_high(data: bytes) -> bytes:
    """What chardet is shown: it looks at the first 200,000 bytes alone, which may all be markup."""
    first = HIGH.search(data)
    return data[first.start() - 1000 :] if first and first.start() > 100_000 and b"\0" not in data else data


def _is_english(data: bytes) -> bool:
    """Whether this is English: one word in eight is among its most frequent, and few bytes are not ASCII."""
    head = data[:65536]
    high = len(head.translate(None, bytes(range(128))))
    return len(ENGLISH.findall(head)) * 8 >= len(WORD.findall(head)) and high * 25 < len(head)


def _by_nulls(data: bytes) -> str | None:
    """UTF-16 by where the zero bytes of its ASCII characters stand."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    if max(even, odd) * 5 < len(data) or min(even, odd) * 4 > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _confidence(best: Reading, others: list[Reading]) -> float:
    gap = min((other.bits - best.bits for other in others if other.encoding != best.encoding), default=20.0)
    return min(0.99, round(1 - 0.5 * 2 ** (-max(gap, 0) / 6), 2))


class _Scales:
    """Weighs readings of the same stretches of bytes, in bits of the language model."""

    def __init__(self, data: bytes, tables: Tables) -> None:
        self.data = data
        self.model = tables.model()
        self.chart = tables.chart
        self.pieces = [piece for stretch in _stretches(data) for piece in _cut(stretch)]

    def reading(self, encoding: str) -> Reading | None:
        """What these bytes cost in this encoding; None if there is no such codec or nothing to weigh."""
        if not self.pieces:
            return None
        bits, han, han_bits, lone = PRIOR.get(encoding, 0.0), 0, 0.0, 0
        try:
            weighed = self._weighed(self.pieces, encoding)
            if encoding in PRIOR:  # two bytes a character: a piece may begin within one
                poor = [at for at, (text, _, cost) in enumerate(weighed) if "\ufffd" in text or cost >= 9 * len(text)]
                for at, other in zip(poor, self._weighed([self.pieces[at][1:] for at in poor], encoding), strict=True):
                    shifted = other[2] + SHIFTED if other[0] else 0.0
                    if shifted < weighed[at][2]:
                        weighed[at] = other[0], other[1], shifted
        except LookupError:
            return None
        for text, costs, cost in weighed:
            bits += cost
            for found in HAN.finditer(text):
                if len(found[0]) > 1:
                    han += len(found[0])
                    han_bits += float(costs[found.start() : found.end()].sum())
                else:
                    lone += 1
        return Reading(bits, encoding, han, han_bits, lone)

    def utf16(self) -> Reading | None:
        """The better byte order of UTF-16 without a mark, if it is Chinese and cheaper than any 8-bit reading."""
        head = self.data[:1536]
        best: Reading | None = None
        for encoding in ("utf-16-le", "utf-16-be"):
            for shift in (0, 1):
                body = head[shift : shift + (len(head) - shift) // 2 * 2]
                text = body.decode(encoding, "replace")
                if not text:
                    continue
                bits = self.model.bits(text) + 2 * SHIFTED * (shift + len(self.data) % 2)
                han = sum(map(len, HAN.findall(text)))
                if (best is None or bits < best.bits) and bits < 13 * len(text) and han * 2 > len(text):
                    best = Reading(bits, encoding, han)
        if best is None:
            return None
        # the same bytes as 8-bit text, Chinese (from either byte) or Latin
        narrow = min(
            self.model.bits(head[shift:].decode(encoding, "replace"))
            for encoding, shift in (("gb18030", 0), ("gb18030", 1), ("big5hkscs", 0), ("big5hkscs", 1), ("cp1252", 0))
        )
        return best._replace(bits=-1.0) if best.bits + max(8.0, 0.15 * narrow) < narrow else None

    def _weighed(self, pieces: list[bytes], encoding: str) -> list[tuple[str, NDArray[Any], float]]:
        """(text, the bits of each code point, of them all) of each piece; LookupError if there is no such codec."""
        texts = [self._decoded(piece, encoding) for piece in pieces]
        each = self.model.costs_of_each(texts) if texts else []
        return [(text, costs, float(costs.sum())) for text, costs in zip(texts, each, strict=True)]

    def _decoded(self, piece: bytes, encoding: str) -> str:
        if encoding == "euc_tw":
            return euctw.decode(piece, self.chart())[0]
        return piece.decode(encoding, "replace")


def _stretches(data: bytes) -> list[bytes]:
    """Non-ASCII stretches from the start, the middle and near the end of the file, BUDGET bytes in all."""
    chosen: list[bytes] = []
    until = 0
    for start, share in ((0, 2), (len(data) // 2, 4), (len(data) * 7 // 8, 4)):
        weighed = 0
        for found in STRETCH.finditer(data, max(start, until)):
            stretch = found[0][: BUDGET // share]
            chosen.append(stretch)
            weighed += len(stretch)
            until = found.end()
            if weighed >= BUDGET // share:
                break
    return chosen


def _cut(stretch: bytes) -> list[bytes]:
    return [stretch[at : at + PIECE] for at in range(0, len(stretch), PIECE)]
