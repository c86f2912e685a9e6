"""`corptool redact`: a corpus that can be shown, from interviews that cannot."""

from __future__ import annotations

import re

import click

from corptool.article import Article
from corptool.stage import stage
from corptool.text.changes import Change

PATTERNS = {
    "email": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "id": r"(?<!\d)\d{17}[\dXx](?!\d)",  # of a resident of mainland China
    "phone": r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}[- ]\d{7,8}|(?:\(\d{3}\) ?|\d{3}[.-])\d{3}[.-]\d{4})(?!\d)"
    r"|\+\d{1,3}(?:[ .-]?\d){7,12}(?!\d)",
}


@stage
@click.option("--keep", multiple=True, type=click.Choice([*PATTERNS]), help="Leave this kind alone; may be repeated.")
def redact(article: Article, *, keep: tuple[str, ...] = ()) -> tuple[Article, list[Change]]:
    """Hide e-mail addresses, telephone numbers and identity numbers behind their names.

    The edits hold what was hidden, so that `corptool undo` brings it back: publish with --edits drop.

    Example: corptool redact --edits drop -o public.jsonl interviews.jsonl
    """
    pattern = "|".join(f"(?P<{kind}>{PATTERNS[kind]})" for kind in PATTERNS if kind not in keep) or "(?!)"
    found = re.finditer(pattern, article["text"], re.ASCII)
    kinds = ((one.start(), one.end(), str(one.lastgroup)) for one in found)
    return article, [Change(start, end, f"[{kind}]", kind, "redact") for start, end, kind in kinds]
