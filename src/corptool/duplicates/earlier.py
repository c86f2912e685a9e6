"""The articles of earlier runs, beside those that come now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from corptool.duplicates.columns import Column
from corptool.duplicates.disk import Values
from corptool.duplicates.features import Row, Rows
from corptool.duplicates.index import COLUMNS, ENDS, Memory, Part
from corptool.duplicates.sorting import Sorted
from corptool.duplicates.texts import PAIR, SIGNATURE, Known, Texts, forgotten
from corptool.text.candidates import sides

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIRST_TIME = -1


class Earlier:
    """Adds the articles of an index to those that come, and knows what row of the index belongs to which."""

    def __init__(self, rows: Rows, columns: list[Column], parts: Iterable[Part]) -> None:
        import numpy as np

        self.room = rows.room
        self.incoming = len(rows)
        self.parts = [*parts]
        self.was = self.room.values(np.int8, self.incoming, FIRST_TIME)
        """Whether an article of an earlier run stayed then; FIRST_TIME for one that was in none."""
        self.live = self.room.values(bool, self.incoming, 1)
        """Which articles count: none that are forgotten, or that come again."""
        self.again = self.room.values(np.int64, self.incoming, -1)
        """The row of an article that comes again, as in a run that was killed and is repeated."""
        for part in self.parts:
            rows.extend(part.rows())
            for name, column in zip(COLUMNS, columns, strict=True):
                values = self.room.lying(column.values.kind, part.folder / name)
                column.attach(values, part.ends()[:, ENDS.index(name)])
            self.was.append(part.stayed())
            self.live.append(part.there)
        if self.parts:
            self._find_again(rows)

    def row(self, articles: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of these articles in the index; -1 for those that are not there yet."""
        import numpy as np

        rows = articles - self.incoming
        own = rows < 0
        rows[own] = self.again.all()[articles[own]]
        return np.asarray(rows)

    def _find_again(self, rows: Rows) -> None:
        import numpy as np

        by_text = Sorted(self.room, valued=True)
        for start, stop in self.room.blocks(len(rows), rows.fixed.kind.itemsize):
            counts = self.live.all()[start:stop]
            by_text.add(rows.fixed.all()["exact"][start:stop][counts, 0], np.arange(start, stop)[counts])
        for keys, articles in by_text.pieces():
            starts = np.flatnonzero(np.diff(keys, prepend=~keys[:1]))
            sizes = np.diff(starts, append=keys.size)
            both = (articles[starts] < self.incoming) & (articles[starts + sizes - 1] >= self.incoming)
            come: dict[tuple[object, ...], int] = {}
            for row in rows.rows(np.sort(articles[np.repeat(both, sizes)])):
                key = _identity(rows, row)
                if row.article < self.incoming:
                    come[key] = row.article
                elif key in come:
                    self.live.all()[row.article] = False
                    self.again.all()[come[key]] = row.article - self.incoming
                    self.was.all()[come[key]] = self.was.all()[row.article]

    def known(self, texts: Texts, memory: Memory | None) -> Known:
        """What earlier runs knew of the texts."""
        import numpy as np

        known = forgotten(texts)
        if memory is None:
            return known
        of_row = self.room.values(np.int64, len(self.live) - self.incoming, -1)
        for start, stop in self.room.blocks(len(self.live)):
            rows, of = self.row(np.arange(start, stop)), texts.of.all()[start:stop]
            of_row.all()[rows[(rows >= 0) & (of >= 0)]] = of[(rows >= 0) & (of >= 0)]
        for part in self.parts:
            known.drawn.append(self.room.lying(SIGNATURE, part.folder / "drawn"))
        for start, stop in self.room.blocks(memory["row"].size):
            there = of_row.all()[memory["row"][start:stop]]
            known.new.all()[there] = False
            known.group.all()[there] = of_row.all()[memory["group"][start:stop]]
        for start, stop in self.room.blocks(len(of_row)):
            of = of_row.all()[start:stop]
            known.row.all()[of[of >= 0]] = np.arange(start, stop)[of >= 0]
        for start, stop in self.room.blocks(len(of_row)):  # of the rows of a text, one
            of = of_row.all()[start:stop]
            stands = (of >= 0) & ~known.new.all()[of] & (known.row.all()[of] == np.arange(start, stop))
            known.text.append(np.where(stands, of, -1))
        pairs = Sorted(self.room, valued=True)
        for start, stop in self.room.blocks(memory["pairs"].size):
            left, right = (of_row.all()[side] for side in sides(memory["pairs"]["pair"][start:stop]))
            pairs.add((left << 32 | right).astype(np.uint64), np.arange(start, stop))
        for keys, places in pairs.pieces():
            some = memory["pairs"][places]
            some["pair"] = keys
            known.pairs.append(some)
        known.hashes.append(memory["hashes"])
        known.counts.append(memory["counts"])
        return known

    def memory(self, texts: Texts, known: Known) -> dict[str, Values]:
        """What is known, for the index: texts by the row of an article that has it, once those that came are added."""
        import numpy as np

        room = self.room
        rows = room.values(np.uint32, len(texts))
        added = len(self.live) - self.incoming
        for start, stop in room.blocks(len(self.live)):
            row, of = self.row(np.arange(start, stop)), texts.of.all()[start:stop]
            new = row < 0
            row[new] = added + np.arange(new.sum())
            added += int(new.sum())
            rows.all()[of[of >= 0]] = row[of >= 0]
        group, pairs = room.values(np.uint32), room.values(PAIR)
        for start, stop in room.blocks(len(texts)):
            group.append(rows.all()[known.group.all()[start:stop]])
        for block in known.pairs.blocks():
            some = block().copy()
            left, right = (rows.all()[side].astype(np.uint64) for side in sides(some["pair"]))
            some["pair"] = left << np.uint64(32) | right
            pairs.append(some)
        return {
            "row": rows,
            "group": group,
            "pairs": pairs,
            "hashes": known.hashes.whole(),
            "counts": known.counts.whole(),
        }


def _identity(rows: Rows, row: Row) -> tuple[object, ...]:
    return row.id, row.place, rows.fixed.all()["exact"][row.article].tobytes()
