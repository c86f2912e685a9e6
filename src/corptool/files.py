"""From what was typed (files, folders, globs, lists of names, archives, standard input) to open streams, in order."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import EINVAL
from functools import partial
from itertools import filterfalse
from typing import IO, Any

from corptool.compression import COMPRESSED, LOOK, decompressed, kind_of

ARCHIVES = (".zip", ".tar", ".tgz", ".tbz2", ".txz")
CHUNK = 1 << 18  # bytes: what one read asks for; with 1 MiB the lines have left the cache before they are parsed
PIPE = 1 << 20  # bytes that wait in a pipe, so that its two ends wake each other seldom
LOOK_AHEAD = 1 << 16  # bytes: what is read at a time to find the end of a line
LARGEST = 1 << 29  # bytes of a file that is one article; more is a dump, or a small archive made to fill the memory


class Stream(io.RawIOBase):
    """A stream of bytes of which a read returns what has arrived: an article need not wait for the next one."""

    def __init__(self, raw: IO[bytes], *, as_it_lies: bool = False) -> None:
        self._raw = raw
        self._as_it_lies = as_it_lies
        self._read = getattr(raw, "read1", raw.read)
        self.start = b""
        """The first bytes, to be looked at; they are read again."""
        while len(self.start) < LOOK and (more := self._read(CHUNK)):
            self.start += more
        self._again = self.start

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """Whether one may jump about in it: not where it is decompressed, which would begin again at each jump."""
        return self._as_it_lies and self._raw.seekable()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place in the file."""
        if not self.seekable():
            return super().seek(offset, whence)  # says that it cannot be done
        if whence == os.SEEK_CUR:
            offset -= len(self._again)
        self._again = b""
        return self._raw.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        """What has arrived, at most `size` bytes; b"" at the end. Without a size, all that is left."""
        if size < 0:
            return self.readall()
        data = self._again[:size] or self._read(size)
        self._again = self._again[len(data) :]
        return data

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what has arrived; 0 at the end."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        """All that is left. ValueError: it is too much for one article."""
        chunks: list[bytes] = []
        while sum(map(len, chunks)) <= LARGEST:
            if not (chunk := self.read(CHUNK)):
                return b"".join(chunks)
            chunks.append(chunk)
        raise ValueError(f"more than {LARGEST >> 20} MiB in one article: if it holds many, split it or say what it is")


def find(names: Iterable[str], known: Callable[[str], bool]) -> Iterator[str]:
    """Files in the order of the names; those of a folder or a glob in code-point order of their paths.

    On a walk, files of which `known(name)` is false are passed over, and their number is logged; so is the file that
    standard output goes to (`read . > all.jsonl`), which would never end.
    """
    for name in names:
        if name != "-" and any(char in name for char in "*?[") and not _system(name).lexists(name):
            yield from filterfalse(_is_output, _glob(name, known))
        elif _system(name).isdir(name):
            yield from filterfalse(_is_output, _walk(name, known))
        else:
            yield name


def _is_output(path: str) -> bool:
    """Whether standard output is redirected into this file."""
    with suppress(OSError, ValueError, AttributeError):
        output = os.fstat(sys.stdout.fileno())
        return stat.S_ISREG(output.st_mode) and not is_remote(path) and os.path.samestat(output, os.stat(path))
    return False


def is_remote(name: str) -> bool:
    """Whether a name is a URL such as `s3://bucket/key`: only those pay for fsspec."""
    return "://" in name


def names_folder(name: str) -> bool:
    """Whether an output of this name is a folder: one that is there, or that will be."""
    return os.path.isdir(name) or name.endswith(("/", os.sep))


def below(folder: str, name: str) -> str:
    """A name, its parts divided by `/`, below a folder of this machine or of a store."""
    return f"{folder.rstrip('/')}/{name}" if is_remote(folder) else os.path.join(folder, *name.split("/"))


def _system(name: str) -> Any:
    """What can tell about a name: `os.path`, or the module of the same calls for URLs."""
    if not is_remote(name):
        return os.path
    from corptool import remote

    return remote


def plain(path: str) -> IO[bytes]:
    """The bytes of a file as they lie there."""
    return _system(path).opened(path) if is_remote(path) else open(path, "rb", buffering=0)


def names_from(path: str) -> list[str]:
    """The names listed in a file (`-`: standard input), one a line, or each ended by NUL as `find -print0` does."""
    with opened(path) as stream:
        data = stream.read()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # PowerShell's > writes UTF-16
        data = data.decode("utf-16").encode()
    listed = data.removeprefix(b"\xef\xbb\xbf").split(b"\0" if b"\0" in data else b"\n")
    return [os.fsdecode(name.rstrip(b"\r")) for name in listed if name.strip()]


@contextmanager
def opened(path: str) -> Iterator[Stream]:
    """The bytes of a file, or of standard input, decompressed where its name or its first bytes say so."""
    if path == "-":
        _widen(sys.stdin)
        yield _seen_through(getattr(sys.stdin.buffer, "raw", sys.stdin.buffer))
    else:
        if _is_output(path):
            raise OSError(EINVAL, "the output is written into it: it cannot be read at the same time", path)
        with plain(path) as file:
            yield _seen_through(file, suffix(path))


def stamp(path: str) -> tuple[int | None, int | str | None]:
    """The bytes of a file, and what is another when it has been written again; (None, None) if there is no file."""
    try:
        if is_remote(path):
            from corptool import remote

            return remote.stamp(path)
        found = os.stat(path)
    except (OSError, ValueError):
        return None, None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else (None, None)


@contextmanager
def between(path: str, start: int, end: int) -> Iterator[Stream]:
    """The bytes of a file from one place to another."""
    with plain(path) as file:
        file.seek(start)
        yield Stream(_Limited(file, end - start))  # type: ignore[arg-type]


class _Limited:
    """The next bytes of a file and no more."""

    def __init__(self, file: IO[bytes], left: int) -> None:
        self.file = file
        self.left = left

    def read(self, size: int) -> bytes:
        """Some of them; b"" at their end."""
        data = self.file.read(min(size, self.left))
        self.left -= len(data)
        return data


def line_after(path: str, offset: int) -> int:
    """Where the first line begins that begins at this place of a file or later."""
    at = offset - 1
    with plain(path) as file:
        file.seek(at)
        while data := file.read(LOOK_AHEAD):
            if (end := data.find(b"\n")) >= 0:
                return at + end + 1
            at += len(data)
    return at


def _widen(stream: IO[Any]) -> None:
    """Let more wait in a pipe, where it is one, on Linux, and the user has not used up what is allowed."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(stream.fileno(), fcntl.F_SETPIPE_SZ, PIPE)


