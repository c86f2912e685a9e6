"""`corptool run --work DIR`: a job that can be stopped at any moment, and done in parts that share nothing but DIR."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import starmap
from typing import Any, NamedTuple

import click

from corptool.engine import shards, state
from corptool.engine.job import Given, Job, opened
from corptool.engine.local import Report
from corptool.engine.workers import pool
from corptool.flow import told
from corptool.outputs import Output, say
from corptool.tasks import Each


class Wanted(NamedTuple):
    """What is to be done of the job: all of it, if nothing is said."""

    shard: tuple[int, int] | None
    decide: bool
    apply: tuple[int, int] | None
    dry_run: bool


class Workers(NamedTuple):
    """Who does the work."""

    jobs: int = 1
    engine: str = "local"
    address: str | None = None

    @contextmanager
    def each(self) -> Iterator[Each]:
        """What computes a function for each tuple of arguments."""
        if self.engine == "ray":
            from corptool.engine.ray import cluster

            with cluster(self.address, self.jobs if self.jobs > 1 else None) as each:
                yield each
        elif self.jobs > 1:
            with pool(self.jobs) as each:
                yield each
        else:
            yield starmap


def run(folder: str | None, given: Given, wanted: Wanted, *, workers: Workers, reporting: dict[str, Any]) -> int:
    """Do a job, or a part of one, and return the exit code."""
    if sum(map(bool, wanted[:3])) > 1:
        raise click.UsageError("--shard, --decide and --apply are steps of a job: give one of them")
    part = wanted.shard or wanted.apply
    if not folder and (part or wanted.decide or given.shards):
        raise click.UsageError("shards need --work DIR, the folder in which their results are kept")
    whole = not (part or wanted.decide)
    job = opened(folder, given._replace(shards=part[1]) if part else given, whole=whole, dry=wanted.dry_run)
    if wanted.dry_run:
        return _tell_plan(job, given.output)
    if not whole and (reporting["rejects"] or (given.output and not job.output)):
        raise click.UsageError(
            f"-o FILE and --rejects come last: `corptool run --work {folder} -o FILE` writes both when all is done"
        )
    if wanted.decide:
        with workers.each() as each:
            return _decide(job, each)
    if part:
        return _part(job, part[0], reporting, decided=wanted.apply is not None)
    output = None if job.output else given.output or job.steps[-1].output
    with workers.each() as each:
        return told(lambda report: shards.run(job, report, each), job.steps, output=output, **reporting)


def _part(job: Job, shard: int, reporting: dict[str, Any], *, decided: bool) -> int:
    """Do a shard of a round. What was rejected is told, but only the whole job ends with an exit code that says so."""
    number = min(state.closed(job), len(job.parts) - 1) if decided else 0
    if decided and not number:
        raise click.UsageError("nothing has been decided yet: --decide comes before --apply")
    lost: Counter[str] = Counter()

    def work(report: Report) -> Iterator[list[Output]]:
        shards.add(job, number, shard, shards.work(job.storage.root, number, shard), report, before=None)
        for (_, fate), count in report.counts.items():
            lost[fate] += count
        yield []

    told(work, job.steps, **reporting | {"quiet": True})
    if not reporting["quiet"]:
        numbers = ", ".join(f"{lost[fate]} {fate}" for fate in ("dropped", "merged", "rejected"))
        say(f"round {number + 1}: shard {shard + 1}/{job.shards} is done ({numbers})")
    return 0


def _decide(job: Job, each: Each) -> int:
    """Close the round that is open, unless the last decision was made and nobody has gone on from there."""
    number, rounds = state.closed(job), 1 + sum(part.key is not None for part in job.parts)
    if rounds == 1:
        raise click.UsageError("there is nothing to decide: no stage of this pipeline sees all articles")
    if number == rounds - 1 or (number and len(state.missing(job, number)) == job.shards):
        say("decided already; --apply goes on")
    else:
        shards.say_again(shards.decide(job.storage.root, number, each))
    return 0


def _tell_plan(job: Job, output: str | None) -> int:
    """Say what would be done, and how much of it is done."""
    from tabulate import tabulate

    rows = [("input", f"{job.facts['inputs']:,} files, {job.facts['bytes']:,} bytes")]
    kept = bool(job.storage.root)
    if kept:
        rows.append(("shards", f"{job.shards:,}, in {job.storage.root}"))
    for number, part in enumerate(job.parts):
        steps = [*filter(None, [part.reads]), *(step for _, step in part.steps)]
        text = " | ".join(step.name for step in steps) or "read"
        if part.key:
            text += f", then {part.key[1].name} decides"
        if kept:
            text += f": {job.shards - len(state.missing(job, number)):,} of {job.shards:,} shards are done"
            text += ", decided" if part.key and state.summary(job, number) else ""
        rows.append((f"round {number + 1}", text))
    if job.steps[-1].stage.kind == "sink":
        rows.append(("at last", job.steps[-1].name))
    rows.append(("output", job.output or output or job.steps[-1].output or "standard output"))
    click.echo(tabulate(rows, tablefmt="plain"))
    return 0
