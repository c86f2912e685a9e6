#!/usr/bin/env python3
"""Encodings beside the peers: detection, repair, restoration, clean text left alone, speed.

    python -m venv .peers/mine && .peers/mine/bin/pip install chardet charset-normalizer ftfy django
    python benchmarks/encoding.py DATA --peers .peers/mine/bin/python [--each]

DATA holds manifest.jsonl, files/ and mojibake.jsonl: files and pairs of broken and fixed text, with their encodings and
chains. The peers run in an environment of their own. Other languages are Django's translations, which that environment
holds. Speeds are ratios of CPU seconds in this run, loaded and warm: corptool / peer. With --each every length and
chain has a row, too. `make bench ENCODINGS=DATA` writes the tables into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import gettext
import json
import random
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tabulate import tabulate

from corptool.rules import charset_tables, mojibake_tables
from corptool.text.changes import apply
from corptool.text.charset import meaning
from corptool.text.decode import decode, detect
from corptool.text.mojibake import repaired
from corptool.text.repair import repairs, unrepaired

PEER = """
import json, sys, time
import chardet, charset_normalizer, ftfy
run = {
    "chardet": lambda data: chardet.detect(data)["encoding"],
    "charset-normalizer": lambda data: charset_normalizer.detect(data)["encoding"],
    "ftfy": ftfy.fix_encoding,
    "ftfy, default": ftfy.fix_text,
}[sys.argv[1]]
items = json.load(open(sys.argv[2], encoding="utf-8"))
if sys.argv[1].startswith("cha"):
    items = [bytes.fromhex(item) for item in items]
run(items[0])
seconds, begun = 1e9, time.process_time()
while time.process_time() - begun < 0.5:
    start = time.process_time()
    out = [run(item) for item in items]
    seconds = min(seconds, time.process_time() - start)
json.dump([out, seconds], open(sys.argv[2], "w", encoding="utf-8"))
"""
SIZES = (1000, 3000, 9000, 30_000)
TRUTHS = {"utf-16-le-bom": "utf-16", "utf-16-be-bom": "utf-16"}
LANGUAGES = {
    "fr": "cp1252", "de": "cp1252", "es": "cp1252", "it": "cp1252", "sv": "cp1252", "fi": "cp1252", "pl": "cp1250",
    "cs": "cp1250", "hu": "iso8859-2", "ru": "cp1251", "uk": "koi8-u", "bg": "cp1251", "el": "cp1253", "tr": "cp1254",
    "he": "cp1255", "ar": "cp1256", "lt": "cp1257", "lv": "cp1257", "th": "cp874", "ja": "cp932", "ko": "cp949",
}  # fmt: skip


def peer(python: str, name: str, items: list[str]) -> tuple[list[str | None], float]:
    """What a peer makes of the items, and its CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "items.json")
        path.write_text(json.dumps(items), encoding="utf-8")
        subprocess.run([python, "-c", PEER, name, str(path)], check=True, capture_output=True)
        return json.loads(path.read_text(encoding="utf-8"))


def timed(run: Callable[[Any], object], items: list[Any]) -> float:
    """CPU seconds for all the items once: the least of half a second of rounds."""
    run(items[0])
    seconds, begun = 1e9, time.process_time()
    while time.process_time() - begun < 0.5:
        start = time.process_time()
        for item in items:
            run(item)
        seconds = min(seconds, time.process_time() - start)
    return seconds


def rows(path: Path) -> Iterator[dict]:
    return map(json.loads, path.read_text(encoding="utf-8").rstrip("\n").split("\n"))


def reads_like(data: bytes, name: str | None, truth: str) -> bool:
    """Whether two names give the same text; EUC-TW, which Python cannot decode, is compared by name."""
    name, truth = meaning(name or ""), meaning(TRUTHS.get(truth, truth))
    if name == truth:
        return True
    try:
        return data.decode(name, "replace").lstrip("\ufeff") == data.decode(truth, "replace").lstrip("\ufeff")
    except LookupError:
        return False


