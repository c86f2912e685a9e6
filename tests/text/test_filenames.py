"""File names that every file system takes and keeps apart."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corptool.text.filenames import Names, folded, slug


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("網站", "網站"),
        ("2020年-計劃", "2020年-計劃"),
        ("Plain", "Plain"),
        ("共建“一带一路”，深化合作", "共建“一带一路”，深化合作"),
        ("What now? 怎麼辦", "What-now-怎麼辦"),
        ('a:b<c>d"e|f*g\\h/i', "a-b-c-d-e-f-g-h-i"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", ""),
        (".hidden. ", "hidden"),
        ("-rf *", "rf"),
        ("con", "_con"),
        ("COM1.2020", "_COM1.2020"),
        ("Lpt².txt", "_Lpt².txt"),
        ("console", "console"),
        ("zero\u200bwidth\u202eright", "zerowidthright"),
        ("line\nbreak\ttab\0nul", "line-break-tab-nul"),
        ("lone \ud800 surrogate", "lone-surrogate"),
        ("e\u0301", "\xe9"),
    ],
)
def test_slug(words, name):
    assert slug(words) == name


def names_of(*articles):
    names = Names(".md")
    return [names.name(article) for article in articles]


def test_names_by_date_title_and_id():
    assert names_of(
        {"id": "aa", "title": "標題", "published": "2020-02-21"},
        {"id": "bb", "published": "2020-02-21"},
        {"id": "cc", "title": "Only a title"},
        {"id": "dd", "title": "???", "published": "yesterday"},
        {"title": None},
    ) == ["2020-02-21-標題.md", "2020-02-21-bb.md", "Only-a-title.md", "dd.md", "article.md"]


def test_names_are_told_apart_as_the_strictest_file_system_would():
    titles = ["Étude", "étude", "E\u0301tude", "ÉTUDE", "Étude"]
    names = names_of(*({"id": "same", "title": title} for title in titles))
    assert len({folded(name) for name in names}) == len(titles)


def test_the_same_articles_get_the_same_names():
    articles = [{"id": str(number % 7), "title": "一" * (number % 3)} for number in range(50)]
    assert names_of(*articles) == names_of(*articles)


@given(st.lists(st.fixed_dictionaries({"id": st.text(max_size=3), "title": st.text()}), max_size=5))
def test_any_title_makes_a_safe_name(articles):
    names = names_of(*articles, *articles)
    assert len({folded(name) for name in names}) == len(names)
    for name in names:
        assert len(name.encode()) <= 255
        assert len(unicodedata.normalize("NFD", name).encode("utf-16-le")) <= 2 * 255
        assert not re.search(r'[\x00-\x1f<>:"/\\|?*]', name)
        assert name[0] not in ".-"
        assert not name.removesuffix(".md").endswith((".", " "))


def test_long_han_titles_are_cut_between_characters():
    (name,) = names_of({"id": "a", "title": "漢" * 300})
    assert name == "漢" * 66 + ".md"
