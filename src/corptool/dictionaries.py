"""OpenCC's dictionaries: those of the installed opencc-python-reimplemented, and the patch that brings them up to date.

The package is found by its metadata and its files are held against known hashes. It is never imported: OpenCC's own
wheel owns the same import name, and which of the two `import opencc` gives depends on the order of installation.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from corptool import __version__, rules
from corptool.text.script.chain import Chain
from corptool.text.script.compiling import FORMAT, Compiled, compiled
from corptool.text.script.engine import Engine

PACKAGE = "opencc-python-reimplemented"
PACKAGED, CURRENT = TABLES = ("opencc-1.1.6", "opencc-1.4.2")


@cache
def engine(config: str, tables: str = CURRENT) -> Engine:
    """What converts by a configuration. Worked out on first use and kept in the user's cache folder.

    Some tenths of a second become a hundredth. The file is named by all that went into it and begins with a hash of
    the rest, so an old, foreign or broken one is never used; where none can be written nothing is kept.
    """
    kept = _cache_folder() / f"{tables}-{config}-{__version__}-{FORMAT}-{rules.opencc_hash(tables)}.json"
    state = _read_kept(kept)
    if state is None:
        made = chain(config, tables)
        state = {"chain": made.packed(), "compiled": compiled(made)._asdict()}
        _keep(kept, state)
    return Engine(Chain.unpacked(state["chain"]), Compiled(**state["compiled"]))


def check() -> None:
    """ValueError says what of the package is missing or altered, whatever is kept of earlier runs.

    Kept or not, a configuration works: but which are kept nobody knows, and half a run would fail.
    """
    files = (name for name in rules.opencc()["files"] if name.startswith("dictionary/"))
    for _ in _published(files):
        pass


def _cache_folder() -> Path:
    """$CORPTOOL_CACHE, or the place that the system has for such files."""
    if chosen := os.environ.get("CORPTOOL_CACHE"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or "~/AppData/Local", "corptool", "cache").expanduser()
    if sys.platform == "darwin":
        return Path("~/Library/Caches/corptool").expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "corptool").expanduser()


def _read_kept(path: Path) -> dict[str, Any] | None:
    try:
        seal, _, data = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if _seal(data) != seal:
        return None
    state: dict[str, Any] = orjson.loads(data)
    return state


def _keep(path: Path, state: dict[str, Any]) -> None:
    """Write the file whole or not at all: others may be reading and writing it at the same time."""
    from tempfile import TemporaryDirectory

    data = orjson.dumps(state)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=path.parent) as folder:
            Path(folder, path.name).write_bytes(_seal(data) + b"\n" + data)
            Path(folder, path.name).replace(path)
    except OSError:
        return


def _seal(data: bytes) -> bytes:
    from hashlib import blake2b

    return blake2b(data).hexdigest().encode()


@cache
def chain(config: str, tables: str = CURRENT) -> Chain:
    """A configuration of OpenCC (`s2twp`) over a table set. ValueError says what is missing and how to mend it."""
    configs = rules.opencc()["configs"][tables]
    if config not in configs:
        raise ValueError(f"{tables} has no configuration {config}; it has {', '.join(sorted(configs))}")
    return Chain.from_config(configs[config], _Dictionaries(tables), longest_first=tables == PACKAGED)


@cache
def candidates(config: str, tables: str = CURRENT) -> dict[str, str]:
    """Characters for which the configuration's first stage has several counterparts: all of them, by preference."""

    def names(spec: Any) -> list[str]:
        return (
            [spec]
            if isinstance(spec, str)
            else [name for (parts,) in [spec.values()] for part in parts for name in names(part)]
        )

    found: dict[str, str] = {}
    for name in reversed(names(rules.opencc()["configs"][tables][config]["stages"][0])):
        found |= {key: values for key, values in dictionary(name, tables).items() if len(key) == 1 and " " in values}
    return found


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
    file = f"dictionary/{name}.txt"
    if file not in rules.opencc()["files"]:
        return {}
    (data,) = _published([file])
    lines = data.decode("utf-8").replace("\r\n", "\n").split("\n")
    return dict(line.split("\t", 1) for line in lines if line)


def _published(files: Iterable[str]) -> Iterator[bytes]:
    """Files of the package, held against the hashes of what was published."""
    from hashlib import sha256
    from importlib import metadata

    known = rules.opencc()["files"]
    mend = f"pip install --force-reinstall --no-deps {PACKAGE}=={rules.opencc()['package']}"
    try:
        folder = Path(str(metadata.distribution(PACKAGE).locate_file("opencc")))
    except metadata.PackageNotFoundError:
        raise ValueError(f"{PACKAGE} is not installed: {mend}") from None
    for file in files:
        what = f"the dictionary {Path(file).stem} of {PACKAGE}"
        try:
            data = (folder / file).read_bytes()
        except OSError:
            raise ValueError(f"{what} is not installed: {mend}") from None
        if sha256(data).hexdigest() != known[file]:
            raise ValueError(f"{what} is not the one that was published: {mend}")
        yield data
