"""`corptool stats`: what a corpus holds, and what was done to it."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import click

from corptool import files
from corptool.article import Article, Parcel, dumps, loads
from corptool.stage import sink
from corptool.text.counts import Counts, counts

UNKNOWN = "(unknown)"


@sink
@click.option("--top", type=click.IntRange(1), help="Rows of the longer tables.")
@click.option("--lost", metavar="REJECTS", help="Count what is in this file, which --rejects wrote, as well.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object with all numbers, for programs.")
def stats(
    parcels: Iterable[Parcel], *, top: int = 10, lost: str | None = None, as_json: bool = False
) -> Iterator[bytes]:
    """Print tables of a corpus: sizes, languages, sites, dates, what was removed, duplicates and losses.

    Characters are code points without white space; words are counted outside Han and kana.

    Example: corptool stats --lost rejects.jsonl corpus.jsonl
    """
    corpus = Corpus()
    for parcel in parcels:
        corpus.add(parcel.article)
    if lost is not None:
        with files.opened(lost) as file:
            for line in file:
                corpus.add_lost(loads(line))
    numbers = corpus.numbers()
    yield dumps(numbers) + b"\n" if as_json else (tables(numbers, top) + "\n").encode()


class Corpus:
    """The numbers of the articles seen so far."""

    def __init__(self) -> None:
        self.sizes = array("L")
        self.total = Counts(0, 0, 0)
        self.kinds: dict[str, Counter[str]] = {name: Counter() for name in ("languages", "sites", "years")}
        self.changed: dict[tuple[str, str], Counter[str]] = {}
        self.relations: Counter[str] = Counter()
        self.clusters: set[str] = set()
        self.lost: Counter[tuple[str, str, str]] = Counter()

    def add(self, article: Article) -> None:
        """Count an article."""
        size = counts(article["text"])
        self.sizes.append(size.characters)
        self.total = Counts(*(old + new for old, new in zip(self.total, size, strict=True)))
        year = re.match(r"\d{4}", str(article.get("published") or ""))
        self.kinds["languages"][_known(article.get("lang"))] += 1
        self.kinds["sites"][_known(article.get("site"))] += 1
        self.kinds["years"][year[0] if year else UNKNOWN] += 1
        if article.get("relation"):
            self.relations[_known(article["relation"])] += 1
            self.clusters.add(str(article.get("cluster")))
        for entry in article.get("edits") or ():
            self._add_edits(entry)

    def _add_edits(self, entry: dict[str, Any]) -> None:
        for _, old, new, *known in entry.get("changes", ()):
            kind = known[0] if known else "not given back by the inverse"
            count = self.changed.setdefault((entry["stage"], kind), Counter())
            count.update(changes=1, removed=len(old), added=len(new))
        for kind, times in entry.get("kinds", {}).items():  # written with --edits hash: no more is known
            self.changed.setdefault((entry["stage"], kind), Counter()).update(changes=times)

    def add_lost(self, row: dict[str, Any]) -> None:
        """Count a row of a rejects file."""
        fate = "rejected" if row.get("failed") else "merged" if row.get("into") else "dropped"
        reason = re.sub(r"(copy of|duplicate of) \S+", r"\1 …", str(row.get("reason")))
        self.lost[str(row.get("stage")), fate, reason] += 1

    def numbers(self) -> dict[str, Any]:
        """Everything, ready for JSON; what there is most of comes first."""
        ordered = sorted(self.sizes)
        many = len(ordered)
        quantiles = {name: ordered[int(share * (many - 1))] for name, share in QUANTILES.items()} if many else {}
        return {
            "articles": many,
            **self.total._asdict(),
            "characters_an_article": quantiles,
            **{name: dict(_sorted(counter)) for name, counter in self.kinds.items()},
            "changes": [{"stage": stage, "kind": kind, "changes": 0, "removed": 0, "added": 0, **count}
                        for (stage, kind), count in sorted(self.changed.items(), key=_most_changes)],
            "duplicates": {"groups": len(self.clusters), **dict(_sorted(self.relations))},
            "lost": [{"stage": stage, "fate": fate, "reason": reason, "articles": number}
                     for (stage, fate, reason), number in _sorted(self.lost)],
        }  # fmt: skip


QUANTILES = {"smallest": 0.0, "quarter": 0.25, "median": 0.5, "three quarters": 0.75, "largest": 1.0}


def _known(value: Any) -> str:
    return value if isinstance(value, str) and value else UNKNOWN


def _sorted(counter: Counter[Any]) -> list[tuple[Any, int]]:
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))


def _most_changes(item: tuple[tuple[str, str], Counter[str]]) -> tuple[int, tuple[str, str]]:
    return -item[1]["changes"], item[0]


def tables(numbers: dict[str, Any], top: int) -> str:
    """The numbers as tables for a terminal, in which Han characters are two columns wide."""
    from tabulate import tabulate

    def table(rows: Iterable[Iterable[Any]], *headers: str) -> str:
        shown = [[f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in rows]
        right = ["right" if isinstance(cell, int) else "left" for cell in next(iter(rows), ())]
        return tabulate(shown, headers, tablefmt="simple", colalign=right, disable_numparse=True)

    def longer(name: str, rows: list[Any], *headers: str) -> str:
        rest = len(rows) - top
        return table(rows[:top], *headers) + (f"\n… and {rest:,} more {name}" if rest > 0 else "")

    sizes = [(name, numbers[name]) for name in ("articles", *Counts._fields)]
    parts = [table([*sizes, *numbers["characters_an_article"].items()], "in all", "")]
    if not numbers["articles"]:
        parts = ["no articles"]
    for name, header in (("languages", "language"), ("sites", "site")):
        if set(numbers[name]) - {UNKNOWN}:
            parts.append(longer(name, list(numbers[name].items()), header, "articles"))
    if set(numbers["years"]) - {UNKNOWN}:
        parts.append(longer("years", sorted(numbers["years"].items(), reverse=True), "published", "articles"))
    if numbers["changes"]:
        rows = [list(row.values()) for row in numbers["changes"]]
        parts.append(longer("kinds", rows, "stage", "kind", "changes", "characters removed", "added"))
    if len(numbers["duplicates"]) > 1:
        parts.append(table(list(numbers["duplicates"].items()), "duplicates", ""))
    if numbers["lost"]:
        parts.append(
            longer("reasons", [list(row.values()) for row in numbers["lost"]], "stage", "fate", "reason", "articles")
        )
    return "\n\n".join(parts)
