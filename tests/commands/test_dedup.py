"""dedup: what is a copy, what is not, and which copy stays."""

import random

import pytest

from corptool.article import Dropped
from corptool.commands.dedup import decide, dedup, features

ENGLISH = (
    "The city council voted on Tuesday to close the old harbour bridge to lorries for two years. Engineers had found "
    "cracks in three of its seven piers last autumn, and the repairs will cost 42 million. Residents of the north "
    "bank fear that traffic will move to their streets; the mayor promised them noise barriers and a night limit."
)
CHINESE = (
    "国务院新闻办公室星期三举行记者会，介绍今年前三季度的经济情况。发言人说，居民收入增长与经济增长基本同步，"
    "粮食产量再创新高，外贸进出口总额保持稳定。他还回答了关于就业、物价和房地产市场的提问，并表示下一步将继续"
    "推动消费，支持中小企业发展，让更多的人从改革中得到实惠。"
)
TRADITIONAL = (
    "國務院新聞辦公室星期三舉行記者會，介紹今年前三季度的經濟情況。發言人說，居民收入增長與經濟增長基本同步，"
    "糧食產量再創新高，外貿進出口總額保持穩定。他還回答了關於就業、物價和房地產市場的提問，並表示下一步將繼續"
    "推動消費，支持中小企業發展，讓更多的人從改革中得到實惠。"
)
OTHER = (
    "An Airbus of the national airline turned back over the sea on Friday after birds had struck both engines. All "
    "passengers left the aircraft unhurt; the airport was closed for an hour, and flights were sent to other towns."
)
OTHER_CHINESE = (
    "昨天下午，一场大雨使市中心多条道路积水，地铁二号线部分车站临时关闭。消防员用皮划艇转移了受困的学生和老人，"
    "气象部门提醒市民，今后两天还会有雷阵雨，请尽量减少外出，注意交通安全。"
)
BANNER = "Home > News > Local\nShare to: WeChat Weibo QQ\n"


def article(id_, text, **more):
    return {"id": id_, "text": text, **more}


def marks(articles, **options):
    return {out["id"]: (out["cluster"], out["relation"]) for out in dedup(articles, mark=True, **options)}


@pytest.mark.parametrize(
    "texts",
    [
        [ENGLISH, OTHER],
        [CHINESE, OTHER_CHINESE],
        [ENGLISH, CHINESE, OTHER + CHINESE],
        ["", "。", "  "],
        ["Good morning.", "Good evening."],
        ["今天天气很好。", "明天天气很好。"],
        ["第一条(a)", "第一条(b)"],
        ["成员：世界卫生组织(WHO)", "成员：世界卫生组织(UNO)"],
    ],
)
def test_different_articles_stay(texts):
    articles = [article(str(number), text) for number, text in enumerate(texts)]
    assert list(dedup(articles)) == articles


@pytest.mark.parametrize(
    ("text", "copy", "relation"),
    [
        (ENGLISH, ENGLISH, "exact"),
        (CHINESE, CHINESE, "exact"),
        ("", "", "exact"),
        (ENGLISH, ENGLISH.upper().replace(" ", "  "), "same"),
        ("Good morning.", "GOOD MORNING!", "same"),
        (CHINESE, TRADITIONAL, "same"),
        (TRADITIONAL, TRADITIONAL.replace("聞", "聞(wén)").replace("會", "會（huì）"), "same"),
        ("2024年在网站ABC", "２０２４年在網站ＡＢＣ", "same"),
        ("他看着我。", "他看著我。", "same"),
        (ENGLISH, BANNER + ENGLISH, "near"),
        (ENGLISH, ENGLISH.replace("lorries", "lories").replace("Tuesday", "Tueaday"), "near"),
        (CHINESE, "首页 > 新闻\n" + TRADITIONAL.replace("記者會", "記者"), "near"),
        (ENGLISH + CHINESE, ENGLISH + TRADITIONAL + " [Read more]", "near"),
    ],
)
def test_copies_are_found(text, copy, relation):
    others = [article("x", OTHER), article("y", OTHER_CHINESE)]
    found = marks([article("a", text), *others, article("b", copy)], keep="first")
    assert found == {"a": ("a", None), "b": ("a", relation), "x": ("x", None), "y": ("y", None)}


EDITED = {"edits": [{"stage": "clean", "changes": [[0, "Home", "", "banner", ""]]}]}
CONVERTED = {"edits": [{"stage": "convert", "changes": [[0, "國", "国", "script", ""]] * 3}]}
DATED = {"title": "Bridge", "published": "2024-05-07"}


@pytest.mark.parametrize(
    ("keep", "first", "second", "stays"),
    [
        ("best", {}, EDITED, 0),
        ("best", EDITED, {}, 1),
        ("best", CONVERTED, EDITED, 0),
        ("best", {}, DATED, 1),
        ("best", EDITED | DATED, {}, 1),
        ("best", {}, {"text": ENGLISH + " More to follow."}, 1),
        ("best", {"origin": {"path": "b"}}, {"origin": {"path": "a"}}, 1),
        ("longest", {}, EDITED | {"text": ENGLISH + " More to follow."}, 1),
        ("earliest", {"published": "2024-05-08"}, DATED, 1),
        ("earliest", {}, DATED, 1),
        ("latest", DATED, {"published": "2024-05-08"}, 1),
        ("latest", DATED, {}, 0),
        ("first", EDITED, DATED, 0),
    ],
)
def test_which_copy_stays(keep, first, second, stays):
    pair = [article("a", ENGLISH) | first, article("b", ENGLISH) | second]
    assert list(dedup(pair, keep=keep)) == [pair[stays]]
    if keep != "first":
        assert list(dedup(pair[::-1], keep=keep)) == [pair[stays]]


def test_a_copy_is_merged_into_its_survivor():
    pair = [article("a", CHINESE), article("b", TRADITIONAL)]
    decisions = list(decide([features(one) for one in pair]))
    merged = dedup.function(pair[1], decisions[1])
    assert merged == Dropped(pair[1], "same copy of a", into="a")


def test_marking_again_changes_nothing():
    once = list(dedup([article("a", CHINESE), article("b", TRADITIONAL)], mark=True))
    assert list(dedup(once, mark=True)) == once


def test_no_order_of_the_input_changes_the_result():
    texts = [ENGLISH, CHINESE, OTHER, OTHER_CHINESE, TRADITIONAL, BANNER + ENGLISH, ENGLISH[:300], ENGLISH]
    articles = [article(f"id{number % 7}", text, n=number) for number, text in enumerate(texts)]
    articles = [one | {"origin": {"path": f"{one['n']}.txt"}} for one in articles]
    expected = {one["n"]: one for one in dedup(articles, mark=True)}
    for seed in range(5):
        random.Random(seed).shuffle(articles)
        assert {one["n"]: one for one in dedup(articles, mark=True)} == expected


def test_a_form_filled_in_again_and_again_is_no_copy():
    def bulletin(day):
        number = random.Random(day)
        high, low, level, load = number.sample(range(100, 900), 4)
        return (
            f"成都气象台5月{day}日发布天气预报：最高气温{high}度，最低气温{low}度，水位{level}米，用电负荷{load}兆瓦。"
            "请广大市民出门携带雨具，早晚高峰时段注意交通安全。农户请加强田间管理，及时清沟排渍，防范病虫害的发生和蔓延。"
        )

    articles = [article(f"{day:02}", bulletin(day)) for day in range(1, 29)]
    assert list(dedup(articles)) == articles
