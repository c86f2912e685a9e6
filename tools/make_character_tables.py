#!/usr/bin/env python3
"""Write src/corptool/data/readings.tsv and scripts.tsv, the tables of glosses.py and language.py.

    pip download opencc==1.4.2 --no-binary opencc --no-deps && tar xzf opencc-1.4.2.tar.gz
    python tools/make_character_tables.py opencc-1.4.2/data/dictionary

readings.tsv: a toned pinyin syllable, a tab, every character that pypinyin (MIT) reads so. A character with
another form in the other script takes that form's readings too, because glosses follow the simplified form.
scripts.tsv: a name, a tab, the characters of that set, from the dictionaries of OpenCC (Apache-2.0).
"""

import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

from pypinyin.constants import PINYIN_DICT

DATA = Path(__file__).parent.parent / "src" / "corptool" / "data"


def dictionary(path: Path) -> dict[str, list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if "\t" in line and not line.startswith("#")]
    return {key: values.split(" ") for key, values, *_ in pairs}


def is_common(character: str) -> bool:
    """Is it in the first level of GB 2312, the 3,755 most used characters?"""
    code = character.encode("gb2312", errors="replace")
    return len(code) == 2 and 0xB0 <= code[0] <= 0xD7


def in_chinese_codes(character: str) -> bool:
    """Do the character sets of the mainland or of Taiwan have it? OpenCC's tables leave out what never changes."""
    return any(len(character.encode(codec, "ignore")) == 2 for codec in ("gb2312", "big5"))


def readings(simplified: dict[str, list[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for code in [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]:
        for form in {chr(code), *simplified.get(chr(code), [])}:
            for reading in filter(None, PINYIN_DICT.get(ord(form), "").split(",")):
                found[unicodedata.normalize("NFC", reading).lower()].add(chr(code))
    return found


def scripts(folder: Path) -> dict[str, set[str]]:
    """Which characters tell a script.

    `only` means that no text in another script has the character. Forms that Taiwan and Hong Kong write are taken
    out of the Simplified ones, or 秘 and 恒 would call a Hong Kong page mixed.
    """
    to_traditional, simplified = (dictionary(folder / f"{name}Characters.txt") for name in ("ST", "TS"))
    new, regional = dictionary(folder / "JPShinjitaiCharacters.txt"), set("秘恒琼")  # HKVariants lacks these
    for name in ("TWVariants", "HKVariants"):
        regional |= {value for values in dictionary(folder / f"{name}.txt").values() for value in values}
    also_simplified = {key for key, values in to_traditional.items() if values[0] != key}
    traditional = {key for key, values in simplified.items() if set(values) - {key}} - also_simplified
    simplified_only = {key for key, values in to_traditional.items() if key not in values and key not in simplified}
    simplified_only -= regional
    traditional_only = {key for key, values in simplified.items() if key not in values}
    chinese = to_traditional.keys() | simplified.keys() | regional
    return {
        "traditional": traditional,
        "traditional-common": {key for key in traditional if any(map(is_common, simplified[key]))},
        "simplified-only": {key for key in simplified_only if len(key) == 1},
        "traditional-only": traditional_only,
        "japanese-only": {key for key in new if key not in chinese and not in_chinese_codes(key)},
        "japanese-new": set(new),
        "japanese-old": {value for key, values in new.items() for value in values if value != key},
    }


def write(name: str, table: dict[str, set[str]]) -> None:
    lines = [f"{key}\t{''.join(sorted(table[key]))}\n" for key in sorted(table)]
    (DATA / name).write_text("".join(lines), encoding="utf-8", newline="\n")


def main(folder: Path) -> None:
    write("readings.tsv", readings(dictionary(folder / "TSCharacters.txt")))
    write("scripts.tsv", scripts(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
