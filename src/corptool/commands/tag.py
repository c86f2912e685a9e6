"""`corptool tag`: see docs/tag.md."""

from __future__ import annotations

from corptool import rules
from corptool.article import Article
from corptool.stage import stage
from corptool.text.language import language


@stage
def tag(article: Article) -> Article:
    """Write the language of each article to `lang`; where it cannot be told, `lang` is left out.

    Example: corptool tag articles.jsonl | corptool filter --lang zh
    """
    told = language(article["text"], rules.script_tables())
    tagged = {key: value for key, value in article.items() if key != "lang"}
    if told.tag:
        tagged["lang"] = told.tag
    meta = {key: value for key, value in (article.get("meta") or {}).items() if key != "scripts"}
    if told.lines:
        meta["scripts"] = {name: _ranges(lines) for name, lines in told.lines.items()}
    if meta or article.get("meta"):
        tagged["meta"] = meta
    return article if tagged == article else tagged


def _ranges(lines: list[int]) -> list[list[int]]:
    """Runs of line numbers as [first, last]: [1, 2, 3, 7] as [[1, 3], [7, 7]]."""
    ranges: list[list[int]] = []
    for line in lines:
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    return ranges
