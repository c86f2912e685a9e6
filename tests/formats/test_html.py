"""What a page says of itself."""

import io

import pytest

from corptool.formats import html

LINKED = '<script type="application/ld+json">%s</script>'


def fields(markup):
    data = markup if isinstance(markup, bytes) else markup.encode()
    (record,) = html.read(io.BytesIO(data))
    assert record.raw == data
    return record.fields


@pytest.mark.parametrize(
    ("markup", "key", "value"),
    [
        ("<p>no head</p>", "title", None),
        ("<title>標題 - 網站</title><h1>標題</h1>", "title", "標題"),
        ("<title>標題 - 網站</title><h1>網站首頁</h1>", "title", "標題 - 網站"),
        ("<title>比較長的標題 - 網站名</title><h1>網站名</h1><h2>比較長的標題</h2>", "title", "比較長的標題"),
        ("<title>標題 - 網站</title><meta property=og:site_name content=網站>", "title", "標題"),
        ("<title>標題 | 副題 - 網站</title>", "title", "標題 | 副題 - 網站"),
        ("<title>10 Best Rowing Tips</title><h1>The best tips for rowing</h1>", "title", "The best tips for rowing"),
        ("<title>It's late - Harbour Post</title><h1>It’s late</h1>", "title", "It’s late"),
        ("<title>短題 - 很長很長的公司名稱</title><h1>短題</h1>", "title", "短題"),
        ("<title>短題 | 網站</title><h1>網站</h1><h1>短題</h1>", "title", "短題"),
        ("<title>How to row</title><h1>Sport | How to row</h1>", "title", "How to row"),
        ("<title>全国大罢工影响交通-新华网</title>", "title", "全国大罢工影响交通-新华网"),
        ("<title>全国大罢工影响交通-新华网</title><p>全国大罢工影响交通", "title", "全国大罢工影响交通"),
        ("<title>甲乙 - 網站名很長</title><p>甲 乙<p>網站名很長", "title", "甲乙 - 網站名很長"),
        ("<title>標題 - 網站</title><h1>標題 2014-04-30 23:54</h1>", "title", "標題"),
        ("<title>網站</title><meta property=og:site_name content=網站>", "title", None),
        ("<title>x</title><meta property=og:title content='The &amp;amp; Title'>", "title", "The &amp; Title"),
        ('<meta property="og:title" content="乙">' + LINKED % '{"@type":"NewsArticle","headline":"甲"}', "title", "甲"),
        (LINKED % '{"@graph":[{"@type":"WebSite"},{"@type":["BlogPosting"],"headline":"圖"}]}', "title", "圖"),
        (LINKED % '{"@type":"Article",' + "<title>broken</title>", "title", "broken"),
        (LINKED % ("[" * 100_000) + "<title>deep</title>", "title", "deep"),
        ('<meta property="article:published_time" content="2020-02-21T23:30:00+08:00">', "published", "2020-02-21"),
        ('<meta name="publishdate" content="2020-2-1">', "published", "2020-02-01"),
        ('<meta name="date" content="02/03/2020">', "published", None),
        ('<meta name="date" content="2020-13-41">', "published", None),
        ("<time datetime='2020-02-21'>x</time>", "published", "2020-02-21"),
        ("<time datetime='2020-02-21'>x</time><time datetime='2020-02-22'>y</time>", "published", None),
        ('<meta name="date" content="2020-02-22"><h1>題</h1><title>題</title><p>2020-02-21', "published", "2020-02-21"),
        (
            '<meta name="date" content="2020-02-22"><h1>題</h1><title>題</title><p>更新:2020-02-24',
            "published",
            "2020-02-22",
        ),
        ("<title>題</title><h1>題</h1><p>2020-02-21<p>Published: 2020-02-20", "published", "2020-02-20"),
        ("<title>題</title><h1>題</h1><figcaption>2020-02-21</figcaption>", "published", None),
        ("<p>2020-02-25<p>甲<p>乙<p>丙<title>題</title><h1>題</h1>", "published", None),
        (
            f"<title>題</title><h1>題</h1>{'<p>段' * 30}<p>2020-02-25<p>發表於 2020-02-21<p>發表於 2020-02-22",
            "published",
            "2020-02-21",
        ),
        (LINKED % '{"@type":"Article","author":[{"name":"趙"},{"name":"Li"}]}', "author", "趙, Li"),
        ('<meta name="author" content="https://example.org/me">', "author", None),
        ('<meta property="og:site_name" content="人民網">', "site", "人民網"),
        (LINKED % '{"@type":"Article","publisher":{"name":"Harbour Post"}}', "site", "Harbour Post"),
        ('<link rel="canonical" href="https://example.org/甲">', "url", "https://example.org/甲"),
        ('<link rel="canonical" href="/relative">', "url", None),
    ],
)
def test_metadata(markup, key, value):
    assert fields(markup).get(key) == value


def test_dates_that_disagree_are_reported():
    shown = "<title>題</title><h1>題</h1><p>Dec 22, 2023 | Updated Dec 24, 2023"
    claimed = '<meta property="article:published_time" content="2023-12-23T01:48:19Z">'
    assert fields(claimed + shown)["meta"] == {"published_other": ["2023-12-23"], "modified": "2023-12-24"}


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2020-02-21", "2020-02-21"),
        ("2020/2/1 10:00", "2020-02-01"),
        ("20200221", "2020-02-21"),
        ("20200221183000", "2020-02-21"),
        ("2020年02月21日", "2020-02-21"),
        ("February 21, 2020", "2020-02-21"),
        ("Fri, 21 Feb 2020 10:00 GMT", "2020-02-21"),
        ("21 Sept. 2020", "2020-09-21"),
        ("1582279200", None),
        ("2 months ago", None),
        ("06-13", None),
        ("21/02/2020", "2020-02-21"),
        ("02/03/2020", None),
        ("", None),
    ],
)
def test_dates_that_can_be_read_in_one_way(words, day):
    assert html.iso_date(words) == day


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b"<meta charset=utf-8>", "utf-8"),
        (b'<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=GB2312">', "gb18030"),
        (b"<?xml version='1.0' encoding='Big5'?>", "big5hkscs"),
        (b'<meta charset="iso-8859-1">', "cp1252"),
        (b'<meta charset="no-such-thing">', None),
        (b'<meta charset="zlib">', None),
        (b"<p>", None),
    ],
)
def test_declared_encoding(head, encoding):
    assert html.declared(head) == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5hkscs", "utf-16"])
def test_pages_in_any_encoding(encoding):
    page = f'<meta charset="{encoding}"><title>借用工具間</title><p>這裡的人把工具借給鄰居，一借就是一個星期。</p>'
    found = fields(page.encode(encoding))
    assert found["title"] == "借用工具間"
    assert found["text"] == "這裡的人把工具借給鄰居，一借就是一個星期。"


def test_one_hint_a_line():
    found = fields("<h1>題</h1><pre>a\n\nb</pre><p>文<br>字")
    assert len(found["hints"]) == len(found["text"].split("\n")) == 6


def test_a_page_that_is_no_page_is_refused(monkeypatch):
    monkeypatch.setattr(html, "LARGEST", 100)
    with pytest.raises(ValueError, match="a page of more than"):
        fields("x" * 101)
