#!/usr/bin/env python3
"""Write src/corptool/data/readings.tsv and scripts.tsv, the tables of glosses.py and language.py.

    pip download opencc==1.4.2 --no-binary opencc --no-deps && tar xzf opencc-1.4.2.tar.gz
    python tools/make_gloss_tables.py opencc-1.4.2/data/dictionary

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


def readings(simplified: dict[str, list[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for code in [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]:
        for form in {chr(code), *simplified.get(chr(code), [])}:
            for reading in filter(None, PINYIN_DICT.get(ord(form), "").split(",")):
                found[unicodedata.normalize("NFC", reading).lower()].add(chr(code))
    return found


def scripts(to_traditional: dict[str, list[str]], simplified: dict[str, list[str]]) -> dict[str, set[str]]:
    also_simplified = {key for key, values in to_traditional.items() if values[0] != key}
    traditional = {key for key, values in simplified.items() if set(values) - {key}} - also_simplified
    return {
        "traditional": traditional,
        "traditional-common": {key for key in traditional if any(map(is_common, simplified[key]))},
    }


def write(name: str, table: dict[str, set[str]]) -> None:
    lines = [f"{key}\t{''.join(sorted(table[key]))}\n" for key in sorted(table)]
    (DATA / name).write_text("".join(lines), encoding="utf-8", newline="\n")


def main(folder: Path) -> None:
    simplified = dictionary(folder / "TSCharacters.txt")
    write("readings.tsv", readings(simplified))
    write("scripts.tsv", scripts(dictionary(folder / "STCharacters.txt"), simplified))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
