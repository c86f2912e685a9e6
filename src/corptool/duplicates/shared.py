"""Files that all see who do a part of the work: below a folder of one machine, of one that all mount, or of a store.

Each is written once, by a name that nothing had before: so a task that is done again does not touch what was made the
first time. They go with their folder.
"""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
import uuid
from collections.abc import Iterable
from functools import lru_cache
from typing import IO, Any

from corptool import files

TOLD = 8
"""Of what all tasks need, that a process remembers."""
COPIES = 256
"""Of files of a store, that a process keeps."""


def put(folder: str, chunks: Iterable[bytes | memoryview]) -> str:
    """Write a file; its name."""
    name = files.below(folder, uuid.uuid4().hex)
    if files.is_remote(name):
        from corptool import remote

        with remote.written(name) as stream:
            stream.writelines(chunks)
        return name
    with open(name, "xb", buffering=0) as file:
        file.writelines(chunks)
        os.fsync(file.fileno())  # other machines see it, too
    return name


def opened(name: str) -> IO[bytes]:
    """A file; of a store a copy of it, which is fetched once and goes with the process."""
    return os.fdopen(os.dup(_copy(name).fileno()), "rb") if files.is_remote(name) else open(name, "rb")


@lru_cache(COPIES)
def _copy(name: str) -> IO[bytes]:
    copy: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as it is remembered
    with files.plain(name) as file:
        shutil.copyfileobj(file, copy, files.CHUNK)
    copy.flush()
    return copy


def between(name: str, start: int, stop: int) -> bytes:
    """The bytes of a file of a store from one place to another."""
    with files.plain(name) as file:
        file.seek(start)
        return file.read(stop - start)


class Once:
    """Something that many tasks need: they are told where it is, and whoever does several of them reads it once."""

    def __init__(self, folder: str | None, value: Any) -> None:
        self.folder = folder
        self.value = value
        self.name: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        if self.folder is None:
            return Once, (None, self.value)
        self.name = self.name or put(self.folder, [pickle.dumps(self.value)])
        return _told, (self.name,)


@lru_cache(TOLD)
def _told(name: str) -> Once:
    with files.plain(name) as file:
        return Once(None, pickle.loads(file.read()))  # noqa: S301 - the folder is ours
