"""TEI, the XML of the humanities: a corpus is one file, an article a <TEI>, a line a <p>."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import IO
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from corptool.article import Article
from corptool.formats import Record

SUFFIXES = (".tei",)
MANY = True  # articles in a file
NAMESPACE = "{http://www.tei-c.org/ns/1.0}"
NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HEADER = {"title": "titleStmt/title", "author": "titleStmt/author", "source": "sourceDesc/bibl"}


def read(file: IO[bytes], *, encoding: str | None = None) -> Iterator[Record]:  # the XML declares its encoding
    """An article a <TEI>, with what its header says of title, author, source and date."""
    try:
        for _, tei in ElementTree.iterparse(file):
            if tei.tag == f"{NAMESPACE}TEI":
                yield Record(_fields(tei), ElementTree.tostring(tei))
                tei.clear()
    except ElementTree.ParseError as error:
        raise ValueError(f"not XML: {error}") from None


def _fields(tei: ElementTree.Element) -> Article:
    paths = {key: f".//{NAMESPACE}" + path.replace("/", f"/{NAMESPACE}") for key, path in HEADER.items()}
    found = {key: tei.findtext(path) for key, path in paths.items()}
    date = tei.find(f".//{NAMESPACE}publicationStmt/{NAMESPACE}date")
    lines = ("".join(p.itertext()) for p in tei.iterfind(f"{NAMESPACE}text//{NAMESPACE}p"))
    fields = {"id": tei.get("{http://www.w3.org/XML/1998/namespace}id"), **found}
    fields["published"] = date.get("when") if date is not None else None
    return {key: value for key, value in fields.items() if value} | {"text": "\n".join(lines)}


def write(articles: Iterable[Article]) -> Iterator[bytes]:
    """One <teiCorpus>. A character that XML cannot hold becomes U+FFFD."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<teiCorpus xmlns="http://www.tei-c.org/ns/1.0">\n'
    for article in articles:
        yield _document(article).encode()
    yield b"</teiCorpus>\n"


def _document(article: Article) -> str:
    def element(name: str, key: str) -> str:
        return f"<{name}>{_escaped(article[key])}</{name}>" if article.get(key) else ""

    date = f"<date when={quoteattr(_clean(str(article['published'])))}/>" if article.get("published") else "<p/>"
    body = "\n".join(f"<p>{_escaped(line)}</p>" for line in article["text"].split("\n"))
    return f"""<TEI><teiHeader><fileDesc>
<titleStmt><title>{_escaped(article.get("title") or "")}</title>{element("author", "author")}</titleStmt>
<publicationStmt>{date}</publicationStmt><sourceDesc>{element("bibl", "source") or "<p/>"}</sourceDesc>
</fileDesc></teiHeader><text><body>
{body}
</body></text></TEI>
"""


def _escaped(text: object) -> str:
    return escape(_clean(str(text)), {"\r": "&#13;"})


def _clean(text: str) -> str:
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
