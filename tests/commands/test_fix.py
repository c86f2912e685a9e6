"""The stage `fix`: what it records, and that its options reach the repairs."""

import pytest

from corptool.commands.fix import fix


def article(text):
    return {"id": "1", "text": text, "mine": 1}


@pytest.mark.parametrize(
    "text", ["", "共建“一带一路”：２０２３年\xa0（ＡＩ）\n", "A “plain” line.\n", "網站 and 网站\n"]
)
def test_clean_text_is_unchanged(text):
    assert fix(article(text))["text"] == text


def test_repaired_and_recorded():
    fixed = fix(article("共建\u200b\r\nå…±å»º &amp; more"))
    assert fixed["text"] == "共建\n共建 & more"
    assert fixed["mine"] == 1
    kinds = [change[3] for change in fixed["edits"][0]["changes"]]
    assert kinds == ["zero-width", "line-end", "mojibake", "entity"]


def test_an_option_leaves_a_family_out():
    assert fix(article("a\u200b&amp;\r\n"), zero_width=False, line_ends=False)["text"] == "a\u200b&\r\n"


@pytest.mark.parametrize("damaged", [[[1]], 5, [["a", "e9"]], [[1, "zz"]], "x", {"a": 1}])
def test_damage_that_read_does_not_note_is_refused(damaged):
    origin = {"encoding": "utf-8", "damaged": damaged}
    with pytest.raises(ValueError, match=r"`origin\.damaged` is .*'del\(\.origin\.damaged\)"):
        fix({"id": "1", "text": "讨论问\ufffd。", "origin": origin}, restore=True)
