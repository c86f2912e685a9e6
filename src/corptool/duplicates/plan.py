"""From the features of all articles to what becomes of each: groups of copies, and who stays."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.duplicates.columns import Column
from corptool.duplicates.features import Features, Rows
from corptool.text.groups import components
from corptool.text.relations import CONTAINED, NEAR, TEMPLATE, related
from corptool.text.resemblance import Sketches, shares

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAMES = {NEAR: "near", CONTAINED: "contained", TEMPLATE: "template"}
REMOVED = "exact,same,near"
WHOLE = 50
"""Texts of fewer folded characters are compared whole: too few shingles to tell an edited copy from another text."""


class Seen(NamedTuple):
    """An article of an earlier run."""

    features: Features
    stayed: bool
    """It was no copy then, and is out in the world."""


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


class Plan:
    """All articles (by their number in the input), their groups, and who stays."""

    def __init__(
        self,
        keys: Iterable[Features],
        *,
        keep: str,
        relations: str,
        memory: int,
        seen: Iterable[Seen] = (),
        remember: bool = False,
    ) -> None:
        import numpy as np

        self.short = Rows()
        self.was: list[bool | None] = []
        """Whether an article of an earlier run stayed then; None for one that comes for the first time."""
        kinds = (np.uint32, np.uint8, np.uint64)
        self.columns = [Column(kind, memory // 8) for kind in kinds]
        for key in keys:
            self._add(key, None)
        self.incoming = len(self.short)
        again: dict[Any, int] = {}
        for key, stayed in seen:
            again = again or {self._identity(self.short[index]): index for index in range(self.incoming)}
            index = again.get(self._identity(key))
            if index is None:
                self._add(key, stayed)
            else:  # a run that was killed and is repeated
                self.was[index] = stayed
        number = len(self.short)
        self.order = self.short.order()
        """The articles in an order that does not depend on that of the input. Groups are found in this order."""
        order = np.array(self.order, np.int64)
        self.rank = np.empty(number, np.int64)
        self.rank[order] = np.arange(number)
        same = self.short.first(self.short.same, order)
        self.same = same.tolist()
        self.exact = self.short.first(self.short.exact, order).tolist()
        self.distinct = order[(same[order] == order) & (self.short.column("folded")[order] >= WHOLE)]
        self.sketches = self._sketches()
        if not remember:
            self.clear()
        self.related = related(self.sketches) if self.distinct.size > 1 else None
        self.cluster = self._clusters()
        self.relations = relations.split(",")
        self.survivor = self._survivors(self._removal_groups(), _ranking(keep))
        self._follow()

    def _add(self, key: Features, stayed: bool | None) -> None:
        for column, run in zip(self.columns, (key.hashes, key.places, key.numbers), strict=True):
            column.append(run)
        self.short.append(key)
        self.was.append(stayed)

    @staticmethod
    def _identity(key: Features) -> tuple[Any, ...]:
        return key.id, key.place, key.exact

    def _sketches(self) -> Sketches:
        import numpy as np

        (hashes, edges), (places, _), (numbers, number_edges) = (column.take(self.distinct) for column in self.columns)
        level = self.short.column("level")[self.distinct].astype(np.uint8)
        frequency = self.columns[0].empty(hashes.size, np.uint16)
        return Sketches(hashes, places, edges, level, numbers, number_edges, frequency)

    def clear(self) -> None:
        """Let go of the columns, once they are in order (and the index has them)."""
        for column in self.columns:
            column.clear()

    def new(self) -> tuple[list[Features], list[bool], list[tuple[NDArray[Any], NDArray[np.int64]]]]:
        """What comes for the first time, whether it stays, and its runs: for the index."""
        import numpy as np

        indexes = [index for index in range(self.incoming) if self.was[index] is None]
        stays = [self.relation(index) not in self.relations for index in indexes]
        columns = [column.take(np.array(indexes, np.int64)) for column in self.columns]
        return [self.short[index] for index in indexes], stays, columns

    def _clusters(self) -> list[int]:
        """For each article the first of its group of exact, same and near copies."""
        first = list(self.same)
        if self.related is not None:
            near = self.related.relation == NEAR
            label = components(self.distinct.size, self.related.left[near], self.related.right[near])
            joined = dict(zip(self.distinct.tolist(), self.distinct[label].tolist(), strict=True))
            first = [joined.get(index, index) for index in first]
        smallest: dict[int, int] = {}
        for index in self.order:  # a short or repeated text may come before the one that stands for it
            smallest.setdefault(first[index], index)
        return [smallest[index] for index in first]

    def _removal_groups(self) -> dict[int, list[int]]:
        """The articles of which one stays."""
        label = self.cluster if "near" in self.relations else self.same if "same" in self.relations else self.exact
        groups = defaultdict(list)
        for index in self.order:
            groups[label[index]].append(index)
        return groups

    def _survivors(self, groups: dict[int, list[int]], rank: Callable[[Features, int], Any]) -> list[int]:
        survivor = list(range(len(self.short)))
        self.better = lambda index: (rank(self.short[index], index), self.rank[index])
        self.changed: list[dict[str, Any]] = []
        """Where the earlier runs would have decided otherwise."""
        for group in groups.values():
            if len(group) == 1:
                continue
            best = min(group, key=self.better)
            out = sorted((index for index in group if self.was[index]), key=self.better)
            if out and len(out) < len(group):
                self._note(best, out)
            if out:
                best = out[0]
            elif best >= self.incoming and (here := [index for index in group if index < self.incoming]):
                best = min(here, key=self.better)  # what was removed before, and into what, is forgotten
            for index in group:
                survivor[index] = index if self.was[index] else best
        return survivor

    def _note(self, best: int, out: list[int]) -> None:
        """What is out in the world stays; but say where a better copy came, or where two turn out to be one."""
        ids = [self.short.ids[index] for index in out]
        if len(out) > 1:
            self.changed.append({"change": "joined", "ids": ids})
        if self.was[best] is None:
            self.changed.append({"change": "better", "id": self.short.ids[best], "than": ids[0]})

    def _follow(self) -> None:
        """Where asked, remove what is contained in another article, and all but one of a form."""
        self.other: dict[int, str] = {}
        """The relation of a survivor of its group that is removed all the same."""
        into: dict[int, int] = {}
        for relation in (CONTAINED, TEMPLATE):
            if NAMES[relation] not in self.relations or self.related is None:
                continue
            for left, right, shorter in self._pairs(relation):
                ends = [self.survivor[left], self.survivor[right]]
                if relation == CONTAINED:
                    part = self.survivor[shorter]
                    whole = ends[1] if part == ends[0] else ends[0]
                else:
                    whole, part = sorted(ends, key=self.better)
                while whole in into:
                    whole = into[whole]
                if part != whole and part not in into and not self.was[part]:
                    into[part] = whole
                    self.other[part] = NAMES[relation]
        for part in into:
            whole = part
            while whole in into:
                whole = into[whole]
            self.survivor[part] = whole
        self.survivor = [self.survivor[index] if self.survivor[index] in into else index for index in self.survivor]

    def _pairs(self, relation: int) -> Iterator[tuple[int, int, int]]:
        assert self.related is not None
        chosen = self.related.relation == relation
        columns = (self.related.left, self.related.right, self.related.shorter)
        yield from zip(*(self.distinct[column[chosen]].tolist() for column in columns), strict=True)

    def relation(self, index: int) -> str | None:
        """Of an article to its survivor; None where it is the survivor."""
        survivor = self.survivor[index]
        if survivor == index:
            return None
        if self.exact[index] == self.exact[survivor]:
            return "exact"
        if self.same[index] == self.same[survivor]:
            return "same"
        if self.cluster[index] == self.cluster[survivor]:
            return "near"
        return self.other.get(index, "near")

    def decisions(self, *, mark: bool, merge: bool, pairs: bool) -> Iterator[Decision]:
        """One for each article, in the order of the input."""
        related = self._related() if mark else {}
        copies = self._facts() if merge else {}
        scored = self._scored() if pairs else {}
        for index in range(self.incoming):
            yield Decision(
                self.short.ids[self.cluster[index]],
                self.relation(index),
                self.short.ids[self.survivor[index]],
                related.get(index),
                copies.get(index),
                scored.get(index),
            )

    def _related(self) -> dict[int, list[dict[str, Any]]]:
        found = defaultdict(list)
        for relation in (CONTAINED, TEMPLATE) if self.related is not None else ():
            for left, right, shorter in self._pairs(relation):
                for one, other in ((left, right), (right, left)):
                    name = "contains" if relation == CONTAINED and one != shorter else NAMES[relation]
                    found[one].append({"relation": name, "id": self.short.ids[other]})
        return {index: sorted(rows, key=lambda row: (row["relation"], row["id"])) for index, rows in found.items()}

    def _facts(self) -> dict[int, list[dict[str, Any]]]:
        found: dict[int, list[dict[str, Any]]] = {}
        for index in self.order:
            survivor = self.survivor[index]
            has = self.short[survivor].facts or {}
            facts = (self.short[index].facts or {}).items()
            lacks = {key: value for key, value in facts if has.get(key) != value}
            if survivor != index and lacks:
                found.setdefault(survivor, []).append({"id": self.short.ids[index], **lacks})
        return found

    def _scored(self) -> dict[int, list[dict[str, Any]]]:
        """The pairs that were found, with the article of each that comes first."""
        found = defaultdict(list)
        for index in self.order:
            if self.same[index] != index:
                relation = "exact" if self.exact[index] == self.exact[self.same[index]] else "same"
                found[self.same[index]].append(self._row(self.same[index], index, relation, 1.0, 1.0))
        if self.related is not None:
            left, right, relation_codes, resemblance, containment, _ = self.related
            ones, others = self.distinct[left].tolist(), self.distinct[right].tolist()
            columns = (relation_codes.tolist(), resemblance.tolist(), containment.tolist())
            for one, other, code, alike, within in zip(ones, others, *columns, strict=True):
                found[one].append(self._row(one, other, NAMES[code], alike, within))
        return found

    def _row(self, one: int, other: int, relation: str, resemblance: float, containment: float) -> dict[str, Any]:
        return {
            "a": self.short.ids[one],
            "b": self.short.ids[other],
            "relation": relation,
            "resemblance": round(resemblance, 3),
            "containment": round(containment, 3),
        }

    def why(self, difference: Callable[[str, str], Any]) -> Iterator[dict[str, Any]]:
        """For each article that is removed: into which, and why."""
        removed = [index for index in self.order if index < self.incoming and self.relation(index) in self.relations]
        measured = self._measured(removed)
        for index in removed:
            survivor = self.survivor[index]
            resemblance, containment = measured.get(index, (1.0, 1.0))
            yield {
                "id": self.short.ids[index],
                "survivor": self.short.ids[survivor],
                "relation": self.relation(index),
                "resemblance": round(resemblance, 3),
                "containment": round(containment, 3),
                "difference": difference(self.short[index].text, self.short[survivor].text),
            }

    def _measured(self, indexes: list[int]) -> dict[int, tuple[float, float]]:
        """Resemblance and containment of these articles and their survivors, where they are no plain copies."""
        import numpy as np

        place = {index: number for number, index in enumerate(self.distinct.tolist())}
        known: dict[int, tuple[int, int]] = {}
        for index in indexes:
            one, other = self.same[index], self.same[self.survivor[index]]
            if one != other and one in place and other in place:
                low, high = sorted((place[one], place[other]))
                known[index] = low, high
        if not known:
            return {}
        pairs = np.array([low << 32 | high for low, high in known.values()], np.uint64)
        counted, _ = shares(self.sketches, pairs)
        values = zip(counted.resemblance().tolist(), counted.containment().tolist(), strict=True)
        return dict(zip(known, values, strict=True))

    def sizes(self) -> list[tuple[int, int, int]]:
        """Rows: articles in a cluster, how many such clusters, how many articles they hold."""
        sizes = Counter(Counter(self.cluster).values())
        return [(size, clusters, size * clusters) for size, clusters in sorted(sizes.items())]


def _ranking(keep: str) -> Callable[[Features, int], Any]:
    """Where an article stands among its copies: the smallest stays."""

    def best(article: Features) -> tuple[Any, ...]:
        return article.repairs, -article.known, -article.length, article.place

    if keep.startswith("source:"):
        places = {source: place for place, source in enumerate(keep.removeprefix("source:").split(","))}
        return lambda article, _: (places.get(article.source, len(places)), best(article))
    ranks: dict[str, Callable[[Features, int], Any]] = {
        "best": lambda article, _: best(article),
        "longest": lambda article, _: (-article.length, article.place),
        "earliest": lambda article, _: (not article.published, article.published, article.place),
        "latest": lambda article, _: ([-ord(char) for char in article.published] or [0], article.place),
        "first": lambda _, index: index,
    }
    return ranks[keep]
