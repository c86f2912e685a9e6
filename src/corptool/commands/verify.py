"""`corptool verify`: is the source still there, and do the edits lead back to it?"""

from __future__ import annotations

import io
import os
from functools import lru_cache
from hashlib import sha256

from corptool import edits, files, formats, reading
from corptool.article import Article
from corptool.catalogue import inverse_of
from corptool.stage import stage
from corptool.text.decode import encode


@stage
def verify(article: Article) -> Article:
    """Hold articles against the files they were read from.

    Articles that hold pass through. Rejected are those whose source at `origin.path` is missing or has other bytes
    (`origin.sha256`), and those whose edits do not lead back to what was read. A relative path is meant from the
    folder in which corptool runs.

    \b
      corptool verify corpus.jsonl > /dev/null && echo all there
    """
    first = edits.undo_all(article, inverse_of)
    origin = article.get("origin") or {}
    if not {"path", "sha256", "format"} <= {*origin}:
        raise ValueError("it has no `origin` that could be verified")
    record = _record(origin)
    if sha256(record).hexdigest() != origin["sha256"]:
        raise ValueError(f"{origin['path']} is not the file that was read: its bytes have another SHA-256")
    if origin["format"] == "text":
        rebuilt = encode(first["text"], origin["encoding"], origin.get("damaged", []), origin.get("patches", []))
        if rebuilt != record:
            raise ValueError("its edits do not lead back to the file that was read")
    return article


def _record(origin: Article) -> bytes:
    """The bytes that the article was read from."""
    path, offset = origin["path"], origin.get("offset")
    if path == "-":
        raise ValueError("it was read from standard input, which is gone")
    if not files.is_remote(path) and not os.path.isfile(path):
        raise ValueError(f"there is no file {path} (a relative path is meant from the folder in which corptool runs)")
    if (length := origin.get("length")) is not None:
        return _piece(origin, offset or 0, length)
    if origin.get("member") is None and offset is not None and files.bare(path) == path:
        with io.BufferedReader(files.plain(path)) as file:  # type: ignore[type-var]
            if file.read(2) not in reading.UTF16_MARKS:
                file.seek(offset)
                return file.readline().rstrip(b"\r\n")
    data = _whole(path, origin.get("member"))
    if offset is None:
        return data
    if data.startswith(reading.UTF16_MARKS):  # it was read, and its offsets were counted, as UTF-8
        data = data.decode("utf-16").encode()
    return data[offset:].partition(b"\n")[0].rstrip(b"\r")


def _piece(origin: Article, offset: int, length: int) -> bytes:
    """The bytes of a record that is no line: a row of a table, an object of an array, a page of a web archive."""
    path, member = origin["path"], origin.get("member")
    kind = formats.by_suffix().get(files.suffix(files.bare(member or path)))
    if kind == "parquet" or origin["format"] == "parquet":
        with io.BytesIO(_whole(path, member)) if member else files.opened(path) as file:
            row: bytes = formats.load("parquet").record(file, offset)
            return row
    if member is None and files.bare(path) == path:
        with files.plain(path) as file:
            file.seek(offset)
            return file.read(length)
    return _whole(path, member)[offset : offset + length]


@lru_cache(1)
def _whole(path: str, member: str | None) -> bytes:
    """A file or a member of an archive, decompressed. The articles of one come together: the last one is kept."""
    if member is None:
        with files.opened(path) as stream:
            data = stream.read()
    else:
        for name, found in files.members(path, lambda name: name == member):
            if name == member and isinstance(found, bytes):
                data = found
                break
        else:
            raise ValueError(f"{path} has no member {member} that can be read")
    return data
