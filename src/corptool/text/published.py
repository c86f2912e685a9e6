"""On which day a page was published: what its markup claims, held against what it shows beside its title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from corptool.text.dates import Found, whole_dates

if TYPE_CHECKING:
    from corptool.text.rendering import Line

ABOVE, BELOW = 3, 14
"""Lines around the title where its date stands."""
LONGEST = 100
"""Characters; a longer line is a caption or a paragraph."""
LONGEST_DATE = 25
_PUBLISHED = re.compile(r"(?:发[表布]|發[表布佈]|张贴|張貼|posted|published)[^\d]{0,12}$", re.IGNORECASE)
_THEN_PUBLISHED = re.compile(r"[^\d]{0,20}(?:发表|發表)")


class Days(NamedTuple):
    """Days of a page, in ISO 8601."""

    published: str | None
    modified: str | None
    other: str | None
    """What was claimed, where something else is shown."""


def days(lines: Sequence[Line], title: str | None, claimed: str | None, modified: str | None) -> Days:
    """The day that the page shows beside its title counts more than what its markup claims.

    The markup is often in another time zone than the editors, or tells when a page was moved to a new system.

    >>> from corptool.text.rendering import Line
    >>> page = [Line(text, "p", 0.0, "") for text in ("標題", "2023-12-22 | updated 2023-12-23", "正文")]
    >>> days(page, "標題", "2023-12-23", None)
    Days(published='2023-12-22', modified='2023-12-23', other='2023-12-23')
    """
    at = _title_line(lines, title)
    shown = list(_beside(lines, at)) if at is not None else []
    own = next((found.value[:10] for found in shown if found.sort == "whole"), None)
    modified = modified or next((found.value[:10] for found in shown if found.sort == "changed"), None)
    if not (own or claimed):
        own = next((found.value[:10] for found in said(line.text for line in lines[at or 0 :])), None)
    return Days(own or claimed, modified, claimed if own and claimed != own else None)


def says_published(text: str, found: Found) -> bool:
    """Whether the words before or after a date in a line say that something was published then.

    >>> text = "本贴由大卫于2005年8月12日发表"
    >>> says_published(text, whole_dates(text)[0])
    True
    """
    return bool(_PUBLISHED.search(text, 0, found.start) or _THEN_PUBLISHED.match(text, found.end))


def _beside(lines: Sequence[Line], at: int) -> list[Found]:
    """The dates in short lines from the title on, then those right above it; first those that say what they are."""
    near = (*lines[at : at + BELOW], *reversed(lines[max(0, at - ABOVE) : at]))
    texts = [line.text for line in near if len(line.text) <= LONGEST and line.tag != "figcaption"]
    dates = [(text, found) for text in texts for found in whole_dates(text)]
    return [found for text, found in sorted(dates, key=lambda one: not says_published(*one))]


def said(lines: Iterable[str]) -> Iterator[Found]:
    """The dates of which a short line says that something was published then; below a post stands its own first."""
    for line in lines:
        if len(line) <= LONGEST:
            yield from (found for found in whole_dates(line) if says_published(line, found))


def _title_line(lines: Sequence[Line], title: str | None) -> int | None:
    """The line of the title, which may have a date behind it."""
    if not title:
        return None
    same = [number for number, line in enumerate(lines) if line.text.startswith(title)]
    same = [number for number in same if len(lines[number].text) - len(title) < LONGEST_DATE]
    return next((number for number in same if lines[number].tag == "h1"), same[0] if same else None)
