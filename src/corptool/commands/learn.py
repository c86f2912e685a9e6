"""`corptool learn`: what each site of a corpus repeats, as a rule file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from corptool import rules
from corptool.article import Article
from corptool.stage import sink
from corptool.text.sites import MOST_PAGES, mark, repeated, site_name, templates

HEAD = """# Lines that repeat on the pages of a site, by `corptool learn`; use: corptool clean --rules THIS_FILE
# Every number in a line is written 0. Delete what belongs to the articles; a site is left alone if it has no entry.
"""


Page = tuple[str, dict[str, bool]]


@sink
@click.option("--min-pages", type=click.IntRange(2), help="Learn of sites with this many pages or more.")
def learn(entries: Iterable[tuple[str, str]], *, min_pages: int = 3) -> Iterator[bytes]:  # noqa: ARG001 - for `decide`
    """Write what the sites of a corpus repeat on their pages, as rules for `clean --rules`.

    Pages belong together by their URL's host, or else by `site`, or else by the folder they were read from.

    Example: corptool learn -o sites.toml pages.jsonl
    """
    yield HEAD.encode()
    for _, entry in entries:
        yield entry.encode()


@learn.key
def page(article: Article) -> Page:
    """The site of an article, and the templates of its lines."""
    site = site_name(article.get("site"), article.get("url"), (article.get("origin") or {}).get("path"))
    return site, templates(article["text"], rules.fold())


@learn.group(first=MOST_PAGES)
def site_of(key: Page) -> str:
    """Each site has an entry of its own."""
    return key[0]


@learn.decide
def entry(found: list[Page], *, min_pages: int = 3) -> str:
    """The `[[site]]` of one site, its lines in the order of the first page that has them."""
    if len(found) < min_pages:
        return ""
    site, pages = found[0][0], [lines for _, lines in found]
    often = repeated([(mark(line), is_long) for line, is_long in lines.items()] for lines in pages)
    lines = dict.fromkeys(line for page in pages for line in page if mark(line) in often)
    if not lines:
        return ""
    rows = "".join(f"    {_quoted(line)},  # {often[mark(line)]}\n" for line in lines)
    return f"\n[[site]]\nname = {_quoted(site)}\npages = {len(pages)}\nlines = [\n{rows}]\n"


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\U{ord(char):08X}" for char in escaped) + '"'
