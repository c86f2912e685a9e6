"""Names such as `s3://bucket/key`: objects in stores, through fsspec, by the few calls that files and outputs need.

How a store is reached (endpoint, keys, region) is told as its own tools want it told: ~/.aws, AWS_…, FSSPEC_S3_….
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from typing import IO, Any

from corptool import extras

WEB = ("http://", "https://")
"""There nothing can be listed, and `?` is part of a name."""
VERSIONS = ("ETag", "etag", "mtime", "created", "last_modified")
"""What stores call what is another when an object has been written again; the rest of what they say depends on how
they are asked."""
ERRORS: list[tuple[type[OSError], int]] = [
    (FileNotFoundError, errno.ENOENT),
    (PermissionError, errno.EACCES),
    (IsADirectoryError, errno.EISDIR),
]


def _at(url: str) -> tuple[Any, str]:
    """The file system and the path in it. ImportError says what to install; ValueError: there is no such protocol.

    What was listed is not remembered: other machines write to the same store.
    """
    core = extras.load("fsspec.core", "remote", url)
    with _told(url):
        try:
            return core.url_to_fs(url, use_listings_cache=False)  # type: ignore[no-any-return]
        except ImportError as error:
            raise ImportError(f"{url}: {error} (for s3: pip install 'corptool[remote]')") from None


@contextlib.contextmanager
def _told(url: str) -> Iterator[None]:
    """Errors as the system words them, and with the name that was typed: each store has its own."""
    try:
        yield
    except (ImportError, ValueError):
        raise
    except OSError as error:
        code = next((code for kind, code in ERRORS if isinstance(error, kind)), error.errno or errno.EIO)
        raise OSError(code, error.strerror or os.strerror(code), url) from error
    except Exception as error:
        raise OSError(errno.EIO, " ".join(str(error).split()) or type(error).__name__, url) from error


def lexists(url: str) -> bool:
    """Whether there is such an object (or folder). False where it cannot be told: opening it says why."""
    with contextlib.suppress(Exception):
        system, path = _at(url)
        return bool(system.exists(path))
    return False


def isdir(url: str) -> bool:
    """Whether there are objects below. False where it cannot be told: opening it says why."""
    with contextlib.suppress(Exception):
        system, path = _at(url)
        return not url.startswith(WEB) and bool(system.isdir(path))
    return False


def paths(url: str) -> Iterator[str]:
    """All objects below, by their URLs, in code-point order; nothing hidden."""
    system, path = _at(url)
    with _told(url):
        found = sorted(system.find(path))
    below = path.rstrip("/") + "/"
    for each in found:
        name = each.removeprefix(below)
        if not any(part.startswith(".") for part in name.split("/")[:-1]):
            yield f"{url.rstrip('/')}/{name}"


def glob(pattern: str) -> list[str]:
    """The URLs that match, in code-point order."""
    if pattern.startswith(WEB):
        return []
    first = min(pattern.find(char) for char in "*?[" if char in pattern)
    above = pattern[: pattern.rfind("/", 0, first)]
    system, path = _at(pattern)
    _, root = _at(above + "/")
    with _told(pattern):
        return sorted(f"{above}/{each.removeprefix(root.rstrip('/') + '/')}" for each in system.glob(path))


def opened(url: str) -> IO[bytes]:
    """The bytes of an object."""
    system, path = _at(url)
    with _told(url):
        return system.open(path, "rb")  # type: ignore[no-any-return]


def stamp(url: str) -> tuple[int | None, str]:
    """The bytes of an object, and what is another when it has been written again."""
    system, path = _at(url)
    with _told(url):
        found = system.info(path)
    return found["size"], next((str(found[name]) for name in VERSIONS if found.get(name)), "")


@contextlib.contextmanager
def written(url: str) -> Iterator[IO[bytes]]:
    """An object that appears whole or not at all."""
    system, path = _at(url)
    with _told(url):
        stream = system.open(path, "wb", autocommit=False)
    try:
        yield stream
        with _told(url):
            stream.close()
            stream.commit()
    except BaseException:
        with contextlib.suppress(Exception):
            stream.discard()
            stream.closed = True  # or the garbage collector would put what is there
        raise


def delete(folder: str) -> None:
    """Delete all objects below. What may not be deleted stays."""
    with contextlib.suppress(Exception):
        system, path = _at(folder)
        system.rm(path, recursive=True)
