"""`corptool read` of records by others: --map, its guess, and --meta."""

import gzip
import json
import tarfile

import pytest

from tests.conftest import corptool

TABLE = "headline,content,when\n標題,正文,2020\n二,b,\n".encode()
ARRAY = json.dumps(
    [{"headline": "標題", "content": "正文", "when": "2020"}, {"headline": "二", "content": "b"}]
).encode()
LINES = b"\n".join(json.dumps(record, ensure_ascii=False).encode() for record in json.loads(ARRAY))


def articles(ended):
    found = [json.loads(line) for line in ended.out.splitlines()]
    return [{key: value for key, value in article.items() if key not in ("id", "origin")} for article in found]


@pytest.fixture
def folder(tmp_path):
    for name, data in {"t.csv": TABLE, "t.json": ARRAY, "t.jsonl": LINES}.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


@pytest.mark.parametrize("name", ["t.csv", "t.json", "t.jsonl"])
def test_a_guess_is_told(folder, name):
    ended = corptool("read", name, cwd=folder)
    assert ended.code == 0, ended.err
    assert articles(ended) == [{"title": "標題", "text": "正文", "when": "2020"}, {"title": "二", "text": "b"}]
    assert ended.err.count(f"{name}: has no `text`; read with --map 'text=content,title=headline', a guess") == 1


@pytest.mark.parametrize("name", ["t.csv", "t.json", "t.jsonl"])
def test_map(folder, name):
    ended = corptool("read", "--map", "text=headline", name, cwd=folder)
    assert "guess" not in ended.err
    assert [article["text"] for article in articles(ended)] == ["標題", "二"]


@pytest.mark.parametrize("name", ["t.csv", "t.json", "t.jsonl"])
def test_a_map_that_does_not_fit(folder, name):
    ended = corptool("read", "--map", "text=body", name, cwd=folder)
    assert (ended.out, ended.code) == (b"", 1)
    assert "no string `body`, which --map takes for the text, among its keys (headline, content" in ended.err


def test_a_map_that_is_none(folder):
    ended = corptool("read", "--map", "content", "t.csv", cwd=folder)
    assert ended.code == 2
    assert "OURS=THEIRS" in ended.err


def test_pages_in_a_table(folder):
    (folder / "p.csv").write_text("url,html\nhttp://example.org/,<title>網</title><p>文\n", "utf-8")
    (article,) = articles(corptool("read", "p.csv", cwd=folder))
    assert (article["url"], article["title"], article["text"]) == ("http://example.org/", "網", "文")


def test_a_column_named_as_a_key_of_ours_can_be_renamed(folder):
    (folder / "o.csv").write_text("text,origin\nx,台灣\n", "utf-8")
    ended = corptool("read", "o.csv", cwd=folder)
    assert (ended.code, "rename it with --map other=origin" in ended.err) == (1, True)
    (article,) = articles(corptool("read", "--map", "made_in=origin", "o.csv", cwd=folder))
    assert article["made_in"] == "台灣"


def test_meta(folder):
    (folder / "pages").mkdir()
    for name in ("a", "b", "c"):
        (folder / "pages" / f"{name}.txt").write_text(f"text {name}", "utf-8")
    (folder / "pages" / "meta.csv").write_text(
        "file,published,url\na.txt,2020-02-21,http://a\npages/b.txt,,http://b\n", "utf-8"
    )
    ended = corptool("read", "pages", "--meta", "pages/meta.csv", cwd=folder)
    assert ended.code == 0, ended.err
    assert articles(ended) == [
        {"text": "text a", "published": "2020-02-21", "url": "http://a"},
        {"text": "text b", "url": "http://b"},
        {"text": "text c"},
    ]


def test_rows_about_files_that_were_not_read_are_told(folder):
    (folder / "pages").mkdir()
    for name in ("a.txt", "b.csv", "c.txt"):
        (folder / "pages" / name).write_text("text\n網", "utf-8")
    with tarfile.open(folder / "pages" / "d.tar", "w") as archive:
        archive.add(folder / "t.csv", "in/t.csv")
    rows = "a.txt,1\nb.csv,1\nC.txt,1\nin/t.csv,1\nin/u.csv,1\n"
    (folder / "meta.csv").write_text("path,n\n" + rows, "utf-8")
    for jobs in "12":
        ended = corptool("run", "-q", "-j", jobs, "read pages --meta meta.csv", cwd=folder)
        assert ended.code == 0, ended.err
        assert ended.err.splitlines()[-1] == "meta.csv: 2 of 5 rows are about files that were not read: C.txt, in/u.csv"
    (folder / "meta.csv").write_text("path,n\na.txt,1\n", "utf-8")
    assert "not read" not in corptool("read", "pages", "--meta", "meta.csv", cwd=folder).err


def test_a_table_about_other_files_is_not_taken_for_articles_without_a_hint(folder):
    lines = b"\n".join(b'{"id":"%d","text":"\xe7\xb6\xb2","title":"%d"}' % (n, n) for n in range(3))
    assert corptool("export", "--format", "txt", "-o", "out", given=lines, cwd=folder).code == 0
    plain = corptool("read", "out", cwd=folder)
    assert (plain.code, len(plain.out.splitlines())) == (3, 3)
    assert plain.err.count("is this a table about the files of its `file`? --meta joins it to them") == 3
    joined = corptool("read", "out", "--meta", "out/metadata.csv", cwd=folder)
    assert (joined.code, [article["title"] for article in articles(joined)]) == (0, ["0", "1", "2"])


@pytest.mark.parametrize(("name", "message"), [("none.csv", "No such file"), ("t.csv", "no column `file`")])
def test_a_meta_table_that_is_none(folder, name, message):
    ended = corptool("read", "t.csv", "--meta", name, cwd=folder)
    assert ended.code == 2
    assert message in ended.err


def test_a_bad_record_does_not_stop_the_others(folder):
    records = [{"id": 0, "text": "a"}, {"id": "1", "text": "b", "meta": "none"}, 7, {"id": "", "text": "丙"}]
    (folder / "mixed.json").write_text(json.dumps(records), "utf-8")
    ended = corptool("read", "mixed.json", cwd=folder)
    assert [(article["id"], article["text"]) for article in map(json.loads, ended.out.splitlines())] == [
        (0, "a"),
        ("", "丙"),
    ]
    assert (ended.code, ended.err.count("mixed.json: ")) == (3, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.json", "t.md"])
def test_what_was_read_is_verified(folder, name, encoding):
    text = {
        "csv": 'title,text\n標題,"借用工具間的\n正文，一個星期"\n二,b\n',
        "md": "---\ntitle: 題\n---\n借用工具間的正文\n",
    }
    given = text.get(name.split(".")[1], ' [ {"text": "借用工具間"} , {"text":\n"b"}]\n').encode(encoding)
    (folder / name).write_bytes(gzip.compress(given) if name.endswith(".gz") else given)
    if encoding == "gb18030" and name == "t.json":
        return  # JSON is Unicode
    read = corptool("read", name, cwd=folder)
    assert read.code == 0, read.err
    verified = corptool("verify", given=read.out, cwd=folder)
    assert (verified.out, verified.code) == (read.out, 0), verified.err
