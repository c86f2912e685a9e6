"""What on a page is not the article: found by rules, each finding a whole line and its kind.

`find` is the order of work: rules, then the head of the page (title, slogan, site name);
`removals` makes changes of what was found and of blank lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from corptool.text.changes import Change
from corptool.text.lines import Fold, Line, is_prose, key, split_lines

_TRUNCATED = re.compile(r"\s*(?:\.{2,}|…+)$")


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of line that is no part of an article. The pattern must match the whole key of the line."""

    name: str
    kind: str
    pattern: re.Pattern[str]
    """Its named groups are the fields that are lifted: `contact`, `site`, `date`, `categories`, …"""
    why: str
    removes: tuple[str, ...]
    keeps: tuple[str, ...]
    where: str = ""
    """`head` (before the first prose), `above-title`, `tail` (after the last prose), or anywhere."""


class Rules(NamedTuple):
    """Rules with the fold that their keys are made with, and the longest line they are tried on."""

    rules: tuple[Rule, ...]
    fold: Fold
    longest: int = 400


class Finding(NamedTuple):
    """A line that is no part of the body, and what can be lifted from it: (field, value) pairs."""

    line: int
    kind: str
    rule: str
    lifted: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a text as the steps of cleaning see them."""

    lines: list[Line]
    rules: Rules
    keys: list[str] = field(init=False)
    prose: list[int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", [key(line.text, self.rules.fold) for line in self.lines])
        object.__setattr__(self, "prose", [n for n, line in enumerate(self.lines) if is_prose(line.text)])


def find(text: str, rules: Rules) -> tuple[Page, list[Finding]]:
    """Every line of `text` that is not body, in order, with kind and rule.

    >>> from corptool.text.lines import folding
    >>> top = Rule("back-to-top", "navigation", re.compile("back to top|返回顶部"), "", (), ())
    >>> find("他走了。\\n返回頂部", Rules((top,), folding("頂", "顶")))[1]
    [Finding(line=1, kind='navigation', rule='back-to-top', lifted=())]
    """
    page = Page(split_lines(text), rules)
    first, last = min(page.prose, default=len(page.lines)), max(page.prose, default=-1)
    found: dict[int, Finding] = {}
    for number, line in enumerate(page.lines):
        places = ("", *(["head"] if number <= first else []), *(["tail"] if number >= last else []))
        if line.text and (finding := match(page, number, places)):
            found[number] = finding
    # A notice in full sentences is prose too: the body begins at the first prose that no rule removes.
    if body := [number for number in page.prose if number not in found]:
        found |= {finding.line: finding for finding in head(page, body[0], found)}
    return page, [found[number] for number in sorted(found)]


def match(page: Page, number: int, places: Sequence[str]) -> Finding | None:
    """The first rule of these places that matches the line."""
    line, folded = page.lines[number].text, page.keys[number]
    if len(folded) > page.rules.longest:
        return None
    for rule in page.rules.rules:
        if rule.where in places and (hit := rule.pattern.fullmatch(folded)):
            spans = [(name, hit.span(name)) for name in hit.re.groupindex if hit[name]]
            lifted = tuple((name, line[start:end].strip()) for name, (start, end) in spans)
            return Finding(number, rule.kind, rule.name, lifted)
    return None


def head(page: Page, first: int, found: dict[int, Finding]) -> Iterable[Finding]:
    """The title, the site's name and what is said twice, of the lines above the first prose."""
    left = [number for number in range(first) if page.lines[number].text and number not in found]
    if not left:
        return
    title = _title(page, left)
    yield Finding(title, "title", "title-above-body", (("title", page.lines[title].text),))
    left.remove(title)
    times = Counter(page.keys[number] for number in [*left, title])
    for number in left:
        folded = page.keys[number]
        stem = _TRUNCATED.sub("", folded)
        if folded == page.keys[title] or (stem != folded and page.keys[title].startswith(stem)):
            yield Finding(number, "title", "title-repeated")
        elif times[folded] > 1:
            yield Finding(number, "banner", "repeated-in-head")
        elif number < title and (finding := match(page, number, ("above-title",))):
            yield finding


def _title(page: Page, left: Sequence[int]) -> int:
    """The line nearest above the prose, or the full form of a line that was cut short."""
    nearest = left[-1]
    stem = _TRUNCATED.sub("", page.keys[nearest])
    if stem != page.keys[nearest]:
        full = [n for n in left if page.keys[n].startswith(stem) and not _TRUNCATED.search(page.keys[n])]
        return full[-1] if full else nearest
    return nearest


def removals(text: str, lines: Sequence[Line], found: Iterable[Finding], *, blank: bool = True) -> list[Change]:
    r"""The changes that take out the found lines and white space around lines, and make blank runs one line.

    >>> text = "\n首頁  \n\n\n第一段。 \n\n\n第二段。\n"
    >>> changes = removals(text, split_lines(text), [Finding(1, "navigation", "home")])
    >>> from corptool.text.changes import apply
    >>> apply(text, changes), [change.kind for change in changes]
    ('第一段。\n\n第二段。', ['blank', 'navigation', 'blank', 'blank', 'blank'])
    """
    out = {finding.line: finding for finding in found}
    changes: list[Change] = []
    gap: list[tuple[int, int]] = []  # white space since the last kept line, without the lines taken out
    at, wanted = 0, ""
    for number, line in enumerate(lines):
        if not line.text:
            wanted = wanted and "\n\n"
            continue
        if number in out:
            # The white space before the line stays with the gap; the line goes with the line end behind it.
            end = _past_line_end(text, line.end)
            gap.append((at, line.start))
            changes.append(Change(line.start, end, "", out[number].kind, out[number].rule))
            at = end
            continue
        gap.append((at, line.start))
        if blank:
            changes += _blank(text, gap, wanted)
        gap, at, wanted = [], line.end, "\n"
    gap.append((at, len(text)))
    if blank:
        changes += _blank(text, gap, "")
    return sorted(changes)


def _past_line_end(text: str, at: int) -> int:
    while at < len(text) and text[at] not in "\r\n":
        at += 1
    return at + (2 if text[at : at + 2] == "\r\n" else 1) if at < len(text) else at


def _blank(text: str, gap: Iterable[tuple[int, int]], wanted: str) -> Iterable[Change]:
    """The white space of a gap becomes what is wanted, in its first piece; the other pieces go."""
    for start, end in gap:
        if start < end:
            if text[start:end] != wanted:
                yield Change(start, end, wanted, "blank", "blank-run" if wanted else "blank-edge")
            wanted = ""
