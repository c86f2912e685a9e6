"""What repeats over the pages of a site: navigation, notices and templates that no rule knows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

from corptool.text.lines import Fold, is_prose, key, split_lines

_NUMBER = re.compile(r"\d+")
_HOST = re.compile(r"(?:https?:)?//(?:www\.)?([^/:?#]+)")

MOST_PAGES = 100
"""Pages of a site that are counted: what repeats shows on the first hundred, and memory stays bounded."""
FEWEST_PAGES = 2
SHARE = 0.2
"""Of the pages of a site, for a line to be the site's and not an article's (but on two pages at least)."""
PROSE_SHARE = 0.5
"""The same for a line that could be an article's: two copies of an article must not make it boilerplate."""
PROSE_PAGES = 4


def template(key: str) -> str:
    """A line's key with its numbers blanked, so that "3 comments" and "12 comments" are one line.

    >>> template("阅读 123 次")
    '阅读 0 次'
    """
    return _NUMBER.sub("0", key)


def mark(template: str) -> int:
    """64 bits that stand for a template."""
    return int.from_bytes(blake2b(template.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def site_name(site: str | None, url: str | None, path: str | None) -> str:
    """The site an article belongs to: as it says itself, or its host, or the folder it came from.

    >>> site_name(None, "https://www.example.com/a", None), site_name(None, None, "pages/a/1.txt")
    ('example.com', 'pages/a')
    """
    if url and (host := _HOST.match(url)):
        return host[1].lower()
    return site or (path or "").rpartition("/")[0]


def templates(text: str, fold: Fold) -> dict[str, bool]:
    """The templates of a page's lines, each with whether it is prose."""
    lines = (line.text for line in split_lines(text) if line.text)
    return {template(key(line, fold)): is_prose(line) for line in lines if len(line) <= 400}


def repeated(pages: Iterable[Iterable[tuple[int, bool]]]) -> dict[int, int]:
    """The marks that repeat over the pages of one site, each with the number of its pages.

    >>> repeated([[(1, False), (2, True)], [(1, False), (3, True)], [(1, False), (4, True)]])
    {1: 3}
    """
    times: Counter[int] = Counter()
    prose: dict[int, bool] = {}
    seen: set[frozenset[int]] = set()
    for page in map(dict, pages):
        if (lines := frozenset(page)) not in seen:  # the same page again says nothing of the site
            seen.add(lines)
            times.update(lines)
            prose |= page
    return {one: often for one, often in times.items() if _is_the_sites(often, len(seen), is_long=prose[one])}


def _is_the_sites(often: int, pages: int, *, is_long: bool) -> bool:
    if is_long:
        return often >= max(PROSE_PAGES, PROSE_SHARE * pages)
    return often >= max(FEWEST_PAGES, SHARE * pages)
