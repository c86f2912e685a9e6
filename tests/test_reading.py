"""From names to articles: folders, globs, lists, archives, compression, standard input, ids."""

import bz2
import gzip
import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import zipfile

import pytest
import zstandard

from corptool import batches, reading
from tests.conftest import ENVIRONMENT, corptool

ZH = "第一頁\n網站的正文在這裡。\n"
EN = "The second page.\n"


@pytest.fixture
def folder(tmp_path):
    """pages/ with two pages, a sub-folder, and what is no page."""
    for name, text in {"b.txt": EN, "a.txt": ZH, "sub/c.txt": "third", "a0.txt": "fourth", "頁.txt": "fifth"}.items():
        path = tmp_path / "pages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    (tmp_path / "pages" / ".DS_Store").write_bytes(b"\0\0")
    (tmp_path / "pages" / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    return tmp_path


def read(*words, cwd, given=b"", code=0):
    ended = corptool("read", *words, cwd=cwd, given=given)
    assert ended.code == code, ended.err
    return [json.loads(line) for line in ended.out.splitlines()], ended.err


def paths(articles):
    return [article["origin"]["path"] for article in articles]


def test_a_folder_is_walked_in_code_point_order_and_what_is_no_article_is_counted(folder):
    articles, err = read("pages", cwd=folder)
    assert paths(articles) == ["pages/a.txt", "pages/a0.txt", "pages/b.txt", "pages/sub/c.txt", "pages/頁.txt"]
    assert "pages: passed over 2 files of other kinds (1 .DS_Store, 1 .png)" in err


@pytest.mark.parametrize(("name", "start"), [(".", ""), ("./pages", "./pages"), ("../{}/pages", "../{}/pages")])
def test_a_folder_may_be_typed_in_any_way(folder, name, start):
    articles, _ = read(name.format(folder.name), cwd=folder)
    assert len(articles) == 5
    assert all(path.startswith(start.format(folder.name)) for path in paths(articles))


def test_what_is_no_regular_file_is_passed_over(folder):
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pages" / "fifo.txt")
        assert len(read("pages", cwd=folder)[0]) == 5


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("pages/*.txt", ["pages/a.txt", "pages/a0.txt", "pages/b.txt", "pages/頁.txt"]),
        ("./pages/b*", ["./pages/b.txt"]),
        ("pages/**/c.txt", ["pages/sub/c.txt"]),
        ("pages/s*", ["pages/sub/c.txt"]),
    ],
)
def test_quoted_globs(folder, pattern, found):
    assert paths(read(pattern, cwd=folder)[0]) == found


def test_names_from_a_file_or_standard_input(folder):
    typed = "pages/b.txt\npages/頁.txt\n"
    for listed in (
        typed.encode(),
        typed.replace("\n", "\0").encode(),
        typed.encode("utf-8-sig"),
        typed.encode("utf-16"),
    ):
        articles, _ = read("--files-from", "-", cwd=folder, given=listed)
        assert paths(articles) == ["pages/b.txt", "pages/頁.txt"]


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [
        (".gz", gzip.compress),
        (".bz2", bz2.compress),
        (".xz", lzma.compress),
        (".zst", zstandard.ZstdCompressor().compress),
    ],
)
def test_compression_is_seen_through(tmp_path, suffix, compress):
    (tmp_path / f"page.txt{suffix}").write_bytes(compress(ZH.encode()))
    (tmp_path / f"a.jsonl{suffix}").write_bytes(compress(b'{"id":"1","text":"x"}\n'))
    articles, _ = read(f"page.txt{suffix}", f"a.jsonl{suffix}", cwd=tmp_path)
    assert [article["text"] for article in articles] == [ZH, "x"]
    assert read(cwd=tmp_path, given=compress(ZH.encode()))[0][0]["text"] == ZH


