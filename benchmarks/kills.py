#!/usr/bin/env python3
"""Kill jobs at random moments and run them again: same bytes, same numbers, same rejects, same messages?

    python benchmarks/kills.py [--times 100] [--articles 400] [--jobs 2] [--seed 7]

A job with two corpus stages runs undisturbed; then, each time in a new folder, it is killed (`kill -9`, in turns the
command alone and all its processes), or, every fifth time, finds no more room for a file, at a random moment, and
is run again by the same command.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]
PIPELINE = "fix | clean --by site | filter --min-chars 200 | dedup --keep first | dedup --unit paragraph"


def make(path: Path, number: int) -> None:
    """Articles as `make bench` has them, and some lines that are none."""
    spec = importlib.util.spec_from_file_location("benchmarks_run", ROOT / "benchmarks" / "run.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with path.open("w", encoding="utf-8") as file:
        for n, row in enumerate(module.articles(number)):
            file.write(json.dumps(row, ensure_ascii=False) + "\n" if n % 50 else "{bad\n")


def result(folder: Path, work: str, jobs: int, *, most: int | None = None) -> list[object]:
    """Run the job to its end, and what came of it: exit code, messages and numbers, output, rejects."""
    done = subprocess.run(command(work, jobs), cwd=folder, capture_output=True, check=False, preexec_fn=limit(most))
    files = [folder / "out.jsonl", folder / "lost.jsonl"]
    made = [sha256(file.read_bytes()).hexdigest() if file.exists() else None for file in files]
    return [done.returncode, done.stderr.decode(), *made]


def command(work: str, jobs: int) -> list[str]:
    """The command, which is the same every time but for its folder."""
    words = ["run", "--work", work, "--shards", "8", "-j", str(jobs), PIPELINE, "in.jsonl"]
    return [sys.executable, "-m", "corptool", *words, "-o", "out.jsonl", "--rejects", "lost.jsonl"]


def limit(most: int | None) -> object:
    """What makes files of more bytes fail, as on a full disk."""

    def set_limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return set_limit if most else None


def kill(folder: Path, work: str, jobs: int, *, after: float, everybody: bool) -> None:
    """Start the job and kill it after some seconds."""
    process = subprocess.Popen(
        command(work, jobs), cwd=folder, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(after)
    if everybody:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def main() -> None:
    """Print the figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    random.seed(options.seed)
    os.environ["PYTHONPATH"] = str(ROOT / "src")
    good, reached = 0, []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder / "in.jsonl", options.articles)
        start = time.monotonic()
        expected = result(folder, "undisturbed", options.jobs)
        took = time.monotonic() - start
        largest = max(path.stat().st_size for path in (folder / "undisturbed").rglob("*"))
        for n in range(options.times):
            work = f"work{n}"
            for file in ("out.jsonl", "lost.jsonl"):
                (folder / file).unlink(missing_ok=True)
            if n % 5 == 4:
                result(folder, work, options.jobs, most=random.randrange(1000, largest))
            else:
                kill(folder, work, options.jobs, after=random.uniform(0, took), everybody=n % 2 == 0)
            reached.append(sum(1 for _ in (folder / work).glob("*/*.done")) if (folder / work).exists() else 0)
            again = result(folder, work, options.jobs)
            good += again == expected
            if again != expected:
                print(f"time {n}: {again}\nnot {expected}", file=sys.stderr)
            shutil.rmtree(folder / work, ignore_errors=True)
    of = f"{min(reached)} to {max(reached)} of 32 tasks were done, {sum(reached) / len(reached):.1f} on average"
    print(f"{good} of {options.times} as if undisturbed ({of}, when the job was stopped)")


if __name__ == "__main__":
    main()
