"""The `corptool` command: one subcommand a stage, plus `run`. The edge: messages, numbers, exit codes."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import IO, Any

import click

from corptool import plugins
from corptool import stage as stages
from corptool.article import Lost, dumps, failure
from corptool.engine import local
from corptool.outputs import say, writer, written
from corptool.pipeline import Pipeline, bind
from corptool.stage import Stage

SHOWN = 10  # messages about single articles; the rest is counted

REPORTING: list[click.Parameter] = [
    click.Option(["--rejects"], metavar="FILE", help="Keep what was dropped or failed here, whole, with the reason."),
    click.Option(["--max-rejects"], type=click.IntRange(0), default=0, help="So many failures still exit with 0."),
    click.Option(["-q", "--quiet"], is_flag=True, help="Print no numbers at the end."),
]


class Commands(click.Group):
    """What lies in commands/, and `run`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In alphabetical order."""
        return sorted([*stages.names(), *super().list_commands(ctx)])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """A stage as a subcommand, or a command that brings its own."""
        if known := super().get_command(ctx, name):
            return known
        if not stages.is_known(name):
            raise stages.unknown(name, self.list_commands(ctx))
        found = stages.lookup(name)
        return found if isinstance(found, click.Command) else found.command(REPORTING, callback=_callback(found))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Ours with their help, and the names of those that plug-ins add: help imports nothing of theirs."""
        super().format_commands(ctx, formatter)
        if added := plugins.found("stages"):
            rows = [(name, f"of {plugins.package(entry)}") for name, [entry, *_] in added.items()]
            ours = self.list_commands(ctx)
            with formatter.section("Commands of other packages"):
                formatter.write_dl([(name, f"{of} (not used: ours wins)" * (name in ours) or of) for name, of in rows])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Unknown names end in our message, which names the nearest."""
        return args[0], self.get_command(ctx, args[0]), args[1:]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="corptool", message="corptool %(version)s")
def group() -> None:
    """Turn messy scraped articles, Chinese and English, into a clean corpus.

    Articles are JSON Lines: connect the subcommands with pipes, or let `corptool run` do it in one process.

    \b
      corptool read pages | corptool fix | corptool clean | corptool export --format csv -o corpus.csv
      corptool run 'read pages | fix | clean | export --format csv' -o corpus.csv
    """


def main() -> None:
    """Run the command line, and turn whatever ends it early into one line and an exit code."""
    try:
        if sys.stdout is None:
            raise click.ClickException("standard output is closed")
        code = group(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("corptool: interrupted")
        code = 130
    except OSError as error:
        say(f"corptool: {failure(error)}")
        code = 1
    except ImportError as error:
        say(f"corptool: {error}")
        code = 1
    except Exception as error:
        if "CORPTOOL_TRACEBACK" in os.environ:
            raise
        say(f"corptool: {failure(error)}\n(a fault of corptool; CORPTOOL_TRACEBACK=1 shows where)")
        code = 1
    _leave(code if isinstance(code, int) else 0)


def _leave(code: int) -> None:
    """Flush and end. Taking the interpreter down would cost a tenth of a light stage, and nothing is left to do."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, AttributeError):  # nobody reads it any more, or it was closed
            stream.flush()
    os._exit(code)


def _callback(stage: Stage) -> Any:
    def callback(**params: Any) -> int:
        step = bind(stage, params)
        reporting = {name: params[name] for name in ("rejects", "max_rejects", "quiet")}
        return flow(Pipeline.of(step), output=step.output, **reporting)

    return callback


@group.command(context_settings={"show_default": True})
@click.argument("pipeline")
@click.argument("files", nargs=-1)
@click.option("--files-from", metavar="FILE", help="Read the names of the input files from FILE (`-`: stdin).")
@click.option("-o", "--output", metavar="PATH", help="Write to PATH instead of standard output.")
@click.option("-j", "--jobs", type=click.IntRange(1), default=1, help="Worker processes.")
def run(
    pipeline: str, files: tuple[str, ...], files_from: str | None, output: str | None, jobs: int, **reporting: Any
) -> int:
    """Run a PIPELINE in one process, or in several: the same bytes as the shell pipe, sooner.

    PIPELINE is what one would type between pipes, in quotes, or the name of a file that holds it (with line breaks
    and # comments). FILES go to its first stage.

    \b
      corptool run 'read pages | fix | clean | dedup | export --format csv' -o corpus.csv -j 4
      corptool run corpus.pipeline pages/*.html
    """
    plan = Pipeline(_pipeline_text(pipeline))
    first, last = plan.steps[0], plan.steps[-1]
    if (files or files_from) and (first.files or first.files_from):
        raise click.UsageError(f"`{first.name}` names its files in the pipeline already: give them once")
    first.files, first.files_from = first.files or files, first.files_from or files_from
    if output and last.output:
        raise click.UsageError(f"`{last.name}` names its output in the pipeline already: give -o once")
    return flow(plan, output=output or last.output, jobs=jobs, table=True, **reporting)


run.params += REPORTING


def _pipeline_text(given: str) -> str:
    words = given.split()
    if words and words[0] not in stages.names():
        if os.path.isfile(given):
            with open(given, encoding="utf-8-sig") as file:
                return file.read()
        if len(words) == 1 and {"/", ".", os.sep} & {*given}:
            raise click.UsageError(f"there is no file {given}, and no stage of that name")
    return given


def flow(
    pipeline: Pipeline,
    *,
    output: str | None,
    rejects: str | None,
    max_rejects: int,
    quiet: bool,
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
    if output and output == rejects:
        raise click.UsageError(f"-o and --rejects both name {output}")
    with contextlib.ExitStack() as stack:
        losses = Losses(stack.enter_context(written(rejects)) if rejects else None)
        report = local.Report(pipeline.steps, losses.add)
        write = stack.enter_context(writer(output))
        try:
            for outputs in local.run(pipeline, first.batches(), report, jobs=jobs):
                write(outputs)
        except OSError as error:  # `| head` has seen enough of standard output: not an error
            if output not in (None, "-") or not _is_closed_pipe(error):
                raise
    losses.tell()
    if not quiet:
        tell(report.rows(), table=table)
    failed = sum(count for (_, fate), count in report.counts.items() if fate == "rejected")
    if failed and failed == report.counts[0, "in"] and not report.counts[0, "out"]:
        return 1
    return 3 if failed > max_rejects else 0


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
