"""How far a run is, on standard error: a line that stays in its place on a terminal, or JSON lines for machines.

A run feeds it through its Report: `report.add` calls it, `report.read` and `report.size` are the bytes of input that
have been read, and of all. What is told, and how much input there is, is worked out only while somebody looks.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Literal

from corptool.article import dumps
from corptool.batches import Batch, Document, Lines
from corptool.engine.local import Report
from corptool.files import bare, find, is_archive, is_remote, names_from
from corptool.outputs import erased, say

Mode = Literal["auto", "json", "none"]
EVERY = {"auto": 0.2, "json": 1.0}  # seconds


@contextmanager
def shown(report: Report, mode: Mode, *, quiet: bool, output: str | None) -> Iterator[None]:
    """Show the progress of what is done inside, if it is wanted."""
    if mode == "none" or (mode == "auto" and (quiet or not _watched(output))):
        yield
        return
    tell = _line if mode == "json" else _drawn
    start = told = time.monotonic()

    def update() -> None:
        nonlocal told
        if (now := time.monotonic()) - told >= EVERY[mode]:
            told = now
            tell(facts(report, now - start, done=False))

    report.progress = update
    if mode == "auto":
        _say_what_is_logged()
    try:
        yield
        if mode == "json":
            _line(facts(report, time.monotonic() - start, done=True))
    finally:
        report.progress = None
        if mode == "auto":
            _write(erased())


def facts(report: Report, seconds: float, *, done: bool) -> dict[str, Any]:
    """What `--progress json` writes on a line; docs/run.md says what each key means."""
    columns = ("stage", "in", "out", "dropped", "merged", "rejected")
    share = report.read / report.size if report.size else None
    articles = report.counts[0, "in"]
    return {
        "seconds": round(seconds, 1),
        "read": report.read or None,
        "size": report.size,
        "left": round(seconds / share - seconds, 1) if share and share < 1 else None,
        "rate": round(articles / seconds, 1) if seconds else 0,
        "stages": [dict(zip(columns, row, strict=True)) for row in report.rows()],
        "done": done,
    }


def measured(batches: Iterable[Batch], names: Iterable[str], files_from: str | None, report: Report) -> Iterator[Batch]:
    """The batches of the files that were named; meanwhile `report.read` says how many bytes come before them."""
    if files_from == "-":  # these names can be read once
        yield from batches
        return
    if files_from:
        with suppress(OSError):
            names = [*names, *names_from(files_from)]
    report.size = _sum(size for _, size in _sizes(names))
    upcoming = _sizes(names)  # folders are listed again beside the run, so that no list of millions is held
    before, here, size = 0, "", 0
    for batch in batches:
        path, offset = _place(batch)
        while here != path and (following := next(upcoming, None)):
            before += size
            here, size = following[0], following[1] or 0
        report.read = before + (offset if report.size is None else min(offset, size))
        yield batch
    report.read = report.size or report.read


def _sum(sizes: Iterable[int | None]) -> int | None:
    """The sum, if all are known."""
    total = 0
    for size in sizes:
        if size is None:
            return None
        total += size
    return total


def _sizes(names: Iterable[str]) -> Iterator[tuple[str, int | None]]:
    """The files that the names stand for, with their sizes; None where that is not known, 0 where none is there."""
    for path in find(names, lambda _: True):
        size: int | None = None if is_remote(path) else 0
        with suppress(OSError, ValueError):
            found = os.fstat(sys.stdin.fileno()) if path == "-" else os.stat(path)
            size = found.st_size if stat.S_ISREG(found.st_mode) else None
        yield path, size


def _place(batch: Batch) -> tuple[str, int]:
    """The file in which a batch begins, and after how many of its bytes, where these are those of the file itself."""
    if isinstance(batch, Document):
        return batch.path, 0
    if isinstance(batch, Lines):
        path, offset = batch.place.path, batch.place.offset
    else:
        path, _, offset = batch.ready[0].place if batch.ready else ("", None, 0)
    return path, 0 if bare(path) != path or is_archive(path) else offset


def _watched(output: str | None) -> bool:
    """Whether somebody sits before it: and what is written goes neither to the terminal nor to the next command.

    So of commands in a pipe only the last one draws.
    """
    if not erased():
        return False
    if output not in (None, "-"):
        return True
    return not sys.stdout.isatty() and not stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode)


def _line(told: dict[str, Any]) -> None:
    _write(dumps(told).decode() + "\n")


def _drawn(told: dict[str, Any]) -> None:
    share = f"{(told['read'] or 0) / told['size']:4.0%}  " if told["size"] else ""
    left = f"  {_clock(told['left'])} left" if told["left"] else ""
    stages = "  ".join(_stage(**stage) for stage in told["stages"])
    text = f"{share}{_clock(told['seconds'])}{left}  {told['rate']:,.0f} articles/s | {stages}"
    _write(erased() + text[: _columns() - 1] + "\r")  # what others write begins the line


def _columns() -> int:
    """Of the terminal that standard error is: standard output is somewhere else."""
    with suppress(OSError, ValueError):
        return os.get_terminal_size(sys.stderr.fileno()).columns
    return 80


def _stage(stage: str, out: int, **numbers: int) -> str:
    """`fix 1,204`, or `dedup 0 of 1,204` where articles wait, and how many were lost."""
    lost = numbers["dropped"] + numbers["merged"] + numbers["rejected"]
    waiting = f" of {numbers['in']:,}" if numbers["in"] > out + lost else ""
    return f"{stage} {out:,}{waiting}" + (f" (-{lost:,})" if lost else "")


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _write(text: str) -> None:
    with suppress(OSError):  # that nobody reads it must not change what is done
        sys.stderr.write(text)
        sys.stderr.flush()


def _say_what_is_logged() -> None:
    import logging

    class Said(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            say(record.getMessage())

    logging.getLogger("corptool").addHandler(Said())
