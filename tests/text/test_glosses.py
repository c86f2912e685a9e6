"""Pinyin glosses: a converter's go, people's stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corptool import rules
from corptool.text.changes import apply
from corptool.text.glosses import glosses

READINGS = {
    "會": "huì",
    "議": "yì",
    "國": "guó",
    "學": "xué",
    "實": "shí",
    "驗": "yàn",
    "們": "men",
    "為": "wèi",
}
ZHUYIN = {"會": "ㄏㄨㄟˋ", "議": "ㄧˋ", "國": "ㄍㄨㄛˊ", "學": "ㄒㄩㄝˊ", "實": "ㄕˊ", "驗": "ㄧㄢˋ", "們": "˙ㄇㄣ"}
ARTICLE = (
    "會議在北京舉行，各國學者參加了會議。(張三)說：“我們的實驗是為了(低碳)目標，共有26家(2025年)。”"
    "第二天，學生們到實驗室參觀，國內外媒體（CNN、BBC）都有報導 (photo by me)。"
)

UNCHANGED = {
    "empty": "",
    "English": "The method (fǎ) was called wang (王) by him, in (yī) and (èr) and (sān).",
    "plain": ARTICLE,
    "a primer in zhuyin": "我(ㄨㄛˇ)們(˙ㄇㄣ)學(ㄒㄩㄝˊ)習(ㄒㄧˊ)漢(ㄏㄢˋ)語(ㄩˇ)，他(ㄊㄚ)是(ㄕˋ)老(ㄌㄠˇ)師(ㄕ)。",
    "ruby in Japanese": "<ruby>東京<rt>とうきょう</rt></ruby>",
    "ruby that does not agree": "<ruby>漢<rt>wǎng</rt></ruby> and <ruby>WHO<rt>hàn</rt></ruby>",
    "two only": "各國(guó)學(xué)者",
    "a primer": "我(wǒ)們(men)學(xué)習(xí)漢(hàn)語(yǔ)，他(tā)是(shì)老(lǎo)師(shī)。",
    "a primer of Traditional characters": "國(guó) 學(xué) 會(huì) 龍(lóng) 鳳(fèng) 龜(guī)",
    "a word once": "學(xué)者說，學者要學會(huì)實(shí)驗，學會做實驗，會議上各國的學生都學會了。",
    "rare characters": "靐(bìng)、龘(dá)、讎(chóu)、靐(bìng)字很少有人認識，龘(dá)字也是，讎(chóu)字也是。",
    "wrong readings": "各國(méi)學(bù)者在會(nǐ)議(hǎo)上參加了實(wǒ)驗(tā)",
    "three in a long text": "各國(guó)學(xué)會(huì)" + "的人在這裡看書寫字" * 100,
    "Simplified names": "酈道元即郦(lì)道元，鄴城即邺(yè)城，歙(shè)县、亳(bó)州、鄱(pó)阳都在中国。",
}


def glossed(text: str, readings: dict[str, str] = READINGS) -> str:
    return "".join(f"{character}({readings[character]})" if character in readings else character for character in text)


@pytest.mark.parametrize("text", UNCHANGED.values(), ids=UNCHANGED.keys())
def test_people_s_glosses_stay(text):
    assert glosses(text, rules.gloss_tables()) == []


CHANGED = {
    "Traditional": (glossed(ARTICLE), ARTICLE),
    "mixed": (glossed(ARTICLE + " A new lab of 國立大學."), ARTICLE + " A new lab of 國立大學."),
    "full-width": (glossed(ARTICLE).replace("驗(yàn)", "驗（yàn）"), ARTICLE),
    "decomposed": (glossed(ARTICLE).replace("yàn", "ya\u0300n"), ARTICLE),
    "phonetic letters": (glossed(ARTICLE).replace("guó", "ɡuó").replace("yàn", "yɑ\u0300n"), ARTICLE),
    "an author's gloss beside": (glossed(ARTICLE) * 3 + "諸葛(gé)亮", ARTICLE * 3 + "諸葛(gé)亮"),
    "zhuyin": (glossed(ARTICLE, ZHUYIN), ARTICLE),
    "ruby": ("<ruby>漢字<rt>hàn zì</rt></ruby>和<ruby>國<rp>(</rp><rt>ㄍㄨㄛˊ</rt><rp>)</rp></ruby>", "漢字和國"),
    "a character of both scripts": (
        glossed(ARTICLE + "看著、想著", READINGS | {"著": "zhe"}),
        ARTICLE + "看著、想著",
    ),
}


@pytest.mark.parametrize(("text", "expected"), CHANGED.values(), ids=CHANGED.keys())
def test_a_converter_s_glosses_go(text, expected):
    changes = glosses(text, rules.gloss_tables())
    assert apply(text, changes) == expected
    assert {(change.kind, change.rule) for change in changes} <= {("gloss", "pinyin"), ("gloss", "ruby")}


@given(st.text("國學會實驗們為的是(（)）guóxuéhuì abc\n", max_size=60))
def test_only_glosses_go(text):
    tables = rules.gloss_tables()
    for change in glosses(glossed(ARTICLE) + text, tables):
        assert (glossed(ARTICLE) + text)[change.start : change.end].strip("(（)） ").isalpha()


def test_twice_is_once():
    tables = rules.gloss_tables()
    once = apply(glossed(ARTICLE), glosses(glossed(ARTICLE), tables))
    assert glosses(once, tables) == []


def test_the_tables_are_small():
    assert (rules.DATA / "readings.tsv").stat().st_size + (rules.DATA / "scripts.tsv").stat().st_size <= 300_000
