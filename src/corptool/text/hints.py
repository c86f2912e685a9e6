"""What the markup says of a line, as numbers for the line classifier: see `rendering.Line`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count, repeat
from typing import TYPE_CHECKING, Any

from corptool.text.neighbours import Block, pages_of, taken

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[Any]
    Column = NDArray[Any]

_CARRIES_ON = frozenset(("tr", "li", "pre", "dt", "dd"))
MOST_LINKED = 0.2
PROSE, MOST_LINKED_PROSE = 15, 0.4
"""Words, and the share of links, of a line that is taken for prose here."""
FAR = 99
Hint = Sequence[Any]
"""[tag, share of links, words of class names around it, nearest first]"""

_KINDS = (
    {"p"}, {"h1", "h2", "h3", "h4", "h5", "h6"}, {"li"}, {"td", "th", "tr"}, {"div", "section", "article", "body"},
    {"figcaption", "caption"}, {"h1"},
)  # fmt: skip


def hint_tokens(tag: str, words: str) -> list[str]:
    """The tag and the words of a hint, as the weights name them.

    >>> hint_tokens("p", "entry content entry")
    ['<p', '.entry', '.content']
    """
    return list(dict.fromkeys(" .".join((f"<{tag}", *words.split())).split()))


def hint_features(
    pages: Sequence[Sequence[Hint]], weight: Column, learned: Mapping[str, Sequence[float]], block: Block
) -> list[Column]:
    """Columns of numbers for the lines of a block of pages; `weight` is the size of each line in words."""
    import numpy as np

    number: defaultdict[tuple[str, str], int] = defaultdict(count().__next__)  # most lines share theirs with others
    said = [number[hint[0], hint[2]] for hints in pages for hint in hints]
    table = taken(_said([*number], learned), np.array(said))
    scores, depth, kinds = table[:2], table[2], table[3:]
    links = np.fromiter((hint[1] for hints in pages for hint in hints), dtype=float, count=len(said))
    prose = (weight > PROSE) & (links < MOST_LINKED_PROSE)
    near_prose = (
        _with_most_prose(hints, np.flatnonzero(prose[page]).tolist(), weight[page].tolist())
        for hints, page in zip(pages, pages_of(block), strict=True)
    )
    same, alike = np.fromiter(chain.from_iterable(chain.from_iterable(near_prose)), dtype=float).reshape(-1, 2).T
    own = np.array([*scores, links, *kinds, same, alike, depth])
    heading = kinds[-1] > 0
    return [*own, *_around(own[[0, 1, 2, 3, 4, 10, 11]], block), *_nearest(heading, block)]


def _said(named: Sequence[tuple[str, str]], learned: Mapping[str, Sequence[float]]) -> Matrix:
    """For each tag with its words: what is learned of these (two numbers), how many words, and of which kinds it is."""
    import numpy as np

    tokens = [hint_tokens(*one) for one in named]
    row = np.repeat(np.arange(len(named)), [len(some) for some in tokens])
    known = map(learned.get, chain.from_iterable(tokens), repeat((0.0, 0.0)))
    weights = np.fromiter(chain.from_iterable(known), dtype=float).reshape(-1, 2)
    scores = [np.bincount(row, weights=column) for column in weights.T]
    kinds = {tag: [tag in kind for kind in _KINDS] for tag, _ in named}
    return np.vstack(
        [*scores, [len(words.split()) for _, words in named], np.array([kinds[tag] for tag, _ in named]).T]
    )


def _around(core: Matrix, block: Block) -> list[Column]:
    """The same of the lines next to each, and the means of those around it."""
    import numpy as np

    at, size = block.at, block.size
    here = np.arange(len(at))
    padded = np.full((len(core), len(at) + 1), -1.0)  # the last column is for what is not on the page
    padded[:, :-1] = core
    out: list[Column] = []
    for step in (-2, -1, 1, 2):
        there = at + step
        out += [*taken(padded, np.where((there >= 0) & (there < size), here + step, len(at)))]
    sums = np.zeros((len(core), len(at) + len(block.edges) - 1))  # each page has one more: what stands above it
    for number, page in enumerate(pages_of(block)):
        sums[:, page.start + number + 1 : page.stop + number + 1] = core[:, page].cumsum(axis=1)
    here += block.page
    for reach in (4, 12):
        low, high = np.maximum(at - reach, 0) - at, np.minimum(at + reach + 1, size) - at
        out += [*(taken(sums, here + high) - taken(sums, here + low)) / (high - low)]
    return out


def _nearest(heading: Column, block: Block) -> tuple[Column, Column]:
    """How far above and below is the nearest heading."""
    import numpy as np

    here = np.arange(len(heading))
    start, end = here - block.at, here - block.at + block.size
    above = np.maximum.accumulate(np.where(heading, here, -1))
    below = np.minimum.accumulate(np.where(heading, here, len(heading))[::-1])[::-1]
    return (
        np.where(above < start, FAR, np.minimum(here - above, FAR)),
        np.where(below >= end, FAR, np.minimum(below - here, FAR)),
    )


def _with_most_prose(hints: Sequence[Hint], prose: Iterable[int], weight: Sequence[float]) -> list[tuple[float, float]]:
    """How much prose stands under the same class names as each line, and how like they are to those of most prose."""
    mass: dict[str, float] = {}
    for number in prose:
        words = hints[number][2]
        mass[words] = mass.get(words, 0.0) + weight[number]
    best = max(mass, key=mass.__getitem__, default="")
    top, named = mass.get(best, 1.0), set(best.split())
    said: dict[str, tuple[float, float]] = {}
    under = [hint[2] for hint in hints]
    for words in {*under}:
        others = set(words.split())
        both = len(named & others)
        said[words] = mass.get(words, 0.0) / top, both / max(1, len(named) + len(others) - both)
    return [said[words] for words in under]


def carried_on(hints: Sequence[Hint], stays: Sequence[bool]) -> list[int]:
    """The lines that stay because what they stand in goes on from the line above: a table, a list or code, whole.

    Its first line follows one that stays, within the same elements, and it has few links: so it is not a menu.

    >>> rows = [("p", 0.0, "story"), ("tr", 0.0, "table story"), ("tr", 0.0, "table story"), ("li", 0.9, "story")]
    >>> carried_on(rows, [True, False, False, False])
    [1, 2]
    """
    found: list[int] = []
    for start in range(1, len(hints)):
        above, tag, words = hints[start - 1], hints[start][0], hints[start][2]
        if not stays[start - 1] or tag not in _CARRIES_ON or (above[0] == tag and above[2] == words):
            continue
        if above[2] == words.removeprefix("table ").removesuffix("table").strip():
            end = start
            while end < len(hints) and hints[end][0] == tag and hints[end][2] == words:
                end += 1
            if sum(hint[1] for hint in hints[start:end]) / (end - start) < MOST_LINKED:
                found += range(start, end)
    return found
