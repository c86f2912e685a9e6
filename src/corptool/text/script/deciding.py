"""Where a conversion had a choice: which candidates there were, and which phrase decided, if one did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from corptool.text.script.chain import Chain, matches


class Decision(NamedTuple):
    """A character with more than one counterpart."""

    at: int
    """Code points from the start of the text before conversion."""
    old: str
    new: str
    candidates: tuple[str, ...]
    """The one that is taken where no phrase decides comes first."""
    phrase: str
    """The phrase that decided, as it stands in the text; empty where none did, and the first candidate was taken."""


def decisions(text: str, chain: Chain, candidates: Mapping[str, str]) -> Iterator[Decision]:
    """All decisions of the chain's first stage, in order.

    `candidates` has, for each character with several counterparts, all of them, separated by spaces. What later
    stages make of them (裏 becomes 裡 for Taiwan) is shown as made.
    """
    later = chain._replace(stages=chain.stages[1:], segmentation=None, normalization=None)
    for at, key, value in matches(text, chain):
        for place, character in enumerate(key):
            if character in candidates:
                choices = tuple(map(later.convert, candidates[character].split(" ")))
                new = later.convert(value[place] if len(value) == len(key) else value)
                yield Decision(at + place, character, new, choices, key if len(key) > 1 else "")
