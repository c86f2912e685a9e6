"""From a record to an article: our keys, an id, an origin."""

from __future__ import annotations

import os
from typing import NamedTuple

from corptool import __version__, formats, keys
from corptool.article import Article, Dropped, Line, Lost, Parcel, Place, failure, loads
from corptool.formats import Record

OURS = {"origin": dict, "meta": dict, "edits": list, "hints": list}
"""Keys in which corptool keeps what it must be able to read again."""


class Options(NamedTuple):
    """How to read."""

    as_: str = "auto"
    fetched: str | None = None
    """When the pages were fetched: ISO 8601, for `origin.fetched`."""
    map: dict[str, str] | None = None
    """Our keys to theirs; without it they are guessed from well-known names."""
    meta: str | None = None
    """A table of what is known of the files, by path."""
    encoding: str | None = None
    """Python's name of the codec that all files are in; without it each is told by its bytes."""


def from_line(line: Line, place: Place, options: Options, member: str | None) -> Parcel | Lost:
    """The article of a line, which comes in untouched if it is one already."""
    try:
        article = loads(line)
        if isinstance(article.get("text"), str) and article.get("id") is not None and not options.map:
            return Parcel(place, line, _held(article))
        record = Record(article, bytes(line), place.offset)
        return parcel_of(record, place, "jsonl", options, member, tell=place.line == 1)
    except Exception as error:  # noqa: BLE001 - the other lines of the file are unharmed
        return Lost(place, Dropped(bytes(line), failure(error), failed=True))


def _held(article: Article) -> Article:
    """The article. ValueError: a key that corptool writes holds something of another kind."""
    if OURS.keys().isdisjoint(article):
        return article
    for key, kind in OURS.items():
        if article.get(key) is not None and not isinstance(article[key], kind):
            what = "an object" if kind is dict else "a list"
            raise ValueError(f"its `{key}` is not {what}, as corptool writes it: rename it with --map other={key}")
    if not all(isinstance(entry, dict) and "stage" in entry for entry in article.get("edits") or ()):
        raise ValueError("its `edits` are not corptool's: rename that key with --map other=edits")
    return article


def parcel_of(
    record: Record,
    place: Place,
    format_: str,
    options: Options,
    member: str | None = None,
    *,
    tell: bool = False,
    whole: bool = True,
) -> Parcel | Lost:
    """An article made of a record: with an id and an origin, where it has none."""
    fields = _held(_named(record.fields, place, options, tell))
    if not isinstance(fields.get("text"), str) and isinstance(fields.get("html"), str):
        fields, format_ = formats.load("html").read_record(fields), "html"
    if options.meta:
        from corptool import metatable

        fields |= metatable.known_of(place.path if member is None else member, options.meta)
    if not isinstance(fields.get("text"), str):
        return Lost(place, Dropped(record.raw, _no_text(record.fields, options), failed=True))
    if fields.get("id") is None:
        fields["id"] = identity(place, member, record.raw)
    if "sha256" in (fields.get("origin") or {}):
        return Parcel(place, article=fields)  # an article that was exported whole comes back as it was
    found = fields.pop("origin", None) or {}
    article: Article = {"id": fields["id"]} | fields
    origin = {"path": place.path.replace(os.sep, "/"), "member": member, "format": format_, **found}
    from hashlib import sha256

    fetched = found.get("fetched", options.fetched)  # an archive knows it better than the command line
    origin |= {"sha256": sha256(record.raw).hexdigest(), "fetched": fetched, "corptool": __version__}
    if place.line is not None or not whole:
        origin["offset"] = place.offset
    if not whole:  # a line says itself where it ends
        origin["length"] = len(record.raw)
    return Parcel(
        place, article=article | {"origin": {key: value for key, value in origin.items() if value is not None}}
    )


def _named(fields: Article, place: Place, options: Options, tell: bool) -> Article:
    """The fields by our names. A guess is told, once a file."""
    if options.map is not None:
        return keys.renamed(fields, options.map)
    if isinstance(fields.get("text"), str) or isinstance(fields.get("html"), str):
        return dict(fields)
    names = keys.guess(fields)
    if names and tell:
        import logging

        taken = ",".join(f"{ours}={theirs}" for ours, theirs in names.items())
        logging.getLogger("corptool").warning("%s: has no `text`; read with --map '%s', a guess", place.path, taken)
    return keys.renamed(fields, names)


def _no_text(fields: Article, options: Options) -> str:
    shown = ", ".join(key for key in list(fields)[:9] if key != "origin")
    if options.map and "text" in options.map:
        return f"no string `{options.map['text']}`, which --map takes for the text, among its keys ({shown})"
    from corptool import metatable

    about = [key for key in metatable.PATH_KEYS if key in fields]
    hint = f"; or is this a table about the files of its `{about[0]}`? --meta joins it to them" if about else ""
    return f"no string `text` or `html` among its keys ({shown}), or it is empty; --map text=KEY says where it is{hint}"


def identity(place: Place, member: str | None, raw: bytes) -> str:
    """16 hex digits of BLAKE2b over the path as typed, the member, the byte offset and the bytes of the record."""
    import unicodedata
    from hashlib import blake2b

    path = unicodedata.normalize("NFC", place.path.replace(os.sep, "/"))
    where = "\0".join((path, member or "", str(place.offset), ""))
    return blake2b(where.encode("utf-8", "surrogateescape") + raw, digest_size=8).hexdigest()
