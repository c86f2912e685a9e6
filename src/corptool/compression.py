"""Streams seen through a compression, to read and to write; each is named by its suffix."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

COMPRESSED = (".gz", ".bz2", ".xz", ".zst")
LOOK = 10  # bytes: the longest magic number
MAGIC = {b"\x1f\x8b": ".gz", b"\xfd7zXZ\x00": ".xz", b"\x28\xb5\x2f\xfd": ".zst"}
MAGIC |= {b"BZh%d1AY&SY" % level: ".bz2" for level in range(1, 10)}
BUFFER = 1 << 18  # bytes


def kind_of(start: bytes) -> str:
    """The compression that a file's first bytes tell, or nothing.

    >>> kind_of(b"\\x1f\\x8b\\x08"), kind_of(b"<html>")
    ('.gz', '')
    """
    return next((kind for magic, kind in MAGIC.items() if start.startswith(magic)), "")


def decompressed(stream: Any, kind: str) -> IO[bytes]:
    """The stream seen through a compression, named by its suffix."""
    if kind == ".gz":
        import gzip

        return gzip.GzipFile(fileobj=stream)  # type: ignore[return-value]
    if kind == ".bz2":
        import bz2

        return bz2.BZ2File(stream)
    if kind == ".xz":
        import lzma

        return lzma.LZMAFile(stream)
    if kind == ".zst":
        import zstandard

        return zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True)
    raise ValueError(f"{kind} is no compression")


@contextmanager
def compressed(stream: IO[bytes], kind: str) -> Iterator[IO[bytes]]:
    """The stream to write into, so that what lies there has this compression; without one, the stream itself.

    The same bytes come out the same: neither name nor time is put into them.
    """
    made: Any
    if kind == ".gz":
        import gzip

        made = gzip.GzipFile("", "wb", fileobj=stream, mtime=0)
    elif kind == ".bz2":
        import bz2

        made = bz2.BZ2File(stream, "wb")
    elif kind == ".xz":
        import lzma

        made = lzma.LZMAFile(stream, "wb")  # noqa: SIM115 - closed below
    elif kind == ".zst":
        import zstandard

        made = zstandard.ZstdCompressor().stream_writer(stream, closefd=False)
    else:
        yield stream
        return
    with io.BufferedWriter(made, BUFFER) as buffered:  # the writer of zstandard takes no lists of lines
        yield buffered
