import pytest

from corptool import edits
from corptool.commands.convert import convert

ARTICLE = {"id": "1", "title": "简体标题", "text": "里面的头发吹干了，发现软件有问题。See the README.", "x": 1}


def test_unchanged():
    for text in ("", "Only English, 2025.", "中文"):
        article = {"text": text}
        assert convert(article, to="t") is article


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"to": "t"}, "裏面的頭髮吹乾了，發現軟件有問題。See the README."),
        ({"to": "tw"}, "裡面的頭髮吹乾了，發現軟件有問題。See the README."),
        ({"to": "twp"}, "裡面的頭髮吹乾了，發現軟體有問題。See the README."),
        ({"to": "hk"}, "裏面的頭髮吹乾了，發現軟件有問題。See the README."),
        ({"config": "s2t"}, "裏面的頭髮吹乾了，發現軟件有問題。See the README."),
        ({"config": "s2t", "tables": "opencc-1.1.6"}, "裏面的頭髮吹乾了，發現軟件有問題。See the README."),
        ({"config": "t2s"}, ARTICLE["text"]),
    ],
)
def test_convert(options, expected):
    assert convert(ARTICLE, **options)["text"] == expected


def test_the_title_goes_along_and_the_tables_are_stamped():
    article = convert(ARTICLE, to="t")
    assert article["title"] == "簡體標題"
    assert article["meta"] == {"converted": "s2t opencc-1.4.2"}
    assert list(article) == ["id", "title", "text", "x", "meta", "edits"]


def test_undo():
    assert edits.undo_all(convert(ARTICLE, to="twp")) == ARTICLE


def test_twice_is_once():
    article = convert(ARTICLE, to="twp")
    assert convert(article, to="twp") is article
