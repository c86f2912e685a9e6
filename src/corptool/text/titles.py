"""Which line above the body is the title."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from difflib import SequenceMatcher
from operator import add

from corptool.text.dates import find_date
from corptool.text.lines import Page, ends_sentence, weight

TRUNCATED = re.compile(r"\s*(?:\.{2,}|…+)$")
CUT = "..", "…"
"""How all that is `TRUNCATED` ends."""
_WORD = re.compile(r"[a-zà-ÿ]{4,}|\d{2,}")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_SITE_PART = re.compile(r"\s*(?: [|｜_–—-] |[|｜_]|--)\s*")
_ABOUT_PAGE = re.compile(
    r"\b(?:by |photo|getty|image|credit|read|min|ago|updated|published|editor|staff|reporter)"
    r"|记者|编辑|来源|作者|图|@|\d{1,2}:\d\d"
)
_MIXED = re.compile(r"[|»>]")
FARTHEST = 40
"""Lines above the body in which a title is looked for."""
LONGEST_BESIDE = 90
"""Characters of a line that names the author, the time or the picture: such lines stand below titles."""
LOWEST = -5.0
"""Log-odds of the line classifier; below, a line is no less a title: some stand among links to other articles."""
LEAST = -3.0
"""Log-odds. Of the development pages whose title is among their lines 80 in 100 are found, judged by site."""


def terms(key: str) -> set[str]:
    """What a line speaks of: words of four letters and more, numbers, pairs of Han characters.

    >>> sorted(terms("共享 the title 2024"))
    ['2024', 'title', '共享']
    """
    return {*_said(key)}


def _said(key: str) -> list[str]:
    found: list[str] = _WORD.findall(key)
    if not key.isascii():
        for run in _HAN.findall(key):
            found += map(add, run, run[1:])
    return found


def choose_title(page: Page, left: Sequence[int], body: Sequence[int], judged: Mapping[int, float]) -> int | None:
    """The line above the body that says best what the body speaks of; None where no line does.

    The line nearest above is preferred, for a title of another article may speak of the same things; and the full
    form to one that was cut short.
    """
    near = left[-FARTHEST:]
    about_page = [bool(_ABOUT_PAGE.search(page.keys[number])) for number in near]
    beside = [
        len(key := page.keys[number]) < LONGEST_BESIDE and (said or find_date(key) is not None)
        for number, said in zip(near, about_page, strict=True)
    ]
    fit = {
        distance: words
        for distance, number in enumerate(reversed(near))
        if len(line := page.texts[number]) <= 300 and 1.2 <= (words := weight(line)) <= 45
    }
    about = {distance: terms(page.keys[near[-1 - distance]]) for distance in fit}
    asked = set().union(*about.values())
    spoken = Counter(term for number in body[:14] for term in asked.intersection(_said(page.keys[number][:600])))
    times = Counter(page.keys)
    best, chosen = LEAST, None
    fewer = math.log(FARTHEST / max(1, len(near)))  # the fewer lines there are, the likelier is each
    for distance, words in fit.items():
        below = len(near) - distance
        number = near[below - 1]
        score = fewer + 0.9 * sum(beside[below : below + 4])
        alike = _score(page, number, words, distance, about[distance], spoken, about_page=about_page[below - 1])
        score += alike + max(judged.get(number, 0.0), LOWEST) / 5
        score += 1.3 * (times[page.keys[number]] > 1)
        if score > best:
            best, chosen = score, number
    return _in_full(page, left, chosen) if chosen is not None else None


def _score(
    page: Page,
    number: int,
    words: float,
    distance: int,
    about: Set[str],
    spoken: Mapping[str, int],
    *,
    about_page: bool,
) -> float:
    """Weights of a logistic regression on the development pages: how much like a title of this body a line is."""
    line, key = page.texts[number], page.keys[number]
    times = [min(spoken[term], 4) for term in about if term in spoken]
    said, often = len(times) / (len(about) + 1), sum(times) / (len(about) + 2)
    score = -7.1 + 2.06 * said + 1.69 * often - 0.175 * min(distance, 15) + 0.3 * (distance == 0)
    score += 0.354 * min(words, 10) - 0.219 * max(0.0, words - 14) + 0.075 * len(about) - 1.3 * (words < 3)
    score -= 1.55 * ends_sentence(line) + 1.55 * about_page + 1.57 * bool(_MIXED.search(key))
    return score - 0.83 * line.endswith((":", "："))


def _in_full(page: Page, left: Sequence[int], chosen: int) -> int:
    stem = TRUNCATED.sub("", page.keys[chosen])
    if stem == page.keys[chosen]:
        return chosen
    full = [n for n in left if page.keys[n].startswith(stem) and not TRUNCATED.search(page.keys[n])]
    return full[-1] if full else chosen


def titled(page: Page, left: Sequence[int], title: str) -> int | None:
    """The line nearest above the body that says the title that is known already, give or take a little."""
    wanted = title.lower()
    parts = {wanted, *_SITE_PART.split(wanted)}
    for number in reversed(left):
        line = page.texts[number].lower()
        if line in parts:
            return number
        if len(line) > 8 and 0.8 < len(line) / max(1, len(wanted)) < 1.25:
            alike = SequenceMatcher(None, line, wanted, autojunk=False)
            if alike.quick_ratio() > 0.9 and alike.ratio() > 0.9:  # the second takes squares
                return number
    return None
