"""The changes that take out of a text the lines that were found to be no part of it, and needless white space."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from corptool.text.changes import Change
from corptool.text.lines import Line
from corptool.text.matching import Finding

_LINE_END = re.compile(r"\r\n?|\n|\Z")


def removals(
    text: str,
    lines: Sequence[Line],
    found: Iterable[Finding],
    *,
    blank: bool = True,
    indented: Container[int] = (),
) -> list[Change]:
    r"""The changes that take out the found lines and white space around lines, and make blank runs one line.

    The lines that are `indented` (code) keep the white space at their beginning.

    >>> text = "\n首頁  \n\n\n第一段。 \n\n\n第二段。\n"
    >>> from corptool.text.lines import split_lines
    >>> changes = removals(text, split_lines(text), [Finding(1, "navigation", "home")])
    >>> from corptool.text.changes import apply
    >>> apply(text, changes), [change.kind for change in changes]
    ('第一段。\n\n第二段。', ['blank', 'navigation', 'blank', 'blank', 'blank'])
    """
    out = {finding.line: finding for finding in found}
    changes: list[Change] = []
    gap: list[tuple[int, int]] = []  # white space since the last kept line, before the lines taken out
    at, wanted, has_cr = 0, "", "\r" in text
    for number, (start, end, shown) in enumerate(lines):
        if not shown:
            wanted = wanted and "\n\n"
        elif finding := out.get(number):
            # The white space before the line stays with the gap; the line goes with the line end behind it.
            if at < start:
                gap.append((at, start))
            at = _past_line_end(text, end) if has_cr else text.find("\n", end) + 1 or len(text)
            changes.append(Change(start, at, "", finding.kind, finding.rule))
        else:
            while number in indented and start > at and text[start - 1] in " \t":
                start -= 1
            if blank and (gap or text[at:start] != wanted):
                changes += _blank(text, [*gap, (at, start)], wanted)
            gap, at, wanted = [], end, "\n"
    if blank:
        changes += _blank(text, [*gap, (at, len(text))], "")
    return sorted(changes)


def _past_line_end(text: str, at: int) -> int:
    found = _LINE_END.search(text, at)
    assert found, "there is one: the end of the text"
    return found.end()


def _blank(text: str, gap: Iterable[tuple[int, int]], wanted: str) -> Iterable[Change]:
    """The white space of a gap becomes what is wanted, in its first piece; the other pieces go."""
    for start, end in gap:
        if start < end:
            if text[start:end] != wanted:
                yield Change(start, end, wanted, "blank", "blank-run" if wanted else "blank-edge")
            wanted = ""
