"""`corptool dedup`: remove copies, or mark them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import chain, pairwise, starmap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corptool.article import Article, Dropped, dumps
from corptool.duplicates import units
from corptool.duplicates.answers import Decision, decisions
from corptool.duplicates.answers import why as whys
from corptool.duplicates.disk import Room
from corptool.duplicates.features import Features, collected
from corptool.duplicates.index import BrokenIndexError, Index
from corptool.duplicates.plan import REMOVED, Plan
from corptool.options import Unnoted
from corptool.rules import fold_table
from corptool.stage import stage
from corptool.step import AsIs
from corptool.tasks import Each
from corptool.text.changes import Change
from corptool.text.difference import passages
from corptool.text.fold import Folded, fold
from corptool.text.shingles import sketches
from corptool.text.units import hashes, repeated

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 256 << 10
"""Characters folded at a time: all of a batch of lines. Half of that leaves a rest of each, which costs as much."""

NUMBERS = 256 * 8
"""Bytes of numbers that are kept of an article, those with the lowest hashes: a table may hold a hundred thousand."""
SHOWN = 10
"""Changes of earlier decisions that are told."""
FACTS = ("published", "source", "url", "site")
"""What a removed copy may have known better (--merge)."""


def _ranking(_: click.Context, __: click.Parameter, value: str) -> str:
    known = ("best", "longest", "earliest", "latest", "first")
    if value not in known and not value.startswith("source:"):
        raise click.BadParameter(f"'{value}' is not one of {', '.join(known)}, source:A,B")
    return value


def _relations(_: click.Context, __: click.Parameter, value: str) -> str:
    known = ("exact", "same", "near", "contained", "template")
    for each in value.split(","):
        if each not in known:
            raise click.BadParameter(f"'{each}' is not one of {', '.join(known)}")
    return value


class Size(click.ParamType):  # type: ignore[type-arg]
    """A number of bytes: 512M."""

    name = "size"

    def convert(self, value: str, _param: click.Parameter | None, _context: click.Context | None) -> str:
        """The size as it was typed."""
        _bytes(value)
        return value


@stage
@click.option("--keep", metavar="WAY", callback=_ranking, help="Which copy stays.")
@click.option("--relations", metavar="LIST", callback=_relations, help="What is removed, with commas between.")
@click.option("--mark", is_flag=True, help="Remove nothing; write `cluster`, `relation` and `related` instead.")
@click.option("--merge", is_flag=True, help="Write what the removed copies had and the survivor lacks to meta.copies.")
@click.option(
    "--why", cls=Unnoted, metavar="FILE", help="Write for each removed article why, with the difference, as JSON Lines."
)
@click.option("--pairs", is_flag=True, help="Write the pairs that were found, scored, in place of the articles.")
@click.option(
    "--index",
    metavar="DIR",
    type=click.Path(file_okay=False),
    help="Compare with all articles of earlier runs too, and remember these.",
)
@click.option("--unit", type=click.Choice(["article", "paragraph", "line"]), help="What is compared, and removed.")
@click.option("--table", cls=Unnoted, is_flag=True, help="Print a table of clusters by size.")
@click.option(
    "--memory",
    cls=Unnoted,
    metavar="SIZE",
    type=Size(),
    help="Memory for what grows with the corpus; the rest goes to disk.",
)
def dedup(
    article: Article,
    decision: Decision | units.UnitDecision,
    *,
    keep: str = "best",  # noqa: ARG001 - for `decide`, as all that are not named here
    relations: str = REMOVED,
    mark: bool = False,
    merge: bool = False,
    why: str | None = None,  # noqa: ARG001
    pairs: bool = False,
    index: str | None = None,  # noqa: ARG001
    unit: str = "article",
    table: bool = False,  # noqa: ARG001
    memory: str = "1G",  # noqa: ARG001
) -> Article | Dropped | bytes | tuple[Article, list[Change]]:
    """Remove copies, across scripts, widths and edits.

    Copies are the same text (`exact`), the same after folding script, case, width, punctuation, white space and
    glosses (`same`), or the same text edited (`near`). Reprints within a longer page (`contained`) and forms filled
    in with other facts (`template`) are told by --mark, and removed only where --relations names them.

    \b
    --keep best      fewest repairs and removals, then with title and date, then the longest, then by path
    --keep longest | earliest | latest
    --keep source:新华社,Reuters   the first of these sources that has it, then as `best`
    --keep first     the only choice that depends on the order of the input

    With --unit paragraph or line no article is removed, but the paragraphs or lines that are repeated throughout
    the corpus, and what comes again within one article.

    \b
      corptool read crawl/ | corptool clean | corptool dedup --keep longest > corpus.jsonl
    """
    if isinstance(decision, units.UnitDecision):
        return article, repeated(article["text"], decision.units, decision.common, unit=unit)  # type: ignore[arg-type]
    if pairs:
        return b"".join(dumps(pair) + b"\n" for pair in decision.pairs or ())
    if mark:
        marks = {"cluster": decision.cluster, "relation": decision.relation, "related": decision.related}
        return article | {key: value for key, value in marks.items() if value is not None or key == "relation"}
    if decision.relation in relations.split(","):
        assert decision.survivor is not None
        return Dropped(article, f"{decision.relation} copy of {decision.survivor}", into=decision.survivor)
    if merge and decision.copies:
        return article | {"meta": (article.get("meta") or {}) | {"copies": decision.copies}}
    return article


@dedup.key
def features(
    article: Article, *, unit: str = "article", why: str | None = None, merge: bool = False
) -> Features | list[int]:
    """Everything that is compared, in about a thousand bytes."""
    made: Sequence[Features | list[int]] = features_of_block([article], unit=unit, why=why, merge=merge)
    return made[0]


@dedup.keys
def features_of_block(
    articles: Sequence[Article], *, unit: str = "article", why: str | None = None, merge: bool = False
) -> Sequence[Features | list[int]]:
    """The features of each of many articles: an array operation costs the same for one text as for a hundred."""
    if unit != "article":
        return [hashes(article["text"], fold_table(), unit=unit).tolist() for article in articles]  # type: ignore[arg-type]
    found: list[Features] = []
    block: list[Article] = []
    size = 0
    for article in articles:
        block.append(article)
        size += len(article["text"])
        if size >= BLOCK:
            found += _features(block, why=why, merge=merge)
            block, size = [], 0
    return found + (_features(block, why=why, merge=merge) if block else [])


def _features(articles: Sequence[Article], *, why: str | None, merge: bool) -> list[Features]:
    texts = [article["text"] for article in articles]
    folded = fold(texts, fold_table())
    sketched = sketches(folded)
    shingles, places = _runs(sketched.hashes, sketched.edges), _runs(sketched.places, sketched.edges)
    numbers = _runs(folded.numbers, folded.number_edges)
    found = []
    for index, (article, text, same) in enumerate(zip(articles, texts, _folded_digests(folded, texts), strict=True)):
        published = article.get("published")
        found.append(
            Features(
                str(article.get("id", "")),
                _place(article),
                _digest(text.encode("utf-8", "surrogatepass")),
                same,
                shingles[index],
                places[index],
                numbers[index][:NUMBERS],
                int(folded.edges[index + 1] - folded.edges[index]),
                len(text),
                _repairs(article),
                bool(article.get("title")) + bool(published),
                str(published or ""),
                str(article.get("source") or ""),
                {key: article[key] for key in FACTS if article.get(key)} if merge else None,
                text if why else "",
            )
        )
    return found


def _runs(values: NDArray[Any], edges: NDArray[np.int64]) -> list[bytes]:
    """The bytes of each run of values."""
    data, width = values.tobytes(), values.itemsize
    ends = (edges * width).tolist()
    return [data[start:end] for start, end in pairwise(ends)]


def _folded_digests(folded: Folded, texts: Sequence[str]) -> Iterator[bytes]:
    """A digest of each folded text; of the text itself where folding leaves nothing."""
    import numpy as np

    high = set(np.searchsorted(folded.edges, np.flatnonzero(folded.codes > 0xFFFF), "right").tolist())
    for index, codes in enumerate(_runs(folded.codes.astype(np.uint16), folded.edges)):
        if index + 1 in high:
            codes = folded.codes[folded.edges[index] : folded.edges[index + 1]].tobytes()
        yield _digest(codes or texts[index].encode("utf-8", "surrogatepass"))


def _digest(data: bytes) -> bytes:
    return sha256(data, usedforsecurity=False).digest()[:16]


def _place(article: Article) -> tuple[str, str, int]:
    """Path, member and offset; other people's `origin` may be anything."""
    origin = article.get("origin")
    if not isinstance(origin, dict):
        return "", "", 0
    offset = origin.get("offset")
    at = offset if isinstance(offset, int) and 0 <= offset < 1 << 62 else 0
    return str(origin.get("path") or ""), str(origin.get("member") or ""), at


