"""`corptool learn`: what each site of a corpus repeats, as a rule file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

import click

from corptool import rules
from corptool.article import Parcel
from corptool.stage import sink
from corptool.text.sites import MOST_PAGES, mark, repeated, site_name, templates

HEAD = """# Lines that repeat on the pages of a site, by `corptool learn`; use: corptool clean --rules THIS_FILE
# Every number in a line is written 0. Delete what belongs to the articles; a site is left alone if it has no entry.
"""


@sink
@click.option("--min-pages", type=click.IntRange(2), help="Learn of sites with this many pages or more.")
def learn(parcels: Iterable[Parcel], *, min_pages: int = 3) -> Iterator[bytes]:
    """Write what the sites of a corpus repeat on their pages, as rules for `clean --rules`.

    Pages belong together by their URL's host, or else by `site`, or else by the folder they were read from.

    Example: corptool learn -o sites.toml pages.jsonl
    """
    sites: dict[str, list[dict[str, bool]]] = defaultdict(list)
    for parcel in parcels:
        article = parcel.article
        site = site_name(article.get("site"), article.get("url"), (article.get("origin") or {}).get("path"))
        if len(sites[site]) < MOST_PAGES:
            sites[site].append(templates(article["text"], rules.fold()))
    yield HEAD.encode()
    for site, pages in sorted(sites.items()):
        if len(pages) >= min_pages:
            yield _entry(site, pages).encode()


def _entry(site: str, pages: list[dict[str, bool]]) -> str:
    """The `[[site]]` of one site, its lines in the order of the first page that has them."""
    often = repeated([[(mark(line), is_long) for line, is_long in page.items()] for page in islice(pages, MOST_PAGES)])
    lines = dict.fromkeys(line for page in pages for line in page if mark(line) in often)
    if not lines:
        return ""
    rows = "".join(f"    {_quoted(line)},  # {often[mark(line)]}\n" for line in lines)
    return f"\n[[site]]\nname = {_quoted(site)}\npages = {len(pages)}\nlines = [\n{rows}]\n"


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\U{ord(char):08X}" for char in escaped) + '"'
