"""Quotation marks as Simplified and Traditional text have them: “ ” ‘ ’ and 「 」 『 』."""

from __future__ import annotations

import re

SIMPLIFIED, TRADITIONAL = "“”‘’", "「」『』"
LATIN = "[A-Za-z0-9À-ɏ]"
CURLY = re.compile(f"[“”]|(?<!{LATIN})‘|(?<!{LATIN})’|’(?!{LATIN})")
HAN = re.compile("[\u3400-\u9fff]")


def quoted(text: str, target: str) -> str:
    """With the marks of the target script (`s` or `t`). Lines without Han, and apostrophes, stay as they are.

    >>> quoted("他说：“那是‘机器学习’，it’s new”。\\n“English”", "t")
    '他说：「那是『机器学习』，it’s new」。\\n“English”'
    >>> quoted("他說：「那是『機器學習』」。", "s")
    '他說：“那是‘機器學習’”。'
    """
    if target == "s":
        table = str.maketrans(TRADITIONAL, SIMPLIFIED)
        return "\n".join(line.translate(table) if HAN.search(line) else line for line in text.split("\n"))
    marks = dict(zip(SIMPLIFIED, TRADITIONAL, strict=True))
    lines = text.split("\n")
    return "\n".join(CURLY.sub(lambda mark: marks[mark[0]], line) if HAN.search(line) else line for line in lines)


def unquoted(text: str, source: str) -> str:
    """With the marks of the source script throughout: nearly what `quoted` was given, by a rule that never changes.

    >>> unquoted("他说：「那是『机器学习』」。", "s"), unquoted("It’s “是”", "t")
    ('他说：“那是‘机器学习’”。', 'It』s 「是」')
    """
    old, new = (TRADITIONAL, SIMPLIFIED) if source == "s" else (SIMPLIFIED, TRADITIONAL)
    return text.translate(str.maketrans(old, new))
