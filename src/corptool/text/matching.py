"""Rules for lines that are no part of an article, and what they say of the lines of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from corptool.text.lines import Fold, Page

Places = tuple[str, ...]
PLACES: Places = ("", "head", "tail", "edge", "above-title")
EVERYWHERE, HEAD, TAIL, ABOVE_TITLE = ("",), ("head", "edge"), ("tail", "edge"), ("above-title",)


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
    """`head` (before the first prose), `tail` (after the last), `edge` (either), `above-title`, or anywhere."""
    lang: str = ""
    """`zh`: only lines with characters beyond ASCII are tried."""


class Rules(NamedTuple):
    """Rules made ready for matching: see `rule_set`."""

    rules: tuple[Rule, ...]
    fold: Fold
    groups: Mapping[Places, Group]
    sites: Mapping[str, frozenset[int]] = MappingProxyType({})
    """The marks of lines that repeat on the pages of a site (see sites.py)."""
    longest: int = 400
    """Characters; a longer line is a paragraph, and is tried on no rule."""


class Group:
    """Rules for some places. What they say of a line is kept: menus and footers stand on page after page."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self.match = lru_cache(maxsize=2048)(self._match)

    @cached_property
    def _any(self) -> re.Pattern[str]:
        """It matches where any of the rules does: most lines pay for that alone."""
        return _any_of(self.rules)

    @cached_property
    def _any_plain(self) -> re.Pattern[str]:
        """The same for lines of ASCII."""
        return _any_of(rule for rule in self.rules if rule.lang != "zh")

    def _match(self, key: str) -> tuple[Rule, re.Match[str]] | None:
        """The first rule that matches the key, and how."""
        plain = key.isascii()
        if not (self._any_plain if plain else self._any).fullmatch(key):
            return None
        rules = (rule for rule in self.rules if not (plain and rule.lang == "zh"))
        return next((rule, hit) for rule in rules if (hit := rule.pattern.fullmatch(key)))


def _any_of(rules: Iterable[Rule]) -> re.Pattern[str]:
    anonymous = (re.sub(r"\(\?P<\w+>", "(?:", rule.pattern.pattern) for rule in rules)
    return re.compile("|".join(f"(?:{one})" for one in anonymous) or "(?!)")


def rule_set(rules: Iterable[Rule], fold: Fold, sites: Mapping[str, frozenset[int]] | None = None) -> Rules:
    """The rules, in order, made ready for matching."""
    rules = tuple(rules)
    every = (EVERYWHERE, HEAD, TAIL, ABOVE_TITLE, PLACES)
    groups = {places: Group(tuple(rule for rule in rules if rule.where in places)) for places in every}
    return Rules(rules, fold, groups, sites or {})


class Finding(NamedTuple):
    """A line that is no part of the body, and what can be lifted from it: (field, value) pairs."""

    line: int
    kind: str
    rule: str
    lifted: tuple[tuple[str, str], ...] = ()


def matches(page: Page, numbers: Iterable[int], places: Places, rules: Rules) -> Iterator[Finding]:
    """What the rules of these places (`HEAD`, `PLACES`, …) say of these lines; of a line the first that matches it."""
    keys, longest, match = page.keys, rules.longest, rules.groups[places].match
    for number in numbers:
        if len(key := keys[number]) <= longest and (matched := match(key)):
            yield finding_of(page, number, *matched)


def finding_of(page: Page, number: int, rule: Rule, hit: re.Match[str]) -> Finding:
    line = page.texts[number]
    spans = [(name, hit.span(name)) for name in hit.re.groupindex if hit[name]]
    lifted = tuple((name, line[start:end].strip()) for name, (start, end) in spans)
    return Finding(number, rule.kind, rule.name, lifted)


def match(page: Page, number: int, places: Places, rules: Rules) -> Finding | None:
    """The first rule of these places that matches a line."""
    return next(matches(page, [number], places, rules), None)
