"""One file a format: bytes to articles and articles to bytes.

A format `x` is a module `x.py` with any of

    SUFFIXES                             the file names it knows, such as (".html", ".htm"), on one line
    read(file, *, encoding=None) -> Iterator[Record]; ValueError says what cannot be read
    write(articles, *, …) -> Iterator[bytes | File]
    FOLDER = True                        it writes one file an article

and is found by lying in this folder. Those of other packages are found by their entry points (plugins.py).
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from corptool import plugins

HEAVY = ("edits", "origin")
"""Keys that formats for people leave out, unless all is asked for."""


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
    data: bytes | Iterable[bytes]
    """All of it, or pieces of what is too large to be held."""
    alone: bool = False
    """It makes sense by itself: without a folder its bytes go to standard output."""


FOLDER = File("", b"")
"""The folder itself: a format of one file an article writes it first, so that it is there even if no article comes."""


@cache
def names() -> list[str]:
    """Our own formats."""
    return sorted(name[:-3] for name in os.listdir(__path__[0]) if name.endswith(".py") and name != "__init__.py")


def load(name: str) -> Any:
    """The module of a format."""
    if name in names():
        return importlib.import_module(f"{__name__}.{name}")
    module = plugins.load("formats", name)
    if not hasattr(module, "read") and not hasattr(module, "write"):
        raise plugins.refused("formats", name, "has neither `read` nor `write`")
    return module


@cache
def able(what: str) -> list[str]:
    """Our formats that can `read`, or `write`. Their source is asked: importing them all costs 15 ms of start-up."""
    return [name for name in names() if f"\ndef {what}(" in _source(name)]


@cache
def by_suffix() -> dict[str, str]:
    """File name suffix, lower case with its dot, to our format that reads it."""
    import ast

    found: dict[str, str] = {}
    for name in able("read"):
        _, _, value = _source(name).partition("\nSUFFIXES = ")
        found |= dict.fromkeys(ast.literal_eval(value.partition("\n")[0] or "()"), name)
    return found


def of_suffix(suffix: str) -> str | None:
    """The format that reads files of this suffix: one of ours, or else that of a plug-in."""
    return by_suffix().get(suffix) or (added_suffixes().get(suffix) if suffix else None)


@cache
def added_suffixes() -> dict[str, str]:
    """Suffixes that plug-ins add. What cannot be loaded is told: the files may be read without it."""
    added: dict[str, str] = {}
    for name in plugins.found("formats"):
        try:
            module = load(name)
        except plugins.PluginError as error:
            import logging

            logging.getLogger("corptool").warning("%s", error.message)
        else:
            suffixes = getattr(module, "SUFFIXES", ()) if hasattr(module, "read") and name not in names() else ()
            added |= {suffix: name for suffix in suffixes if suffix not in {**by_suffix(), **added}}
    return added


@cache
def _source(name: str) -> str:
    with open(os.path.join(__path__[0], f"{name}.py"), encoding="utf-8") as file:
        return file.read()
