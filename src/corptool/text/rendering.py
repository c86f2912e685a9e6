"""Hypertext to lines the way a reader sees them, with what the markup tells about each line."""

from __future__ import annotations

import re
from functools import lru_cache
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
SPACE = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")
MEET = re.compile(r"[a-z0-9][A-Z]|[0-9]{2}")
"""Where an inline element that ends so stands right before one that begins so, a style sheet keeps them apart:
`<span>Anna Lee</span><span>Dec 05, 2023</span><span>2 shares</span>`."""
ATTACHED = frozenset(("sub", "sup"))
LEFT = BLOCKS | {"a", "q"}
"""Elements whose end makes a difference."""
CODE = frozenset(("pre", "xmp"))
CELLS = frozenset(("tr", "td", "th"))
WIDE = "\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
BREAK_IN_CHINESE = re.compile(rf"(?<=[{WIDE}])[ \t\r\f]*\n[ \t\n\r\f]*(?=[{WIDE}])")
"""A line break of the source between wide characters is no space (CSS Text 3, segment breaks). Between two elements
it is one, though: there stand things like `<span>來源</span>` and `<span>作者</span>`."""
LOWER_PARTS = re.compile(r"[a-z]{2,}")
NAME_PARTS = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])")

MOST_WORDS = 12  # of a line's hint: nearer elements come first, so what is cut off is far away
FAR = 50  # places up, to look for words in
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
    opened: list[tuple[Any, str]] = []  # to come back to an element costs less than to ask for the parent again
    while node is not None:
        tag = node.tag
        child = None
        if tag == "-text":
            text = node.text_content or ""
            if writer.pieces or writer.inline or writer.code or not text.isspace():  # there is much between blocks
                writer.add(text)
        elif tag == "br":
            writer.end_line()
        elif tag not in UNSEEN and tag[0] not in "-!":
            attributes = node.attributes
            if not attributes or _visible(attributes):
                if tag in BLOCKS:
                    writer.enter(tag, attributes)
                else:
                    writer.enter_inline(tag, attributes)
                    if writer.pieces and tag not in ATTACHED and _follows_element(node):
                        writer.met = len(writer.pieces)
                child = node.first_child
                if child is None and tag in LEFT:
                    writer.leave(tag)
        if child is not None:
            opened.append((node, tag))
            node = child
            continue
        while (after := node.next) is None and opened:
            node, tag = opened.pop()
            if tag in LEFT:
                writer.leave(tag)
        node = after
    writer.end_line()
    return writer.lines


def _follows_element(node: Any) -> bool:
    before = node.prev
    return before is not None and before.tag != "-text"


def _visible(attributes: dict[str, Any]) -> bool:
    return "hidden" not in attributes and not ("style" in attributes and HIDDEN.search(attributes["style"] or ""))


class _Place(dict[tuple[str, ...], "_Place"]):
    """Where lines stand: in elements of these names, in an outer place. The places inside it are made when asked for.

    Many lines share one (the items of a menu), so its words are made once; and not at all where no line stands in it.
    """

    __slots__ = ("_text", "names", "outer")

    def __init__(self, names: tuple[str, ...] = (), outer: _Place | None = None) -> None:
        self.names = names
        self.outer = outer
        self._text: str | None = None

    def __missing__(self, names: tuple[str, ...]) -> _Place:
        place = self[names] = _Place(names, self)
        return place

    @property
    def text(self) -> str:
        """The words of the names and of those around them, nearest first."""
        if self._text is None:
            self._text = " ".join(self._nearest())
        return self._text

    def _nearest(self) -> list[str]:
        place: _Place | None = self
        words: dict[str, None] = {}
        for _ in range(FAR):
            if place is None or len(words) >= MOST_WORDS:
                break
            words |= _parts(*place.names) if place._text is None else dict.fromkeys(place._text.split())
            place = place.outer if place._text is None else None
        else:  # thousands of places may stand so deep: they need not all go up from there
            words |= dict.fromkeys(place.text.split() if place else ())
        return [*words][:MOST_WORDS]


