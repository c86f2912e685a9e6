"""Tricky articles through CSV and Markdown and back, corptool beside its peers; writes the tables of docs/formats.md.

    python benchmarks/formats.py --peers ENV/bin [--write docs/formats.md]

ENV is an environment of its own: pip install csvkit sqlite-utils trafilatura lxml_html_clean PyYAML markdown-it-py,
and mlr, Miller's program, in its bin. corptool is the one on PATH.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

CASES = {
    "tags like `y`": [{"text": "a", "tag": "y", "answer": "no", "version": "1.0", "day": "2020-02-21"}],
    "20-digit integers": [{"text": "a", "number": 12345678901234567890, "code": "00120"}],
    "CRLF in cells": [{"text": "one\r\ntwo\nthree", "note": "\r\n"}],
    "`=HYPERLINK(`": [{"text": '=HYPERLINK("http://example.org","點我")', "title": "+1"}],
    "`---` lines": [{"text": "---\ntitle: no\n---\n\n# 一\n* * *", "title": "---"}],
    "colons and quotes": [{"text": "a", "title": "網: \"a\" 'b' #c | d, e"}],
    "Han title of 300 bytes": [{"text": "a", "title": "漢" * 100}],
    "null, lists, objects": [
        {"text": "a", "author": None, "tags": ["y", None], "meta": {"a": {"b": 1.0}}, "empty": ""}
    ],
    "lone surrogate": [{"text": "a\ud800b", "title": "c"}],
    "late keys": [{"text": "a"}, {"text": "b", "late": "後"}],
}

THERE_AND_BACK = {  # {bin} holds the peers; $0 is the input, $1 a folder
    "corptool csv": "corptool export -q --full --format csv -o $1/a.csv $0 && corptool read -q $1/a.csv",
    "corptool md": "corptool export -q --full --format md -o $1/a $0 && corptool read -q $1/a",
    "corptool txt": "corptool export -q --full --format txt -o $1/a $0 && "
    "corptool read -q $1/a --meta $1/a/metadata.csv",
    "csvkit": "{bin}/in2csv -f ndjson $0 > $1/a.csv && {bin}/csvjson --stream $1/a.csv",
    "csvkit -I": "{bin}/in2csv -I -f ndjson $0 > $1/a.csv && {bin}/csvjson -I -y 0 --stream $1/a.csv",
    "Miller": "{bin}/mlr --ijsonl --ocsv unsparsify $0 > $1/a.csv && {bin}/mlr --icsv --ojsonl cat $1/a.csv",
    "Miller -S": "{bin}/mlr --ijsonl --ocsv unsparsify $0 > $1/a.csv && {bin}/mlr -S --icsv --ojsonl cat $1/a.csv",
    "sqlite-utils": "{bin}/sqlite-utils insert $1/a.db t $0 --nl --alter && {bin}/sqlite-utils rows $1/a.db t --nl",
}

JUDGE = r"""
import json, re, sys, yaml
from markdown_it import MarkdownIt
data = sys.stdin.buffer.read().decode("utf-8", "replace")
front, _, body = data.removeprefix("---\n").partition("\n---\n")
try:
    title = yaml.safe_load(front)["title"]
except Exception as error:
    title = f"invalid YAML ({type(error).__name__})"
