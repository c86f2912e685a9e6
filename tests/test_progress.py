"""Progress: a line on a terminal that is gone at the end, JSON lines for machines, and how much has been read."""

import gzip
import io
import json
import re
import sys

import pytest

from corptool import progress, reading
from corptool.engine.local import Report
from corptool.flow import flow
from corptool.outputs import say
from corptool.pipeline import Pipeline
from tests.conftest import corptool

LINE = b'{"id":"1","text":"x"}\n'


class Terminal(io.StringIO):
    """Shows what a terminal would, for the three things that are used: carriage return, line feed, erase to the end."""

    def isatty(self):
        return True

    def shown(self):
        lines, column = [""], 0
        for part in re.findall(r"\r|\n|\x1b\[K|[^\r\n\x1b]+", self.getvalue()):
            if part in "\r\n":
                column = 0
                lines += [""] * (part == "\n")
            elif part == "\x1b[K":
                lines[-1] = lines[-1][:column]
            else:
                lines[-1] = lines[-1][:column].ljust(column) + part + lines[-1][column + len(part) :]
                column += len(part)
        return "\n".join(lines)


class Standard(Terminal):
    """A terminal as standard output."""

    def __init__(self):
        super().__init__()
        self.buffer = io.BytesIO()


def sit_before(monkeypatch):
    """Called by the test itself: between a fixture and its test pytest sets standard error anew."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "EVERY", {"auto": 0, "json": 0})
    monkeypatch.setenv("TERM", "xterm")
    return terminal


def run(tmp_path, text="filter --min-chars 1", **options):
    (tmp_path / "in.jsonl").write_bytes(LINE * 3 + b"bad\n")
    pipeline = Pipeline(text)
    pipeline.steps[0].files = (str(tmp_path / "in.jsonl"),)
    how = {"output": str(tmp_path / "out"), "rejects": None, "max_rejects": 0, "quiet": False} | options
    return flow(pipeline, **how)


def test_the_line_is_drawn_and_gone_at_the_end(monkeypatch, tmp_path):
    terminal = sit_before(monkeypatch)
    assert run(tmp_path) == 3
    assert "0%  0:00  " in terminal.getvalue()
    assert "articles/s | filter 3 (-1)" in terminal.getvalue()
    assert terminal.shown().splitlines() == [
        f"{tmp_path}/in.jsonl:4: not JSON: Expecting value at character 0",
        "filter: 4 in = 3 out + 0 dropped + 0 merged + 1 rejected",
    ]


@pytest.mark.parametrize("options", [{"quiet": True}, {"progress": "none"}, {"output": None}])
def test_nothing_is_drawn(monkeypatch, tmp_path, options):
    terminal = sit_before(monkeypatch)
    monkeypatch.setattr(sys, "stdout", Standard())
    run(tmp_path, **options)
    assert "articles/s" not in terminal.getvalue()


def test_a_line_that_another_command_drew_is_erased(monkeypatch):
    terminal = sit_before(monkeypatch)
    terminal.write("12%  0:01  100 articles/s | read 100 and more\r")
    say("fix: done")
    assert terminal.shown() == "fix: done\n"


def test_articles_that_wait_are_told():
    told = {"in": 1200, "dropped": 1, "merged": 0, "rejected": 1}
    assert progress._stage("dedup", 0, **told) == "dedup 0 of 1,200 (-2)"
    assert progress._stage("fix", 1198, **told) == "fix 1,198 (-2)"


def test_json_lines_for_machines(tmp_path):
    (tmp_path / "in.jsonl").write_bytes(LINE * 3)
    ended = corptool("run", "-q", "--progress", "json", "filter | fix", "in.jsonl", "-o", "out", cwd=tmp_path)
    last = json.loads(ended.err.splitlines()[-1])
    assert list(last) == ["seconds", "read", "size", "left", "rate", "stages", "done"]
    assert (last["read"], last["size"], last["done"]) == (66, 66, True)
    assert last["stages"][1] == {"stage": "fix", "in": 3, "out": 3, "dropped": 0, "merged": 0, "rejected": 0}


def test_bytes_are_counted_over_folders_and_compressed_files(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.jsonl").write_bytes(LINE * 30_000)
    (tmp_path / "a" / "2.html.gz").write_bytes(gzip.compress(b"<html>" + b"x" * 9000))
    (tmp_path / "a" / "3.png").write_bytes(b"0" * 50)
    (tmp_path / "b.txt").write_bytes(b"text")
    (tmp_path / "list").write_text(f"{tmp_path}/b.txt\n")
    report = Report([], print)
    names, listed = [str(tmp_path / "a"), str(tmp_path / "none")], str(tmp_path / "list")
    batches = reading.batches(names, files_from=listed)
    seen = [report.read for _ in progress.measured(batches, names, listed, report)]
    first, packed = len(LINE) * 30_000, (tmp_path / "a" / "2.html.gz").stat().st_size
    assert seen == sorted(seen)
    assert 0 < seen[1] < first
    assert seen[-3:] == [first, first + packed + 50, first + packed + 50]
    assert report.read == report.size == first + packed + 54
