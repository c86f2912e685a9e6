"""Lines of a text: where they stand, what they weigh, and the key on which rules are matched."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

Fold = Mapping[int, str]

_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_]+")
_CUT_SHORT = re.compile(r"\s(?:\.{3}|…+)$")
_FOLDABLE = re.compile(r"[\t\xa0\u2000-\u200a\u2e80-\U0010ffff]")
"""Wherever `folding` changes anything; a search costs much less than a translation that changes nothing."""
_SENTENCE_ENDS = ".!?。！？…;；"
_CLOSING = "'\"”’」』)]）】"


class Line(NamedTuple):
    """A line without the white space around it; `text` is `whole[start:end]`."""

    start: int
    end: int
    text: str


def split_lines(text: str) -> list[Line]:
    r"""All lines, blank ones too (with start == end). Lines end in LF, CR LF or CR.

    >>> split_lines("标题 \r\n\n　正文。")
    [Line(start=0, end=2, text='标题'), Line(start=5, end=5, text=''), Line(start=7, end=10, text='正文。')]
    """
    found = []
    at = 0
    for raw in _split(text):
        body = raw.strip()
        start = at + len(raw) - len(raw.lstrip()) if body and body[0] != raw[0] else at
        found.append(Line(start, start + len(body), body))
        at += len(raw)
    return found


def _split(text: str) -> list[str]:
    """Like `splitlines(keepends=True)`, but not at the separators that stand inside old scraped lines."""
    if "\r" not in text:
        return [line + "\n" for line in text.split("\n")]
    return re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)


def folding(traditional: str, simplified: str) -> Fold:
    """The table for `key`: scripts as given, full-width forms to ASCII, all spaces to one."""
    wide = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF01, 0xFF5F)}
    spaces = dict.fromkeys([0x09, 0xA0, 0x3000, *range(0x2000, 0x200B)], " ")
    return dict(zip(map(ord, traditional), simplified, strict=True)) | wide | spaces


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
    ended = ends_sentence(line)
    return (ended or len(line) > 66) and weight(line) >= (10 if ended else 40)


class Page(NamedTuple):
    """The lines of a text as the steps of cleaning see them."""

    lines: list[Line]
    keys: list[str]
    filled: list[int]
    """The numbers of the lines that are not blank."""


def page_of(text: str, fold: Fold) -> Page:
    """The lines of a text, and their keys."""
    lines = split_lines(text)
    filled = [number for number, line in enumerate(lines) if line.text]
    return Page(lines, [key(line.text, fold) for line in lines], filled)
