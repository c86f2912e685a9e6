"""URLs in the place of paths: in memory, as files, and in a store that speaks S3."""

import gzip
import io
import json
import os
import zipfile

import pytest

from corptool import files, outputs, reading
from tests.conftest import ROOT, corptool

fsspec = pytest.importorskip("fsspec", reason="needs corptool[remote]")

ARTICLES = b'{"id":"1","text":"\xe7\xb6\xb2"}\n{"id":"2","text":"b"}\n'


@pytest.fixture
def memory():
    store = fsspec.filesystem("memory")
    store.store.clear()
    yield store
    store.store.clear()


def known(name):
    return name.endswith(".jsonl")


def test_folders_and_globs_in_code_point_order(memory):
    for name in ("a/b.jsonl", "a/B.jsonl", "a/c/d.jsonl", "a/.hidden/e.jsonl", "a/x.png", "b/f.jsonl"):
        memory.pipe(f"/{name}", b"")
    below = [f"memory://a/{name}" for name in ("B.jsonl", "b.jsonl", "c/d.jsonl")]
    assert list(files.find(["memory://a"], known)) == below
    assert list(files.find(["memory://a/"], known)) == below
    assert list(files.find(["memory://a/*.jsonl"], known)) == below[:2]
    assert list(files.find(["memory://*/*.jsonl"], known)) == [*below[:2], "memory://b/f.jsonl"]
    assert list(files.find(["memory://a/none*"], known)) == ["memory://a/none*"]


def test_a_name_with_a_question_mark_is_a_name(memory):
    memory.pipe("/page?id=1.jsonl", ARTICLES)
    assert list(files.find(["memory://page?id=1.jsonl"], known)) == ["memory://page?id=1.jsonl"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.zip", "a.jsonl.zst"])
def test_read_as_from_a_path(memory, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(packed(name))
    memory.pipe(f"/{name}", packed(name))
    [here], [there] = (lines([name]), lines([f"memory://{name}"]))
    assert [line for _, line in here] == [line for _, line in there] == ARTICLES.splitlines()
    assert {place.path for place, _ in there} == {f"memory://{name}"}


def packed(name):
    import zstandard

    if name.endswith(".zip"):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.jsonl", ARTICLES)
        return file.getvalue()
    return {".gz": gzip.compress, ".zst": zstandard.compress}.get(files.suffix(name), bytes)(ARTICLES)


def lines(names):
    return [[(item.place, item.line) for item in batch.items()] for batch in reading.batches(names)]


def test_what_is_not_there_is_a_reject(memory):
    [item] = [item for batch in reading.batches(["memory://none.jsonl"]) for item in batch.items()]
    assert (item.place.path, item.dropped.reason) == ("memory://none.jsonl", "no such file or directory")


@pytest.mark.parametrize(
    ("url", "reason"),
    [("nope://x", "Protocol not known: nope"), ("gopher+x://y.jsonl", "Protocol not known: gopher+x")],
)
def test_unknown_protocols(url, reason):
    [item] = [item for batch in reading.batches([url]) for item in batch.items()]
    assert item.dropped.reason == reason


def fail(written):
    with written as file:
        file.write(b"half")
        raise OSError("the disk is full")


def test_files_by_url(tmp_path):
    name = f"file://{tmp_path.as_posix()}/new/a.jsonl"
    done = corptool("read", "-q", "-o", name, "-", given=ARTICLES)
    assert (done.code, done.err) == (0, "")
    assert (tmp_path / "new" / "a.jsonl").read_bytes() == ARTICLES
    assert os.listdir(tmp_path / "new") == ["a.jsonl"]
    assert corptool("read", "-q", name).out == corptool("read", "-q", f"file://{tmp_path.as_posix()}").out == ARTICLES


def test_local_paths_do_not_pay_for_it():
    done = corptool("run", "read samples | clean", "-q", PYTHONPROFILEIMPORTTIME="1")
    assert done.code == 0
    assert "corptool.files" in done.err
    assert "fsspec" not in done.err
    assert "corptool.remote" not in done.err


@pytest.mark.slow
def test_a_job_from_s3_to_s3(bucket, tmp_path):
    store, environment = bucket
    for path in sorted((ROOT / "samples").glob("*.txt")):
        store.pipe(f"corpus/pages/{path.name}", path.read_bytes())
    job = "read s3://corpus/pages | fix | clean | convert --to s | dedup"
    done = corptool("run", "-q", job, "-o", "s3://corpus/out/corpus.jsonl", **environment)
    assert (done.code, done.err) == (0, "")
    local = corptool("run", "-q", job.replace("s3://corpus/pages", "samples/*.txt"))
    store.invalidate_cache()
    there = store.cat("corpus/out/corpus.jsonl").splitlines()
    texts = [json.loads(line)["text"] for line in there]
    assert texts == [json.loads(line)["text"] for line in local.out.splitlines()]
    again = corptool("run", "-q", job, "-j", "2", **environment)
    assert again.out.splitlines() == there
    assert corptool("verify", "-q", "s3://corpus/out/corpus.jsonl", **environment).code == 0


@pytest.mark.slow
def test_an_object_appears_whole_or_not_at_all(bucket, monkeypatch):
    store, environment = bucket
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(OSError, match="full"):
        fail(outputs.written("s3://corpus/whole/half.bin"))
    assert not store.exists("corpus/whole/half.bin")
    with outputs.written("s3://corpus/whole/all.bin") as file:
        file.write(bytes(6 << 20))  # more than one part
        assert not store.exists("corpus/whole/all.bin")
    store.invalidate_cache()
    assert store.size("corpus/whole/all.bin") == 6 << 20


@pytest.mark.slow
def test_files_of_an_export_and_errors_of_s3(bucket):
    store, environment = bucket
    done = corptool("export", "-q", "--format", "txt", "-o", "s3://corpus/texts/", given=ARTICLES, **environment)
    assert (done.code, done.err) == (0, "")
    store.invalidate_cache()
    assert sorted(store.ls("corpus/texts")) == [f"corpus/texts/{name}" for name in ("1.txt", "2.txt", "metadata.csv")]
    missing = corptool("read", "s3://corpus/none.jsonl", **environment)
    assert (missing.code, missing.err.splitlines()[0]) == (1, "s3://corpus/none.jsonl: no such file or directory")
    nowhere = corptool("read", "-q", "-o", "s3://no-bucket/x.jsonl", "-", given=ARTICLES, **environment)
    assert nowhere.code == 1
    assert nowhere.err.startswith("corptool: ")
    assert "s3://no-bucket/x.jsonl" in nowhere.err
