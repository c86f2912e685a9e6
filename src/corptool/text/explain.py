"""A page as it was, with what goes struck out and the reason at the margin."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from corptool.text.changes import Change

_RED, _STRUCK, _PLAIN = "\033[31m", "\033[9m", "\033[0m"
MARGIN = 24
LONGEST_WORD = 20

Line = list[tuple[str, Change | None]]
"""The parts of a line, and what takes each of them out."""


def explained(text: str, changes: Iterable[Change], *, colour: bool = False, width: int | None = None) -> str:
    """Each line with a margin: empty for what stays, kind and rule for what goes; blank runs are not shown.

    Without colour what goes inside a line stands between `[-` and `-]`. Lines are folded to `width` columns, of which
    a wide character takes two, so that the margin stays free.

    >>> changes = [Change(0, 3, "", "navigation", "home"), Change(4, 11, "", "gloss", "")]
    >>> print(explained("首頁\\n正(zhèng)文。", changes))
    navigation home          - 首頁
    gloss                    | 正[-(zhèng)-]文。
    """
    shown = []
    for line in _lines(text, changes):
        gone = [change for _, change in line if change is not None]
        whole = bool(gone) and all(change is not None or not part.strip() for part, change in line)
        margin = f"{gone[0].kind} {gone[0].rule}".strip()[:MARGIN] if gone else ""
        for row in _folded(line, width - MARGIN - 3) if width else [line]:
            parts = (
                part if change is None or (whole and not colour) else _struck(part, colour) for part, change in row
            )
            shown.append(f"{margin:{MARGIN}} {'-' if whole else '|'} {''.join(parts)}")
            margin = ""
    return "\n".join(shown)


def _lines(text: str, changes: Iterable[Change]) -> Iterator[Line]:
    """The lines that are not blank; white space that goes belongs to the page as it was."""
    at, pieces = 0, []
    for change in changes:
        told = None if change.kind == "blank" else change
        pieces += [(text[at : change.start], None), (text[change.start : change.end], told)]
        at = change.end
    line: Line = []
    for piece, reason in [*pieces, (text[at:] + "\n", None)]:
        first, *others = piece.split("\n")
        line += [(first, reason)] if first else []
        for part in others:
            if "".join(piece for piece, _ in line).strip():
                yield line
            line = [(part, reason)] if part else []


def _folded(line: Line, columns: int) -> Iterator[Line]:
    """The rows of a line, broken after a space where there is one near."""
    row: Line = []
    used = 0
    for part, change in line:
        start = 0
        for at, char in enumerate(part):
            used += _columns(char)
            if used > columns:
                cut = part.rfind(" ", max(start, at - LONGEST_WORD), at) + 1 or at
                yield [*row, (part[start:cut], change)]
                row, start, used = [], cut, sum(map(_columns, part[cut : at + 1]))
        row.append((part[start:], change))
    yield row


def _columns(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _struck(part: str, colour: bool) -> str:
    return (f"{_RED}{_STRUCK}{part}{_PLAIN}" if colour else f"[-{part}-]") if part.strip() else part
