"""Every rule carries its own proof: what it removes and what it keeps."""

import pytest

from corptool import rules
from corptool.commands.rules import failures
from corptool.text.lines import page_of
from corptool.text.matching import PLACES, match

ALL = rules.boilerplate()


@pytest.mark.parametrize("rule", ALL.rules, ids=lambda rule: rule.name)
def test_rule_keeps_and_removes_what_it_says(rule):
    assert failures(rule) == []


def test_names_are_unique():
    names = [rule.name for rule in ALL.rules]
    assert sorted(set(names)) == sorted(names)


def test_a_broken_file_is_named_with_its_rule(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('[[rule]]\nname = "half"\nkind = "x"\nline = "("\nwhy = ""\nremoves = []\nkeeps = []\n', "utf-8")
    with pytest.raises(rules.RuleError, match=r"mine\.toml: rule half"):
        rules.boilerplate(path)


@pytest.mark.parametrize(
    "part",
    [
        "a / ",
        "home > ",
        "share ",
        "分享",
        "facebook twitter ",
        "相关 ",
        "by a b ",
        "来源:a ",
        "电话: ",
        "上一篇 ",
        "tags: ",
        "we use cookies ",
        "位置: ",
        "大 中 ",
        "a b, ",
        "2020-01-01 ",
        "声明:平台",
        "[",
        "热线",
    ],
)
def test_no_rule_loses_itself_in_a_long_line(part):
    """A pattern that backtracks without end would hang here."""
    lines = [(part * 200)[: ALL.longest], "位置: " + (part * 200)[:390] + "。", "home > " + (part * 200)[:390] + "。"]
    for line in lines:
        match(page_of(line, ALL.fold), 0, PLACES, ALL)


def test_what_is_alike_to_rules_is_alike_among_copies():
    """The two tables differ (docs/decisions/folding.md), but do not contradict each other."""
    table = rules.fold_table()
    differ = [
        chr(code) for code, new in rules.fold().items() if code > 32 and new != " " and table[code] != table[ord(new)]
    ]
    assert differ == []
