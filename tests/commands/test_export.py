"""`corptool export` as users meet it."""

import json

import pytest

from tests.conftest import ROOT, corptool, shell

LINES = b'{"id":"1","text":"\xe7\xb6\xb2","title":"A"}\n{"id":"2","text":"b","n":[1]}\n'


@pytest.mark.parametrize(
    ("format_", "data"),
    [
        ("jsonl", LINES),
        ("json", b"[\n" + LINES.replace(b"}\n{", b"},\n{") + b"]\n"),
        ("csv", 'id,title,text,n,corptool_types\r\n1,A,網,,\r\n2,,b,[1],"{""json"":[""n""]}"\r\n'.encode()),
    ],
)
def test_one_file(format_, data, tmp_path):
    assert corptool("export", "--format", format_, given=LINES).out == data
    assert corptool("export", "--format", format_, "-o", str(tmp_path / "out"), given=LINES).code == 0
    assert (tmp_path / "out").read_bytes() == data


@pytest.mark.parametrize(("format_", "names"), [("md", {"A.md", "2.md"}), ("txt", {"A.txt", "2.txt", "metadata.csv"})])
def test_a_folder(format_, names, tmp_path):
    ended = corptool("export", "--format", format_, "-o", str(tmp_path / "new" / "out"), given=LINES)
    assert ended.code == 0, ended.err
    assert {path.name for path in (tmp_path / "new" / "out").iterdir()} == names


def test_a_folder_must_be_named():
    ended = corptool("export", "--format", "md", given=LINES)
    assert (ended.out, ended.code) == (b"", 2)
    assert "-o" in ended.err


def test_clean_pages_to_markdown(tmp_path):
    ended = shell(f"corptool clean samples/*.txt | corptool export --format md -o {tmp_path}/out", ROOT)
    assert ended.code == 0, ended.err
    texts = [path.read_text("utf-8") for path in (tmp_path / "out").iterdir()]
    assert len(texts) == len(list((ROOT / "samples").glob("*.txt")))
    assert all(text.startswith("---\nid: ") for text in texts)


def test_json_stays_whole():
    article = {"text": "x", "n": 12345678901234567890, "f": 1.0, "s": "\ud800", "edits": [], "origin": {"sha256": "0"}}
    (back,) = json.loads(corptool("export", "--format", "json", given=json.dumps(article | {"id": "1"}).encode()).out)
    assert back == article | {"id": "1"}


def test_text_and_table_come_back_together(tmp_path):
    articles = [
        {"id": "1", "text": "網", "title": "A", "author": None, "tags": ["y"]},
        {"id": "2", "text": "~{VPND~}\ud800", "n": 12345678901234567890},
    ]
    lines = b"\n".join(json.dumps(article).encode() for article in articles)
    assert corptool("export", "--format", "txt", "-o", "out", given=lines, cwd=tmp_path).code == 0
    ended = corptool("read", "out", "--meta", "out/metadata.csv", cwd=tmp_path)
    assert ended.code == 0, ended.err
    back = sorted((json.loads(line) for line in ended.out.splitlines()), key=lambda article: article["id"])
    assert [{key: value for key, value in article.items() if key != "origin"} for article in back] == articles


@pytest.mark.parametrize("format_", ["csv", "json", "jsonl", "md"])
def test_a_full_export_of_the_samples_comes_back(format_, tmp_path):
    lines = shell("corptool clean samples/*.*").out
    name = "out" if format_ == "md" else f"out.{format_}"
    corptool("export", "--full", "--format", format_, "-o", str(tmp_path / name), given=lines)
    back = corptool("read", name, cwd=tmp_path)
    assert back.code == 0, back.err
    by_path = {article["origin"]["path"]: article for article in map(json.loads, back.out.splitlines())}
    assert by_path == {article["origin"]["path"]: article for article in map(json.loads, lines.splitlines())}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--format", "md", "--columns", "title"], "--columns is for --format csv, not md"),
        (["--excel"], "--excel is for --format csv, not jsonl"),
        (["--format", "doc"], "'doc' is not one of"),
    ],
)
def test_wrong_options(words, message):
    ended = corptool("export", *words, given=LINES)
    assert (ended.out, ended.code) == (b"", 2)
    assert message in ended.err


def test_what_excel_changes_is_told():
    ended = corptool("export", "--format", "csv", "--excel", given=LINES.replace(b'"b"', b'"=b"'))
    assert (ended.code, "1 cells begin with an apostrophe now" in ended.err) == (0, True)


def test_an_article_whose_origin_is_null_goes_out_as_text_and_comes_back(tmp_path):
    given = b'{"id":"a","text":"one","origin":null}\n{"id":"b","text":"two","meta":{"k":[1]}}\n'
    corptool("export", "--full", "--format", "txt", "-o", "out/", given=given, cwd=tmp_path)
    ended = corptool("read", "out", "--meta", "out/metadata.csv", cwd=tmp_path)
    rows = [json.loads(line) for line in ended.out.splitlines()]
    assert [(row["id"], row["text"], row.get("meta")) for row in rows] == [("a", "one", None), ("b", "two", {"k": [1]})]
