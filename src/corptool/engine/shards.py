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
import io
import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, starmap, takewhile
from typing import IO, Any, NamedTuple

import click

from corptool import formats
from corptool.article import Lost, Parcel, Place, dumps, loads
from corptool.engine import groups, local
from corptool.engine.job import Job
from corptool.engine.local import Counts, Decided, Report, Result
from corptool.files import CHUNK
from corptool.outputs import Output, say
from corptool.reading import FAR, Lines
from corptool.stage import Each, Step

TOGETHER = 1000
"""Decisions that are written at once."""


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


def work(folder: str, number: int, shard: int) -> Summary:
    """Do a shard of a round, both counted from 0, unless it is done."""
    job = Job.loaded(folder)
    return summary(job, number, shard) or _work(job, number, shard)


def decide(folder: str, number: int, each: Each = starmap) -> Summary:
    """Close a round, of which all shards are done, unless it is closed."""
    job = Job.loaded(folder)
    return summary(job, number) or _decide(job, number, each)


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
    yield from _outputs(job, report)
    for storage in {job.storage, job.place(len(job.parts) - 1, 0, "output")[0]}:
        storage.tidy()


def add(job: Job, number: int, shard: int, done: Summary, report: Report, before: int | None) -> None:
    """Report what a shard has done, as if it were done now."""
    say_again(done)
    if not number:  # shards are of about the same size
        report.read, report.size = job.facts["bytes"] * (shard + 1) // job.shards, job.facts["bytes"]
    report.add(Result([], [], [], done.counts))
    asked = not report.only_failures or any(fate == "rejected" for _, fate in done.counts)
    for block in _blocks(job, number, shard, "lost") if asked and "lost" in done.files else ():
        lost = [(position, Lost(_counted(lost.place, before), lost.dropped)) for position, lost in block]
        report.add(Result([], [], lost, Counter()))


def say_again(done: Summary) -> None:
    """Print what was printed when it was done."""
    if done.messages:
        say(done.messages.removesuffix("\n"))


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
    with _captured() as said, _Files(job, number, shard) as files:

        def results() -> Iterator[Result]:
            nonlocal lines
            names = [each.name for each in inputs]
            for batch in _waited(job, number, shard) if number else job.steps[0].batches(names):
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
    return _put(job, number, shard, Summary(counts, files.sizes, keys, lines, within, said()))


def _waited(job: Job, number: int, shard: int) -> Iterator[Decided]:
    """What a shard has from the round before: its articles, and what was decided."""
    key = job.parts[number - 1].key
    if key and key[1].groups:
        made = groups.decisions(job, number - 1, shard)
    else:
        made = chain.from_iterable(_blocks(job, number - 1, shard, "decisions"))
    with _opened(job, number - 1, shard, "waiting") as file:
        yield from local.decided(file, made)


def _wait(step: Step, job: Job, results: Iterable[Result], files: _Files) -> int:
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


def _write(job: Job, results: Iterable[Result], files: _Files) -> None:
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
        return _put(job, number, None, Summary(Counter(), {}))
    blocks = (_blocks(job, number, shard, "keys") for shard in range(job.shards))
    with _captured() as said:
        keys = chain.from_iterable(chain.from_iterable(blocks))
        made = local.decisions(key[1], keys, each)
        for shard, done in enumerate(shards):
            assert done
            with _Files(job, number, shard) as files:
                its = islice(made, done.keys)
                while block := list(islice(its, TOGETHER)):
                    pickle.dump(block, files["decisions"])
        assert next(made, None) is None, f"`{key[1].name}` decided on more articles than there are"
    return _put(job, number, None, Summary(Counter(), {}, messages=said()))


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
            with _opened(job, len(job.parts) - 1, shard, "output") as file:
                if last:
                    while lines := file.readlines(CHUNK):
                        yield [Parcel(Place(), line[:-1]) for line in lines]
                else:
                    while data := file.read(CHUNK):
                        yield [data]
            yield from _blocks(job, len(job.parts) - 1, shard, "files")

    yield from local.into(last, len(job.steps) - 1, written(), report) if last else written()


def _counted(place: Place, before: int | None) -> Place:
    """The place with the number of its line, if it is known how many lines come before those of its shard."""
    if place.line is None or place.line > 0:
        return place
    if before is None:  # a shard by itself does not know
        return Place(f"{place.path}, from byte {place.offset}", None, place.offset)
    return place._replace(line=place.line - FAR + 1 + before)


class _Files:
    """The files that a shard writes in a round: made when they are asked for, there when all are whole."""

    def __init__(self, job: Job, number: int, shard: int) -> None:
        self.at = job, number, shard
        self.files: dict[str, IO[bytes]] = {}
        self.sizes: dict[str, int] = {}
        self.stack = contextlib.ExitStack()

    def __enter__(self) -> _Files:
        return self

    def __getitem__(self, kind: str) -> IO[bytes]:
        if kind not in self.files:
            job, number, shard = self.at
            storage, name = job.place(number, shard, kind)
            file = self.stack.enter_context(storage.writing(name))
            self.files[kind] = self.stack.enter_context(_compressed(file)) if name.endswith(".zst") else file
        return self.files[kind]

    def __exit__(self, *error: Any) -> None:
        self.stack.__exit__(*error)
        self.sizes = _sizes(*self.at, self.files)


def _compressed(file: IO[bytes]) -> IO[bytes]:
    import zstandard

    return zstandard.ZstdCompressor().stream_writer(file, closefd=False)


def _sizes(job: Job, number: int, shard: int | None, kinds: Iterable[str]) -> dict[str, int]:
    found = ((kind, *job.place(number, shard, kind)) for kind in kinds)
    return {kind: size for kind, storage, name in found if (size := storage.size(name)) is not None}


def _put(job: Job, number: int, shard: int | None, done: Summary) -> Summary:
    """Say that something is done."""
    storage, name = job.place(number, shard, "done" if shard is not None else "decided")
    counts = [[*key, count] for key, count in sorted(done.counts.items())]
    with storage.writing(name) as file:
        file.write(dumps({"job": job.digest, **done._asdict(), "counts": counts}))
    return done


def _opened(job: Job, number: int, shard: int, kind: str) -> IO[bytes]:
    storage, name = job.place(number, shard, kind)
    return storage.opened(name)


def _blocks(job: Job, number: int, shard: int, kind: str) -> Iterator[list[Any]]:
    """The lists that were pickled into a file, if it is there."""
    storage, name = job.place(number, shard, kind)
    if storage.size(name) is None:
        return
    with storage.opened(name) as file, contextlib.suppress(EOFError):
        while True:
            yield pickle.load(file)  # noqa: S301 - the folder is ours


@contextlib.contextmanager
def _captured() -> Iterator[Callable[[], str]]:
    """Keep what is printed on standard error, so that it can be printed again when the job goes on after a kill."""
    kept = io.BytesIO()
    stream = io.TextIOWrapper(kept, "utf-8", "backslashreplace")

    def said() -> str:
        stream.flush()
        return kept.getvalue().decode()

    try:
        with contextlib.redirect_stderr(stream):
            yield said
    except BaseException:
        say(said())
        raise
