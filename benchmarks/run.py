#!/usr/bin/env python3
"""`make bench`: each stage beside the tool that people use for it, in one run; writes docs/benchmarks.md.

    python benchmarks/run.py [--rounds 3] [--articles 400] [--pages FOLDER] [--labelled FOLDER…] [--encodings FOLDER]
        [--write docs/benchmarks.md]

With --labelled (make bench PAGES="dev dev-zh"; folders as in docs/training.md) `clean` and its peers are held against
the gold of real pages too, by clean.py; with --encodings (make bench ENCODINGS=FOLDER) detection and repair against
files and pairs, by encoding.py, which says what the folder holds.

The peers are installed into environments of their own below .peers/ (OpenCC's wheel in one for itself: it and the
package that corptool depends on own the same import name). The data are made here, from the samples. Every figure is
the CPU seconds of the work alone, without start-up and import, except for the pipes, which are whole processes; corptool
and its peers take turns, and the least of the rounds counts. Only the ratios mean anything on another machine.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path
from pipes import Row, cpu, figures, page

import real

ROOT = Path(__file__).parents[1]
PEERS = {
    "tools": [
        "chardet==7.7.0",
        "charset-normalizer",
        "ftfy",
        "django",
        "trafilatura",
        "lxml_html_clean",
        "readability-lxml",
        "justext",
        "resiliparse",
        "datasketch",
        "rensa",
        "csvkit",
        "opencc-python-reimplemented==0.1.7",
    ],
    "opencc": ["opencc==1.4.2"],
}

HARNESS = """
import json, sys, time
{setup}
data = {load}
for item in data[:2]:  # tables and models are loaded before the clock runs
    {work}
