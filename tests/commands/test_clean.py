"""`clean`: the seed pages exactly, and the options."""

import json
from pathlib import Path

import pytest

from corptool.commands.clean import clean

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
    "text", ["", "好。", "The cat sat on the mat.\n\nThe dog did not.", "A\nB\nC", "春眠不觉晓\n处处闻啼鸟"]
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


def test_own_rules(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(OWN_RULE, "utf-8")
    article = clean({"text": PAGE}, rules=(str(path),), only=("mine",))
    assert article["edits"][-1]["changes"][0][3:] == ["mine", "band"]