def test_archives(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("pages/一.txt", ZH)
        archive.writestr("pages/photo.png", b"\x89PNG")
        archive.writestr("more.jsonl", '{"id":"1","text":"x"}\n')
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("二.txt.gz")
        data = gzip.compress(EN.encode())
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    articles, err = read("a.zip", "b.tar.gz", cwd=tmp_path)
    assert [article["text"] for article in articles] == [ZH, "x", EN]
    assert [article.get("origin", {}).get("member") for article in articles] == ["pages/一.txt", None, "二.txt.gz"]
    assert "a.zip: passed over 1 files" in err


def test_records_of_archives_can_be_verified(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("one.jsonl", '{"text":"x"}\n')
        archive.writestr("two.jsonl", '{"text":"x"}\n')
        archive.writestr("page.txt", ZH)
    found = corptool("fix", "a.zip", cwd=tmp_path)
    assert len({json.loads(line)["id"] for line in found.out.splitlines()}) == 3
    assert corptool("verify", given=found.out, cwd=tmp_path).code == 0


def test_a_bad_member_does_not_hide_those_behind_it(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in "abc":
            archive.writestr(f"{name}.txt", f"page {name}")
    whole = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(whole.replace(b"page b", b"page X"))
    articles, err = read("a.zip", cwd=tmp_path, code=3)
    assert [article["text"] for article in articles] == ["page a", "page c"]
    assert "a.zip/b.txt: cannot be read: Bad CRC-32" in err


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("broken.txt.gz", gzip.compress(b"text " * 1000, mtime=0)[:-20], "broken.txt.gz: "),
        ("broken.zip", b"PK\x03\x04 no zip", "broken.zip: "),
        ("broken.tar", b"no tar " * 100, "broken.tar: "),
        ("photo", b"\x89PNG\r\n\x1a\n\0\0\0", "looks like a PNG image"),
        ("photo.txt", b"\x89PNG\r\n\x1a\n\0\0\0", "looks like a PNG image"),
    ],
)
def test_what_cannot_be_read_is_one_reject_and_the_rest_goes_on(tmp_path, name, data, said):
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.txt").write_text("good", "utf-8")
    articles, err = read(name, "good.txt", cwd=tmp_path, code=3)
    assert [article["text"] for article in articles] == ["good"]
    assert said in err
    assert "Traceback" not in err
    assert read(name, cwd=tmp_path, code=1)[0] == []


def test_a_folder_without_articles(tmp_path):
    (tmp_path / "empty").mkdir()
    _, err = read("empty", cwd=tmp_path, code=1)
    assert "empty: no file in this folder can be read" in err


def test_ids(folder):
    articles, _ = read("pages/a.txt", "./pages/a.txt", "pages/b.txt", cwd=folder)
    ids = [article["id"] for article in articles]
    assert len({*ids}) == 3
    assert ids[0] == read("pages/a.txt", cwd=folder)[0][0]["id"]
    assert all(len(one) == 16 and int(one, 16) for one in ids)


def test_records_without_an_id_get_one_and_an_origin(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b'{"text":"one","n":1}\n\n{"id":"mine","text":"two"}\r\n{"text":"one","n":1}')
    articles, _ = read("a.jsonl", cwd=tmp_path)
    assert articles[1] == {"id": "mine", "text": "two"}
    assert articles[0]["id"] != articles[2]["id"]
    assert [articles[n]["origin"]["offset"] for n in (0, 2)] == [0, 50]
    assert list(articles[0]) == ["id", "text", "n", "origin"]
    assert corptool("verify", given=json.dumps(articles[2]).encode(), cwd=tmp_path).code == 0


def test_pages_in_json_lines():
    page = {"url": "https://example.org/a", "crawl": 7, "html": "<title>T</title><p>First &amp; last</p>"}
    [article], _ = read(cwd=None, given=json.dumps(page).encode())
    assert (article["url"], article["crawl"], article["origin"]["format"]) == (page["url"], 7, "html")
    assert "First & last" in article["text"]
    assert "html" not in article


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"text":"x","origin":"web"}', "its `origin` is not an object"),
        ('{"id":"1","text":"x","meta":"m"}', "its `meta` is not an object"),
        ('{"id":"1","text":"x","edits":3}', "its `edits` is not a list"),
        ('{"id":"1","text":"x","edits":[{"by":"Bob"}]}', "its `edits` are not corptool's"),
    ],
)
def test_other_peoples_keys_that_are_ours(line, said):
    good = b'{"id":"2","text":"good"}\n'
    articles, err = read(cwd=None, given=line.encode() + b"\n" + good, code=3)
    assert [article["id"] for article in articles] == ["2"]
    assert f"-:1: {said}" in err


