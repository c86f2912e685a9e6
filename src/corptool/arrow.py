"""Articles in Arrow tables, which `datasets`, Ray Data, Spark, Polars and DuckDB hand to functions.

A row is an article, its keys are the columns. Every table comes back with the same columns, whatever is in it (those
it had, and all those of a Parquet file of ours), or the next one would not fit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from corptool import extras
from corptool.article import Article, dumps
from corptool.formats import html
from corptool.formats.parquet import NESTED, STRINGS

Table = Any
"""A Table or a RecordBatch of pyarrow, which has no types."""


def articles(table: Table) -> list[Article]:
    """The articles of a table; null is a key that is not there, and `html` without a `text` is read as a page.

    ValueError: a column of ours holds something else.
    """
    rows = [{key: _value(key, cell) for key, cell in row.items() if cell is not None} for row in table.to_pylist()]
    return [html.read_record(row) if "html" in row and "text" not in row else row for row in rows]


def _value(key: str, cell: object) -> object:
    try:
        return json.loads(cell) if key in NESTED and isinstance(cell, str) else cell
    except ValueError:
        raise ValueError(f"the column `{key}` does not hold JSON, as corptool writes it there: rename it") from None


def table(articles: Iterable[Article], like: Table) -> Table:
    """The articles as a table with the columns of another one, all of ours, and then any that only these have."""
    pa = extras.load("pyarrow", "parquet", "a table")

    rows = list(articles)
    text = pa.string()
    types = {field.name: field.type for field in like.schema}
    types |= {key: text for key in STRINGS if types.get(key, pa.null()) == pa.null()} | dict.fromkeys(NESTED, text)
    for key in dict.fromkeys(key for row in rows for key in row if key not in types):
        values = [row.get(key) for row in rows]
        nested = any(isinstance(value, dict | list) for value in values)
        types[key] = text if nested else pa.array(values).type
    given = {*like.schema.names} - {*NESTED}
    rows = [{key: _cell(value, as_it_is=key in given) for key, value in row.items()} for row in rows]
    return type(like).from_pylist(rows, schema=pa.schema(list(types.items())))


def _cell(value: object, *, as_it_is: bool) -> object:
    return dumps(value).decode() if isinstance(value, dict | list) and not as_it_is else value
