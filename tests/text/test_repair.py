"""What fix changes and, first, what it leaves alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corptool.rules import mojibake_tables
from corptool.text import characters, privateuse, repair, typography
from corptool.text.changes import apply


def repairs(text, **options):
    return repair.repairs(text, tables=mojibake_tables(), **options)


UNCHANGED = [
    "",
    "Plain English, with an & and a; 50% <b>AT&amp;T</b>.\n",
    "The “café”—naïve, Straße, über; 20 °C, £5, Ærø, São João, coöperate…\n",
    "共建“一带一路”：深化能源合作，推动绿色发展！（２０２３年）ＡＩ《报告》①㈱㎏\n",
    "共同探討科技引領「碳達峰、碳中和」,推動綠色發展;論壇在四川成都舉行。\n",
    "current location: home >\xa0News Center >\xa0Environmental News\n",
    "香港嘅街市喺朝早好熱鬧，啲人買餸。\n",
    "Tiếng Việt: Đường đến Hà Nội, Ã là chữ cái.\n",
    "Сергей сказал: «Привет»; Ελληνικά; 日本語のテキスト、한국어 문장.\n",
    "می‌خواهم बच्चा क्‍ष 👩‍🚀 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "ภาษา\u200bไทย שלום\u200f (abc)\n",
    "https://example.org/?a=1&copy=2&lt=3 &c; &notaname; &#xD800;\n",
    "Å\x81ukasz\n",  # what cannot be told is kept: it is a byte of something
    "aGVsbG8gd29ybGQ= def f(x): return x\t# 注释\n",
]
CHANGED = [
    ("甲\r\n乙\r丙\n", "甲\n乙\n丙\n"),
    ("one\r\n\r\ntwo\u2028three\n", "one\n\ntwo\nthree\n"),
    ("中\u200b文\ufeff\u00ad \x00pla\x08in\x7f", "中文 plain"),
    ("a\u202eb\u2066c", "abc"),
    ("&ldquo;一带一路&rdquo;&nbsp;&amp;amp;&#20013;&amp;#x56FD;", "“一带一路”\xa0&中国"),
    ("&lt;p&gt;", "<p>"),
    ("\x93green\x94 \x85", "“green” …"),
    ("cafe\u0301 \uac00\u11a8 \uf900", "café \uac01 豈"),
    ("ä¸€å¸¦ä¸€è·¯ and â€œquotesâ€\x9d", "一带一路 and “quotes”"),
    ("推动绿色发展".encode().decode("latin-1"), "推动绿色发展"),
    ("推動綠色發展".encode().decode("gb18030"), "推動綠色發展"),
    ("Resum\xc3\xa9, d\xc3\xa9j\xc3\xa0 vu", "Resumé, déjà vu"),
]


@pytest.mark.parametrize("text", UNCHANGED)
def test_unchanged(text):
    assert repairs(text) == []


@pytest.mark.parametrize(("text", "fixed"), CHANGED)
def test_changed(text, fixed):
    assert apply(text, repairs(text)) == fixed


@pytest.mark.parametrize(("text", "fixed"), CHANGED)
def test_every_family_can_be_left_out(text, fixed):
    off = dict.fromkeys(["encoding", "entities", "controls", "zero_width", "normal_form", "line_ends"], False)
    assert repairs(text, **off) == []


def test_what_is_not_special_no_family_changes():
    plain = [chr(code) for code in range(0x110000) if not repair.SPECIAL.match(chr(code))]
    assert len(plain) > 100_000
    text = "\n".join(plain) + "".join(plain)
    families = (characters.line_ends, characters.controls, characters.invisibles, characters.composed)
    assert not any(family(text) for family in (*families, typography.ligatures, privateuse.mapped))


@given(
    st.text(
        st.sampled_from("ab&;#12amplt\r\n\f\u200b\u200d\x85\x93\xc3\xa9\xe4\xb8\xad中文鎺ㄥ姩e\u0301<>"), max_size=40
    )
)
def test_a_second_run_changes_nothing(text):
    fixed = apply(text, repairs(text))
    assert repairs(fixed) == []
