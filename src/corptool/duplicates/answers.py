"""What is told of a plan: of each article what becomes of it, in the order of the input, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.duplicates.disk import Values
from corptool.duplicates.plan import NAMES, Plan
from corptool.duplicates.relating import measured
from corptool.duplicates.sorting import Sorted
from corptool.text.candidates import sides
from corptool.text.relations import CONTAINED, NEAR

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 4096
"""Articles that are told together."""
Told = dict[int, list[dict[str, Any]]]
"""Of each article of a block."""


class Decision(NamedTuple):
    """What becomes of an article."""

    cluster: str
    """The smallest id of its group."""
    relation: str | None
    """Of the article to the survivor; None for a survivor."""
    survivor: str | None
    related: list[dict[str, Any]] | None = None
    """Articles that are no copies, but of the same form, or a part or the whole of this one."""
    copies: list[dict[str, Any]] | None = None
    """What removed copies had and this survivor lacks."""
    pairs: list[dict[str, Any]] | None = None


def decisions(plan: Plan, *, mark: bool, merge: bool, pairs: bool) -> Iterator[Decision | None]:
    """One for each article, in the order of the input; None where nothing is to be done."""
    import numpy as np

    about: list[Callable[[int, int], Told]] = [
        _related(plan) if mark else _nothing,
        _facts(plan) if merge else _nothing,
        _scored(plan) if pairs else _nothing,
    ]
    for start in range(0, plan.incoming, BLOCK):
        articles = np.arange(start, min(plan.incoming, start + BLOCK))
        relations = plan.relation(articles)
        told = [of(start, int(articles[-1]) + 1) for of in about]
        asked = [
            mark or pairs or bool(relation) or number in told[1] for number, relation in enumerate(relations, start)
        ]
        some = articles[asked]
        names = (plan.rows.names(label.all()[some]) for label in (plan.cluster, plan.survivor))
        named = zip(*names, strict=True)
        for number, relation in enumerate(relations, start):
            if not asked[number - start]:
                yield None
                continue
            cluster, survivor = next(named)
            yield Decision(cluster, relation, survivor, *(one.get(number) for one in told))


def why(plan: Plan, difference: Callable[[str, str], Any]) -> Iterator[dict[str, Any]]:
    """For each article that is removed: into which, and why."""
    import numpy as np

    for start in range(0, plan.incoming, BLOCK // 16):
        articles = np.arange(start, min(plan.incoming, start + BLOCK // 16))
        relations = plan.relation(articles)
        removed = articles[[relation in plan.relations for relation in relations]]
        if not removed.size:
            continue
        survivors = plan.survivor.all()[removed]
        alike = zip(*(column.tolist() for column in _measured(plan, removed, survivors)), strict=True)
        names = zip(plan.rows.names(removed), plan.rows.names(survivors), strict=True)
        texts = zip(plan.rows.texts_of(removed), plan.rows.texts_of(survivors), strict=True)
        for article, ids, (resemblance, containment), both in zip(removed.tolist(), names, alike, texts, strict=True):
            yield {
                "id": ids[0],
                "survivor": ids[1],
                "relation": relations[article - start],
                "resemblance": round(resemblance, 3),
                "containment": round(containment, 3),
                "difference": difference(*both),
            }


def _measured(plan: Plan, one: NDArray[np.int64], other: NDArray[np.int64]) -> list[NDArray[np.float64]]:
    """Resemblance and containment of articles, those being 1 that are plain copies."""
    import numpy as np

    left, right = (plan.texts.of.all()[plan.same.all()[articles]] for articles in (one, other))
    asked = (left != right) & (left >= 0) & (right >= 0)
    result = [np.ones(one.size), np.ones(one.size)]
    values = measured(plan.texts, (left[asked] << 32 | right[asked]).astype(np.uint64))
    for column, found in zip(result, values, strict=True):
        column[asked] = found
    return result


def _nothing(_start: int, _stop: int) -> Told:
    return {}


def _within(keys: Values, start: int, stop: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of sorted keys article << 32 | value those of some articles: the articles, and the values."""
    import numpy as np

    low, high = np.searchsorted(keys.all(), np.array([start << 32, stop << 32], np.uint64))
    return sides(keys.all()[low:high])


