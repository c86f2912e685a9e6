"""What pipes, processes and start-up cost, and the whole job beside the same job made of peers: the second table.

`run.py` calls `figures`. CPU seconds are those of all processes of a shell line; the lines of a row take turns, and the
least of the rounds counts.
"""

from __future__ import annotations

import json
import os
import random
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name not in ("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE")
}
FILTER = "filter --min-chars 1"
STAGES = ["fix", "clean", "convert --to s", "dedup"]
JOB_SIZE = 3000
"""Articles of the whole job, 30 MB: fewer, and our start, which is nothing in a gigabyte, would be a fifth of it."""
JOB = " | ".join(["read {0}", *STAGES, "export --format csv"])

OWN = """
import json, logging, os, sys, time
logging.disable(50)
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as in the command
from corptool import Pipeline
data = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
pipeline = Pipeline(sys.argv[2])
list(pipeline(data[:20]))  # tables and models are loaded before the clock runs
start = time.process_time()
for _ in pipeline(data):
    pass
print(time.process_time() - start)
"""
PEERS = """
import json, sys
import ftfy, opencc
from datasketch import MinHash, MinHashLSH
convert = opencc.OpenCC("t2s").convert
known = MinHashLSH(threshold=0.7, num_perm=128)
for line in open(sys.argv[1], encoding="utf-8"):
    row = json.loads(line)
    if "html" in row:
        import trafilatura
        row["text"] = trafilatura.extract(row.pop("html")) or ""
    row["text"] = convert(ftfy.fix_text(row["text"]))
    words = row["text"].lower().split()
    sketch = MinHash(128)
    sketch.update_batch([" ".join(words[n : n + 5]).encode() for n in range(max(1, len(words) - 4))])
    if not known.query(sketch):
        known.insert(row["id"], sketch)
        print(json.dumps(row, ensure_ascii=False))
"""
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title} - Harbour Post</title></head><body>
<nav><a href="/">Home</a> <a href="/a">News</a> <a href="/b">Sport</a></nav><div class="article"><h1>{title}</h1>{body}</div>
<aside>{links}</aside><footer>Copyright 2024. All rights reserved. <a href="#">Back to top</a></footer></body></html>"""
PEAK = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=-3, check=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"

Row = tuple[str, str, str, str]
"""What, the figure, what is required, what is aimed at."""


def cpu(command: list[str]) -> tuple[float, str]:
    """CPU seconds of a command and its children, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False)
    if done.returncode:
        raise SystemExit(f"{command}\n{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def least(rounds: int, *lines: str) -> list[float]:
    """The least CPU seconds of each shell line."""
    seconds = [[cpu(["bash", "-o", "pipefail", "-c", line])[0] for line in lines] for _ in range(rounds)]
    return [min(each) for each in zip(*seconds, strict=True)]


def figures(
    folder: Path, bins: dict[str, str], rounds: int, rows: list[dict[str, str]], pages: Path | None
) -> Iterator[Row]:
    """The rows of the table. `rows` are articles; `pages` is a folder of real pages for the whole job."""
    ENVIRONMENT["PATH"] = os.pathsep.join((bins[""], os.environ["PATH"]))
    many, few, distinct, texts, html = (folder / name for name in ("many", "few", "distinct", "texts", "html"))
    mutated = list(_mutated(rows))
    _write(many, rows, 60 << 20)
    _write(few, rows, 6 << 20)
    _write(distinct, mutated, 60 << 20)
    if pages is None:
        _write(texts, mutated[:JOB_SIZE], 60 << 20)
        _write(html, [{"id": row["id"], "html": page(row)} for row in mutated[:JOB_SIZE]], 60 << 20)
    else:
        _real(texts, html, pages)

    pipe = " | ".join([f"corptool {FILTER} -q < {many}", *[f"corptool {FILTER} -q"] * 4])
    fused = f"corptool run -q '{' | '.join([FILTER] * 5)}' < {many}"
    jq, five, one = least(rounds, f"jq -c . < {many} > /dev/null", f"{pipe} > /dev/null", f"{fused} > /dev/null")
    what = f"five times `{FILTER}` in a shell pipe, 60 MB: times the CPU of one `jq -c .`"
    yield what, f"{five / jq:.2f}", "1.2", "1.0"
    yield "the same in one `run`", f"{one / jq:.2f}", "0.25", "0.16"

    what = f"`{' | '.join(['read', *STAGES])}` in a shell pipe, 60 MB: share of processes and JSON"
    yield what, f"{overhead(distinct, bins, rounds):.0%}", "15 %", "8 %"

    light, real = latency([FILTER] * 5, rows), latency(["read", *STAGES[:3], "export --format jsonl"], rows)
    yield "an article through five waiting stages that are light: ms", f"{light:.1f}", "50", "20"
    yield "… `read | fix | clean | convert | export`", f"{real:.1f}", "50", "20"

    for what, source, required, aim in (("HTML", html, "4", "8"), ("text", texts, "8", "15")):
        ours = f"corptool run -q '{JOB.format(source)}' > {folder}/ours.csv"
        (folder / "peers.py").write_text(PEERS)
        theirs = f"{bins['tools']}/python {folder}/peers.py {source} > {folder}/kept && {bins['tools']}/in2csv -I -f ndjson {folder}/kept > {folder}/theirs.csv"
        one, other = least(rounds, ours, theirs)
        yield f"`{JOB.format(what)}`: the job of peers, times our CPU", f"{other / one:.1f}", required, aim

    halves = _halved(distinct)
    jobs = [f"corptool run -q -j {jobs} '{JOB.format(distinct)}' > /dev/null" for jobs in (1, 2)]
    apart = " & ".join(f"corptool run -q '{JOB.format(half)}' > /dev/null" for half in halves)
    one, two, other = least(rounds, *jobs, f"{apart} & wait")
    yield "… of 60 MB with `-j 2`: CPU beyond one job", f"{two / one - 1:.0%}", "10 %", "5 %"
    what = "… as two commands at a time, half of the articles each: what two processes on this machine cost each other"
    yield what, f"{other / one - 1:.0%}", "", ""

    small, large = (max(map(float, _peaks(source))) / 1024 for source in (few, many))
    what = "`filter`, `fix`, `convert`, `export`: most memory with 60 MB of input beyond that with 6 MB, MB"
    yield what, f"{large - small:.1f}", "60", "40"

    bare, nothing, help_, tab = least(
        rounds * 3,
        f"{bins['']}/python -c 'import click'",
        f"corptool {FILTER} -q < /dev/null",
        "corptool --help",
        "COMP_WORDS='corptool f' COMP_CWORD=1 _CORPTOOL_COMPLETE=bash_complete corptool",
    )
    for what, seconds in (("`filter` of nothing", nothing), ("`--help`", help_), ("Tab", tab)):
        yield f"{what}: times the CPU of `python -c 'import click'`", f"{seconds / bare:.1f}", "2", "1.5"


def overhead(source: Path, bins: dict[str, str], rounds: int) -> float:
    """Which part of the CPU of a shell pipe is not that of its stages."""
    pipe = " | ".join([f"corptool read -q {source}", *(f"corptool {stage} -q" for stage in STAGES)])
    alone = [f"{bins['']}/python", "-c", OWN, str(source), " | ".join(STAGES)]
    turns = [(float(cpu(alone)[1]), *least(1, f"{pipe} > /dev/null")) for _ in range(rounds)]
    own, whole = map(min, zip(*turns, strict=True))
    return 1 - own / whole


def latency(stages: list[str], rows: list[dict[str, str]]) -> float:
    """Milliseconds from an article's arrival to its leaving the last stage, in the middle of twenty."""
    line = " | ".join(f"corptool {stage} -q" for stage in stages)
    pipe = subprocess.Popen(["bash", "-c", line], env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert pipe.stdin
    assert pipe.stdout
    took = []
    for row in rows[:21]:
        start = time.perf_counter()
        pipe.stdin.write(json.dumps(row).encode() + b"\n")
        pipe.stdin.flush()
        pipe.stdout.readline()
        took.append(time.perf_counter() - start)
    pipe.communicate()
    return statistics.median(took[1:]) * 1000  # the first waited for five processes to start, and for their tables


def _peaks(source: Path) -> Iterator[str]:
    for stage in (FILTER, "fix", "convert --to s", "export --format jsonl"):
        command = [sys.executable, "-m", "corptool", *stage.split(), "-q", str(source)]
        yield cpu([sys.executable, "-c", PEAK, *command])[1]


def _write(path: Path, rows: list[dict[str, str]], size: int) -> None:
    """Articles until the file is so large."""
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            if file.tell() > size:
                return


def _halved(path: Path) -> list[Path]:
    """Two files, with every second line each."""
    halves = [path.with_name(f"{path.name}-{half}") for half in (1, 2)]
    with path.open("rb") as lines, halves[0].open("wb") as first, halves[1].open("wb") as second:
        for number, line in enumerate(lines):
            (second if number % 2 else first).write(line)
    return halves


def _mutated(rows: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    """The articles with every fifth word or character another one, so that they are no copies, and half the Chinese
    ones in Traditional script."""
    from corptool import convert

    found = [re.findall(r"[a-zA-Z]+|\w|\W", row["text"]) for row in rows]
    words = {word for words in found for word in words if word.isalpha()}
    others = {latin: sorted(word for word in words if word.isascii() == latin) for latin in (True, False)}
    for n, (row, words_) in enumerate(zip(rows, found, strict=True)):
        text = [
            random.choice(others[word.isascii()]) if word.isalpha() and random.random() < 0.2 else word
            for word in words_
        ]
        changed = row | {"text": "".join(text)}
        yield changed | {"text": convert(changed, to="t")["text"]} if n % 2 else changed


def page(row: dict[str, str], links: str = "") -> str:
    """An article as a page."""
    body = "".join(f"<p>{line}</p>" for line in row["text"].split("\n"))
    return PAGE.format(title=row["title"], body=body, links=links)


def _real(texts: Path, html: Path, pages: Path) -> None:
    """Real pages, and their visible text."""
    from corptool import files, read

    rows, shown = [], []
    for path in sorted(map(str, pages.iterdir())):
        with files.opened(path) as stream:
            rows.append({"id": path, "html": stream.readall().decode("utf-8", "replace")})
        shown += [{"id": article["id"], "text": article["text"]} for article in read(path)]
    _write(html, rows, 1 << 40)
    _write(texts, shown, 1 << 40)