def settle(path: str | os.PathLike[str]) -> None:
    """Have what is in a file, or the names in a folder, on the disk, where a power cut does not take it."""
    folder = os.path.isdir(path)
    if folder and os.name == "nt":
        return  # Windows does it by itself
    descriptor = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _seen_through(raw: IO[bytes], named: str = "") -> Stream:
    stream = Stream(raw, as_it_lies=True)
    kind = named if named in COMPRESSED else kind_of(stream.start)
    return Stream(decompressed(stream, kind)) if kind else stream


def bare(path: str) -> str:
    """The name without the suffix of a compression: `page.html.gz` is read as `page.html`."""
    return os.path.splitext(path)[0] if suffix(path) in COMPRESSED else path


def suffix(path: str) -> str:
    """`.html` of `Page.HTML`."""
    return os.path.splitext(path)[1].lower()


def is_archive(path: str) -> bool:
    """Whether a name is that of an archive with members."""
    return bare(path).lower().endswith(ARCHIVES)


def members(path: str, known: Callable[[str], bool]) -> Iterator[tuple[str, bytes | Exception]]:
    """The files of an archive and their (decompressed) bytes, or why they cannot be read, in the archive's order."""
    passed: Counter[str] = Counter()
    for member, read in _zip_members(path) if path.lower().endswith(".zip") else _tar_members(path):
        if not known(member):
            passed[suffix(member)] += 1
            continue
        try:
            data = _seen_through(read(), suffix(member)).read()
        except Exception as error:  # noqa: BLE001 - a bad member does not hide those behind it
            yield member, error
        else:
            yield member, data
    _tell(passed, path)


def _zip_members(path: str) -> Iterator[tuple[str, Callable[[], IO[bytes]]]]:
    import zipfile

    with plain(path) as file, zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                yield info.filename, partial(archive.open, info)


def _tar_members(path: str) -> Iterator[tuple[str, Callable[[], IO[bytes]]]]:
    import tarfile

    with opened(path) as stream, tarfile.open(fileobj=stream, mode="r|*") as archive:
        for info in archive:
            if info.isfile() and (file := archive.extractfile(info)):
                yield info.name, partial(_itself, file)


def _itself(file: IO[bytes]) -> IO[bytes]:
    return file


def _glob(pattern: str, known: Callable[[str], bool]) -> Iterator[str]:
    if is_remote(pattern):
        matches = _system(pattern).glob(pattern)
    else:
        from glob import iglob

        matches = sorted(iglob(pattern, recursive=True), key=lambda path: path.replace(os.sep, "/"))
    if not matches:
        yield pattern  # it is reported as a file that is not there
    for match in matches:
        if not _system(match).isdir(match):
            yield match
        elif "**" not in pattern:
            yield from _walk(match, known)


def _walk(folder: str, known: Callable[[str], bool]) -> Iterator[str]:
    passed: Counter[str] = Counter()
    some = False
    for path in _system(folder).paths(folder) if is_remote(folder) else _paths(folder):
        if path.endswith(os.sep) or known(path):
            some = True
            yield path
        else:
            passed[suffix(path) or os.path.basename(path)] += 1
    _tell(passed, folder)
    if not some:
        yield folder  # reading it says that there is nothing to read


def _paths(folder: str) -> Iterator[str]:
    """All files below, in code-point order of the whole path: a folder sorts as its name with a slash.

    A folder that cannot be listed is given with a slash at its end: reading it says why.
    """
    try:
        with os.scandir(folder) as entries:
            listed = sorted(_with_slash(entry) for entry in entries if entry.is_dir() or entry.is_file())
    except OSError:
        yield os.path.join(folder, "")
        return
    for name in listed:
        path = os.path.join(folder, name)
        if not name.endswith("/"):
            yield path
        elif not name.startswith("."):
            yield from _paths(path.rstrip("/"))


def _with_slash(entry: os.DirEntry[str]) -> str:
    return entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name


def _tell(passed: Counter[str], where: str) -> None:
    if passed:
        import logging

        kinds = ", ".join(f"{count} {kind}" for kind, count in passed.most_common(8))
        logging.getLogger("corptool").warning(
            "%s: passed over %d files of other kinds (%s)", where, passed.total(), kinds
        )
