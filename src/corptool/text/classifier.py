"""Which lines of a page are its article: the judgement of the trees, and the best segment made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.text.features import Read, Seen, features, lexicon, read
from corptool.text.hints import Hint, hint_features
from corptool.text.lexicon import Lexicon
from corptool.text.neighbours import best_run, block_of, pages_of
from corptool.text.phrases import phrase_book, phrase_features, said
from corptool.text.trees import Trees, evaluate, plant

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[Any]

MODES = {"strict": (0.7, 1.5), "balanced": (-0.5, 1.2), "recall": (-1.5, -0.7)}
"""Log-odds above which a line is kept, inside the best segment and outside it."""
CERTAINLY_NOT = -3.0
"""Log-odds. Where a line is below, the page is looked at a second time without such lines, and the mean of both looks
counts: paragraphs then stand together that have pictures, offers or "Article content" between them."""
LITTLE = 0.01
"""By how much a line passes that stays for what stands around it."""
BLOCK = 2048
"""Lines that are judged at a time, or those of one page: more of them would not stay in a processor's cache."""


class Model(NamedTuple):
    """Weights of one classifier: that for text alone has phrases, that for markup has hints."""

    words: Lexicon
    phrases: Lexicon | None
    hints: Mapping[str, Sequence[float]]
    """What is learned of tags and class names."""
    trees: Trees


def model(value: Mapping[str, Any]) -> Model:
    """The model that these weights make: in hundredths of log-odds, those of leaves in thousandths."""
    words, hints = (
        {name: (body / 100, after / 100) for name, (body, after) in value[part].items()} for part in ("words", "hints")
    )
    phrases = phrase_book(value["phrases"]) if value["phrases"] else None
    return Model(lexicon(words), phrases, hints, plant(value["trees"]))


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
        if block and (size + len(page.lines) > BLOCK or bool(page.hints) != bool(block[0].hints)):
            yield from _margins(block, models, mode)
            block, size = [], 0
        block.append(page)
        size += len(page.lines)
    if block:
        yield from _margins(block, models, mode)


def _margins(block: list[Seen], models: Models, mode: str) -> Iterator[Margins]:
    import numpy as np

    model = models(html=bool(block[0].hints))
    lines, hints, phrases = _read(block, model)
    columns = _columns(lines, hints, phrases, model)
    log_odds, weight = evaluate(model.trees, columns), np.expm1(columns[0])
    stays = log_odds > CERTAINLY_NOT
    pages = pages_of(block_of(lines.sizes))
    if stays.any() and not stays.all():
        left = [[*compress(some, stays[own])] for some, own in zip(hints, pages, strict=True) if stays[own].any()]
        again = _columns(lines.only(stays), left, phrases[stays] if phrases is not None else None, model)
        log_odds[stays] = (log_odds[stays] + evaluate(model.trees, again)) / 2
    for own in pages:
        margin = log_odds[own] - demands(log_odds[own], weight[own], mode=mode)
        yield Margins(margin.tolist(), weight[own].tolist())


def columns_of(block: Sequence[Seen], model: Model) -> NDArray[Any]:
    """What trees are fitted on, of the lines of these pages: for each line a column, of hints in double precision."""
    import numpy as np

    columns, more = _parts(*_read(block, model), model)
    return np.vstack([columns, *more])


def _read(block: Sequence[Seen], model: Model) -> tuple[Read, list[Sequence[Hint]], Column | None]:
    """What lines say by themselves: their tokens, what the markup says of them, and their phrases."""
    phrases = said([key for page in block for key in page.keys], model.phrases) if model.phrases else None
    return read(block, model.words), [page.hints for page in block], phrases


def _columns(lines: Read, hints: Sequence[Sequence[Hint]], phrases: Column | None, model: Model) -> NDArray[np.float32]:
    """What the trees see."""
    import numpy as np

    columns, more = _parts(lines, hints, phrases, model)
    return np.vstack([columns, np.array(more, dtype=np.float32)]) if more else columns


def _parts(
    lines: Read, hints: Sequence[Sequence[Hint]], phrases: Column | None, model: Model
) -> tuple[NDArray[np.float32], list[Column]]:
    """The features of lines, and those of what the markup or their phrases say."""
    import numpy as np

    columns, block = features(lines), block_of(lines.sizes)
    more = [*hint_features(hints, np.expm1(columns[0]), model.hints, block)] if hints[0] else []
    return columns, more + (phrase_features(phrases, block) if phrases is not None else [])


def demands(log_odds: NDArray[np.float32], weight: NDArray[np.float32], *, mode: str) -> NDArray[np.float32]:
    """The log-odds asked of each line: less inside the run of lines with the largest sum of odds than outside it.

    Nothing is asked where no line is certainly none of the body: such a text has been cleaned already.

    >>> import numpy as np
    >>> demands(np.array([-5, 2, -0.4, 2, -3], np.float32), np.full(5, 9, np.float32), mode="balanced")
    array([ 1.2, -0.5, -0.5, -0.5,  1.2], dtype=float32)
    """
    import numpy as np

    if log_odds.min() > CERTAINLY_NOT:
        return log_odds - np.float32(LITTLE)
    inside, outside = MODES[mode]
    first, last = best_run((log_odds + 0.5).clip(-5, 5) * np.sqrt(weight + 0.5))
    asked = np.full(len(log_odds), outside, dtype=np.float32)
    asked[first : last + 1] = inside
    return asked
