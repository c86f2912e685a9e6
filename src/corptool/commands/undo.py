"""`corptool undo`: back to what an article was before a stage, or to the very bytes of its file."""

from __future__ import annotations

import re
from hashlib import sha256

import click

from corptool import edits
from corptool.article import Article
from corptool.catalogue import inverse_of, is_known, names, unknown
from corptool.formats import File
from corptool.stage import stage
from corptool.text.decode import encode


@stage
@click.option("--before", metavar="STAGE", help="Undo everything back to before this stage.")
@click.option("--all", "all_", is_flag=True, help="Undo every stage.")
@click.option("--bytes", "bytes_", is_flag=True, help="Undo every stage and give back the bytes of the file.")
def undo(article: Article, *, before: str | None = None, all_: bool = False, bytes_: bool = False) -> Article | File:
    """Take back what the last stage changed: the text, and what it lifted.

    With --bytes the output is the file that the article was read from, byte for byte, if it was read as text: to
    standard output, or under its own name if -o is a folder (`-o back/`). An article whose text or metadata was
    changed since by something that keeps no edits is rejected.

    \b
      corptool undo --before clean cleaned.jsonl
      corptool undo --bytes cleaned.jsonl > page.txt
    """
    if bytes_:
        return _source(edits.undo_all(article, inverse_of))
    if all_:
        return edits.undo_all(article, inverse_of)
    if before is None:
        return edits.undo(article, inverse_of) if article.get("edits") else article
    if not is_known(before):
        raise unknown(before, names())
    while before in [entry["stage"] for entry in article.get("edits", ())]:
        article = edits.undo(article, inverse_of)
    return article


def _source(article: Article) -> File:
    """The file of an article that is as `read` made it."""
    origin = article.get("origin") or {}
    if origin.get("format") != "text":
        what = f"read as {origin['format']}" if "format" in origin else "not read by corptool"
        raise ValueError(f"it was {what}, and only text can be rebuilt (`corptool verify` compares it with its source)")
    if missing := [key for key in ("path", "encoding", "sha256") if not isinstance(origin.get(key), str)]:
        raise ValueError(f"its origin does not say what `read` notes of a file: {', '.join(missing)}")
    data = encode(article["text"], origin["encoding"], origin.get("damaged", []), origin.get("patches", []))
    if sha256(data).hexdigest() != origin["sha256"]:
        raise ValueError("what can be rebuilt is not the file that was read: its edits or its text were changed")
    return File(_inside(f"{origin['path']}/{origin.get('member', '')}"), data, alone=True)


def _inside(path: str) -> str:
    """A relative path that leads nowhere else: `../C:/pages/a.txt` is `pages/a.txt`."""
    parts = re.split(r"[/\\]", path)
    return (
        "/".join(part for part in parts if part not in ("", ".", "..") and not part.endswith(":")) or "standard input"
    )
