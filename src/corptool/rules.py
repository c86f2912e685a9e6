"""Rules, tables and models from data/, loaded once and handed to text functions: the only reader of data/."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from corptool.text import glosses

DATA = Path(__file__).parent / "data"


@cache
def gloss_tables() -> glosses.Tables:
    """Readings and script of characters, for `glosses.glosses`; 5 ms, so only where `may_hold_glosses`."""
    scripts = _table("scripts.tsv")
    return glosses.Tables(
        glosses.with_toneless(_table("readings.tsv")),
        frozenset(scripts["traditional"]),
        frozenset(scripts["traditional-common"]),
    )


def _table(name: str) -> dict[str, str]:
    """A file of `key<tab>value` lines."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return {key: value for key, _, value in (line.partition("\t") for line in lines)}


@cache
def opencc() -> dict[str, Any]:
    """The configurations of each table set, and the hashes that the dictionaries of its package have."""
    value: dict[str, Any] = json.loads((DATA / "opencc.json").read_text(encoding="utf-8"))
    return value


@cache
def opencc_patch(tables: str) -> dict[str, str]:
    """For each dictionary the lines by which the table set differs from the package's."""
    sections = (DATA / f"{tables}.patch").read_text(encoding="utf-8").split("@ ")[1:]
    return {name: lines for name, _, lines in (section.partition("\n") for section in sections)}
