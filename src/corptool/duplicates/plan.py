"""From the features of all articles to what becomes of each: groups of copies, and who stays."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import starmap
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.duplicates.columns import Column
from corptool.duplicates.earlier import Earlier, compared
from corptool.duplicates.features import Rows, first, integers
from corptool.duplicates.index import Index
from corptool.duplicates.ranking import ranking
from corptool.duplicates.relating import Each, Related, learned, measured, related
from corptool.duplicates.texts import Known, memory
from corptool.text.groups import components
from corptool.text.relations import CONTAINED, NEAR, TEMPLATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAMES = {NEAR: "near", CONTAINED: "contained", TEMPLATE: "template"}
REMOVED = "exact,same,near"
BLOCK = 16384
"""Articles written to an index at a time."""


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
        rows: Rows,
        columns: list[Column],
        *,
        keep: str,
        relations: str,
        each: Each = starmap,
        index: Index | None = None,
    ) -> None:
        import numpy as np

        self.short, self.columns = rows, columns
        self.incoming = len(self.short)
        self.was: list[bool | None] = [None] * self.incoming
        """Whether an article of an earlier run stayed then; None for one that comes for the first time."""
        earlier = Earlier(self.short, self.columns, self.was, index.parts() if index else ())
        order = np.array(self.short.order(), np.int64)
        self.order = integers(order)
        """The articles in an order that does not depend on that of the input."""
        self.rank = np.empty(order.size, np.int64)
        self.rank[order] = np.arange(order.size)
        same, exact = (first(self.short.digests(name), order) for name in ("same", "exact"))
        self.same, self.exact = integers(same), integers(exact)
        self.relations = relations.split(",")
        self.texts, text = compared(self.short, self.columns, earlier.runs, same)
        known = earlier.known(text, index.memory() if index else None, len(self.texts))
        known = learned(self.texts, known, each)
        come = np.isin(np.arange(len(self.texts)), text[: self.incoming])
        through = {NEAR, *(code for code, name in NAMES.items() if name in self.relations)}
        self.related = self._by_article(related(self.texts, known, come, each, through=through))
        self.cluster = self._clusters(same)
        self.survivor = self._survivors(self._removal_groups(), ranking(keep, self.short))
        self._follow()
        if index:
            self._remember(index, earlier, known, text)

    def _remember(self, index: Index, earlier: Earlier, known: Known, text: NDArray[np.int64]) -> None:
        import numpy as np

        new, row = earlier.new(text, len(self.texts))
        stayed = np.array([self.relation(article) not in self.relations for article in new.tolist()], bool)
        blocks = ([column.take(new[at : at + BLOCK]) for column in self.columns] for at in range(0, new.size, BLOCK))
        index.add(self.short.saved(new), stayed, blocks, memory(known, row))

    def _by_article(self, texts: Related) -> Related:
        """The relations between articles, each with the one that comes first on the left, sorted."""
        import numpy as np

        left, right, shorter = (self.texts.same[side] for side in (texts.left, texts.right, texts.shorter))
        swap = self.rank[left] > self.rank[right]
        left, right = np.where(swap, right, left), np.where(swap, left, right)
        by_pair = np.lexsort((texts.relation, self.rank[right], self.rank[left]))
        again = np.diff(left[by_pair], prepend=-1) == 0  # texts that are the same but for their breaks
        again &= np.diff(right[by_pair], prepend=-1) == 0
        by_pair = by_pair[~again & (left != right)[by_pair]]
        columns = Related(left, right, texts.relation, texts.resemblance, texts.containment, shorter)
        return Related(*(column[by_pair] for column in columns))

    def clear(self) -> None:
        """Let go of what was compared."""
        for column in self.columns:
            column.clear()

    def _clusters(self, same: NDArray[np.int64]) -> array[int]:
        """For each article the first of its group of exact, same and near copies."""
        import numpy as np

        near = self.related.relation == NEAR
        repeated = np.flatnonzero(same != np.arange(same.size))
        left = np.concatenate((same[repeated], self.related.left[near]))
        right = np.concatenate((repeated, self.related.right[near]))
        label = components(same.size, self.rank[left], self.rank[right])
        return integers(np.frombuffer(self.order, np.int64)[label[self.rank]])

    def _removal_groups(self) -> Iterator[list[int]]:
        """The articles of which one stays, in their order; where there are several."""
        import numpy as np

        label = self.cluster if "near" in self.relations else self.same if "same" in self.relations else self.exact
        order, labels = np.frombuffer(self.order, np.int64), np.frombuffer(label, np.int64)
        order = order[np.bincount(labels, minlength=order.size)[labels[order]] > 1]
        order = order[np.argsort(labels[order], kind="stable")]
        starts = np.flatnonzero(np.diff(labels[order], prepend=-1))
        return (group.tolist() for group in np.split(order, starts)[1:])

    def _survivors(self, groups: Iterable[list[int]], rank: Callable[[int], Any]) -> array[int]:
        survivor = array("q", range(len(self.short)))
        self.better = lambda index: (rank(index), self.rank[index])
        self.changed: list[dict[str, Any]] = []
        """Where the earlier runs would have decided otherwise."""
        for group in groups:
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
            if NAMES[relation] not in self.relations:
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
        followed = (self.survivor[index] if self.survivor[index] in into else index for index in self.survivor)
        self.survivor = array("q", followed)

    def _pairs(self, relation: int) -> Iterator[tuple[int, int, int]]:
        chosen = self.related.relation == relation
        columns = (self.related.left, self.related.right, self.related.shorter)
        yield from zip(*(column[chosen].tolist() for column in columns), strict=True)

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
        for relation in (CONTAINED, TEMPLATE):
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
        for one, other, code, alike, within, _ in zip(*(column.tolist() for column in self.related), strict=True):
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
        resembles = self._measured(removed)
        for index in removed:
            survivor = self.survivor[index]
            resemblance, containment = resembles.get(index, (1.0, 1.0))
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

        text = dict(zip(self.texts.same.tolist(), range(len(self.texts)), strict=True))
        known = {}
        for index in indexes:
            one, other = self.same[index], self.same[self.survivor[index]]
            if one != other and one in text and other in text:
                known[index] = text[one] << 32 | text[other]
        values = measured(self.texts, np.array(list(known.values()), np.uint64))
        return dict(zip(known, zip(*(column.tolist() for column in values), strict=True), strict=True))

    def sizes(self) -> list[tuple[int, int, int]]:
        """Rows: articles in a cluster, how many such clusters, how many articles they hold."""
        sizes = Counter(Counter(self.cluster).values())
        return [(size, clusters, size * clusters) for size, clusters in sorted(sizes.items())]
