"""Parse hypertext that nobody has checked, in time linear in its length."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

LARGE = 10_000  # bytes
MANY = 8_000  # tags that open something; a page that is smaller and has fewer cannot keep the parser busy for long
DEEPEST = 500  # levels; browsers stop at 512
MOST_ATTRIBUTES = 200
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
FLAT = VOID | frozenset("p li dt dd tr td th thead tbody tfoot colgroup option optgroup rt rp".split())
"""Elements that the next of their kind closes: a thousand of them without end tags stand side by side."""
RAW = "script|style|textarea|title|xmp"
"""Elements whose text holds no tags."""
_ATTRIBUTE = r"""[\s/]*+(?![\s/>])[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])[^\s>]*+))?+"""
ATTRIBUTES = re.compile(rf"(?:{_ATTRIBUTE}){{0,{MOST_ATTRIBUTES}}}")
PIECE = re.compile(
    rf"""<(?:
        !(?=--) (?:[^-]++|-(?!->))*+ (?:-->|\Z)
        | (?P<close>/)?+ (?P<name>(?P<raw>(?:{RAW})(?![^\s/>]))|[a-z][^\s/>]*+) (?P<attributes>(?:{_ATTRIBUTE})*+)
          (?: [\s/]*+> (?(close)|(?(raw)(?:[^<]++|<(?!/(?P=raw)))*+)) | (?P<endless>.+) | \Z )
    )""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
"""A comment, or a tag (one of raw text with its text). What has no end reaches to the end of the page."""
_END = rf"(?:{_ATTRIBUTE}){{0,{MOST_ATTRIBUTES}}}+[\s/]*+>"
_WITH_TEXT = "|".join(rf"{name}(?![^\s/>]){_END}(?:[^<]++|<(?!/{name}))*+" for name in RAW.split("|"))
_SIMPLE = rf"""[a-zA-Z][a-zA-Z0-9]*+ (?:\ [a-zA-Z:_-]++ (?:="[^"]*+")?+){{0,{MOST_ATTRIBUTES}}}+ >"""
"""As most tags are written: to look for that first takes a third off the time."""
FEW_ATTRIBUTES = re.compile(
    rf"""(?: [^<]*+ <(?:
        /[a-z0-9]++>
        | (?=[sStTxX]) (?i:{_WITH_TEXT})
        | {_SIMPLE}
        | /?+[a-zA-Z][^\s/>]*+ {_END}
        | !(?=--) (?:[^-]++|-(?!->))*+ (?:-->|\Z)
        | (?!/?+[a-zA-Z]|!--)
    ))*+ [^<]*+ \Z""".encode(),
    re.VERBOSE,
)
"""A page of which every tag ends, and has no more than MOST_ATTRIBUTES. To be told so takes a fifth of the time of
`PIECE`, which nearly all large pages are spared."""


def parse(markup: str | bytes) -> LexborHTMLParser:
    """Parse a page, well-formed or not, as browsers do (HTML 5). Bytes are UTF-8."""
    from selectolax.lexbor import LexborHTMLParser

    # the parser wants bytes, and bytes are faster to look through
    page = markup.encode("utf-8", "ignore") if isinstance(markup, str) else markup
    return LexborHTMLParser(harmless(page.decode()) if _may_be_hostile(page) else page)


def _may_be_hostile(page: bytes) -> bool:
    if page.count(b"<") > MANY and page.count(b"<") - page.count(b"</") > MANY:
        return True
    return len(page) > LARGE and not FEW_ATTRIBUTES.match(page)


def harmless(markup: str) -> str:
    """The page without the tags that stand deeper than any browser goes, and with few attributes each.

    The parser looks through all open elements at nearly every tag and through all earlier attributes at each,
    so that 300,000 open elements, or attributes of one element, cost it minutes.

    >>> len(harmless("<div>" * 600 + "深"))
    2501
    """
    out = iter(list(_too_deep(PIECE.findall(markup))))

    def shorter(found: re.Match[str]) -> str:
        attributes = found["attributes"] or ""
        return "" if next(out) else found[0].replace(attributes, _few(attributes), 1)

    return PIECE.sub(shorter, markup)


def _few(attributes: str) -> str:
    """The first of the attributes of a tag."""
    if len(attributes) < 2 * MOST_ATTRIBUTES:
        return attributes
    found = ATTRIBUTES.match(attributes)
    return found[0] if found else ""


def _too_deep(pieces: Iterable[tuple[str, ...]]) -> Iterator[bool]:
    """For each piece whether it is a tag deeper than `DEEPEST`, or none at all: one that does not end."""
    opened: Counter[str] = Counter()
    depth = 0
    for close, name, raw, _, endless in pieces:
        name = name.lower()
        if raw or name in FLAT or not name:
            yield bool(endless)
        elif not close:
            opened[name] += 1
            depth += 1
            yield depth > DEEPEST or bool(endless)
        else:
            yield depth > DEEPEST
            if opened[name]:
                opened[name] -= 1
                depth -= 1
