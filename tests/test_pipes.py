"""Pipes as a shell makes them: closed early, killed in the middle, fed slowly."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.conftest import ENVIRONMENT, shell

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs bash")
LINES = b"".join(b'{"id":"%d","text":"%s"}\n' % (n, b"word " * 300) for n in range(20_000))


@pytest.fixture
def big(tmp_path):
    path = tmp_path / "big.jsonl"
    path.write_bytes(LINES)
    return path


@pytest.mark.parametrize("line", ["corptool read {0} | head -1", "corptool run 'read {0} | fix' | head -1"])
def test_a_closed_pipe_is_no_error(big, line):
    ended = shell(line.format(big) + "; echo ${PIPESTATUS[0]}")
    first, status = ended.out.splitlines()
    assert first == LINES.splitlines()[0]
    assert (status, ended.code) == (b"0", 0)
    assert "Traceback" not in ended.err
    assert "BrokenPipe" not in ended.err


def test_head_ends_an_endless_input():
    ended = shell(
        'yes \'{"id":"1","text":"x"}\' | corptool read | corptool fix | head -1; echo ${PIPESTATUS[1]} ${PIPESTATUS[2]}'
    )
    assert ended.out == b'{"id":"1","text":"x"}\n0 0\n'


def test_messages_that_nobody_reads_do_not_cut_the_output(tmp_path):
    lines = [b'{"id":"%d","text":"x"}' % n if n % 2 else b"{bad" for n in range(60_000)]
    (tmp_path / "mixed.jsonl").write_bytes(b"\n".join(lines))
    shell("corptool fix mixed.jsonl -o out.jsonl 2>&1 >/dev/null | head -1", cwd=tmp_path)
    assert (tmp_path / "out.jsonl").read_bytes().count(b"\n") == 30_000


def test_a_closed_standard_output_is_told():
    ended = shell("corptool --help >&-")
    assert (ended.code, "standard output is closed" in ended.err) == (1, True)


@pytest.mark.parametrize("what", [["clean"], ["run", "-j", "2", "clean"]])
@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_command_that_is_stopped_leaves_nothing_behind(big, tmp_path, what, how, code):
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "corptool", *what, str(big), "-o", str(out)]
    process = subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.PIPE)
    while not list(tmp_path.glob(".out.jsonl*")):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(how)
    _, err = process.communicate()
    assert process.returncode == code
    assert b"Traceback" not in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["big.jsonl"]


@pytest.mark.parametrize("last", ["export --format jsonl", "filter --min-chars 1"])
def test_an_article_does_not_wait_for_the_next_one(tmp_path, last):
    """What has arrived is handed on at once, through five stages, while the file is still being written."""
    path = tmp_path / "crawl.jsonl"
    stages = ["read", "fix", "clean", "convert --to s", last]
    line = f"tail -n +1 -f {path} | " + " | ".join(f"corptool {stage} -q" for stage in stages)
    path.touch()
    process = subprocess.Popen(["bash", "-c", line], env=ENVIRONMENT, stdout=subprocess.PIPE, start_new_session=True)
    try:
        with path.open("a", encoding="utf-8") as crawl:
            for word, converted in (("網站", "网站"), ("臺灣", "台湾")):
                crawl.write(f'{{"id":"1","text":"{word}"}}\n')
                crawl.flush()
                while converted not in (row := process.stdout.readline().decode()):
                    assert row
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate()


def test_a_command_that_is_stopped_and_continued_loses_nothing(big):
    """Standard output as Docker images set it: unbuffered, where an interrupted write writes only a part."""
    process = subprocess.Popen(
        [sys.executable, "-m", "corptool", "read", "-q", str(big)],
        env=ENVIRONMENT | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        bufsize=0,
    )
    out = process.stdout.read(100)
    for _ in range(20):
        process.send_signal(signal.SIGSTOP)
        process.send_signal(signal.SIGCONT)
        out += process.stdout.read(1 << 20)
    out += process.communicate()[0]
    assert (out, process.returncode) == (LINES, 0)
