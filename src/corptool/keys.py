"""The keys of other people's records: which of them are ours under another name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

KNOWN = {
    "text": "content body article fulltext full_text article_text maintext main_text text_content content_text "
    "cleaned_text raw_text 正文 内容 內容 全文 文本",
    "title": "headline 标题 標題 题目 題目",
    "published": "date pubdate pub_date publish_date published_at publishdate date_published publish_time "
    "日期 发布日期 發佈日期 发布时间 發佈時間",
    "author": "authors byline 作者",
    "site": "site_name sitename website 网站 網站 站点",
    "source": "来源 來源",
    "url": "link uri 链接 鏈接 網址 网址",
}
"""The names by which crawlers and data sets call our keys, the likeliest first. All are compared in lower case."""
DATE = r"\d{4}-\d\d(-\d\d([T ].*)?)?"


def parse(words: str) -> dict[str, str]:
    """Our keys to theirs, from `text=content,title=headline`.

    >>> parse("text=content, title=標題")
    {'text': 'content', 'title': '標題'}
    """
    names: dict[str, str] = {}
    for pair in words.split(","):
        ours, equals, theirs = (part.strip() for part in pair.partition("="))
        if not (ours and equals and theirs):
            raise ValueError(f"{pair.strip()!r} is not of the form OURS=THEIRS, such as text=content")
        if ours in names or theirs in names.values():
            raise ValueError(f"{pair.strip()!r} names a key for the second time")
        names[ours] = theirs
    return names


def guess(fields: Mapping[str, Any]) -> dict[str, str]:
    """Our keys to theirs for a record without a `text`, from well-known names only; empty if no text is among them.

    >>> guess({"Headline": "網", "Content": "站", "body": "", "date": "yesterday"})
    {'text': 'Content', 'title': 'Headline'}
    """
    theirs = {key.strip().lower(): key for key in reversed(list(fields)) if isinstance(fields[key], str)}
    found: dict[str, str] = {}
    for ours, known in KNOWN.items():
        names = [theirs[name] for name in known.split() if name in theirs and ours not in fields]
        if ours == "published":
            names = [name for name in names if re.fullmatch(DATE, fields[name])]
        if names:
            found[ours] = names[0]
    return found if "text" in found else {}


def renamed(fields: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The record with their keys under our names, in place. A key that is in the way takes the name that is free.

    >>> renamed({"text": "a.html", "content": "網", "n": 1}, {"text": "content"})
    {'content': 'a.html', 'text': '網', 'n': 1}
    """
    taken = {ours: theirs for ours, theirs in names.items() if theirs in fields}
    new = {theirs: ours for ours, theirs in taken.items()}
    for ours, theirs in taken.items():
        if ours in fields and ours not in new:
            while theirs in taken:
                theirs = taken[theirs]
            new[ours] = theirs
    return {new.get(key, key): value for key, value in fields.items()}
