"""Dates as they stand on pages, Chinese and English: whole ones to ISO 8601, others named for what they are."""

from __future__ import annotations

import re
from itertools import chain
from typing import NamedTuple

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"), ("may",), ("jun", "june"),
            ("jul", "july"), ("aug", "august"), ("sep", "sept", "september"), ("oct", "october"),
            ("nov", "november"), ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
_MONTH = r"(?P<name>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_TIME = (
    r"(?:(?:\s*t\s*|\s*[,，|]?\s*(?:at\s+)?)(?P<pm>上午|下午|晚上|凌晨)?\s*(?P<hour>\d{1,2})[:：时時](?P<minute>\d{2})"
    r"(?:[:：分](?P<second>\d{2})(?:\.\d+)?)?\s*(?P<half>[ap]\.?m\b\.?)?(?P<zone>z\b|\s*[+-]\d{2}:?\d{2}\b)?)?"
)
_WEEKDAY = r"(?:\s*[(（]?(?:星期|周|週|礼拜)[一二三四五六日天][)）]?)?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_NUMERIC = (
    r"(?P<year>(?:19|20)\d\d)\s?(?P<sep>[-/.年])\s?(?P<month>\d{1,2})\s?"
    r"(?:(?P=sep)|月)\s?(?P<day>\d{1,2})(?!\d)\s?[日号號]?"
)
_FORMS = [
    re.compile(rf"(?<!\d){_NUMERIC}{_WEEKDAY}{_TIME}", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}\s+{_DAY},?\s+(?P<year>(?:19|20)\d\d)\b{_TIME}", re.IGNORECASE),
    re.compile(rf"(?<!\d){_DAY}\s+(?:of\s+)?{_MONTH},?\s+(?P<year>(?:19|20)\d\d)\b{_TIME}", re.IGNORECASE),
    re.compile(
        rf"(?:民国|民國)\s?(?P<minguo>\d{{2,3}})\s?年\s?(?P<month>\d{{1,2}})\s?月\s?(?P<day>\d{{1,2}})\s?[日號号]{_WEEKDAY}{_TIME}"
    ),
    # day and month in either order: a date only where one of them is above 12
    re.compile(
        rf"(?<![\d/.-])(?P<one>\d{{1,2}})([-/.])(?P<two>\d{{1,2}})\2(?P<year>(?:19|20)\d\d)(?!\d){_TIME}", re.IGNORECASE
    ),
]
_NOT_PUBLISHED = r"(?:(?!publish|posted|发[表布]|發[表布佈])\D){0,24}"
_CHANGED = re.compile(  # Last updated on; Updated 5:30 PM EDT, Tue; Updated 17:30 (GMT+8),
    r"(?:updat|modif|revis|edited|last (?:review|chang)|更新|修改|修订|修訂|编辑[于於]|編輯[于於])"
    rf"{_NOT_PUBLISHED}(?:\d{{1,2}}(?:[:：]\d\d|\s?[ap]\.?m)[:\d]*{_NOT_PUBLISHED}(?:[+-]\d[\d:]*{_NOT_PUBLISHED})?)?$",
    re.IGNORECASE,
)
_THEN_CHANGED = re.compile(  # 2024-03-05 09:00 更新; but not 2024-03-04 更新：2024-03-05
    r"\s*[(（\[]?(?:updated|(?:最[后後])?(?:更新|修改|修[订訂]))(?=\s*(?:$|[)）\]|｜/／])|[ \u3000]+[\u4e00-\u9fff])",
    re.IGNORECASE,
)
_UNITS = "second|minute|hour|day|week|month|year"
_YEAR = re.compile(r"(?:19|20)\d\d|民[国國]")
_RELATIVE = re.compile(
    rf"(?:\d+|an?|one|two|three)\s+(?:{_UNITS})s?\s+ago\b|\byesterday\b|刚刚|剛剛|昨天|前天|"
    r"\d+\s?(?:秒|分钟|分鐘|小时|小時|个小时|個小時|天|日|周|週|个月|個月|年)[之以]?前",
    re.IGNORECASE,
)
_PARTIAL = re.compile(r"(?<![\d年/-])(?P<month>\d{1,2})(?:月(?P<day>\d{1,2})[日号號]|[-/](?P<day2>\d{1,2})(?![\d/-]))")


