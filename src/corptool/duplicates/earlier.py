"""The articles of earlier runs, beside those that come now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from corptool.duplicates.columns import Column
from corptool.duplicates.features import Rows, first
from corptool.duplicates.index import COLUMNS, Part
from corptool.duplicates.texts import Known, Memory, Texts, forgotten, remembered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WHOLE = 50
"""Texts of fewer folded characters are compared whole: too few shingles to tell an edited copy from another text."""


class Earlier:
    """Adds the articles of an index to those that come, and knows what row of the index belongs to which."""

    def __init__(self, rows: Rows, columns: list[Column], was: list[bool | None], parts: Iterable[Part]) -> None:
        import numpy as np

        self.incoming = len(rows)
        self.row = np.full(self.incoming, -1)
        """The row of each article in the index; -1 for one that is not there yet."""
        self.rows = 0
        self.parts: list[Part] = []
        again: dict[tuple[object, ...], int] = {}
        come = rows.digests("exact")[:, 0].copy()
        found = [self.row]
        for part in parts:
            there = part.there.copy()
            for at in np.flatnonzero(there & np.isin(part.rows.exact[:, 0], come)).tolist():
                again = again or {_identity(rows, index): index for index in range(self.incoming)}
                one = Rows()
                one.extend(part.rows, np.array([at]))
                index = again.get(_identity(one, 0))
                if index is not None:  # a run that was killed and is repeated
                    there[at] = False
                    self.row[index] = self.rows + at
                    was[index] = bool(part.stayed[at])
            kept = np.flatnonzero(there)
            rows.extend(part.rows, kept)
            was += part.stayed[kept].tolist()
            found.append(self.rows + kept)
            for place, (name, column) in enumerate(zip(COLUMNS, columns, strict=True)):
                column.attach(part.folder / name, part.sizes[:, place])
            self.parts.append(part)
            self.rows += there.size
        self.row = np.concatenate(found)
        self.runs = np.concatenate((np.arange(self.incoming), self.incoming + self.row[self.incoming :]))
        """Which run of the columns is that of each article."""

    def known(self, text: NDArray[np.int64], memory: Memory | None, texts: int) -> Known:
        """What earlier runs knew of the texts, of which each article has one (or -1)."""
        import numpy as np

        if memory is None:
            return forgotten(texts)
        of_row = np.full(self.rows, -1)
        of_row[self.row[self.row >= 0]] = text[self.row >= 0]
        drawn = forgotten(texts).drawn
        at = 0
        for part in self.parts:
            of = of_row[at : at + part.there.size]
            drawn[of[of >= 0]] = part.drawn()[of >= 0]
            at += of.size
        return remembered(memory, drawn, of_row)

    def new(self, text: NDArray[np.int64], texts: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The articles that are not in the index yet, and for each text a row, once they are added."""
        import numpy as np

        new = np.flatnonzero(self.row < 0)
        row = self.row.copy()
        row[new] = self.rows + np.arange(new.size)
        of_text = np.empty(texts, np.int64)
        of_text[text[text >= 0]] = row[text >= 0]
        return new, of_text


def compared(
    rows: Rows, columns: list[Column], runs: NDArray[np.int64], same: NDArray[np.int64]
) -> tuple[Texts, NDArray[np.int64]]:
    """What is compared, in the order of the digests: of articles with the same text, and sample, one.

    And for each article which text that is, or -1 where it is too short. `same` gives the first article with its text.
    """
    import numpy as np

    keys = np.column_stack((rows.digests("same"), rows.column("sampled").astype(np.uint64)))
    one = first(keys, np.arange(len(rows)))
    lengths = rows.column("folded")
    articles = np.flatnonzero((one == np.arange(one.size)) & (lengths >= WHOLE))
    articles = articles[np.lexsort(keys[articles].T)]
    text = np.full(len(rows), -1)
    text[articles] = np.arange(articles.size)
    return Texts(columns, runs[articles], lengths[articles], same[articles]), text[one]


def _identity(rows: Rows, index: int) -> tuple[object, ...]:
    one = rows[index]
    return one.id, one.place, one.exact
