"""Golden pages, one a file in cases/clean: every line says what is to become of it.

`+` stays, `-` goes, `=` is the title (it goes and is lifted), `?` may do either; `@field value` is what is lifted, as
JSON where it is no string. A line that begins with `#` says what kind of page it is; `#xfail` what is known to fail.
"""

import json
from pathlib import Path

import pytest

from corptool.commands.clean import clean

CASES = sorted((Path(__file__).parent / "cases" / "clean").glob("*.txt"))


def case(path):
    lines, fields, failing = [], {}, None
    for row in path.read_text("utf-8").splitlines():
        mark, _, rest = row.partition(" ")
        if mark == "#xfail":
            failing = rest
        elif mark[:1] == "@":
            fields[mark[1:]] = json.loads(rest) if rest[:1] in "[{" or rest == "null" else rest
        elif mark[:1] != "#":
            lines.append((mark, rest))
    return lines, fields, failing


def cleaned(path):
    lines, fields, _ = case(path)
    article = clean({"id": path.stem, "text": "\n".join(rest for _, rest in lines)})
    return lines, fields, article


def param(path):
    failing = case(path)[2]
    return pytest.param(path, id=path.stem, marks=[pytest.mark.xfail(reason=failing)] if failing else [])


def test_there_are_enough():
    assert len(CASES) >= 40


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_no_body_line_is_lost(path):
    lines, _, article = cleaned(path)
    kept = article["text"].split("\n")
    assert [rest for mark, rest in lines if mark == "+" and rest.strip() not in kept] == []


@pytest.mark.parametrize("path", list(map(param, CASES)))
def test_case(path):
    lines, fields, article = cleaned(path)
    kept = [line for line in article["text"].split("\n") if line]
    assert [line for line in kept if ("?", line) not in lines] == [rest.strip() for mark, rest in lines if mark == "+"]
    titles = [rest for mark, rest in lines if mark == "="]
    assert article.get("title") == (titles[-1] if titles else None)
    meta = article.get("meta", {})
    assert {name: article.get(name, meta.get(name)) for name in fields} == fields


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_cleaning_a_clean_page_loses_no_line(path):
    text = cleaned(path)[2]["text"]
    again = clean({"text": text})
    assert again["text"] == text or "title" in again  # only a first line that looks like a title may go
