"""Zhuyin as pinyin: every syllable of the table of readings."""

import pytest

from corptool import rules
from corptool.text.zhuyin import pinyin


@pytest.mark.parametrize("zhuyin", ["", "a", "ㄅㄅ", "ˊ", "ㄅ", "王"])
def test_no_syllable(zhuyin):
    assert pinyin(zhuyin) == ""


@pytest.mark.parametrize(
    ("zhuyin", "expected"),
    [
        ("ㄅㄛ", "bō"),
        ("ㄓ", "zhī"),
        ("ㄦˋ", "èr"),
        ("ㄧㄡˇ", "yǒu"),
        ("ㄌㄧㄡˊ", "liú"),
        ("ㄍㄨㄟ", "guī"),
        ("ㄏㄨㄣˊ", "hún"),
        ("ㄨㄣˋ", "wèn"),
        ("ㄑㄩㄢˊ", "quán"),
        ("ㄋㄩˇ", "nǚ"),
        ("ㄩㄥˋ", "yòng"),
        ("ㄐㄩㄥˇ", "jiǒng"),
        ("ㄉㄨㄥ", "dōng"),
        ("˙ㄉㄜ", "de"),
    ],
)
def test_syllables(zhuyin, expected):
    assert pinyin(zhuyin) == expected
    assert expected in rules.gloss_tables().readings
