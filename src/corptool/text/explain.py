"""A page as it was, with what goes struck out and the reason at the margin."""

from __future__ import annotations

from collections.abc import Iterable

from corptool.text.changes import Change

_RED, _STRUCK, _PLAIN = "\033[31m", "\033[9m", "\033[0m"
MARGIN = 26


def explained(text: str, changes: Iterable[Change], *, colour: bool = False) -> str:
    """Each line with a margin: empty for what stays, kind and rule for what goes; blank runs are not shown.

    Without colour what goes inside a line stands between `[-` and `-]`.

    >>> print(explained("首頁\\n正文。", [Change(0, 3, "", "navigation", "home")]))
    navigation home          - 首頁
                             | 正文。
    """
    at, out, margin, goes = 0, [""], "", True
    rows: list[str] = []

    def end_line() -> None:
        nonlocal margin, goes
        line = "".join(out)
        if line.strip():
            whole = goes and margin
            line = f"{_RED}{_STRUCK}{line}{_PLAIN}" if whole and colour else line
            rows.append(f"{margin[: MARGIN - 2]:{MARGIN - 2}} {'-' if whole else '|'} {line}")
        out[:] = [""]
        margin, goes = "", True

    def add(piece: str, change: Change | None) -> None:
        nonlocal margin, goes
        for number, part in enumerate(piece.split("\n")):
            if number:
                end_line()
            if not part:
                continue
            if change is None:
                goes = goes and not part.strip()
                out.append(part)
            elif change.kind != "blank":
                margin = margin or f"{change.kind} {change.rule}".strip()
                out.append(part)

    for change in changes:
        add(text[at : change.start], None)
        add(text[change.start : change.end], change)
        at = change.end
    add(text[at:], None)
    end_line()
    return "\n".join(rows)
