"""`corptool plugins`: what other packages add, and whether it works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from corptool import catalogue, formats, plugins, rules


@click.command("plugins", context_settings={"help_option_names": ["-h", "--help"]})
def list_plugins() -> None:
    """List the stages, formats and rules that other packages add, and load each: exit code 1 if one cannot be used.

    Example: corptool plugins
    """
    from tabulate import tabulate

    rows = [
        (kind, name, " and ".join(map(plugins.package, entries)), _trouble(kind, name))
        for kind in LOAD
        for name, entries in plugins.found(kind).items()
    ]
    click.echo(tabulate(rows, ["", "name", "package", "trouble"]) if rows else "no package adds anything")
    if any(trouble for *_, trouble in rows):
        raise SystemExit(1)


LOAD: dict[plugins.Kind, Callable[[str], object]] = {
    "stages": catalogue.lookup,
    "formats": formats.load,
    "rules": lambda name: rules.rule_file(Path(plugins.rule_file(name))),
}


def _trouble(kind: plugins.Kind, name: str) -> str:
    if (kind == "stages" and name in catalogue.names()) or (kind == "formats" and name in formats.names()):
        return "not used: corptool has its own"
    try:
        LOAD[kind](name)
    except click.ClickException as error:
        return error.message
    except rules.RuleError as error:
        return str(error)
    return ""
