"""`corptool stats`: the numbers, and tables in which Han characters line up."""

import json

from corptool.commands.stats import stats
from corptool.text.counts import Counts, counts
from tests.conftest import corptool

ARTICLES = [
    {"id": "1", "text": "網站 two words", "lang": "zh-Hant", "site": "人民網", "published": "2020-02-21"},
    {"id": "2", "text": "word", "relation": "near", "cluster": "1", "site": "Harbour Post", "published": "2020"},
    {
        "id": "3",
        "text": "",
        "edits": [
            {"stage": "clean", "check": "", "changes": [[0, "舊", "", "banner", "r"], [0, "ab", "x", "banner", "r"]]},
            {"stage": "fix", "check": "", "kinds": {"entity": 3}},
        ],
    },
]
LOST = [
    {"stage": "read", "reason": "not JSON", "failed": True},
    {"stage": "dedup", "reason": "exact copy of 1", "failed": False, "into": "1"},
    {"stage": "dedup", "reason": "exact copy of 2", "failed": False, "into": "2"},
    {"stage": "filter", "reason": "fewer than 9 characters", "failed": False},
]


def lines(rows):
    return b"\n".join(json.dumps(row).encode() for row in rows)


def test_numbers(tmp_path):
    (tmp_path / "lost.jsonl").write_bytes(lines(LOST))
    ended = corptool("stats", "--json", "--lost", str(tmp_path / "lost.jsonl"), given=lines(ARTICLES))
    assert ended.code == 0, ended.err
    assert json.loads(ended.out) == {
        "articles": 3,
        "characters": 14,
        "han": 2,
        "words": 3,
        "characters_an_article": {"smallest": 0, "quarter": 0, "median": 4, "three quarters": 4, "largest": 10},
        "languages": {"(unknown)": 2, "zh-Hant": 1},
        "sites": {"(unknown)": 1, "Harbour Post": 1, "人民網": 1},
        "years": {"2020": 2, "(unknown)": 1},
        "changes": [
            {"stage": "fix", "kind": "entity", "changes": 3, "removed": 0, "added": 0},
            {"stage": "clean", "kind": "banner", "changes": 2, "removed": 3, "added": 1},
        ],
        "duplicates": {"groups": 1, "near": 1},
        "lost": [
            {"stage": "dedup", "fate": "merged", "reason": "exact copy of …", "articles": 2},
            {"stage": "filter", "fate": "dropped", "reason": "fewer than 9 characters", "articles": 1},
            {"stage": "read", "fate": "rejected", "reason": "not JSON", "articles": 1},
        ],
    }


def test_tables_line_up_with_han_characters():
    shown = b"".join(stats(ARTICLES, top=2)).decode()
    assert (
        "site            articles\n"
        "------------  ----------\n"
        "(unknown)              1\n"
        "Harbour Post           1\n"
        "… and 1 more sites\n"
    ) in shown
    assert "人民網                 1\n" in b"".join(stats(ARTICLES)).decode()


def test_nothing():
    assert b"".join(stats([])) == b"no articles\n"


def test_counts():
    assert counts("") == Counts(0, 0, 0)
    assert counts("don't e-mail 2.5 _") == Counts(15, 0, 3)
    assert counts("人民網，2024年 ＡＢＣ ひらがな 한국어 말") == Counts(20, 4, 4)


def test_numbers_of_converted_articles():
    given = corptool("run", "fix | clean | convert --to s", "samples/canal_big5.txt").out
    ended = corptool("stats", "--json", given=given)
    assert ended.code == 0, ended.err
    assert {row["stage"] for row in json.loads(ended.out)["changes"]} == {"clean", "convert"}
