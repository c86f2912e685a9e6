"""Write the two tables by which texts are folded in src/corptool/data (why two: docs/decisions/folding.md).

    python tools/build_fold.py

fold-copies.tsv: which code points are one and the same to a reader who looks for copies. Each line is a run: first code
point, length, what the first becomes, step (1 if what it becomes counts along, else 0), the numbers in hex. Code points
that are in no run (punctuation, white space, controls) are skipped; parentheses become 1 and 2, so that what stands
between them can be looked at, and what ends a line or a sentence becomes 3, so that no shingle runs over it.

fold-lines.txt: Traditional characters and, below them, their Simplified forms, one for one: where there are several,
the first. It makes the keys on which rules are matched.

Both from the dictionaries of OpenCC (Apache-2.0, see NOTICE) as packaged by opencc-python-reimplemented.
"""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from corptool.dictionaries import PACKAGED, dictionary

MARKS = {"(": 1, "\uff08": 1, ")": 2, "\uff09": 2}
MARKS |= dict.fromkeys("\n\r\u2028\u2029.!?;\u3002\uff01\uff1f\uff1b\uff0e\uff61", 3)
LAST = 0x323AF
"""The end of CJK Extension H: nothing beyond is a letter."""


def same_characters() -> dict[str, str]:
    """Every Han character that a conversion between scripts may put for another, and one to stand for all.

    Both directions are needed: 着 becomes 著 in Traditional text, but 著 stays 著 on the way back.
    """
    root: dict[str, str] = {}

    def find(char: str) -> str:
        while root.setdefault(char, char) != char:
            char = root[char]
        return char

    for name in ("TSCharacters", "STCharacters", "HKVariants", "TWVariants"):
        for char, others in dictionary(name, PACKAGED).items():
            for other in others.split():
                if len(char) == len(other) == 1:
                    low, high = sorted((find(char), find(other)))
                    root[high] = low
    return {char: find(char) for char in root}


def fold(code: int, same: dict[str, str]) -> int:
    """What the code point becomes, or 0 where it is skipped."""
    if 0xD800 <= code < 0xE000:
        return 0
    if chr(code) in MARKS:
        return MARKS[chr(code)]
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", chr(code))).lower()[:1]
    if not plain.isalnum():
        return 0
    return ord(str(unicodedata.digit(plain))) if plain.isdigit() else ord(same.get(plain, plain))


def runs() -> Iterator[tuple[int, int, int, int]]:
    same = same_characters()
    table = [fold(code, same) for code in range(LAST + 1)] + [0]
    at = 0
    while at <= LAST:
        first = table[at]
        step = int(table[at + 1] == first + 1)
        until = at + 1
        while first and until <= LAST and table[until] == first + step * (until - at):
            until += 1
        if first:
            yield at, until - at, first, step
        at = until


def simplified() -> list[tuple[str, str]]:
    """(Traditional, Simplified), of those that differ and are one UTF-16 unit each."""
    pairs = sorted((old, new.split()[0]) for old, new in dictionary("TSCharacters", PACKAGED).items())
    return [pair for pair in pairs if pair[0] != pair[1] and len("".join(pair).encode("utf-16-le")) == 4]


if __name__ == "__main__":
    data = Path(__file__).parents[1] / "src/corptool/data"
    rows = [f"{at:X}\t{length:X}\t{first:X}\t{step}\n" for at, length, first, step in runs()]
    (data / "fold-copies.tsv").write_text("".join(rows), encoding="utf-8", newline="\n")
    lines = ["".join(row) + "\n" for row in zip(*simplified(), strict=True)]
    (data / "fold-lines.txt").write_text("".join(lines), encoding="utf-8", newline="\n")
