"""The edge: exit codes, messages, rejects, output files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from corptool.files import opened
from corptool.outputs import written
from tests.conftest import ENVIRONMENT, corptool

GOOD = b'{"id":"1","text":"one"}\n'
BAD = b'{"id":"2","text":"tw\n'


@pytest.mark.parametrize(
    ("words", "given", "code", "said"),
    [
        (["fix"], b"", 0, "fix: 0 in = 0 out"),
        (["fix"], GOOD, 0, "fix: 1 in = 1 out + 0 dropped + 0 merged + 0 rejected"),
        (["fix"], GOOD + BAD, 3, "-:2: not JSON"),
        (["fix", "--max-rejects", "1"], GOOD + BAD, 0, "1 rejected"),
        (["fix"], BAD + BAD, 1, "2 rejected"),
        (["fix", "nowhere.txt"], b"", 1, "nowhere.txt: no such file or directory"),
        (["fix", "-", "nowhere.txt"], GOOD, 3, "nowhere.txt: no such file or directory"),
        (["fixx"], b"", 2, "did you mean `fix`?"),
        (["fix", "--nonsense"], b"", 2, "No such option"),
        (["dedup", "--keep", "worst"], b"", 2, "'worst' is not one of"),
        (["run", "fix | cleen"], b"", 2, "did you mean `clean`?"),
        (["run", "fix nowhere.txt", "also.txt"], b"", 2, "names its files in the pipeline already"),
        (["read", "--fetched-at", "yesterday"], b"", 2, "no ISO 8601 date"),
        (["fix", "-o", "x.jsonl", "--rejects", "x.jsonl"], GOOD, 2, "-o and --rejects both name x.jsonl"),
        (["run", "nowhere.pipeline"], b"", 2, "there is no file nowhere.pipeline, and no stage of that name"),
        (["run", "undo --bytes | fix"], GOOD, 1, "only text can be rebuilt"),
        (["undo", "--before", "cleen"], GOOD, 2, "did you mean `clean`?"),
        (["clean", "--keep", "notise"], GOOD, 2, "there is no kind 'notise': there are "),
        (["filter", "--lang", "chinese"], GOOD, 2, "'chinese' is no language tag such as en, zh or zh-Hant"),
        (["fix", "-o", "new/"], GOOD, 2, "-o new/: `fix` writes one file; `run --work DIR` writes one a shard"),
        (["run", "fix", "-o", "new/*.jsonl"], GOOD, 2, "`run --work DIR` writes one a shard"),
        (["stats", "-o", "new/"], GOOD, 2, "`stats` writes one file"),
        (["run", "fix | dedup", "-o", "x.csv.gz"], GOOD, 2, "`dedup` writes JSON Lines; put `| export --format csv`"),
        (["fix", "-o", "/proc/no/such/out.jsonl"], GOOD, 1, "/proc/no"),
        (["ru"], b"", 2, "did you mean `run`?"),
        (["export", "--format", "md"], b"", 2, "name a folder for them with -o"),
        (["export", "--format", "md"], GOOD, 2, "name a folder for them with -o"),
        (["fix", "--as-lines"], b"", 2, "No such option"),
        (["fix"], b'{"id":"1","words":"x"}\n', 1, "no string `text` or `html` among its keys (id, words)"),
    ],
)
def test_exit_codes_and_messages(words, given, code, said):
    ended = corptool(*words, given=given)
    assert (ended.code, said in ended.err) == (code, True), ended.err
    assert "Traceback" not in ended.err


def test_the_good_lines_come_through():
    assert corptool("fix", given=BAD + GOOD + b"null\n").out == GOOD


def test_rejects_are_kept_whole(tmp_path):
    given = GOOD + BAD + GOOD.replace(b'"1"', b'"3"') + b'{"text":"\xff"}\n'
    ended = corptool("dedup", "--rejects", "lost.jsonl", given=given, cwd=tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "lost.jsonl").read_bytes().splitlines()]
    assert ended.code == 3
    assert rows[0] == {
        "stage": "dedup", "reason": "not JSON: Unterminated string at character 17", "failed": True,
        "path": "-", "line": 2, "offset": 24, "raw": '{"id":"2","text":"tw',
    }  # fmt: skip
    assert rows[1]["raw"].encode("utf-8", "surrogateescape") == b'{"text":"\xff"}'
    assert rows[2] == {
        "stage": "dedup", "reason": "exact copy of 1", "failed": False, "path": "-", "line": 3, "offset": 45,
        "into": "1", "article": {"id": "3", "text": "one"},
    }  # fmt: skip


def test_output_appears_whole_or_not_at_all(tmp_path):
    (tmp_path / "in.jsonl").write_bytes(GOOD)
    assert corptool("fix", "in.jsonl", "-o", "deep/out.jsonl", cwd=tmp_path).code == 0
    assert (tmp_path / "deep" / "out.jsonl").read_bytes() == GOOD
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out.jsonl"]
    assert corptool("export", "--format", "md", "in.jsonl", "-o", "in.jsonl", cwd=tmp_path).code != 0
    assert (tmp_path / "in.jsonl").read_bytes() == GOOD


def test_a_slip_in_the_name_of_the_input_does_not_cost_the_output_of_the_last_run(tmp_path):
    (tmp_path / "out.jsonl").write_bytes(GOOD)
    ended = corptool("run", "fix | dedup", "inn.jsonl", "-o", "out.jsonl", "--rejects", "lost.jsonl", cwd=tmp_path)
    assert (ended.code, (tmp_path / "out.jsonl").read_bytes()) == (1, GOOD)
    assert "no such file" in ended.err
    assert b"no such file" in (tmp_path / "lost.jsonl").read_bytes()
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


def test_output_may_be_the_input(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b'{"id":"1","text":"a\\r\\nb"}\n')
    assert corptool("fix", "a.jsonl", "-o", "a.jsonl", cwd=tmp_path).code == 0
    assert json.loads((tmp_path / "a.jsonl").read_bytes())["text"] == "a\nb"


@pytest.mark.parametrize("words", [("read", ".", "-o", "out.jsonl"), ("export", "--format", "md", ".", "-o", "md/")])
def test_output_into_a_folder_that_is_read_is_refused(tmp_path, words):
    (tmp_path / "a.jsonl").write_bytes(GOOD)
    ended = corptool(*words, cwd=tmp_path)
    assert (ended.code, [path.name for path in tmp_path.iterdir()]) == (2, ["a.jsonl"])
    assert "lies in ., which is read" in ended.err


@pytest.mark.parametrize("names", [["."], ["a.jsonl", "out.jsonl"]])
def test_standard_output_is_not_read_back(tmp_path, names):
    """`read . > out.jsonl` read what it had written, without end."""
    (tmp_path / "a.jsonl").write_bytes(GOOD)
    command = [sys.executable, "-m", "corptool", "read", "-q", *names]
    with (tmp_path / "out.jsonl").open("wb") as out:
        subprocess.run(command, stdout=out, cwd=tmp_path, env=ENVIRONMENT, timeout=60, check=False)
    assert (tmp_path / "out.jsonl").read_bytes().count(b"\n") == GOOD.count(b"\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which Linux has")
def test_full_disk():
    ended = corptool("fix", "-o", "/dev/full", given=GOOD)
    assert (ended.code, "no space left on device" in ended.err, "Traceback" in ended.err) == (1, True, False)


def test_no_article_is_an_empty_file(tmp_path):
    assert corptool("fix", "-o", "out.jsonl", given=b"", cwd=tmp_path).code == 0
    assert (tmp_path / "out.jsonl").read_bytes() == b""


@pytest.mark.parametrize("format_", ["md", "txt"])
def test_no_article_is_an_empty_folder(tmp_path, format_):
    assert corptool("export", "--format", format_, "-o", "out", given=b"", cwd=tmp_path).code == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == (["metadata.csv"] if format_ == "txt" else [])


def test_files_that_were_there_before_are_told(tmp_path):
    for title, said in (("one", ""), ("two", "out: 1 files were there before; those of other names stay")):
        line = json.dumps({"id": title, "title": title, "text": "x"}).encode()
        ended = corptool("export", "-q", "--format", "md", "-o", "out", given=line, cwd=tmp_path)
        assert (ended.code, ended.err.strip()) == (0, said)


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zst"])
def test_output_is_compressed_where_its_name_says_so(tmp_path, suffix):
    for name in ("a", "b"):
        lost = ["--rejects", f"lost.jsonl{suffix}"]
        assert corptool("fix", "-o", f"{name}.jsonl{suffix}", *lost, given=GOOD + b"{", cwd=tmp_path).code == 3
    assert (tmp_path / f"a.jsonl{suffix}").read_bytes() == (tmp_path / f"b.jsonl{suffix}").read_bytes()
    assert corptool("fix", f"a.jsonl{suffix}", cwd=tmp_path).out == GOOD
    with opened(str(tmp_path / f"lost.jsonl{suffix}")) as lost:
        assert b"not JSON" in lost.read()


def test_output_through_a_link_and_to_a_device(tmp_path):
    (tmp_path / "real.jsonl").write_bytes(b"")
    (tmp_path / "link.jsonl").symlink_to("real.jsonl")
    assert corptool("fix", "-o", "link.jsonl", given=GOOD, cwd=tmp_path).code == 0
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "real.jsonl").read_bytes() == GOOD
    assert corptool("fix", "-o", "/dev/stdout", given=GOOD).out == GOOD


def test_exported_lines_that_nobody_changed_are_the_bytes_that_came_in():
    given = b'{ "id": "1",  "text": "x", "n": 1e2, "k": 1, "k": 2 }\n'
    assert corptool("run", "fix | export --format jsonl", given=given).out == given
    assert corptool("run", "fix | dedup | export --format jsonl", given=given).out == given


def test_edits_may_be_left_behind_anywhere():
    given = corptool("fix", given=b'{"id":"1","text":"a\\r\\nb"}\n').out
    assert b'"edits"' in given
    for step in ("read", "fix", "export", "dedup"):
        assert b'"edits"' not in corptool(step, "--edits", "drop", given=given).out


def test_undo_of_files_into_a_folder(tmp_path):
    for name in ("a.txt", "deep/b.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(f"{name}\r\n".encode())
    given = corptool("fix", "a.txt", "deep/b.txt", cwd=tmp_path).out
    given += given.splitlines(keepends=True)[0].replace(b'"a.txt"', b'"../../etc/c.txt"')
    assert corptool("undo", "--bytes", "-o", "back/", given=given, cwd=tmp_path).code == 0
    back = {
        path.relative_to(tmp_path / "back").as_posix(): path.read_bytes() for path in (tmp_path / "back").rglob("*.txt")
    }
    assert back == {"a.txt": b"a.txt\r\n", "deep/b.txt": b"deep/b.txt\r\n", "etc/c.txt": b"a.txt\r\n"}


def test_many_blocks_with_workers(tmp_path):
    """Line numbers, offsets, order and bytes over several blocks of input, and while a corpus stage waits on disk."""
    lines = [b'{"id":%d,"text":"%d %s\\r"}' % (n, n, b"word " * 200) if n % 1000 else b"{bad" for n in range(20_000)]
    (tmp_path / "big.jsonl").write_bytes(b"\n".join(lines))
    outputs = set()
    for jobs in ("1", "3"):
        words = ["-j", jobs, "fix | dedup --keep first", "big.jsonl", "--rejects", f"lost{jobs}.jsonl"]
        ended = corptool("run", *words, cwd=tmp_path)
        assert ended.code == 3
        outputs.add((ended.out, (tmp_path / f"lost{jobs}.jsonl").read_bytes()))
    [(out, lost)] = outputs
    rows = [json.loads(line) for line in lost.splitlines()]
    bad = [row for row in rows if row["failed"]]
    assert [row["line"] for row in bad] == [n + 1 for n in range(0, 20_000, 1000)]
    assert [row["offset"] for row in bad] == [sum(len(line) + 1 for line in lines[:n]) for n in range(0, 20_000, 1000)]
    assert out.count(b"\n") + len(rows) == 20_000


def test_what_workers_explain_comes_in_order(tmp_path):
    lines = [b'{"id":%d,"text":"%d\\r\\nSkip to main content\\n%s"}' % (n, n, b"word " * 200) for n in range(2_000)]
    (tmp_path / "big.jsonl").write_bytes(b"\n".join(lines))
    told = [corptool("run", "-q", "-j", jobs, "clean --explain", "big.jsonl", cwd=tmp_path).err for jobs in ("1", "2")]
    assert told[0] == told[1]
    assert told[0].count("==") == len(lines)


def test_a_pipeline_may_be_a_file(tmp_path):
    (tmp_path / "corpus.pipeline").write_text("# what we do\nfix\n| clean  # rules\n", "utf-8")
    given = '{"id":"1","text":"Back to top\\r\\n正文在這裡。"}\n'.encode()
    ended = corptool("run", "corpus.pipeline", given=given, cwd=tmp_path)
    assert ended.out == corptool("run", "fix | clean", given=given).out
    assert "正文在這裡。" in ended.out.decode()


def test_help_and_version():
    assert corptool("--version").out.startswith(b"corptool ")
    shown = corptool("--help").out.decode()
    assert all(name in shown for name in ("clean", "dedup", "export", "fix", "read", "run", "undo"))
    assert "--rejects" in corptool("fix", "--help").out.decode()


def test_a_file_that_two_write_at_once_is_whole(tmp_path):
    """On two machines they may have the same process id, as in containers."""
    path = tmp_path / "out"
    with written(str(path)) as one:
        one.write(b"one")
        one.flush()
        with written(str(path)) as other:
            other.write(b"the other")
        assert path.read_bytes() == b"the other"
    assert path.read_bytes() == b"one"


def test_two_outputs_in_one_file_are_refused(tmp_path):
    ended = corptool("fix", "-o", "x", "--rejects", "./x", given=GOOD, cwd=tmp_path)
    assert (ended.code, "-o and --rejects both name x" in ended.err) == (2, True)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_json_lines_as_powershell_writes_them(encoding):
    given = '{"id":"1","text":"網"}\r\n'.encode(encoding)
    assert corptool("fix", given=given).out == '{"id":"1","text":"網"}\n'.encode()


@pytest.mark.parametrize("environment", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "cp936"}])
def test_output_does_not_depend_on_the_locale(environment):
    given = '{"id":"1","text":"網站é"}\n'.encode()
    assert corptool("fix", given=given, **environment).out == given
