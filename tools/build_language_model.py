"""Build src/corptool/data/language-model.bin and frequent-han.txt: what Chinese looks like, in a megabyte.

    pip download --no-deps --no-binary :all: jieba==0.42.1 && tar xf jieba-0.42.1.tar.gz
    python tools/build_language_model.py jieba-0.42.1/jieba/dict.txt

Sources: the word frequencies of jieba's dictionary (MIT); for the Traditional half the conversion tables of
opencc-python-reimplemented (Apache 2.0), for Korean the byte frequencies of chardet (0BSD): both are dependencies
of corptool anyway. No text is used.

A word list says how often two characters meet inside a word, and how often a word ends with the first and another
begins with the second. So the cost of a character after another is, in bits,

    -log2( inside(ab) / count(a)  +  ends(a) / count(a) * begins(b) / words )

The second part needs only a number a character; the first is stored for the pairs where it matters, in a hash
table of 2^19 slots of 16 bits (11 bits that recognise the pair, 5 bits of cost), each pair in one of two places."""

from __future__ import annotations

import math
import re
import struct
import sys
from collections import Counter
from pathlib import Path

from corptool import dictionaries

DATA = Path(__file__).parents[1] / "src" / "corptool" / "data"
SLOTS = 1 << 19
PAIRS = 236_000  # at half full, nearly every pair finds one of its two places free
FREQUENT = 4500
# Written Cantonese, which no dictionary of Mandarin has: each as frequent as a common word
CANTONESE = "嘅啲咗喺哋冇嚟嘢咁唔佢俾畀嗰喎囉啦㗎咩邊諗揾搵攞睇瞓噉啱係乜嗌唞啩呀嘞喇嗱噃吖嚿掟踎餸嬲靚攰孭掂埋返"
SCRIPTS = {"s2s": 1.0, "s2tw": 0.6, "s2hk": 0.4}
HAN = re.compile("[\u4e00-\u9fff]+")
MAGIC = b"corptool-lm3"


def words(path: Path) -> Counter[str]:
    """Han words of the dictionary with their frequencies, in both scripts."""
    counted: Counter[str] = Counter()
    listed = [line.split(" ")[:2] for line in path.read_text(encoding="utf-8").splitlines()]
    # beyond GB 2312 the dictionary is full of mojibake that somebody counted as words
    han = [(word, float(count)) for word, count in listed if HAN.fullmatch(word) and _in_gb2312(word)]
    for script, weight in SCRIPTS.items():
        for word, (_, count) in zip(in_script([word for word, _ in han], script), han, strict=True):
            counted[word] += count * weight
    for char in CANTONESE:
        counted[char] += 20_000
    return counted


def in_script(listed: list[str], script: str) -> list[str]:
    """The words as this configuration of OpenCC writes them; `s2s` leaves them as they are."""
    if script == "s2s":
        return listed
    return dictionaries.engine(script, dictionaries.PACKAGED).convert("\n".join(listed)).split("\n")


