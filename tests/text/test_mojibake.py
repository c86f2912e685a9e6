"""Text decoded with the wrong encoding: what must stay, what comes back, what is known to fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corptool.rules import mojibake_tables
from corptool.text.changes import apply
from corptool.text.misread import SINGLE_BYTE, encoded, high_pairs
from corptool.text.mojibake import repaired
from corptool.text.spans import WORTH_READING

SIMPLIFIED = "推动绿色发展，论坛在成都举行。"
TRADITIONAL = "論壇在成都舉行，推動綠色發展。"
MIXED = "第5届“一带一路”论坛 (Belt and Road) 在北京举行"

NEGATIVE = [
    SIMPLIFIED,
    TRADITIONAL,
    MIXED,
    "The “café” – naïve, Straße, über; 20 °C, £5; São João, coöperate…",
    "UTF-8 的“中文”被当作 GBK 读取时会显示成“涓枃”，这就是乱码。",
    "Mojibake: “café” read as Latin-1 becomes “cafÃ©”, and “é” becomes “Ã©” — check the charset of your page.",
    "有人把 UTF-8 编码的“联通”存成 ANSI，再打开就成了乱码“��ͨ”。",
    "锟斤拷锟斤拷，烫烫烫烫，屯屯屯屯",
    "����һ��1957�꿼",
    "5L2g5aW977yM5LiW55WM 是 base64，not mojibake：aGVsbG8gd29ybGQ=",
    "阿阇黎〈梵文IAST：ācārya； Sanskrit：आचार्य〉，又译为阇梨、阿阇梨、阿奢梨",
    "鲈形目䲟科、鳍鱼纲鳗鲡目蚓鳗科，颌骨、锄骨和腭骨具绒毛状齿群",
    "周一士，  李二牛，     王　小　波；春　眠　不　觉　晓",
    "佢哋話嗰啲嘢唔係好平，咁樣點算啫？",
    "Tiếng Việt: Đường đến Hà Nội còn xa, ÀÁÂÃ là chữ cái.",
    "Fechas ÅÅÅÅ-MM-DD, HH:MM[:ss[.µµµµµµ]], «\xa0@\xa0», «\xa0.\xa0», «\xa0+\xa0»",
    "São Paulo diz “ATÉ AMANHÃ” e nada mais.",
    "SÃO PAULO, «\xa0IRMÃ\xa0», NESTLÉ®",
    "abcdefghijk áéýúíóþæðö ABCDEFGHIJK ÁÉÝÚÍÓÞÆÐÖ",
    "إذا·كان·الفراغ·العمودي·المتوفر··أكبر·من·الذي·يطلبه·الإبن،·فكم·سيستخدم·منه·للإبن.·0.0 يعني·لا·شيء·و·1.0·اً",
    "ا\u200cب\u200cج\u200cدرس\u200cص\u200cط\u200cع\u200cف\u200cق\u200cک\u200cل\u200cم\u200cن\u200cو\u200cه\u200d\u200cی",
    "Zażółć gęślą jaźń; Příliš žluťoučký kůň; Őrült tűzoltó",
    "Сергей сказал: «Привет, мир»; Київ — столиця України.",
    "世宗大学（谚文：세종대학교，朝鲜汉字：世宗大學校）创立于1940年",
    "이 포럼은 서울에서 열렸으며 이십 개국 대표가 참가했다.",
    "このフォーラムは東京で開催され、ｶﾀｶﾅ も混じる。",
    "print('\\xe4\\xb8\\xad'.encode('latin-1').decode())  # 中",
    "★★★限时优惠★★★ → ①②③ ※ ◎ ●",
]
CHAINS = [
    "utf-8>cp1252", "utf-8>cp437", "utf-8>mac_roman", "utf-8>cp1251", "gb18030>cp1252", "gb18030>cp1250",
    "gb18030>cp1251", "big5hkscs>cp1252", "gb18030>big5", "utf-8>cp1252>utf-8>cp1252", "gb18030>cp1252>utf-8>cp1252",
]  # fmt: skip
WILD = [
    ("×÷Õß£º ÀÏ²ÆÃÔ ÎäÂÔ×ôÆïÎ¾(´ÓÁùÆ·)", "作者： 老财迷 武略佐骑尉(从六品)"),
    ("ÖĞ¹Ø´åÔÚÏß°æÈ¨ËùÓĞ", "中关村在线版权所有"),
    ("Resum\xc3\xa9, d\xc3\xa9j\xc3\xa0 vu", "Resumé, déjà vu"),
    ("It\xe2\u20ac\u2122s \xe2\u20ac\u0153fine\xe2\u20ac\x9d", "It’s “fine”"),
    ("Ð\x9fÑ\x80Ð¸Ð²ÐµÑ\x82, Ð¼Ð¸Ñ\x80", "Привет, мир"),
    ("浣犲ソ锛屼笘鐣", None),
    ("I donâ€™t know", "I don’t know"),
    ("CafÃ©", "Café"),
    ("It costs Â£5 at 20Â°C in MÃ¼nchen", "It costs £5 at 20°C in München"),
    ("Ã‰cole, SÃ£o Paulo, naÃ¯ve, GarcÃ\xada, Ã–sterreich", "École, São Paulo, naïve, García, Österreich"),
    ("wait â€“ no, â‚¬100", "wait – no, €100"),
    ("donÃ¢â‚¬â„¢t", "don’t"),
]


def fixed(text):
    return apply(text, repaired(text, mojibake_tables()))


def sloppy(data, codec):
    """Bytes as a browser would read them: what a code page leaves undefined is a C1 control."""
    if codec not in ("cp1252", "cp1250", "cp1251"):
        return data.decode(codec)
    return "".join(bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in data)


def broken(text, chain):
    names = chain.split(">")
    for right, wrong in zip(names[::2], names[1::2], strict=True):
        text = sloppy(text.encode(right), wrong)
    return text


@pytest.mark.parametrize("text", NEGATIVE)
def test_stays(text):
    assert repaired(text, mojibake_tables()) == []


@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL, MIXED])
def test_comes_back(text, chain):
    if "big5" in chain:
        text = TRADITIONAL if chain.startswith("big5") else SIMPLIFIED
    assert fixed(broken(text, chain)) == text


@pytest.mark.parametrize("codec", ["gbk", "cp932", "cp949"])
def test_utf8_read_as_another_east_asian_encoding(codec):
    """Of the words of a sentence, those that such a decoder can read at all."""
    words = [
        "推动绿色发展合作",
        "论坛在成都举行",
        "共同探讨科技",
        "系列作品外传作品",
        "综合办公室教研办公室",
        "前肛鳗的图片",
    ]
    tried = 0
    for word in words:
        try:
            seen = word.encode().decode(codec)
        except UnicodeDecodeError:
            continue
        tried += 1
        assert fixed(seen) == word
    assert tried


@pytest.mark.parametrize(("seen", "text"), [pair for pair in WILD if pair[1]])
def test_in_the_wild(seen, text):
    assert fixed(seen) == text


def test_only_the_broken_span_is_touched():
    text = f"{TRADITIONAL}{broken(SIMPLIFIED, 'utf-8>cp1252')} café\n{SIMPLIFIED}"
    changes = repaired(text, mojibake_tables())
    assert apply(text, changes) == f"{TRADITIONAL}{SIMPLIFIED} café\n{SIMPLIFIED}"
    assert all(change.start >= len(TRADITIONAL) for change in changes)


def test_a_very_long_line():
    text = (SIMPLIFIED * 20 + " ok. ") * 20
    assert fixed(broken(text, "utf-8>cp1252")) == text


def test_a_short_line_is_believed_where_others_went_the_same_way():
    word = broken("首页", "gb18030>cp1252")
    text = "\n".join([broken(SIMPLIFIED, "gb18030>cp1252"), word])
    assert fixed(text) == f"{SIMPLIFIED}\n首页"


@given(st.text(st.sampled_from(SIMPLIFIED + TRADITIONAL + " ab1é“”鍥浗ä¸\xad"), max_size=30))
def test_repaired_text_stays(text):
    now = fixed(text)
    for _ in range(4):
        now = fixed(now)
    assert fixed(now) == now


@pytest.mark.xfail(reason="two characters alone are too little to overrule what is there")
@pytest.mark.parametrize("word", ["首页", "登录"])
def test_known_failures(word):
    assert fixed(broken(word, "gb18030>big5")) == word


@given(st.sampled_from(SINGLE_BYTE), st.text(st.sampled_from("aA0 \nãÃÂâ€™‘¡©\x81\x9dĂžРѓ┬╠√中。"), max_size=12))
def test_without_two_characters_beyond_ascii_no_bytes_are_worth_reading(wrong, line):
    if not high_pairs(wrong).search(line):
        for pieces, _ in encoded(line, wrong):
            assert not any(worth.search(b"".join(pieces)) for worth in WORTH_READING.values())
