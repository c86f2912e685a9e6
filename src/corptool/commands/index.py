"""`corptool index`: look at what `dedup --index` remembers, check it, forget."""

from __future__ import annotations

from pathlib import Path

import click

from corptool.duplicates.index import BrokenIndexError, Index


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--check", is_flag=True, help="Read everything, say what is wrong, delete what killed runs left.")
@click.option("--forget", metavar="ID", multiple=True, help="Forget an article: its copies may come in again.")
@click.option("--forget-from", metavar="FILE", help="Forget the articles whose ids stand in FILE, one a line.")
def index(folder: str, *, check: bool, forget: tuple[str, ...], forget_from: str | None) -> None:
    """Show, check and thin out what `corptool dedup --index DIR` remembers.

    \b
      corptool index seen
      corptool index seen --check
      corptool index seen --forget 8c1e5d3f00a1b2c3
    """
    from tabulate import tabulate

    ids = list(forget)
    if forget_from:
        with click.open_file(forget_from, encoding="utf-8") as file:
            ids += [line.strip() for line in file if line.strip()]
    try:
        with Index(Path(folder), make=False) as found:
            if ids:
                click.echo(f"forgotten: {found.forget(ids)} of {len(set(ids))}")
            faults = found.faults() if check else []
            if check:
                click.echo(f"left behind by killed runs, deleted: {found.tidy()}")
            stayed = [part.stayed()[part.there] for part in found.parts()] if not faults else []
            rows = [
                ("articles", sum(part.size for part in stayed)),
                ("of these stayed", sum(int(part.sum()) for part in stayed)),
                ("runs that added some", len(found.listed())),
                ("bytes", sum(size for *_, size in found.listed())),
            ]
    except BrokenIndexError as error:
        raise click.UsageError(str(error)) from None
    for fault in faults:
        click.echo(f"{folder}: {fault}", err=True)
    if not faults:
        click.echo(tabulate(rows, tablefmt="plain"))
    if faults:
        raise click.exceptions.Exit(1)
