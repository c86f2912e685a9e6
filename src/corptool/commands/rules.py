"""`corptool rules`: the boilerplate rules, listed, explained and tested."""

from __future__ import annotations

from pathlib import Path

import click

from corptool import plugins
from corptool import rules as data
from corptool.text.lines import page_of
from corptool.text.matching import PLACES, Rule, match, rule_set

RULE_FILE = plugins.RuleFile()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def rules() -> None:
    """List, explain and test the rules that `clean` finds boilerplate with.

    Example: corptool rules test mine.toml
    """


@rules.command("list")
@click.option("--kind", metavar="KIND", help="Only rules of this kind.")
def list_rules(kind: str | None) -> None:
    """Print the name, kind and reason of each rule that ships."""
    from tabulate import tabulate

    shown = [rule for rule in data.boilerplate().rules if kind in (None, rule.kind)]
    click.echo(tabulate([(rule.name, rule.kind, rule.why) for rule in shown], ["rule", "kind", "why"]))


@rules.command()
@click.argument("line")
@click.option("--rules", "files", multiple=True, type=RULE_FILE, help="Further rules: a TOML file, or a plug-in's.")
def explain(line: str, files: tuple[str, ...]) -> None:
    """Say which rule would take out LINE, where, why, and what it lifts."""
    known = data.boilerplate(*map(Path, files))
    finding = match(page_of(line, known.fold), 0, PLACES, known)
    if finding is None:
        click.echo("no rule matches")
        return
    rule = next(rule for rule in known.rules if rule.name == finding.rule)
    click.echo(f"{rule.name} ({rule.kind}, {rule.where or 'anywhere'}): {rule.why}")
    for name, value in finding.lifted:
        click.echo(f"  {name}: {value}")


@rules.command()
@click.argument("file", type=RULE_FILE)
def test(file: str) -> None:
    """Run the proofs of the rules in FILE: each must match its `removes` and none of its `keeps`."""
    try:
        known = data.rule_file(Path(file))
    except data.RuleError as error:
        raise click.ClickException(str(error)) from error
    failed = [message for rule in known for message in failures(rule)]
    for message in failed:
        click.echo(message)
    click.echo(f"{len(known)} rules, {len(failed)} failures")
    if failed:
        raise SystemExit(1)


def failures(rule: Rule) -> list[str]:
    """What is wrong with a rule, by its own proofs."""
    alone = rule_set([rule], data.fold())

    def matches(line: str) -> bool:
        return match(page_of(line, alone.fold), 0, PLACES, alone) is not None

    found = [f"{rule.name}: does not match {line!r}" for line in rule.removes if not matches(line)]
    found += [f"{rule.name}: matches {line!r}" for line in rule.keeps if matches(line)]
    found += [f"{rule.name}: has no `{name}`" for name in ("why", "removes", "keeps") if not getattr(rule, name)]
    return found + ([] if rule.where in PLACES else [f"{rule.name}: `where` is none of {', '.join(PLACES[1:])}"])