start = time.process_time()
for item in data:
    {work}
{finish}
print(time.process_time() - start)
"""
FILES = "[bytes.fromhex(line) for line in open(sys.argv[1])]"
ARTICLES = "[json.loads(line) for line in open(sys.argv[1], encoding='utf-8')]"

DEDUP_PEER = "docs = {item['id']: {tuple(words[n:n+5]) for n in range(max(1, len(words) - 4))} for item in data for words in [item['text'].lower().split()]}"

# stage: [(who, environment, set-up, work on one item, what comes after all)]; corptool stands first
WORK: dict[str, tuple[str, str, list[tuple[str, str, str, str, str]]]] = {
    "decode UTF-8": ("utf8", FILES, [
        ("corptool", "", "from corptool.text.decode import decode; from corptool.rules import charset_tables; tables = charset_tables()", "decode(item, tables=tables)", ""),
        ("chardet", "tools", "import chardet", "chardet.detect(item)", ""),
        ("charset-normalizer", "tools", "import charset_normalizer", "charset_normalizer.from_bytes(item).best()", ""),
    ]),
    "decode GB18030, Big5": ("legacy", FILES, [
        ("corptool", "", "from corptool.text.decode import decode; from corptool.rules import charset_tables; tables = charset_tables(); decode('\\u4e2d\\u6587'.encode('gbk'), tables=tables)", "decode(item, tables=tables)", ""),
        ("chardet", "tools", "import chardet", "chardet.detect(item)", ""),
        ("charset-normalizer", "tools", "import charset_normalizer", "charset_normalizer.from_bytes(item).best()", ""),
    ]),
    "fix, clean text": ("articles", ARTICLES, [
        ("corptool", "", "from corptool import Pipeline; fix = Pipeline('fix'); list(fix([{'text': '\\u4e2d\\r\\n'}]))", "list(fix([item]))", ""),
        ("ftfy, fix_encoding", "tools", "import ftfy", "ftfy.fix_encoding(item['text'])", ""),
        ("ftfy, fix_text", "tools", "import ftfy", "ftfy.fix_text(item['text'])", ""),
    ]),
    "clean, from HTML": ("pages", ARTICLES, [
        ("corptool", "", "from corptool import Pipeline; from corptool.formats.html import read_markup; clean = Pipeline('clean'); list(clean([{'text': 'a\\nb'}]))", "pass", "list(clean([{'id': '1'} | read_markup(item['html']) for item in data]))"),
        ("trafilatura", "tools", "import trafilatura", "trafilatura.bare_extraction(item['html'])", ""),
    ]),
    "convert --config s2twp": ("articles", ARTICLES, [
        ("corptool", "", "from corptool import dictionaries; engine = dictionaries.engine('s2twp'); engine.convert('\\u4e2d')", "engine.convert(item['text'])", ""),
        ("opencc-python-reimplemented", "", "import importlib.util; from importlib.metadata import distribution; spec = importlib.util.spec_from_file_location('peer', distribution('opencc-python-reimplemented').locate_file('opencc/opencc.py')); peer = importlib.util.module_from_spec(spec); spec.loader.exec_module(peer); engine = peer.OpenCC('s2twp'); engine.convert('\\u4e2d')", "engine.convert(item['text'])", ""),
        ("OpenCC, C++", "opencc", "import opencc; engine = opencc.OpenCC('s2twp'); engine.convert('\\u4e2d')", "engine.convert(item['text'])", ""),
    ]),
    "dedup": ("articles", ARTICLES, [
        ("corptool", "", "import numpy, logging; logging.disable(50); from corptool import Pipeline; dedup = Pipeline('dedup'); list(dedup([{'id': 'a', 'text': 'x' * 99}, {'id': 'b', 'text': 'y' * 99}]))", "pass", "list(dedup(data))"),
        ("rensa", "tools", "from rensa import RMinHash, RMinHashLSH", "pass", DEDUP_PEER + "\nlsh = RMinHashLSH(threshold=0.7, num_perm=128, num_bands=16)\nfor n, shingles in enumerate(docs.values()):\n    sketch = RMinHash(num_perm=128, seed=42); sketch.update([' '.join(one) for one in shingles]); lsh.insert(n, sketch); lsh.query(sketch)"),
        ("datasketch", "tools", "from datasketch import MinHash, MinHashLSH", "pass", DEDUP_PEER + "\nlsh = MinHashLSH(threshold=0.7, num_perm=128)\nfor key, shingles in docs.items():\n    sketch = MinHash(128); sketch.update_batch([' '.join(one).encode() for one in shingles]); lsh.query(sketch); lsh.insert(key, sketch)"),
    ]),
}  # fmt: skip
PIPES = {  # stage: (file, {who: shell line}); whole processes
    "export --format csv": ("articles", {
        "corptool": "corptool export -q --format csv {0} > /dev/null",
        "csvkit, in2csv -I": "{tools}/in2csv -I -f ndjson {0} > /dev/null",
    }),
    "one stage of a pipe": ("articles", {
        "corptool": "corptool filter -q --min-chars 1 < {0} > /dev/null",
        "jq -c .": "jq -c . < {0} > /dev/null",
    }),
}  # fmt: skip


def environments() -> dict[str, str]:
    """The bin folder of each environment of peers, made where it is missing, or made of other packages."""
    found = {"": str(Path(sys.executable).parent)}
    for name, packages in PEERS.items():
        folder = ROOT / ".peers" / name
        ready = folder / "ready"
        if not ready.exists() or ready.read_text().split() != packages:
            venv.create(folder, with_pip=True, clear=True, upgrade_deps=True)
            subprocess.run([folder / "bin" / "pip", "install", "--quiet", *packages], check=True)
            ready.write_text("\n".join(packages))
        found[name] = str(folder / "bin")
    return found


def sentences() -> dict[str, list[str]]:
    """Sentences of the samples, by language."""
    sys.path.insert(0, str(ROOT / "src"))
    from corptool import Pipeline

    names = " ".join(f"'{path.as_posix()}'" for path in sorted((ROOT / "samples").glob("*.*")))
    texts = [article["text"] for article in Pipeline(f"read {names} | fix | clean | convert --to s | dedup")()]
    chinese = [text for text in texts if sum(char > "\u4e00" for char in text) * 3 > len(text)]
    return {
        "zh": [part + "。" for text in chinese for part in text.replace("\n", "").split("。") if part],
        "en": [part + ". " for text in texts if text not in chinese for part in text.replace("\n", " ").split(". ")],
    }


def articles(number: int) -> Iterator[dict[str, str]]:
    """Articles of about 9 KB in which the sentences of the samples are mixed anew, and every tenth a near copy."""
    random.seed(7)
    parts = sentences()
    texts: list[str] = []
    for n in range(number):
        if n % 10 == 9:
            text = random.choice(texts).replace("2", "3", 1) + "\n完" * 1
        else:
            some = random.choices(parts["zh"], k=50) if n % 5 < 2 else random.choices(parts["en"], k=40)
            text = "\n".join("".join(some[at : at + 5]) for at in range(0, len(some), 5))
        texts.append(text)
        yield {"id": f"{n:06}", "title": text[:30], "text": text}


def make(folder: Path, number: int) -> None:
    """The data, below a folder."""
    rows = list(articles(number))
    links = "".join(f'<li><a href="/{n}">{row["title"]}</a></li>' for n, row in enumerate(rows[:20]))
    lines = {"articles": rows, "pages": []}
    for row in rows:
        lines["pages"].append({"id": row["id"], "html": page(row, links)})
    for name, values in lines.items():
        text = "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)
        (folder / name).write_text(text, "utf-8")
    chinese = [row["text"] for row in rows if any(char > "\u4e00" for char in row["text"])]
    legacy = [text.encode(codec, "ignore") for text in chinese[:60] for codec in ("gb18030", "big5")]
    for name, files in {"utf8": [row["text"].encode() for row in rows], "legacy": legacy}.items():
        (folder / name).write_text("\n".join(data.hex() for data in files))


def measured(folder: Path, bins: dict[str, str], rounds: int) -> Iterator[tuple[str, dict[str, float]]]:
    """For each stage the least CPU seconds of everybody."""
    for stage, (name, load, everybody) in WORK.items():
        least: dict[str, float] = {}
        for _ in range(rounds):
            for who, environment, setup, work, finish in everybody:
                script = HARNESS.format(setup=setup.replace("; ", "\n"), load=load, work=work, finish=finish)
                _, printed = cpu([f"{bins[environment]}/python", "-c", script, str(folder / name)])
                least[who] = min(least.get(who, 1e9), float(printed))
        yield stage, least
    path = os.pathsep.join((bins[""], os.environ["PATH"]))
    for stage, (name, lines) in PIPES.items():
        least = {}
        for _ in range(rounds):
            for who, line in lines.items():
                shown = line.format(folder / name, **bins)
                seconds, _ = cpu(["env", f"PATH={path}", "bash", "-c", shown])
                least[who] = min(least.get(who, 1e9), seconds)
        yield stage, least


def versions(bins: dict[str, str]) -> str:
    """What was measured."""
    names = [name.partition("==")[0] for packages in PEERS.values() for name in packages if "clean" not in name]
    code = "import sys, importlib.metadata as m\nfor n in sys.argv[1:]:\n try: print(n, m.version(n))\n except Exception: pass"
    shown = [cpu([f"{bins[name]}/python", "-c", code, *names])[1].split("\n") for name in PEERS]
    jq = cpu(["jq", "--version"])[1].strip()
    lines = [line for part in shown for line in part if line]
    return ", ".join([f"Python {sys.version.split()[0]}", *lines, jq])


TRAINED = """The weights of `clean` were trained on such pages, so this compares speed, and peers with each other. How right `clean`
is on sites that it has not seen stands in [training](training.md)."""


def cleaning(folders: list[Path], bins: dict[str, str]) -> list[str]:
    """How right `clean` and its peers are on labelled pages, where there are any: see clean.py."""
    if not folders:
        print('cleaning is not measured: make bench PAGES="FOLDER…" says on which pages', file=sys.stderr)
        return []
    return ["## Cleaning, on labelled pages", "", TRAINED, "", *printed("clean.py", folders, bins), ""]


def encodings(folder: Path | None, bins: dict[str, str]) -> list[str]:
    """How right detection and repair are beside their peers, where there are files and pairs: see encoding.py."""
    if not folder:
        print("encodings are not measured: make bench ENCODINGS=FOLDER says on which files", file=sys.stderr)
        return []
    return ["## Encodings and mojibake, on files and pairs", *printed("encoding.py", [folder], bins), ""]


def printed(script: str, arguments: list[Path], bins: dict[str, str]) -> list[str]:
    """The lines that another benchmark prints."""
    path = str(ROOT / "benchmarks" / script)
    return cpu([sys.executable, path, *map(str, arguments), "--peers", f"{bins['tools']}/python"])[1].splitlines()


def report(
    rows: list[tuple[str, dict[str, float]]], pipes: list[Row], bins: dict[str, str], number: int, more: list[str]
) -> str:
    """The page: how many times the CPU of corptool each peer takes."""
    table = ["| stage | corptool | peers: times the CPU of corptool |", "|---|---|---|"]
    for stage, least in rows:
        own = least.pop("corptool")
        peers = ", ".join(f"{who} **{seconds / own:.2g}**" for who, seconds in least.items())
        table.append(f"| {stage} | 1 | {peers} |")
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Written by `make bench` ({number} articles of about 9 KB made from the samples, two fifths Chinese). CPU",
            "seconds of the work alone, without start-up and import; the last two rows of the first table, and the second",
            "table, are of whole processes. corptool and its peers take turns, and the least of the rounds counts. Above 1:",
            "the peer needs more. How *right* each is stands below, and on the page of the command: [fix](fix.md),",
            "[detect](detect.md), [convert](convert.md), [clean](clean.md), [dedup](dedup.md), [formats](formats.md).",
            "",
            *table,
            "",
            "## Pipes, processes and the whole job",
            "",
            "CPU of all processes of a shell line, in turns, the least of the rounds. The whole job of peers is made of",
            "trafilatura (for HTML), ftfy, opencc-python-reimplemented, datasketch and csvkit; they clean no text.",
            "",
            "| | now | required | aim |",
            "|---|---|---|---|",
            *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in pipes),
            "",
            *more,
            versions(bins) + ".",
            "",
        ]
    )


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--pages", type=Path, help="real pages for the whole job, in place of made ones")
    parser.add_argument(
        "--labelled", type=Path, nargs="*", default=[], help="labelled pages for clean and the job (docs/training.md)"
    )
    parser.add_argument("--encodings", type=Path, help="files and pairs for detect and fix (see encoding.py)")
    parser.add_argument("--write", type=Path, default=ROOT / "docs" / "benchmarks.md")
    options = parser.parse_args()
    os.chdir(ROOT)
    bins = environments()
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), options.articles)
        rows = list(measured(Path(folder), bins, options.rounds))
        pipes = list(figures(Path(folder), bins, options.rounds, list(articles(6500)), options.pages))
        pipes += real.figures(Path(folder), bins, options.rounds, options.labelled)
    more = [*encodings(options.encodings, bins), *cleaning(options.labelled, bins)]
    options.write.write_text(report(rows, pipes, bins, options.articles, more), "utf-8")
    print(options.write.read_text("utf-8"))


if __name__ == "__main__":
    main()
