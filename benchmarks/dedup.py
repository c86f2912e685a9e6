#!/usr/bin/env python3
"""Duplicates beside the peers: what is found, what is lost, CPU seconds as ratios, memory.

    python -m venv .peers/mine && .peers/mine/bin/pip install rensa==0.5.0 datasketch==2.0.0 orjson
    python benchmarks/dedup.py --peers .peers/mine/bin/python DIR...

Each DIR holds docs.jsonl (id, text) and, where known, truth.jsonl (id, cluster). The peers are used as their
documentation does: word 5-shingles, 128 permutations, threshold 0.7; rensa's candidates are checked on their shingles.
Everything is timed from reading the file to writing the clusters (corptool: the articles that stay, and with --mark all of
them with their clusters), in a process of its own.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from math import comb
from pathlib import Path

COMMON = """
import re, sys, orjson
WORD = re.compile(r"\\w+")
ids, shingles = [], []
for line in open(sys.argv[1], "rb"):
    article = orjson.loads(line)
    words = WORD.findall(article["text"].lower())
    ids.append(article["id"])
    shingles.append([" ".join(words[at : at + 5]) for at in range(max(1, len(words) - 4))])
root = list(range(len(ids)))
def find(at):
    while root[at] != at:
        root[at] = root[root[at]]
        at = root[at]
    return at
def join(one, other):
    one, other = sorted((find(one), find(other)))
    root[other] = one
"""
WRITE = """
with open(sys.argv[2], "wb") as file:
    for at, id_ in enumerate(ids):
        file.write(orjson.dumps({"id": id_, "cluster": ids[find(at)]}) + b"\\n")
"""
RENSA = """
from rensa import RMinHash, RMinHashLSH
hashes = []
for tokens in shingles:
    one = RMinHash(num_perm=128, seed=42)
    one.update(tokens)
    hashes.append(one)
lsh = RMinHashLSH(threshold=0.7, num_perm=128, num_bands=16)
for at, one in enumerate(hashes):
    lsh.insert(at, one)
sets = [None] * len(ids)
for at, one in enumerate(hashes):
    for other in lsh.query(one):
        if other > at and find(at) != find(other):
            for each in (at, other):
                sets[each] = sets[each] or set(shingles[each])
            if len(sets[at] & sets[other]) >= 0.7 * len(sets[at] | sets[other]):
                join(at, other)
"""
DATASKETCH = """
from datasketch import MinHash, MinHashLSH
lsh = MinHashLSH(threshold=0.7, num_perm=128)
hashes = MinHash.bulk([[word.encode() for word in tokens] for tokens in shingles], num_perm=128)
for at, one in enumerate(hashes):
    lsh.insert(at, one)
for at, one in enumerate(hashes):
    for other in lsh.query(one):
        join(at, other)
"""
PEERS = {"rensa": COMMON + RENSA + WRITE, "datasketch": COMMON + DATASKETCH + WRITE}


def measured(command: list[str]) -> tuple[float, int]:
    """CPU seconds and megabytes of a process."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"failed: {' '.join(command)[:200]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss >> 10


def pairs(clusters: Iterable[object]) -> int:
    """How many pairs stand in one cluster."""
    return sum(comb(count, 2) for count in Counter(clusters).values())


def quality(truth: Path, found: Path) -> str:
    """Precision and recall over pairs."""
    true, got = ({row["id"]: row["cluster"] for row in map(json.loads, path.open())} for path in (truth, found))
    hits = pairs((true[id_], got[id_]) for id_ in true)
    precision, recall = hits / max(1, pairs(got.values())), hits / max(1, pairs(true.values()))
    lost = defaultdict(set)
    for id_, cluster in true.items():
        lost[got[id_]].add(cluster)
    merged = sum(len(clusters) - 1 for clusters in lost.values())
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"P {precision:.4f} R {recall:.4f} F1 {f1:.4f}, {merged} distinct articles lost"


def main() -> None:
    """Run all on all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", metavar="PYTHON", help="the interpreter of an environment that has the peers")
    parser.add_argument("folders", nargs="+", type=Path)
    options = parser.parse_args()
    for folder in options.folders:
        docs = str(folder / "docs.jsonl")
        print(folder)
        with tempfile.TemporaryDirectory() as place:
            out = Path(place) / "out.jsonl"
            ours = [sys.executable, "-m", "corptool", "dedup", "-q", docs, "-o", str(out)]
            commands = {"corptool": ours, "… --mark": [*ours, "--mark", "--edits", "drop"]}
            if options.peers:
                commands |= {name: [options.peers, "-c", code, docs, str(out)] for name, code in PEERS.items()}
            first = 0.0
            for name, command in commands.items():
                seconds, megabytes = measured(command)
                first = first or seconds
                told = command is not ours and (folder / "truth.jsonl").exists()  # else the copies are gone
                scored = quality(folder / "truth.jsonl", out) if told else ""
                print(f"  {name:12}{seconds:8.1f} CPU s ({seconds / first:4.1f}){megabytes:7} MB  {scored}", flush=True)


if __name__ == "__main__":
    main()
