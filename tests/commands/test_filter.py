"""`corptool filter`: which articles stay, and why others do not."""

import pytest

from corptool.article import Dropped
from corptool.commands.filter import filter as chosen
from tests.conftest import corptool

ARTICLE = {
    "id": "1",
    "text": "網站 and words",
    "title": "標題 Title",
    "published": "2020-02-21",
    "site": "人民網",
    "url": "https://user@news.example.org:80/a",
    "lang": "zh-Hant-HK",
}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"lang": ("zh",)},
        {"lang": ("en", "ZH-hant")},
        {"min_chars": 12, "max_chars": 12},
        {"after": "2020-02-21"},
        {"after": "2020", "before": "2021"},
        {"after": "2020-02", "before": "2020-02-22"},
        {"undated": "drop"},
        {"site": ("人民網",)},
        {"site": ("other", "example.org")},
        {"match": "^網"},
        {"match": "(?i)TITLE$"},
    ],
)
def test_stays(options):
    assert chosen(ARTICLE, **options) is ARTICLE


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"lang": ("en", "zh-Hans")}, "not in en or zh-Hans"),
        ({"lang": ("z",)}, "not in z"),
        ({"min_chars": 13}, "fewer than 13 characters"),
        ({"max_chars": 11}, "more than 11 characters"),
        ({"after": "2020-02-22"}, "published before 2020-02-22"),
        ({"before": "2020-02-21"}, "published on 2020-02-21 or later"),
        ({"before": "2020"}, "published in 2020 or later"),
        ({"site": ("ample.org",)}, "not from ample.org"),
        ({"match": "nowhere"}, "nothing matches nowhere"),
    ],
)
def test_goes(options, reason):
    assert chosen(ARTICLE, **options) == Dropped(ARTICLE, reason)


@pytest.mark.parametrize("published", [None, "", "2020", "yesterday", 2020])
def test_a_date_that_does_not_tell(published):
    article = ARTICLE | {"published": published}
    assert chosen(article, after="2020-06").reason == "no date that tells"
    assert chosen(article, after="2020-06", undated="keep") is article
    assert chosen(article, match="網") is article


@pytest.mark.parametrize(("published", "stays"), [("2020", True), ("2020-05", True), ("2019", False), ("2021", False)])
def test_a_year_is_a_date_where_it_tells(published, stays):
    outcome = chosen(ARTICLE | {"published": published}, after="2020", before="2021", undated="keep")
    assert isinstance(outcome, dict) == stays


def test_no_language_is_not_a_language():
    assert chosen({"text": ""}, lang=("zh",)).reason == "no `lang`: corptool tag writes it"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--after", "21/02/2020"], "is no date such as"),
        (["--match", "("], "is no regular expression"),
        (["--min-chars", "-1"], "-1"),
        (["--undated", "maybe"], "maybe"),
    ],
)
def test_wrong_options(words, message):
    ended = corptool("filter", *words, given=b"")
    assert ended.code == 2
    assert message in ended.err
