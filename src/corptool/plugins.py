"""What other packages add: stages, formats and rule files, by entry points of their pyproject.toml.

    [project.entry-points."corptool.stages"]
    quotes = "corptool_press.quotes:quotes"     # what @stage made of the function `quotes`
    [project.entry-points."corptool.formats"]
    srt = "corptool_press.srt"                  # a module such as formats/__init__.py describes
    [project.entry-points."corptool.rules"]
    press = "corptool_press"                    # a package in whose folder press.toml lies

Ours come first: entry points are looked up for names that corptool does not have itself, because finding those of
all packages costs as much as the start of a light stage. A plug-in is imported when it is named, and not before.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Kind = Literal["stages", "formats", "rules"]


class PluginError(click.ClickException):
    """A plug-in that cannot be used; the message names its package."""


@cache
def found(kind: Kind) -> dict[str, list[EntryPoint]]:
    """The plug-ins of a kind by name, in code-point order; more than one where packages clash."""
    from importlib.metadata import entry_points

    named: dict[str, list[EntryPoint]] = {}
    for entry in sorted(entry_points(group=f"corptool.{kind}"), key=lambda entry: (entry.name, package(entry))):
        named.setdefault(entry.name, []).append(entry)
    return named


def package(entry: EntryPoint) -> str:
    """The package that brings a plug-in, with its version."""
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value


def load(kind: Kind, name: str) -> Any:
    """What the entry point of a plug-in leads to. PluginError: it cannot be imported, or two packages bring it."""
    entry, *others = found(kind)[name]
    if others:
        owners = " and ".join(map(package, (entry, *others)))
        raise PluginError(f"{owners} both bring `{name}` (corptool.{kind}): uninstall one of them")
    try:
        return entry.load()
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise PluginError(
            f"`{name}` of the package {package(entry)} cannot be loaded: {what} "
            f"(`python -c 'import {entry.module}'` shows where)"
        ) from error


def refused(kind: Kind, name: str, why: str) -> PluginError:
    """The error for a plug-in that is there and is not what it should be."""
    [entry, *_] = found(kind)[name]
    return PluginError(f"`{name}` of the package {package(entry)} cannot be used: {entry.value} {why}")


def rule_file(name: str) -> str:
    """The rule file that a plug-in brings under this name."""
    folder = os.path.dirname(getattr(load("rules", name), "__file__", None) or "")
    path = os.path.join(folder, f"{name}.toml")
    if not os.path.isfile(path):
        raise refused("rules", name, f"has no file {name}.toml beside it")
    return path


def rule_path(given: str) -> str:
    """The file that --rules means: one that is there, or that of a plug-in of this name."""
    return given if os.path.exists(given) or given not in found("rules") else rule_file(given)


class Choice(click.Choice[str]):
    """One of our names, or one that plug-ins add: these are looked up for a name that is none of ours, and in help."""

    def __init__(self, ours: Iterable[str], kind: Kind) -> None:
        super().__init__([*ours])
        self.kind = kind

    def _all(self) -> click.Choice[str]:
        return click.Choice([*self.choices, *(name for name in found(self.kind) if name not in self.choices)])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The name, if it is one; a plug-in that cannot be loaded is told now, and not of each file."""
        if value not in self.choices and self._all().convert(value, param, ctx):
            load(self.kind, value)
        return value

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """What help shows."""
        return self._all().get_metavar(param, ctx)


class RuleFile(click.Path):
    """A rule file, or the name of one that a plug-in brings."""

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path or the name as it was typed."""
        if os.path.exists(value):
            return super().convert(value, param, ctx)
        if value not in found("rules"):
            listed = f" (there are {', '.join(found('rules'))})" if found("rules") else ""
            self.fail(f"there is no file {value}, and no package brings rules of that name{listed}", param, ctx)
        rule_file(value)
        return value

    @staticmethod
    def noted(value: str) -> str:
        """What the edits note: the path or name as it was typed, and 8 hex digits of what stands in the file.

        So a reader can tell which rules removed a line, and `clean` runs again after they were changed.
        """
        from hashlib import blake2b

        with open(rule_path(value), "rb") as file:
            return f"{value} {blake2b(file.read(), digest_size=4).hexdigest()}"
