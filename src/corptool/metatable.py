"""What a crawler knew of its pages: a table that is joined to the files by their paths."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

from corptool import files, formats
from corptool.article import loads

PATH_KEYS = ("file", "path", "filename", "file_name", "filepath", "文件", "文件名", "檔案")
"""The column that names the file; its path is that typed on the command line, or relative to the table."""


def known_of(path: str, table: str) -> dict[str, Any]:
    """What the table says of a file; empty if it does not name it. ValueError: no column names a file."""
    return _rows(table).get(row_of(path, table), {})


def row_of(path: str, table: str) -> str:
    """The file as the row about it names it; empty if there is none."""
    rows = _rows(table)
    here = _normal(path)
    folder = _normal(table).rpartition("/")[0]
    relative = here.removeprefix(folder + "/") if folder else here
    return next((name for name in (here, relative, here.rpartition("/")[2]) if name in rows), "")


def files_of(table: str) -> list[str]:
    """The files that the rows of the table are about, as they name them."""
    return list(_rows(table))


@cache
def _rows(table: str) -> dict[str, dict[str, Any]]:
    """The table by path. It is held in memory: a row is short beside its page."""
    rows: dict[str, dict[str, Any]] = {}
    suffix = "." + files.bare(table).lower().rpartition(".")[2]
    with files.opened(table) as file:
        if suffix in (".jsonl", ".ndjson"):
            records = (loads(line) for line in file if line.strip())
        else:
            read = formats.load(formats.of_suffix(suffix) or "csv").read
            records = (
                {key: value for key, value in record.fields.items() if key != "origin" or (value and "sha256" in value)}
                for record in read(file)
            )
        for row in records:
            key = next((key for key in PATH_KEYS if isinstance(row.get(key), str)), None)
            if key is None:
                raise ValueError("no column `file` or `path` says which file a row is about")
            rows[_normal(row[key])] = {name: value for name, value in row.items() if name != key}
    return rows


def _normal(path: str) -> str:
    return unicodedata.normalize("NFC", path.replace("\\", "/")).removeprefix("./")
