"""The plain statement of both engines, against OpenCC's own expectations and known differences."""

from pathlib import Path

import pytest

from corptool import dictionaries
from corptool.text.script.chain import matches, segmented

CASES = Path(__file__).parents[2] / "cases" / "opencc.tsv"


LINES = [line for line in CASES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


@pytest.mark.parametrize(("config", "text", "expected"), [line.split("\t") for line in LINES[::5]])
def test_opencc_s_expectations(config, text, expected):
    assert dictionaries.chain(config).convert(text) == expected


@pytest.mark.parametrize(
    ("config", "packaged", "current", "text"),
    [
        ("s2t", "", "", ""),
        ("s2t", "plain English, 123", "plain English, 123", "plain English, 123"),
        ("s2t", "想象一哄而起", "想像一鬨而起", "想象一哄而起"),
        ("s2twp", "透過 API 訪問記憶體", "通過 API 訪問記憶體", "通过 API 访问内存"),
        ("t2s", "汉字 und 计算机", "汉字 und 计算机", "漢字 und 計算機"),
    ],
)
def test_the_two_table_sets(config, packaged, current, text):
    assert dictionaries.chain(config, dictionaries.PACKAGED).convert(text) == packaged
    assert dictionaries.chain(config).convert(text) == current


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("⿰亻国国", "⿰亻国國"),  # a described character is no text
        ("⿱⿰国国国国", "⿱⿰国国国國"),
        ("国⿰国", "國⿰國"),  # no whole description
    ],
)
def test_ideographic_descriptions(text, expected):
    assert dictionaries.chain("s2t").convert(text) == expected


def test_segments():
    phrases = dictionaries.chain("s2tw").segmentation
    assert segmented("Web里的一干二净 abc", phrases) == ["Web里的", "一干二净", " abc"]


@pytest.mark.parametrize(
    ("config", "text", "expected"),
    [
        ("s2twp", "皇后", "皇后"),
        ("s2t", "头发干了后来发现", "頭髮幹了後來發現"),
    ],
)
def test_long_runs_without_separators(config, text, expected):
    chain = dictionaries.chain(config, dictionaries.PACKAGED)
    assert chain.convert(text * 3000) == expected * 3000
    assert sum(1 for _ in matches(text * 3000, chain)) >= 3000
