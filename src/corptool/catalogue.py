"""Which subcommands there are: what lies in commands/, and what other packages add (plugins.py)."""

from __future__ import annotations

import importlib
import os
import re
from functools import cache

import click

from corptool import commands, edits, plugins
from corptool.stage import Stage

DECLARED = re.compile(r'^@(?:stage|block_stage|source|sink|click)\b.*?^    """(.*?)"""', re.DOTALL | re.MULTILINE)
"""A subcommand in its file, and its docstring."""


@cache
def names() -> list[str]:
    """The subcommands: what lies in commands/. There is no list to keep."""
    listed = os.listdir(commands.__path__[0])
    return sorted(name[:-3] for name in listed if name.endswith(".py") and name != "__init__.py")


def help_of(name: str) -> str:
    """The first paragraph of a subcommand's docstring, read from its source: what --help needs of it."""
    with open(os.path.join(commands.__path__[0], f"{name}.py"), encoding="utf-8") as file:
        found = DECLARED.search(file.read())
    return " ".join(found[1].partition("\n\n")[0].split()) if found else ""


def is_known(name: str) -> bool:
    """Whether there is such a subcommand, here or in another package."""
    return name in names() or name in plugins.found("stages")


def lookup(name: str) -> Stage | click.Command:
    """The stage or plain command that `commands/NAME.py` declares, or a plug-in of that name."""
    if name in names():
        module = importlib.import_module(f"corptool.commands.{name}")
        for value in vars(module).values():
            if isinstance(value, Stage | click.Command) and value.name == name:
                return value
        raise click.UsageError(f"{module.__file__} declares no stage")
    if not is_known(name):
        raise unknown(name, names())
    value = plugins.load("stages", name)
    if not isinstance(value, Stage | click.Command) or value.name != name:
        raise plugins.refused("stages", name, f"is no stage `{name}`")
    return value


def stage_of(name: str) -> Stage:
    """The stage of this name; UsageError where it is a command that is none."""
    found = lookup(name)
    if not isinstance(found, Stage):
        raise click.UsageError(f"`{name}` is a command of its own and no step of a pipeline")
    return found


def inverse_of(name: str) -> edits.Inverse | None:
    """The inverse that a stage declares, for `edits.undo`; anybody may have written the name into an article."""
    found = lookup(name) if isinstance(name, str) and is_known(name) else None
    return found._inverse if isinstance(found, Stage) else None


def unknown(name: str, known: list[str]) -> click.UsageError:
    """The error for a stage that is not there, which names the nearest."""
    from difflib import get_close_matches

    known = sorted({*known, *plugins.found("stages")})
    near = get_close_matches(name, known, 1)
    hint = f"did you mean `{near[0]}`?" if near else "there are " + ", ".join(known)
    return click.UsageError(f"there is no stage `{name}`: {hint}")
