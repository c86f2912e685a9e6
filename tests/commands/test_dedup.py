"""dedup: what is a copy, what is not, and which copy stays."""

import json
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


def pages(number=12):
    """Articles that have nothing in common, English and Chinese by turns."""
    words = "harbour council engine wheat museum border copper valley senate tunnel reactor orchard".split()
    signs = "港议机麦馆界铜谷院隧堆园山水风雨雷电春秋"
    texts = []
    for seed in range(number):
        draw = random.Random(seed)
        one = " ".join(draw.choice(words) + str(draw.randrange(100, 999)) for _ in range(80))
        other = "，".join("".join(draw.choice(signs) for _ in range(9)) for _ in range(30))
        texts.append(other if seed % 2 else one)
    return texts


def test_pages_full_of_boilerplate_stay_apart():
    notice = "Notice: the content above was uploaded by a user and the platform only provides storage. " * 4
    own = [text[:150] for text in pages(12)]
    articles = [article(f"{number:02}", f"{notice}\n{text}\n{notice}") for number, text in enumerate(own)]
    assert list(dedup(articles)) == articles


def test_an_article_printed_a_hundred_times_is_one():
    text = pages(1)[0]
    words = text.split()
    copies = []
    for number in range(100):
        draw = random.Random(number)
        some = [word for word in words if draw.random() > 0.01]
        copies.append(article(f"c{number:03}", " ".join(some)))
    others = [article(f"x{number}", other) for number, other in enumerate(pages(60)[1:])]
    found = marks(copies + others)
    assert {found[one["id"]][0] for one in copies} == {"c000"}
    assert all(found[one["id"]] == (one["id"], None) for one in others)


def test_forms_that_occur_only_a_few_times_stay_apart():
    bulletin = (
        "{city}气象台{day}日6时发布天气预报：最高气温{high}摄氏度，最低气温{low}摄氏度，相对湿度百分之{wet}，"
        "水位{level}米，用电负荷{load}兆瓦。请广大市民出门携带雨具，早晚高峰时段注意交通安全，农户请加强田间管理。"
    )
    one = bulletin.format(city="成都", day=3, high=31, low=19, wet=64, level=152, load=4417)
    two = bulletin.format(city="成都", day=4, high=28, low=17, wet=71, level=149, load=3962)
    others = [article(f"x{number}", text) for number, text in enumerate(pages(8))]
    found = marks([article("a", one), article("b", two), *others])
    assert (found["a"], found["b"]) == (("a", None), ("b", None))


def test_related_articles_are_told_and_not_removed():
    whole = "\n".join(pages(6)[::2])
    part = pages(6)[2]
    articles = [article("whole", whole), article("part", part), article("x", OTHER_CHINESE)]
    marked = {one["id"]: one for one in dedup(articles, mark=True)}
    assert marked["part"]["related"] == [{"relation": "contained", "id": "whole"}]
    assert marked["whole"]["related"] == [{"relation": "contains", "id": "part"}]
    assert [one["id"] for one in dedup(articles)] == ["whole", "part", "x"]
    assert [one["id"] for one in dedup(articles, relations="exact,contained")] == ["whole", "x"]


@pytest.mark.parametrize(
    ("relations", "stay"),
    [("exact", ["a", "s", "n"]), ("exact,same", ["a", "n"]), ("exact,same,near", ["a"])],
)
def test_relations_choose_what_is_removed(relations, stay):
    articles = [article("a", CHINESE), article("e", CHINESE), article("s", TRADITIONAL), article("n", BANNER + CHINESE)]
    assert [one["id"] for one in dedup(articles, relations=relations, keep="first")] == stay


@pytest.mark.parametrize(
    "more",
    [
        {"origin": "elsewhere"},
        {"origin": {"path": 1, "offset": "x"}},
        {"origin": {"offset": 1 << 70}},
        {"edits": {"a": 1}},
        {"edits": [None, {"changes": 3, "kinds": 4}]},
        {"id": 7, "published": 2024, "source": ["新华社"], "title": {}},
    ],
)
def test_keys_of_other_people_may_hold_anything(more):
    articles = [article("a", ENGLISH) | more, article("b", CHINESE), article("c", OTHER) | more]
    assert len(list(dedup(articles, merge=True))) == 3


def test_source_is_preferred():
    pair = [article("a", ENGLISH, source="AFP"), article("b", ENGLISH, source="新华社"), article("c", ENGLISH)]
    assert [one["id"] for one in dedup(pair, keep="source:新华社,AFP")] == ["b"]
    assert [one["id"] for one in dedup(pair, keep="source:Reuters,AFP")] == ["a"]


def test_what_copies_knew_is_merged():
    pair = [article("a", CHINESE, title="记者会"), article("b", TRADITIONAL, url="https://b.example/1")]
    (survivor,) = dedup(pair, merge=True)
    assert survivor["meta"] == {"copies": [{"id": "b", "url": "https://b.example/1"}]}


def test_why(tmp_path):
    path = tmp_path / "why.jsonl"
    list(dedup([article("a", TRADITIONAL), article("b", TRADITIONAL + "記者李明報導。")], why=str(path)))
    (row,) = map(json.loads, path.read_text("utf-8").splitlines())
    assert (row["id"], row["survivor"], row["relation"]) == ("a", "b", "near")
    assert row["containment"] == 1
    assert 0.8 < row["resemblance"] < 1
    assert row["difference"] == [{"removed": "", "survivor": "記者李明報導。"}]


def test_pairs():
    articles = [article("a", CHINESE), article("b", TRADITIONAL), article("c", BANNER + CHINESE), article("d", OTHER)]
    rows = [json.loads(line) for line in b"".join(dedup(articles, pairs=True)).splitlines()]
    assert [(row["a"], row["b"], row["relation"]) for row in rows] == [("a", "b", "same"), ("a", "c", "near")]


def test_what_does_not_fit_in_memory_gives_the_same():
    articles = [article(f"{number:02}", text) for number, text in enumerate(pages(40) * 2)]
    expected = list(dedup(articles, mark=True))
    for memory in ("1K", "100K"):
        got = list(dedup(articles, mark=True, memory=memory))
        assert [(one["cluster"], one["relation"]) for one in got] == [
            (one["cluster"], one["relation"]) for one in expected
        ]


def test_lines_that_are_everywhere_and_lines_that_come_again():
    texts = [f"分享到：微信 微博\n{text}\nBack to top" for text in pages(6)]
    texts[0] += "\n" + pages(1)[0]
    out = list(dedup([article(str(number), text) for number, text in enumerate(texts)], unit="line"))
    assert [one["text"].strip() for one in out] == pages(6)
    assert [change[3:] for change in out[0]["edits"][0]["changes"]] == [
        ["repeated-line", "corpus"],
        ["repeated-line", "corpus"],
        ["repeated-line", "article"],
    ]


def test_paragraphs_of_poems_and_tables_stay():
    texts = ["谁知盘中餐\n粒粒皆辛苦\n谁知盘中餐", "是\n是\n否\n是", "Yes\nNo\nYes"]
    articles = [article(str(number), text) for number, text in enumerate(texts)]
    assert list(dedup(articles, unit="line")) == articles
    assert list(dedup(articles, unit="paragraph")) == articles
