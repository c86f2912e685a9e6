"""`corptool fix`."""

from __future__ import annotations

import re
from typing import Any

import click

from corptool.article import Article
from corptool.options import Unnoted
from corptool.rules import language_model, mojibake_tables
from corptool.stage import stage
from corptool.text.changes import Change, apply, compose
from corptool.text.repair import repairs, unrepaired
from corptool.text.restore import SURE, bytes_fell_out

_HEX = re.compile("(?:[0-9a-f]{2})+")


@stage
@click.option("--encoding/--no-encoding", help="Turn back text that was decoded with the wrong encoding.")
@click.option("--restore", is_flag=True, help="Guess lost bytes too, where hardly any other text is possible.")
@click.option("--sure", type=click.FloatRange(0, 1), help="How likely a restored text must be.")
@click.option("--entities/--no-entities", help="Decode HTML entities and \\uXXXX.")
@click.option("--controls/--no-controls", help="Remove control characters.")
@click.option("--zero-width/--no-zero-width", help="Remove zero-width and bidirectional characters.")
@click.option("--ligatures/--no-ligatures", help="Write Latin ligatures as letters.")
@click.option("--private-use/--no-private-use", help="Map private-use characters of GBK and HKSCS.")
@click.option("--normal-form/--no-normal-form", help="Compose letters and accents (NFC).")
@click.option("--line-ends/--no-line-ends", help="Make every line end a line feed.")
@click.option("--width", is_flag=True, help="Make full-width letters and digits narrow.")
@click.option("--punctuation", is_flag=True, help="Make ASCII marks between Han characters full-width.")
@click.option("--quotes", is_flag=True, help="Make straight quotation marks around Chinese curly.")
@click.option("--explain", cls=Unnoted, is_flag=True, help="Print a table of the changes on standard error.")
def fix(
    article: Article,
    *,
    encoding: bool = True,
    restore: bool = False,
    sure: float = SURE,
    entities: bool = True,
    controls: bool = True,
    zero_width: bool = True,
    ligatures: bool = True,
    private_use: bool = True,
    normal_form: bool = True,
    line_ends: bool = True,
    width: bool = False,
    punctuation: bool = False,
    quotes: bool = False,
    explain: bool = False,
) -> Article | tuple[Article, list[Change]]:
    """Repair text: wrong decoding, entities, control and zero-width characters, line ends.

    Chinese punctuation, full-width forms, curly quotes and no-break spaces are left as they are.
    What cannot be repaired is counted in `damage`.

    Example: corptool fix articles.jsonl
    """
    first = _bytes_fell_out(article, sure) if restore else []
    changes = repairs(
        apply(article["text"], first),
        tables=mojibake_tables(),
        encoding=encoding,
        restore=restore,
        sure=sure,
        entities=entities,
        controls=controls,
        zero_width=zero_width,
        ligatures=ligatures,
        private_use=private_use,
        normal_form=normal_form,
        line_ends=line_ends,
        width=width,
        punctuation=punctuation,
        quotes=quotes,
    )
    changes = compose(article["text"], first, changes) if first else changes
    if explain and changes:
        click.echo(explanation(article["text"], changes), err=True)
    left = unrepaired(apply(article["text"], changes))
    if left and left != article.get("damage"):
        return article | {"damage": left}, changes
    return (article, changes) if changes else article


def _bytes_fell_out(article: Article, sure: float) -> list[Change]:
    """What `read` noted of bytes that it could not read tells which were left of a character."""
    origin = article.get("origin") or {}
    damaged = origin.get("damaged")
    if not damaged or article.get("edits") or origin.get("encoding") not in ("utf-8", "utf-8-sig"):
        return []
    if not isinstance(damaged, list) or not all(map(_is_damage, damaged)):
        raise ValueError(
            f"its `origin.damaged` is {str(damaged)[:40]}, and `read` writes [[place, bytes in hex digits], …]: take it"
            " away (jq 'del(.origin.damaged)')"
        )
    return bytes_fell_out(article["text"], damaged, mojibake_tables(), sure)


def _is_damage(item: Any) -> bool:
    match item:
        case [int(), str() as value]:
            return _HEX.fullmatch(value) is not None
    return False


def explanation(text: str, changes: list[Change]) -> str:
    """A table of the changes: where, what, by which chain, and the bits that the language model saves by it."""
    from tabulate import tabulate

    model = language_model()
    rows = []
    for change in changes:
        old = text[change.start : change.end]
        gain = f"{model.bits(old) - model.bits(change.new):.0f}" if change.kind in ("mojibake", "restored") else ""
        where = f"{text.count(chr(10), 0, change.start) + 1}:{change.start - text.rfind(chr(10), 0, change.start)}"
        rows.append((where, change.kind, change.rule, gain, _shown(old), _shown(change.new)))
    return tabulate(rows, headers=("line:column", "kind", "rule", "bits", "was", "is"), disable_numparse=True)


def _shown(text: str) -> str:
    short = text if len(text) <= 24 else text[:23] + "…"
    return short if short.isprintable() else ascii(short)
