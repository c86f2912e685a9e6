"""What a job reads, and the shares of it that its shards read."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import NamedTuple

import click

from corptool import files, reading
from corptool.reading import Piece


class Input(NamedTuple):
    """A file as it was when the job was planned, or some lines of it."""

    path: str
    size: int | None
    """None: it was not there, or no file."""
    stamp: int | str | None
    """Another one when it has been written again."""
    start: int = 0
    end: int | None = None
    """None: all of it."""

    @classmethod
    def found(cls, path: str) -> Input:
        """The file as it is now."""
        return cls(path, *files.stamp(path))

    @property
    def bytes(self) -> int:
        """How many are read."""
        return (self.size or 0) if self.end is None else self.end - self.start

    @property
    def name(self) -> str | Piece:
        """What to read."""
        return self.path if self.end is None else Piece(self.path, self.start, self.end)

    def check(self) -> None:
        """Raise an error if the file is not what it was."""
        if (now := Input.found(self.path))[:3] != self[:3]:
            raise click.ClickException(difference(self, now))


def cut(found: list[Input], shards: int, as_: str) -> list[list[Input]]:
    """Ranges of the input, as equal in bytes as files that must stay whole allow."""
    ends = [0, *accumulate(each.size or 0 for each in found)]
    total = ends[-1] or 1
    edges = [total * number // shards for number in range(1, shards)]
    shares: list[list[Input]] = [[] for _ in range(shards)]
    for each, start, end in zip(found, ends, ends[1:], strict=False):
        inside = range(bisect_right(edges, start), bisect_left(edges, end))
        if not inside or not reading.divisible(each.path, as_):
            shares[min(shards - 1, (start + end) * shards // (2 * total))].append(each)
            continue
        at = 0
        for number in inside:
            edge = max(at, files.line_after(each.path, edges[number] - start))
            if edge > at:
                shares[number].append(each._replace(start=at, end=edge))
            at = edge
        if at < end - start:
            shares[inside[-1] + 1].append(each._replace(start=at, end=end - start))
    return shares


def difference(before: Input | None, now: Input | None) -> str:
    """What became of a file since the job was planned."""
    if before is None or now is None:
        [there] = [each for each in (before, now) if each]
        return f"{there.path}: " + ("is new" if now else "is no longer among the input")
    if before.size is None or now.size is None:
        return f"{now.path}: " + ("was not there" if now.size is not None else "is no longer there")
    sizes = f"was {before.size:,} bytes, now {now.size:,}" if before.size != now.size else "was written again"
    return f"{now.path}: {sizes}, since the job was planned"
