"""Runs a pipeline on this machine: in this process, or in workers over batches of input, results in order.

Both ways are one: a `Part` (the stages between two corpus stages) turns a batch into a Result, here or in a worker.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain, islice, repeat, starmap
from typing import IO, Any, NamedTuple

from corptool.article import Article, Dropped, Lost, Parcel, Place
from corptool.batches import TOGETHER, Batch, Documents, together
from corptool.edits import trimmed
from corptool.outputs import Output, captured, say
from corptool.pipeline import Pipeline
from corptool.step import AsIs, Step, attempt_all
from corptool.tasks import Each

IN_MEMORY = 16 << 20  # bytes of articles that wait for a decision before they go to disk

Counts = Counter[tuple[int, str]]
"""(position of the step, `in` | `out` | `dropped` | `merged` | `rejected`) to a number of articles."""


class Report:
    """What happened: the numbers of each step, and a call for every article that was lost on the way."""

    def __init__(self, steps: list[Step], on_lost: Callable[[str, Lost], None]) -> None:
        self.names = [step.name for step in steps]
        self.counts: Counts = Counter()
        self.on_lost = on_lost
        self.only_failures = False
        """Whether nobody asks for what was dropped and merged: shards need not tell it then."""
        self.read = 0
        """Bytes of input that have been read; `size` is all of it, where that is known."""
        self.size: int | None = None
        self.progress: Callable[[], None] | None = None
        """Called when something has changed."""

    def add(self, result: Result) -> Result:
        """Take in the numbers and losses of a batch."""
        self.counts.update(result.counts)
        for position, lost in result.lost:
            self.on_lost(self.names[position], lost)
        if self.progress:
            self.progress()
        return result

    def rows(self) -> list[list[Any]]:
        """One row a step: its name, in, out, dropped, merged, rejected."""
        columns = ("in", "out", "dropped", "merged", "rejected")
        return [
            [name, *(self.counts[position, column] for column in columns)] for position, name in enumerate(self.names)
        ]


class Result(NamedTuple):
    """What a part makes of a batch."""

    outputs: list[Output]
    keys: list[Any]
    lost: list[tuple[int, Lost]]
    counts: Counts


class Part(NamedTuple):
    """Stages that run together: some articles pass through all of them before the next ones come."""

    steps: list[tuple[int, Step]]
    """With their positions in the pipeline."""
    reads: Step | None = None
    """The source, where this is the first part of a pipeline that begins with one."""
    decided: bool = False
    """The first of the steps is a corpus stage, whose decisions come with the batch."""
    key: tuple[int, Step] | None = None
    """The corpus stage that follows, for which keys are made."""
    last: int = 0
    """The position of the last step of the pipeline."""

    def __call__(self, batch: Batch | Documents | Decided) -> Result:
        """Run a batch through, some articles at a time."""
        result = Result([], [], [], Counter())
        items = batch.items()
        decisions = iter(batch.decisions) if isinstance(batch, Decided) else repeat(None)
        while some := list(islice(items, TOGETHER)):
            self._some(some, list(islice(decisions, len(some))), result)
        return self._with_keys(result) if self.key else result

    def _some(self, items: list[Parcel | Lost], decisions: list[Any], result: Result) -> None:
        """Run articles through: all through one stage, then what is left through the next."""
        lost: dict[int, tuple[int, Lost]] = {}
        outputs: dict[int, Output] = {}
        going: dict[int, Article] = {}
        passes, counts = self.passes, result.counts
        for number, (item, decision) in enumerate(zip(items, decisions, strict=True)):
            if isinstance(item, Lost):
                lost[number] = 0, item
                counts.update({(0, "in"): 1, (0, item.dropped.fate): 1})
            elif passes and (not self.decided or isinstance(decision, AsIs)):
                outputs[number] = item
            else:
                going[number] = trimmed(item.article, self.reads.edits) if self.reads else item.article
        if self.reads and len(lost) < len(items):
            counts.update(dict.fromkeys([(0, "in"), (0, "out")], len(items) - len(lost)))
        elif outputs:
            counts.update({(position, "out"): len(outputs) for position, _ in self.steps})
        decided = self.decided
        for position, step in self.steps if going else ():
            counts[position, "in"] += 0 if decided else len(going)  # with a decision: when its key was made
            outcomes = attempt_all(step, [*going.values()], [decisions[n] for n in going] if decided else None)
            decided = False
            for number, outcome in zip([*going], outcomes, strict=True):
                if not isinstance(outcome, dict | Dropped) and position != self.last:
                    why = f"`{step.name}` wrote output here, and another stage follows"
                    outcome = Dropped(going[number], why, failed=True)
                counts[position, outcome.fate if isinstance(outcome, Dropped) else "out"] += 1
                if isinstance(outcome, dict):
                    going[number] = outcome
                    continue
                del going[number]
                if isinstance(outcome, Dropped):
                    lost[number] = position, Lost(items[number].place, outcome)
                else:
                    outputs[number] = outcome
        for number, article in going.items():
            parcel = items[number]
            assert isinstance(parcel, Parcel), "what was lost goes no further"
            outputs[number] = parcel if article is parcel.article else Parcel(parcel.place, article=article)
        result.lost.extend(one for _, one in sorted(lost.items()))
        result.outputs.extend(outputs[number] for number in sorted(outputs))

    @property
    def passes(self) -> bool:
        """Whether articles go through as the lines they are, where a corpus stage decided nothing else on them."""
        steps = [step for step in (self.reads, *(step for _, step in self.steps)) if step]
        return len(self.steps) == self.decided and all(step.edits == "keep" for step in steps)

    def _with_keys(self, result: Result) -> Result:
        """Make the keys of all articles that came through; whose key fails is rejected."""
        assert self.key
        position, step = self.key
        articles = [parcel.article for parcel in result.outputs if isinstance(parcel, Parcel)]
        outputs: list[Output] = []
        for parcel, key in zip(result.outputs, step.keys(articles), strict=True):
            assert isinstance(parcel, Parcel), "only articles reach a corpus stage"
            if isinstance(key, Dropped):
                result.counts[position, key.fate] += 1
                result.lost.append((position, Lost(parcel.place, key)))
            else:
                result.keys.append(key)
                outputs.append(parcel)
        result.counts[position, "in"] += len(result.outputs)
        if step.stage.kind == "sink":  # the keys are all it takes
            result.counts[position, "out"] += len(outputs)
            outputs = []
        return result._replace(outputs=outputs)


class Decided(NamedTuple):
    """Articles that waited, each with its decision."""

    articles: list[tuple[tuple[Any, ...], bytes]]
    """The place and the line of each."""
    decisions: list[Any]

    def items(self) -> Iterator[Parcel]:
        """The articles."""
        return (Parcel(Place(*place), line) for place, line in self.articles)


def run(pipeline: Pipeline, batches: Iterable[Batch], report: Report, *, jobs: int = 1) -> Iterator[list[Output]]:
    """What leaves the pipeline, in order and as soon as it is there."""
    steps = pipeline.steps
    sink = steps[-1] if steps[-1].stage.kind == "sink" else None
    incoming: Iterable[Batch | Documents | Decided] = together(batches)
    for number, part in enumerate(parts(steps)):
        # handing articles over costs more than the little that is left to do once a corpus stage has decided
        alone = jobs == 1 or (part.decided and part.passes)
        results = _here(part, incoming) if alone else _with_workers(pipeline.text, number, incoming, jobs)
        if part.key is None:
            outputs = _reported(results, report)
            yield from into(sink, len(steps) - 1, outputs, report) if sink else outputs
            return
        if part.key[1] is sink:
            keys = (key for result in results for key in report.add(result).keys)
            yield [*sink.gathered(sink.decide_groups(sink.first_of_groups(keys, {})))]
            return
        incoming = _decided(part.key[1], results, report)


def parts(steps: list[Step]) -> list[Part]:
    """Cut a pipeline before its corpus stages; the source is no part of it, nor is a sink that takes one by one."""
    found: list[Part] = []
    reads, decided = steps[0] if steps[0].stage.kind == "source" else None, False
    run: list[tuple[int, Step]] = []
    for position, step in enumerate(steps):
        if step.stage.kind != "article" and not step.sees_all:
            continue
        if step.sees_all:
            found.append(Part(run, reads, decided, (position, step), len(steps) - 1))
            if step.stage.kind == "sink":
                return found
            reads, decided, run = None, True, []
        run.append((position, step))
    return [*found, Part(run, reads, decided, None, len(steps) - 1)]


def _here(part: Part, batches: Iterable[Batch | Documents | Decided]) -> Iterator[Result]:
    for batch in batches:
        yield part(batch)


@cache
def parts_of(text: str) -> list[Part]:
    """The parts of the pipeline of this text, which are made once in each process."""
    return parts(Pipeline(text).steps)


def _reported(results: Iterable[Result], report: Report) -> Iterator[list[Output]]:
    for result in results:
        report.add(result)
        yield result.outputs


def into(sink: Step, position: int, outputs: Iterable[list[Output]], report: Report) -> Iterator[list[Output]]:
    """What a sink makes of the articles, handed on when those that have arrived are used up."""
    used_up = False

    def parcels() -> Iterator[Parcel]:
        nonlocal used_up
        for arrived in outputs:
            report.counts.update({(position, "in"): len(arrived), (position, "out"): len(arrived)})
            for number, output in enumerate(arrived, 1):
                assert isinstance(output, Parcel), "only articles reach a sink"
                used_up = number == len(arrived)
                yield output

    ready: list[Output] = []
    for output in sink.written(parcels()):
        ready.append(output)
        if used_up:
            yield ready
            ready = []
    yield ready


def _decided(step: Step, results: Iterable[Result], report: Report) -> Iterator[Decided]:
    """Keep the articles, on disk where they are many, until the corpus stage has seen all keys."""
    import tempfile

    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:

        def keys() -> Iterator[Any]:
            for result in results:
                report.add(result)
                file.write(waiting(result.outputs))
                yield from result.keys

        made = decisions(step, keys())
        file.seek(0)
        yield from decided(file, made)
        assert next(made, None) is None, f"`{step.name}` decided on more articles than there are"


def waiting(outputs: Iterable[Output]) -> bytes:
    """Articles as they wait for their decision."""
    import pickle

    articles = []
    for parcel in outputs:
        assert isinstance(parcel, Parcel), "only articles reach a corpus stage"
        articles.append((tuple(parcel.place), parcel.line))
    return pickle.dumps(articles, 5)


def decisions(step: Step, keys: Iterable[Any], each: Each = starmap, folder: str | None = None) -> Iterator[Any]:
    """What a corpus stage decides, once it has seen all keys."""
    made = step.decide(keys, each, folder)
    first = list(islice(made, 1))
    if isinstance(keys, Iterator):
        assert next(keys, None) is None, f"`{step.name}` decided before it had seen all keys"
    return chain(first, made)


def decided(file: IO[bytes], decisions: Iterator[Any]) -> Iterator[Decided]:
    """The articles that wait in a file, with their decisions."""
    import pickle

    with contextlib.suppress(EOFError):
        while True:
            articles = pickle.load(file)  # noqa: S301 - we wrote it
            yield Decided(articles, list(islice(decisions, len(articles))))


def _with_workers(text: str, number: int, batches: Iterable[Any], jobs: int) -> Iterator[Result]:
    """The results of worker processes; never more than two tasks a worker wait.

    The first batch is done here: that loads what the stages need, and the workers are forked with it.
    """
    from corptool.engine.workers import in_workers

    tasks = ((text, number, batch) for batch in batches)
    for result, said in chain(starmap(_work, islice(tasks, 1)), in_workers(_work, tasks, jobs, ahead=2)):
        if said:  # such as --explain: in the order of the articles
            say(said.removesuffix("\n"))
        yield result


def _work(text: str, number: int, batch: Any) -> tuple[Result, str]:
    """The result, and what was printed on the way."""
    with captured() as said:
        return parts_of(text)[number](batch), said()
