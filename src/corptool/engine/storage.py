"""Where a job keeps its state: files by name below one folder, each of them there whole or not at all.

The only place that opens, renames and lists them. Of a storage no more is asked than an object store can do, where
there is no rename but what is put appears whole: so a shard is done when its last, small file is there.
"""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import shutil
from collections.abc import Container, Iterator
from typing import IO

from corptool import files

UNFINISHED = ".unfinished"
"""The folder of files that are being written: what a kill leaves is found there, and never taken for a result."""


class Storage:
    """Files below a folder of this machine, of one that all machines see, or below a URL such as `s3://bucket/job`."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.remote = files.is_remote(root)

    def path(self, name: str) -> str:
        """Where a file is."""
        return files.below(self.root, name)

    def size(self, name: str) -> int | None:
        """The bytes of a file; None if it is not there."""
        return files.stamp(self.path(name))[0]

    def read(self, name: str) -> bytes | None:
        """All of a file; None if it is not there."""
        try:
            with self.opened(name) as file:
                return file.read()
        except FileNotFoundError:
            return None

    def opened(self, name: str) -> IO[bytes]:
        """A file to read from."""
        return io.BufferedReader(files.plain(self.path(name)), files.CHUNK)  # type: ignore[type-var]

    @contextlib.contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """A file to write to, which is there when all is written, and is still there after a power cut.

        Of two processes that write the same file, which then have the same to write, the later wins.
        """
        path = self.path(name)
        if self.remote:
            from corptool import remote

            with remote.written(path) as file:
                yield file
            return
        beside = os.path.join(self.root, UNFINISHED, f"{name.replace('/', '.')}.{secrets.token_hex(4)}")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.makedirs(os.path.dirname(beside), exist_ok=True)
        try:
            with open(beside, "wb", files.CHUNK) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            _put(beside, path)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(beside)
        files.settle(os.path.dirname(path))

    @contextlib.contextmanager
    def shared(self) -> Iterator[str]:
        """A folder for a while, seen from wherever this one is."""
        name = f"{UNFINISHED}/{secrets.token_hex(8)}"
        folder = self.path(name) if self.remote else os.path.abspath(self.path(name))
        try:
            if not self.remote:
                os.makedirs(folder)
            yield folder
        finally:
            _delete(folder)

    def tidy(self, names: Container[str] | None = None) -> None:
        """Delete what killed processes left behind: of all files, or of those of these names where others may work."""
        folder = self.path(UNFINISHED)
        if names is None:
            _delete(folder)
            return
        for beside in os.listdir(folder) if os.path.isdir(folder) else ():
            if beside.rpartition(".")[0] in names:
                with contextlib.suppress(OSError):
                    os.unlink(os.path.join(folder, beside))
        with contextlib.suppress(OSError):  # others may still write there
            os.rmdir(folder)


def _delete(folder: str) -> None:
    if files.is_remote(folder):
        from corptool import remote

        remote.delete(folder)
    else:
        shutil.rmtree(folder, ignore_errors=True)


def _put(beside: str, path: str) -> None:
    try:
        os.replace(beside, path)
    except FileNotFoundError:
        if not os.path.exists(path):  # else another process did the same work, was sooner, and tidied up
            raise