def _related(plan: Plan) -> Callable[[int, int], Told]:
    """What is of the same form, a part, or the whole."""
    import numpy as np

    keys = Sorted(plan.room)
    for start, stop in plan.room.blocks(len(plan.related), plan.related.kind.itemsize):
        some = plan.related.all()[start:stop]
        places = np.arange(start, stop)[some["relation"] != NEAR]
        for side in ("left", "right"):
            keys.add((some[side][places - start] << 32 | places).astype(np.uint64))
    listed = keys.written()

    def told(start: int, stop: int) -> Told:
        articles, places = _within(listed, start, stop)
        some = plan.related.all()[places]
        others = plan.rows.names(np.where(some["left"] == articles, some["right"], some["left"]))
        found = defaultdict(list)
        longer = (some["relation"] == CONTAINED) & (some["shorter"] != articles)
        rows = zip(articles.tolist(), some["relation"].tolist(), longer.tolist(), others, strict=True)
        for article, relation, contains, id_ in rows:
            found[article].append({"relation": "contains" if contains else NAMES[relation], "id": id_})
        return {article: sorted(rows, key=lambda row: (row["relation"], row["id"])) for article, rows in found.items()}

    return told


def _facts(plan: Plan) -> Callable[[int, int], Told]:
    """What removed articles had and their survivor lacks."""
    import numpy as np

    keys = Sorted(plan.room)
    for start, stop in plan.room.blocks(plan.incoming):
        survivor, articles = plan.survivor.all()[start:stop], np.arange(start, stop)
        gone = survivor != articles
        keys.add((survivor[gone] << 32 | plan.rank.all()[articles[gone]]).astype(np.uint64))
    listed = keys.written()

    def told(start: int, stop: int) -> Told:
        survivors, ranks = _within(listed, start, stop)
        articles = plan.order.all()[ranks]
        has = dict(zip(survivors.tolist(), plan.rows.facts_of(survivors), strict=True))
        found = defaultdict(list)
        names, facts = plan.rows.names(articles), plan.rows.facts_of(articles)
        for survivor, id_, had in zip(survivors.tolist(), names, facts, strict=True):
            lacks = {key: value for key, value in had.items() if has[survivor].get(key) != value}
            if lacks:
                found[survivor].append({"id": id_, **lacks})
        return found

    return told


def _scored(plan: Plan) -> Callable[[int, int], Told]:
    """The pairs that were found, with the article of each that comes first."""
    import numpy as np

    plain, others = Sorted(plan.room), Sorted(plan.room)
    for start, stop in plan.room.blocks(len(plan.rows)):
        same = plan.same.all()[start:stop]
        again = np.flatnonzero(same != np.arange(start, stop))
        plain.add((same[again] << 32 | plan.rank.all()[again + start]).astype(np.uint64))
    for start, stop in plan.room.blocks(len(plan.related), plan.related.kind.itemsize):
        others.add((plan.related.all()["left"][start:stop] << 32 | np.arange(start, stop)).astype(np.uint64))
    copies, related = plain.written(), others.written()

    def told(start: int, stop: int) -> Told:
        first, ranks = _within(copies, start, stop)
        copy = plan.order.all()[ranks]
        exact = plan.exact.all()[copy] == plan.exact.all()[first]
        left, places = _within(related, start, stop)
        some = plan.related.all()[places]
        relations = ["exact" if one else "same" for one in exact.tolist()]
        relations += [NAMES[code] for code in some["relation"].tolist()]
        one, other = np.concatenate((first, left)), np.concatenate((copy, some["right"]))
        scores = [np.concatenate((np.ones(first.size), some[name])) for name in ("resemblance", "containment")]
        columns = zip(*(score.tolist() for score in scores), strict=True)
        found = defaultdict(list)
        rows = zip(one.tolist(), plan.rows.names(one), plan.rows.names(other), relations, columns, strict=True)
        for article, a, b, relation, (alike, within) in rows:
            row = {
                "a": a,
                "b": b,
                "relation": relation,
                "resemblance": round(alike, 3),
                "containment": round(within, 3),
            }
            found[article].append(row)
        return found

    return told
