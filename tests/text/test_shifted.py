"""Glosses that were inserted across two characters."""

import pytest

from corptool import rules
from corptool.text.changes import apply
from corptool.text.glosses import glosses

ARTICLE = "會議在北京舉行，各國學者參加了會議。我們的實驗是為了低碳目標，學生們到實驗室參觀，國內外媒體都有報導。"
READINGS = {"會": "huì", "議": "yì", "國": "guó", "學": "xué", "實": "shí", "驗": "yàn", "們": "men", "為": "wèi"}


def damaged(text, readings, lost="?"):
    """What a converter makes that replaces GBK bytes, and a reader that shows `lost` for what is no character."""
    data = text.encode("gbk")
    for character, reading in readings.items():
        data = data.replace(character.encode("gbk"), character.encode("gbk") + f"({reading})".encode("gbk"))
    shown = data.decode("gbk", "replace")
    return shown if lost == "\ufffd" else shown.replace("\ufffd(", "?")


SHIFTED = {
    "for 漢, the page in the wild": ("使漢字", {"節": "jié"}),
    "a run that ends in a letter": ("蛻變為培育人", {"優": "yōu"}),
    "with the next character's own gloss": ("研究內容", {"內": "nèi", "績": "jī"}),
    "three characters": ("興建北站體育場，其餘款項", {"龍": "lóng"}),
}


@pytest.mark.parametrize("lost", ["?", "\ufffd"])
@pytest.mark.parametrize(("text", "readings"), SHIFTED.values(), ids=SHIFTED.keys())
def test_repaired(text, readings, lost):
    given = damaged(f"{ARTICLE}{text} 2025 in English。", READINGS | readings, lost)
    assert lost in given
    assert apply(given, glosses(given, rules.gloss_tables())) == f"{ARTICLE}{text} 2025 in English。"


@pytest.mark.parametrize("text", ["對嗎?好)", "是?ma)嗎", "這是什麼?what)", "字\ufffd(jié)", "a?b)"])
def test_other_question_marks_stay(text):
    given = damaged(ARTICLE, READINGS) + text
    assert apply(given, glosses(given, rules.gloss_tables())) == ARTICLE + text


def test_nothing_is_repaired_where_nothing_was_glossed():
    assert glosses("使?jié)h字" + ARTICLE, rules.gloss_tables()) == []
