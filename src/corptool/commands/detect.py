"""`corptool detect`: what files are encoded in, and what is wrong with them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import click

from corptool import files, rules
from corptool.text import decode
from corptool.text.language import language
from corptool.text.mojibake import LOST, repaired

PART = 1 << 20
"""Code points of a text that are looked at together."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What would break a row of the table."""
HEADERS = {
    "path": "path",
    "encoding": "encoding",
    "confidence": "sure",
    "language": "language",
    "script": "script",
    "damaged": "damaged bytes",
    "mojibake": "mojibake",
    "lost": "lost",
}


@click.command()
@click.argument("paths", metavar="[FILES]...", nargs=-1)
@click.option("--files-from", metavar="FILE", help="Read the names of the input files from FILE (`-`: stdin).")
@click.option("--declared", metavar="CHARSET", help="What a header says the charset is: evidence, not truth.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line instead of a table.")
def detect(paths: tuple[str, ...], *, files_from: str | None, declared: str | None, as_json: bool) -> None:
    """Print encoding, language, script, damaged bytes and mojibake of files, and change nothing.

    \b
      corptool detect pages/*.html
      corptool detect --json archive/ | jq 'select(.damaged > 0)'
    """
    names = [*paths, *(files.names_from(files_from) if files_from else ())] or ["-"]
    found, failed = [], 0
    for path in files.find(names, lambda _: True):
        try:
            with files.opened(path) as stream:
                data = stream.read()
        except (OSError, ValueError, EOFError) as error:
            click.echo(f"{path}: {error}", err=True)
            failed += 1
            continue
        row = {"path": path, **properties(data, declared)}
        if as_json:
            click.echo(json.dumps(row, ensure_ascii=False))
        found.append(row)
    if found and not as_json:
        click.echo(table(found))
    if failed:
        raise click.exceptions.Exit(3 if found else 1)


def properties(data: bytes, declared: str | None = None) -> dict[str, Any]:
    """What can be told of the bytes of a file.

    >>> properties("共建“一带一路”，深化合作。".encode("gb18030"))["encoding"]
    'gb18030'
    """
    decoded = decode.decode(data, declared, tables=rules.charset_tables())
    tag, _, script = (language(_sample(decoded.text), rules.script_tables()).tag or "").partition("-")
    chains = {change.rule for part in _parts(decoded.text) for change in repaired(part, rules.mojibake_tables())}
    return {
        "encoding": decoded.encoding,
        "confidence": decoded.confidence,
        "language": tag or None,
        "script": script[:4] or None,
        "damaged": sum(len(str(value)) // 2 for _, value in decoded.damaged),
        "mojibake": sorted(chains),
        "lost": sum(1 for _ in LOST.finditer(decoded.text)),
    }


def _sample(text: str) -> str:
    """The text, or of a large one its beginning, middle and end: a language is told by less."""
    half = len(text) // 2
    return text if len(text) <= 3 * PART else "\n".join((text[:PART], text[half : half + PART], text[-PART:]))


def _parts(text: str) -> Iterator[str]:
    """The text, line by line or more at a time: what is looked up of a large one would take many times its size."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + PART) + 1 or len(text)
        yield text[start:end]
        start = end


def table(rows: Iterable[dict[str, Any]]) -> str:
    """The same for people."""
    from tabulate import tabulate

    cells = [
        [", ".join(value) if isinstance(value, list) else "" if value is None else value for value in row.values()]
        for row in ({**row, "path": _CONTROL.sub(lambda found: repr(found[0])[1:-1], row["path"])} for row in rows)
    ]
    return tabulate(cells, headers=list(HEADERS.values()), floatfmt=".2f")
