"""Parquet: what others wrote is read, and what we write has one schema. (There and back: test_round_trip.py)"""

import gzip
import io
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from corptool import Pipeline, reading
from corptool.article import Parcel, dumps
from corptool.formats import load

pa = pytest.importorskip("pyarrow", reason="needs corptool[parquet]")
parquet = pytest.importorskip("pyarrow.parquet")

ARTICLES = [
    {"text": "網站\n第二行", "id": "1", "meta": {"a": [1, None]}, "n": 1, "score": 0.5, "tags": ["y"], "site": None},
    {"id": "2", "text": "=1+1", "n": 2, "ok": True, "score": 1.5, "edits": [], "none": None},
]


def written(articles):
    return b"".join(load("parquet").write(articles))


def table(articles):
    return parquet.read_table(io.BytesIO(written(articles)))


def test_keys_of_others_are_columns_of_their_plain_type():
    types = {field.name: str(field.type) for field in table(ARTICLES).schema}
    assert [types[name] for name in ("id", "text", "meta", "n", "score", "ok", "tags")] == [
        *("string", "string", "string", "int64", "double", "bool", "string")
    ]
    assert "none" not in types  # nothing tells its type; that it is there and null, `corptool_keys` says
    assert table(ARTICLES).column("tags").to_pylist() == ['["y"]', None]


def test_all_files_have_one_schema():
    """A folder of files is one table for DuckDB, Spark and `datasets`, whatever keys the articles of a file have."""
    assert table([]).schema == table([{"text": "a"}]).schema == table([{"id": "x", "text": "b", "edits": []}]).schema


def test_bytes_are_those_of_json_lines():
    back = [record.raw for record in load("parquet").read(io.BytesIO(written(ARTICLES)))]
    assert back == [dumps(article) for article in ARTICLES]


def test_what_a_column_cannot_hold_is_not_lost(monkeypatch):
    monkeypatch.setattr(load("parquet"), "ROWS", 1)
    late = [{"text": "first", "n": 1}, {"text": "\ud800", "n": "two", "late": 3, "id": 5}, {"text": "", "n": 1 << 63}]
    assert table(late).column("n").to_pylist() == [1, None, None]
    assert [record.fields for record in load("parquet").read(io.BytesIO(written(late)))] == late


def test_free_keys_do_not_make_a_table_of_a_hundred_thousand_columns():
    many = [{"text": "x", **{f"k{n}": n for n in range(2000)}}]
    assert table(many).num_columns < 600
    assert [record.fields for record in load("parquet").read(io.BytesIO(written(many)))] == many


def test_row_groups_end_where_they_are_full(monkeypatch):
    monkeypatch.setattr(load("parquet"), "CHARACTERS", 10)
    file = parquet.ParquetFile(io.BytesIO(written([{"text": "x" * 6}] * 5)))
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [2, 2, 1]


OTHERS = pa.table(
    {
        "text": ["甲", None],
        "day": [date(2024, 1, 2), None],
        "at": [datetime(2024, 1, 2, 3, tzinfo=UTC), None],
        "price": [Decimal("1.10"), None],
        "old": [b"string", b"\xff\x00"],
        "nested": [{"x": [{"d": date(2024, 1, 2)}]}, None],
        "big": [1 << 62, None],
    }
)


def test_types_that_json_has_not():
    sink = io.BytesIO()
    parquet.write_table(OTHERS, sink)
    first, second = (record.fields for record in load("parquet").read(sink))
    assert first == {
        "text": "甲", "day": "2024-01-02", "at": "2024-01-02T03:00:00+00:00", "price": "1.10", "old": "string",
        "nested": {"x": [{"d": "2024-01-02"}]}, "big": 1 << 62,
    }  # fmt: skip
    assert second == dict.fromkeys(OTHERS.schema.names) | {"old": "ff00"}


def test_read_and_verified(tmp_path):
    path, packed = tmp_path / "a.parquet", tmp_path / "b.parquet.gz"
    parquet.write_table(pa.table({"text": [f"text {n}" for n in range(200)], "n": range(200)}), path, row_group_size=90)
    packed.write_bytes(gzip.compress(path.read_bytes()))
    for name in (path, packed):
        articles = list(Pipeline(f"read {name}")())
        assert [article["n"] for article in articles] == list(range(200))
        assert [article["origin"]["offset"] for article in articles] == list(range(200))
        assert len({article["id"] for article in articles}) == 200
        assert list(Pipeline("verify")(articles)) == articles


@pytest.mark.parametrize("data", [b"PAR1 no PAR1", b"", b"text"])
def test_what_is_no_parquet_is_a_reject(tmp_path, data):
    (tmp_path / "bad.parquet").write_bytes(data)
    [item] = [item for batch in reading.batches([str(tmp_path / "bad.parquet")]) for item in batch.items()]
    assert item.dropped.failed
    assert item.dropped.reason.startswith("cannot be read: ")


def test_two_columns_of_one_name(tmp_path):
    parquet.write_table(pa.table([["a"], ["b"]], names=["text", "text"]), tmp_path / "two.parquet")
    [item] = [item for batch in reading.batches([str(tmp_path / "two.parquet")]) for item in batch.items()]
    assert item.dropped.reason == "two columns are named text"


def test_known_by_its_bytes(tmp_path):
    (tmp_path / "x").write_bytes(written(ARTICLES))
    items = [item for batch in reading.batches([str(tmp_path / "x")]) for item in batch.items()]
    assert [isinstance(item, Parcel) and item.article["text"] for item in items] == ["網站\n第二行", "=1+1"]


def test_without_pyarrow_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"pip install 'corptool\[parquet\]'"):
        written(ARTICLES)
    with pytest.raises(ImportError, match=r"Parquet needs pyarrow"):
        next(load("parquet").read(io.BytesIO(b"PAR1")))
