"""What must be known of an article to tell its copies, of many articles in little memory."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import islice, pairwise, starmap
from operator import eq
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

import orjson

from corptool.duplicates.columns import Column
from corptool.duplicates.disk import Room, Values
from corptool.tasks import Each

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 256
"""Articles whose features are taken in at once: a column costs little more than a value."""
WALK = 1 << 16
"""Articles whose ids are held together."""
FIXED = [("exact", "<u8", 2), ("same", "<u8", 2), ("folded", "<i8"), ("sampled", "<u4")]
"""What is looked at for all articles at once: the halves of the two digests, and a checksum of what was sampled."""


class Features(NamedTuple):
    """What must be known of an article to tell its copies, and which of them stays."""

    id: str
    place: tuple[str, str, int]
    """Path, member and offset: ids may repeat in other people's data."""
    exact: bytes
    """A digest of the text."""
    same: bytes
    """A digest of the folded text."""
    hashes: bytes
    places: bytes
    numbers: bytes
    folded: int
    """Characters that are left after folding."""
    length: int
    repairs: int
    known: int
    """How many of title and date the article has."""
    published: str
    source: str
    facts: dict[str, Any] | None = None
    """What a survivor that lacks it may be told (--merge)."""
    text: str = ""
    """Only where the difference is asked for (--why)."""


class Row(NamedTuple):
    """What tells which of several copies stays."""

    id: str
    article: int
    """Its number."""
    path: str
    member: str
    offset: int
    published: str
    source: str
    length: int
    repairs: int
    known: int

    @property
    def place(self) -> tuple[str, str, int]:
        """Path, member and offset."""
        return self.path, self.member, self.offset


class Saved(NamedTuple):
    """Rows as an index keeps them."""

    fixed: NDArray[Any]
    ids: NDArray[np.uint8]
    id_ends: NDArray[np.int64]
    rest: NDArray[np.uint8]
    rest_ends: NDArray[np.int64]

    def names(self) -> Iterator[str]:
        """The ids."""
        start = 0
        for end in self.id_ends:
            yield self.ids[start:end].tobytes().decode("utf-8", "surrogatepass")
            start = int(end)


