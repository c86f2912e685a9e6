"""The page with its reasons at the margin."""

import pytest

from corptool.text.changes import Change
from corptool.text.explain import MARGIN, explained

MENU, GLOSS = Change(0, 5, "", "navigation", "home"), Change(8, 15, "", "gloss", "pinyin")


@pytest.mark.parametrize(
    ("text", "changes", "rows"),
    [
        ("甲\n\n乙", [], ["| 甲", "| 乙"]),
        ("Home\n甲", [MENU], ["- Home", "| 甲"]),
        ("Home\n甲乙正(zhèng)文", [MENU, GLOSS], ["- Home", "| 甲乙正[-(zhèng)-]文"]),
        ("甲\n\n\n乙", [Change(1, 4, "\n\n", "blank", "blank-run")], ["| 甲", "| 乙"]),
        ("", [], [""]),
    ],
)
def test_rows(text, changes, rows):
    assert [row[MARGIN + 1 :] for row in explained(text, changes).split("\n")] == rows


def test_colour_and_folding():
    text = "Home\n這是一行很長的中文，\nand some English words"
    shown = explained(text, [MENU], colour=True, width=MARGIN + 3 + 10).split("\n")
    assert shown[0] == f"{'navigation home':{MARGIN}} - \033[31m\033[9mHome\033[0m"
    assert [row[MARGIN + 3 :].rstrip() for row in shown[1:]] == [
        *("這是一行很", "長的中文，"),
        *("and some", "English", "words"),
    ]
