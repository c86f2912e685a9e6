"""`corptool clean`: boilerplate out of a page, metadata out of the boilerplate."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from corptool import plugins
from corptool import rules as data
from corptool.article import Article
from corptool.options import Unnoted
from corptool.stage import block_stage
from corptool.text.boilerplate import Asked, find
from corptool.text.changes import Change, apply, compose
from corptool.text.datelines import find_dateline
from corptool.text.explain import explained
from corptool.text.glosses import glosses, may_hold_glosses
from corptool.text.matching import Rule
from corptool.text.metadata import fields
from corptool.text.removing import removals
from corptool.text.sites import MOST_PAGES, mark, repeated, site_name, templates

OWN_KINDS = ("banner", "blank", "boilerplate", "dateline", "gloss", "repeated", "title")
"""The kinds of what is found without a rule."""
MODES = ["strict", "balanced", "recall"]

Key = tuple[str, tuple[tuple[int, bool], ...]]


def _rules(context: click.Context, param: click.Parameter, paths: tuple[str, ...]) -> tuple[str, ...]:
    """A mistake in a rule file is told before anything is read, and not once a page."""
    if paths:
        try:
            data.boilerplate(*map(Path, paths))
        except data.RuleError as error:
            raise click.BadParameter(str(error), context, param) from None
    return paths


@block_stage
@click.option("--keep", multiple=True, metavar="KIND", help="Leave this kind of line alone; may be repeated.")
@click.option("--only", multiple=True, metavar="KIND", help="Remove this kind alone; may be repeated.")
@click.option(
    "--rules",
    multiple=True,
    type=plugins.RuleFile(),
    callback=_rules,
    help="Further rules: a TOML file, or a plug-in's.",
)
@click.option("--mode", type=click.Choice(MODES), help="What is asked of a line that no rule knows.")
@click.option("--by", type=click.Choice(["site"]), help="Remove what repeats over the pages of a site.")
@click.option("--strip-dateline", is_flag=True, help="Take the dateline out of the text, too.")
@click.option(
    "--warn-above", cls=Unnoted, type=click.FloatRange(0, 1), help="Warn where a larger share of a page would go."
)
@click.option("--explain", cls=Unnoted, is_flag=True, help="Show each page with what goes, and why, on standard error.")
def clean(
    articles: Sequence[Article],
    sites: Sequence[frozenset[int] | None],
    *,
    keep: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    rules: tuple[str, ...] = (),
    mode: str = "balanced",
    by: str | None = None,  # noqa: ARG001 - it makes this a corpus stage
    strip_dateline: bool = False,
    warn_above: float = 0.98,
    explain: bool = False,
) -> Iterator[tuple[Article, list[Change]]]:
    """Remove what is not the article, and lift title, date, author and the rest from it.

    Pinyin glosses go first, then what rules know, what the site repeats, what the line classifier judges to be no
    body, and blank runs. The edits keep every line with its kind and its rule or score.

    Example: corptool clean --keep notice page.txt
    """

    known = data.boilerplate(*map(Path, rules))
    _check((*keep, *only), known.rules)

    def wanted(kind: str) -> bool:
        return kind in only if only else kind not in keep

    stripped = [_glosses(article["text"]) if wanted("gloss") else [] for article in articles]
    asked = [
        Asked(
            apply(article["text"], removed),
            _hints(article),
            _string(article.get("title")),
            (site or frozenset()) | known.sites.get(_site(article), frozenset()),
        )
        for article, site, removed in zip(articles, sites, stripped, strict=True)
    ]
    models = data.line_model if wanted("boilerplate") or not only else None
    found_on = find(asked, known, models=models, mode=mode)
    for article, removed, (plain, hints, *_), (page, found) in zip(articles, stripped, asked, found_on, strict=True):
        out = [finding for finding in found if wanted(finding.kind)]
        fits = len(hints) == len(page.lines)
        code = {number for number, hint in enumerate(hints) if hint[0] == "pre"} if fits else set()
        changes = removals(plain, page.lines, out, blank=wanted("blank"), indented=code)
        told = {"fetched": _fetched(article), "published": str(article.get("published") or "")[:10] or None}
        lifted = fields(page.lines, out if only else found, hints, body=not only, **told)
        if strip_dateline and not only:
            changes = sorted([*changes, *_dateline(plain, page.lines, {finding.line for finding in out})])
        changes = compose(article["text"], removed, changes)
        merged = _merged(article, lifted)
        _warn(article, changes, warn_above)
        if explain:
            _explain(article, changes)
        yield merged, changes


def _glosses(text: str) -> list[Change]:
    return glosses(text, data.gloss_tables()) if may_hold_glosses(text) else []


def _explain(article: Article, changes: list[Change]) -> None:
    """On a terminal in colour, and folded to its width."""
    width = os.get_terminal_size(2).columns if os.isatty(2) else None
    page = explained(article["text"], changes, colour=bool(width) and "NO_COLOR" not in os.environ, width=width or None)
    click.echo(f"== {_name(article)}\n{page}", err=True, color=bool(width))  # a worker's is not the terminal yet


def _name(article: Article) -> Any:
    return (article.get("origin") or {}).get("path") or article.get("id")


def _check(kinds: Iterable[str], rules: Iterable[Rule]) -> None:
    """A usage error where a kind is none: what a slip in --keep would lose is lost in silence."""
    if kinds and (wrong := {*kinds} - {*OWN_KINDS} - {rule.kind for rule in rules}):
        known = ", ".join(sorted({*OWN_KINDS, *(rule.kind for rule in rules)}))
        raise click.UsageError(f"there is no kind {min(wrong)!r}: there are {known}")


def lines(article: Article) -> Key:
    """The site of an article, and the marks of its lines."""
    text = article["text"]
    found = templates(apply(text, _glosses(text)), data.fold())
    return _site(article), tuple((mark(line), is_long) for line, is_long in found.items())


clean.key(lines, when="by")


@clean.group(first=MOST_PAGES)
def site_of(key: Key) -> str:
    """What repeats is counted on the first pages of each site."""
    return key[0]


@clean.decide
def repeats(pages: Iterable[Key]) -> frozenset[int]:
    """The marks of what a site repeats."""
    return frozenset(repeated(marks for _, marks in pages))


def _site(article: Article) -> str:
    return site_name(
        _string(article.get("site")), _string(article.get("url")), (article.get("origin") or {}).get("path")
    )


def _hints(article: Article) -> Sequence[Any]:
    """What `read` saw in the markup. ValueError: somebody else wrote it."""
    hints = article.get("hints") or ()
    for number, hint in enumerate(hints):
        match hint:
            case [str(), int() | float(), str()]:
                continue
        raise ValueError(
            f"item {number} of its `hints` is {str(hint)[:40]!r}, and `read` writes [tag, share of links, class names]"
            " for each line: take them away (jq 'del(.hints)')"
        )
    return hints


def _string(value: Any) -> str | None:
    """What other people's records hold under our names may be of any kind."""
    return value if isinstance(value, str) else None


