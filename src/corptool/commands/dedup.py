"""`corptool dedup`: remove copies, or mark them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from corptool.article import Article, Dropped
from corptool.rules import fold_table
from corptool.stage import stage
from corptool.text.duplicates import Sketches, near
from corptool.text.fold import fold
from corptool.text.shingles import SHORT, sketches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KEEP = ("best", "longest", "earliest", "latest", "first")
WHOLE = 50
"""Texts of fewer folded characters are compared whole: too few shingles to tell an edited copy from another text."""


class Features(NamedTuple):
    """What must be known of an article to tell its copies, and which of them stays."""

    id: str
    place: tuple[str, str, int]
    """Path, member and offset: ids may repeat in other people's data."""
    exact: bytes
    same: bytes
    hashes: bytes
    numbers: bytes
    folded: int
    """Characters that are left after folding."""
    length: int
    repairs: int
    known: int
    """How many of title and date the article has."""
    published: str

    @property
    def order(self) -> tuple[Any, ...]:
        """An order of articles that does not depend on the order of the input."""
        return self.id, self.place, self.exact, self.known, self.published


class Decision(NamedTuple):
    """What becomes of an article."""

    cluster: str
    """The smallest id of its group."""
    relation: str | None
    """Of the article to the survivor; None for a survivor."""
    survivor: str


@stage
@click.option("--keep", type=click.Choice(KEEP), help="Which copy stays.")
@click.option("--mark", is_flag=True, help="Remove nothing; write `cluster` and `relation` instead.")
def dedup(
    article: Article,
    decision: Decision,
    *,
    keep: str = "best",  # noqa: ARG001 - for `decide`
    mark: bool = False,
) -> Article | Dropped:
    """Remove copies, across scripts, widths and edits.

    Copies are the same text (`exact`), the same after folding script, case, width, punctuation, white space and
    glosses (`same`), or the same text edited (`near`). `--keep best` keeps the copy with the fewest repairs and
    removals; then one that has title and date; then the longest; then the first by path.

    \b
        corptool read crawl/ | corptool clean | corptool dedup --keep longest > corpus.jsonl
    """
    if mark:
        return article | {"cluster": decision.cluster, "relation": decision.relation}
    if decision.relation is None:
        return article
    return Dropped(article, f"{decision.relation} copy of {decision.survivor}", into=decision.survivor)


@dedup.key
def features(article: Article) -> Features:
    """Everything that is compared, in a few hundred bytes."""
    text = article["text"]
    folded = fold([text], fold_table())
    hashes, _ = sketches(folded)
    origin = article.get("origin") or {}
    place = (str(origin.get("path") or ""), str(origin.get("member") or ""), int(origin.get("offset") or 0))
    return Features(
        str(article.get("id", "")),
        place,
        _digest(text.encode("utf-8", "surrogatepass")),
        _digest(folded.codes.tobytes() or text.encode("utf-8", "surrogatepass")),
        hashes.tobytes(),
        folded.numbers.tobytes(),
        folded.codes.size,
        len(text),
        sum(map(_repairs, article.get("edits") or [])),
        bool(article.get("title")) + bool(article.get("published")),
        str(article.get("published") or ""),
    )


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


def _repairs(entry: dict[str, Any]) -> int:
    """How many changes a stage made. Another script is no repair."""
    if entry.get("stage") == "convert":
        return 0
    return sum(entry.get("kinds", {}).values()) or len(entry.get("changes", ()))


@dedup.decide
def decide(keys: Iterable[Features], *, keep: str = "best") -> Iterator[Decision]:
    """Group the articles and choose who stays."""
    articles = list(keys)
    order = sorted(range(len(articles)), key=lambda index: articles[index].order)
    label = _labels([articles[index] for index in order])
    groups = defaultdict(list)
    for index, first in zip(order, label, strict=True):
        groups[order[first]].append(index)
    rank = _rank(keep)
    decisions: dict[int, Decision] = {}
    for first, group in groups.items():
        survivor = min(group, key=lambda index: (rank(articles[index], index), articles[index].order))
        for index in group:
            relation = None if index == survivor else _relation(articles[index], articles[survivor])
            decisions[index] = Decision(articles[first].id, relation, articles[survivor].id)
    for index in range(len(articles)):
        yield decisions[index]


def _rank(keep: str) -> Callable[[Features, int], Any]:
    """Where an article stands among its copies: the smallest stays."""
    ranks: dict[str, Callable[[Features, int], Any]] = {
        "best": lambda article, _: (article.repairs, -article.known, -article.length, article.place),
        "longest": lambda article, _: (-article.length, article.place),
        "earliest": lambda article, _: (not article.published, article.published, article.place),
        "latest": lambda article, _: ([-ord(char) for char in article.published] or [0], article.place),
        "first": lambda _, index: index,
    }
    return ranks[keep]


def _relation(article: Features, survivor: Features) -> str:
    return "exact" if article.exact == survivor.exact else "same" if article.same == survivor.same else "near"


def _labels(articles: list[Features]) -> list[int]:
    """For each article the first of its group. One article stands for all that are the same after folding."""
    import numpy as np

    first: dict[bytes, int] = {}
    same = [first.setdefault(article.same, index) for index, article in enumerate(articles)]
    distinct = sorted(index for index in first.values() if articles[index].folded >= WHOLE)
    if len(distinct) > 1:
        label = near(_sketches([articles[index] for index in distinct]))
        joined = dict(zip(distinct, np.array(distinct)[label].tolist(), strict=True))
        same = [joined.get(index, index) for index in same]
    return same


def _sketches(articles: list[Features]) -> Sketches:
    import numpy as np

    def edges(sizes: list[int]) -> NDArray[np.int64]:
        return np.cumsum([0, *sizes])

    hashes = np.frombuffer(b"".join(article.hashes for article in articles), np.uint32)
    numbers = [frozenset(np.frombuffer(article.numbers, np.uint64).tolist()) for article in articles]
    short = np.array([article.folded <= SHORT for article in articles])
    return Sketches(hashes, edges([len(article.hashes) // 4 for article in articles]), short, numbers)
