"""Pages to lines, as a reader sees them."""

import pytest

from corptool.text.markup import harmless, parse
from corptool.text.rendering import lines


def shown(markup):
    return [line.text for line in lines(parse(markup))]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Plain text, 純文字", ["Plain text, 純文字"]),
        ("<p>One</p><p>二</p>", ["One", "二"]),
        ("<p>One<p>Two", ["One", "Two"]),
        ("<p>in<b>line</b> <i>words</i></p>", ["inline words"]),
        ("<p><i>Ann Lee</i><b>Dec 5, 2023</b><style>x</style><b>2 shares</b></p>", ["Ann Lee Dec 5, 2023 2 shares"]),
        (
            "<p>Mc<b>Donald</b> <i>i</i><sub>X</sub> <b>中</b><b>文</b> <b>S</b><b>mith</b></p>",
            ["McDonald iX 中文 Smith"],
        ),
        ("<p><b>a</b><b><br>B</b></p>", ["a", "B"]),
        ("<pre><b>get</b><b>All</b></pre>", ["getAll"]),
        ("<p>a  b\n c</p>", ["a b c"]),
        ("<p>中文\n  換行</p>", ["中文換行"]),
        ("<p><b>來源</b>\n<b>作者</b></p>", ["來源 作者"]),
        ("<p>中文\n English\n中文</p>", ["中文 English 中文"]),
        ("<p>　　縮排&nbsp;空格 </p>", ["縮排\xa0空格"]),
        ("<p>甲<br>乙<br/><br>丙</p>", ["甲", "乙", "丙"]),
        ("<div>before<p>inside</p>after</div>", ["before", "inside", "after"]),
        ("<a href=x><div>block</div> in a link</a>", ["block", "in a link"]),
        ("<ul><li>one<ul><li>inner</ul><li>two</ul>", ["one", "inner", "two"]),
        ("<dl><dt>詞<dd>義</dl>", ["詞", "義"]),
        ("<blockquote><p>引</p></blockquote><q>quoted</q>", ["引", "“quoted”"]),
        ("<pre>\nif x:\n    y()\n\n    z()\n</pre>", ["if x:", "    y()", "", "    z()"]),
        ("<figure><img alt=no><figcaption>圖說</figcaption></figure>", ["圖說"]),
        ("<h1>題</h1><h2>Sub</h2>", ["題", "Sub"]),
        ("<ruby>漢<rp>(</rp><rt>hàn</rt><rp>)</rp></ruby>字", ["漢字"]),
        ("<table><caption>表</caption><tr><th>年<th>值<tr><td>2020<td>1</table>", ["表", "年\t值", "2020\t1"]),
        ("<table><tr><td>a<td><td>c</table>", ["a\t\tc"]),
        ("<table><tr><td>menu<td><p>One</p><p>Two</p></table>", ["menu", "One", "Two"]),
        (f"<table><tr><td>menu<td>{'正文' * 50}</table>", ["menu", "正文" * 50]),
        ("<p>&lt;b&gt; &amp;amp; &#20013;</p>", ["<b> &amp; 中"]),
        ("<p>seen<script>x</script><style>y</style><noscript>z</noscript><template>t</template>", ["seen"]),
        ("<!-- c --><svg><text>s</text></svg><textarea>t</textarea><select><option>o</select>seen", ["seen"]),
        ("<p hidden>h<p style='display : none'>n<p style='VISIBILITY:hidden'>v<p style='color:red'>seen", ["seen"]),
        ("<title>not text</title><body>", []),
        ("", []),
    ],
)
def test_lines(markup, text):
    assert shown(markup) == text


@pytest.mark.parametrize(
    ("markup", "hint"),
    [
        ("<p>正文</p>", ("p", 0.0, "")),
        ("<div class='article-body'><p id=p1>正文</p></div>", ("p", 0.0, "article body")),
        ("<nav><ul class=siteMenu><li><a href=/>首頁</a></ul></nav>", ("li", 1.0, "site menu nav")),
        ("<p>見<a href=/>連結</a>。</p>", ("p", 0.5, "")),
        ("<div><span class=pubDate>2020</span></div>", ("div", 0.0, "pub date")),
        ("<table><tr><td><a href=/>ab</a><td>cd</table>", ("tr", 0.5, "table")),
    ],
)
def test_hints(markup, hint):
    (line,) = lines(parse(markup))
    assert line[1:] == hint


def test_words_are_few_and_the_nearest_come_first():
    markup = "".join(f"<div class='{letter * 3}'>" for letter in "abcdefghijklmnopqrst") + "x"
    assert lines(parse(markup))[0].words == " ".join(letter * 3 for letter in "tsrqponmlkji")


HOSTILE = {
    "deep": "<div>" * 100_000 + "深",
    "deep and closed": "<b><div>" * 60_000 + "深" + "</div></b>" * 60_000,
    "formatting": "<p><font size=1><b><i>" * 30_000 + "深",
    "end tags of what is not open": "深" + "<b></p>" * 60_000,
    "tables": "<table><tr><td>" * 40_000 + "深",
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">深",
    "attributes that quote ends of tags": "<p " + " ".join(f"a{n}='>'" for n in range(100_000)) + ">深",
    "classes": "<p class='" + "ab " * 500_000 + "'>深",
    "unclosed quotes": "深" + '<a b="' * 100_000,
    "unclosed comments": "深" + "<!-" * 100_000 + "<!--" * 100_000,
    "open brackets": "深" + "<" * 500_000,
    "entities": "深" + "&lt" * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_are_read(name):
    assert "深" in "".join(shown(HOSTILE[name]))


@pytest.mark.parametrize("number", [3_000, 30_000])
def test_of_many_attributes_the_first_are_kept(number):
    page = parse("<p " + " ".join(f"a{n}" for n in range(number)) + ">深")
    assert [*page.css_first("p").attributes] == [f"a{n}" for n in range(200)]


@pytest.mark.parametrize("tag", ["p", "li", "dd", "tr", "div></div", "font><br"])
def test_large_pages_without_end_tags_keep_their_lines(tag):
    assert (
        len(
            shown(
                f"<table>{f'<{tag}><td>文字 and words' * 12_000}" if tag == "tr" else f"<{tag}>文字 and words" * 12_000
            )
        )
        == 12_000
    )


@pytest.mark.parametrize(
    "markup",
    [
        "<p>文</p>",
        "<script>if (a<b) { x = '</title>' }</script><p>文",
        "<textarea><div></textarea><p>文",
        "<img src='data:,>'><p title='a > b'>文",
    ],
)
def test_harmless_pages_are_left_alone(markup):
    assert harmless(markup * 3) == markup * 3