def of_file(item: dict, each: bool) -> Iterator[str]:
    """The rows of the table in which a file counts."""
    yield "all kinds and lengths"
    if item["length"] == 20:
        yield "files of 20 bytes"
    if item["kind"].startswith("bad-"):
        yield "one bad byte, or one lost"
    elif item["kind"] in ("html-nometa", "html-wrongmeta"):
        yield "mostly ASCII HTML, no or wrong meta"
    if each:
        yield from (item["kind"], f"{item['length']} bytes")


def of_pair(item: dict, each: bool) -> Iterator[str]:
    """The rows of the table in which a pair counts."""
    chain = item["chain"]
    if chain == "clean":
        yield "clean, unchanged"
    elif item["fixed"] is None:
        yield "beyond repair, unchanged"
    elif item["lossless"]:
        east = "cp932" in chain or "cp949" in chain
        yield "nothing lost, through Shift-JIS and EUC-KR" if east else "nothing lost, other chains"
    elif chain.endswith(":nbsp-space"):
        yield "no-break space lost"
    elif chain.startswith("utf8>") and chain.endswith(":drop1"):
        yield "one byte of UTF-8 lost"
    elif chain.startswith("utf8>gbk:"):
        yield "UTF-8 read as GBK, with ? or U+FFFD"
    else:
        yield "other losses"
    if each:
        yield chain


def detection(folder: Path, python: str, each: bool) -> None:
    items = list(rows(folder / "manifest.jsonl"))
    files = [folder.joinpath(item["file"]).read_bytes() for item in items]
    tables = charset_tables()
    answers = {"corptool": [detect(data, tables=tables)[0] for data in files]}
    for name in ("chardet", "charset-normalizer"):
        answers[name], _ = peer(python, name, [data.hex() for data in files])
    right: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for at, (item, data) in enumerate(zip(items, files, strict=True)):
        for name, answer in answers.items():
            good = reads_like(data, answer[at], item["enc"])
            for group in of_file(item, each):
                right[group][name].append(good)
    print_shares("Detection: text right, %", answers, right)


def other_languages(python: str) -> None:
    """Texts of 21 languages in the code pages of old, 20 to 1,000 bytes of each."""
    where = subprocess.run([python, "-c", "import django; print(django.__path__[0])"], check=True, capture_output=True)
    base, shuffle = Path(where.stdout.decode().strip()), random.Random(20)
    samples: list[tuple[str, bytes, str]] = []
    for language, codec in LANGUAGES.items():
        texts = [
            text for path in sorted(base.rglob(f"locale/{language}/LC_MESSAGES/django.mo")) for text in messages(path)
        ]
        for length in (20, 50, 200, 1000):
            for _ in range(15):
                shuffle.shuffle(texts)
                data = "\n".join(texts[:60]).encode(codec, "ignore")[:length]
                if not data.isascii():
                    samples.append((language, data, codec))
    answers = {"corptool": [detect(data, tables=charset_tables())[0] for _, data, _ in samples]}
    answers["chardet"], _ = peer(python, "chardet", [data.hex() for _, data, _ in samples])
    right: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for at, (_, data, codec) in enumerate(samples):
        for name, answer in answers.items():
            right[f"{len(data)} bytes" if len(data) in (20, 50, 200, 1000) else "other"][name].append(
                reads_like(data, answer[at], codec)
            )
    print_shares("Detection in 21 other languages: text right, %", answers, right)
    lines = [line for path in sorted(base.rglob("locale/*/LC_MESSAGES/*.mo")) for line in messages(path)]
    changed = sum(bool(repaired(line, mojibake_tables())) for line in lines)
    print(f"\nClean lines of other languages taken for mojibake: {changed} of {len(lines)}.")


