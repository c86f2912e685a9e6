"""`rules`: list, explain, test."""

import pytest
from click.testing import CliRunner

from corptool.commands.rules import rules

GOOD = """
[[rule]]
name = "horn"
kind = "widget"
line = "sound the horn"
why = "a button"
removes = ["Sound the horn", "ＳＯＵＮＤ　the horn"]
keeps = ["Sound the horns!"]
"""


def invoke(*arguments):
    return CliRunner().invoke(rules, arguments)


@pytest.fixture
def own(tmp_path):
    def write(text):
        path = tmp_path / "mine.toml"
        path.write_text(text, "utf-8")
        return str(path)

    return write


def test_list():
    assert "back-to-top" in invoke("list").output
    only = invoke("list", "--kind", "breadcrumb").output
    assert "breadcrumb-home" in only
    assert "back-to-top" not in only


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("這是一個普通的句子。", "no rule matches"),
        ("返回頂部", "back-to-top (navigation, anywhere)"),
        ("責任編輯：王小明", "  editor: 王小明"),
        ("By Jane Doe", "  author: Jane Doe"),
    ],
)
def test_explain(line, shown):
    assert shown in invoke("explain", line).output


def test_test(own):
    assert invoke("test", own(GOOD)).output == "1 rules, 0 failures\n"
    broken = invoke("test", own(GOOD.replace('line = "sound', 'line = "sounds')))
    assert broken.exit_code == 1
    assert "horn: does not match 'Sound the horn'" in broken.output
    assert "rule horn" in invoke("test", own(GOOD.replace('"sound the', '"(sound the'))).output


def test_explain_with_own_rules(own):
    assert "horn (widget" in invoke("explain", "sound the horn", "--rules", own(GOOD)).output
