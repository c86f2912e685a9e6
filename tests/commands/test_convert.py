import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corptool import dictionaries, edits, rules
from corptool.article import dumps
from corptool.catalogue import inverse_of
from corptool.commands.convert import convert
from corptool.text.language import script
from corptool.text.script.routes import TARGETS
from tests.conftest import corptool

SAMPLES = Path(__file__).parents[2] / "samples"
ARTICLE = {"id": "1", "title": "简体标题", "text": "里面的头发吹干了，发现软件有问题。See the README.", "x": 1}
TRADITIONAL = "這裡面的頭髮吹乾了，著名的作家說著話。"


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", {"to": "tw"}),
        ("Only English, 2025.", {"to": "tw"}),
        ("中文", {"to": "tw"}),  # right in both scripts: who knows
        ("里面", {"to": "tw"}),
        (TRADITIONAL, {"to": "tw"}),
        (TRADITIONAL, {"to": "hk"}),
        ("里面的头发", {"to": "s"}),
        ("運算子", {"to": "twp"}),  # OpenCC's s2twp would go on: 運運算元
        ("広島県と東大。\n国会議事堂、学校", {"to": "jp"}),
        # what is left alone has no say
        ("運算子 `国语这说时`", {"to": "twp"}),
        ("運算子說 https://a.cn/国语这说时间", {"to": "twp"}),
        ("這個運算子，用 `变量`", {"to": "twp"}),
        ("這個運算子\n```\n国语这说时间\n```\n", {"to": "twp"}),
        ("后来 `運算符後來說`", {"to": "s"}),
        ("東京の駅で会いましょう。国立大学です。", {"to": "tw"}),
        ("안녕하세요. 国立 서울에서 왔습니다.", {"to": "tw"}),
    ],
)
def test_unchanged(text, options):
    article = {"text": text}
    assert convert(article, **options) is article


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"to": "t"}, "裏面的頭髮吹乾了，發現軟件有問題。See the README."),
        ({"to": "tw"}, "裡面的頭髮吹乾了，發現軟件有問題。See the README."),
        ({"to": "twp"}, "裡面的頭髮吹乾了，發現軟體有問題。See the README."),
        ({"to": "hk"}, "裏面的頭髮吹乾了，發現軟件有問題。See the README."),
        ({"config": "s2t"}, "裏面的頭髮吹乾了，發現軟件有問題。See the README."),
        ({"config": "s2t", "tables": "opencc-1.1.6"}, "裏面的頭髮吹乾了，發現軟件有問題。See the README."),
        ({"config": "t2s"}, ARTICLE["text"]),
    ],
)
def test_convert(options, expected):
    assert convert(ARTICLE, **options)["text"] == expected


@pytest.mark.parametrize(
    ("options", "text", "expected"),
    [
        ({}, TRADITIONAL, "这里面的头发吹干了，著名的作家说着话。"),
        ({"source": "t"}, TRADITIONAL, "这里面的头发吹干了，著名的作家说著话。"),
        ({"source": "twp"}, "這個軟體", "这个软件"),
        ({"to": "hk", "source": "tw"}, "這裡", "這裏"),
        ({"to": "jp"}, "廣島縣的圖書館", "広島県的図書館"),
        ({"to": "jp"}, "广岛县的图书馆", "広島県的図書館"),
        ({"to": "jp"}, "广岛县的图书馆與東大", "広島県的図書館与東大"),
        ({"to": "jp"}, "這裏的里程\n这里的图书馆", "這裏的里程\n這裏的図書館"),
        # passages in other languages, addresses and code
        ({"to": "tw"}, "他说「学校へ行きます」后走了。", "他說「学校へ行きます」後走了。"),
        ({"to": "tw"}, "国语。日本語の国語です。国语。", "國語。日本語の国語です。國語。"),
        # lines that are in the target script
        (
            {"to": "tw"},
            "后来这里发生了什么，谁都说不清楚。\n皇后說的話",
            "後來這裡發生了什麼，誰都說不清楚。\n皇后說的話",
        ),
        ({"to": "s"}, "這裡說著話，頭髮乾了。\n著者这样说", "这里说着话，头发干了。\n著者这样说"),
        ({"to": "tw"}, f"{TRADITIONAL * 3}\n这里说\n后面", f"{TRADITIONAL * 3}\n這裡說\n后面"),
        # quotation marks
        ({"to": "tw", "punctuation": True}, "他說“這裡”", "他說「這裡」"),
        ({"to": "s", "punctuation": True}, "他说「这里」", "他说“这里”"),
        ({"to": "tw", "punctuation": True}, "這裡說“著”\n这里说“着”", "這裡說「著」\n這裡說「著」"),
        ({"to": "tw", "punctuation": True}, "他说`“x”`“国”", "他說`“x”`「國」"),
        ({"to": "tw", "punctuation": True}, "他说“那是‘什么’”。It’s “fine”.", "他說「那是『什麼』」。It’s 「fine」."),
        ({"punctuation": True}, "他說「那是『什麼』」。", "他说“那是‘什么’”。"),
        ({"to": "tw"}, "他说“那是‘什么’”。", "他說“那是‘什麼’”。"),
    ],
)
def test_what_is_left_alone(options, text, expected):
    assert convert({"text": text}, **options)["text"] == expected


