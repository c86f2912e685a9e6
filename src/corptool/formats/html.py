"""HTML pages: their text as a reader sees it, and what they say of themselves in the markup."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from typing import IO, TYPE_CHECKING, Any

from corptool.formats import Record
from corptool.formats.text import decode_as, origin
from corptool.rules import charset_tables
from corptool.text.dates import whole_dates
from corptool.text.decode import decode
from corptool.text.headline import headline
from corptool.text.markup import parse
from corptool.text.published import days
from corptool.text.rendering import Line, lines

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")
LARGEST = 100_000_000  # bytes; a page that is larger is an export or a dump

DECLARED = re.compile(
    rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]+)""",
    re.IGNORECASE,
)
BROWSERS_READ = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso8859-1": "cp1252", "ascii": "cp1252",
                 "shift_jis": "cp932", "euc_kr": "cp949"}  # fmt: skip
"""What is meant by what is declared: the WHATWG Encoding Standard, in Python's names."""

ARTICLE_TYPE = re.compile(r"Article|BlogPosting|Report(?!er)|Review")
PUBLISHED = (
    "article:published_time", "og:published_time", "og:article:published_time", "bytedance:published_time",
    "datepublished", "pubdate", "publishdate", "publish_date", "publish-date", "publication_date", "dateissued",
    "article:create_at", "og:release_date", "apub:time", "parsely-pub-date", "sailthru.date", "bt:pubdate",
    "citation_publication_date", "citation_date", "dc.date.issued", "dc.date", "dc.date.created",
    "dcterms.created", "dcterms.date", "date",
)  # fmt: skip
COMPACT_DATE = re.compile(r"^\s*((?:19|20)\d\d)([01]\d)([0-3]\d)(?:\d{4}(?:\d\d)?)?(?!\d)")
LONGEST_NAME = 60  # characters; what is longer is a biography
URL_DATE = re.compile(r"/((?:19|20)\d\d/[01]?\d/[0-3]?\d)/")
MODIFIED = ("article:modified_time", "og:updated_time", "og:article:modified_time", "datemodified", "lastmod")
AUTHOR = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "citation_author", "byl")
SITE = ("og:site_name", "application-name", "sitename")


def read(file: IO[bytes], *, encoding: str | None = None) -> Iterator[Record]:
    """The page as one article: text, hints and what the head tells."""
    left, chunks = LARGEST, []
    while chunk := file.read(left + 1):  # what has arrived of it
        chunks.append(chunk)
        left -= len(chunk)
        if left < 0:
            raise ValueError(f"a page of more than {LARGEST // 1_000_000} MB: if it holds many, split it first")
    data = b"".join(chunks)
    decoded = decode_as(data, encoding) if encoding else decode(data, declared(data), tables=charset_tables())
    exact = decoded.encoding == "utf-8" and not (decoded.damaged or decoded.patches)  # then these are its bytes
    yield Record(read_markup(data if exact else decoded.text) | {"origin": origin(decoded)}, data)


def declared(data: bytes) -> str | None:
    """The encoding that the first bytes of a page claim, as Python's name, if there is such a one.

    >>> declared(b'<meta http-equiv="Content-Type" content="text/html; charset=gb2312">')
    'gb18030'
    """
    found = DECLARED.search(data, 0, 4096)
    return python_name((found[1] or found[2]).decode("ascii", "replace")) if found else None


def python_name(encoding: str) -> str | None:
    """Python's name of what browsers understand by the name of an encoding; None if there is no such encoding."""
    try:
        name = codecs.lookup(encoding).name
        b"-".decode(name, "ignore")  # not one of Python's codecs that are no encodings
    except (LookupError, UnicodeError):
        return None
    return BROWSERS_READ.get(name, name)


def read_record(fields: dict[str, Any]) -> dict[str, Any]:
    """A record of which `html` is a page. What the record says of it goes before what the page says of itself."""
    page = read_markup(fields["html"])
    given = {key: value for key, value in fields.items() if value is not None or key not in page}
    return {key: value for key, value in (page | given | {"text": page["text"]}).items() if key != "html"}


def read_markup(markup: str | bytes) -> dict[str, Any]:
    """The fields of a page: `text`, one block a line, and one hint a line: [tag, share of links, words].

    >>> read_markup("<title>網</title><nav><a href='/'>首頁</a></nav><p>甲")["hints"]
    [['nav', 1.0, 'nav'], ['p', 0.0, '']]
    """
    page = parse(markup)
    shown = lines(page)
    fields: dict[str, Any] = {"text": "\n".join(line.text for line in shown)}
    return fields | metadata(page, shown) | {"hints": [[line.tag, line.links, line.words] for line in shown]}


