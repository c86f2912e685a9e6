"""One file a format: bytes to articles and articles to bytes.

A format `x` is a module `x.py` with any of

    SUFFIXES                             the file names it knows, such as (".html", ".htm")
    read(file, *, …) -> Iterator[Record] ValueError says what cannot be read
    write(articles, *, …) -> Iterator[bytes | File]

and is found by lying in this folder.
"""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple


class Record(NamedTuple):
    """One article's worth of a file."""

    fields: dict[str, Any]
    """As the format gives them: `text`, `title`, …; `origin` holds what decoding found."""
    raw: bytes
    """The record's own bytes, for its id and `origin.sha256`."""
    offset: int = 0
    """Bytes from the start of the file (or archive member, or decompressed stream)."""


class File(NamedTuple):
    """One file of an export that is a folder."""

    name: str
    data: bytes


@cache
def names() -> list[str]:
    """The formats there are."""
    return sorted(path.stem for path in Path(__path__[0]).glob("*.py") if path.stem != "__init__")


def load(name: str) -> ModuleType:
    """The module of a format."""
    return importlib.import_module(f"{__name__}.{name}")


@cache
def by_suffix() -> dict[str, str]:
    """File name suffix, lower case with its dot, to the format that reads it."""
    return {
        suffix: name
        for name in names()
        if hasattr(load(name), "read")
        for suffix in getattr(load(name), "SUFFIXES", ())
    }