_PARTIAL_EN = re.compile(
    rf"(?:^|\b(?:posted|published|on|by)\s+|[|•·–—-]\s*){_MONTH}\s+{_DAY}(?=\s*(?:$|by\b|at\b|[|•·–—-]))", re.IGNORECASE
)
"""Not within a sentence: what happens on May 1 is not when it was written down."""
_RELATIVE_WORD = re.compile("ago|yesterday|[刚剛昨前]", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
"""One of the two is in every date; to look for them costs a tenth of looking for dates."""


class Found(NamedTuple):
    """A date in a text; `value` is ISO 8601, or the words themselves where they are relative."""

    start: int
    end: int
    value: str
    sort: str
    """`whole`, `changed` (whole, but the day of an update), `partial` (no year: `--06-13`), `relative`, or `vague`
    (an update, partial or relative)."""


def find_date(text: str) -> Found | None:
    """The first date of a line; a whole one before a relative one before one without a year.

    >>> [find_date(line).value for line in ("发布:2024年1月5日 18:05", "Feb 21, 2020", "民國113年2月3日")]
    ['2024-01-05T18:05', '2020-02-21', '2024-02-03']
    >>> [find_date(line).value for line in ("5月8日", "2 months ago", "Posted on May 1 by Jane Doe")]
    ['--05-08', '2 months ago', '--05-01']
    """
    digit = _DIGIT.search(text)
    if digit and (whole := whole_dates(text)):
        return min(whole, key=lambda found: found.sort == "changed")
    if _RELATIVE_WORD.search(text) and (match := _RELATIVE.search(text)):
        return Found(match.start(), match.end(), match[0], _unless_changed(text, match, "relative"))
    for match in chain(_PARTIAL.finditer(text), _PARTIAL_EN.finditer(text)) if digit else ():
        part = match.groupdict()
        month = _MONTHS[part["name"].lower()] if part.get("name") else int(part["month"])
        day = int(part["day"] or part["day2"])
        if _exists(2000, month, day):
            return Found(match.start(), match.end(), f"--{month:02}-{day:02}", _unless_changed(text, match, "partial"))
    return None


def told_dates(text: str, start: int = 0) -> list[Found]:
    """What a line tells from `start` on: the first whole date, and the first of an update; else what `find_date` finds.

    >>> [found[2:] for found in told_dates("Published Feb 21, 2020 | Updated: 5:30 PM ET, 3/22/2020")]
    [('2020-02-21', 'whole'), ('2020-03-22', 'changed')]
    >>> [found[2:] for found in told_dates("2024-03-04 发布 2024-03-05 更新")]
    [('2024-03-04', 'whole'), ('2024-03-05', 'changed')]
    """
    first: dict[str, Found] = {}
    for found in whole_dates(text):
        if found.start >= start:
            first.setdefault(found.sort, found)
    other = None if first else find_date(text)
    return [*first.values()] or ([other] if other else [])


def whole_dates(text: str) -> list[Found]:
    """All dates of a line that have a year, in order.

    >>> [found[2:] for found in whole_dates("Published Feb 21, 2020 | Updated: 3/22/2020, 4/5/2020")]
    [('2020-02-21', 'whole'), ('2020-03-22', 'changed')]
    """
    if not _YEAR.search(text):
        return []
    found = sorted(one for form in _FORMS for match in form.finditer(text) if (one := _whole(match)))
    at, apart = 0, []
    for one in found:
        if one.start >= at:
            changed = _CHANGED.search(text, at, one.start) or _THEN_CHANGED.match(text, one.end)
            apart.append(one._replace(sort="changed") if changed else one)
            at = one.end
    return apart


def resolved(words: str | None, fetched: str) -> str | None:
    """The day that words such as "3 days ago" meant when they were fetched; weeks and longer are too vague for one.

    >>> [resolved(words, "2024-03-01T10:00:00") for words in ("3 days ago", "昨天", "2 months ago")]
    ['2024-02-27', '2024-02-29', None]
    """
    from datetime import date, timedelta

    if words is None:
        return None
    try:
        day = date.fromisoformat(fetched[:10])
    except ValueError:
        return None
    if re.fullmatch(r"(?i)yesterday|昨天", words):
        return (day - timedelta(days=1)).isoformat()
    if words == "前天":
        return (day - timedelta(days=2)).isoformat()
    found = re.match(r"(?i)(\d+)\s*(?:days?|天|日)", words)
    return (day - timedelta(days=int(found[1]))).isoformat() if found and int(found[1]) < 31 else None


def _unless_changed(text: str, match: re.Match[str], sort: str) -> str:
    return "vague" if _CHANGED.search(text, 0, match.start()) or _THEN_CHANGED.match(text, match.end()) else sort


def _whole(match: re.Match[str]) -> Found | None:
    part = match.groupdict()
    year = int(part["minguo"]) + 1911 if part.get("minguo") else int(part["year"])
    if part.get("one"):
        month, day = sorted((int(part["one"] or 0), int(part["two"] or 0)))
        if day < 13 and month != day:
            return None
    else:
        month = _MONTHS[part["name"].lower()] if part.get("name") else int(part["month"])
        day = int(part["day"])
    if not _exists(year, month, day):
        return None
    value = f"{year:04}-{month:02}-{day:02}"
    clock = _clock(part)
    return Found(match.start(), match.end(), f"{value}T{clock}" if clock else value, "whole")


def _clock(part: dict[str, str | None]) -> str:
    if not part["hour"]:
        return ""
    hour, minute, second = int(part["hour"]), int(part["minute"] or 0), part["second"]
    late = (part["half"] or "").lower().startswith("p") or part["pm"] in ("下午", "晚上")
    if late and hour < 12:
        hour += 12
    elif (part["half"] or "").lower().startswith("a") and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or int(second or 0) > 59:
        return ""
    zone = (part["zone"] or "").strip().upper()
    return f"{hour:02}:{minute:02}" + (f":{second}" if second else "") + zone


def _exists(year: int, month: int, day: int) -> bool:
    """Whether there is such a day. (No `datetime`: a date must not need a year to be checked.)"""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day <= (29 if leap else 28) if month == 2 else not (day == 31 and month in (4, 6, 9, 11))
