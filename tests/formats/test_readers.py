"""Files that others wrote."""

import io
from itertools import islice

import pytest

from corptool.formats import load


def fields(name, data):
    records = list(load(name).read(io.BytesIO(data if isinstance(data, bytes) else data.encode())))
    return [{key: value for key, value in record.fields.items() if key != "origin"} for record in records]


@pytest.mark.parametrize(
    ("data", "articles"),
    [
        ("", []),
        ("text\n", []),
        ("text,title\n甲,乙\n", [{"text": "甲", "title": "乙"}]),
        ("text,title\r\n甲,乙", [{"text": "甲", "title": "乙"}]),
        ("title\ttext\n乙\t甲, 丙\n", [{"title": "乙", "text": "甲, 丙"}]),
        ("title;text\n1,5;x\n", [{"title": "1,5", "text": "x"}]),
        ("sep=|\ntitle|text\na|b\n", [{"title": "a", "text": "b"}]),
        ('"text"\n"a ""b""\r\nc"\n', [{"text": 'a "b"\r\nc'}]),
        ("text, title \na, b\n", [{"text": "a", "title": " b"}]),
        ("text,text\na,b\n", [{"text": "a", "text_2": "b"}]),
        ("id,text\n\n007,true\n", [{"id": "007", "text": "true"}]),
        ("id,text\n1\n,2,3\n", [{"id": "1"}, {"text": "2", "column_3": "3"}]),
        ("id,text,site\n1,,\n", [{"id": "1", "text": ""}]),
        ('text,corptool_types\n{edited,"{""json"":[""text""]}"\n', [{"text": "{edited"}]),
        ("text,corptool_types\na,not json\n", [{"text": "a"}]),
    ],
)
def test_csv(data, articles):
    assert fields("csv", data) == articles


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "big5", "utf-16", "utf-16-le"])
def test_csv_in_any_encoding(encoding):
    rows = "這裡的人把工具借給鄰居，一借就是一個星期。"
    data = f'title,text\r\n標題,"{rows}\n{rows}"\r\n二,{rows}\r\n'.encode(encoding)
    assert fields("csv", data) == [{"title": "標題", "text": f"{rows}\n{rows}"}, {"title": "二", "text": rows}]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
def test_csv_whose_first_chinese_comes_late(encoding):
    late = "這裡的人把工具借給鄰居，一借就是一個星期。"
    data = ("text\n" + "nothing but ASCII\n" * 5000 + f"{late}\n").encode(encoding)
    rows = list(load("csv").read(io.BytesIO(data)))
    codec = {"big5": "big5hkscs"}.get(encoding, encoding)
    assert [row.fields["origin"]["encoding"] for row in rows[-2:]] == ["utf-8", codec]
    assert rows[-1].fields["text"] == late


@pytest.mark.parametrize("piece", [1 << 18, 70_001, 3])
def test_a_late_encoding_does_not_hang_on_how_the_file_is_cut(piece):
    late = "這裡的人把工具借給鄰居，一借就是一個星期。"
    lines = ["text", *["nothing but ASCII"] * 4000, "It’s fine", *["plain ASCII again"] * 5000, *[late] * 50]

    class Cut(io.BytesIO):
        def read1(self, size=-1):
            return super().read1(min(size, piece))

        def readinto(self, buffer):
            data = self.read1(len(buffer))
            buffer[: len(data)] = data
            return len(data)

    rows = list(load("csv").read(Cut("\n".join(lines).encode("gb18030"))))
    assert rows[4000].fields["text"] == "It’s fine"
    assert {row.fields["text"] for row in rows[-50:]} == {late}
    assert {row.fields["origin"]["encoding"] for row in rows[4000:]} == {"gb18030"}


def test_json_that_is_not_utf8():
    with pytest.raises(ValueError, match="JSON is UTF-8, and this is gb18030 by the look of it"):
        fields("json", '[{"text": "這裡的人把工具借給鄰居，一借就是一個星期。"}]'.encode("gb18030"))
    [record] = load("json").read(io.BytesIO('[{"text": "中文字'.encode() + b'\xff\xfe"}]'))
    assert record.fields["text"] == "中文字\ufffd\ufffd"
    assert record.fields["origin"] == {"encoding": "utf-8", "damaged": [[19, "fffe"]]}


def test_csv_says_what_did_not_decode():
    data = "text\n中文字\n".encode() + b"a\xffb\n"
    first, second = load("csv").read(io.BytesIO(data))
    assert "damaged" not in first.fields["origin"]
    assert (second.fields["text"], second.fields["origin"]["damaged"]) == ("a\ufffdb", [[1, "ff"]])
    assert (second.offset, second.raw) == (15, b"a\xffb\n")


