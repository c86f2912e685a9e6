"""What the formats write, with articles that other tools trip over."""

import csv
import io
import json

import pytest

from corptool.article import loads
from corptool.formats import File, load

ARTICLES = [
    {"id": "1", "text": "網站\n第二行", "title": 'A "b", c', "tags": ["y", None], "origin": {"path": "x"}},
    {"id": "2", "text": "=HYPERLINK(1)", "n": 12345678901234567890, "half": 0.5, "note": "a\r\nb", "site": None},
    {"id": "3", "text": "", "late": "\ud800", "yes": True, "edits": []},
]


def written(name, articles=ARTICLES, **options):
    return list(load(name).write(articles, **options))


def table(data):
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def test_csv_has_every_key_and_says_what_cells_cannot():
    header, *rows = table(b"".join(written("csv")))
    assert header == ["id", "title", "site", "text", "n", "half", "note", "late", "yes", "tags", "corptool_types"]
    assert rows[0] == ["1", 'A "b", c', "", "網站\n第二行", *[""] * 5, '["y",null]', '{"json":["tags"]}']
    assert rows[1][3:7] == ["=HYPERLINK(1)", "12345678901234567890", "0.5", "a\r\nb"]
    assert json.loads(rows[1][-1]) == {"json": ["n", "half"], "null": ["site"]}
    assert rows[2][7] == '"\\ud800"'
    assert json.loads(rows[2][-1]) == {"empty": ["text"], "json": ["late", "yes"]}


def test_csv_of_plain_strings_has_no_column_of_ours():
    assert written("csv", [{"text": "甲", "id": "1"}, {"text": "b,\r"}]) == [
        b'id,text\r\n1,\xe7\x94\xb2\r\n,"b,\r"\r\n'
    ]


def test_csv_of_nothing_is_empty():
    assert b"".join(written("csv", [])) == b""


def test_csv_full_has_edits_and_origin():
    assert {"edits", "origin"} <= set(table(b"".join(written("csv", full=True)))[0])


def test_csv_keeps_keys_that_cannot_be_columns():
    header, row = table(b"".join(written("csv", [{"text": "x", "corptool_types": 1, "\udfff": None}])))
    assert header == ["text", "corptool_types"]
    assert json.loads(row[1]) == {"more": {"corptool_types": 1, "\udfff": None}}


def test_csv_waits_on_disk(monkeypatch):
    from corptool.formats import csv as module

    whole = b"".join(written("csv"))
    monkeypatch.setattr(module, "IN_MEMORY", 10)
    monkeypatch.setattr(module, "CHUNK", 10)
    assert b"".join(written("csv")) == whole


def test_json_is_an_array_of_lines():
    lines = b"".join(written("json")).split(b"\n")
    assert (lines[0], lines[-2:]) == (b"[", [b"]", b""])
    assert [loads(line.rstrip(b",")) for line in lines[1:-2]] == ARTICLES
    assert b"".join(written("json", [])) == b"[]\n"


def test_jsonl():
    assert [loads(line) for line in b"".join(written("jsonl")).splitlines()] == ARTICLES


def test_text_is_a_file_an_article():
    first, second, third = written("text")
    assert first == File("A-b-c.txt", "網站\n第二行".encode())
    assert (second.name, third) == ("2.txt", File("3.txt", b""))


@pytest.mark.parametrize(
    ("article", "front", "body"),
    [
        ({"text": "甲\n\n乙", "title": "題"}, ['title: "題"'], "甲\n\n乙"),
        ({"text": "# a", "title": 'c: "d" #e'}, ['title: "c: \\"d\\" #e"'], "\\# a"),
        ({"text": "---\nx", "y": "no", "No": 1, "a b": None}, ['"y": "no"', '"No": 1', '"a b": null'], "\\---  \nx"),
        ({"text": "", "x": 1e16, "i": 10**20}, ["x: 1.0e+16", "i: 100000000000000000000"], ""),
        ({"text": "", "s": "a\u2028\x85\ufeff\tb\n"}, ['s: "a\\u2028\\u0085\\ufeff\\tb\\n"'], ""),
        ({"text": "", "meta": {"k": [1.5, {"t": "y"}]}}, ['meta: {"k": [1.5, {"t": "y"}]}'], ""),
        ({"text": "\ud800", "edits": []}, ['corptool_json: "{\\"text\\":\\"\\\\ud800\\"}"'], "\ufffd"),
        ({"text": "", "k" * 129: 1}, [f'corptool_json: "{{\\"{"k" * 129}\\":1}}"'.replace("'", "")], ""),
    ],
)
def test_markdown(article, front, body):
    (file,) = written("md", [article])
    assert file.data.decode() == "\n".join(["---", *front, "---", "", body, ""])
