"""`clean`: the seed pages exactly, and the options."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from corptool.cli import group
from corptool.commands.clean import clean
from corptool.commands.learn import learn
from corptool.formats.html import read_markup

ROOT = Path(__file__).parents[2]
SEEDS = [json.loads(line) for line in (ROOT / "tests/cases/seeds.jsonl").read_text("utf-8").splitlines()]
FIELDS = ("title", "published", "site", "author", "source")
META = ("published_relative", "published_other", "published_partial", "dateline", "categories", "contact")

PAGE = """Home > News > Local

A bridge for the river towns
2024-01-05 18:05

The bridge opened on Friday, and the two towns walked across it to the sound of a brass band.

Back to top
"""
OWN_RULE = """
[[rule]]
name = "band"
kind = "mine"
line = "the bridge .* band[.]"
why = "a test"
removes = []
keeps = []
"""


def removed(article, text):
    """What stood in the text at the recorded changes."""
    lines, shift = [], 0
    for at, old, new, *_ in article["edits"][-1]["changes"]:
        assert text[at + shift : at + shift + len(old)] == old
        shift += len(old) - len(new)
        lines.append(old.strip())
    return lines


@pytest.mark.parametrize("gold", SEEDS, ids=lambda gold: gold["file"])
def test_seed(gold):
    text = (ROOT / "samples" / gold["file"]).read_text("utf-8")
    article = clean({"id": "x", "text": text})
    assert article["text"] in (gold["clean_text"], gold.get("clean_text_repaired"))
    assert {name: article.get(name) for name in FIELDS} == {name: gold.get(name) for name in FIELDS}
    meta = article.get("meta", {})
    assert {name: meta.get(name) for name in META} == {name: gold.get(name) for name in META}
    lines = removed(article, text)
    assert [row["text"] for row in gold["removed"] if row["kind"] != "pinyin_gloss" and row["text"] not in lines] == []
    assert all(change[3] for change in article["edits"][-1]["changes"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "好。",
        "x",
        "Print",
        "返回頂部",
        "The cat sat on the mat.\n\nThe dog did not.",
        "A\nB\nC",
        "春眠不觉晓\n处处闻啼鸟",
    ],
)
def test_nothing_to_do_is_the_same_object(text):
    article = {"id": "x", "text": text}
    assert clean(article) is article


def test_keep_and_only():
    assert clean({"text": PAGE}, keep=("navigation",))["text"].endswith("brass band.\n\nBack to top")
    only = clean({"text": PAGE}, only=("navigation",))
    assert only["text"] == PAGE.replace("Back to top\n", "")
    assert set(only) == {"text", "edits"}


def test_only_gloss_strips_glosses_and_nothing_more():
    text = (ROOT / "samples/004_28a03b4ddda3cf2c.txt").read_text("utf-8")
    article = clean({"text": text}, only=("gloss",))
    assert {change[3] for change in article["edits"][-1]["changes"]} == {"gloss"}
    assert set(article) == {"text", "edits"}


def test_what_the_article_says_of_itself_stands():
    article = clean({"text": PAGE, "title": "Bridge", "published": None, "meta": {"categories": ["x"]}})
    assert (article["title"], article["published"]) == ("Bridge", "2024-01-05")
    assert article["meta"] == {"categories": ["x"], "published_time": "2024-01-05T18:05"}


ENGLISH = """The new bridge was closed for repairs on Monday, the council said, and buses will run instead until the summer.
Residents of the old town said they had not been told of the plan, and that its shops would lose most of their customers."""
CHINESE = """市政府星期一表示，河上的大桥将关闭维修直到夏天结束，期间将有公共汽车代替通行，请市民提前安排好出行时间。
老城区的居民说，他们事先没有得到通知，那里的商店将会因此失去大部分的顾客，生意会很难做下去。"""
UPDATES = """Updated March 5, 2024
Updated: March 5, 2024, 5:30 PM
Updated 5:30 PM EDT, Tue March 5, 2024
Updated 9:15 AM ET, March 5, 2024
Last updated on 5 March 2024
Updated 17:30 (GMT+8), 05 Mar 2024
Last modified: 2024-03-05
UPDATED: 05 Mar 2024, 10:20 IST
By Jane Doe, Updated March 5, 2024
更新时间：2024年3月5日
更新於 2024-03-05 09:00
最後更新：2024/03/05 10:20
最后修改时间 2024-03-05
2024-03-05 09:00 更新
2024-03-05 09:00 更新 来源：中央社
2024/03/05 10:20（更新）"""
BOTH = """Published March 4, 2024 | Updated March 5, 2024
Published March 4, 2024, updated 5:30 PM EDT March 5, 2024
发布：2024-03-04 更新：2024-03-05
2024-03-04 09:00 更新时间：2024-03-05 09:00
2024-03-04 发布 2024-03-05 更新"""


def page_with(line):
    return "\n".join(["Bridge closed", line, ENGLISH] if line.isascii() else ["大桥将关闭维修", line, CHINESE])


def dates_of(line, **origin):
    article = clean({"text": page_with(line), "origin": origin})
    assert line not in article["text"]
    meta = article.get("meta", {})
    return article.get("published"), meta.get("modified"), {key for key in meta if key.startswith("published")}


@pytest.mark.parametrize("line", UPDATES.splitlines())
def test_the_day_of_an_update_is_not_published(line):
    assert dates_of(line) == (None, "2024-03-05", set())


@pytest.mark.parametrize("line", BOTH.splitlines())
def test_both_days_are_lifted(line):
    assert dates_of(line)[:2] == ("2024-03-04", "2024-03-05")


@pytest.mark.parametrize("line", ["Updated 5 hours ago", "Updated 2 days ago", "更新時間：3天前"])
def test_an_update_some_time_ago_says_nothing_of_when_it_was_published(line):
    assert dates_of(line, fetched="2024-03-05") == (None, None, set())


def test_a_byline_is_a_dateline_too():
    line = "2024-10-31 09:12 聯合報／ 記者王小明／台北即時報導"
    article = clean({"text": page_with(line)})
    assert (article["published"], article["author"], article["source"]) == ("2024-10-31", "王小明", "聯合報")
    assert article["meta"]["dateline"]["place"] == "台北"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[site]]\nname = 'x'\n", "a [[site]] needs `name` and `lines`, a list of lines"),
        ("[[rule]]\nname = 'x'\n", "rule x: 'line' is missing"),
    ],
)
def test_broken_rules_are_told_before_anything_is_read(tmp_path, text, why):
    path = tmp_path / "bad.toml"
    path.write_text(text, "utf-8")
    done = CliRunner().invoke(group, ["clean", "--rules", str(path), str(tmp_path / "not-there.txt")])
    assert (done.exit_code, f"{path}: {why}" in done.stderr, "not-there" in done.stderr) == (2, True, False)


def test_own_rules(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(OWN_RULE.encode())
    article = clean({"text": PAGE}, rules=(str(path),), only=("mine",))
    assert article["edits"][-1]["changes"][0][3:] == ["mine", "band"]
    assert article["edits"][-1]["options"]["rules"] == [f"{path} a5538399"]
    assert clean(article, rules=(str(path),), only=("mine",)) is article
    path.write_bytes(OWN_RULE.encode() + b"# changed")  # then the edits do not say that it was cleaned with these rules
    assert clean({"text": PAGE}, rules=(str(path),), only=("mine",))["edits"] != article["edits"]


NAVIGATION = "Alpha Beta Gamma Delta\nSubscribe now, {0} readers do\n"
STORIES = [
    "The miller of Aldbourne opened his doors on Monday, and the queue went round the pond.",
    "A heron was seen on the weir for the third week, which the club calls a record.",
    "在村口的老樹下，鄰居們說起了去年的洪水，也說起今年新修的堤。",
    "Rain stopped the fair at noon; by three the band was playing again under the bridge.",
]


DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "market day", "the last day"]
SPEAKERS = [
    "the miller",
    "a farmer",
    "the vicar",
    "the smith",
    "a widow",
    "the clerk",
    "two boys",
    "a judge",
    "the band",
]
PARTS = ["arches", "tolls", "lamps", "history", "neighbours", "cost", "floods", "builders", "future"]


def site_pages():
    return [
        {"id": str(n), "url": f"https://a.example/{n}", "text": NAVIGATION.format(n + 7) + "\n" + story}
        for n, story in enumerate(STORIES)
    ]


def test_by_site_removes_what_the_pages_share():
    cleaned = list(clean(site_pages(), by="site"))
    assert [article["text"] for article in cleaned] == STORIES
    kinds = [change[3:] for change in cleaned[0]["edits"][-1]["changes"]]
    assert ["repeated", "site"] in kinds


def test_by_site_keeps_copies_of_an_article():
    pages = [{"id": str(n), "url": "https://a.example/", "text": STORIES[0] + "\n" + STORIES[1]} for n in range(3)]
    assert [article["text"] for article in clean(pages, by="site")] == [page["text"] for page in pages]


def test_by_site_keeps_an_article_that_goes_on_below_a_box_of_links():
    box = "\n".join(f"{name} of the county" for name in "Maps Roads Schools Ferries Fairs Weirs Mills Walks".split())
    villages = ["Aldbourne", "Bishopstone", "Chiseldon", "Draycot", "Easton", "Froxfield"]
    articles = [
        [
            f"The council of {village} met on {day} to hear what {who} had to say about the bridge and its {part}."
            for day, who, part in zip(DAYS, SPEAKERS, PARTS, strict=True)
        ]
        for village in villages
    ]
    pages = [
        {"id": str(n), "url": f"https://a.example/{n}", "text": "\n".join([*article[:5], box, *article[5:]])}
        for n, article in enumerate(articles)
    ]
    assert [page["text"].split("\n") for page in clean(pages, by="site")] == articles


def test_learned_rules_do_what_by_site_does(tmp_path):
    path = tmp_path / "sites.toml"
    path.write_bytes(b"".join(learn(site_pages())))
    assert "subscribe now, 0 readers do" in path.read_text("utf-8")
    cleaned = [clean(page, rules=(str(path),)) for page in site_pages()]
    assert [article["text"] for article in cleaned] == STORIES
    elsewhere = site_pages()[0] | {"url": "https://b.example/"}
    changes = clean(elsewhere, rules=(str(path),))["edits"][-1]["changes"]
    assert "repeated" not in {change[3] for change in changes}


def test_strip_dateline():
    text = "新華社北京6月13日電 (記者王明)今天上午，第二屆大會在北京舉行，來自各地的代表出席了會議。"
    assert clean({"text": text})["text"] == text
    stripped = clean({"text": text}, strip_dateline=True)
    assert stripped["text"] == "今天上午，第二屆大會在北京舉行，來自各地的代表出席了會議。"
    assert stripped["meta"]["dateline"]["place"] == "北京"


def test_relative_dates_are_resolved_only_where_the_fetch_is_known():
    text = PAGE.replace("2024-01-05 18:05", "Published 3 days ago")
    assert clean({"text": text}).get("published") is None
    fetched = clean({"text": text, "origin": {"fetched": "2024-01-08"}})
    assert fetched["published"] == "2024-01-05"
    assert fetched["meta"]["published_relative"] == "3 days ago"


def test_explain_shows_the_page_with_reasons(capsys):
    assert clean({"text": PAGE}, explain=True, warn_above=0.1) == clean({"text": PAGE})
    shown = capsys.readouterr().err
    assert "navigation back-to-top   - " in shown
    assert "| The bridge opened on Friday" in shown


def test_a_page_that_goes_nearly_whole_is_warned_of(caplog):
    clean({"text": PAGE, "id": "x"}, warn_above=0.3)
    assert "clean: x: " in caplog.text


def test_captions_are_lifted_from_markup_and_from_words():
    body = "".join(f"<p>{story}</p>" for story in STORIES)
    page = f"<title>新橋</title><h1>新橋</h1><figure><figcaption>Brass on the bridge</figcaption></figure>{body}"
    text = "\n".join(["新橋", "圖為新橋。", *STORIES, "Back to top", "(AP Photo/Jo Doe)", "Back to top"])
    assert clean(read_markup(page))["meta"]["captions"] == ["Brass on the bridge"]
    assert clean({"text": text})["meta"]["captions"] == ["圖為新橋。"]


@pytest.mark.parametrize(
    ("tail", "lines"),
    [
        ("<ul><li>Length: 120 metres<li>Piers: eleven</ul>", ["Length: 120 metres", "Piers: eleven"]),
        ("<table><tr><th>項目<th>數值<tr><td>長度<td>120米</table>", ["項目\t數值", "長度\t120米"]),
        ("<pre>make bridge\n  make test</pre>", ["make bridge", "  make test"]),
        ("<blockquote>橋是諾言。</blockquote>", ["橋是諾言。"]),
        ("<h2>What it cost</h2><p>Four million, the county says, and not a penny more.</p>", ["What it cost"]),
        ("<ul><li><a href=/1>Ferry fares</a><li><a href=/2>Flood wall</a></ul>", []),
    ],
)
def test_what_stands_at_the_end_of_an_article_survives(tail, lines):
    body = "".join(f"<p>{story}</p>" for story in STORIES)
    footer = "<footer>Copyright 2024 Harbour Post. All rights reserved.</footer>"
    text = clean(read_markup(f"<title>新橋</title><nav><a href=/>Home</a></nav><h1>新橋</h1>{body}{tail}{footer}"))[
        "text"
    ]
    assert text.split("\n")[len(STORIES) :][: len(lines) or None] == lines


@pytest.mark.parametrize(
    "hint", [1, None, "pqr", ["p"], ["p", "x", "a"], [["p"], 0.1, "a"], ["p", 0.1, None], ["p", 0, "", 1]]
)
def test_hints_that_somebody_else_wrote_are_named(hint):
    with pytest.raises(ValueError, match=r"item 1 of its `hints` is .*jq 'del\(\.hints\)'"):
        clean({"text": "One line of a page.\nAnother line of it.", "hints": [["p", 0.1, "story"], hint]})
