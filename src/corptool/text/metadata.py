"""The fields of an article from the lines that were found to be no part of it, and from its dateline.

What is not known stays out: a date without a year is no date, and words such as "2 months ago" stay words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from corptool.text.captions import captions
from corptool.text.credits import OWN_NAME, credited
from corptool.text.datelines import find_dateline, reported
from corptool.text.dates import Found, find_date, resolved, told_dates
from corptool.text.lines import Line
from corptool.text.matching import Finding
from corptool.text.published import ABOVE, BELOW, LONGEST, said, says_published

if TYPE_CHECKING:
    from corptool.text.hints import Hint

_HOME = re.compile(
    r"(?:home(?: ?page)?|首[页頁]|主[页頁]|网站首页|網站首頁|正文|current location|[^:：]*位置)",
    re.IGNORECASE,
)
_ARROW = re.compile(r"\s*(?:->|>>|[>»›→/])\s*")


def fields(
    lines: Sequence[Line],
    found: Sequence[Finding],
    hints: Sequence[Hint] = (),
    *,
    body: bool = True,
    fetched: str | None = None,
    published: str | None = None,
) -> dict[str, Any]:
    """What can be lifted: `title`, `published`, `site`, `source`, `author`, and the rest under `meta`.

    Only what is known is there. The first value of a field wins, but see `_dates` for dates. Words such as
    "3 days ago" become a date only where it is known when the page was fetched. `published` is the day that is known
    already: dates of another day are reported beside it. Without `body`, what the body tells stays out: its dateline,
    and the captions of its pictures.
    """
    found = [
        finding._replace(lifted=tuple(_spelled_out(finding.lifted))) if finding.lifted else finding for finding in found
    ]
    title = max((finding.line for finding in found if finding.kind == "title"), default=None)
    lifted, meta = _named(found, title)
    beside = [lines[line].text for line in _beside(title, lines, found)]
    for line, after in zip(beside, [*beside, ""][1:], strict=True):
        for name, value in credited(line, after) if "author" not in lifted else ():
            lifted.setdefault(name, value)
    _dates(lifted, meta, lines, found, title, published)
    if fetched and "published" not in lifted and (then := resolved(meta.get("published_relative"), fetched)):
        lifted["published"] = then
    taken = {finding.line for finding in found}
    if body and (shown := list(dict.fromkeys(captions(lines, hints, taken, title)))):
        meta["captions"] = shown
    opening = next((line.text for n, line in enumerate(lines) if line.text and n not in taken), "")
    if body and (filed := find_dateline(opening) or next(filter(None, map(reported, beside)), None)):
        meta["dateline"] = {name: value for name, value in filed._asdict().items() if value is not None}
        if filed.agency and not OWN_NAME.fullmatch(filed.agency):
            lifted.setdefault("source", filed.agency)
        if filed.reporter:
            lifted.setdefault("author", filed.reporter)
        if "published" not in lifted and (day := find_date(filed.date or "")):
            if day.sort == "whole":
                lifted["published"] = day.value
            else:
                meta.setdefault("published_partial", day.value)
    return lifted | ({"meta": meta} if meta else {})


LABELS = {
    "source": "来源|來源|稿源|出处|出處|摘自|source",
    "author": "作者|撰文|(?<![\u4e00-\u9fff])文|记者|記者|author|reporter",
    "editor": "责任编辑|責任編輯|责编|責編|编辑|編輯|(?:responsible |web )?editor",
}
_LABELLED = {
    name: re.compile(rf"(?:{labels})\s?[:：|｜/／]\s*(?P<value>[^\s|:：｜]+(?: [A-Za-z][^\s|:：]*)*)", re.IGNORECASE)
    for name, labels in LABELS.items()
}
_BY = re.compile(
    r"^(?:(?:本报|本報|本网|本網|通讯员|通訊員|实习|實習)?(?:记者|記者|作者)|by)[\s:：]+|[/／]?(?:综合|綜合)?(?:报道|報導|报导)$",
    re.IGNORECASE,
)


def labelled(line: str) -> Iterable[tuple[str, str]]:
    """The fields of a line of labels and values; a date under `date`.

    >>> list(labelled("2020-02-21 10:20 來源:中央社 記者:林小明"))
    [('source', '中央社'), ('author', '林小明'), ('date', '2020-02-21 10:20 來源:中央社 記者:林小明')]
    """
    for name, form in _LABELLED.items():
        if found := form.search(line):
            yield name, found["value"].strip("()（）[]【】, ")
    if find_date(line):
        yield "date", line


def categories(trail: str) -> list[str]:
    """The steps of a breadcrumb between the home page and the article.

    >>> categories("首頁 > 新聞中心 > 正文")
    ['新聞中心']
    """
    steps = [" ".join(step.split()) for step in _ARROW.split(trail)]
    return [step for step in steps if step and not _HOME.fullmatch(step)]


def _spelled_out(lifted: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    for name, value in lifted:
        yield from labelled(value) if name == "labels" else [(name, value)]


def _named(found: Sequence[Finding], title: int | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields, and those under `meta`, that the findings name; the author nearest to the title. Dates: `_dates`."""
    lifted: dict[str, Any] = {}
    meta: dict[str, Any] = {}
    naming = (finding for finding in found if "author" in dict(finding.lifted))
    nearest = min(naming, key=lambda finding: _distance(finding.line, title), default=None)
    for finding in found:
        for name, value in finding.lifted:
            if name == "categories":
                meta.setdefault(name, categories(value))
            elif name in ("title", "site", "source"):
                lifted.setdefault(name, value)
            elif name == "author":
                if finding is nearest:
                    lifted.setdefault(name, _BY.sub("", value))
            elif name != "date" and value:
                meta.setdefault(name, value)
    return lifted, meta


