"""What the markup says of a line, as numbers for the line classifier: see `rendering.Line`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

_CARRIES_ON = frozenset(("tr", "li", "pre", "dt", "dd"))
MOST_LINKED = 0.2
Hint = Sequence[Any]
"""[tag, share of links, words of class names around it, nearest first]"""

_KINDS = (
    {"p"}, {"h1", "h2", "h3", "h4", "h5", "h6"}, {"li"}, {"td", "th", "tr"}, {"div", "section", "article", "body"},
    {"figcaption", "caption"}, {"h1"},
)  # fmt: skip


def hint_tokens(hint: Hint) -> list[str]:
    """The tag and the words, as the weights name them.

    >>> hint_tokens(["p", 0.1, "entry content entry"])
    ['<p', '.entry', '.content']
    """
    return ["<" + hint[0], *("." + word for word in dict.fromkeys(hint[2].split()))]


def hint_features(hints: Sequence[Hint], weight: NDArray[np.float32], learned: Mapping[str, Sequence[float]]) -> Matrix:
    """A row for each line; `weight` is the line's size in words."""
    import numpy as np

    nothing = (0.0, 0.0)
    said: dict[tuple[str, str], tuple[float, ...]] = {}  # most lines share their tag and words with others
    for hint in hints:
        if (hint[0], hint[2]) not in said:
            pairs = [learned.get(token, nothing) for token in hint_tokens(hint)]
            kinds = [float(hint[0] in kind) for kind in _KINDS]
            said[hint[0], hint[2]] = (*map(sum, zip(*pairs, strict=True)), len(hint[2].split()), *kinds)
    rows = {named: row for row, named in enumerate(said)}
    table = np.array([*said.values()])[[rows[hint[0], hint[2]] for hint in hints]]
    scores, depth, kinds_of = table[:, :2], table[:, 2], table[:, 3:]
    links = np.array([hint[1] for hint in hints])
    same, alike = _with_most_prose(hints, weight, links)
    own = np.column_stack([scores, links, kinds_of, same, alike, depth])
    core = own[:, [0, 1, 2, 3, 4, 10, 11]]
    count = len(own)
    at = np.arange(count)
    padded = np.pad(core, ((2, 2), (0, 0)), constant_values=-1)
    out = [own, *(padded[2 + step : 2 + step + count] for step in (-2, -1, 1, 2))]
    sums = np.vstack([np.zeros((1, core.shape[1])), core.cumsum(axis=0)])
    for reach in (4, 12):
        low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, count)
        out.append((sums[high] - sums[low]) / (high - low)[:, None])
    heading = kinds_of[:, -1] > 0
    above = at - np.maximum.accumulate(np.where(heading, at, -99))
    below = np.minimum.accumulate(np.where(heading, at, count + 99)[::-1])[::-1] - at
    out.append(np.column_stack([above.clip(0, 99), below.clip(0, 99)]))
    return np.column_stack(out).astype(np.float32)


def carried_on(hints: Sequence[Hint], stays: Sequence[bool]) -> list[int]:
    """The lines that stay because what they stand in goes on from the line above: a table, a list or code, whole.

    Its first line follows one that stays, within the same elements, and it has few links: so it is not a menu.

    >>> rows = [("p", 0.0, "story"), ("tr", 0.0, "table story"), ("tr", 0.0, "table story"), ("li", 0.9, "story")]
    >>> carried_on(rows, [True, False, False, False])
    [1, 2]
    """
    found: list[int] = []
    at = 0
    for (tag, _, words), group in groupby(hints, key=lambda hint: (hint[0], None, hint[2])):
        run = list(group)
        place = words.removeprefix("table ").removesuffix("table").strip()
        linked = sum(hint[1] for hint in run) / len(run)
        if tag in _CARRIES_ON and at and stays[at - 1] and hints[at - 1][2] == place and linked < MOST_LINKED:
            found += range(at, at + len(run))
        at += len(run)
    return found


def _with_most_prose(
    hints: Sequence[Hint], weight: NDArray[np.float32], links: NDArray[np.float64]
) -> tuple[list[float], list[float]]:
    """How much prose stands under the same class names, and how like they are to those of most prose."""
    mass: Counter[str] = Counter()
    for hint, words, linked in zip(hints, weight.tolist(), links.tolist(), strict=True):
        if words > 15 and linked < 0.4:
            mass[hint[2]] += words
    best, top = mass.most_common(1)[0] if mass else ("", 1.0)
    named = set(best.split())
    alike: dict[str, float] = {}
    for words in {hint[2] for hint in hints}:
        others = set(words.split())
        alike[words] = len(named & others) / max(1, len(named | others))
    return [mass[hint[2]] / top for hint in hints], [alike[hint[2]] for hint in hints]