def _in_gb2312(word: str) -> bool:
    try:
        return bool(word.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def costs(counted: Counter[str]) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """(cost of a word to end with a character, to begin with one, of the second of a pair after the first)."""
    count: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    begins: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    for word, frequency in counted.items():
        ends[word[-1]] += frequency
        begins[word[0]] += frequency
        for char in word:
            count[char] += frequency
        for at in range(len(word) - 1):
            inside[word[at : at + 2]] += frequency
    runs = sum(counted.values())
    # a character seen only inside words may begin and end one as well: a little of its count says so
    end = {char: -math.log2((ends[char] + 0.05 * count[char] + 0.5) / (1.05 * count[char] + 1)) for char in count}
    begin = {char: -math.log2((begins[char] + 0.02 * count[char] + 0.2) / (1.02 * runs)) for char in count}
    pair = {}
    for two, frequency in inside.items():
        first, second = two
        apart = 2 ** -(end[first] + begin[second])
        together = -math.log2(frequency / (count[first] + 2) + apart)
        if together < end[first] + begin[second] - 1.5 and together < 16:
            pair[two] = together
    return end, begin, pair | beside_words()


def beside_words() -> dict[str, float]:
    """What stands beside digits and at the ends of lines, which no word list says."""
    after = {1.8: "年", 2.0: "月日", 5.0: "人個个万萬亿億％至", 5.5: "名次岁歲分", 6.0: "號号元米時时届屆世"}
    before = {4.5: "年月", 5.0: "第", 5.5: "至", 6.0: "于於约約共", 6.5: "到", 7.0: "在有"}
    ends = {1.0: "。！？", 2.0: "”」：", 2.5: "）", 3.0: "；》", 6.0: "，", 9.0: "、“「（《‘"}
    digits = "0123456789"
    pairs = {mark + "\n": cost for cost, marks in ends.items() for mark in marks}
    pairs |= {digit + char: cost for cost, chars in after.items() for char in chars for digit in digits}
    return pairs | {char + digit: cost for cost, chars in before.items() for char in chars for digit in digits}


def hangul() -> bytes:
    """What each syllable of KS X 1001 costs in Korean, in tenths of a bit, from the bytes that chardet expects."""
    from chardet.models import load_models

    model = load_models()["ko/cp949"]
    weights = [model[lead << 8 | trail] or 0.2 for lead in range(0xB0, 0xC9) for trail in range(0xA1, 0xFF)]
    return bytes(min(255, round(-10 * math.log2(weight / sum(weights)))) for weight in weights)


def slots(first: int, second: int, size: int) -> tuple[int, int, int]:
    """(the pair's two places in a table of this size, what recognises it); as `text/language_model.py` has them."""
    mixed = (first * 0x9E3779B1 + second * 0x85EBCA6B) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    mixed = (mixed * 0x2C1B3C6D) & 0xFFFFFFFF
    mixed ^= mixed >> 13
    mark = mixed >> 21
    one = mixed & (size - 1)
    return one, one ^ ((mark * 0x5BD1 + 1) & (size - 1)), mark


def table(costs: dict[str, float], size: int) -> bytes:
    """The hash table, what is worth most first; a pair that finds no place is left out.

    A bit for each slot says whether it is filled; what fills them comes after.
    """
    cells: list[tuple[int, int] | None] = [None] * size
    for chars, cost in costs.items():
        at, _, mark = slots(ord(chars[0]), ord(chars[1]), size)
        entry = (mark, 1 + min(30, round(cost * 2)))
        for _ in range(200):
            if cells[at] is None:
                cells[at] = entry
                break
            entry, cells[at] = cells[at], entry  # the one that lived here moves to its other place
            at ^= (entry[0] * 0x5BD1 + 1) & (size - 1)
    filled = [cell[0] << 5 | cell[1] for cell in cells if cell is not None]
    bits = int("".join("01"[cell is not None] for cell in cells), 2).to_bytes(size // 8, "big")
    return bits + struct.pack(f"<{len(filled)}H", *filled)


def main(path: Path) -> None:
    end, begin, pair = costs(words(path))
    chars = sorted(char for char in end if char <= "\uffff")
    worth = {two: end.get(two[0], 9) + begin.get(two[1], 9) - cost for two, cost in pair.items()}
    best = sorted((two for two in pair if max(two) <= "\uffff"), key=lambda two: (-worth[two], two))
    quantised = [bytes(min(255, round(10 * of[char])) for char in chars) for of in (end, begin)]
    frequent = "".join(sorted(sorted(chars, key=lambda char: (begin[char], char))[:FREQUENT]))
    hashed = table({two: pair[two] for two in best[:PAIRS]}, SLOTS)
    model = (
        struct.pack("<12sIII", MAGIC, len(chars), SLOTS, (len(hashed) - SLOTS // 8) // 2),
        hangul(),
        "".join(chars).encode("utf-16-le"),
        *quantised,
        hashed,
    )
    DATA.joinpath("language-model.bin").write_bytes(b"".join(model))
    DATA.joinpath("frequent-han.txt").write_text(frequent + "\n", encoding="utf-8")
    print(f"{len(chars)} characters, {len(pair)} pairs, {sum(map(len, model))} bytes")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
