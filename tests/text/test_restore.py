"""Text with lost bytes: restored only where hardly anything else is possible, and never said to be decoded."""

import pytest

from corptool.rules import charset_tables, mojibake_tables
from corptool.text.changes import apply
from corptool.text.decode import decode
from corptool.text.repair import repairs, unrepaired
from corptool.text.restore import bytes_fell_out, restored

TABLES = mojibake_tables()
UNCHANGED = [
    "推动绿色发展，论坛在成都举行吗?他说:是的?",
    "論壇在成都舉行，����",
    "Is this fine? Yes – it’s “fine”.",
    "����һ��1957�꿼�������д",
]
LOST = ["临床心理学家主要使用的理论包括。", "这些问题必须由政府解决。"]


@pytest.mark.parametrize("text", UNCHANGED)
def test_unchanged(text):
    assert restored(text, TABLES) == []


@pytest.mark.parametrize("text", LOST)
@pytest.mark.parametrize("hole", ["\ufffd", "?"])
def test_bytes_that_a_decoder_could_not_read(text, hole):
    seen = text.encode().decode("gbk", "replace").replace("\ufffd", hole)
    changes = restored(seen, TABLES)
    assert [change.kind for change in changes] in ([], ["restored"])
    assert apply(seen, restored(seen, TABLES, sure=0.5)) == text


@pytest.mark.parametrize(
    "text", ["大家讨论了解决问题的办法。", "他的工作得到了老师的支持和同学的帮助，这是最好的办法。"]
)
def test_shift_jis_that_is_not_the_one_of_windows(text):
    """It cannot read the byte 80, which that of Windows can: guessed by the latter, a full stop was another sign."""
    seen = text.encode().decode("shift_jis", "replace")
    assert apply(seen, restored(seen, TABLES)) == text


def test_no_break_spaces_that_became_spaces():
    text = "步堡和夏普都是中国的企业，他们的产品在我国很受欢迎。"
    seen = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())
    assert "\xa0" in seen
    assert apply(seen.replace("\xa0", " "), restored(seen.replace("\xa0", " "), TABLES)) == text


def test_a_byte_that_fell_out():
    text = "中国政府在会议上讨论经济发展问题。"
    seen = text.encode()[:16] + text.encode()[17:]
    seen = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in seen)
    assert apply(seen, restored(seen, TABLES)) == text


FELL_OUT = "中国政府在会议上讨论经济发展问题，代表们提出了意见。\nThe second line.\n"


@pytest.mark.parametrize("at", [12, 16, 29, 44, 47])
def test_a_byte_that_fell_out_of_a_file(at):
    data = FELL_OUT.encode()
    found = decode(data[:at] + data[at + 1 :], tables=charset_tables())
    changes = bytes_fell_out(found.text, found.damaged, TABLES)
    assert [change.kind for change in changes] in ([], ["restored"])
    assert apply(found.text, changes) in (found.text, FELL_OUT)


@pytest.mark.parametrize("byte", [b"\xff", b"\xe8", b" ", b"x", b"\xa0", b"\x80\xff"])
@pytest.mark.parametrize("replaced", [0, 1])
def test_bytes_that_were_not_lost_but_changed_or_added(byte, replaced):
    data = FELL_OUT.encode()
    for at in range(12, 30):
        found = decode(data[:at] + byte + data[at + replaced :], tables=charset_tables())
        assert bytes_fell_out(found.text, found.damaged, TABLES) == []


def test_closing_quotation_marks_that_lost_their_last_byte():
    seen = "He said â€œyesâ€ and â€œnoâ€, and itâ€™s â€“ hm â€ – fine."
    wanted = "He said “yes” and “no”, and it’s – hm â€ – fine."
    assert apply(seen, repairs(seen, tables=TABLES, restore=True)) == wanted
    assert "”" not in apply(seen, repairs(seen, tables=TABLES))


def test_only_on_demand():
    seen = LOST[0].encode().decode("gbk", "replace")
    assert "restored" not in [change.kind for change in repairs(seen, tables=TABLES)]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("clean 中文 é", {}),
        ("锟斤拷锟斤拷 烫烫烫烫 �� ï¿½", {"lost": 4}),
        ("\ue000 and \uf900", {"private-use": 1, "compatibility": 1}),
    ],
)
def test_what_is_beyond_repair_is_counted(text, left):
    assert unrepaired(text) == left
