"""How a stage decides that decides group by group (such as `clean --by site`): the first keys of each group, and never
an article, are brought together in buckets, which are decided apart.

    1/00003.groups       of a shard: for each bucket the keys of its groups, and for itself the group of each article
    1/decisions.00007    of a bucket: for each shard the decisions on its groups

A group of many articles costs no more than one of a hundred: of each, a shard sends its first keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Any
from zlib import crc32

from corptool.article import dumps
from corptool.engine import exchange
from corptool.engine.job import Job
from corptool.step import Step

SHARDS = 32
"""For how many shards there is one bucket: their keys are together in memory."""
OWN = -1
"""The reader of what a shard keeps for itself."""


class Keys:
    """What a shard sends of its keys."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self.groups: list[Any] = []
        self.first: dict[Any, list[Any]] = {}

    def add(self, keys: Iterable[Any]) -> None:
        """Take in the keys of some articles."""
        self.step.first_of_groups(keys, self.first, self.groups.append)

    def write(self, job: Job, file: IO[bytes]) -> None:
        """Write them, by bucket."""
        sent: dict[int, list[Any]] = {}
        for group, keys in self.first.items():
            sent.setdefault(crc32(dumps(group)) % buckets(job), []).extend(keys)
        exchange.write(file, [*sorted(sent.items()), (OWN, self.groups)])


def buckets(job: Job) -> int:
    """How many there are."""
    return 1 + job.shards // SHARDS


def decide(folder: str, number: int, bucket: int) -> None:
    """Decide on the groups of a bucket, unless that is done."""
    job = Job.loaded(folder)
    storage, name = _place(job, number, bucket)
    if storage.size(name) is not None:
        return
    key = job.parts[number].key
    assert key
    step = key[1]
    first: dict[Any, list[Any]] = {}
    groups: list[dict[Any, None]] = []
    for shard in range(job.shards):
        held: list[Any] = []
        step.first_of_groups(_read(job, number, shard, bucket) or (), first, held.append)
        groups.append(dict.fromkeys(held))
    made = step.decide_groups(first)
    with storage.writing(name) as file:
        if step.stage.kind == "sink":
            exchange.write(file, [(OWN, made)])
        else:
            exchange.write(file, ((shard, {group: made[group] for group in held}) for shard, held in enumerate(groups)))


def decisions(job: Job, number: int, shard: int) -> Iterator[Any]:
    """What was decided on each article of a shard, in order."""
    made = _gathered(job, number, shard)
    return (made[group] for group in _read(job, number, shard, OWN))


def gathered(job: Job) -> dict[Any, Any]:
    """What was decided on all groups, for the sink at the end of the pipeline."""
    return _gathered(job, len(job.parts) - 1, OWN)


def _gathered(job: Job, number: int, reader: int) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for bucket in range(buckets(job)):
        storage, name = _place(job, number, bucket)
        with storage.opened(name) as file:
            made |= exchange.read(file, reader) or {}
    return made


def _read(job: Job, number: int, shard: int, reader: int) -> Any:
    storage, name = job.place(number, shard, "groups")
    with storage.opened(name) as file:
        return exchange.read(file, reader)


def _place(job: Job, number: int, bucket: int) -> Any:
    return job.place(number, None, f"decisions.{bucket:05}")
