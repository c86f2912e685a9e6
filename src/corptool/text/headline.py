"""The title of a page: the heading that says what its head says; what the head says if there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from corptool.text.dates import whole_dates

_PARTS = re.compile(
    r"\s+(?:[-–—|·•:»@]|::)\s+|\s*[|｜_]\s*|-(?=[^\s-]{1,8}(?:[网網报報社台臺]|在线|在線|论坛|論壇|中心|频道|頻道)$)"
)
_WORD = re.compile(r"[^\W\d_\u3040-\u9fff]{3,}|\d{2,}|[\u3040-\u9fff](?=([\u3040-\u9fff]))")
_QUOTES = str.maketrans("‘’“”", "''\"\"")
LONGEST = 300  # characters
ALIKE = 0.34
"""The share of the words of the shorter that two forms of a title have in common at least."""


def headline(
    claims: Sequence[str], headings: Iterable[Sequence[str]], lines: Iterable[str] = (), site: str | None = None
) -> str | None:
    """The heading that a claim of the head repeats, or else resembles; else a claim, without the name of the site.

    `headings` are those of each level, the highest first. Where none fits, a line that a claim begins with tells where
    the title ends and the name of the site begins.

    >>> headline(["How to row - Harbour Post"], [["Harbour Post", "How to row"]])
    'How to row'
    >>> headline(["10 Best Rowing Tips of 2024"], [["The rowing tips you should know in 2024"], ["Rowing"]])
    'The rowing tips you should know in 2024'
    >>> headline(["標題 - 網站"], [], [], "網站")
    '標題'
    """
    parts = {claim: [part for part in _PARTS.split(claim) if part != site] for claim in claims if claim}
    for level, found in enumerate(headings):
        some = [_alone(one, claims) for one in found if one and one != site and len(one) <= LONGEST]
        said = [one for one in some if any(_repeats(claim, split, one) for claim, split in parts.items())]
        if said:
            return max(
                said, key=lambda one: (one in parts, any(split[:1] == [one] for split in parts.values()), len(one))
            )
        if level == 0:
            own = [one for one in some if not any(one in claim for claim in claims)]  # not the name of the site
            likeness, one = max(((_likeness(one, claims), one) for one in own), default=(0.0, ""))
            if likeness >= ALIKE:
                return one
    told = {split[0] for split in parts.values() if split and 2 * len(split[0]) > max(map(len, split))}
    if line := next((line for line in lines if line in told), None):
        return line
    for claim, split in parts.items():
        if split:
            return claim if len(split) == len(_PARTS.split(claim)) else max(split, key=len)
    return None


def _repeats(claim: str, parts: Sequence[str], heading: str) -> bool:
    """Whether a claim says the heading, and not as the name of the site: then it says something longer beside it."""
    claim, heading = claim.translate(_QUOTES), heading.translate(_QUOTES)
    longest = max(map(len, parts), default=0)
    return heading in claim and (2 * len(heading) > longest or (len(parts) > 0 and heading == parts[0]))


def _likeness(heading: str, claims: Iterable[str]) -> float:
    words = _words(heading)
    shared = (len(words & other) / max(3, min(len(words), len(other))) for other in map(_words, claims))
    return max(shared, default=0.0)


def _words(title: str) -> set[str]:
    return {found[0] + (found[1] or "") for found in _WORD.finditer(title.lower())}


def _alone(heading: str, claims: Iterable[str]) -> str:
    """A heading without the section that stands before it or the date behind it."""
    if any(heading in claim for claim in claims):
        return heading
    if parts := [part for part in _PARTS.split(heading) if part in claims]:
        return max(parts, key=len)
    dates = whole_dates(heading)
    return heading[: dates[0].start].strip() or heading if dates and dates[-1].end == len(heading) else heading
