import pytest

from corptool.commands.tag import tag
from corptool.edits import undo_all

SIMPLIFIED, TRADITIONAL = "这个网站发布了新闻。", "這個網站發佈了新聞。"


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("", None),
        ("中文", None),
        ("2025-06-13 12:30", None),
        (SIMPLIFIED, "zh-Hans"),
        (TRADITIONAL, "zh-Hant"),
        (f"{SIMPLIFIED}\nsee https://example.com/the/end/of/the/road", "zh-Hans"),
        ("The news of the day in English.", "en"),
        ("東京の駅です。", "ja"),
    ],
)
def test_tag(text, lang):
    tagged = tag({"text": text, "x": 1})
    assert tagged.get("lang") == lang
    assert ("lang" in tagged) == (lang is not None)


def test_which_lines_of_a_mixed_text():
    tagged = tag({"text": f"{SIMPLIFIED}\n{SIMPLIFIED}\n\n{TRADITIONAL}\nEnglish", "meta": {"a": 1}})
    assert tagged["lang"] == "zh"
    assert tagged["meta"] == {"a": 1, "scripts": {"zh-Hans": [[1, 2]], "zh-Hant": [[4, 4]]}}


def test_a_wrong_tag_is_taken_away():
    article = {"text": "12345", "lang": "fr"}
    assert "lang" not in tag(article)
    assert undo_all(tag(article)) == article


def test_twice_is_once():
    once = tag({"text": SIMPLIFIED})
    assert tag(once) is once
