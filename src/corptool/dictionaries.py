"""OpenCC's dictionaries: those of the installed opencc-python-reimplemented, and the patch that brings them up to date.

The package is found by its metadata and its files are held against known hashes. It is never imported: OpenCC's own
wheel owns the same import name, and which of the two `import opencc` gives depends on the order of installation.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

from corptool import rules
from corptool.text.script.chain import Chain

PACKAGE = "opencc-python-reimplemented"
PACKAGED, CURRENT = TABLES = ("opencc-1.1.6", "opencc-1.4.2")


@cache
def chain(config: str, tables: str = CURRENT) -> Chain:
    """A configuration of OpenCC (`s2twp`) over a table set. ValueError says what is missing and how to mend it."""
    configs = rules.opencc()["configs"][tables]
    if config not in configs:
        raise ValueError(f"{tables} has no configuration {config}; it has {', '.join(sorted(configs))}")
    return Chain.from_config(configs[config], _Dictionaries(tables), longest_first=tables == PACKAGED)


@cache
def dictionary(name: str, tables: str = CURRENT) -> dict[str, str]:
    """Each key with its candidates, the preferred one first, separated by spaces."""
    entries = _packaged(name)
    if tables == PACKAGED:
        return entries
    for line in rules.opencc_patch(tables)[name].splitlines():
        key, _, value = line[1:].partition("\t")
        if value:
            entries[key] = value
        else:
            del entries[key]
    return entries


class _Dictionaries(dict[str, dict[str, str]]):
    """The dictionaries of a table set, each read when it is asked for."""

    def __init__(self, tables: str) -> None:
        super().__init__()
        self.tables = tables

    def __missing__(self, name: str) -> dict[str, str]:
        return dictionary(name, self.tables)


def _packaged(name: str) -> dict[str, str]:
    """A dictionary as the package has it; empty where it has none of that name."""
    known = rules.opencc()["files"].get(f"dictionary/{name}.txt")
    if known is None:
        return {}
    mend = f"pip install --force-reinstall --no-deps {PACKAGE}=={rules.opencc()['package']}"
    try:
        folder = metadata.distribution(PACKAGE).locate_file("opencc")
        data = Path(str(folder), "dictionary", f"{name}.txt").read_bytes()
    except (metadata.PackageNotFoundError, OSError):
        raise ValueError(f"the dictionary {name} of {PACKAGE} is not installed: {mend}") from None
    if hashlib.sha256(data).hexdigest() != known:
        raise ValueError(f"the dictionary {name} of {PACKAGE} is not the one that was published: {mend}")
    lines = data.decode("utf-8").replace("\r\n", "\n").split("\n")
    return dict(line.split("\t", 1) for line in lines if line)
