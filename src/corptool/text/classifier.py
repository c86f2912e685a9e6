"""Which lines of a page are its article: the judgement of the trees, and the best segment made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from corptool.text.features import Lexicon, best_run, features
from corptool.text.hints import Hint, hint_features
from corptool.text.trees import Trees, evaluate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODES = {"strict": (0.7, 1.5), "balanced": (-0.5, 0.3), "recall": (-1.5, -0.7)}
"""Log-odds above which a line is kept, inside the best segment and outside it."""


class Model(NamedTuple):
    """Weights of one classifier; `hints` are those of tags and class names, empty where there is no markup."""

    words: Lexicon
    hints: Mapping[str, Sequence[float]]
    trees: Trees


def margins(
    lines: Sequence[str], keys: Sequence[str], model: Model, hints: Sequence[Hint] = (), *, mode: str = "balanced"
) -> tuple[list[float], list[float]]:
    """By how much each line passes what is asked of it (above 0 it stays), and how many words it has."""
    import numpy as np

    rows = features(lines, keys, model.words)
    weight = np.expm1(rows[:, 0])
    if hints:
        rows = np.column_stack([rows, hint_features(hints, weight, model.hints)])
    log_odds = evaluate(model.trees, rows)
    return (log_odds - demands(log_odds, weight, mode=mode)).tolist(), weight.tolist()


def demands(log_odds: NDArray[np.float32], weight: NDArray[np.float32], *, mode: str) -> NDArray[np.float32]:
    """The log-odds asked of each line: less inside the run of lines with the largest sum of odds than outside it.

    >>> import numpy as np
    >>> demands(np.array([-3, 2, -0.4, 2, -3], np.float32), np.full(5, 9, np.float32), mode="balanced")
    array([ 0.3, -0.5, -0.5, -0.5,  0.3], dtype=float32)
    """
    import numpy as np

    inside, outside = MODES[mode]
    first, last = best_run((log_odds + 0.5).clip(-5, 5) * np.sqrt(weight + 0.5))
    asked = np.full(len(log_odds), outside, dtype=np.float32)
    asked[first : last + 1] = inside
    return asked
