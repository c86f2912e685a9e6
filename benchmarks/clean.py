"""Boilerplate removal beside its peers, on the same pages in one run.

    python -m venv ENV && ENV/bin/pip install trafilatura readability-lxml justext resiliparse
    python benchmarks/clean.py DIR… --peers ENV/bin/python

A DIR holds pages.jsonl.gz as tools/train_lines.py describes it, with `html`. On pages that the weights were trained
on, corptool's own figures flatter; `tools/train_lines.py --cross-validate` gives honest ones. Printed for each tool
and language: precision, recall and F1 of 4-gram shingles, with the 95 % interval of F1 when sites are drawn again
(bootstrap), and pages a CPU second, as a ratio to trafilatura where it runs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from tabulate import tabulate

from corptool import Pipeline, rules
from corptool.formats.html import read_markup

WIDE = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
TOKEN = re.compile(rf"[{WIDE}]|[^\W{WIDE}]+")
DRAWS = 500
TOGETHER = 8

PEER = r"""
import gzip, json, sys, time
tool, listing = sys.argv[1:]
if tool.startswith("trafilatura"):
    from trafilatura import extract
    def run(page): return extract(page, favor_precision=tool.endswith("precision"), include_comments=False)
elif tool == "readability-lxml":
    from lxml.html import fromstring
    from readability import Document
    def run(page): return "\n".join(fromstring(Document(page).summary()).itertext())
elif tool == "jusText":
    import justext
    words = justext.get_stoplist("English")
    def run(page): return "\n".join(p.text for p in justext.justext(page, words) if not p.is_boilerplate)
elif tool == "resiliparse":
    from resiliparse.extract.html2text import extract_plain_text
    def run(page): return extract_plain_text(page, main_content=True)
spent = 0.0
for row in map(json.loads, open(listing, encoding="utf-8")):
    page = gzip.open(row["path"], "rt", encoding="utf-8", errors="replace").read()
    start = time.process_time()
    try:
        text = run(page) or ""
    except Exception:
        text = ""
    spent += time.process_time() - start
    print(json.dumps({"id": row["id"], "text": text}))
print(json.dumps({"seconds": spent}))
"""
PEERS = ("trafilatura", "trafilatura precision", "readability-lxml", "jusText", "resiliparse")


def load(folders):
    for folder in map(Path, folders):
        with gzip.open(folder / "pages.jsonl.gz", "rt", encoding="utf-8") as file:
            for page in map(json.loads, file):
                if page["html"]:
                    yield page | {"path": str(folder / page["html"])}


def markup(page):
    with gzip.open(page["path"], "rt", encoding="utf-8", errors="replace") as file:
        return file.read()


def ours(pages, *, html):
    """The article of each page, and the CPU seconds: from its lines alone, or from the markup; some pages at a time,
    as `corptool run` takes them from files."""
    rules.line_model(html=html)
    clean = Pipeline("clean")
    articles, spent = {}, 0.0
    for at in range(0, len(pages), TOGETHER):
        some = pages[at : at + TOGETHER]
        given = [markup(page) if html else "\n".join(page["lines"]) for page in some]
        start = time.process_time()
        found = list(clean([read_markup(one) if html else {"text": one} for one in given]))
        spent += time.process_time() - start
        articles |= zip((page["id"] for page in some), found, strict=True)
    return articles, spent


def lifted(pages, articles):
    """How many titles and dates are as the gold has them; of dates, how many differ and how many are not told."""
    titles = [
        article.get("title") == " ".join(page["title"].split()) for page, article in told(pages, articles, "title")
    ]
    dates = [(article.get("published"), str(page["date"])[:10]) for page, article in told(pages, articles, "date")]
    dates = [(found, gold) for found, gold in dates if re.fullmatch(r"\d{4}-\d\d-\d\d", gold)]
    right, none = sum(found == gold for found, gold in dates), sum(not found for found, _ in dates)
    share = f"{right / max(1, len(dates)):.3f}"
    return f"titles {sum(titles)} of {len(titles)}; dates {right} right ({share}), {len(dates) - right - none} other, {none} none"


def told(pages, articles, field):
    return [(page, articles[page["id"]]) for page in pages if page.get(field)]


def theirs(python, tool, pages):
    """The same of another tool, in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        listing = Path(folder, "pages.jsonl")
        listing.write_text("".join(json.dumps({"id": p["id"], "path": p["path"]}) + "\n" for p in pages), "utf-8")
        done = subprocess.run([python, "-c", PEER, tool, str(listing)], capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{tool}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["id"]: row["text"] for row in rows[:-1]}, rows[-1]["seconds"]


def shingles(text):
    words = TOKEN.findall(text.lower())
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3))) if words else Counter()


def counts(page, text):
    gold, mine = shingles(page["gold"]), shingles(text)
    both = sum((gold & mine).values())
    return both, sum(mine.values()), sum(gold.values())


def measure(rows):
    precision = [both / mine for both, mine, _ in rows if mine]
    recall = [both / gold for both, _, gold in rows if gold]
    p, r = sum(precision) / max(1, len(precision)), sum(recall) / max(1, len(recall))
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


def interval(sites):
    """The 95 % interval of F1 when the sites are drawn again with replacement."""
    draw = random.Random(1)
    groups = list(sites.values())
    found = sorted(
        measure([row for group in draw.choices(groups, k=len(groups)) for row in group])[2] for _ in range(DRAWS)
    )
    return f"{found[DRAWS // 40]:.3f}-{found[-DRAWS // 40]:.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--peers", metavar="PYTHON", help="the interpreter of the peers' environment")
    options = parser.parse_args()
    pages = list(load(options.folders))
    ours(pages[:20], html=True)  # warm
    results, notes = {}, []
    for name, html in (("corptool, text only", False), ("corptool, HTML", True)):
        articles, seconds = ours(pages, html=html)
        results[name] = {key: article["text"] for key, article in articles.items()}, seconds
        notes.append(f"{name}: {lifted(pages, articles)}.")
    for tool in PEERS if options.peers else ():
        if (found := theirs(options.peers, tool, pages)) is not None:
            results[tool] = found
    base = results.get("trafilatura", results["corptool, text only"])[1]
    table = []
    for tool, (texts, seconds) in results.items():
        for lang in ("en", "zh"):
            sites = defaultdict(list)
            for page in pages:
                if page["lang"] == lang:
                    sites[page["site"]].append(counts(page, texts.get(page["id"], "")))
            figures = measure([row for group in sites.values() for row in group])
            speed = [f"{len(pages) / seconds:.0f}", f"{base / seconds:.2f}"] if lang == "en" else ["", ""]
            table.append([tool, lang, *(f"{one:.3f}" for one in figures), interval(sites), *speed])
    head = ["tool", "", "P", "R", "F1", "95 %", "pages/CPU s", "ratio"]
    print(tabulate(table, head, tablefmt="github", disable_numparse=True), "", *notes, sep="\n")


if __name__ == "__main__":
    main()
