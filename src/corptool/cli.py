"""The `corptool` command: one subcommand a stage, plus `run`. The edge: files, messages, exit codes."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from typing import IO, Any

import click

from corptool import stage as stages
from corptool.article import Lost, Parcel, dumps, failure
from corptool.engine import local
from corptool.formats import FOLDER, File
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
        if name not in stages.names():
            raise stages.unknown(name, self.list_commands(ctx))
        found = stages.lookup(name)
        return found if isinstance(found, click.Command) else found.command(REPORTING, callback=_callback(found))

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


def say(message: str) -> None:
    """Print on standard error; that nobody reads it must not change what is done."""
    with contextlib.suppress(OSError):
        click.echo(message, err=True)


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


@contextlib.contextmanager
def writer(output: str | None) -> Iterator[Any]:
    """A function that writes outputs: to standard output, to a file, or to files in a folder."""
    with contextlib.ExitStack() as stack:
        streams: list[IO[bytes]] = []
        folder = output if output and (os.path.isdir(output) or output.endswith(("/", os.sep))) else None

        def stream() -> IO[bytes]:
            if not streams:
                streams.append(stack.enter_context(written(output)))
            return streams[0]

        def write(outputs: list[local.Output]) -> None:
            nonlocal folder
            for item in outputs:
                if item is FOLDER or item == FOLDER:
                    folder = _made(output)
                elif not isinstance(item, File):
                    stream().write(item.line + b"\n" if isinstance(item, Parcel) else item)
                elif folder is None:
                    stream().writelines(_pieces(item))
                else:
                    _write_file(folder, item)
            if streams:
                streams[0].flush()

        yield write
        if folder is None:
            stream()  # no article is an empty file, not a missing one


def _made(folder: str | None) -> str:
    if folder is None:
        raise click.UsageError("this format writes one file an article: name a folder for them with -o")
    os.makedirs(folder, exist_ok=True)
    if others := sum(1 for _ in os.scandir(folder)):
        say(f"{folder}: {others} files were there before; those of other names stay")
    return folder


def _write_file(folder: str, file: File) -> None:
    if file.name.startswith(("/", "\\")) or {"..", ""} & {*file.name.replace("\\", "/").split("/")}:
        raise click.ClickException(f"will not write outside {folder}: {file.name}")
    with written(os.path.join(folder, file.name)) as stream:
        stream.writelines(_pieces(file))


def _pieces(file: File) -> Iterable[bytes]:
    return [file.data] if isinstance(file.data, bytes) else file.data


@contextlib.contextmanager
def written(path: str | None) -> Iterator[IO[bytes]]:
    """A file that appears whole or not at all: written beside its place and renamed. Devices are written directly."""
    if path is None or path == "-":
        yield sys.stdout.buffer
        with contextlib.suppress(BrokenPipeError):
            sys.stdout.buffer.flush()
        return
    if not _is_regular(path):
        with open(path, "wb") as stream:
            yield stream
        return
    path = os.path.realpath(path)  # what a link leads to is written, and the link stays
    _end_in_order()
    folder, name = os.path.split(path)
    os.makedirs(folder or ".", exist_ok=True)
    beside = os.path.join(folder, f".{name[:60]}.{os.getpid()}.part")
    try:
        stream = open(beside, "wb")  # noqa: SIM115 - the error of opening is told with the name that was typed
    except OSError as error:
        error.filename = path
        raise
    try:
        with stream:
            yield stream
        os.replace(beside, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(beside)


def _end_in_order() -> None:
    """Let SIGTERM unwind as Ctrl-C does, so that unfinished files are removed."""
    import signal

    with contextlib.suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def _is_regular(path: str) -> bool:
    if path.startswith(("/dev/", "/proc/")):  # /dev/stdout may lead to a regular file
        return False
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        return True
