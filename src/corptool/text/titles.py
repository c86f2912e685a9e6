"""Which line above the body is the title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from math import exp, log
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
    r"\b(?:by |photo|getty|image|credit|(?:read|min(?:ute)?s?|ago)\b|updated|published|editor|staff|reporter)"
    r"|记者|编辑|来源|作者|图|@|\d{1,2}:\d\d"
)
_MIXED = re.compile(r"[|»>]")
LONGEST = 300
"""Characters; to compare two longer lines takes seconds, and no title is that long."""
FARTHEST = 40
"""Lines above the body in which a title is looked for."""
OPENING = 14
"""Lines of the body that tell what it speaks of; the first two of them count once more."""
LONGEST_BESIDE = 90
"""Characters of a line that names the author, the time or the picture: such lines stand below titles."""
LOWEST = -5.0
"""Log-odds of the line classifier; below, a line is no less a title: some stand among links to other articles."""
WEIGHTS = {
    "says what the body says": 1.440,
    "and says often": 1.407,
    "and says first": 2.189,
    "lines to the body": -0.139,
    "next to the body": -1.574,
    "lines from the top": -0.121,
    "words": 0.324,
    "words beyond 14": -0.097,
    "one or two words": -1.053,
    "words above": -0.086,
    "words below": 0.097,
    "a sentence": -0.986,
    "about the page": -1.532,
    "of parts": -1.269,
    "above one about the page": -0.198,
    "above some about the page": 0.689,
    "judged": -0.206,
    "said twice": 0.297,
    "said within another": 0.967,
}
"""By tools/train_titles.py: what each property of a line adds to its being the title, beside the lines around it."""
NONE = 2.837
"""What speaks for none of the lines."""
LEAST = 0.25
"""The share that a line must have among all of them, and none."""


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
    """The line above the body that is its title, by what it says and where it stands; None where no line seems to be.

    `left` are the lines above the body that no rule knows, `judged` what the line classifier says of them. Of a title
    that was cut short the full form is taken.
    """
    numbers, rows = candidates(page, left, body, judged)
    scores = [sum(WEIGHTS[name] * value for name, value in row.items()) for row in rows]
    if not scores or (best := max(scores)) - log(sum(map(exp, [NONE, *scores]))) < log(LEAST):
        return None
    return _in_full(page, left, numbers[scores.index(best)])


def candidates(
    page: Page, left: Sequence[int], body: Sequence[int], judged: Mapping[int, float]
) -> tuple[list[int], list[dict[str, float]]]:
    """The lines that may be the title, nearest to the body first, and their properties."""
    near = left[-FARTHEST:]
    keys = [page.keys[number] for number in near]
    weights = [0.0, *(weight(page.texts[number]) for number in near), 0.0]
    about_page = [bool(_ABOUT_PAGE.search(key)) for key in keys]
    beside = [
        len(key) < LONGEST_BESIDE and (said or find_date(key) is not None)
        for key, said in zip(keys, about_page, strict=True)
    ]
    fit = [
        at for at in reversed(range(len(near))) if len(page.texts[near[at]]) <= LONGEST and 1.2 <= weights[at + 1] <= 45
    ]
    about = {at: terms(keys[at]) for at in fit}
    asked = set().union(*about.values())
    opening = [asked.intersection(_said(page.keys[number][:600])) for number in body[:OPENING]]
    spoken = Counter(term for terms_of_line in opening for term in terms_of_line)
    first = set().union(*opening[:2])
    times = Counter(page.keys)
    whole = "\n".join(page.keys)
    rows = []
    for at in fit:
        line, key = page.texts[near[at]], keys[at]
        distance = len(near) - at - 1
        above, words = weights[at : at + 2]
        often = [min(spoken[term], 4) for term in about[at] if term in spoken]
        rows.append(
            {
                "says what the body says": len(often) / (len(about[at]) + 1),
                "and says often": sum(often) / (len(about[at]) + 2),
                "and says first": len(first & about[at]) / (len(about[at]) + 1),
                "lines to the body": min(distance, 15),
                "next to the body": distance == 0,
                "lines from the top": min(at, 10),
                "words": min(words, 10),
                "words beyond 14": max(0.0, words - 14),
                "one or two words": words < 3,
                "words above": min(20.0, above),
                "words below": min(20.0, weights[at + 2]) if distance else 25.0,  # the body
                "a sentence": ends_sentence(line),
                "about the page": about_page[at],
                "of parts": bool(_MIXED.search(key)),
                "above one about the page": at + 1 < len(near) and beside[at + 1],
                "above some about the page": sum(beside[at + 1 : at + 5]),
                "judged": min(max(judged.get(near[at], 0.0), LOWEST), -LOWEST),
                "said twice": times[key] > 1,
                "said within another": len(key) > 8 and whole.count(key) > times[key],
            }
        )
    return [near[at] for at in fit], rows


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
        if 8 < len(line) <= LONGEST and 0.8 < len(line) / max(1, len(wanted)) < 1.25:
            alike = SequenceMatcher(None, line, wanted, autojunk=False)
            if alike.quick_ratio() > 0.9 and alike.ratio() > 0.9:  # the second takes squares
                return number
    return None
