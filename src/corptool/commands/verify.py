"""`corptool verify`: is the source still there, and do the edits lead back to it?"""

from __future__ import annotations

import io
from hashlib import sha256

from corptool import edits, files
from corptool.article import Article
from corptool.stage import stage
from corptool.text.decode import encode


@stage
def verify(article: Article) -> Article:
    """Hold articles against the files they were read from.

    Articles that hold pass through. Rejected are those whose source at `origin.path` is missing or has other bytes
    (`origin.sha256`), and those whose edits do not lead back to what was read.

    \b
      corptool verify corpus.jsonl > /dev/null && echo all there
    """
    first = edits.undo_all(article)
    origin = article.get("origin")
    if not origin or "sha256" not in origin:
        raise ValueError("it has no `origin` that could be verified")
    record = _record(origin, len(first["text"]))
    if sha256(record).hexdigest() != origin["sha256"]:
        raise ValueError(f"{origin['path']} is not the file that was read: its bytes have another SHA-256")
    if origin["format"] == "text":
        rebuilt = encode(first["text"], origin["encoding"], origin.get("damaged", []), origin.get("patches", []))
        if rebuilt != record:
            raise ValueError("its edits do not lead back to the file that was read")
    return article


def _record(origin: Article, _: int) -> bytes:
    """The bytes that the article was read from."""
    path = origin["path"]
    if path == "-":
        raise ValueError("it was read from standard input, which is gone")
    if member := origin.get("member"):
        return next(data for name, data in files.members(path, lambda name: name == member))
    with files.opened(path) as stream:
        data = stream.read()
    if "offset" not in origin:
        return data
    rest = io.BytesIO(data[origin["offset"] :])
    return rest.readline().rstrip(b"\r\n")
