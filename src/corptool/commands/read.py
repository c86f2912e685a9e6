"""`corptool read`: where articles come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from corptool import formats, keys, metatable, plugins, reading
from corptool.batches import Batch
from corptool.records import Options
from corptool.stage import source

FORMATS = plugins.Choice(["auto", "jsonl", *formats.able("read")], "formats")


@source
@click.option("--as", "as_", type=FORMATS, help="The format, where name and content do not tell it.")
@click.option(
    "--map", "map_", metavar="OURS=THEIRS,…", help="Which keys or columns are ours: text=content,title=headline."
)
@click.option(
    "--meta",
    metavar="TABLE",
    type=click.Path(),
    help="A table (CSV, JSON Lines) of what is known of the files, by `file`.",
)
@click.option("--encoding", metavar="NAME", help="The encoding of the files, such as gb18030, instead of telling it.")
@click.option("--fetched-at", metavar="DATE", help="When the pages were fetched (ISO 8601), for `origin.fetched`.")
def read(
    files: Iterable[str | reading.Piece],
    *,
    files_from: str | None = None,
    as_: str = "auto",
    map_: str | None = None,
    meta: str | None = None,
    encoding: str | None = None,
    fetched_at: str | None = None,
) -> Iterator[Batch]:
    """Turn files, folders and archives into articles, one JSON line each.

    FILES are files, folders, archives, quoted globs, or `-` for standard input; `page.html.gz` is seen through.
    Every other subcommand reads its input in the same way, so `corptool clean pages` needs no `read`.

    \b
      corptool read pages 'more/*.html' crawl.jsonl.zst > articles.jsonl
    """
    if meta:
        _check(meta)
    options = Options(
        as_,
        _iso_date(fetched_at) if fetched_at else None,
        _names(map_) if map_ else None,
        meta,
        _codec(encoding) if encoding else None,
    )
    return reading.batches(files, files_from=files_from, options=options)


def _check(meta: str) -> None:
    """Fail before the first file is read, not at each."""
    try:
        metatable.known_of("", meta)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise click.BadParameter(f"{meta}: {reason}", param_hint="--meta") from None


def _names(words: str) -> dict[str, str]:
    try:
        return keys.parse(words)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--map") from None


def _codec(label: str) -> str:
    import codecs

    from corptool.text.charset import meaning

    name = meaning(label)
    try:
        if name != "euc_tw":
            b"-".decode(codecs.lookup(name).name)
    except (LookupError, UnicodeError):
        raise click.BadParameter(f"there is no encoding {label!r}", param_hint="--encoding") from None
    return "utf-8-sig" if name == "utf-8" else name


def _iso_date(text: str) -> str:
    from datetime import datetime

    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no ISO 8601 date such as 2024-05-31", param_hint="--fetched-at"
        ) from None
    return text
