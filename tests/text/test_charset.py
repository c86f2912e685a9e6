"""Which encoding: other languages first, as chardet has them; then Chinese, short, damaged, in markup, mislabelled."""

import pytest

from corptool.rules import charset_tables, euc_tw_chart
from corptool.text import euctw
from corptool.text.charset import declared_in, meaning
from corptool.text.decode import decode, detect

SIMPLIFIED = "中国在绿色发展领域取得新进展，论坛在成都举行。"
TRADITIONAL = "香港特區政府公布新的氣候行動藍圖，減少碳排放。"
PAGE = (
    '<!DOCTYPE html>\n<html><head>{meta}<title>{text}</title><link rel="stylesheet" href="/css/main.css"></head>'
    '<body class="page"><a href="/">Home</a> | <a href="/news">News</a> {text}</body></html>'
)
META = '<meta charset="{}">'

OTHERS = [
    ("Le café était fermé; l'été, la forêt brûlait déjà près de Nîmes.", "cp1252"),
    ("Für die Übung müssen größere Schlüssel verwendet werden.", "cp1252"),
    ("The café’s “green” forum – 100 € for each of the members that came to it.", "cp1252"),
    ("Zażółć gęślą jaźń; Łódź i Kraków są polskimi miastami, które znają wszyscy.", "cp1250"),
    ("Форум прошёл в Москве, в нём участвовали представители двадцати стран мира.", "cp1251"),
    ("Форум прошёл в Москве, в нём участвовали представители двадцати стран мира.", "koi8-r"),
    ("Το φόρουμ πραγματοποιήθηκε στην Αθήνα με συμμετοχή είκοσι χωρών.", "cp1253"),
    ("このフォーラムは東京で開催され、二十か国の代表が参加した。", "cp932"),
    ("このフォーラムは東京で開催され、二十か国の代表が参加した。", "euc_jp"),
    ("이 포럼은 서울에서 열렸으며 이십 개국 대표가 참가했다.", "cp949"),
]


def found(data, declared=None):
    return detect(data, declared, tables=charset_tables())[0]


@pytest.mark.parametrize(("text", "codec"), OTHERS)
def test_other_languages(text, codec):
    data = text.encode(codec)
    assert data.decode(found(data)) == text


@pytest.mark.parametrize("codec", ["gb18030", "big5hkscs", "utf-16-le", "utf-16-be", "utf-8", "hz"])
@pytest.mark.parametrize("length", [10, 16, len(SIMPLIFIED)])
def test_chinese_of_any_length(codec, length):
    text = (TRADITIONAL if codec.startswith("big5") else SIMPLIFIED)[:length]
    data = text.encode(codec)
    assert found(data) == codec
    assert decode(data, tables=charset_tables()).text == text


@pytest.mark.parametrize("meta", ["", META.format("gb2312"), META.format("iso-8859-1"), META.format("utf-8")])
@pytest.mark.parametrize(("text", "codec"), [(SIMPLIFIED[:6], "gb18030"), (TRADITIONAL[:6], "big5hkscs")])
def test_little_chinese_in_a_page(text, codec, meta):
    assert found(PAGE.format(meta=meta, text=text).encode(codec)) == codec


@pytest.mark.parametrize("damage", [b"\xff", b"\x81", b""])
@pytest.mark.parametrize("codec", ["gb18030", "big5hkscs", "utf-8"])
def test_one_bad_byte(codec, damage):
    data = (TRADITIONAL * 3 if codec.startswith("big5") else SIMPLIFIED * 3).encode(codec)
    middle = len(data) // 2
    assert found(data[:middle] + damage + data[middle + 1 :]) == codec


@pytest.mark.parametrize(("text", "codec"), [(SIMPLIFIED, "gb18030"), (TRADITIONAL, "big5hkscs")])
def test_cut_within_a_character(text, codec):
    data = text.encode(codec)
    assert found(data[1:]) == codec
    assert found(data[:-1]) == codec


def test_chinese_after_much_ascii():
    data = b"plain line of ASCII\n" * 15000 + SIMPLIFIED.encode("gb18030")
    assert found(data) == "gb18030"


def test_a_declaration_decides_only_what_is_open():
    assert found(SIMPLIFIED.encode("gb18030"), "big5") == "gb18030"


@pytest.mark.parametrize("tables", [charset_tables(), None])
def test_ascii_with_a_nul_is_ascii(tables):
    assert detect(b"a\0b abc def the council said.\n", tables=tables) == ("utf-8", 1.0)


def encoded_euc_tw(text):
    chart = euc_tw_chart()
    places = [divmod(chart.index(char), 94 * 94) for char in text]
    pairs = [bytes([0xA1 + place // 94, 0xA1 + place % 94]) for _, place in places]
    return b"".join(
        (b"" if plane == 0 else bytes([0x8E, 0xA1 + plane])) + pair
        for (plane, _), pair in zip(places, pairs, strict=True)
    )


def test_euc_tw():
    data = encoded_euc_tw(TRADITIONAL) + b"\xff abc"
    decoded = decode(data, tables=charset_tables())
    assert decoded.encoding == "euc_tw"
    assert decoded.text == TRADITIONAL + "\ufffd abc"
    assert decoded.damaged == [[len(data) - 5, "ff"]]
    assert euctw.decode(b"abc \xc4\xe3", euc_tw_chart()) == ("abc 中", [])


@pytest.mark.parametrize(
    ("label", "codec"), [("GB2312", "gb18030"), ("x-sjis", "cp932"), ("ISO-8859-1", "cp1252"), ("windows-874", "cp874")]
)
def test_labels_mean_what_they_mean_on_the_web(label, codec):
    assert meaning(label) == codec


@pytest.mark.parametrize(
    ("page", "label"),
    [
        (b"<p>charset=big5</p>", None),
        (b'<META http-equiv="Content-Type" content="text/html; charset=GB2312">', "GB2312"),
        (b"<?xml version='1.0' encoding='Big5'?>", "Big5"),
    ],
)
def test_what_a_page_declares(page, label):
    assert declared_in(page) == label
