"""JSON Lines: what is read is what comes back."""

import pickle
import re

import pytest

from corptool.article import Parcel, Place, dumps, failure, loads


@pytest.mark.parametrize(
    "line",
    [
        b'{"text":"plain","n":1}',
        '{"text":"網站，“引號”"}'.encode(),
        b'{"n":12345678901234567890123,"text":""}',
        b'{"n":-9223372036854775809}',
        b'{"f":1.5,"text":"x"}',
        b'{"nested":{"f":[1,{"g":0.1}]}}',
        b'{"lone":"\\ud83d"}',
        b'{"nan":NaN,"inf":-Infinity}',
        b'{"yes":true,"no":false,"none":null,"y":"y"}',
        b'{"tab":"a\\tb","nul":"\\u0000"}',
    ],
)
def test_comes_back(line):
    assert dumps(loads(line)) == line


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"[1, 2]", "a JSON list, not an object with a `text`"),
        (b'"text"', "a JSON string, not an object with a `text`"),
        (b"null", "a JSON null, not an object with a `text`"),
        (b'{"text": "half', "not JSON: Unterminated string at character 9"),
        (b'{"text": "\xff"}', "not UTF-8: byte 0xff at 10"),
        (b"[" * 100_000, "not usable JSON: nested more than 200 levels deep"),
        (b'{"x":' + b"[" * 300 + b"]" * 300 + b"}", "not usable JSON: nested more than 200 levels deep"),
        (b'{"x":1e400}', "not usable JSON: the number 1e400 is out of range"),
    ],
    ids=lambda value: value[:20],
)
def test_what_is_no_article(line, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        loads(line)


def test_the_deepest_value_that_is_read_can_be_written():
    line = b'{"x":' + b"[" * 198 + b"]" * 198 + b"}"
    assert dumps(loads(line)) == line


def test_a_parcel_that_nobody_changed_is_the_line_it_came_in():
    line = b'{ "text": "spaces stay",  "n": 1.0 }'
    parcel = Parcel(Place("x", 1), line)
    assert parcel.article["n"] == 1
    assert parcel.line is line


def test_a_parcel_pickles_as_its_line():
    parcel = pickle.loads(pickle.dumps(Parcel(Place("x", 3, 9), article={"text": "網"})))
    assert (parcel.line, parcel.place) == ('{"text":"網"}'.encode(), Place("x", 3, 9))


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("a\n message"), "a message"),
        (KeyError("x"), "KeyError: 'x'"),
        (ZeroDivisionError(), "ZeroDivisionError: "),
    ],
)
def test_failures_are_one_line(error, message):
    assert failure(error) == message


def test_places_are_written_as_editors_know_them():
    assert [str(Place("a.jsonl", 17)), str(Place("b.txt"))] == ["a.jsonl:17", "b.txt"]
