"""What each has for each other: many values in one file, of which a reader takes the ones meant for it."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterable
from typing import IO, Any

LENGTH = 8  # bytes at the end of the file that say how long the index before them is


def write(file: IO[bytes], values: Iterable[tuple[int, Any]]) -> None:
    """Write each value with the number of its reader."""
    at = 0
    index: dict[int, tuple[int, int]] = {}
    for number, value in values:
        data = pickle.dumps(value)
        file.write(data)
        index[number] = at, len(data)
        at += len(data)
    data = pickle.dumps(index)
    file.write(data + len(data).to_bytes(LENGTH, "big"))


def read(file: IO[bytes], number: int) -> Any:
    """The value for this reader; None if there is none. Two places of the file are read, and no more."""
    end = file.seek(-LENGTH, io.SEEK_END)
    size = int.from_bytes(file.read(LENGTH), "big")
    file.seek(end - size)
    at, length = pickle.loads(file.read(size)).get(number, (0, 0))  # noqa: S301 - the folder is ours
    file.seek(at)
    return pickle.loads(file.read(length)) if length else None  # noqa: S301
