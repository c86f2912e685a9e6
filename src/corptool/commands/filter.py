"""`corptool filter`: choose articles by what they say of themselves."""

from __future__ import annotations

import re
from typing import Any

import click

from corptool.article import Article, Dropped
from corptool.stage import stage

DAY = re.compile(r"\d{4}(-\d\d){0,2}")


def _day(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not DAY.fullmatch(value):
        raise click.BadParameter(f"{value!r} is no date such as 2024, 2024-05 or 2024-05-31")
    return value


def _expression(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    try:
        re.compile(value or "")
    except re.error as error:
        raise click.BadParameter(f"{value!r} is no regular expression: {error}") from None
    return value


def _tags(_context: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    for tag in value:
        if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
            raise click.BadParameter(f"{tag!r} is no language tag such as en, zh or zh-Hant")
    return value


@stage
@click.option(
    "--lang", multiple=True, metavar="TAG", callback=_tags, help="In this language: zh holds zh-Hant too. Repeatable."
)
@click.option("--min-chars", type=click.IntRange(0), help="With so many characters at least.")
@click.option("--max-chars", type=click.IntRange(0), help="With so many characters at most.")
@click.option("--after", metavar="DATE", callback=_day, help="Published on this day or later: 2024, 2024-05-31.")
@click.option("--before", metavar="DATE", callback=_day, help="Published before this day.")
@click.option("--undated", type=click.Choice(["keep", "drop"]), help="What to do where `published` does not tell.")
@click.option("--site", multiple=True, metavar="NAME", help="From this site: `site`, or the host of `url`. Repeatable.")
@click.option("--match", metavar="REGEX", callback=_expression, help="With this in title or text.")
def filter(  # noqa: A001 - the name of the command
    article: Article,
    *,
    lang: tuple[str, ...] = (),
    min_chars: int | None = None,
    max_chars: int | None = None,
    after: str | None = None,
    before: str | None = None,
    undated: str | None = None,
    site: tuple[str, ...] = (),
    match: str | None = None,
) -> Article | Dropped:
    """Keep the articles that meet all conditions.

    Undated articles are dropped where --after or --before asks for a date, unless --undated keep says otherwise.

    Example: corptool filter --lang zh --min-chars 200 --after 2020 articles.jsonl
    """
    size = len(article["text"])
    reason = None
    if lang and not speaks(article.get("lang"), lang):
        reason = f"not in {' or '.join(lang)}" if article.get("lang") else "no `lang`: corptool tag writes it"
    elif min_chars is not None and size < min_chars:
        reason = f"fewer than {min_chars} characters"
    elif max_chars is not None and size > max_chars:
        reason = f"more than {max_chars} characters"
    elif site and not any(is_from(article, name) for name in site):
        reason = f"not from {' or '.join(site)}"
    elif match is not None and not _matches(article, match):
        reason = f"nothing matches {match}"
    else:
        reason = _date_reason(article.get("published"), after, before, undated)
    return Dropped(article, reason) if reason else article


def speaks(tag: Any, wanted: tuple[str, ...]) -> bool:
    """Whether a BCP 47 tag is one of those wanted, or more precise than one.

    >>> speaks("zh-Hant-HK", ("en", "zh-hant")), speaks("zh", ("zh-Hans",))
    (True, False)
    """
    return isinstance(tag, str) and any(f"{tag.lower()}-".startswith(f"{one.lower()}-") for one in wanted)


def is_from(article: Article, name: str) -> bool:
    """Whether an article is from a site: by its name, or by its host or a domain above it.

    >>> is_from({"url": "https://news.example.org/甲"}, "example.org"), is_from({"site": "人民網"}, "人民網")
    (True, True)
    """
    url = article.get("url")
    host = re.match(r"\w+://(?:[^/@]*@)?([^/:?#]+)", url) if isinstance(url, str) else None
    hosts = (article.get("site"), host and host[1])
    return any(f".{known}".lower().endswith(f".{name}".lower()) for known in hosts if isinstance(known, str))


def _matches(article: Article, expression: str) -> bool:
    title = article.get("title")
    found = re.search(expression, article["text"])
    return bool(found or (isinstance(title, str) and re.search(expression, title)))


def _date_reason(published: Any, after: str | None, before: str | None, undated: str | None) -> str | None:
    """Why a date is out of the range, or None. `2024` is a date too: it lies in a range, outside, or nobody knows."""
    if not (after or before or undated):
        return None
    first, last = _days(published)
    if after and last and last < _first(after):
        return f"published before {after}"
    if before and first and first >= _first(before):
        return f"published in {before} or later" if len(before) < 10 else f"published on {before} or later"
    known = first and (not after or first >= _first(after)) and (not before or last < _first(before))
    return None if known or undated == "keep" else "no date that tells"


def _days(published: Any) -> tuple[str, str]:
    found = DAY.match(published) if isinstance(published, str) else None
    return (_first(found[0]), found[0] + "-12-31"[len(found[0]) - 4 :]) if found else ("", "")


def _first(date: str) -> str:
    return date + "-01-01"[len(date) - 4 :]
