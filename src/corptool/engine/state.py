"""What is kept of a job while it lasts: the files that its shards write, and the summaries that say they are there."""

from __future__ import annotations

import contextlib
import pickle
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import IO, Any, NamedTuple

from corptool.article import dumps, loads
from corptool.compression import compressed
from corptool.engine.job import Job
from corptool.engine.local import Counts
from corptool.files import suffix

PART = 16 << 20
"""Bytes of keys that are looked at together."""


class Summary(NamedTuple):
    """What one shard has done in one round, or one decision."""

    counts: Counts
    files: dict[str, int]
    """The kinds of what was written, with sizes: if one is not there any more, the shard is not done."""
    keys: int = 0
    lines: int = 0
    """Of the last file that was read, as far as it was read."""
    within: bool = False
    """Whether nothing but lines in the middle of a file was read, or nothing at all."""
    messages: str = ""
    """What was printed on standard error."""


def summary(job: Job, number: int, shard: int | None = None) -> Summary | None:
    """What was done of a round in a shard, or in deciding; None if it has not been done."""
    storage, name = job.place(number, shard, "done" if shard is not None else "decided")
    data = storage.read(name)
    if data is None or (fields := loads(data)).pop("job") != job.digest:
        return None
    counts = Counter({(position, column): count for position, column, count in fields.pop("counts")})
    found = Summary(counts, **fields)
    return found if _sizes(job, number, shard, found.files) == found.files else None


def missing(job: Job, number: int) -> list[int]:
    """The shards that are not done in a round."""
    return [shard for shard in range(job.shards) if summary(job, number, shard) is None]


def closed(job: Job) -> int:
    """How many rounds are closed."""
    deciding = sum(part.key is not None for part in job.parts)
    return sum(1 for _ in takewhile(lambda number: summary(job, number), range(deciding)))


def put(job: Job, number: int, shard: int | None, done: Summary) -> Summary:
    """Say that something is done."""
    storage, name = job.place(number, shard, "done" if shard is not None else "decided")
    counts = [[*key, count] for key, count in sorted(done.counts.items())]
    with storage.writing(name) as file:
        file.write(dumps({"job": job.digest, **done._asdict(), "counts": counts}))
    return done


class Files:
    """The files that a shard writes in a round: made when they are asked for, there when all are whole."""

    def __init__(self, job: Job, number: int, shard: int) -> None:
        self.at = job, number, shard
        self.files: dict[str, IO[bytes]] = {}
        self.sizes: dict[str, int] = {}
        self.stack = contextlib.ExitStack()

    def __enter__(self) -> Files:
        return self

    def __getitem__(self, kind: str) -> IO[bytes]:
        if kind not in self.files:
            job, number, shard = self.at
            storage, name = job.place(number, shard, kind)
            file = self.stack.enter_context(storage.writing(name))
            self.files[kind] = self.stack.enter_context(compressed(file, suffix(name)))
        return self.files[kind]

    def __exit__(self, *error: Any) -> None:
        self.stack.__exit__(*error)
        self.sizes = _sizes(*self.at, self.files)


def _sizes(job: Job, number: int, shard: int | None, kinds: Iterable[str]) -> dict[str, int]:
    found = ((kind, *job.place(number, shard, kind)) for kind in kinds)
    return {kind: size for kind, storage, name in found if (size := storage.size(name)) is not None}


def opened(job: Job, number: int, shard: int, kind: str) -> IO[bytes]:
    """A file of a shard, to read from."""
    storage, name = job.place(number, shard, kind)
    return storage.opened(name)


def blocks(job: Job, number: int, shard: int, kind: str) -> Iterator[list[Any]]:
    """The lists that were pickled into a file, if it is there."""
    try:
        file = opened(job, number, shard, kind)
    except FileNotFoundError:  # and no other error: a store that does not answer has not lost it
        return
    with file, contextlib.suppress(EOFError):
        while True:
            yield pickle.load(file)  # noqa: S301 - the folder is ours


class Keys:
    """The keys of shards, in order; or of some of them, for who does a part of the work."""

    def __init__(self, folder: str, number: int, sizes: list[int], first: int = 0) -> None:
        self.at = folder, number
        self.sizes = sizes
        """Bytes of the keys of each shard."""
        self.first = first

    def __iter__(self) -> Iterator[Any]:
        folder, number = self.at
        job = Job.loaded(folder)
        for shard in range(self.first, self.first + len(self.sizes)):
            for block in blocks(job, number, shard, "keys"):
                yield from block

    def parts(self) -> Iterator[Keys]:
        """All of them, those of a few shards at a time."""
        first, size = 0, 0
        for shard, more in enumerate([*self.sizes, PART]):
            size += more
            if size >= PART:
                yield Keys(*self.at, self.sizes[first : shard + 1], first)
                first, size = shard + 1, 0