def _distance(line: int, title: int | None) -> tuple[bool, int]:
    """What stands below the title, and nearest to it, comes first: above it are menus and other articles."""
    return (title is not None and line < title, abs(line - (title or 0)))


def _beside(title: int | None, lines: Sequence[Line], found: Iterable[Finding]) -> list[int]:
    """The line of the title, and the short ones around it that are no part of the body."""
    if title is None:
        return []
    near = {finding.line for finding in found if title - ABOVE <= finding.line <= title + BELOW}
    return sorted((line for line in near if len(lines[line].text) <= LONGEST), key=lambda line: _distance(line, title))


def _dates(
    lifted: dict[str, Any],
    meta: dict[str, Any],
    lines: Sequence[Line],
    found: Iterable[Finding],
    title: int | None,
    known: str | None,
) -> None:
    """The date nearest below the title is the article's; other whole dates are reported beside it.

    A page of a site often names the day on which the page was made above the title that it repeats. A line beside the
    title that is no part of the body may tell the date whether a rule knows it or not.
    """
    starts = {
        finding.line: max(0, lines[finding.line].text.find(value))
        for finding in found
        for name, value in finding.lifted
        if name == "date"
    }
    dates = []
    for line in dict.fromkeys((*starts, *_beside(title, lines, found))):
        text, start = lines[line].text, starts.get(line, 0)
        text = f"{text[:start]} {text[start:]}"  # what stands before a date says which; "By Jane DoeMay 1, 2024"
        dates += [(not says_published(text, date), line, date) for date in told_dates(text, start)]
    dates.sort(key=lambda dated: (dated[0], _distance(dated[1], title)))
    whole = [date.value for *_, date in dates if date.sort == "whole"]
    if not whole and not known:  # below a post its own date stands first
        below = (lines[finding.line].text for finding in found if title is None or finding.line > title)
        whole = [date.value for date in said(below)][:1]
    if day := known or next((value[:10] for value in whole), None):
        lifted["published"] = day
        if time := next((value for value in whole if value[:10] == day and "T" in value), None):
            meta["published_time"] = time
        if others := list(dict.fromkeys(value for value in whole if value[:10] != day)):
            meta["published_other"] = others
    if changed := _first(dates, "changed"):
        meta["modified"] = changed[:10]
    for sort in ("relative", "partial"):
        if words := _first(dates, sort):
            meta[f"published_{sort}"] = words


def _first(dates: Iterable[tuple[bool, int, Found]], sort: str) -> str | None:
    return next((date.value for *_, date in dates if date.sort == sort), None)
