"""Lines of a text: where they stand, what they weigh, and the key on which rules are matched."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from itertools import accumulate, compress, count
from operator import add
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WIDE = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_HAN = re.compile(f"[{_WIDE}]")
_WORD = re.compile(r"[^\W_]+")
_TEN = re.compile(rf"[\W_]*+(?:[^\W_{_WIDE}]++[\W_]*+){{10}}|(?:[^{_WIDE}]*+[{_WIDE}]){{17}}")
"""A line that weighs ten words at least: most that do are told by their beginning."""
_CUT_SHORT = re.compile(r"\s(?:\.{3}|…+)$")
_FOLDABLE = re.compile(r"[\t\xa0\u2000-\u200a\u2e80-\U0010ffff]")
"""Wherever `folding` changes anything; a search costs much less than a translation that changes nothing."""
_LINE_END = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")
_SENTENCE_ENDS = ".!?。！？…;；"
_CLOSING = "'\"”’」』)]）】"


class Line(NamedTuple):
    """A line without the white space around it; `text` is `whole[start:end]`."""

    start: int
    end: int
    text: str


_line: Callable[[Iterable[Any]], Line] = partial(tuple.__new__, Line)
"""`Line._make` without a call of Python for each of many lines."""


def split_lines(text: str) -> list[Line]:
    r"""All lines, blank ones too (with start == end). Lines end in LF, CR LF or CR.

    >>> split_lines("标题 \r\n\n　正文。")
    [Line(start=0, end=2, text='标题'), Line(start=5, end=5, text=''), Line(start=7, end=10, text='正文。')]
    """
    # Where there is a CR the pieces keep their line ends: not at the separators that stand inside old scraped lines.
    pieces, end = (_LINE_END.split(text), 0) if "\r" in text else (text.split("\n"), 1)
    bodies = [*map(str.strip, pieces)]
    sizes, bare = [*map(len, pieces)], [*map(len, bodies)]
    starts = [*accumulate(map(end.__add__, sizes), initial=0)]
    if sizes != bare:
        for number, (raw, body) in enumerate(zip(pieces, bodies, strict=True)):
            if body and body[0] != raw[0]:
                starts[number] += len(raw) - len(raw.lstrip())
    return [*map(_line, zip(starts, map(add, starts, bare), bodies, strict=False))]


class Fold(dict[int, str]):
    """What a character becomes in the key of a line, after lower case."""

    @cached_property
    def table(self) -> NDArray[np.uint32]:
        """For each code point of the planes with letters what it becomes, lower case and all."""
        import numpy as np

        codes = np.arange(0x30000, dtype="<u4")
        text = codes.tobytes().decode("utf-32-le", "surrogatepass").replace("İ", "\0")  # 'İ' would be two characters
        lower = np.frombuffer(text.lower().encode("utf-32-le", "surrogatepass"), "<u4").copy()
        lower[ord("İ")] = ord("İ")
        codes[[*self]] = [ord(new) for new in self.values()]
        table: NDArray[np.uint32] = codes[lower]
        return table


def folding(traditional: str, simplified: str) -> Fold:
    """The table for `key`: scripts as given, full-width forms to ASCII, all spaces to one."""
    wide = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF01, 0xFF5F)}
    spaces = dict.fromkeys([0x09, 0xA0, 0x3000, *range(0x2000, 0x200B)], " ")
    return Fold(dict(zip(map(ord, traditional), simplified, strict=True)) | wide | spaces)


def key(line: str, fold: Fold) -> str:
    """The line folded for script, width and case; as long as the line, so that spans can be carried back.

    >>> key("特別聲明：ABC", folding("別聲", "别声"))
    '特别声明:abc'
    """
    if line.isascii() and "\t" not in line:
        return line.lower()
    lower = line.lower()
    if len(lower) != len(line):  # 'İ' becomes two characters
        lower = "".join(low if len(low := char.lower()) == 1 else char for char in line)
    return lower.translate(fold) if _FOLDABLE.search(lower) else lower


def weight(line: str) -> float:
    """How much the line says, in English words; a Han or kana character counts 0.6.

    >>> weight("A cup of tea"), round(weight("一帶一路 forum"), 1)
    (4.0, 3.4)
    """
    if line.isascii():
        return float(len(_WORD.findall(line)))
    han = len(_HAN.findall(line))
    return 0.6 * han + len(_WORD.findall(_HAN.sub(" ", line) if han else line))


def ends_sentence(line: str) -> bool:
    """Whether it ends as a sentence does, closing quotes and brackets aside.

    >>> [ends_sentence(line) for line in ("他說:“好。”", "更多新聞", "He left.", "Ministers of China and ...")]
    [True, False, True, False]
    """
    last = line.rstrip(_CLOSING)[-1:]
    return last != "" and last in _SENTENCE_ENDS and not (line[-1] in ".…" and _CUT_SHORT.search(line))


def is_prose(line: str) -> bool:
    """Whether a line is, by itself, part of running text: a sentence, or longer than titles are.

    >>> is_prose("6月12日,第二屆“一帶一路”科技交流大會在四川成都舉行。"), is_prose("從駝鈴到綠能")
    (True, False)
    """
    if not 15 <= len(line) <= 400:  # too short to be, or too long not to be
        return len(line) > 400
    if ends_sentence(line):
        return _TEN.match(line) is not None or weight(line) >= 10
    return len(line) > 66 and weight(line) >= 40


class Page(NamedTuple):
    """The lines of a text as the steps of cleaning see them."""

    lines: list[Line]
    texts: list[str]
    keys: list[str]
    filled: list[int]
    """The numbers of the lines that are not blank."""


def page_of(text: str, fold: Fold) -> Page:
    """The lines of a text, and their keys."""
    lines = split_lines(text)
    texts = [line.text for line in lines]
    folded = _folded(text, fold)
    if folded is None:
        keys = [key(line, fold) for line in texts]
    elif "\r" in text:
        keys = [folded[start:end] for start, end, _ in lines]
    else:
        keys = [*map(str.strip, folded.split("\n"))]
    return Page(lines, texts, keys, [*compress(count(), texts)])


def _folded(text: str, fold: Fold) -> str | None:
    """The key of a whole text, if it can be made in one go."""
    if text.isascii() and "\t" not in text:
        return text.lower()
    import numpy as np

    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    if codes.max() >= len(fold.table) or "Σ" in text:  # what becomes of Σ depends on where it stands
        return None
    return fold.table.take(codes).tobytes().decode("utf-32-le", "surrogatepass")