def metadata(page: LexborHTMLParser, shown: Sequence[Line]) -> dict[str, Any]:
    """`title`, `published`, `author`, `site`, `url`, and in `meta` `modified` and `published_other`.

    As far as the markup, or what is shown beside the title, tells without a guess.
    """
    linked = linked_data(page)
    tags = meta_tags(page)
    site = _first(tags, SITE) or _names(linked.get("publisher"))
    title = _title(page, linked, tags, site, shown)
    claimed = next(filter(None, map(iso_date, _dates(page, linked, tags))), None)
    changed = (str(linked.get("dateModified") or ""), *(tags.get(key, "") for key in MODIFIED))
    modified = next(filter(None, map(iso_date, changed)), None)
    told = days(shown, title, claimed, modified)
    meta = {
        "published_other": [told.other] if told.other else None,
        "modified": told.modified if told.modified != told.published else None,
    }
    found = {
        "title": title,
        "published": told.published,
        "author": next(filter(None, map(_names, _authors(page, linked, tags))), None),
        "site": site,
        "url": next(filter(_absolute, _urls(page, linked, tags)), None),
        "meta": {key: value for key, value in meta.items() if value},
    }
    return {key: value for key, value in found.items() if value}


def meta_tags(page: LexborHTMLParser) -> dict[str, str]:
    """`<meta>` by its property, name or itemprop in lower case; the first of a name counts."""
    tags: dict[str, str] = {}
    for node in page.css("meta[content]"):
        attributes = node.attributes
        content = " ".join((attributes.get("content") or "").split())
        for kind in ("property", "name", "itemprop"):
            if content and (name := attributes.get(kind)):
                tags.setdefault(name.strip().lower(), content)
    return tags


def linked_data(page: LexborHTMLParser) -> dict[str, Any]:
    """The first JSON-LD object of the page that describes an article, or else has a date; empty if there is none."""
    dated: dict[str, Any] = {}
    for node in page.css('script[type="application/ld+json"]'):
        source = node.text().strip().removeprefix("<!--").removesuffix("-->")
        try:
            waiting = [json.loads(source, strict=False)]
        except (ValueError, RecursionError):
            continue
        for value in waiting:
            if isinstance(value, list):
                waiting += value
            elif isinstance(value, dict):
                if ARTICLE_TYPE.search(str(value.get("@type"))):
                    return value
                dated = dated or (value if "datePublished" in value else {})
                waiting += (value[key] for key in ("@graph", "mainEntity") if key in value)
    return {"datePublished": dated["datePublished"]} if dated else {}


def _title(
    page: LexborHTMLParser, linked: dict[str, Any], tags: dict[str, str], site: str | None, shown: Iterable[Line]
) -> str | None:
    told = (_line(linked.get("headline")), tags.get("og:title"), _line(_text_of(page, "title")), tags.get("title"))
    headings = ([_line(node.text()) for node in page.css(level)] for level in ("h1", "h2"))
    return headline([claim for claim in told if claim], headings, (line.text for line in shown), site)


def _dates(page: LexborHTMLParser, linked: dict[str, Any], tags: dict[str, str]) -> Iterator[str]:
    yield str(linked.get("datePublished") or "")
    yield from (tags.get(key, "") for key in PUBLISHED)
    for selector in ("time[pubdate]", "[itemprop=datePublished]", "article time[datetime]"):
        for node in page.css(selector)[:1]:
            yield node.attributes.get("datetime") or node.text()
    days = {day for node in page.css("time[datetime]") if (day := iso_date(node.attributes.get("datetime") or ""))}
    if len(days) == 1:
        yield days.pop()
    for url in _urls(page, linked, tags):
        if found := URL_DATE.search(url or ""):
            yield found[1]


def _authors(page: LexborHTMLParser, linked: dict[str, Any], tags: dict[str, str]) -> Iterator[Any]:
    yield linked.get("author")
    yield from (tags.get(key) for key in AUTHOR)
    for selector in ("[itemprop=author] [itemprop=name]", "[itemprop=author]", "a[rel~=author]"):
        for node in page.css(selector)[:1]:
            yield node.text() if len(node.text()) < LONGEST_NAME else None


def _urls(page: LexborHTMLParser, linked: dict[str, Any], tags: dict[str, str]) -> Iterator[str | None]:
    for node in page.css("link[rel=canonical]"):
        yield node.attributes.get("href")
    yield tags.get("og:url")
    yield _line(linked.get("url"))


def _absolute(url: str | None) -> bool:
    return bool(url) and re.match(r"https?://[^/\s]+", url or "") is not None


def iso_date(words: str) -> str | None:
    """The day in a date that can be read in only one way.

    >>> iso_date("2020年2月21日 18:05"), iso_date("Fri, 21 Feb 2020 10:00:00 GMT"), iso_date("02/03/2020")
    ('2020-02-21', '2020-02-21', None)
    """
    return next((found.value[:10] for found in whole_dates(COMPACT_DATE.sub(r"\1-\2-\3", words))), None)


def _names(value: Any) -> str | None:
    """The names of people, or of a publisher, in JSON-LD or in a tag."""
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, list):
        named = (_names(item) for item in value)
        return ", ".join(dict.fromkeys(name for name in named if name)) or None
    name = _line(value).strip(" ,;|")
    return name if name and not re.match(r"https?:|www\.|//", name) else None


def _first(tags: dict[str, str], keys: Iterable[str]) -> str | None:
    return next((tags[key] for key in keys if key in tags), None)


def _text_of(page: LexborHTMLParser, selector: str) -> str:
    node = page.css_first(selector)
    return node.text() if node else ""


def _line(value: Any) -> str:
    return " ".join(unescape(value).split()) if isinstance(value, str) else ""
