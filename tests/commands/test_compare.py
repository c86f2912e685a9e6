"""compare: two articles side by side."""

import json

import pytest
from click.testing import CliRunner

from corptool.commands.compare import compare
from corptool.rules import fold_table
from corptool.text.difference import passages


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("", ""),
        ("The news.", "THE  NEWS"),
        ("網站首頁", "网站，首页！"),
        ("網(wǎng)站", "网站"),
        ("ＡＢＣ１２３", "abc 123"),
        ("In 2024 在網站", "in ２０２４　在网站"),
    ],
)
def test_nothing_differs(left, right):
    assert all(passage.same for passage in passages(left, right, fold_table()) if passage.left and passage.right)


@pytest.mark.parametrize(
    ("left", "right", "differ"),
    [
        ("颱風登陸，三人受傷。", "台风登陆。", [("三人受傷。", "")]),
        ("The bridge is closed.", "The old bridge is closed.", [("", "old ")]),
        ("气温31度 high", "氣溫28度 low", [("31", "28"), ("high", "low")]),
        ("abc", "甲乙", [("abc", "甲乙")]),
    ],
)
def test_what_differs(left, right, differ):
    found = passages(left, right, fold_table())
    assert [passage[1:] for passage in found if not passage.same] == differ
    assert "".join(passage.left for passage in found) == left
    assert "".join(passage.right for passage in found) == right


def test_long_texts_are_compared_line_by_line():
    lines = [f"{number} " + "word 字 " * 20 for number in range(200)]
    found = passages("\n".join(lines), "\n".join([*lines[:100], "new 新", *lines[100:]]), fold_table())
    assert [passage.right.strip() for passage in found if not passage.same] == ["new 新"]


def test_command(tmp_path):
    path = tmp_path / "a.jsonl"
    lines = [{"id": "a", "text": "颱風登陸，三人受傷。"}, {"id": "b", "text": "台风登陆。"}]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    result = CliRunner().invoke(compare, [f"{path}#a", f"{path}#b", "--width", "60"])
    assert result.exit_code == 0
    assert "<   三人受傷。" in result.output
    assert f"{path}#b: 5 of 5 characters are in the other too" in result.output
    assert CliRunner().invoke(compare, [f"{path}#z", str(path)]).exit_code == 1
