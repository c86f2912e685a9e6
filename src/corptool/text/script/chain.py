"""What a conversion is: dictionaries in a chain, matched as one of OpenCC's two engines matches them.

This is the plain and slow statement of both, character by character. `engine.py` gives the same results fast,
and comes here for the few places where a phrase decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
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
    """Keys and values, kept as text by first character and split only when a character is looked up.

    >>> words = Dictionary.of({"里": "裏", "里程": "里程", "公里": "公里"})
    >>> words.prefix("里程碑", 0), words.prefix("里程碑", 2)
    (('里程', '里程'), None)
    """

    def __init__(self, packed: Mapping[str, str]) -> None:
        self.packed = packed
        """For each first character the lines of its entries: `key<tab>value`."""
        self.entries: dict[str, tuple[list[int], dict[str, str]]] = {}

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Dictionary:
        """Pack a mapping."""
        lines: dict[str, list[str]] = {}
        for key, value in values.items():
            lines.setdefault(key[0], []).append(f"{key}\t{value}")
        return cls({first: "\n".join(found) for first, found in lines.items()})

    def starting_with(self, character: str) -> tuple[list[int], dict[str, str]]:
        """The entries with this first character, and the lengths of their keys, longest first."""
        found = self.entries.get(character)
        if found is None:
            lines = self.packed[character].split("\n") if character in self.packed else []
            entries = dict(line.split("\t") for line in lines)
            self.entries[character] = found = (sorted({len(key) for key in entries}, reverse=True), entries)
        return found

    def prefix(self, text: str, at: int) -> tuple[str, str] | None:
        """The entry with the longest key that stands in the text at `at`."""
        lengths, entries = self.entries.get(text[at]) or self.starting_with(text[at])
        for length in lengths:
            key = text[at : at + length]
            if key in entries:
                return key, entries[key]
        return None

    def values(self) -> dict[str, str]:
        """All of it."""
        return {key: value for first in self.packed for key, value in self.starting_with(first)[1].items()}


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
                built[key] = Dictionary.of(first_values(dictionaries[name] for name in names))
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

    def packed(self) -> dict[str, Any]:
        """Plain strings, lists and dicts, each dictionary once. `unpacked` makes the chain again."""
        parts = [part for part in (self.segmentation, self.normalization) if part]
        unique = list(
            {id(part): part for part in [*(part for stage in self.stages for part in stage), *parts]}.values()
        )
        number = {id(part): at for at, part in enumerate(unique)} | {id(None): None}
        return {
            "stages": [[number[id(part)] for part in stage] for stage in self.stages],
            "segmentation": number[id(self.segmentation)],
            "normalization": number[id(self.normalization)],
            "longest_first": self.longest_first,
            "dictionaries": [part.packed for part in unique],
        }

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> Chain:
        """The chain that was packed."""
        dictionaries = {at: Dictionary(entries) for at, entries in enumerate(packed["dictionaries"])}
        return cls(
            tuple(tuple(dictionaries[at] for at in stage) for stage in packed["stages"]),
            dictionaries.get(packed["segmentation"]),
            dictionaries.get(packed["normalization"]),
            packed["longest_first"],
        )

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
        entry = dictionary.prefix(text, at)
        if entry is None:
            at += description_length(text, at)
        else:
            word = entry[0]
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


def matches(text: str, chain: Chain) -> Iterator[tuple[int, str, str]]:
    """(place, key, value) of every entry of the first stage that the chain applies to the text."""
    if chain.longest_first:
        at = 0
        for separator in [*SEPARATORS.finditer(text), None]:
            end = separator.start() if separator else len(text)
            yield from _longest_matches(text[at:end], at, chain.stages[0])
            at = separator.end() if separator else at
        return
    normal = chain.normalization.values() if chain.normalization else {}
    if not normal.keys().isdisjoint(text):
        text = _left_to_right(text, (chain.normalization or Dictionary({}),))
    at = 0
    for segment in segmented(text, chain.segmentation) if chain.segmentation else [text]:
        yield from ((at + place, key, value) for place, key, value in _matches(segment, chain.stages[0]) if key)
        at += len(segment)


def _matches(text: str, stage: Stage) -> Iterator[tuple[int, str, str]]:
    """OpenCC: at each place the longest key of the first dictionary that has one. Else (place, "", what stays)."""
    at = 0
    while at < len(text):
        for dictionary in stage:
            entry = dictionary.prefix(text, at)
            if entry is not None:
                yield at, *entry
                at += len(entry[0])
                break
        else:
            length = description_length(text, at)
            yield at, "", text[at : at + length]
            at += length


def _left_to_right(text: str, stage: Stage) -> str:
    return "".join([value for _, _, value in _matches(text, stage)])


def _longest_first(text: str, stages: Sequence[Stage]) -> str:
    """opencc-python-reimplemented: between separators, the longest key first, then what is left and right of it."""
    parts = []
    at = 0
    for separator in [*SEPARATORS.finditer(text), None]:
        piece = text[at : separator.start() if separator else len(text)]
        for stage in stages:
            piece = _replaced(piece, _longest_matches(piece, 0, stage))
        parts += [piece, separator[0] if separator else ""]
        at = separator.end() if separator else at
    return "".join(parts)


def _replaced(text: str, found: Iterable[tuple[int, str, str]]) -> str:
    parts = []
    at = 0
    for place, key, value in found:
        parts += [text[at:place], value]
        at = place + len(key)
    return "".join(parts) + text[at:]


def _longest_matches(piece: str, start: int, stage: Stage) -> list[tuple[int, str, str]]:
    """The matches in a piece that begins at `start`: what no dictionary of the stage matched goes on to its next."""
    found: list[tuple[int, str, str]] = []
    taken = bytearray(len(piece))
    for dictionary in stage:
        entries = ((at, dictionary.prefix(piece, at)) for at in range(len(piece)) if not taken[at])
        waiting = [(-len(entry[0]), at, *entry) for at, entry in entries if entry]
        heapify(waiting)
        while waiting:
            _, at, key, value = heappop(waiting)
            end = at + len(key)
            if (limit := taken.find(1, at, end)) < 0:
                found.append((start + at, key, value))
                taken[at:end] = b"\1" * len(key)
            elif entry := dictionary.prefix(piece[at:limit], 0) if limit > at else None:
                heappush(waiting, (-len(entry[0]), at, *entry))  # a longer one took the end: try what is left
    return sorted(found)
