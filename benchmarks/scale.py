#!/usr/bin/env python3
"""What a job by shards costs a million articles, step by step, fitted to measurements at four sizes.

    python benchmarks/scale.py DOCS.jsonl [--sizes 25000,50000,100000,200000] [--pipeline 'fix | …'] [--write docs/scale.md]

DOCS.jsonl holds articles (id, text, url …), as many as the largest size. Each round of shards and each decision is a
process of its own: CPU seconds and peak memory are those of the process, bytes are the sizes of the files that it read and
wrote. In a decision each task, and what it gives, is pickled as for another machine: so its time, what travels, and what
is put into files for others are told apart from those of the process that gives the orders. Of each figure a line is
fitted through the sizes; `grows` is the exponent that the largest two sizes show (1: twice the articles, twice the cost).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import pickle
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pages import put

from corptool.duplicates import shared
from corptool.engine import shards
from corptool.engine.job import Given, Job, opened

PIPELINE = "fix | clean --by site | convert --to s | dedup --memory 64M"
"""With little memory: what is bounded shows at these sizes already."""
STEP = "from corptool.engine import shards; import sys; folder, number, count = sys.argv[1], *map(int, sys.argv[2:4]); "
ROUND = STEP + "[shards.work(folder, number, shard) for shard in range(count)]"
DECISION = "import sys; sys.path.insert(0, sys.argv[4]); import scale; scale.decide(sys.argv[1], int(sys.argv[2]))"
MARKS = ("<!-- made by benchmarks/scale.py -->\n", "<!-- end -->")
COLUMNS = ("CPU s", "read MB", "written MB", "of which shuffled MB", "peak MB")

Costs = dict[str, list[float]]
"""Step to CPU seconds, megabytes read, written, shuffled, and peak memory."""


def main() -> None:
    """Measure at each size, fit, and print or write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("docs", type=Path)
    parser.add_argument("--sizes", default="25000,50000,100000,200000")
    parser.add_argument("--pipeline", default=PIPELINE)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            found.append(measured(given.docs, size, Path(name), given.pipeline))
        print(size, found[-1], file=sys.stderr)
    put(table(sizes, found), MARKS, given.write)


def measured(docs: Path, size: int, folder: Path, pipeline: str) -> Costs:
    """What each step costs for so many articles."""
    with docs.open("rb") as lines, (folder / "in.jsonl").open("wb") as file:
        file.writelines(islice(lines, size))
    plan = Given(pipeline, (str(folder / "in.jsonl"),), output=str(folder / "out" / "*.jsonl"))
    job = opened(str(folder / "work"), plan, whole=True)
    costs: Costs = {}
    for number, part in enumerate(job.parts):
        before = sizes_of(folder)
        names = ", ".join(job.steps[position].name for position, _ in part.steps) or "read"
        names += f", keys of {part.key[1].name}" if part.key else ""
        cpu, peak, _ = process(ROUND, job, number)
        read = before["in"] if not number else before[f"{number} waiting"] + before[f"{number} decided"]
        costs[names] = [cpu, read, *gained(before, sizes_of(folder)), peak]
        if part.key:
            before, name = sizes_of(folder), part.key[1].name
            cpu, peak, told = process(DECISION, job, number)
            tasks, sent = told["tasks"], (told["files"] + told["travelled"]) / 1e6
            written, decided = gained(before, sizes_of(folder))
            keys = before[f"{number + 1} keys"]
            costs[f"{name} decides: tasks"] = [tasks, keys, told["files"] / 1e6, sent, peak]
            costs[f"{name} decides: who gives orders"] = [cpu - tasks, told["results"] / 1e6, written, decided, peak]
    return costs


