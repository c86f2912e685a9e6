"""`corptool fix`."""

from __future__ import annotations

import click

from corptool.article import Article
from corptool.rules import mojibake_tables
from corptool.stage import stage
from corptool.text.changes import Change
from corptool.text.repair import repairs


@stage
@click.option("--encoding/--no-encoding", help="Turn back text that was decoded with the wrong encoding.")
@click.option("--entities/--no-entities", help="Decode HTML entities.")
@click.option("--controls/--no-controls", help="Remove control characters.")
@click.option("--zero-width/--no-zero-width", help="Remove zero-width and bidirectional characters.")
@click.option("--normal-form/--no-normal-form", help="Compose letters and accents (NFC).")
@click.option("--line-ends/--no-line-ends", help="Make every line end a line feed.")
def fix(
    article: Article,
    *,
    encoding: bool = True,
    entities: bool = True,
    controls: bool = True,
    zero_width: bool = True,
    normal_form: bool = True,
    line_ends: bool = True,
) -> Article | tuple[Article, list[Change]]:
    """Repair text: wrong decoding, entities, control and zero-width characters, line ends.

    Chinese punctuation, full-width forms, curly quotes and no-break spaces are left as they are.

    Example: corptool fix articles.jsonl
    """
    changes = repairs(
        article["text"],
        tables=mojibake_tables(),
        encoding=encoding,
        entities=entities,
        controls=controls,
        zero_width=zero_width,
        normal_form=normal_form,
        line_ends=line_ends,
    )
    return (article, changes) if changes else article
