"""The `corptool` command: one subcommand a stage, plus `run`. The edge: messages, numbers, exit codes."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

import click

from corptool import catalogue, plugins
from corptool.article import failure
from corptool.flow import flow
from corptool.options import INPUT, OUTPUT, complete_paths
from corptool.outputs import say
from corptool.pipeline import Pipeline, bind
from corptool.stage import Stage

REPORTING: list[click.Parameter] = [
    click.Option(
        ["--rejects"],
        metavar="FILE",
        help="Keep what was dropped or failed here, whole, with the reason.",
        shell_complete=complete_paths,
    ),
    click.Option(["--max-rejects"], type=click.IntRange(0), default=0, help="So many failures still exit with 0."),
    click.Option(["-q", "--quiet"], is_flag=True, help="Print no numbers at the end."),
]


class Commands(click.Group):
    """What lies in commands/, and `run`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In alphabetical order."""
        return sorted([*catalogue.names(), *super().list_commands(ctx)])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """A command as --help and completion list it: not imported, which would cost four times as much as the rest."""
        return super().get_command(ctx, name) or click.Command(name, help=catalogue.help_of(name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Ours with their help, and the names of those that plug-ins add: help imports nothing of theirs."""
        super().format_commands(ctx, formatter)
        if added := plugins.found("stages"):
            rows = [(name, f"of {plugins.package(entry)}") for name, [entry, *_] in added.items()]
            ours = self.list_commands(ctx)
            with formatter.section("Commands of other packages"):
                formatter.write_dl([(name, f"{of} (not used: ours wins)" * (name in ours) or of) for name, of in rows])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """A stage as a subcommand, or a command that brings its own. An error tells the nearest name."""
        name, *rest = args
        if known := super().get_command(ctx, name):
            return name, known, rest
        if not catalogue.is_known(name):
            raise catalogue.unknown(name, self.list_commands(ctx))
        found = catalogue.lookup(name)
        command = found if isinstance(found, click.Command) else found.command(REPORTING, callback=_callback(found))
        return name, command, rest


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


class Share(click.ParamType):  # type: ignore[type-arg]
    """`3/100`: the third of a hundred."""

    name = "K/N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """(2, 100)."""
        number, _, of = value.partition("/")
        if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
            self.fail(f"{value!r} is not of the form 3/100; shards are counted from 1", param, ctx)
        return int(number) - 1, int(of)


@group.command(context_settings={"show_default": True})
@click.argument("pipeline", required=False, shell_complete=complete_paths)
@click.option("-j", "--jobs", type=click.IntRange(1), default=1, help="Worker processes.")
@click.option("--engine", type=click.Choice(["local", "ray"]), default="local", help="Who does the work, with --work.")
@click.option("--address", metavar="ADDRESS", help="With --engine ray: a cluster; without it, one of this machine.")
@click.option("--work", metavar="DIR", help="Keep what is done in DIR: after a kill the same command goes on.")
@click.option("--shards", type=click.IntRange(1), help="With --work: how many parts the input is cut into.")
@click.option("--shard", type=Share(), help="With --work: do this shard of the first round, and no more.")
@click.option("--decide", is_flag=True, help="With --work: let the corpus stage decide that closes the round.")
@click.option("--apply", type=Share(), help="With --work: do this shard of the round that follows a decision.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def run(
    pipeline: str | None,
    files: tuple[str, ...],
    files_from: str | None,
    output: str | None,
    jobs: int,
    **options: Any,
) -> int:
    """Run a PIPELINE in one process, or in several: the same bytes as the shell pipe, sooner.

    PIPELINE is what one would type between pipes, in quotes, or the name of a file that holds it (with line breaks
    and # comments). FILES go to its first stage.

    \b
      corptool run 'read pages | fix | clean | dedup | export --format csv' -o corpus.csv -j 4
      corptool run corpus.pipeline pages/*.html
      corptool run --work state 'read pages | fix | clean | dedup' -o corpus.jsonl
    """
    reporting = {name: options.pop(name) for name in ("rejects", "max_rejects", "quiet", "progress")}
    text = _pipeline_text(pipeline) if pipeline else None
    work, cut, engine, address = (options.pop(name) for name in ("work", "shards", "engine", "address"))
    if work or options["dry_run"]:
        from corptool import jobs as at_work
        from corptool.engine.job import Given

        given = Given(text, files, files_from, output, cut)
        workers = at_work.Workers(jobs, engine, address)
        return at_work.run(work, given, at_work.Wanted(**options), workers=workers, reporting=reporting)
    if engine == "ray" or address:
        raise click.UsageError("--engine ray needs --work DIR: a folder that all machines see, or a URL such as s3://…")
    if cut or any(options.values()):
        raise click.UsageError("shards need --work DIR, the folder in which their results are kept")
    if text is None:
        raise click.UsageError("give a PIPELINE, such as 'read pages | fix | clean'")
    plan = Pipeline(text)
    first, last = plan.steps[0], plan.steps[-1]
    if (files or files_from) and (first.files or first.files_from):
        raise click.UsageError(f"`{first.name}` names its files in the pipeline already: give them once")
    first.files, first.files_from = first.files or files, first.files_from or files_from
    if output and last.output:
        raise click.UsageError(f"`{last.name}` names its output in the pipeline already: give -o once")
    return flow(plan, output=output or last.output, jobs=jobs, table=True, **reporting)


run.params[1:1] = [*INPUT, OUTPUT]
run.params += REPORTING
run.params += [
    click.Option(
        ["--progress"],
        type=click.Choice(["auto", "json", "none"]),
        default="auto",
        help="On standard error: a line on a terminal, a line of JSON each second, or nothing.",
    )
]


def _pipeline_text(given: str) -> str:
    words = given.split()
    if words and words[0] not in catalogue.names():
        if os.path.isfile(given):
            with open(given, encoding="utf-8-sig") as file:
                return file.read()
        if len(words) == 1 and {"/", ".", os.sep} & {*given}:
            raise click.UsageError(f"there is no file {given}, and no stage of that name")
    return given
