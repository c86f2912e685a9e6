"""`corptool clean`: boilerplate out of a page, metadata out of the boilerplate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from corptool import rules as data
from corptool.article import Article
from corptool.stage import stage
from corptool.text.boilerplate import find, removals
from corptool.text.changes import Change, apply, compose
from corptool.text.glosses import glosses, may_hold_glosses
from corptool.text.metadata import fields

RULE_FILE = click.Path(exists=True, dir_okay=False)


@stage
@click.option("--keep", multiple=True, metavar="KIND", help="Leave this kind of line alone; may be repeated.")
@click.option("--only", multiple=True, metavar="KIND", help="Remove this kind alone; may be repeated.")
@click.option("--rules", multiple=True, type=RULE_FILE, help="Further rules, from a TOML file.")
@click.option("--mode", type=click.Choice(["strict", "balanced", "recall"]), help="What to do in doubt.")
def clean(
    article: Article,
    *,
    keep: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    rules: tuple[str, ...] = (),
    mode: str = "balanced",
) -> tuple[Article, list[Change]]:
    """Remove what is not the article, and lift title, date, author and the rest from it.

    Glosses, banners, breadcrumbs, widgets, notices and blank runs go; the edits keep each with its kind.

        corptool read page.txt | corptool clean --keep notice
    """

    def wanted(kind: str) -> bool:
        return kind in only if only else kind not in keep

    text = article["text"]
    stripped = glosses(text, data.gloss_tables()) if wanted("gloss") and may_hold_glosses(text) else []
    plain = apply(text, stripped)
    hints = article.get("hints") or ()
    page, found = find(
        plain,
        data.boilerplate(*map(Path, rules)),
        model=data.line_model(html=bool(hints)),
        hints=hints,
        mode=mode,
        title=article.get("title"),
    )
    out = [finding for finding in found if wanted(finding.kind)]
    changes = removals(plain, page.lines, out, blank=wanted("blank"))
    lifted = fields(page.lines, out if only else found, dateline=not only)
    return _merged(article, lifted), compose(text, stripped, changes)


def _merged(article: Article, lifted: dict[str, Any]) -> Article:
    """What the article already says of itself stands; what the page says is added."""
    meta = lifted.pop("meta", {}) | (article.get("meta") or {})
    known = {name: value for name, value in article.items() if value is not None}
    new = {name: value for name, value in lifted.items() if name not in known}
    rest = {name: value for name, value in article.items() if name != "hints"}  # used up
    return rest | new | ({"meta": meta} if meta else {})