def test_code_and_addresses_stay():
    text = "国语 https://a.cn/国语 `国语` <b 国语> 国语"
    assert convert({"text": text}, to="tw")["text"] == "國語 https://a.cn/国语 `国语` <b 国语> 國語"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("这里网址https://a.cn/国语发现", "https://a.cn/国语发现"),
        ("这里网址https://a.cn/国语_发现.html，国语", "https://a.cn/国语_发现.html"),
        ("这里https://a.cn/?q=国语&b=1 国语", "https://a.cn/?q=国语&b=1"),
        ("这里网址：https://a.cn/x后来这里的软件发现问题", "https://a.cn/x"),
        ("他说“https://a.cn/x”后来这里说", "https://a.cn/x"),
        ("这里www.a.cn后来", "www.a.cn"),
        ("邮箱a@b.com这里的头发干了，", "a@b.com"),
        ("这里@abc_1说", "@abc_1"),
        ("这里@说", "@"),
    ],
)
def test_where_addresses_begin_and_end(text, kept):
    before, _, after = text.partition(kept)
    engine = dictionaries.engine("s2tw")
    expected = engine.convert(before) + kept + engine.convert(after)
    assert convert({"text": text}, to="tw")["text"] == expected


@pytest.fixture
def words(tmp_path):
    def write(text):
        path = tmp_path / "words.txt"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_protect(words):
    text = "王汎森和范晓萱的头发"
    plain = convert({"text": text}, to="tw")["text"]
    protected = convert({"text": text}, to="tw", protect=words("# names\n范晓萱\n\n头发\n"))["text"]
    assert (plain, protected) == ("王汎森和范曉萱的頭髮", "王汎森和范晓萱的头发")


def test_a_protected_name_has_no_say(words):
    names = words("范晓萱\n")
    once = convert({"text": "范晓萱的运算符"}, to="twp", protect=names)["text"]
    assert once == "范晓萱的運算子"
    assert convert({"text": once}, to="twp", protect=names)["text"] == once


def test_terms_overrule(words):
    text = "这个软件的后面"
    assert convert({"text": text}, to="tw", terms=words("软件\t軟體\n"))["text"] == "這個軟體的後面"
    assert convert({"text": text}, config="s2t", terms=words("软件\t軟體\n"))["text"] == "這個軟體的後面"


def test_terms_and_quotation_marks(words):
    text = "王后云说“内存是只读的”。"
    options = {"to": "tw", "punctuation": True, "terms": words("内存\t記憶體\n只读\t唯讀\n")}
    assert convert({"text": text}, **options)["text"] == "王后雲說「記憶體是唯讀的」。"


def test_names_stay_on_the_way_to_simplified(words):
    text = "王汎森說的汎神論"
    assert convert({"text": text}, to="s", protect=words("王汎森\n"))["text"] == "王汎森说的泛神论"


def test_a_term_without_target_is_an_error(words):
    path = words("软件\t\n")
    with pytest.raises(ValueError, match=r"words.txt:1: expected `source<tab>target`"):
        convert.function({"text": "这个"}, to="tw", terms=path)


def test_only_certain():
    text = "头发 发，皇后 后。这里"
    assert convert({"text": text}, to="tw", only_certain=True)["text"] == "頭髮 发，皇后 后。這裡"


def test_audit_puts_what_nothing_decided_first():
    audit = convert({"text": "头发 发"}, to="tw", audit=True)["audit"]
    assert audit == [[3, "发", "發", ("發", "髮"), ""], [1, "发", "髮", ("發", "髮"), "头发"]]


