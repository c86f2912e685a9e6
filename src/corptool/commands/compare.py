"""`corptool compare`: two articles side by side."""

from __future__ import annotations

from collections.abc import Sequence

import click

from corptool.article import Article, Lost
from corptool.catalogue import stage_of
from corptool.rules import fold_table
from corptool.text.difference import Passage, passages

SHOWN = 60
"""Characters of a passage that both have which are shown, half from each end."""


@click.command()
@click.argument("left", metavar="A")
@click.argument("right", metavar="B")
@click.option("--full", is_flag=True, help="Show whole what both have.")
@click.option("--width", type=click.IntRange(20), default=100, show_default=True, help="Columns of the table.")
def compare(left: str, right: str, *, full: bool, width: int) -> None:
    """Lay two articles side by side, whatever the script, width and punctuation of each.

    A and B are files (the first article of each), or a file and an id: `corpus.jsonl#d0000017`.
    `=` is in both, `<` only in A, `>` only in B, `|` differs.

    \b
      corptool compare mirror.html original.html
      corptool compare corpus.jsonl#d0000001 corpus.jsonl#d0000017
    """
    from tabulate import tabulate

    texts = [_article(name)["text"] for name in (left, right)]
    found = passages(texts[0], texts[1], fold_table())
    rows = [_row(passage, full=full) for passage in found]
    columns = [None, (width - 7) // 2, (width - 7) // 2]
    click.echo(tabulate(rows, ["", left, right], tablefmt="simple", maxcolwidths=columns))
    same = [sum(len(getattr(passage, side)) for passage in found if passage.same) for side in ("left", "right")]
    for name, text, number in zip((left, right), texts, same, strict=True):
        click.echo(f"{name}: {number} of {len(text)} characters are in the other too")


def _row(passage: Passage, *, full: bool) -> Sequence[str]:
    left, right = (_shown(side, cut=passage.same and not full) for side in (passage.left, passage.right))
    mark = "=" if passage.same else "<" if not right else ">" if not left else "|"
    return mark, left, right


def _shown(text: str, *, cut: bool) -> str:
    text = " ".join(text.split())
    return f"{text[: SHOWN // 2]} … {text[-SHOWN // 2 :]}" if cut and len(text) > SHOWN + 5 else text


def _article(name: str) -> Article:
    """The article that a name on the command line means."""
    path, _, id_ = name.rpartition("#") if "#" in name else (name, "", "")
    reader = stage_of("read")
    for batch in reader.function((path,), files_from=None, **reader.defaults):
        for item in batch.items():
            if isinstance(item, Lost):
                raise click.ClickException(f"{item.place}: {item.dropped.reason}")
            if not id_ or item.article.get("id") == id_:
                article: Article = item.article
                return article
    raise click.ClickException(f"{path}: no article{f' with the id {id_}' if id_ else ''}")
