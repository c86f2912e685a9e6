"""What is exported in full is read back as it was, key by key."""

import importlib.util
import io
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corptool.formats import load

PARQUET = pytest.param(
    "parquet", marks=pytest.mark.skipif(not importlib.util.find_spec("pyarrow"), reason="needs corptool[parquet]")
)
NAMES = ["csv", "json", "md", PARQUET]
TRICKY = [
    {"text": "The tags are strings.", "tags": ["y", "no", "null", "1.0", "True"]},
    {"text": "Long numbers", "n": 12345678901234567890, "m": -98765432109876543210, "zero": 0, "half": 0.5},
    {"text": "a\r\nb\rc\n\n", "note": "cell\r\nof two lines", "cr": "\r"},
    {"text": '=HYPERLINK("http://example.org","點我")', "title": "+1", "site": "@x", "author": "-2+3"},
    {"text": "---\ntitle: no\n---\n\n---", "title": "---"},
    {"text": "題", "title": "A: \"b\" 'c' #d - [e] {f} & *g* !h | i > j % k @ l ` m"},
    {"text": "長", "title": "漢" * 300},
    {"text": "", "title": "", "author": None, "meta": {}, "categories": [], "nested": [None, [], {}, ""]},
    {"text": "\ud800 lone", "title": "\udfff", "meta": {"\ud800": "\udc00"}},
    {"text": "late", "a key, that comes late": "後", "": "no name", "text ": "x", "corptool_types": "mine"},
    {"text": "\ufeffmark", "title": "\ufeff", "nul": "\0", "sep": "\u2028\u2029\x85", "esc": "\x1b[0m\x7f"},
    {"text": "true", "title": "true", "published": "2020-02-21", "n": "12", "null": "null", "json": '{"a":1}'},
    {"text": "  two\n    four\n\ttab \n \n  ", "title": "  spaces  "},
    {"text": "# h\n- i\n1. j\n> q\n```\ncode\n```\n|a|b|\n|-|-|\n<b>&amp;</b>\n[x](y) \\* `z`\n===\n\\"},
    {"text": "bool", "yes": True, "no": False, "y": 1, "on": "off", "~": None, "- x": 1, "a: b": 2, "#c": 3},
    {"text": "floats", "big": 1e300, "small": 5e-324, "whole": 1e16, "inf": math.inf, "minus": -math.inf, "n": 1.0},
    {"text": "deep", "meta": {"a": {"b": [{"c": ["y", {"d": None}]}]}}, "k" * 2000: "long key"},
    {"text": "~{VPND~} looks like HZ", "title": "~{"},
    {"text": "a,b;c\td|e", "title": '"', "author": '""', "corptool_json": "mine", "corptool_keys": [1], "corptool_more": "mine"},
    {"text": "full", "origin": {"path": "x", "sha256": "0"}, "edits": [{"stage": "fix"}], "hints": [["p", 0.0, ""]]},
]  # fmt: skip


def back(name, articles):
    """The articles, written in full and read again, without the origin that reading adds."""
    options = {"full": True} if name in ("csv", "md") else {}
    module = load(name)
    written = list(module.write(articles, **options))
    files = [item.data for item in written] if name == "md" else [b"".join(written)]
    for data in files:
        for record in module.read(io.BytesIO(data)):
            if name == "parquet":
                assert module.record(io.BytesIO(data), record.offset) == record.raw
            else:
                assert data[record.offset : record.offset + len(record.raw)] == record.raw
            fields = dict(record.fields)
            if "sha256" not in fields.get("origin", {}):
                fields.pop("origin", None)
            yield fields


@pytest.mark.parametrize("name", NAMES)
def test_all_tricky_articles_at_once(name):
    assert list(back(name, TRICKY)) == TRICKY


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("article", TRICKY, ids=lambda article: article["text"][:12])
def test_each_tricky_article(name, article):
    assert list(back(name, [article])) == [article]


TEXTS = st.text(st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"])) | st.text("ab中 \t\r\n\"',;:#-*\\{}[]")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
ARTICLES = st.builds(
    lambda rest, text: {**rest, "text": text},
    st.dictionaries(TEXTS.filter(lambda key: key not in ("text", "origin")), VALUES, max_size=4),
    TEXTS,
)


@pytest.mark.parametrize("name", NAMES)
@given(st.lists(ARTICLES, max_size=3))
@settings(deadline=None)
def test_any_article(name, articles):
    assert list(back(name, articles)) == articles
