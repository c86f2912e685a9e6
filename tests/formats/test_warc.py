"""Web archives, made here record by record."""

import gzip
import io
import json
import zlib

import pytest

from corptool.formats import warc
from tests.conftest import corptool

PAGE = "<title>借用工具間</title><p>這裡的人把工具借給鄰居。"


def record(kind, content, **headers):
    named = {"WARC-Type": kind, "WARC-Date": "2024-05-31T08:30:00Z", "Content-Length": str(len(content)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"WARC/1.0\r\n{head}\r\n".encode() + content + b"\r\n\r\n"


def answered(body, status="200 OK", **headers):
    lines = "".join(f"{name}: {value}\r\n" for name, value in {"Content-Type": "text/html", **headers}.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def response(*args, uri="http://example.org/甲", **headers):
    return record("response", answered(*args, **headers), **{"WARC-Target-URI": uri})


def fields(data):
    return [one.fields for one in warc.read(io.BytesIO(data))]


@pytest.mark.parametrize(
    "data",
    [
        response(PAGE.encode()),
        response(PAGE.encode("big5"), **{"Content-Type": "text/html; charset=Big5"}),
        response(gzip.compress(PAGE.encode()), **{"Content-Encoding": "gzip"}),
        response(zlib.compress(PAGE.encode()), **{"Content-Encoding": "deflate"}),
        response(zlib.compress(PAGE.encode())[2:-4], **{"Content-Encoding": "deflate"}),
        response(PAGE.encode(), **{"Content-Encoding": "gzip"}),
        response(b"5\r\n<titl\r\n%x\r\n" % (len(PAGE.encode()) - 5) + PAGE.encode()[5:] + b"\r\n0\r\n\r\n",
                 **{"Transfer-Encoding": "chunked"}),
        response(PAGE.encode(), **{"Transfer-Encoding": "chunked"}),
        record("resource", PAGE.encode(), **{"Content-Type": "text/html", "WARC-Target-URI": "<http://example.org/甲>"}),
    ],
)  # fmt: skip
def test_a_page(data):
    (found,) = fields(data)
    assert (found["title"], found["text"]) == ("借用工具間", "這裡的人把工具借給鄰居。")
    assert (found["url"], found["origin"]["fetched"]) == ("http://example.org/甲", "2024-05-31T08:30:00Z")


def test_plain_text_of_a_wet_file():
    text = "借用工具間\nA room of tools\n"
    data = record("conversion", text.encode(), **{"Content-Type": "text/plain", "WARC-Target-URI": "http://a.example/"})
    assert fields(record("warcinfo", b"software: x") + data)[0]["text"] == text


def test_what_is_no_page_is_passed_over_and_counted(caplog):
    data = (
        record("request", b"GET / HTTP/1.1\r\n\r\n")
        + response(b"gone", "404 Not Found")
        + response(b"\x89PNG", **{"Content-Type": "image/png"})
        + response(PAGE.encode())
    )
    assert len(fields(data)) == 1
    assert caplog.messages == ["passed over 2 records that are no pages (1 status 404, 1 image/png)"]


def test_large_records_are_stepped_over(monkeypatch):
    monkeypatch.setattr(warc, "LARGEST", 500)
    monkeypatch.setattr(warc, "CHUNK", 64)
    assert len(fields(response(b"x" * 1000) + response(PAGE.encode()))) == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"not a web archive\n", "no WARC record at byte 0"),
        (response(PAGE.encode())[:-20], "cut off within"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", "does not say how long"),
    ],
)
def test_what_cannot_be_read(data, message):
    with pytest.raises(ValueError, match=message):
        fields(data)


def test_offsets_and_fetch_times_reach_the_article(tmp_path):
    first = response(PAGE.encode())
    (tmp_path / "crawl.warc.gz").write_bytes(gzip.compress(first) + gzip.compress(response(b"<p>second")))
    ended = corptool("read", "crawl.warc.gz", cwd=tmp_path)
    assert ended.code == 0, ended.err
    origins = [json.loads(line)["origin"] for line in ended.out.splitlines()]
    assert {(one["format"], one["fetched"]) for one in origins} == {("warc", "2024-05-31T08:30:00Z")}
    assert origins[0]["offset"] < len(first) < origins[1]["offset"]
    verified = corptool("verify", given=ended.out, cwd=tmp_path)
    assert (verified.out, verified.code) == (ended.out, 0)