def decide(folder: str, number: int) -> None:
    """Decide as on a cluster, but one task after the other; print what it took."""
    told = {"tasks": 0.0, "files": 0, "travelled": 0, "results": 0}
    put_ = shared.put

    def put_counted(folder: str, chunks: Iterable[bytes]) -> str:
        name = put_(folder, chunks)
        told["files"] += os.path.getsize(name)
        return name

    def each(function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        for task in tasks:
            sent = pickle.dumps(task)
            before = time.process_time()
            result = pickle.dumps(function(*pickle.loads(sent)))
            told["tasks"] += time.process_time() - before
            told["travelled"] += len(sent) + len(result)
            told["results"] += len(result)
            yield pickle.loads(result)

    shared.put = put_counted
    shards.decide(folder, number, each)
    print(json.dumps(told))


def process(code: str, job: Job, number: int) -> tuple[float, float, dict[str, float]]:
    """Run a step: CPU seconds, megabytes at its peak, and what it printed."""
    words = [sys.executable, "-c", code, job.storage.root, str(number), str(job.shards), os.path.dirname(__file__)]
    with tempfile.TemporaryFile() as out:
        pid = os.posix_spawn(sys.executable, words, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)])
        _, status, used = os.wait4(pid, 0)
        out.seek(0)
        told = json.loads(out.read() or b"{}")
    if status:
        sys.exit(f"failed: {words}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, told


def sizes_of(folder: Path) -> dict[str, float]:
    """Megabytes by round and what they are for."""
    found = dict.fromkeys((f"{n} {kind}" for n in range(9) for kind in ("waiting", "keys", "decided")), 0.0) | {
        "in": 0.0
    }
    for path in folder.rglob("*"):
        if path.is_file():
            kind = {"in.jsonl": "in"}.get(path.name, "other")
            for name, ends in (("waiting", "waiting"), ("keys", ("keys", "groups")), ("decided", ("decisions",))):
                if path.name.endswith(ends) or (name == "decided" and path.name.startswith("decisions.")):
                    kind = f"{path.parent.name} {name}"
            found[kind] = found.get(kind, 0.0) + path.stat().st_size / 1e6
    return found


def gained(before: dict[str, float], after: dict[str, float]) -> list[float]:
    """Megabytes written, and of these what other machines read: keys and decisions."""
    new = {kind: size - before.get(kind, 0.0) for kind, size in after.items()}
    return [sum(new.values()), sum(size for kind, size in new.items() if kind.endswith(("keys", "decided")))]


def table(sizes: list[int], found: list[Costs]) -> str:
    """The measurements as they are a million articles, and what grows faster."""
    rows = [f"| a million articles | {' | '.join(COLUMNS)} | grows |", "|---|" + "---|" * (len(COLUMNS) + 1)]
    total = [0.0] * 4
    for step in found[0]:
        points = [costs[step] for costs in found]
        slopes = [slope(sizes, [point[which] for point in points])[1] * 1e6 for which in range(4)]
        total = [one + other for one, other in zip(total, slopes, strict=True)]
        memory = (points[-1][4] - points[-2][4]) / (sizes[-1] - sizes[-2])
        start = points[-1][4] - memory * sizes[-1]
        flat = points[-1][4] < 1.15 * points[-2][4]  # beyond one shard
        peak = f"{points[-1][4]:.0f}" if flat else f"{start:.0f} + {memory * 1e6:,.0f}"
        grows = math.log(points[-1][0] / points[-2][0]) / math.log(sizes[-1] / sizes[-2])
        rows.append(f"| {step} | {' | '.join(f'{round(value):,}' for value in slopes)} | {peak} | {grows:.2f} |")
    rows.append(f"| **all** | {' | '.join(f'**{round(value):,}**' for value in total)} | | |")
    shown = ", ".join(f"{size:,}" for size in sizes)
    return (
        f"Measured at {shown} articles; a CPU second is one of the machine that measured.\n\n" + "\n".join(rows) + "\n"
    )


def slope(sizes: list[int], values: list[float]) -> tuple[float, float]:
    """Start and slope of the line through points, by least squares."""
    import numpy as np

    slope, start = np.polyfit(sizes, values, 1)
    return float(start), float(slope)


if __name__ == "__main__":
    main()