def _repairs(article: Article) -> int:
    """How many changes stages made to the text. Another script is no repair."""
    entries = article.get("edits")
    repairs = 0
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and entry.get("stage") != "convert":
            kinds, changes = entry.get("kinds"), entry.get("changes")
            repairs += len(changes) if isinstance(changes, list) else 0
            counts = kinds.values() if isinstance(kinds, dict) else ()
            repairs += sum(count for count in counts if isinstance(count, int))
    return repairs


@dedup.decide
def decide(
    keys: Iterable[Any],
    *,
    keep: str = "best",
    relations: str = REMOVED,
    mark: bool = False,
    merge: bool = False,
    why: str | None = None,
    pairs: bool = False,
    index: str | None = None,
    unit: str = "article",
    table: bool = False,
    memory: str = "1G",
    each: Each = starmap,
    folder: str | None = None,
) -> Iterator[Decision | units.UnitDecision | AsIs]:
    """Group the articles and choose who stays."""
    room = Room(_bytes(memory), folder)
    if unit != "article":
        yield from (decision or AsIs() for decision in units.decided(keys, room))
        return
    how: dict[str, Any] = {"keep": keep, "relations": relations, "each": each}
    come = collected(keys, room, each)
    if index is None:
        plan = Plan(*come, **how)
    else:
        try:
            with Index(Path(index)) as seen:
                if faults := seen.faults():
                    raise BrokenIndexError(f"{index}: {faults[0]}: make it anew")
                plan = Plan(*come, index=seen, **how)
        except BrokenIndexError as error:
            raise click.UsageError(str(error)) from None
        _tell_changes(plan)
    if why:
        whole = why != "-" and not os.path.islink(why) and (os.path.isfile(why) or not os.path.exists(why))
        with click.open_file(why, "wb", atomic=whole) as file:
            for row in chain(plan.changed, whys(plan, _difference)):
                file.write(dumps(row) + b"\n")
    plan.clear()
    if table:
        from tabulate import tabulate

        click.echo(tabulate(plan.sizes(), ["articles in a cluster", "clusters", "articles"]), err=True)
    for decision in decisions(plan, mark=mark, merge=merge, pairs=pairs):
        yield decision or AsIs()


