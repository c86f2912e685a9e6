"""The options that every stage has, as a subcommand and as a step."""

from __future__ import annotations

from typing import Any

import click


def complete_paths(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[Any]:
    """Let the shell complete what names a file or a folder."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


INPUT: list[click.Parameter] = [
    click.Argument(["files"], nargs=-1, shell_complete=complete_paths),
    click.Option(
        ["--files-from"],
        metavar="FILE",
        help="Read the names of the input files from FILE (`-`: stdin).",
        shell_complete=complete_paths,
    ),
]
OUTPUT = click.Option(
    ["-o", "--output"],
    metavar="PATH",
    help="Write to PATH instead of standard output.",
    shell_complete=complete_paths,
)
EVERYWHERE: list[click.Parameter] = [
    *INPUT,
    OUTPUT,
    click.Option(
        ["--edits"],
        type=click.Choice(["keep", "hash", "drop"]),
        default="keep",
        show_default=True,
        help="How much of the record of changes travels with the article.",
    ),
]
SHARED = tuple(str(param.name) for param in EVERYWHERE)


class Unnoted(click.Option):
    """An option on which nothing in an article depends, as of what is told on standard error: edits do not note it."""