@pytest.mark.parametrize(
    ("data", "line", "before"),
    [
        ('text,n\na,1\n"b,2\n台,3\n', 3, 1),
        ('text,n\na,1\n"b ""c""\n,2', 3, 1),
        ('sep=;\ntext;n\n"多\n行";1\nb;"2\n\n', 5, 1),
        ('"text,n\na,1\n', 1, 0),
    ],
)
def test_csv_that_ends_within_quotation_marks(data, line, before):
    records = load("csv").read(io.BytesIO(data.encode()))
    assert len(list(islice(records, before))) == before
    with pytest.raises(ValueError, match=f"^line {line}: a quotation mark is not closed"):
        next(records)


@pytest.mark.parametrize("data", ["", "\n", "text", 'text\n"a\nb"', 'text\n5" pipe\n"a" b\n""'])
def test_csv_that_does_not(data):
    list(load("csv").read(io.BytesIO(data.encode())))


def test_csv_with_a_quotation_mark_that_nothing_closes(monkeypatch):
    monkeypatch.setattr(load("csv"), "LARGEST_CELL", 100)
    with pytest.raises(ValueError, match="quotation mark"):
        fields("csv", 'text\na\n"b' + "\nc" * 100)


@pytest.mark.parametrize(
    ("data", "articles"),
    [
        ("", []),
        ("[]", []),
        ('[{"text":"甲"}]', [{"text": "甲"}]),
        ('\ufeff[\n {"text": "a]},{"},\n\n {"text":"b"}\n]\n', [{"text": "a]},{"}, {"text": "b"}]),
        ('{"text":\n"a"}', [{"text": "a"}]),
        ('{"text":"a"}\n{"text":"b"}', [{"text": "a"}, {"text": "b"}]),
        ('[{"n":12345678901234567890},1,"x",[{}]]', [{"n": 12345678901234567890}, {}, {}, {}]),
        ('[{"text":"\\ud800"}]', [{"text": "\ud800"}]),
        (b'[{"text":"a\xffb"}]', [{"text": "a\ufffdb"}]),
        ('[{"text":"甲"}]'.encode("utf-16"), [{"text": "甲"}]),
    ],
)
def test_json(data, articles):
    assert fields("json", data) == articles


@pytest.mark.parametrize(
    ("data", "message", "whole"),
    [
        ('[{"text":"甲"},{"te', "not JSON at byte 17: Unterminated string", 1),
        ('[{"text":"a"},', "not closed at byte 14", 1),
        ('[{"text":"a"}] {', "after the end of the JSON array, at byte 15", 1),
        ("[" * 100_000, "nested too deeply", 0),
    ],
)
def test_json_that_breaks_off(data, message, whole):
    records = load("json").read(io.BytesIO(data.encode()))
    for _ in range(whole):
        next(records)
    with pytest.raises(ValueError, match=message):
        next(records)


def test_json_is_read_piece_by_piece(monkeypatch):
    articles = [{"text": "文" * 50, "n": n} for n in range(50)]
    data = b"".join(load("json").write(articles))
    for size in (1, 7, 1000):
        monkeypatch.setattr(load("json"), "CHUNK", size)
        assert fields("json", data) == articles


@pytest.mark.parametrize(
    ("data", "article"),
    [
        ("Plain 文字\n", {"text": "Plain 文字"}),
        ("---\n\n第一段\n", {"text": "---\n\n第一段"}),
        ("---\ntitle: 題\n---\n正文\n", {"title": "題", "text": "正文"}),
        ("---\r\ntitle: 題\r\n---\r\n\r\n正文\r\n", {"title": "題", "text": "正文"}),
        ("---\n---\n\n正文", {"text": "正文"}),
        ("---\ntags: [a, 'b', \"c\"]\n---\nx", {"tags": ["a", "b", "c"], "text": "x"}),
        ("---\na: 1\nb: 01\nc: yes\nd: 2020-02-21\n---\nx", {"a": 1, "b": "01", "c": "yes", "d": "2020-02-21", "text": "x"}),
        ("---\nmeta:\n  a: [1]\n  b:\n    - x: 1\n      y: 2\n    - z\n---\n", {"meta": {"a": [1], "b": [{"x": 1, "y": 2}, "z"]}, "text": ""}),
        ("---\ns: |\n  一\n   二\n\nf: >-\n  a\n  b\n---\n", {"s": "一\n 二\n", "f": "a b", "text": ""}),
        ("---\nurl: http://example.org/a#b\n# comment\nt: a # b\n---\n", {"url": "http://example.org/a#b", "t": "a", "text": ""}),
        ("---\ntext: not this\n---\nbody", {"text": "body"}),
        ("```\na \\* b  \n```\n\\*", {"text": "```\na \\* b  \n```\n*"}),
    ],
)  # fmt: skip
def test_markdown(data, article):
    assert fields("md", data) == [article]


@pytest.mark.parametrize("yaml", ["a: &x 1", "? a\n: b", "just words", "a: 1\n b: 2\n- c", "a: !!set {}"])
def test_front_matter_that_is_not_read(yaml):
    with pytest.raises(ValueError, match="front matter"):
        fields("md", f"---\n{yaml}\n---\nx")
