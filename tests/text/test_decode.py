"""Bytes to text and back: which encoding, which bytes were damaged, and the very file again."""

import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corptool.rules import charset_tables
from corptool.text import decode as decoding
from corptool.text.decode import encode, read

CHINESE = "共建“一带一路”，深化能源合作：２０２３年发布《绿色发展报告》。"
TRADITIONAL = "共同探討科技引領「碳達峰、碳中和」，推動綠色發展。"
ENGLISH = "The café’s “green” forum – 100 €.\n"
MIXED = "The “Belt and Road” (一带一路) forum met in Chengdu.\r\n"
CODECS = (
    "utf-8",
    "utf-8-sig",
    "gb18030",
    "big5hkscs",
    "hz",
    "cp1252",
    "cp932",
    "cp949",
    "utf-16",
    "utf-16-be",
    "utf-32",
    "utf-7",
)


def decode(data, declared=None):
    return decoding.decode(data, declared, tables=charset_tables())


def rebuilt(decoded):
    return encode(decoded.text, decoded.encoding, decoded.damaged, decoded.patches)


@pytest.mark.parametrize("text", [CHINESE, MIXED, "", "plain\n"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_is_the_file_and_nothing_else(text, codec):
    decoded = decode(text.encode(codec))
    assert decoded.text == text
    assert decoded.damaged == []


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"", "utf-8"),
        (b"a plain line\r\n", "utf-8"),
        (CHINESE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + CHINESE.encode(), "utf-8-sig"),
        (CHINESE.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"), "utf-16"),
        (CHINESE.encode("utf-32"), "utf-32"),
        (CHINESE.encode("gb18030"), "gb18030"),
        (MIXED.encode("gbk"), "gb18030"),
        (TRADITIONAL.encode("big5"), "big5hkscs"),
        (CHINESE.encode("hz"), "hz"),
        (ENGLISH.encode("cp1252"), "cp1252"),
        (CHINESE.encode()[:30] + b"\xff" + CHINESE.encode()[30:], "utf-8"),
    ],
)
def test_encoding(data, encoding):
    decoded = decode(data)
    assert decoded.encoding == encoding
    assert decoded.text == data.decode(encoding, "replace")
    assert 0 <= decoded.confidence <= 1


@pytest.mark.parametrize(
    ("data", "encoding", "damaged"),
    [
        (b"ab\xff" + CHINESE.encode(), "utf-8", [[2, "ff"]]),
        (b"\xef\xbb\xbf\xe4\xb8" + CHINESE.encode(), "utf-8-sig", [[3, "e4b8"]]),
        (CHINESE.encode("gb18030")[:-1], "gb18030", [[62, "a1"]]),
        ("中�".encode() + b"\xff", "utf-8", [[6, "ff"]]),
        (b"\x81 caf\xe9", "cp1252", [[0, "81"]]),
        (b"\x00\xd8a\x00", "utf-16-le", [[0, "00d8"]]),
    ],
)
def test_damage_is_recorded(data, encoding, damaged):
    decoded = read(data, encoding)
    assert decoded.damaged == damaged
    assert decoded.text == data.decode(encoding, "replace")
    assert rebuilt(decoded) == data


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"~{<:Ky~}~{2;~}~~~\n", "hz"),  # two modes where one would do, and a swallowed line end
        (b"\x88\x62\xa1\xc3\xa2\xcc", "big5hkscs"),  # pairs that encode back to another pair
        (b"\xfe\xff\x00a\xd8\x00", "utf-16"),
        (b"\x00\x00\xfe\xff\x00\x00\x00a", "utf-32"),
        (b"+AGE-+2AA-", "utf-7"),
        (b"\xff\xfe\xff", "utf-16"),
        (b"", "utf-16"),
    ],
)
def test_bytes_that_the_codec_would_not_write(data, encoding):
    assert rebuilt(read(data, encoding)) == data


@example(b"\0\0\xc4\xd0\xdb\xe5")  # EUC-TW
@given(st.binary(max_size=80))
def test_any_bytes_come_back(data):
    assert rebuilt(decode(data)) == data


@given(st.binary(max_size=80), st.sampled_from(CODECS))
def test_any_bytes_come_back_from_any_encoding(data, codec):
    decoded = read(data, codec)
    assert rebuilt(decoded) == data


@st.composite
def damaged_chinese(draw):
    text = draw(st.text(st.sampled_from("一帶路带绿綠色發发展，。“”《》ＡＢab 1\r\n"), min_size=1, max_size=60))
    data = bytearray(text.encode(draw(st.sampled_from(["utf-8", "gb18030", "utf-16", "big5hkscs"])), "ignore"))
    for at in draw(st.lists(st.integers(0, len(data)), max_size=3)):
        data[at : at + draw(st.integers(0, 1))] = draw(st.sampled_from([b"", b"\xff", b"\x80", b"?"]))
    return bytes(data)


@given(damaged_chinese())
def test_damaged_chinese_comes_back(data):
    assert rebuilt(decode(data)) == data


@pytest.mark.parametrize(("text", "codec"), [("Привет, мир: московские новости. ", "cp1251"), (CHINESE, "gb18030")])
def test_text_behind_much_markup(text, codec):
    data = b"<td class='empty'></td>\n" * 12_000 + text.encode(codec) * 20
    assert decode(data).encoding == codec


def test_damage_far_into_a_large_file():
    data = CHINESE.encode("gb18030") * 500 + b"\xff" + CHINESE.encode("gb18030") * 500
    decoded = read(data, "gb18030")
    assert decoded.text == data.decode("gb18030", "replace")
    assert rebuilt(decoded) == data
