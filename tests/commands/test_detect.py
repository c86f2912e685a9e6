"""The command `detect`: a row a file, as a table or as JSON, and nothing written."""

import json

import pytest
from click.testing import CliRunner

from corptool.commands.detect import detect, properties, table

CHINESE = "共建“一带一路”，深化能源合作。"
FILES = {
    "clean.txt": (CHINESE.encode(), {"encoding": "utf-8", "language": "zh", "damaged": 0, "mojibake": [], "lost": 0}),
    "gb.txt": (CHINESE.encode("gb18030"), {"encoding": "gb18030"}),
    "big5.txt": ("共同探討科技引領碳中和。".encode("big5"), {"encoding": "big5hkscs", "script": "Hant"}),
    "bad.txt": (CHINESE.encode() + b"\xff", {"encoding": "utf-8", "damaged": 1}),
    "mojibake.txt": (CHINESE.encode().decode("latin-1").encode(), {"mojibake": ["utf-8>cp1252"]}),
    "lost.txt": ("锟斤拷锟斤拷".encode(), {"lost": 1}),
    "english.txt": (b"It is a plain line of the text that was here.\n", {"language": "en", "script": None}),
}


@pytest.fixture
def folder(tmp_path):
    for name, (data, _) in FILES.items():
        tmp_path.joinpath(name).write_bytes(data)
    return tmp_path


def test_json(folder):
    done = CliRunner().invoke(detect, ["--json", str(folder)])
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["path"] for row in rows] == [f"{folder}/{name}" for name in sorted(FILES)]
    for row in rows:
        name = row["path"].rpartition("/")[2]
        assert row == row | FILES[name][1]


def test_table(folder):
    done = CliRunner().invoke(detect, [str(folder / "gb.txt"), str(folder / "mojibake.txt")])
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0].split()[:4] == ["path", "encoding", "sure", "language"]
    assert "utf-8>cp1252" in done.stdout


def test_a_line_break_in_a_name_does_not_break_the_table():
    row = {"path": "a\nb 中.txt", **properties(b"Words.")}
    assert table([row]).splitlines()[2].startswith(r"a\nb 中.txt")


def test_nothing_changes(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    CliRunner().invoke(detect, [str(folder)])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_file_that_is_not_there_is_named_and_the_rest_goes_on(folder):
    done = CliRunner().invoke(detect, ["--json", str(folder / "none.txt"), str(folder / "gb.txt")])
    assert done.exit_code == 3
    assert "none.txt" in done.stderr
    assert len(done.stdout.splitlines()) == 1
    assert CliRunner().invoke(detect, [str(folder / "none.txt")]).exit_code == 1


def test_standard_input(monkeypatch):
    done = CliRunner().invoke(detect, ["--json"], input=CHINESE.encode("gb18030"))
    assert json.loads(done.stdout)["encoding"] == "gb18030"


def test_a_large_text_is_looked_at_to_its_end():
    head = "The forum was held in Chengdu on Friday.\n" * 30_000
    tail = "他说：ä¸€å¸¦ä¸€è·¯, 共建“一带一路”。\n" * 3 + "锟斤拷\n"
    found = properties((head + tail).encode() + b"\xff")
    assert (found["encoding"], found["damaged"], found["mojibake"], found["lost"]) == ("utf-8", 1, ["utf-8>cp1252"], 2)
