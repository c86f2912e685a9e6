"""Runs a pipeline by shards: contiguous ranges of its input, with nothing between them but a folder.

A pipeline is cut before each corpus stage, as in local.py. In a round every shard passes one part of it:

    1/00003.waiting    its articles as they wait for a decision (in the last round `.output`: what leaves the pipeline)
    1/00003.keys       their keys
    1/00003.lost       what was dropped, merged or rejected on the way
    1/00003.done       a summary; it is written last, and so says that the rest is there

A round is closed when the corpus stage has decided, which takes the keys of all shards, in order:

    1/00003.decisions  of each article that waits
    1/decided          that all decisions are there

`work` and `decide` are all that an engine needs to schedule. They read and write files of the folder and nothing
else, and what they write depends on nothing else: so they may be done anywhere, again, or twice at once.
"""

from __future__ import annotations

import contextlib
import pickle
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice, starmap

import click

from corptool import formats
from corptool.article import Lost, Parcel, Place
from corptool.batches import Lines, together
from corptool.engine import groups, local
from corptool.engine.job import Job
from corptool.engine.local import Counts, Decided, Report, Result
from corptool.engine.state import Files, Keys, Summary, blocks, opened, put, summary
from corptool.files import CHUNK
from corptool.outputs import Output, captured, say
from corptool.pipeline import reader
from corptool.reading import FAR
from corptool.step import Step
from corptool.tasks import Each

TOGETHER = 1000
"""Decisions that are written at once."""


def work(folder: str, number: int, shard: int) -> Summary:
    """Do a shard of a round, both counted from 0, unless it is done."""
    job = Job.loaded(folder)
    return summary(job, number, shard) or _work(job, number, shard)


def decide(folder: str, number: int, each: Each = starmap) -> Summary:
    """Close a round, of which all shards are done, unless it is closed."""
    job = Job.loaded(folder)
    try:
        return summary(job, number) or _decide(job, number, each)
    except Exception:
        if done := summary(job, number):  # another process did the same work, was sooner, and tidied up
            return done
        raise


def run(job: Job, report: Report, each: Each = starmap) -> Iterator[list[Output]]:
    """Do all that is left to do of a job; then, what leaves the pipeline, in order."""
    before = [0]
    """Lines of its first file that come before a shard."""
    for number, part in enumerate(job.parts):
        for shard, done in enumerate(_all(job, number, each)):
            if not number:
                before.append(done.lines + (before[-1] if done.within else 0))
            add(job, number, shard, done, report, before[shard])
        if part.key:
            say_again(decide(job.storage.root, number, each))
    if Job.loaded(job.storage.root).digest != job.digest:  # and the shards are of that one
        raise click.ClickException(
            f"{job.storage.root}: another job was begun here at the same time: run this one again"
        )
    yield from _outputs(job, report)
    job.tidy()


def add(job: Job, number: int, shard: int, done: Summary, report: Report, before: int | None) -> None:
    """Report what a shard has done, as if it were done now."""
    say_again(done)
    if not number:  # shards are of about the same size
        report.read, report.size = job.facts["bytes"] * (shard + 1) // job.shards, job.facts["bytes"]
    report.add(Result([], [], [], done.counts))
    asked = not report.only_failures or any(fate == "rejected" for _, fate in done.counts)
    for block in blocks(job, number, shard, "lost") if asked and "lost" in done.files else ():
        lost = [(position, Lost(_counted(lost.place, before), lost.dropped)) for position, lost in block]
        report.add(Result([], [], lost, Counter()))


def say_again(done: Summary) -> None:
    """Print what was printed when it was done."""
    if done.messages:
        say(done.messages.removesuffix("\n"))


def _all(job: Job, number: int, each: Each) -> Iterator[Summary]:
    """The summaries of a round, in order, as soon as they are there."""
    found = [summary(job, number, shard) for shard in range(job.shards)]
    made = iter(each(work, [(job.storage.root, number, shard) for shard, done in enumerate(found) if done is None]))
    for done in found:
        yield done or next(made)


def _work(job: Job, number: int, shard: int) -> Summary:
    part = job.parts[number]
    inputs = job.inputs(shard) if number == 0 else []
    counts: Counts = Counter()
    keys = lines = 0
    with captured() as said, Files(job, number, shard) as files:

        def results() -> Iterator[Result]:
            nonlocal lines
            names = [each.name for each in inputs]
            for batch in _waited(job, number, shard) if number else together(reader(job.steps[0]).batches(names)):
                result = part(batch)
                counts.update(result.counts)
                if result.lost:
                    pickle.dump(result.lost, files["lost"])
                if isinstance(batch, Lines):
                    lines = batch.next_line - (FAR if batch.next_line < 0 else 1)
                yield result

        for each in inputs:
            each.check()
        if part.key:
            keys = _wait(part.key[1], job, results(), files)
        else:
            _write(job, results(), files)
        for each in inputs:
            each.check()
    within = not number and len(inputs) == sum(each.start > 0 for each in inputs)
    return put(job, number, shard, Summary(counts, files.sizes, keys, lines, within, said()))