def test_the_title_goes_along_and_the_tables_are_stamped():
    article = convert(ARTICLE, to="t")
    assert article["title"] == "簡體標題"
    assert article["meta"] == {"converted": "s2t opencc-1.4.2"}
    assert list(article) == ["id", "title", "text", "x", "meta", "edits"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王汎森", "王汎森"),
        ("一只猫，只有一只", "一隻貓，只有一隻"),
        ("公里，这里，里程", "公里，這裡，里程"),
        ("皇后在后面", "皇后在後面"),
        ("干燥的饼干，能干的干部，若干", "乾燥的餅乾，能幹的幹部，若干"),
        ("发展头发，理发", "發展頭髮，理髮"),
        ("面粉和面孔", "麵粉和麵孔"),  # wrong: 和面 is a word; --protect 面孔 or --terms
        ("是只读的", "是隻讀的"),  # wrong: 是只 counts cats; --terms 只读<tab>唯讀
    ],
)
def test_known_names_and_one_to_many_characters(text, expected):
    assert dictionaries.engine("s2tw").convert(text) == expected


@pytest.mark.parametrize("options", [{"to": target} for target in TARGETS], ids=TARGETS)
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("golden/*.golden")), ids=lambda path: path.stem)
def test_on_the_samples(path, options):
    text = json.loads(path.read_text(encoding="utf-8"))["text"]
    once = convert({"text": text}, **options)
    assert convert({"text": once["text"]}, **options)["text"] == once["text"]
    assert edits.undo_all(once, inverse_of) == {"text": text}


@pytest.mark.parametrize(
    "options", [{"to": "twp"}, {"config": "s2hk"}, {"to": "jp"}, {"config": "s2twp", "tables": "opencc-1.1.6"}]
)
def test_undo(options):
    assert edits.undo_all(convert(ARTICLE, **options), inverse_of) == ARTICLE


@pytest.mark.parametrize(
    ("text", "to"), [("他说“‘这里’”，后来“那里”。" * 20, "tw"), ("他說「『這裡』」，後來「那裡」。" * 20, "s")]
)
def test_quotation_marks_are_given_back_by_the_inverse(text, to):
    article = convert({"text": text}, to=to, punctuation=True)
    assert edits.undo_all(article, inverse_of) == {"text": text}
    plain = convert({"text": text}, to=to)
    assert len(dumps(article["edits"])) < len(dumps(plain["edits"])) + 50


def test_edits_are_small():
    text = "\n".join(
        line.split("\t")[1]
        for line in (Path(__file__).parents[1] / "cases" / "opencc.tsv").read_text(encoding="utf-8").splitlines()
        if line.startswith("s2tw")
    )
    article = convert({"text": text * 4}, to="tw")
    assert len(dumps(article["edits"])) < 0.12 * len(text.encode() * 4)  # hard cases; of plain text 1 to 4 %


def test_a_chinese_tag_goes_along():
    assert convert(ARTICLE | {"lang": "zh-Hans"}, to="twp")["lang"] == "zh-Hant-TW"
    assert convert(ARTICLE | {"lang": "zh"}, config="s2t")["lang"] == "zh-Hant"
    assert convert({"text": TRADITIONAL, "lang": "zh-Hant"}, to="s")["lang"] == "zh-Hans"
    assert convert(ARTICLE | {"lang": "en"}, to="tw")["lang"] == "en"


def test_undo_refuses_what_other_tables_gave():
    article = convert(ARTICLE, to="tw")
    article["edits"][0]["inverse"]["configs"] = ["t2jp"]
    with pytest.raises(ValueError, match="does not give back"):
        edits.undo_all(article, inverse_of)


PIECES = st.sampled_from(
    [
        *"国國语語发發髮后後里裡裏干乾幹只隻说說与與広駅の，。“”「」\n `x",
        "运算符",
        "運算子",
        "头发",
        "图书馆",
        "软件",
        "學校",
        "皇后",
        "`变量`",
    ]
)


@pytest.mark.parametrize("to", TARGETS)
@given(text=st.lists(PIECES, max_size=30).map("".join), punctuation=st.booleans())
def test_again_changes_nothing(text, punctuation, to):
    once = convert({"text": text}, to=to, punctuation=punctuation)
    assert convert({"text": once["text"]}, to=to, punctuation=punctuation)["text"] == once["text"]


def test_twice_is_once():
    article = convert(ARTICLE, to="twp")
    assert convert(article, to="twp") is article
    assert script(article["text"], rules.script_tables()) == "t"


@pytest.mark.parametrize("options", [["--to", "s", "--config", "s2t"], ["--config", "s2t", "--to", "tw"]])
def test_a_target_and_a_configuration_exclude_each_other(options):
    done = corptool("convert", *options, given=b"")
    assert (done.code, done.out) == (2, b"")
    assert "give either it or --to" in done.err
    with pytest.raises(ValueError, match="either config or to"):
        convert({"text": "网"}, to="s", config="s2t")
