"""Markdown that shows the text as it is, and gives it back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corptool.text.markdown import escape, unescape

UNCHANGED = [
    "",
    "第一段。\n\n第二段。",
    "snake_case and 5 * 3 = 15, 2 < 3 & 4 > 1",
    "C:\\Users\\中文",
    "A & B; 1) no; [note] (aside)",
    "10~20 度",
    "　　縮排的段落",
    "end-dash - here",
]
CHANGED = [
    ("# title", r"\# title"),
    ("#tag", "#tag"),
    ("2020. 年", r"2020\. 年"),
    ("- item", r"\- item"),
    ("+ item", r"\+ item"),
    ("> 引用", r"\> 引用"),
    ("---", r"\---"),
    ("===", r"\==="),
    ("* * *", r"\* * *"),
    ("***", r"\*\*\*"),
    ("資*源*碳", r"資\*源\*碳"),
    ("__init__", r"\_\_init\_\_"),
    ("`code`", r"\`code\`"),
    ("[x](http://a)", r"[x]\(http://a)"),
    ("[x]: http://a", r"[x]\: http://a"),
    ("![x]", r"\![x]"),
    ("<b>粗</b>", r"\<b>粗\</b>"),
    ("&copy; &#65;", r"\&copy; \&#65;"),
    ("~~gone~~", r"\~\~gone\~\~"),
    ("|a|b|\n|-|-|", "|a|b|  \n\\|-|-|"),
    ("    code?", "&#32;   code?"),
    ("\tcode?", "&#9;code?"),
    ("&#32; literally", r"\&#32; literally"),
    ("一行\n又一行", "一行  \n又一行"),
    ("ends in \\", "ends in \\\\"),
    (r"\*", r"\\\*"),
]


@pytest.mark.parametrize("text", UNCHANGED)
def test_what_is_no_mark_is_left_alone(text):
    assert escape(text) == text


@pytest.mark.parametrize(("text", "markdown"), CHANGED)
def test_escape(text, markdown):
    assert escape(text) == markdown


@pytest.mark.parametrize("text", UNCHANGED + [text for text, _ in CHANGED])
def test_the_text_comes_back(text):
    assert unescape(escape(text)) == text


@given(st.text("ab* _#-+>=~`\\\n\t|:[](){}!<&;1.) 中\r") | st.text())
def test_any_text_comes_back(text):
    assert unescape(escape(text)) == text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# 標題\n\n正文 *強調*", "# 標題\n\n正文 *強調*"),
        ("hard  \nbreak", "hard\nbreak"),
        (r"1\. not a list", "1. not a list"),
    ],
)
def test_markdown_by_others(markdown, text):
    assert unescape(markdown) == text
