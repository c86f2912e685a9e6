"""The fast engine: what the chain gives, to the character, at a hundred times its speed.

The whole text is converted character by character in one step. Then, around each effective phrase (`compiling.py`),
the stretch that phrases could reach is cut out and given to the chain; its answers are remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corptool.text.script.chain import OPERANDS, Chain, description_length
from corptool.text.script.compiling import Compiled

MEMORY = 100_000
"""Stretches remembered; a million words of news hold about 4,000 different ones."""

LONG = 200
"""Characters from which arrays are faster than `str.translate`."""

NOTED = 20
WEIGHTS = (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F, 0x165667B1)
"""What stands around a gate character is noted by a hash of this many bits, made with these factors."""

GATE, SPECIAL, CODE = 1 << 30, 1 << 31, (1 << 21) - 1
"""Marks in the table of `_Arrays`, above the code point."""

DESCRIPTION = re.compile(f"[{''.join(OPERANDS)}]")

PATIENCE = 150_000
"""Characters to convert before NumPy, which takes a tenth of a second to import, can pay for itself."""


class Engine:
    """Converts; the same text gives the same result whatever was converted before."""

    def __init__(self, chain: Chain, tables: Compiled) -> None:
        self.chain = chain
        self.tables = tables
        self.defaults = _Itself({ord(old): new for old, new in tables.defaults.items()})
        self.inside = tables.inside
        self.special = frozenset(tables.special)
        self.specials = _one_of(tables.special)
        self.normal = str.maketrans(chain.normalization.values() if chain.normalization else {})
        self.remembered: dict[str, str] = {}
        self.gate = _one_of(character for character in tables.gate + tables.special if character <= "\uffff")
        self.far_gate = _one_of(character for character in tables.gate + tables.special if character > "\uffff")
        self.anchors = [
            (before, length, {windows[at : at + length] for at in range(0, len(windows), length)})
            for before, length, windows in anchors(tables)
        ]
        self.arrays: _Arrays | None = None
        self.seen = 0

    def convert(self, text: str) -> str:
        """Convert a text. Lone surrogates pass through."""
        if len(text) >= LONG:
            self.seen += len(text)
            if self.seen > PATIENCE:
                if self.arrays is None:
                    self.arrays = _Arrays(self)
                return self.arrays.convert(text)
        places = [match.start() for match in self.gate.finditer(text)]
        if self.far_gate.search(text):
            places = sorted([*places, *(match.start() for match in self.far_gate.finditer(text))])
        return self.spliced(text, text.translate(self.defaults), places)

    def spliced(self, text: str, plain: str, places: Iterable[int]) -> str:
        """The plain conversion with the stretches around effective phrases put right.

        `places` are those, in order, where one may be anchored.
        """
        inside = self.inside
        remembered = self.remembered
        parts: list[str] = []
        done = 0
        for at in places:
            if text[at] in self.special:
                return self.with_care(text)
            if at < done or not self.is_effective(text, at):
                continue
            start, end = at, at + 1
            while start > done and text[start] in inside.get(text[start - 1], ""):
                start -= 1
            while end < len(text) and text[end] in inside.get(text[end - 1], ""):
                end += 1
            stretch = text[start:end]
            converted = remembered.get(stretch)
            if converted is None:
                if len(remembered) >= MEMORY:
                    remembered.clear()
                converted = remembered[stretch] = self.chain.convert(stretch)
            parts += plain[done:start], converted
            done = end
        if not parts:
            return plain
        return "".join(parts) + plain[done:]

    def is_effective(self, text: str, at: int) -> bool:
        """Does something that belongs to an effective phrase stand around this gate character?"""
        for before, length, found in self.anchors:  # noqa: SIM110 - called for every gate character; any() takes twice as long
            if text[at - before : at - before + length] in found:
                return True
        return False

    def with_care(self, text: str) -> str:
        """Convert line by line where there is something special, and all the rest as ever."""
        parts: list[str] = []
        done = 0
        for match in self.specials.finditer(text):
            if match.start() < done:
                continue
            start = max(done, text.rfind("\n", 0, match.start()) + 1)
            end = self._line_end(text, match.start())
            parts += self.convert(text[done:start]), self._special(text[start:end])
            done = end
        return "".join(parts) + self.convert(text[done:])

    def _line_end(self, text: str, at: int) -> int:
        """The end of the line, or of the line in which an ideographic description ends that began in it."""
        end = at
        while True:
            end = text.find("\n", end)
            end = len(text) if end < 0 else end
            lengths = (
                (found.start(), description_length(text, found.start()))
                for found in DESCRIPTION.finditer(text, at, end)
            )
            after = max((start + length for start, length in lengths), default=end)
            if after <= end:
                return end
            at, end = end, after

    def _special(self, text: str) -> str:
        """Normalize what is to be normalized, and leave ideographic descriptions as they are."""
        parts: list[str] = []
        done = 0
        for match in DESCRIPTION.finditer(text):
            length = description_length(text, match.start())
            if match.start() >= done and length > 1:
                parts += self._normalized(text[done : match.start()]), text[match.start() :][:length]
                done = match.start() + length
        return "".join(parts) + self._normalized(text[done:])

    def _normalized(self, text: str) -> str:
        if DESCRIPTION.search(text):  # a description that breaks off
            return self.chain.convert(text)
        return self.convert(text.translate(self.normal))


class _Arrays:
    """The same with NumPy: several times faster where a text is not short."""

    def __init__(self, engine: Engine) -> None:
        import numpy as np

        self.engine = engine
        self.table = np.arange(0x110000, dtype=np.uint32)
        self.table[[*engine.defaults]] = [ord(engine.defaults[code]) for code in engine.defaults]
        self.table[[ord(character) for character in engine.tables.gate]] |= GATE
        self.table[[ord(character) for character in engine.tables.special]] |= SPECIAL
        shapes = [(2 - before, length, windows) for before, length, windows in anchors(engine.tables)]
        self.around = np.arange(-2, 3)[:, None]
        self.weights = np.array(WEIGHTS, dtype=np.uint32)[:, None]
        self.within = np.array(
            [[start <= place < start + length for place in range(5)] for start, length, _ in shapes], dtype=np.uint32
        ).reshape(-1, 5)
        self.salts = np.arange(len(shapes), dtype=np.uint32)[:, None] * np.uint32(WEIGHTS[0])
        self.noted = np.zeros(1 << NOTED, dtype=np.bool_)
        for number, (start, length, windows) in enumerate(shapes):
            codes = np.array([*map(ord, windows)], dtype=np.uint32).reshape(-1, length).T
            mixed = (codes * self.weights[start : start + length]).sum(axis=0, dtype=np.uint32)
            self.noted[(mixed + self.salts[number]) >> (32 - NOTED)] = True

    def convert(self, text: str) -> str:
        import numpy as np

        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        found = self.table.take(codes)
        if found.max(initial=0) >= SPECIAL:
            return self.engine.with_care(text)
        places = np.flatnonzero(found >= GATE)
        neighbours = codes.take(places + self.around, mode="clip") * self.weights
        mixed = (self.within @ neighbours + self.salts) >> (32 - NOTED)
        wanted = self.noted.take(mixed).any(axis=0)
        plain = (found & CODE).tobytes().decode("utf-32-le", "surrogatepass")
        return self.engine.spliced(text, plain, places[wanted].tolist())


def anchors(tables: Compiled) -> Iterator[tuple[int, int, str]]:
    """(characters before the gate character, length, windows of that length one after the other)."""
    for shape, windows in tables.anchors.items():
        before, length = map(int, shape.split(","))
        yield before, length, windows


def _one_of(characters: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the characters. A set is fast only as long as none of them is beyond the first plane."""
    codes = sorted(map(ord, characters))
    runs: list[list[int]] = []
    for code in codes:
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return re.compile(
        "[" + "".join(f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in runs) + "]" if runs else "(?!)"
    )


class _Itself(dict[int, str]):
    """A table for `str.translate` that knows every character: an unknown one costs it an exception each time."""

    def __missing__(self, code: int) -> str:
        self[code] = character = chr(code)
        return character