def test_ids_that_are_numbers_are_ids():
    line = b'{"x":1, "id":5, "text":"a"}\n'
    assert corptool("read", given=line).out == line


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_offsets_lead_back_to_the_record(tmp_path, encoding):
    (tmp_path / "a.jsonl").write_bytes('{"text":"網"}\n{"text":"站"}\n'.encode(encoding))
    articles, _ = read("a.jsonl", cwd=tmp_path)
    given = "".join(json.dumps(article) + "\n" for article in articles).encode()
    held = corptool("verify", given=given, cwd=tmp_path)
    assert (held.code, held.err) == (0, "verify: 2 in = 2 out + 0 dropped + 0 merged + 0 rejected\n")


def test_names_that_are_not_nfc_or_not_utf_8(tmp_path):
    names = ["e\u0301.txt"] + ([os.fsdecode(b"bad\xff.txt")] if os.name != "nt" else [])
    for name in names:
        (tmp_path / name).write_text("x", "utf-8")
    piped = corptool("verify", given=corptool("read", *names, cwd=tmp_path).out, cwd=tmp_path)
    assert piped.code == 0, piped.err
    assert corptool("run", "read | dedup | verify", *names, cwd=tmp_path).code == 0


def test_text_that_begins_like_a_compressed_file(tmp_path):
    (tmp_path / "a.txt").write_text("BZhang is a name.\n", "utf-8")
    assert read("a.txt", cwd=tmp_path)[0][0]["text"] == "BZhang is a name.\n"


def test_an_encoding_that_the_user_knows(tmp_path):
    data = "天気".encode("cp932")
    (tmp_path / "a.txt").write_bytes(data)
    [article], _ = read("--encoding", "Shift_JIS", "a.txt", cwd=tmp_path)
    assert (article["text"], article["origin"]["encoding"]) == ("天気", "cp932")
    assert corptool("undo", "--bytes", given=json.dumps(article).encode()).out == data
    (tmp_path / "b.csv").write_bytes("text,n\n天気,1\n".encode("cp932"))
    assert read("--encoding", "cp932", "b.csv", cwd=tmp_path)[0][0]["text"] == "天気"
    assert "there is no encoding 'cp9999'" in read("--encoding", "cp9999", "a.txt", cwd=tmp_path, code=2)[1]


def test_pages_without_a_known_suffix_are_found_on_a_walk(tmp_path):
    (tmp_path / "site").mkdir()
    for name, text in {
        "view.php?id=3": "<!DOCTYPE html><p>x",
        "123": "<html><p>y",
        "notes": "no page",
        "a.css": "b{}",
    }.items():
        (tmp_path / "site" / name).write_text(text, "utf-8")
    articles, err = read("site", cwd=tmp_path)
    assert [article["text"] for article in articles] == ["y", "x"]
    assert "passed over 2 files of other kinds" in err


def test_an_empty_name():
    _, err = read("", cwd=None, code=1)
    assert "an empty file name (is a variable of the shell unset?)" in err


def test_fetched_at(folder):
    [article], _ = read("--fetched-at", "2024-05-31", "pages/a.txt", cwd=folder)
    assert article["origin"]["fetched"] == "2024-05-31"


