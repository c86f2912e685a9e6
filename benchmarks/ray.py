#!/usr/bin/env python3
"""What a Ray cluster of this machine costs beside the local engine: the same bytes, and CPU seconds of all processes.

    pip install 'corptool[ray]' numpy
    python benchmarks/ray.py DOCS.jsonl [--sizes 2500,5000,10000,20000] [--jobs 2] [--pipeline 'fix | …']

DOCS.jsonl holds articles (id, text, url …), as many as the largest size. CPU time is that of the command and of all
processes below it (raylet, GCS, agents, workers), read from /proc ten times a second: what a process used is its last
reading, so at most a tenth of a second of each is lost. Both engines take turns. Linux only.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from itertools import islice
from pathlib import Path

PIPELINE = "fix | clean --by site | convert --to s | dedup"
TICK = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure at each size, fit, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("docs", type=Path)
    parser.add_argument("--sizes", default="2500,5000,10000,20000")
    parser.add_argument("--jobs", default="2")
    parser.add_argument("--pipeline", default=PIPELINE)
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    rows = []
    print("| articles | shards | local, CPU s | Ray, CPU s | of which not workers | times | same SHA-256 |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with given.docs.open("rb") as lines, (folder / "in.jsonl").open("wb") as file:
                file.writelines(islice(lines, size))
            words = [given.pipeline, "in.jsonl", "-q", "-o"]
            local, _, _ = run(folder, [*words, "local"])
            engine = ["--engine", "ray", "-j", given.jobs, "--work", "work"]
            ray, workers, _ = run(folder, [*engine, *words, "ray"])
            same = digest(folder / "local") == digest(folder / "ray")
            shards = len(list((folder / "work" / "1").glob("*.done")))
        rows.append((size, local, ray))
        cells = (f"{local:.1f}", f"{ray:.1f}", f"{ray - workers:.1f}", f"{ray / local:.2f}", "yes" if same else "NO")
        print(f"| {size:,} | {shards} |", " | ".join(cells), "|", flush=True)
    local, ray = (fitted([(size, row[which]) for size, *row in rows]) for which in (0, 1))
    print(
        f"\nFitted: local {local[0]:.1f} + {local[1] * 1e3:.2f} ms an article; Ray {ray[0]:.1f} + {ray[1] * 1e3:.2f} ms."
    )
    million = [start + slope * 1e6 for start, slope in (local, ray)]
    print(f"At 1,000,000 articles: {million[0]:,.0f} and {million[1]:,.0f} CPU s, {million[1] / million[0]:.2f} times.")


def run(folder: Path, words: list[str]) -> tuple[float, float, int]:
    """Run the command: CPU seconds of all its processes, of Ray's workers alone, and the largest memory of one (bytes)."""
    process = subprocess.Popen([sys.executable, "-m", "corptool", "run", *words], cwd=folder)
    used: dict[tuple[int, int], tuple[float, bool]] = {}
    largest = 0
    while process.poll() is None:
        for key, seconds, worker, memory in below(process.pid):
            used[key] = seconds, worker
            largest = max(largest, memory)
        time.sleep(0.1)
    if process.returncode:
        sys.exit(f"failed: {' '.join(words)}")
    return sum(s for s, _ in used.values()), sum(s for s, worker in used.values() if worker), largest


def below(root: int) -> list[tuple[tuple[int, int], float, bool, int]]:
    """Of a process and all below it: (pid, start), CPU seconds, whether it is a worker of Ray, resident bytes."""
    found: dict[int, tuple[int, list[str], str]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            try:
                stat = Path(f"/proc/{entry}/stat").read_text("utf-8", "replace")
            except OSError:
                continue
            name, _, rest = stat.partition("(")[2].rpartition(")")
            fields = rest.split()
            found[int(entry)] = int(fields[1]), fields, name
    inside = {root}
    while more := {pid for pid, (parent, *_) in found.items() if parent in inside} - inside:
        inside |= more
    page = os.sysconf("SC_PAGE_SIZE")
    return [
        (
            (pid, int(fields[19])),
            (int(fields[11]) + int(fields[12])) / TICK,
            name.startswith("ray::"),
            int(fields[21]) * page,
        )
        for pid, (_, fields, name) in found.items()
        if pid in inside
    ]


def fitted(points: list[tuple[int, float]]) -> tuple[float, float]:
    """Start and slope of the line through points, by least squares."""
    import numpy as np

    slope, start = np.polyfit(*zip(*points, strict=True), 1)
    return float(start), float(slope)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