def _fetched(article: Article) -> str | None:
    fetched = (article.get("origin") or {}).get("fetched")
    return fetched if isinstance(fetched, str) else None


def _dateline(text: str, lines: list[Any], out: set[int]) -> Iterator[Change]:
    """The dateline at the start of the first line that stays."""
    first = next((line for number, line in enumerate(lines) if line.text and number not in out), None)
    if first is not None and (filed := find_dateline(first.text)):
        end = first.start + len(filed.text)
        while end < first.end and text[end].isspace():
            end += 1
        yield Change(first.start, end, "", "dateline", "dateline")


def _warn(article: Article, changes: list[Change], above: float) -> None:
    whole = len(article["text"])
    gone = sum(change.end - change.start - len(change.new) for change in changes)
    if whole and gone / whole > above:
        logging.getLogger("corptool").warning("clean: %s: %d of %d characters go", _name(article), gone, whole)


def _merged(article: Article, lifted: dict[str, Any]) -> Article:
    """What the article already says of itself stands; what the page says is added."""
    meta = lifted.pop("meta", {}) | (article.get("meta") or {})
    known = {name: value for name, value in article.items() if value is not None}
    new = {name: value for name, value in lifted.items() if name not in known}
    rest = {name: value for name, value in article.items() if name != "hints"}  # used up
    return rest | new | ({"meta": meta} if meta else {})
