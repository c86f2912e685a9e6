#!/usr/bin/env python3
"""What few large sites and few false pairs would do to a large job: a simulation.

    python benchmarks/skew.py [--pairs PAIRS.jsonl --truth TRUTH.jsonl] [--write docs/scale.md]

**Sites.** Articles are drawn from ten million sites whose sizes fall off as Zipf has it. Each shard sends the first
hundred keys of each of its sites to the bucket of the site (engine/groups.py); beside it, what all keys would be.

**Components.** A million articles in groups of copies, of sizes that fall off likewise; pairs that are wrong join groups at
random. With PAIRS (`corptool dedup --pairs`) and TRUTH (id, cluster) it is told how many pairs are wrong in fact.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from zlib import crc32

import numpy as np
from pages import put

from corptool.engine.groups import SHARDS
from corptool.text.groups import components
from corptool.text.sites import MOST_PAGES

SITES = 10_000_000
MARKS = ("<!-- made by benchmarks/skew.py -->\n", "<!-- end of it -->")


def main() -> None:
    """Simulate, and print or write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    text = sites() + "\n" + groups()
    if given.pairs and given.truth:
        text += wrong(given.pairs, given.truth)
    put(text, MARKS, given.write)


def sites() -> str:
    """How full the fullest bucket is, beside the mean."""
    bucket_of = np.array([crc32(b'"site-%d"' % site) for site in range(SITES)], np.uint32)
    rows = [
        "| articles | shards, buckets | largest site | fullest bucket, all keys | first hundred of a shard | keys sent |",
        "|---|---|---|---|---|---|",
    ]
    for exponent in (1.0, 1.3):
        share = 1 / np.arange(1, SITES + 1) ** exponent
        share /= share.sum()
        for articles, shards in ((10**6, 360), (10**9, 10_000), (10**11, 100_000)):
            buckets = 1 + shards // SHARDS
            expected = articles * share
            # a shard in which a site comes less than once on average sends one key where it comes
            sent = np.minimum(expected, np.minimum(expected / shards, MOST_PAGES) * shards)
            full, cut = (
                np.bincount(bucket_of % np.uint32(buckets), keys, minlength=buckets) for keys in (expected, sent)
            )
            rows.append(
                f"| {articles:,} (Zipf {exponent}) | {shards:,}, {buckets:,} | {share[0]:.1%} "
                f"| {full.max() / full.mean():.1f} times the mean | {cut.max() / cut.mean():.2f} times "
                f"| {sent.sum() / articles:.0%} |"
            )
    return "\n".join(rows) + "\n"


def groups(articles: int = 1_000_000, seed: int = 7) -> str:
    """How large the largest group becomes by wrong pairs."""
    random = np.random.default_rng(seed)
    sizes = np.minimum(random.zipf(2.2, articles), 10_000)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), articles))]
    starts = np.cumsum(sizes) - sizes
    group = np.repeat(np.arange(sizes.size), sizes)
    true = np.flatnonzero(np.arange(group.size) != starts[group])
    rows = [
        "| wrong pairs an article | largest group | groups | articles in a group with a wrong pair |",
        "|---|---|---|---|",
    ]
    for rate in (0, 0.0001, 0.001, 0.01, 0.1, 0.2, 0.4):
        left, right = random.integers(0, group.size, (2, int(rate * group.size)))
        label = components(group.size, np.concatenate((starts[group[true]], left)), np.concatenate((true, right)))
        _, counts = np.unique(label, return_counts=True)
        spoiled = np.isin(label, label[left]).mean()
        rows.append(f"| {rate} | {counts.max():,} | {counts.size:,} | {spoiled:.1%} |")
    return "\n".join(rows) + "\n"


def wrong(pairs: Path, truth: Path) -> str:
    """How many pairs are wrong on data of which the truth is known."""
    cluster = {}
    for line in truth.read_bytes().splitlines():
        row = json.loads(line)
        cluster[row["id"]] = row["cluster"]
    copies = [json.loads(line) for line in pairs.read_bytes().splitlines() if line]
    copies = [pair for pair in copies if pair["relation"] in ("exact", "same", "near")]
    ids = {pair[side] for pair in copies for side in "ab"}
    bad = sum(cluster[pair["a"]] != cluster[pair["b"]] for pair in copies)
    return f"\nOf {len(copies):,} pairs of copies among {len(ids):,} articles that have any, {bad} are wrong.\n"


if __name__ == "__main__":
    main()
