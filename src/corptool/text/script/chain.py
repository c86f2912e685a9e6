"""What a conversion is: dictionaries in a chain, matched as one of OpenCC's two engines matches them.

This is the plain and slow statement of both, character by character. `engine.py` gives the same results fast,
and comes here for the few places where a phrase decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

OPERANDS = {"\u2ff2": 3, "\u2ff3": 3, "\u2ffe": 1, "\u2fff": 1} | {
    chr(code): 2 for code in (0x2FF0, 0x2FF1, *range(0x2FF4, 0x2FFE))
}
"""How many parts each ideographic description character takes: ⿰亻中 describes one character."""

SEPARATORS = re.compile(
    r"\s+|[-,.?!*　，。、；：？！…“”‘’『』「」﹁﹂—－（）《》〈〉～．／＼"
    r"︒︑︔︓︿﹀︹︺︙︐［﹇］﹈︕︖︰︳︴︽︾︵︶｛︷｝︸﹃﹄【︻】︼]"
)
"""Where opencc-python-reimplemented cuts a text before it looks for phrases."""


class Dictionary:
    """Keys with their first values, and for each first character the key lengths to try, longest first."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        lengths: dict[str, set[int]] = {}
        for first, length in {(key[0], len(key)) for key in values}:
            lengths.setdefault(first, set()).add(length)
        self.lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def prefix(self, text: str, at: int) -> str | None:
        """The longest key that stands in the text at `at`."""
        for length in self.lengths.get(text[at], ()):
            key = text[at : at + length]
            if key in self.values:
                return key
        return None


Stage = tuple[Dictionary, ...]
"""Tried in order: the first with a match decides, even where a later one has a longer match."""


class Chain(NamedTuple):
    """One configuration."""

    stages: tuple[Stage, ...]
    segmentation: Dictionary | None = None
    normalization: Dictionary | None = None
    """Single characters that become others before all else."""
    longest_first: bool = False
    """Match as opencc-python-reimplemented does: the longest phrase first, wherever it stands between separators."""

    @classmethod
    def from_config(
        cls, config: Mapping[str, Any], dictionaries: Mapping[str, Mapping[str, str]], longest_first: bool = False
    ) -> Chain:
        """Put a configuration of `opencc.json` together. The dictionaries hold all candidates, split by spaces."""
        built: dict[str, Dictionary] = {}

        def leaf(*names: str) -> Dictionary:
            key = "+".join(names)
            if key not in built:
                built[key] = Dictionary(first_values(dictionaries[name] for name in names))
            return built[key]

        def stage(spec: Any) -> Stage:
            if isinstance(spec, str):
                return (leaf(spec),)
            if "union" in spec:
                return (leaf(*spec["union"]),)
            return tuple(part for inner in spec["short_circuit"] for part in stage(inner))

        segmentation = stage(config["segmentation"])[0] if "segmentation" in config else None
        normalization = stage(config["normalization"])[0] if "normalization" in config else None
        stages = tuple(stage(spec) for spec in config["stages"])
        return cls(stages, segmentation, normalization, longest_first)

    def convert(self, text: str) -> str:
        """Convert, slowly."""
        if self.longest_first:
            return _longest_first(text, self.stages)
        if self.normalization:
            text = _left_to_right(text, (self.normalization,))
        segments = segmented(text, self.segmentation) if self.segmentation else [text]
        for stage in self.stages:
            segments = [_left_to_right(segment, stage) for segment in segments]
        return "".join(segments)


def first_values(dictionaries: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """One dictionary out of several, the earlier overruling the later, with the first candidate of each key.

    >>> first_values([{"发": "發 髮"}, {"发": "髮", "里": "裏 里"}])
    {'发': '發', '里': '裏'}
    """
    merged: dict[str, str] = {}
    for dictionary in reversed([*dictionaries]):
        merged |= dictionary
    return {key: value.partition(" ")[0] if " " in value else value for key, value in merged.items()}


def segmented(text: str, dictionary: Dictionary) -> list[str]:
    """The words of the dictionary, and what stands between them: no phrase crosses their bounds."""
    segments = []
    at = start = 0
    while at < len(text):
        word = dictionary.prefix(text, at)
        if word is None:
            at += description_length(text, at)
        else:
            segments += [text[start:at]] * (at > start) + [word]
            at = start = at + len(word)
    return segments + [text[start:]] * (at > start)


def description_length(text: str, at: int) -> int:
    """Characters from `at` that are converted only together: a whole ideographic description, else 1.

    >>> description_length("⿰亻⿱口里。", 0), description_length("⿰亻", 0), description_length("里", 0)
    (5, 1, 1)
    """
    if text[at] not in OPERANDS:
        return 1
    open_parts = [1]  # how many parts are still missing, at each depth
    for end in range(at, min(len(text), at + 64)):
        open_parts[-1] -= 1
        if text[end] in OPERANDS:
            open_parts.append(OPERANDS[text[end]])
            if len(open_parts) > 16:
                return 1
        while open_parts and not open_parts[-1]:
            open_parts.pop()
        if not open_parts:
            return end + 1 - at
    return 1


def _left_to_right(text: str, stage: Stage) -> str:
    """OpenCC: at each place the longest key of the first dictionary that has one."""
    parts = []
    at = 0
    while at < len(text):
        for dictionary in stage:
            key = dictionary.prefix(text, at)
            if key is not None:
                parts.append(dictionary.values[key])
                at += len(key)
                break
        else:
            length = description_length(text, at)
            parts.append(text[at : at + length])
            at += length
    return "".join(parts)


def _longest_first(text: str, stages: Sequence[Stage]) -> str:
    """opencc-python-reimplemented: between separators, the longest key first, then what is left and right of it."""
    parts = []
    at = 0
    for separator in [*SEPARATORS.finditer(text), None]:
        piece = text[at : separator.start() if separator else len(text)]
        for stage in stages:
            piece = "".join(_converted(piece, stage))
        parts += [piece, separator[0] if separator else ""]
        at = separator.end() if separator else at
    return "".join(parts)


def _converted(piece: str, stage: Stage) -> list[str]:
    """A piece as one stage leaves it: what no dictionary of the stage matched goes on to its next."""
    if not piece or not stage:
        return [piece]
    dictionary, rest = stage[0], stage[1:]
    values = dictionary.values
    longest = max(map(max, (dictionary.lengths.get(character, (0,)) for character in piece)))
    for length in range(min(longest, len(piece)), 0, -1):
        for at in range(len(piece) - length + 1):
            key = piece[at : at + length]
            if key in values:
                return [*_converted(piece[:at], stage), values[key], *_converted(piece[at + length :], stage)]
    return _converted(piece, rest)
