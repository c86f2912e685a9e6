"""From the features of all articles to what becomes of each: groups of copies, and who stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby, starmap
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from corptool.duplicates.columns import Column
from corptool.duplicates.disk import Values
from corptool.duplicates.earlier import FIRST_TIME, Earlier
from corptool.duplicates.features import Row, Rows
from corptool.duplicates.index import Added, Index
from corptool.duplicates.joining import Sides, joined
from corptool.duplicates.ranking import ranking
from corptool.duplicates.relating import learned, related
from corptool.duplicates.sorting import Sorted
from corptool.duplicates.texts import Texts, distinct
from corptool.tasks import Each
from corptool.text.candidates import sides
from corptool.text.relations import CONTAINED, NEAR, TEMPLATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAMES = {NEAR: "near", CONTAINED: "contained", TEMPLATE: "template"}
REMOVED = "exact,same,near"
BLOCK = 4096
"""Articles that are looked at together."""
RELATION = [
    ("left", "<i8"),
    ("right", "<i8"),
    ("relation", "u1"),
    ("resemblance", "<f4"),
    ("containment", "<f4"),
    ("shorter", "<i8"),
]
"""Two articles, the one that comes first on the left, and which of them is the shorter."""
STAYED = 1
Ranked = tuple[Any, Row, int]
"""Where an article stands among its copies, the article, and whether it stayed in an earlier run."""


class Plan:
    """All articles (by their number in the input; after them those of earlier runs), their groups, and who stays."""

    def __init__(
        self,
        rows: Rows,
        columns: list[Column],
        *,
        keep: str,
        relations: str,
        each: Each = starmap,
        index: Index | None = None,
    ) -> None:
        import numpy as np

        self.rows, self.columns, self.room = rows, columns, rows.room
        self.incoming = len(rows)
        self.relations = relations.split(",")
        self.earlier = Earlier(rows, columns, index.parts() if index else ())
        self.order = rows.order()
        """The articles in an order that does not depend on that of the input,"""
        self.rank = self.room.values(np.int64, len(rows))
        """and where each stands in it."""
        for start, stop in self.room.blocks(len(rows)):
            self.rank.all()[self.order.all()[start:stop]] = np.arange(start, stop)
        self.same, self.exact = self._first("same"), self._first("exact")
        self.texts = Texts(rows, columns, self.earlier.live, self.same)
        known = learned(self.texts, self.earlier.known(self.texts, index.memory() if index else None), each)
        come = self.room.values(bool, len(self.texts))
        for start, stop in self.room.blocks(self.incoming):
            of = self.texts.of.all()[start:stop]
            come.all()[of[of >= 0]] = True
        through = {NEAR, *(code for code, name in NAMES.items() if name in self.relations)}
        self.related = self._by_article(related(self.texts, known, come, each, through=through))
        self.cluster = self._clusters()
        self.ranking = ranking(keep)
        self.changed: list[dict[str, Any]] = []
        """Where the earlier runs would have decided otherwise."""
        self.survivor = self._survivors()
        self.other = self.room.values(np.uint8, len(rows))
        """The relation of a survivor of its group that is removed all the same."""
        self._follow()
        if index:
            index.add(self._added(), self.earlier.memory(self.texts, known))

    def _added(self) -> Iterator[Added]:
        """The articles that the index does not know."""
        import numpy as np

        for start, stop in self.room.blocks(self.incoming, 2048):
            new = np.arange(start, stop)[self.earlier.again.all()[start:stop] < 0]
            stayed = np.array([relation not in self.relations for relation in self.relation(new)], bool)
            if new.size:
                yield self.rows.saved(new), stayed, [column.take(new) for column in self.columns]

    def clear(self) -> None:
        """Let go of what was compared."""
        for column in self.columns:
            column.clear()

    def _first(self, name: str) -> Values:
        """For each article the first one with the same digest."""
        import numpy as np

        by_digest = Sorted(self.room, valued=True)
        for start, stop in self.room.blocks(len(self.rows), self.rows.fixed.kind.itemsize):
            live = self.earlier.live.all()[start:stop]
            by_digest.add(self.rows.fixed.all()[name][start:stop][live, 0], np.arange(start, stop)[live])
        first = self.room.values(np.int64, len(self.rows), np.arange)
        for keys, articles in by_digest.pieces():
            starts = np.flatnonzero(distinct(keys, articles, self.rows.fixed.all()[name]))
            lowest = np.minimum.reduceat(self.rank.all()[articles], starts)
            first.all()[articles] = np.repeat(self.order.all()[lowest], np.diff(starts, append=articles.size))
        return first

    def _by_article(self, texts: Values) -> Values:
        """The relations between articles, sorted."""
        import numpy as np

        by_rank = Sorted(self.room, valued=True)
        for start, stop in self.room.blocks(len(texts), texts.kind.itemsize):
            ranks = [self.rank.all()[self.texts.same.all()[side]] for side in sides(texts.all()["pair"][start:stop])]
            keys = np.minimum(*ranks) << 32 | np.maximum(*ranks)
            other = ranks[0] != ranks[1]  # texts that are the same but for their breaks
            by_rank.add(keys[other].astype(np.uint64), np.arange(start, stop)[other])
        found = self.room.values(RELATION)
        for keys, places in by_rank.pieces():
            by_pair = np.lexsort((texts.all()["relation"][places], keys))
            by_pair = by_pair[np.diff(keys[by_pair], prepend=~keys[:1]) != 0]
            of = texts.all()[places[by_pair]]
            some = np.empty(of.size, RELATION)
            some["left"], some["right"] = (self.order.all()[rank] for rank in sides(keys[by_pair]))
            left, right = sides(of["pair"])
            some["shorter"] = self.texts.same.all()[np.where(of["longer"], right, left)]
            for column in ("relation", "resemblance", "containment"):
                some[column] = of[column]
            found.append(some)
        return found

    def _clusters(self) -> Values:
        """For each article the first of its group of exact, same and near copies."""
        import numpy as np

        def pairs() -> Iterator[Sides]:
            rank = self.rank.all()
            for start, stop in self.room.blocks(len(self.same)):
                same = self.same.all()[start:stop]
                again = np.flatnonzero(same != np.arange(start, stop))
                yield rank[same[again]], rank[again + start]
            for start, stop in self.room.blocks(len(self.related), self.related.kind.itemsize):
                near = self.related.all()[start:stop]
                near = near[near["relation"] == NEAR]
                yield rank[near["left"]], rank[near["right"]]

        label = joined(self.room, len(self.rows), pairs())
        cluster = self.room.values(np.int64)
        for start, stop in self.room.blocks(len(self.rows)):
            cluster.append(self.order.all()[label.all()[self.rank.all()[start:stop]]])
        return cluster

    def _grouped(self, label: Values) -> Sorted:
        """Articles sorted by their labels, then by rank."""
        import numpy as np

        groups = Sorted(self.room)
        for start, stop in self.room.blocks(len(label)):
            keys = label.all()[start:stop] << 32 | self.rank.all()[start:stop]
            groups.add(keys[self.earlier.live.all()[start:stop]].astype(np.uint64))
        return groups

    def _copies(self, label: Values) -> Iterator[tuple[int, Row, int]]:
        """Of all groups of several articles, one after the other: the label, the article, and whether it was there."""
        import numpy as np

        for keys, _ in self._grouped(label).pieces(low=32):
            labels, ranks = sides(keys)
            starts = np.flatnonzero(np.diff(labels, prepend=-1))
            sizes = np.diff(starts, append=labels.size)
            several = np.repeat(sizes > 1, sizes)
            labels, articles = labels[several], self.order.all()[ranks[several]]
            for at in range(0, labels.size, BLOCK):
                some = articles[at : at + BLOCK]
                was = self.earlier.was.all()[some].tolist()
                yield from zip(labels[at : at + BLOCK].tolist(), self.rows.rows(some), was, strict=True)

    def _survivors(self) -> Values:
        """For each article the one that stays in its place."""
        import numpy as np

        label = self.cluster if "near" in self.relations else self.same if "same" in self.relations else self.exact
        best = self.room.values(np.int64, len(self.rows), np.arange)
        """Of each group, by its label."""
        for name, group in groupby(self._copies(label), itemgetter(0)):
            best.all()[name] = self._best((row, was) for _, row, was in group)
        survivor = self.room.values(np.int64)
        for start, stop in self.room.blocks(len(self.rows)):
            stayed = self.earlier.was.all()[start:stop] == STAYED
            chosen = best.all()[label.all()[start:stop]]
            survivor.append(np.where(stayed, np.arange(start, stop), chosen))
        return survivor

    def _best(self, group: Iterator[tuple[Row, int]]) -> int:
        """Who stays of a group, which comes in its order. What is out in the world stays.

        But it is noted where a better copy of that came, or where two turn out to be one.
        """
        best = here = None
        out = []
        size = 0
        for size, (row, was) in enumerate(group, 1):  # noqa: B007 - the last one
            one = self.ranking(row), row, was
            best = _better(best, one)
            if row.article < self.incoming:
                here = _better(here, one)
            if was == STAYED:
                out.append(one)
        out.sort(key=itemgetter(0))
        assert best
        if out and len(out) < size:
            ids = [row.id for _, row, _ in out]
            if len(ids) > 1:
                self.changed.append({"change": "joined", "ids": ids})
            if best[2] == FIRST_TIME:
                self.changed.append({"change": "better", "id": best[1].id, "than": ids[0]})
        chosen = out[0] if out else here or best  # what was removed before, and into what, is forgotten
        return chosen[1].article

    def _follow(self) -> None:
        """Where asked, remove what is contained in another article, and all but one of a form."""
        import numpy as np

        asked = [code for code in (CONTAINED, TEMPLATE) if NAMES[code] in self.relations]
        if not asked:
            return
        into = self.room.values(np.int64, len(self.rows), -1)
        survivor, other, places = self.survivor.all(), self.other.all(), into.all()

        def end(article: int) -> int:
            while places[article] >= 0:
                article = int(places[article])
            return article

        for relation in asked:
            for left, right, shorter in self._pairs(relation):
                ends = [int(survivor[left]), int(survivor[right])]
                if relation == CONTAINED:
                    part = int(survivor[shorter])
                    whole = ends[1] if part == ends[0] else ends[0]
                else:
                    rows = self.rows.rows(np.array(ends))
                    whole, part = (row.article for row in sorted(rows, key=self._ranked))
                whole = end(whole)
                if part != whole and places[part] < 0 and self.earlier.was.all()[part] != STAYED:
                    places[part], other[part] = whole, relation
        for start, stop in self.room.blocks(len(self.rows)):
            some = survivor[start:stop]
            moved = np.flatnonzero(places[some] >= 0)
            some[moved] = [end(article) for article in some[moved].tolist()]

    def _ranked(self, row: Row) -> tuple[Any, int]:
        return self.ranking(row), int(self.rank.all()[row.article])

    def _pairs(self, relation: int) -> Iterator[tuple[int, int, int]]:
        for start, stop in self.room.blocks(len(self.related), self.related.kind.itemsize):
            some = self.related.all()[start:stop]
            some = some[some["relation"] == relation]
            yield from zip(*(some[name].tolist() for name in ("left", "right", "shorter")), strict=True)

    def relation(self, articles: NDArray[np.int64]) -> list[str | None]:
        """Of each of these articles to its survivor; None where it is the survivor."""
        import numpy as np

        survivors = self.survivor.all()[articles]
        other = [NAMES.get(code, "near") for code in self.other.all()[articles].tolist()]
        names: NDArray[Any] = np.array(other, object)
        for name, label in (("near", self.cluster), ("same", self.same), ("exact", self.exact)):
            names[label.all()[articles] == label.all()[survivors]] = name
        names[survivors == articles] = None
        found: list[str | None] = names.tolist()
        return found

    def sizes(self) -> list[tuple[int, int, int]]:
        """Rows: articles in a cluster, how many such clusters, how many articles they hold."""
        import numpy as np

        sizes: Counter[int] = Counter()
        for keys, _ in self._grouped(self.cluster).pieces(low=32):
            starts = np.flatnonzero(np.diff(keys >> np.uint64(32), prepend=~keys[:1]))
            sizes.update(np.diff(starts, append=keys.size).tolist())
        return [(size, clusters, size * clusters) for size, clusters in sorted(sizes.items())]


def _better(one: Ranked | None, other: Ranked) -> Ranked:
    return other if one is None or other[0] < one[0] else one