def _waited(job: Job, number: int, shard: int) -> Iterator[Decided]:
    """What a shard has from the round before: its articles, and what was decided."""
    key = job.parts[number - 1].key
    if key and key[1].groups:
        made = groups.decisions(job, number - 1, shard)
    else:
        made = chain.from_iterable(blocks(job, number - 1, shard, "decisions"))
    with opened(job, number - 1, shard, "waiting") as file:
        yield from local.decided(file, made)


def _wait(step: Step, job: Job, results: Iterable[Result], files: Files) -> int:
    """Write what a corpus stage waits for: the articles, and their keys. How many there are."""
    grouped = groups.Keys(step) if step.groups else None
    keys, waiting = 0, files["waiting"]  # is there, if nothing comes
    for result in results:
        waiting.write(local.waiting(result.outputs))
        keys += len(result.keys)
        if grouped:
            grouped.add(result.keys)
        else:
            pickle.dump(result.keys, files["keys"])
    if grouped:
        grouped.write(job, files["groups"])
    return keys


def _write(job: Job, results: Iterable[Result], files: Files) -> None:
    """Write what leaves the pipeline, in the format that the name of its files tells."""
    output = files["output"]  # is there, if nothing comes
    outputs = chain.from_iterable(result.outputs for result in results)
    if job.format:
        output.writelines(formats.load(job.format).write(item.article for item in outputs if isinstance(item, Parcel)))
        return
    for item in outputs:
        if isinstance(item, Parcel):
            output.write(item.line + b"\n")
        elif isinstance(item, bytes):
            output.write(item)
        else:
            data = item.data if isinstance(item.data, bytes) else b"".join(item.data)
            pickle.dump([item._replace(data=data)], files["files"])


def _decide(job: Job, number: int, each: Each) -> Summary:
    key = job.parts[number].key
    assert key
    shards = [summary(job, number, shard) for shard in range(job.shards)]
    if left := [str(shard + 1) for shard, done in enumerate(shards) if done is None]:
        option = "--apply" if number else "--shard"
        raise click.ClickException(
            f"before `{key[1].name}` can decide, these shards must be done with {option}: {', '.join(left)}"
        )
    if key[1].groups:
        for _ in each(groups.decide, [(job.storage.root, number, bucket) for bucket in range(groups.buckets(job))]):
            pass
        return put(job, number, None, Summary(Counter(), {}))
    keys = Keys(job.storage.root, number, [done.files.get("keys", 0) for done in shards if done])
    shared = contextlib.nullcontext() if each is starmap else job.storage.shared()
    with captured() as said, shared as folder:
        made = local.decisions(key[1], keys if folder else iter(keys), each, folder)
        for shard, done in enumerate(shards):
            assert done
            with Files(job, number, shard) as files:
                for at in range(0, done.keys, TOGETHER):
                    block = list(islice(made, min(TOGETHER, done.keys - at)))
                    assert block, f"`{key[1].name}` decided on fewer articles than there are"
                    pickle.dump(block, files["decisions"])
        assert next(made, None) is None, f"`{key[1].name}` decided on more articles than there are"
    return put(job, number, None, Summary(Counter(), {}, messages=said()))


def _outputs(job: Job, report: Report) -> Iterator[list[Output]]:
    """What the last round has written, unless it lies where it belongs."""
    if job.output:
        return
    last = job.steps[-1] if job.steps[-1].stage.kind == "sink" else None
    if last and last.groups:
        yield [*last.gathered(groups.gathered(job))]
        return

    def written() -> Iterator[list[Output]]:
        for shard in range(job.shards):
            with opened(job, len(job.parts) - 1, shard, "output") as file:
                if last:
                    while lines := file.readlines(CHUNK):
                        yield [Parcel(Place(), line[:-1]) for line in lines]
                else:
                    while data := file.read(CHUNK):
                        yield [data]
            yield from blocks(job, len(job.parts) - 1, shard, "files")

    yield from local.into(last, len(job.steps) - 1, written(), report) if last else written()


def _counted(place: Place, before: int | None) -> Place:
    """The place with the number of its line, if it is known how many lines come before those of its shard."""
    if place.line is None or place.line > 0:
        return place
    if before is None:  # a shard by itself does not know
        return Place(f"{place.path}, from byte {place.offset}", None, place.offset)
    return place._replace(line=place.line - FAR + 1 + before)
