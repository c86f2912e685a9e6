r"""Plain text as Markdown that shows the same, and back.

`unescape(escape(text)) == text` for every text. A line of the text stays a line of the file: two spaces at its end
say so to the reader (a hard break), and a backslash stands before whatever Markdown would take for a mark.
"""

from __future__ import annotations

import re

PUNCTUATION = re.escape("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
INLINE = re.compile(
    rf"""
      \\(?=[{PUNCTUATION}]|$)               # would escape what follows, or break the line
    | \*(?:(?<!\s\*)|(?!\s|$))             # emphasis; a star between spaces is a star
    | _(?:(?<![^\W_]_)|(?![^\W_]))          # emphasis; within a word it is not
    | `                                    # code
    | \((?<=\]\() | :(?<=\]:)              # links, their definitions
    | \[(?:(?<=\]\[)|(?=[\^\[])) | !(?=\[)  # references, notes, images
    | ~(?:(?=~)|(?<=~~))                   # struck out
    | <(?=[A-Za-z/!?])                     # tags, comments, links
    | &(?=\#?\w{{1,32}};)                  # entities
    """,
    re.VERBOSE,
)
"""Each branch begins with its character, so that the search runs over all others at the speed of C."""
START = re.compile(
    r"""
    (?P<before>[ ]{0,3})
    (?: (?=\#{1,6}(?:[ \t]|$) | > | [-+*](?:[ \t]|$) | =+[ \t]*$ | -+[ \t]*$ | ~~~
        | (?:[-_*][ \t]*){3,}$ | :?-[-|: \t]*$ | \|[-|: \t]+$)
      | (?P<number>\d{1,9})(?=[.)](?:[ \t]|$)) )
    """,
    re.VERBOSE,
)
FENCE = re.compile(r" {0,3}(?:```|~~~)")
INDENT = re.compile(r" {4}| {0,3}\t")
ESCAPED = re.compile(rf"\\([{PUNCTUATION}])")


def escape(text: str) -> str:
    r"""Markdown that is read as this text.

    >>> escape("# 1\n2. 風*力*\na_b * c\n\n---").split("\n")
    ['\\# 1  ', '2\\. 風\\*力\\*  ', 'a_b * c', '', '\\---']
    """
    lines = text.split("\n")
    escaped = [_escape_line(line) for line in lines]
    for at in range(len(lines) - 1):
        if not _blank(lines[at]) and not _blank(lines[at + 1]):
            escaped[at] += "  "
    return "\n".join(escaped)


def _escape_line(line: str) -> str:
    escaped = INLINE.sub(r"\\\g<0>", line)
    if indent := INDENT.match(line):
        return ("&#32;" if line[0] == " " else "&#9;") + escaped[1:] if not _blank(line) and indent else escaped
    start = START.match(line)
    if start is None:
        return escaped
    at = start.end()  # before it stand blanks and digits, which are never escaped
    return escaped if escaped[at] == "\\" else f"{escaped[:at]}\\{escaped[at:]}"


def unescape(markdown: str) -> str:
    r"""The text that was escaped; in Markdown by others, hard breaks and backslashes are seen through, except in
    fenced code (of which `escape` makes none).

    >>> unescape(escape("*甲*  \n    乙\\\n")) == "*甲*  \n    乙\\\n"
    True
    """
    lines = markdown.split("\n")
    shown = []
    fenced = False
    for at, line in enumerate(lines):
        if FENCE.match(line):
            fenced = not fenced
        if fenced or FENCE.match(line):
            shown.append(line)
            continue
        follows = at + 1 < len(lines) and not _blank(lines[at + 1])
        if follows and line.endswith("  ") and not _blank(line):
            line = line[:-2]
        if line.startswith(("&#32;", "&#9;")):
            line = (" " if line[2] == "3" else "\t") + line.partition(";")[2]
        shown.append(ESCAPED.sub(r"\1", line))
    return "\n".join(shown)


def _blank(line: str) -> bool:
    return not line.strip(" \t")