class Rows:
    """Features without what was sampled of the text."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.fixed = room.values(FIXED)
        self.ids, self.rest, self.facts, self.texts = (Column("u1", room) for _ in range(4))
        """The fields of `Row` after the first two, and what only --merge and --why ask for, of those that come."""

    def __len__(self) -> int:
        return len(self.fixed)

    def append(self, block: Sequence[Features]) -> None:
        """Add articles."""
        import numpy as np

        of: Any = Features._make(zip(*block, strict=True))  # a column of each
        fixed = np.empty(len(block), FIXED)
        for name in ("exact", "same"):
            fixed[name] = np.frombuffer(b"".join(getattr(of, name)), np.uint64).reshape(-1, 2)
        fixed["folded"] = of.folded
        samples = zip(of.hashes, of.places, of.numbers, strict=True)
        fixed["sampled"] = [crc32(numbers, crc32(places, crc32(hashes))) for hashes, places, numbers in samples]
        self.fixed.append(fixed)
        self.ids.append([_encoded(id_) for id_ in of.id])
        rest = zip(of.place, of.published, of.source, of.length, of.repairs, of.known, strict=True)
        self.rest.append([_dumps([*place, *more]) for place, *more in rest])
        self.facts.append([pickle.dumps(facts) if facts else b"" for facts in of.facts])
        self.texts.append([_encoded(text) for text in of.text])

    def extend(self, saved: Saved) -> None:
        """Add the rows of an earlier run."""
        import numpy as np

        self.fixed.append(saved.fixed)
        self.ids.extend(saved.ids, saved.id_ends)
        self.rest.extend(saved.rest, saved.rest_ends)
        for column in (self.facts, self.texts):  # an index keeps neither
            column.extend(saved.rest[:0], np.zeros_like(saved.rest_ends))

    def join(self, other: Rows) -> None:
        """Add rows that were made elsewhere."""
        self.fixed.append(other.fixed.all())
        for name in ("ids", "rest", "facts", "texts"):
            getattr(self, name).join(getattr(other, name))

    def saved(self, articles: NDArray[np.int64]) -> Saved:
        """The rows of these articles as an index keeps them."""
        ids, id_edges = self.ids.take(articles)
        rest, rest_edges = self.rest.take(articles)
        return Saved(self.fixed.all()[articles], ids, id_edges[1:], rest, rest_edges[1:])

    def names(self, articles: NDArray[np.int64]) -> list[str]:
        """The ids of these articles."""
        return [id_.decode("utf-8", "surrogatepass") for id_ in self.ids.texts(articles)]

    def rows(self, articles: NDArray[np.int64]) -> list[Row]:
        """What tells which of these articles stays."""
        rest = map(_loads, self.rest.texts(articles))
        return [
            Row(id_, number, *more)
            for id_, number, more in zip(self.names(articles), articles.tolist(), rest, strict=True)
        ]

    def facts_of(self, articles: NDArray[np.int64]) -> list[dict[str, Any]]:
        """What --merge may tell of these articles, of those that come."""
        return [pickle.loads(facts) if facts else {} for facts in self.facts.texts(articles)]  # noqa: S301 - ours

    def texts_of(self, articles: NDArray[np.int64]) -> list[str]:
        """The texts of these articles, for --why: those that come."""
        return [text.decode("utf-8", "surrogatepass") for text in self.texts.texts(articles)]

    def order(self) -> Values:
        """The articles in an order that does not depend on that of the input: by id, then by what they differ in."""
        import numpy as np

        by_id = self.room.values(np.int64)
        runs = [*self.room.blocks(len(self), 256)]
        for start, stop in runs:
            by_id.append(self._by_id(start, stop))
        order, again = self.room.values(np.int64), self.room.values(np.int64)
        step = 1 + WALK // (1 + len(runs))
        sorted_ = merge(*(self._walk(by_id, start, stop, step) for start, stop in runs))
        last = None
        while block := list(islice(sorted_, step)):
            ids, articles = zip(*block, strict=True)
            again.append(np.flatnonzero([*map(eq, (last, *ids), ids)]) + len(order))
            order.append(np.array(articles))
            last = ids[-1]
        places, values = again.all(), order.all()
        starts = np.flatnonzero(np.diff(places, prepend=-2) != 1)
        for start, stop in pairwise([*starts.tolist(), places.size]):
            members = slice(places[start] - 1, places[stop - 1] + 1)
            values[members] = self._by_rest(values[members])
        return order

    def _by_id(self, start: int, stop: int) -> NDArray[np.int64]:
        import numpy as np

        ids = self.ids.texts(np.arange(start, stop))
        return np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64) + start

    def _walk(self, by_id: Values, start: int, stop: int, step: int) -> Iterator[tuple[bytes, int]]:
        for at in range(start, stop, step):
            articles = by_id.part(at, min(stop, at + step))
            yield from zip(self.ids.texts(articles), articles.tolist(), strict=True)

    def _by_rest(self, articles: NDArray[np.int64]) -> list[int]:
        exact = [digest.tobytes() for digest in self.fixed.all()["exact"][articles]]
        both = zip(self.rows(articles), exact, strict=True)
        keyed = [((row.place, digest, row.known, row.published, row.source), row.article) for row, digest in both]
        return [article for _, article in sorted(keyed)]


def collected(keys: Iterable[Features], room: Room, each: Each = starmap) -> tuple[Rows, list[Column]]:
    """All that come: the rows, and columns of hashes, places and numbers. Where keys come in parts, each by itself."""
    if not hasattr(keys, "parts"):
        return _collected(room, keys)
    rows, columns = _collected(room, ())
    for more, others in each(_collected, ((room, part) for part in keys.parts())):
        rows.join(more)
        for column, other in zip(columns, others, strict=True):
            column.join(other)
    return rows, columns


def _collected(room: Room, keys: Iterable[Features]) -> tuple[Rows, list[Column]]:
    import numpy as np

    rows = Rows(room)
    columns = [Column(kind, room, parts) for kind, parts in ((np.uint32, 8), (np.uint8, 2), (np.uint64, 2))]
    keys = iter(keys)
    while block := list(islice(keys, BLOCK)):
        rows.append(block)
        for column, name in zip(columns, ("hashes", "places", "numbers"), strict=True):
            column.append([getattr(key, name) for key in block])
    return rows, columns


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _dumps(values: Any) -> bytes:
    try:
        return orjson.dumps(values)
    except TypeError:  # a lone surrogate
        return json.dumps(values).encode()


def _loads(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except ValueError:
        return json.loads(line)
