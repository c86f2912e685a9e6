"""Hypertext to lines the way a reader sees them, with what the markup tells about each line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

BLOCKS = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup p pre "
    "search section summary table tbody td tfoot th thead tr ul xmp".split()
)
UNSEEN = frozenset(
    "head script style noscript template svg iframe object embed applet canvas audio video select datalist textarea "
    "input noembed noframes rt rp rtc annotation annotation-xml".split()
)
"""Elements of which a reader sees no text of the page. `rt` and `rp`: ruby is read as its base text."""
SECTIONS = frozenset("article aside blockquote details dialog figure footer form header main nav table".split())
"""Elements whose name says as much about a line as a class name would."""

HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
SPACE = re.compile(r"[ \t\n\r\f]+")
WIDE = "\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
BREAK_IN_CHINESE = re.compile(rf"(?<=[{WIDE}])[ \t\r\f]*\n[ \t\n\r\f]*(?=[{WIDE}])")
"""A line break of the source between wide characters is no space (CSS Text 3, segment breaks). Between two elements
it is one, though: there stand things like `<span>來源</span>` and `<span>作者</span>`."""
NAME_PARTS = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])")

MOST_WORDS = 12  # of a line's hint: nearer elements come first, so what is cut off is far away
MOST_CLASS = 300  # characters of an attribute that are looked at
SHORT_CELL = 80  # characters; in longer cells stands a layout, not a table


class Line(NamedTuple):
    """A line of a page."""

    text: str
    tag: str
    """The block that the line belongs to; `tr` for a row of short cells, joined by tabs."""
    links: float
    """The share of its characters that is linked, from 0 to 1."""
    words: str
    """Names of the sections around it and the words of their class names and ids, nearest first."""


def lines(page: LexborHTMLParser) -> list[Line]:
    """The lines of a page, without blank ones: a block each, `<br>` and the lines of code kept, tables by row.

    >>> from corptool.text.markup import parse
    >>> [line.text for line in lines(parse("<h1>標題</h1><p>甲<br>乙<script>x</script><p hidden>丙"))]
    ['標題', '甲', '乙']
    >>> lines(parse("<nav class='topMenu'><a href='/'>首頁</a> | <a href='/n'>新聞</a></nav>"))
    [Line(text='首頁 | 新聞', tag='nav', links=0.8, words='nav top menu')]
    """
    writer = _Writer()
    node: Any = page.root
    depth = 0
    while node is not None:
        tag = node.tag
        child = None
        if tag == "-text":
            writer.add(node.text_content or "")
        elif tag == "br":
            writer.end_line()
        elif tag not in UNSEEN and tag[:1] not in "-!" and _visible(attributes := node.attributes):
            writer.enter(tag, attributes)
            child = node.child
            if child is None:
                writer.leave(tag)
        if child is not None:
            depth += 1
            node = child
            continue
        while (after := node.next) is None and depth:
            depth -= 1
            node = node.parent
            writer.leave(node.tag)
        node = after
    writer.end_line()
    return writer.lines


def _visible(attributes: dict[str, Any]) -> bool:
    return not attributes or not ("hidden" in attributes or HIDDEN.search(attributes.get("style") or ""))


class _Writer:
    """Lines as they come, while a page is walked."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.pieces: list[tuple[str, bool]] = []  # text of the line so far, and whether it is linked
        self.inline: list[str] = []  # words of the inline elements of the line so far
        self.blocks: list[tuple[str, tuple[str, ...]]] = [("body", ())]
        self.rows: list[list[list[Line]]] = []  # open table rows: the lines of each cell
        self.marks: list[int] = []  # where the lines of each open row and cell begin
        self.linked = 0
        self.code = 0

    def add(self, text: str) -> None:
        if "\n" in text and not self.code:
            text = BREAK_IN_CHINESE.sub("", text)
        self.pieces.append((text, self.linked > 0))

    def enter(self, tag: str, attributes: dict[str, Any]) -> None:
        if tag in BLOCKS:
            self.end_line()
            self.blocks.append((tag, _words(tag, attributes, self.blocks[-1][1])))
            if tag in ("tr", "td", "th"):
                self.marks.append(len(self.lines))
            if tag == "tr":
                self.rows.append([])
            self.code += tag in ("pre", "xmp")
        else:
            self.linked += tag == "a"
            if attributes and len(self.inline) < MOST_WORDS:
                self.inline += _own_words(attributes)
            if tag == "q":
                self.add("“")

    def leave(self, tag: str) -> None:
        if tag in BLOCKS:
            self.end_line()
            self.code -= tag in ("pre", "xmp")
            if tag in ("td", "th"):
                self.end_cell()
            elif tag == "tr":
                self.end_row()
            self.blocks.pop()
        else:
            self.linked -= tag == "a"
            if tag == "q":
                self.add("”")

    def end_line(self) -> None:
        """What has come since the last line is a line, if there is anything to see in it."""
        if not self.pieces:
            return
        raw = "".join(text for text, _ in self.pieces)
        if self.code:
            texts = raw.rstrip().split("\n")
        else:
            raw = SPACE.sub(" ", raw).strip()
            texts = [raw]
        if raw and not raw.isspace():
            whole = sum(len(text.strip()) for text, _ in self.pieces)
            links = sum(len(text.strip()) for text, linked in self.pieces if linked)
            tag, words = self.blocks[-1]
            if self.inline:
                words = tuple(dict.fromkeys((*self.inline, *words)))[:MOST_WORDS]
            share = round(links / whole, 2) if links else 0.0
            self.lines += [Line(text.rstrip(), tag, share, " ".join(words)) for text in texts]
        self.pieces.clear()
        self.inline.clear()

    def end_cell(self) -> None:
        mark = self.marks.pop()
        if self.rows:
            self.rows[-1].append(self.lines[mark:])

    def end_row(self) -> None:
        """A row of short cells becomes one line; the cells of a layout stay apart."""
        mark = self.marks.pop()
        cells = self.rows.pop()
        filled = [cell[0] for cell in cells if cell]
        if len(filled) < 2 or any(len(cell) > 1 or (cell and len(cell[0].text) > SHORT_CELL) for cell in cells):
            return
        if len(filled) != len(self.lines) - mark:
            return  # something stands between the cells
        size = sum(len(line.text) for line in filled)
        share = round(sum(line.links * len(line.text) for line in filled) / size, 2)
        text = "\t".join(cell[0].text if cell else "" for cell in cells).rstrip("\t")
        self.lines[mark:] = [Line(text, "tr", share, " ".join(self.blocks[-1][1]))]


def _words(tag: str, attributes: dict[str, Any], outer: tuple[str, ...]) -> tuple[str, ...]:
    own = [tag] if tag in SECTIONS else []
    if attributes:
        own += _own_words(attributes)
    return tuple(dict.fromkeys((*own, *outer)))[:MOST_WORDS] if own else outer


def _own_words(attributes: dict[str, Any]) -> list[str]:
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:MOST_CLASS]
    return [part.lower() for part in NAME_PARTS.findall(named)]
