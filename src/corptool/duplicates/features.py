"""What must be known of an article to tell its copies, of many articles in little memory."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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
    facts: dict[str, Any] | None
    """What a survivor that lacks it may be told (--merge)."""
    text: str
    """Only where the difference is asked for (--why)."""


DIGEST = 16


class Rows:
    """Features without what was sampled of the text, as columns: 200 bytes an article instead of a thousand."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.strings: tuple[list[str], ...] = ([], [], [], [])
        """Path, member, published and source: the same strings again and again."""
        self.numbers = array("q")
        """Offset, folded, length, repairs, known and a checksum of what was sampled of each article."""
        self.known: dict[str, str] = {}
        """Each string once."""
        self.exact, self.same = bytearray(), bytearray()
        self.facts: dict[int, dict[str, Any]] = {}
        self.texts: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def append(self, one: Features) -> None:
        """Add an article."""
        path, member, offset = one.place
        for column, value in zip(self.strings, (path, member, one.published, one.source), strict=True):
            column.append(self.known.setdefault(value, value))
        sampled = crc32(one.numbers, crc32(one.places, crc32(one.hashes)))
        self.numbers.extend((offset, one.folded, one.length, one.repairs, one.known, sampled))
        self.exact += one.exact
        self.same += one.same
        if one.facts:
            self.facts[len(self.ids)] = one.facts
        if one.text:
            self.texts[len(self.ids)] = one.text
        self.ids.append(one.id)

    def __getitem__(self, index: int) -> Features:
        path, member, published, source = (column[index] for column in self.strings)
        offset, folded, length, repairs, known, _ = self.numbers[6 * index : 6 * index + 6]
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

    def column(self, name: str) -> NDArray[np.int64]:
        """The numbers of folded characters, or the checksums of what was sampled, of all articles."""
        import numpy as np

        place = {"folded": 1, "sampled": 5}[name]
        return np.frombuffer(self.numbers, np.int64).reshape(-1, 6)[:, place].copy()

    def order(self) -> list[int]:
        """The articles in an order that does not depend on that of the input: by id, then by what they differ in."""

        def rest(index: int) -> tuple[Any, ...]:
            one = self[index]
            return one.id, one.place, one.exact, one.known, one.published, one.source

        found = sorted(range(len(self.ids)), key=self.ids.__getitem__)
        at = 0
        while at < len(found):  # ids that repeat are rare: only these are looked at again
            until = at + 1
            while until < len(found) and self.ids[found[until]] == self.ids[found[at]]:
                until += 1
            if until - at > 1:
                found[at:until] = sorted(found[at:until], key=rest)
            at = until
        return found

    def digests(self, name: str) -> NDArray[np.uint64]:
        """The two halves of each digest: of the texts (`exact`), or of the folded texts (`same`)."""
        import numpy as np

        return np.frombuffer(bytes(getattr(self, name)), np.uint64).reshape(-1, 2)


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
