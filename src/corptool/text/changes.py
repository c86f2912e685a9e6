"""A text function of corptool does not return a new text but the changes that make it.

So what was done can always be shown, counted and undone, and there is no second code path that explains:
`apply` makes the new text from the changes, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

CLOSELY = 600
"""Characters up to which two stretches of different length are compared one by one."""


class Change(NamedTuple):
    """`text[start:end]` becomes `new`. Offsets count code points of the text before any of the changes."""

    start: int
    end: int
    new: str
    kind: str
    """What was found there: `banner`, `gloss`, `mojibake`, …"""
    rule: str = ""
    """Which rule, chain or score decided."""


def apply(text: str, changes: Iterable[Change]) -> str:
    """Make the new text. The changes are sorted and do not overlap.

    >>> apply("網(wǎng)站", [Change(1, 7, "", "gloss")])
    '網站'
    """
    parts: list[str] = []
    at = 0
    for start, end, new, _, _ in changes:
        parts += text[at:start], new
        at = end
    return "".join(parts) + text[at:]


def compose(text: str, first: Sequence[Change], second: Sequence[Change]) -> list[Change]:
    """The changes that do in one step what `first` (on `text`) and then `second` (on its result) do.

    Where the two meet, one change with the second's kind covers both: a notice that is removed after its
    glosses were stripped shows in the end as one removal, of the notice as it stood in the text.

    >>> text = "網(wǎng)站首頁 本文"
    >>> glosses = [Change(1, 7, "", "gloss")]
    >>> compose(text, glosses, [Change(0, 5, "", "navigation")])
    [Change(start=0, end=11, new='', kind='navigation', rule='')]
    """
    if not first or not second:
        return [*first, *second]
    middle = apply(text, first)
    pending = _in_middle(first, second)
    composed: list[Change] = []
    shift = 0  # how much longer the middle is than `text`, up to here
    at = 0
    while at < len(pending):
        low, high, _, _ = pending[at]
        until = at + 1
        while until < len(pending) and pending[until][0] < high:
            high = max(high, pending[until][1])
            until += 1
        group = pending[at:until]
        before = shift
        shift += sum(len(change.new) - (change.end - change.start) for *_, step, change in group if step == 0)
        seconds = [change for *_, step, change in group if step == 1]
        if not seconds:
            composed.append(group[0][3])
        else:
            moved = [change._replace(start=change.start - low, end=change.end - low) for change in seconds]
            new = apply(middle[low:high], moved)
            composed.append(Change(low - before, high - shift, new, seconds[0].kind, seconds[0].rule))
        at = until
    return composed


def diff(old: str, new: str) -> list[Change]:
    """The changes between two texts of which only the result is known, kind `changed`.

    Lines of equal length are compared code point by code point, as a change of script leaves them; what else
    differs loses what it shares at both ends.

    >>> [change[:3] for change in diff("头发\\n和 end", "頭髮\\n和 the end")]
    [(0, 2, '頭髮'), (5, 5, 'the ')]
    """
    if old == new:
        return []
    olds, news = _lines(old), _lines(new)
    changes: list[Change] = []
    at = 0
    for low, high, from_, to in _blocks(olds, news):
        pairs = list(zip(olds[low:high], news[from_:to], strict=False))
        if high - low != to - from_:
            pairs = [("".join(olds[low:high]), "".join(news[from_:to]))]
        for before, after in pairs:
            changes += _between(at, before, after)
            at += len(before)
    return changes


def _lines(text: str) -> list[str]:
    *lines, last = text.split("\n")
    return [*(line + "\n" for line in lines), last]


def _blocks(olds: list[str], news: list[str]) -> Iterator[tuple[int, int, int, int]]:
    if len(olds) == len(news):
        yield 0, len(olds), 0, len(news)
        return
    from difflib import SequenceMatcher

    for _, *block in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        yield block[0], block[1], block[2], block[3]


def _between(at: int, old: str, new: str) -> Iterator[Change]:
    if old == new:
        return
    if len(old) != len(new):
        shared = min(len(old), len(new))
        low = next((n for n in range(shared) if old[n] != new[n]), shared)
        back = next((n for n in range(shared - low) if old[-1 - n] != new[-1 - n]), shared - low)
        yield from _within(at + low, old[low : len(old) - back], new[low : len(new) - back])
        return
    places = groupby(range(len(old)), key=lambda n: old[n] != new[n])
    for run in (list(run) for differs, run in places if differs):
        low, high = run[0], run[-1] + 1
        yield Change(at + low, at + high, new[low:high], "changed")


def _within(at: int, old: str, new: str) -> Iterator[Change]:
    """What two short stretches do not share, each piece apart; long ones as one change, for comparing takes squares."""
    if len(old) > CLOSELY or len(new) > CLOSELY or not old or not new:
        yield Change(at, at + len(old), new, "changed")
        return
    from difflib import SequenceMatcher

    for tag, low, high, from_, to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Change(at + low, at + high, new[from_:to], "changed")


def _in_middle(first: Sequence[Change], second: Sequence[Change]) -> list[tuple[int, int, int, Change]]:
    """(start, end, step, change) of both in the text between the two steps; empty spans before others."""
    spans = []
    shift = 0
    for change in first:
        start = change.start + shift
        spans.append((start, start + len(change.new), 0, change))
        shift += len(change.new) - (change.end - change.start)
    spans += [(change.start, change.end, 1, change) for change in second]
    return sorted(spans, key=lambda span: (span[0], span[1] > span[0], span[2]))
