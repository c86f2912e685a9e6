"""What inside a Chinese text is not to be converted: other languages, code, addresses, names, the user's own terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from corptool.text.language import HANGUL, KANA, MAIL, URL, WWW, Tables, is_chinese, language
from corptool.text.script.chain import Dictionary

CODE = {
    "```": re.compile(r"^```.*?^```[^\n]*$", re.MULTILINE | re.DOTALL),
    "~~~": re.compile(r"^~~~.*?^~~~[^\n]*$", re.MULTILINE | re.DOTALL),
    "`": re.compile(r"`[^`\n]+`"),
    "<": re.compile(r"<[a-zA-Z/!][^<>\n]{0,400}>"),
    "://": URL,
    "www.": WWW,
    "@": MAIL,
}
"""What to look for where a text holds the mark."""
FOREIGN = re.compile(f"[{KANA}{HANGUL}]")
CLAUSE = re.compile(r"[^\n。！？!?；;，、「」『』“”《》（）()]+")
SENTENCE = re.compile(r"[^\n。！？!?]+")
NOT_END = re.compile(r"[^\n]")
MIDDLE_DOT = re.compile("[・ーの]")


class Fixed(NamedTuple):
    """`text[start:end]` becomes `new`, whatever the dictionaries say."""

    start: int
    end: int
    new: str


class Terms:
    """Words to be found in texts, the longest at each place.

    >>> terms = Terms({"王汎森": "王汎森", "汎": "泛"})
    >>> list(terms.found("王汎森論汎神論"))
    [Fixed(start=0, end=3, new='王汎森'), Fixed(start=4, end=5, new='泛')]
    """

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self.dictionary = Dictionary.of(pairs)
        firsts = "".join({word[0] for word in pairs})
        self.first = re.compile(f"[{re.escape(firsts)}]") if firsts else None

    def found(self, text: str) -> Iterator[Fixed]:
        """All of them, from left to right, none overlapping another."""
        done = 0
        for match in self.first.finditer(text) if self.first else ():
            entry = self.dictionary.prefix(text, match.start()) if match.start() >= done else None
            if entry:
                done = match.start() + len(entry[0])
                yield Fixed(match.start(), done, entry[1])


def code(text: str) -> Iterator[Fixed]:
    """URLs, mail addresses, @names, markup, and `code` between back-ticks or in fences."""
    for mark, pattern in CODE.items():
        if mark in text:
            yield from (Fixed(*match.span(), match[0]) for match in pattern.finditer(text))


def foreign(text: str, tables: Tables) -> Iterator[Fixed]:
    """Sentences in Japanese or Korean; inside a Chinese sentence, the clauses and quotations that are.

    >>> from corptool.rules import script_tables
    >>> [fixed.new for fixed in foreign("他說「学校へ行きます」後走了。国語。", script_tables())]
    ['学校へ行きます']
    """
    if not FOREIGN.search(text):
        return
    for sentence in SENTENCE.finditer(text):
        if not FOREIGN.search(sentence[0]):
            continue
        clauses = [*CLAUSE.finditer(text, *sentence.span())]
        chinese = any(not FOREIGN.search(clause[0]) and is_chinese(clause[0], tables) for clause in clauses)
        for span in clauses if chinese else [sentence]:
            if FOREIGN.search(span[0]) and _is_foreign(span[0], tables):
                yield Fixed(*span.span(), span[0])


def lines(text: str, stays: Callable[[str], bool], fixed: Iterable[Fixed]) -> Iterator[Fixed]:
    """Lines that stay as they are, judged without what is fixed in them.

    >>> [one.new for one in lines("后来\\n後來", lambda line: "後" in line, [])]
    ['後來']
    """
    at = 0
    for line in masked(text, fixed).split("\n"):
        if stays(line):
            yield Fixed(at, at + len(line), text[at : at + len(line)])
        at += len(line) + 1


def masked(text: str, fixed: Iterable[Fixed]) -> str:
    """The text with blanks for these passages, of the same length and with the same lines.

    >>> masked("用 `变量` 说", [Fixed(2, 6, "`变量`")])
    '用      说'
    """
    blank = [one._replace(new=NOT_END.sub(" ", text[one.start : one.end])) for one in fixed]
    return converted(text, blank, str)


def without_overlaps(fixed: Iterable[Fixed]) -> list[Fixed]:
    """In order; of two that overlap the one that begins first, or the longer one."""
    kept: list[Fixed] = []
    for one in sorted(fixed, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def converted(text: str, fixed: Iterable[Fixed], convert: Callable[[str], str]) -> str:
    """The text with what is fixed put in, and all that lies between converted."""
    parts: list[str] = []
    at = 0
    for one in fixed:
        parts += convert(text[at : one.start]), one.new
        at = one.end
    return "".join(parts) + convert(text[at:])


def _is_foreign(text: str, tables: Tables) -> bool:
    if not FOREIGN.search(MIDDLE_DOT.sub("", text)):
        return False
    return language(text, tables).tag in ("ja", "ko")
