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


def table_of(data):
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def test_csv_has_every_key_and_says_what_cells_cannot():
    header, *rows = table_of(b"".join(written("csv")))
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
    assert {"edits", "origin"} <= set(table_of(b"".join(written("csv", full=True)))[0])


def test_csv_keeps_keys_that_cannot_be_columns():
    header, row = table_of(b"".join(written("csv", [{"text": "x", "corptool_types": 1, "\udfff": None}])))
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


def test_text_is_a_file_an_article():
    first, second, third, table = written("text")
    assert first == File("A-b-c.txt", "網站\n第二行".encode())
    assert b"".join(table.data).startswith(b"file,id,title,")
    assert (second.name, third, table.name) == ("2.txt", File("3.txt", b""), "metadata.csv")


def test_text_has_a_table_of_the_rest_beside_it():
    *files, table = load("text").write([*ARTICLES, {"text": "~{VPND~}"}, {"text": "\ufeff"}, {"text": "\ud800 x"}])
    header, *rows = table_of(b"".join(table.data))
    assert header[:4] == ["file", "id", "title", "site"]
    assert [row[0] for row in rows] == [file.name for file in files]
    texts = [row[header.index("text")] for row in rows]
    assert texts == ["", "", "", "~{VPND~}", "\ufeff", '"\\ud800 x"']


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


def test_csv_columns_are_all_there_is(caplog):
    header, *rows = table_of(b"".join(written("csv", columns="title, n,titel")))
    assert header == ["title", "n", "titel"]
    assert rows == [['A "b", c', "", ""], ["", "12345678901234567890", ""], ["", "", ""]]
    assert caplog.messages == ["3 articles, and none has a `titel`"]


def test_csv_for_excel(caplog):
    articles = [
        {"text": "=1+1", "id": "0012", "title": "-", "n": -5, "m": 10**20, "late": None, "=2+2": "=3"},
        {"text": "漢" * 40_000, "id": "a", "title": "Plain, 純"},
    ]
    data = b"".join(written("csv", articles, for_excel=True))
    assert data.startswith(b"\xef\xbb\xbfid,title,text,")
    _, first, second = table_of(data)
    assert first[:-1] == ["'0012", "'-", "'=1+1", "-5", "'100000000000000000000", ""]
    assert (len(second[2]), second[:2]) == (32_767, ["a", "Plain, 純"])
    assert caplog.messages == [
        "4 cells begin with an apostrophe now, or Excel would run or change them",
        "1 cells were cut at 32767 characters, the most that Excel keeps",
    ]
    back = [record.fields for record in load("csv").read(io.BytesIO(data))]
    assert {key: value for key, value in back[0].items() if key != "origin"} == articles[0]