def _tell_changes(plan: Plan) -> None:
    for change in plan.changed[:SHOWN]:
        if change["change"] == "joined":
            click.echo(f"dedup: {' and '.join(change['ids'])} turn out to be one, but all are out already", err=True)
        else:
            click.echo(f"dedup: {change['id']} would be kept, but its copy {change['than']} is out already", err=True)
    if len(plan.changed) > SHOWN:
        click.echo(f"dedup: … and {len(plan.changed) - SHOWN} more; --why FILE keeps them all", err=True)


def _difference(removed: str, survivor: str) -> list[dict[str, str]]:
    """What only one of the two says."""
    found = (passage for passage in passages(removed, survivor, fold_table()) if not passage.same)
    return [{"removed": passage.left.strip(), "survivor": passage.right.strip()} for passage in found]


def _bytes(size: str) -> int:
    """`512M` as a number.

    >>> _bytes("2G"), _bytes("512m"), _bytes("1000")
    (2147483648, 536870912, 1000)
    """
    number, unit = (size[:-1], size[-1].upper()) if size[-1:].isalpha() else (size, "B")
    try:
        found = int(float(number) * {"B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}[unit])
    except (KeyError, ValueError, OverflowError):
        found = 0
    if found <= 0:
        raise click.BadParameter(f"`{size}` is no size: write a number of bytes, or one with K, M or G: 512M")
    return found