def test_as_text_is_the_decoded_file_and_nothing_else(tmp_path):
    data = b"<p>\r\n" + ZH.encode() + b"\xff\r"
    (tmp_path / "page.html").write_bytes(data)
    [article], _ = read("--as", "text", "page.html", cwd=tmp_path)
    assert article["text"] == data.decode("utf-8", "replace")
    assert article["origin"]["damaged"] == [[5 + len(ZH.encode()), "ff"]]
    assert corptool("undo", "--bytes", given=json.dumps(article).encode()).out == data


def test_standard_input_is_told_by_looking():
    assert read(cwd=None, given=ZH.encode("gb18030"))[0][0]["text"] == ZH
    assert read(cwd=None, given=b"<!doctype html><p>x</p>")[0][0]["origin"]["format"] == "html"


def test_a_line_of_50_megabytes(tmp_path):
    line = b'{"id":"1","text":"' + b"x" * 50_000_000 + b'"}\n'
    (tmp_path / "long.jsonl").write_bytes(line)
    assert corptool("read", "long.jsonl", cwd=tmp_path).out == line


AS_NOBODY = """
import os, sys
from corptool import Pipeline
from corptool.cli import main
list(Pipeline("read good.txt")())  # everything is imported while it may be
if os.getuid() == 0:
    os.setuid(65534)
sys.argv[0] = "corptool"
main()
"""


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs users")
def test_a_file_that_may_not_be_read(tmp_path):
    """Root may read everything, so it becomes another user first."""
    (tmp_path / "good.txt").write_text("good", "utf-8")
    (tmp_path / "shut.txt").write_text("shut", "utf-8")
    (tmp_path / "shut.txt").chmod(0)
    for folder in (tmp_path, *tmp_path.parents[:2]):  # pytest's own, which only its user may enter
        folder.chmod(0o755)
    command = [sys.executable, "-c", AS_NOBODY, "read", "shut.txt", "good.txt"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, env=ENVIRONMENT, check=False)
    assert done.returncode == 3, done.stderr
    assert b"shut.txt: permission denied" in done.stderr
    assert [json.loads(line)["text"] for line in done.stdout.splitlines()] == ["good"]


def test_small_files_are_read_together(tmp_path):
    for number in range(70):
        (tmp_path / f"{number:02}.txt").write_text(str(number), "utf-8")
    (tmp_path / "02.txt").write_text("x" * batches.ENOUGH, "utf-8")
    groups = list(batches.together(reading.batches([str(tmp_path)])))
    assert [len(group.several) for group in groups] == [3, 64, 3]
    assert [parcel.article["text"][:2] for group in groups for parcel in group.items()][:5] == [
        "0",
        "1",
        "xx",
        "3",
        "4",
    ]


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_a_large_page_is_read_to_its_end(tmp_path, suffix):
    page = b"<p>" + os.urandom(600_000).hex().encode() + "<p>結束".encode()
    packed = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}[suffix](page)
    (tmp_path / f"page.html{suffix}").write_bytes(packed)
    (article,), _ = read(f"page.html{suffix}", cwd=tmp_path)
    assert article["text"].endswith("\n結束")


def test_long_lines_come_in_blocks_for_the_stages(tmp_path):
    """As many together as a stage takes at once, or nearly; their numbers and places are right over many blocks."""
    lines = [json.dumps({"id": n, "text": "文" * (n % 7 * 1000)}, ensure_ascii=False).encode() for n in range(300)]
    (tmp_path / "long.jsonl").write_bytes(b"\r\n".join(lines))
    several = list(reading.batches([str(tmp_path / "long.jsonl")]))
    assert {len(batch.ends) for batch in several[1:-2]} <= {*range(batches.TOGETHER * 3 // 4, batches.TOGETHER)}
    items = [item for batch in several for item in batch.items()]
    assert [bytes(item.view) for item in items] == lines
    assert [item.place.line for item in items] == list(range(1, 301))
    data = (tmp_path / "long.jsonl").read_bytes()
    assert all(data[item.place.offset :].startswith(line) for item, line in zip(items, lines, strict=True))