page = MarkdownIt().render(body)
tags = sorted({tag for tag in re.findall(r"<(\w+)", page)} - {"p", "br"})
text = re.sub(r"<br ?/?>\n?", "\n", page)
print(json.dumps({"title": title, "tags": tags}))
"""

MARKS = {
    "colons and quotes in the title": ("網: \"a\" 'b' #c", "Some words, and more of them to make a page. " * 5),
    "`---` in the title": ("---", "Some words, and more of them to make a page. " * 5),
    "a line that begins with `# `": ("Title", "# no heading, but a line of the text that begins so. " * 5),
    "`*` between Han characters": ("Title", "資*源*碳中和的目標是在本世紀中葉達成，需要各方共同努力。" * 8),
    "a line that begins with `1. `": ("Title", "1. no list, but a line of the text that begins so. " * 5),
    "`<b>` as text": ("Title", "The tag <b> makes text bold, which this text is not. " * 5),
    "`&amp;` as text": ("Title", "Write &amp; where an ampersand is meant, in the source. " * 5),
}


def run(command: str, source: Path, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["bash", "-c", command, str(source), str(folder)], capture_output=True, check=False)


def round_trip(command: str, articles: list[dict]) -> str:
    """`=`, or what came back instead."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = [{"id": f"a{number}", **article} for number, article in enumerate(articles)]
        (folder / "a.jsonl").write_text("".join(json.dumps(article) + "\n" for article in given), "utf-8")
        (folder / "b").mkdir()
        done = run(command, folder / "a.jsonl", folder / "b")
        if done.returncode:
            errors = re.findall(r"\w*Error: .*", done.stderr.decode("utf-8", "replace"))
            return f"fails: {errors[-1][:50]}…" if errors else "fails"
        back = [json.loads(line) for line in done.stdout.decode("utf-8", "surrogatepass").splitlines() if line.strip()]
    for article in back:
        article.pop("origin", None)
    if len(back) != len(given):
        return f"{len(given)} articles became {len(back)}"
    for old, new in zip(given, back, strict=True):
        for key in [*old, *new]:
            if key not in new:
                return f"`{key}` is gone"
            if key not in old:
                return f"adds `{key}`: {shown(new[key])}"
            if json.dumps(old[key]) != json.dumps(new[key]):
                return f"`{key}`: {shown(old[key])} → {shown(new[key])}"
    return "="


def shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()
    return f"`{text[:28]}…`" if len(text) > 29 else f"`{text}`"


def markdown(tool: str, title: str, text: str, peers: Path) -> str:
    """What a YAML reader and a Markdown renderer make of the file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if tool == "corptool":
            source = folder / "a.jsonl"
            source.write_text(json.dumps({"id": "1", "title": title, "text": text}), "utf-8")
            done = run("corptool export -q --format md -o $1/out $0 && cat $1/out/*", source, folder)
        else:
            source = folder / "a.html"
            paragraph = f"<p>{html.escape(text)}</p>"
            head = f'<meta charset="utf-8"><meta property="og:title" content="{html.escape(title)}">'
            source.write_text(
                f"<html><head>{head}</head><body><article>{paragraph * 2}</article></body></html>", "utf-8"
            )
            done = run(f"{peers}/trafilatura --markdown --with-metadata < $0", source, folder)
        done.check_returncode()  # a tool that does not run has said nothing about Markdown
        judged = subprocess.run([peers / "python", "-c", JUDGE], input=done.stdout, capture_output=True, check=True)
    found = json.loads(judged.stdout)
    faults = [] if found["title"] == title else [f"title {shown(found['title'])}"]
    faults += [f"shows as `<{tag}>`" for tag in found["tags"]]
    return "; ".join(faults) or "="


def table(headers: list[str], rows: list[list[str]]) -> str:
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def versions(peers: Path) -> str:
    listed = json.loads(
        subprocess.run(
            [peers / "python", "-m", "pip", "list", "--format", "json"], capture_output=True, check=True
        ).stdout
    )
    found = [
        f"{row['name']} {row['version']}" for row in listed if row["name"] in ("csvkit", "sqlite-utils", "trafilatura")
    ]
    miller = subprocess.run([peers / "mlr", "--version"], capture_output=True, check=True).stdout.decode().strip()
    return ", ".join([*found, miller.replace("mlr", "Miller")])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    plain = [{"text": "a", "title": "b"}]
    tools = {tool: command.replace("{bin}", str(arguments.peers)) for tool, command in THERE_AND_BACK.items()}
    for tool, command in tools.items():
        if (came := round_trip(command, plain)) != "=":
            sys.exit(f"{tool} does not even bring back a plain article: {came}")
    first = table(
        ["", *tools],
        [[case, *(round_trip(command, articles) for command in tools.values())] for case, articles in CASES.items()],
    )
    second = table(
        ["", "corptool md", "trafilatura"],
        [
            [case, *(markdown(tool, title, text, arguments.peers) for tool in ("corptool", "trafilatura"))]
            for case, (title, text) in MARKS.items()
        ],
    )
    made = f"{versions(arguments.peers)}.\n\n{first}\n\n{second}"
    print(made)
    if arguments.write:
        page = arguments.write.read_text("utf-8")
        marked = re.compile(r"(?<=<!-- made by benchmarks/formats.py -->\n).*?(?=<!-- end -->)", re.DOTALL)
        arguments.write.write_text(marked.sub(lambda _: made + "\n", page), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
