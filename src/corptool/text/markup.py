"""Parse hypertext that nobody has checked, in time linear in its length."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

LARGE = 200_000  # characters
MANY = 8_000  # tags; a page that is smaller and has fewer cannot keep the parser busy for long
DEEPEST = 500  # levels; browsers stop at 512
MOST_ATTRIBUTES = 200
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
FLAT = VOID | frozenset("p li dt dd tr td th thead tbody tfoot colgroup option optgroup rt rp".split())
"""Elements that the next of their kind closes: a thousand of them without end tags stand side by side."""
RAW = frozenset("script style textarea title xmp".split())
"""Elements whose text holds no tags."""
TAG = re.compile(r"<!--|<(/?)([a-zA-Z][^\s/>]*)")
ATTRIBUTE = re.compile(r"""[\s/]*+(?![\s/>])[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])[^\s>]*+))?+""")
END = re.compile(r"[\s/]*>")


def parse(markup: str) -> LexborHTMLParser:
    """Parse a page, well-formed or not, as browsers do (HTML 5)."""
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(harmless(markup) if len(markup) > LARGE or markup.count("<") > MANY else markup)


def harmless(markup: str) -> str:
    """The page without the tags that stand deeper than any browser goes, and with few attributes each.

    The parser looks through all open elements at nearly every tag and through all earlier attributes at each,
    so that 300,000 open elements, or attributes of one element, cost it minutes.

    >>> len(harmless("<div>" * 600 + "深"))
    2501
    """
    kept: list[str] = []
    opened: Counter[str] = Counter()
    depth = at = 0
    while found := TAG.search(markup, at):
        kept.append(markup[at : found.start()])
        if found[0] == "<!--":
            at = markup.find("-->", found.start() + 2) + 3
            if at < 3:
                return "".join(kept)  # a comment without an end hides the rest
            continue
        tag, cut, at = _tag(markup, found)
        if at < 0:
            return "".join(kept)  # so does a tag without one
        name = found[2].lower()
        if name not in FLAT and (not found[1] or opened[name]):
            step = -1 if found[1] else 1
            opened[name] += step
            depth += step
        if name in FLAT or depth + bool(found[1]) <= DEEPEST:
            kept.append(tag + ">" if cut else markup[found.start() : at])
        if name in RAW and not found[1]:
            end = re.compile(f"</{name}", re.IGNORECASE).search(markup, at)
            close = end.start() if end else len(markup)
            kept.append(markup[at:close])
            at = close
    return "".join((*kept, markup[at:]))


def _tag(markup: str, found: re.Match[str]) -> tuple[str, bool, int]:
    """(the tag as far as its first attributes go, whether that cuts it, where it ends or -1)."""
    at, count, short = found.end(), 0, found.end()
    while attribute := ATTRIBUTE.match(markup, at):
        at = attribute.end()
        count += 1
        if count <= MOST_ATTRIBUTES:
            short = at
    end = END.match(markup, at)
    return markup[found.start() : short], count > MOST_ATTRIBUTES, end.end() if end else -1
