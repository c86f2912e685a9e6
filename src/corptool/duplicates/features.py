"""What must be known of an article to tell its copies, of many articles in little memory."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from corptool.duplicates.columns import Column

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 256
"""Articles whose features are taken in at once: a column costs little more than a value."""
DIGEST = 16
NUMBERS = ("offset", "folded", "length", "repairs", "known", "sampled")
"""What a row holds of an article that is a number; `sampled` is a checksum of what was sampled of its text."""
STRINGS = ("path", "member", "published", "source")
"""The same strings again and again."""


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


class Saved(NamedTuple):
    """Rows as an index keeps them: one array, or list, a column."""

    ids: list[str]
    names: list[str]
    """The different strings."""
    strings: NDArray[np.uint32]
    """For each article the places of its STRINGS among them."""
    numbers: NDArray[np.int64]
    exact: NDArray[np.uint64]
    same: NDArray[np.uint64]


class Codes(dict[str, int]):
    """Strings, numbered as they come."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __missing__(self, name: str) -> int:
        self[name] = code = len(self.names)
        self.names.append(name)
        return code


class Rows:
    """Features without what was sampled of the text, as columns: 200 bytes an article instead of a thousand."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.codes = Codes()
        self.names = self.codes.names
        """The different strings."""
        self.strings = array("I")
        self.numbers = array("q")
        self.exact, self.same = bytearray(), bytearray()
        self.facts: dict[int, dict[str, Any]] = {}
        self.texts: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def append(self, block: Sequence[Features]) -> None:
        """Add articles."""
        of: Any = Features._make(zip(*block, strict=True))  # a column of each
        path, member, offset = zip(*of.place, strict=True)
        strings = zip(path, member, of.published, of.source, strict=True)
        self.strings.extend(map(self.codes.__getitem__, chain.from_iterable(strings)))
        samples = zip(of.hashes, of.places, of.numbers, strict=True)
        sampled = [crc32(numbers, crc32(places, crc32(hashes))) for hashes, places, numbers in samples]
        numbers = zip(offset, of.folded, of.length, of.repairs, of.known, sampled, strict=True)
        self.numbers.extend(chain.from_iterable(numbers))
        self.exact += b"".join(of.exact)
        self.same += b"".join(of.same)
        self.facts.update((at, facts) for at, facts in enumerate(of.facts, len(self)) if facts)
        self.texts.update((at, text) for at, text in enumerate(of.text, len(self)) if text)
        self.ids += of.id

    def extend(self, saved: Saved, rows: NDArray[np.int64]) -> None:
        """Add these rows of saved ones."""
        import numpy as np

        codes = np.array([self.codes[name] for name in saved.names], np.uint32)
        self.strings.frombytes(codes[saved.strings[rows]].tobytes())
        self.numbers.frombytes(saved.numbers[rows].tobytes())
        self.exact += saved.exact[rows].tobytes()
        self.same += saved.same[rows].tobytes()
        self.ids += saved.ids if rows.size == len(saved.ids) else [saved.ids[row] for row in rows.tolist()]

    def saved(self, indexes: NDArray[np.int64]) -> Saved:
        """These articles as an index keeps them."""
        import numpy as np

        strings = np.frombuffer(self.strings, np.uint32).reshape(-1, len(STRINGS))[indexes]
        names, codes = np.unique(strings, return_inverse=True)
        return Saved(
            [self.ids[index] for index in indexes.tolist()],
            [self.names[code] for code in names.tolist()],
            codes.reshape(-1, len(STRINGS)).astype(np.uint32),
            np.frombuffer(self.numbers, np.int64).reshape(-1, len(NUMBERS))[indexes],
            self.digests("exact")[indexes],
            self.digests("same")[indexes],
        )

    def __getitem__(self, index: int) -> Features:
        strings = self.strings[len(STRINGS) * index : len(STRINGS) * (index + 1)]
        path, member, published, source = (self.names[code] for code in strings)
        numbers = self.numbers[len(NUMBERS) * index : len(NUMBERS) * (index + 1)]
        offset, folded, length, repairs, known, _ = numbers
        digest = slice(DIGEST * index, DIGEST * (index + 1))
        return Features(
            id=self.ids[index],
            place=(path, member, offset),
            exact=bytes(self.exact[digest]),
            same=bytes(self.same[digest]),
            hashes=b"",
            places=b"",
            numbers=b"",
            folded=folded,
            length=length,
            repairs=repairs,
            known=known,
            published=published,
            source=source,
            facts=self.facts.get(index),
            text=self.texts.get(index, ""),
        )

    def number(self, name: str, index: int) -> int:
        """One of the NUMBERS of an article."""
        return self.numbers[len(NUMBERS) * index + NUMBERS.index(name)]

    def string(self, name: str, index: int) -> str:
        """One of the STRINGS of an article."""
        return self.names[self.strings[len(STRINGS) * index + STRINGS.index(name)]]

    def column(self, name: str) -> NDArray[np.int64]:
        """One of the NUMBERS of all articles."""
        import numpy as np

        return np.array(self.numbers, np.int64).reshape(-1, len(NUMBERS))[:, NUMBERS.index(name)].copy()

    def digests(self, name: str) -> NDArray[np.uint64]:
        """The two halves of each digest: of the texts (`exact`), or of the folded texts (`same`)."""
        import numpy as np

        return np.frombuffer(bytes(getattr(self, name)), np.uint64).reshape(-1, 2)

    def order(self) -> list[int]:
        """The articles in an order that does not depend on that of the input: by id, then by what they differ in."""

        def rest(index: int) -> tuple[Any, ...]:
            one = self[index]
            return one.id, one.place, one.exact, one.known, one.published, one.source

        ids = self.ids
        if len(set(ids)) == len(ids):
            return sorted(range(len(ids)), key=ids.__getitem__)
        again = {id_ for id_, times in Counter(ids).items() if times > 1}
        return sorted(range(len(ids)), key=lambda index: rest(index) if ids[index] in again else (ids[index],))


def collected(keys: Iterable[Features], room: int) -> tuple[Rows, list[Column]]:
    """All that come: the rows, and columns of the hashes, places and numbers, in so many bytes; the rest on disk."""
    import numpy as np

    rows, columns = Rows(), [Column(kind, room // 8) for kind in (np.uint32, np.uint8, np.uint64)]
    keys = iter(keys)
    while block := list(islice(keys, BLOCK)):
        rows.append(block)
        for column, name in zip(columns, ("hashes", "places", "numbers"), strict=True):
            column.append([getattr(key, name) for key in block])
    return rows, columns


def first(keys: NDArray[np.uint64], order: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each row of keys the first, in this order, that is equal.

    >>> import numpy as np
    >>> first(np.array([[7, 1], [8, 1], [7, 1]], np.uint64), np.array([2, 1, 0])).tolist()
    [2, 1, 2]
    """
    import numpy as np

    keys = keys[order]
    sorted_ = np.lexsort(keys.T)  # stable: of equals the first stays first
    keys = keys[sorted_]
    new = np.ones(order.size, bool)
    new[1:] = (keys[1:] != keys[:-1]).any(1)
    leader = sorted_[np.flatnonzero(new)][np.cumsum(new) - 1]
    result = np.empty(order.size, np.int64)
    result[order[sorted_]] = order[leader]
    return result


def integers(values: NDArray[np.int64]) -> array[int]:
    """A list of many integers, in a fifth of the memory of a list."""
    return array("q", values.astype("int64").tobytes())
