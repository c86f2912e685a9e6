"""Runs a pipeline as users see it: from files to output and rejects, with messages, numbers and an exit code."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

import click

from corptool import metatable
from corptool.article import Lost, dumps
from corptool.batches import Batch, file_of
from corptool.engine import local
from corptool.engine.local import Report
from corptool.outputs import Output, check_apart, check_one_file, say, writer, written
from corptool.pipeline import Pipeline, reader
from corptool.progress import Mode, measured, shown
from corptool.step import Step

SHOWN = 10  # messages about single articles; the rest is counted


def flow(
    pipeline: Pipeline,
    *,
    output: str | None,
    rejects: str | None,
    max_rejects: int,
    quiet: bool,
    progress: Mode = "auto",
    jobs: int = 1,
    table: bool = False,
) -> int:
    """Run a pipeline from its files to its output, say what happened, and return the exit code."""
    first = pipeline.steps[0]
    if not first.files and not first.files_from:
        if sys.stdin is None or sys.stdin.isatty():
            raise click.UsageError(
                f"name the files for `{first.name}`, or pipe something in (corptool {first.name} --help)"
            )
        first.files = ("-",)
    if output:
        check_apart(output, first.files)

    def run(report: Report) -> Iterator[list[Output]]:
        meta = first.options.get("meta")
        batches = _all_read(reader(first).batches(), meta) if meta else reader(first).batches()
        if report.progress:
            batches = measured(batches, first.files, first.files_from, report)
        return local.run(pipeline, batches, report, jobs=jobs)

    how: dict[str, Any] = {
        "rejects": rejects,
        "max_rejects": max_rejects,
        "quiet": quiet,
        "progress": progress,
        "table": table,
    }
    return told(run, pipeline.steps, output=output, **how)


def _all_read(batches: Iterable[Batch], table: str) -> Iterator[Batch]:
    """The batches, and a warning where the table of --meta is about files that are not among them.

    A slip in its column of paths would lose all that is known, in silence.
    """
    left = dict.fromkeys(metatable.files_of(table))
    count = len(left)
    for batch in batches:
        left.pop(metatable.row_of(file_of(batch), table), None)
        yield batch
    if left:
        some = ", ".join(list(left)[:3]) + (", …" if len(left) > 3 else "")
        say(f"{table}: {len(left)} of {count} rows are about files that were not read: {some}")


def told(
    run: Callable[[Report], Iterable[list[Output]]],
    steps: list[Step],
    *,
    output: str | None = None,
    rejects: str | None = None,
    max_rejects: int = 0,
    quiet: bool = False,
    progress: Mode = "auto",
    table: bool = True,
) -> int:
    """Run something to its output, say what happened, and return the exit code."""
    if output and rejects and os.path.abspath(output) == os.path.abspath(rejects):
        raise click.UsageError(f"-o and --rejects both name {output}")
    if output and not (last := steps[-1]).stage.makes_files:
        check_one_file(output, last.name, lines=last.stage.kind != "sink")
    with contextlib.ExitStack() as stack:
        losses = Losses(stack.enter_context(written(rejects)) if rejects else None)
        report = Report(steps, losses.add)
        report.only_failures = rejects is None
        stack.enter_context(contextlib.suppress(_NothingRead))
        write = stack.enter_context(writer(output))
        stack.enter_context(shown(report, progress, quiet=quiet, output=output))
        try:
            for outputs in run(report):
                write(outputs)
        except OSError as error:  # `| head` has seen enough of standard output: not an error
            if output not in (None, "-") or not _is_closed_pipe(error):
                raise
        if output and _nothing_read(report):
            raise _NothingRead
    losses.tell()
    if not quiet:
        tell(report.rows(), table=table)
    failed = sum(count for (_, fate), count in report.counts.items() if fate == "rejected")
    if _nothing_read(report):
        return 1
    return 3 if failed > max_rejects else 0


class _NothingRead(Exception):  # noqa: N818 - it is no error, but keeps the file from being replaced by an empty one
    """All input failed."""


def _nothing_read(report: Report) -> bool:
    failed = sum(count for (_, fate), count in report.counts.items() if fate == "rejected")
    return bool(failed and failed == report.counts[0, "in"] and not report.counts[0, "out"])


def _is_closed_pipe(error: OSError) -> bool:
    return isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL)


class Losses:
    """What was lost: whole to the rejects file; failures also as messages."""

    def __init__(self, file: IO[bytes] | None) -> None:
        self.file = file
        self.failures = 0

    def add(self, stage: str, lost: Lost) -> None:
        """Keep one."""
        article, reason, into, failed = lost.dropped
        if self.file:
            row = {"stage": stage, "reason": reason, "failed": failed, **lost.place._asdict()}
            row |= {} if into is None else {"into": into}
            raw = article.decode("utf-8", "surrogateescape") if isinstance(article, bytes) else None
            self.file.write(dumps(row | ({"article": article} if raw is None else {"raw": raw})) + b"\n")
        if not failed:
            return
        self.failures += 1
        if self.failures <= SHOWN:
            say(f"{lost.place}: {reason}")

    def tell(self) -> None:
        """What there is to say at the end."""
        if self.failures > SHOWN:
            hint = "" if self.file else "; --rejects FILE keeps them all"
            say(f"… and {self.failures - SHOWN} more that failed{hint}")


def tell(rows: list[list[Any]], *, table: bool) -> None:
    """Print the numbers of each step: in = out + dropped + merged + rejected."""
    if table:
        from tabulate import tabulate

        headers = ["stage", "in", "out", "dropped", "merged", "rejected"]
        say(tabulate(rows, headers, tablefmt="simple"))
        return
    for name, entered, out, dropped, merged, rejected in rows:
        numbers = f"{out} out + {dropped} dropped + {merged} merged + {rejected} rejected"
        say(f"{name}: {entered} in = {numbers}")
