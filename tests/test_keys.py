"""Records whose keys have other names."""

import pytest

from corptool.keys import guess, parse, renamed


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, {}),
        ({"title": "only", "n": 1}, {}),
        ({"content": None}, {}),
        ({"headline": "h", "date": "2020-02-21"}, {}),
        ({"content": "正文"}, {"text": "content"}),
        ({"正文": "x", "标题": "y", "日期": "2020-02-21"}, {"text": "正文", "title": "标题", "published": "日期"}),
        ({"body": "x", "content": "y", "title": "t", "headline": "h"}, {"text": "content"}),
        ({"body": "x", "date": "21/02/2020", "link": "http://a"}, {"text": "body", "url": "link"}),
    ],
)
def test_guess(fields, names):
    assert guess(fields) == names


@pytest.mark.parametrize(
    ("fields", "names", "result"),
    [
        ({"a": 1, "text": "x"}, {}, {"a": 1, "text": "x"}),
        ({"a": 1}, {"text": "b"}, {"a": 1}),
        ({"a": 1, "b": 2}, {"text": "b"}, {"a": 1, "text": 2}),
        ({"text": 1, "b": 2}, {"text": "b"}, {"b": 1, "text": 2}),
        ({"text": 1, "title": 2}, {"text": "title", "title": "text"}, {"title": 1, "text": 2}),
        ({"a": 1, "text": 2, "title": 3}, {"text": "a", "title": "text"}, {"text": 1, "title": 2, "a": 3}),
    ],
)
def test_renamed(fields, names, result):
    assert renamed(fields, names) == result
    assert list(renamed(fields, names)) == list(result)


@pytest.mark.parametrize("words", ["", "text", "text=", "=a", "text=a,text=b", "text=a,title=a"])
def test_what_is_no_map(words):
    with pytest.raises(ValueError, match=r"form|second"):
        parse(words)
