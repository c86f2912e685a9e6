"""Boosted trees as data: a sum of small decision trees, evaluated for all lines of a page at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Node = int | Sequence[Any]
"""A leaf is its value in thousandths; a split is [column, threshold, where it is not above, where it is above]."""

MOST_LEAVES = 16


class Trees(NamedTuple):
    """Trees laid out for NumPy: one column a tree, one row a split (filled up with splits that do nothing)."""

    column: NDArray[np.int64]
    threshold: NDArray[np.float32]
    out: NDArray[np.uint16]
    """For each split, a bit for each leaf that is out of reach when the value is above the threshold."""
    value: NDArray[np.float32]
    base: float


def plant(trees: Sequence[Node], base: float = 0.0) -> Trees:
    """Lay out trees of at most 16 leaves each, numbered from left to right.

    Lucchese et al., QuickScorer (SIGIR 2015): the leaf a row falls into is the first that no split has ruled out.
    """
    import numpy as np

    column = np.zeros((MOST_LEAVES - 1, len(trees)), dtype=np.int64)
    threshold = np.full((MOST_LEAVES - 1, len(trees)), np.inf, dtype=np.float32)
    out = np.zeros((MOST_LEAVES - 1, len(trees)), dtype=np.uint16)
    value = np.zeros((len(trees), MOST_LEAVES), dtype=np.float32)
    for number, tree in enumerate(trees):
        leaves: list[float] = []
        splits: list[tuple[int, float, int]] = []
        _walk(tree, leaves, splits)
        value[number, : len(leaves)] = leaves
        for row, (at, limit, ruled_out) in enumerate(splits):
            column[row, number], threshold[row, number], out[row, number] = at, limit, ruled_out
    return Trees(column, threshold, out, value, base)


def _walk(node: Node, leaves: list[float], splits: list[tuple[int, float, int]]) -> None:
    if isinstance(node, int):
        leaves.append(node / 1000)
        return
    at, limit, below, above = node
    first = len(leaves)
    _walk(below, leaves, splits)
    ruled_out = (1 << len(leaves)) - (1 << first)
    splits.append((at, limit, ruled_out))
    _walk(above, leaves, splits)


def evaluate(trees: Trees, columns: NDArray[np.float32]) -> NDArray[np.float32]:
    """The sum over all trees for each line; `columns` holds for each column of the splits a value a line.

    >>> import numpy as np
    >>> evaluate(plant([[0, 1.5, -1000, [1, 0.0, 2000, 3000]]], 0.5), np.array([[1, 2, 2], [0, 0, 1]], np.float32))
    array([-0.5,  2.5,  3.5], dtype=float32)
    """
    import numpy as np

    gone = np.zeros((len(trees.value), columns.shape[1]), dtype=np.uint16)
    for column, threshold, out in zip(trees.column, trees.threshold, trees.out, strict=True):
        gone |= (columns.take(column, axis=0) > threshold[:, None]) * out[:, None]
    first = ~gone & (gone + np.uint16(1))  # the lowest bit that is not set
    leaf = np.frexp(first.astype(np.float32))[1] - 1
    leaf += np.arange(len(trees.value), dtype=np.int32)[:, None] * MOST_LEAVES
    found: NDArray[np.float32] = trees.value.take(leaf).sum(axis=0) + np.float32(trees.base)
    return found