def messages(path: Path) -> list[str]:
    with path.open("rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog
    return [
        text for key, text in catalog.items() if key and isinstance(text, str) and len(text) > 20 and "{" not in text
    ]


def repair(folder: Path, python: str, each: bool) -> None:
    items = list(rows(folder / "mojibake.jsonl"))
    tables = mojibake_tables()
    broken = [item["broken"] for item in items]
    answers = {
        "corptool": [apply(text, repairs(text, tables=tables)) for text in broken],
        "corptool --restore": [apply(text, repairs(text, tables=tables, restore=True)) for text in broken],
    }
    for name in ("ftfy", "ftfy, default"):
        answers[name], _ = peer(python, name, broken)
    right: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for at, item in enumerate(items):
        wanted = item["fixed"] if item["fixed"] is not None else item["broken"]
        for name, answer in answers.items():
            for group in of_pair(item, each):
                right[group][name].append(answer[at] == wanted)
    print_shares("Repair: exactly right, %", answers, right)
    made = [(at, item) for at, item in enumerate(items) if answers["corptool --restore"][at] != answers["corptool"][at]]
    good = sum(answers["corptool --restore"][at] == item["fixed"] for at, item in made)
    print(f"\nRestorations exactly right: {good} of {len(made)}.", end=" ")
    lost = [item for item in items if item["fixed"] is None]
    print(f"Beyond repair, flagged: {sum(bool(unrepaired(item['broken'])) for item in lost)} of {len(lost)}.")


def speed(folder: Path, python: str) -> None:
    clean: dict[str, list[str]] = defaultdict(list)
    for item in rows(folder / "mojibake.jsonl"):
        if item["chain"] == "clean":
            clean[item["lang"]].append(item["fixed"])
    tables, charsets = mojibake_tables(), charset_tables()

    def reading(kind: str, files: list[bytes]) -> tuple[str, float, str]:
        ours = timed(lambda data: decode(data, tables=charsets), files)
        return f"reading {kind}", peer(python, "chardet", [data.hex() for data in files])[1] / ours, "chardet.detect"

    files = [
        folder.joinpath(item["file"]).read_bytes() for item in rows(folder / "manifest.jsonl") if item["enc"] == "utf-8"
    ]
    valid = [data for data in files if is_utf8(data)]
    table = [reading("the UTF-8 files of the set", valid), reading("… and the damaged ones", files)]
    for language, lines in clean.items():
        documents = ["\n".join(lines[at : at + 30]) for at in range(0, len(lines), 30)]
        ours = timed(lambda text: repairs(text, tables=tables), documents)
        table.append(
            (f"repair of clean text, {language}", peer(python, "ftfy", documents)[1] / ours, "ftfy.fix_encoding")
        )
        whole = "\n".join(lines).encode()
        files = {f"utf-8, {size // 1000} KB": pieces(whole, size) for size in SIZES}
        if language != "en":
            files["gb18030"] = [text.encode("gb18030", "ignore") for text in documents]
        table += [reading(f"{kind}, {language}", data) for kind, data in files.items()]
    print("\nSpeed: times as fast as the peer\n")
    print(tabulate(table, headers=("", "times", "peer"), floatfmt=".1f", tablefmt="github"))


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def pieces(data: bytes, size: int) -> list[bytes]:
    """Files of about this many bytes."""
    parts = (data[at : at + size].decode("utf-8", "ignore").encode() for at in range(0, len(data), size))
    return [part for part in parts if len(part) * 2 > size][: max(3, 60_000 // size)]


def print_shares(title: str, names: Iterable[str], right: dict[str, dict[str, list[bool]]]) -> None:
    table = [
        (group, len(next(iter(marks.values()))), *(100 * sum(marks[name]) / len(marks[name]) for name in names))
        for group, marks in right.items()
    ]
    print(f"\n{title}\n")
    print(tabulate(table, headers=("", "n", *names), floatfmt=".1f", tablefmt="github"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--peers", required=True, metavar="PYTHON")
    parser.add_argument("--each", action="store_true", help="a row for each length and chain, too")
    given = parser.parse_args()
    detection(given.data, given.peers, given.each)
    other_languages(given.peers)
    repair(given.data, given.peers, given.each)
    speed(given.data, given.peers)


if __name__ == "__main__":
    main()
