"""Rules, tables and models from data/, loaded once and handed to text functions: the only reader of data/."""

from __future__ import annotations

from functools import cache
from pathlib import Path

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
