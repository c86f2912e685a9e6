"""Which lines of a page are its article: the judgement of the trees, and the best segment made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from corptool.text.features import Lexicon, Seen, features, read
from corptool.text.hints import hint_features
from corptool.text.neighbours import best_run, block_of, pages_of
from corptool.text.trees import Trees, evaluate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODES = {"strict": (0.7, 1.5), "balanced": (-0.5, 0.3), "recall": (-1.5, -0.7)}
"""Log-odds above which a line is kept, inside the best segment and outside it."""
TOGETHER = 2048
"""Lines that are judged at a time, or those of one page: more of them would not stay in a processor's cache."""


class Model(NamedTuple):
    """Weights of one classifier; `hints` are those of tags and class names, empty where there is no markup."""

    words: Lexicon
    hints: Mapping[str, Sequence[float]]
    trees: Trees


class Margins(NamedTuple):
    """What the classifier says of the lines of a page."""

    scores: list[float]
    """By how much each passes what is asked of it: above 0 it stays."""
    weights: list[float]
    """How many words it has."""


Models = Callable[..., Model]
"""`models(html=True)` is the model for pages with hints, `models(html=False)` that for text alone."""


def margins(pages: Iterable[Seen], models: Models, *, mode: str = "balanced") -> Iterator[Margins]:
    """The judgement of each page, in order. Many are judged at once, and none makes a difference to another."""
    block: list[Seen] = []
    size = 0
    for page in pages:
        if block and (size + len(page.lines) > TOGETHER or bool(page.hints) != bool(block[0].hints)):
            yield from _margins(block, models, mode)
            block, size = [], 0
        block.append(page)
        size += len(page.lines)
    if block:
        yield from _margins(block, models, mode)


def _margins(block: list[Seen], models: Models, mode: str) -> Iterator[Margins]:
    import numpy as np

    model = models(html=bool(block[0].hints))
    columns = features(read(block, model.words))
    weight = np.expm1(columns[0])
    together = block_of(len(page.lines) for page in block)
    if block[0].hints:
        hints = hint_features([page.hints for page in block], weight, model.hints, together)
        columns = np.vstack([columns, np.array(hints, dtype=np.float32)])
    log_odds = evaluate(model.trees, columns)
    for own in pages_of(together):
        margin = log_odds[own] - demands(log_odds[own], weight[own], mode=mode)
        yield Margins(margin.tolist(), weight[own].tolist())


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