class _Writer:
    """Lines as they come, while a page is walked."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.pieces: list[str] = []  # of the line so far
        self.linked_size = self.size = 0  # of its pieces, without the white space around each
        self.inline: list[str] = []  # names of its inline elements
        self.tag, self.place = "body", _Place()
        self.around: list[tuple[str, _Place]] = []  # the open blocks around
        self.rows: list[list[list[Line]]] = []  # open table rows: the lines of each cell
        self.marks: list[int] = []  # where the lines of each open row and cell begin
        self.links = 0  # open links
        self.met = 0  # the number of pieces when an inline element began right behind another
        self.code = 0  # open blocks of code

    def add(self, text: str) -> None:
        size = len(text.strip())
        if not (size or self.pieces or self.inline or self.code):
            return  # the white space between blocks
        if size and not self.code and "\n" in text and not text.isascii():
            text = BREAK_IN_CHINESE.sub("", text)
            size = len(text.strip())
        if self.met and not self.code and self.met == len(self.pieces) and MEET.match(self.pieces[-1][-1:] + text[:1]):
            self.pieces.append(" ")
        self.pieces.append(text)
        self.size += size
        if self.links:
            self.linked_size += size

    def enter_inline(self, tag: str, attributes: dict[str, Any]) -> None:
        if attributes:
            self.inline.append(_names(attributes))
        if tag == "a":
            self.links += 1
        elif tag == "q":
            self.add("“")

    def enter(self, tag: str, attributes: dict[str, Any]) -> None:
        """A block."""
        if self.pieces:
            self.end_line()
        self.around.append((self.tag, self.place))
        self.tag = tag
        names = _names(attributes) if attributes else ""
        if tag in SECTIONS:
            names = f"{tag} {names}"
        if names:
            self.place = self.place[names,]
        if tag in CELLS:
            self.marks.append(len(self.lines))
            if tag == "tr":
                self.rows.append([])
        elif tag in CODE:
            self.code += 1

    def leave(self, tag: str) -> None:
        if tag == "a":
            self.links -= 1
        elif tag == "q":
            self.add("”")
        else:
            if self.pieces:
                self.end_line()
            if tag in CELLS:
                self.end_row() if tag == "tr" else self.end_cell()
            elif tag in CODE:
                self.code -= 1
            self.tag, self.place = self.around.pop()

    def end_line(self) -> None:
        """What has come since the last line is a line, if there is anything to see in it."""
        if not self.pieces:
            return
        if self.size:
            inline = tuple(filter(None, self.inline)) if self.inline else ()
            words = self.place[inline].text if inline else self.place.text
            share = round(self.linked_size / self.size, 2) if self.linked_size else 0.0
            raw = "".join(self.pieces)
            if self.code:
                self.lines += [Line(text.rstrip(), self.tag, share, words) for text in raw.rstrip().split("\n")]
            else:
                self.lines.append(Line(_spaced(raw.strip()), self.tag, share, words))
            self.size = self.linked_size = 0
        self.pieces.clear()
        self.inline.clear()
        self.met = 0

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
        self.lines[mark:] = [Line(text, "tr", share, self.place.text)]


def _names(attributes: dict[str, Any]) -> str:
    class_, id_ = attributes.get("class"), attributes.get("id")
    return (f"{class_} {id_}" if class_ and id_ else class_ or id_ or "")[:MOST_CLASS]


@lru_cache(maxsize=4096)
def _parts(*names: str) -> dict[str, None]:
    """The words of names, in order. Most names stand on page after page."""
    words: list[str] = []
    for name in names:
        if len(words) < MOST_WORDS:
            words += (
                LOWER_PARTS.findall(name) if name.islower() else [part.lower() for part in NAME_PARTS.findall(name)]
            )
    return dict.fromkeys(words)


def _spaced(text: str) -> str:
    """White space as one space. A pattern that finds nothing costs ten times what it costs to look for characters."""
    if "  " in text or "\n" in text or "\t" in text or "\r" in text or "\f" in text:
        return SPACE.sub(" ", text)
    return text
