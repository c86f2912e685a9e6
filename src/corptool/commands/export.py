"""`corptool export`: articles leave the pipe in a format of other tools."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import click

from corptool import formats, plugins
from corptool.article import Parcel
from corptool.formats import FOLDER, File
from corptool.stage import sink

MODULES = {"txt": "text"}
"""Formats that are known by another name than their module."""


def _names() -> list[str]:
    """`jsonl` is no format that articles are put into: it is how they travel."""
    named = {module: name for name, module in MODULES.items()}
    return sorted(["jsonl", *(named.get(module, module) for module in formats.able("write"))])


@sink
@click.option("--format", type=plugins.Choice(_names(), "formats"), help="What to write.")
@click.option("--full", is_flag=True, help="Write `edits` and `origin` to csv, md and txt too.")
@click.option("--columns", metavar="KEYS", help="csv: these columns and nothing else, such as title,published,text.")
@click.option("--excel", is_flag=True, help="csv: for Excel, with nothing that it would run, change or cut.")
def export(
    parcels: Iterable[Parcel],
    *,
    format: str = "jsonl",  # noqa: A002 - the name of the option
    full: bool = False,
    columns: str | None = None,
    excel: bool = False,
) -> Iterator[bytes | File]:
    """Write articles as CSV, JSON, JSON Lines, Markdown, Parquet or text.

    csv, json, jsonl and parquet are one file, or standard output; for md and txt, -o is a folder with one file an
    article, named by its date and title.

    Example: corptool export --format csv -o corpus.csv articles.jsonl
    """
    for name, given in (("columns", columns), ("excel", excel)):
        if given and format != "csv":
            raise click.UsageError(f"--{name} is for --format csv, not {format}")
    if format == "jsonl":  # an article that nobody changed leaves as the bytes it came in
        return (parcel.line + b"\n" for parcel in parcels)
    module = formats.load(MODULES.get(format, format))
    if not hasattr(module, "write"):
        raise click.UsageError(f"the format {format} can be read but not written")
    options = _understood(module.write, full=full, columns=columns, for_excel=excel)
    written = module.write((parcel.article for parcel in parcels), **options)
    return chain([FOLDER] if getattr(module, "FOLDER", False) else [], written)


def _understood(write: Any, **options: Any) -> dict[str, Any]:
    """Those of the options that the format has."""
    known = inspect.signature(write).parameters
    return {name: value for name, value in options.items() if name in known}
