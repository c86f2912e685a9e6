"""The whole job on real pages, full of menus, beside that of peers, and what a pipe costs there: rows of `make bench`.

Labelled pages are few (see clean.py), so each is shown many times, every fifth word of its long stretches another one
of the same page: menus stay, no body is a copy of another, and what a command costs to start is not what is measured.

    python benchmarks/real.py pages DIR… --number 10000 > pages.jsonl
    python benchmarks/real.py texts DIR… --number 10000 > texts.jsonl
"""

from __future__ import annotations

import argparse
import json
import pipes
import random
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import clean

NUMBERS = {"pages": 1000, "texts": 2000}
DEMANDED = {"pages": ("4", "8"), "texts": ("8", "15")}
"""What is required, and what is aimed at: how many times our CPU the peers take."""
LONG = 40
"""Characters; what is shorter is a part of a menu, or a heading, and stays."""
STRETCH = re.compile(
    rf"<(script|style|head)\b.*?</\1>|<!--.*?-->|(?<=>)(?P<words>[^<>]{{{LONG},}})(?=<)", re.DOTALL | re.IGNORECASE
)
WORD = re.compile(r"&\w+;|[a-zA-Z]+|\w|\W")
OTHER = 0.2


def made(pages: Iterable[dict[str, Any]], kind: str, number: int) -> Iterator[dict[str, str]]:
    """So many records of `pages` (with `html`) or `texts` (with `text`), the same ones each time."""
    draw = random.Random(7)
    for n, page in enumerate(islice(cycle([*pages]), number)):
        row = {"id": f"{n:06}", "url": page.get("url") or ""}
        if kind == "pages":
            yield row | {"html": STRETCH.sub(lambda found: _other(found, draw), clean.markup(page))}
        else:
            lines = (_changed(line, draw) if len(line) >= LONG else line for line in page["lines"])
            yield row | {"text": "\n".join(lines)}


def _other(found: re.Match[str], draw: random.Random) -> str:
    return _changed(found["words"], draw) if found["words"] else found[0]


def _changed(text: str, draw: random.Random) -> str:
    """Every fifth word or character another one of the same text."""
    words = WORD.findall(text)
    own = [word for word in words if word.isalpha()]
    return "".join(draw.choice(own) if word.isalpha() and draw.random() < OTHER else word for word in words)


def figures(folder: Path, bins: dict[str, str], rounds: int, labelled: Iterable[Path]) -> Iterator[pipes.Row]:
    """The rows of the table; none without labelled pages."""
    pages = [*clean.load(labelled)]
    for kind, number in NUMBERS.items() if pages else ():
        source, script, kept = (folder / name for name in (f"real-{kind}", "peers.py", "kept"))
        with source.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in made(pages, kind, number))
        script.write_text(pipes.PEERS)
        ours = f"corptool run -q '{pipes.JOB.format(source)}' > {folder}/ours.csv"
        theirs = f"{bins['tools']}/python {script} {source} > {kept} && {bins['tools']}/in2csv -I -f ndjson {kept} > {folder}/theirs.csv"
        one, other = pipes.least(rounds, ours, theirs)
        yield (
            f"… on {number:,} {kind} made of {len(pages)} real ones, menus and all",
            f"{other / one:.1f}",
            *DEMANDED[kind],
        )
        if kind == "texts":
            what = f"`{' | '.join(['read', *pipes.STAGES])}` in a shell pipe, on the same: share of processes and JSON"
            yield what, f"{pipes.overhead(source, bins, rounds):.0%}", "15 %", "8 %"
        source.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=NUMBERS)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--number", type=int)
    options = parser.parse_args()
    for row in made(clean.load(options.folders), options.kind, options.number or NUMBERS[options.kind]):
        json.dump(row, sys.stdout, ensure_ascii=False)
        print()


if __name__ == "__main__":
    main()
