"""A job: a pipeline, what it reads, in how many shards, and the folder in which it keeps its state.

    job.json           what the job is
    inputs-….jsonl     what each shard reads, one line a shard
    1/00003.*          what the third shard has done of the first round, see shards.py

A command that says otherwise than the job is told so, and nothing is mixed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from corptool import __version__, catalogue, files, formats, plugins, reading
from corptool.article import dumps, loads
from corptool.engine import local
from corptool.engine.inputs import Input, cut, difference
from corptool.engine.storage import Storage
from corptool.outputs import check_one_file, made
from corptool.pipeline import Pipeline
from corptool.step import Step

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

SHARD = 8 << 20
"""Bytes of input in a shard, unless their number is given: what a kill makes one worker do again."""
MOST = 10_000
"""Shards, unless their number is given."""
PART = "part-{:05}-of-{:05}"
SHOWN = 10
"""Differences that are told."""
SAID = {
    "pipeline": "the pipeline",
    "files": "FILES",
    "files_from": "--files-from",
    "output": "-o",
    "shards": "--shards",
}
"""What a command says of a job, and how."""


class Job:
    """A job that has been planned."""

    def __init__(self, storage: Storage, facts: dict[str, Any]) -> None:
        self.storage = storage
        self.facts = facts
        self.digest = sha256(dumps(facts)).hexdigest()[:16]
        self.steps = Pipeline(facts["pipeline"]).steps
        self.parts = local.parts_of(facts["pipeline"])
        self.shards: int = facts["shards"]
        self.output: str | None = facts["output"]
        """Where the shards of the output go, `*` standing for the name of each; None: they are joined."""
        self.format = _format(self.output)

    @classmethod
    def load(cls, folder: str) -> Job | None:
        """The job that keeps its state in this folder."""
        storage = Storage(folder)
        data = storage.read("job.json")
        return None if data is None else cls(storage, loads(data))

    @classmethod
    def loaded(cls, folder: str) -> Job:
        """The job of this folder. An error if there is none."""
        job = cls.load(folder)
        if job is None:
            raise click.UsageError(f"no job was begun in {folder}: give the pipeline and its files")
        return job

    def place(self, number: int, shard: int | None, kind: str) -> tuple[Storage, str]:
        """Where a file of a round is kept; without a shard, one of the decision that closes the round."""
        if kind == "output" and self.output and shard is not None:
            folder, name = os.path.split(self.output)
            return Storage(folder or "."), name.replace("*", PART.format(shard + 1, self.shards))
        return self.storage, f"{number + 1}/" + (kind if shard is None else f"{shard + 1:05}.{kind}")

    def tidy(self) -> None:
        """Delete what killed processes left behind: to be called when there is nothing left to do."""
        places = [self.place(len(self.parts) - 1, shard, "output") for shard in range(self.shards)]
        self.storage.tidy()
        if self.output:
            places[0][0].tidy({name for _, name in places})

    def inputs(self, shard: int) -> list[Input]:
        """What a shard reads."""
        with self.storage.opened(_name(self.facts)) as lines:
            lines.seek(self.facts["at"][shard])
            return [Input(*fields) for fields in loads(lines.readline())["inputs"]]


class Given(NamedTuple):
    """What a command says of a job. The first one says it all; what a later one leaves out is as it was."""

    pipeline: str | None = None
    files: Sequence[str] = ()
    files_from: str | None = None
    output: str | None = None
    shards: int | None = None

    def completed(self, job: Job) -> Given:
        """With what is left out."""
        return Given(*(given or job.facts[name] for name, given in self._asdict().items()))


def opened(folder: str | None, given: Given, *, whole: bool, dry: bool = False) -> Job:
    """The job of a folder, planned if there is none yet. Where the command does not fit the job, an error says why.

    With `whole` all input is looked at again; else each shard looks at its own. With `dry`, nothing is written.
    """
    job, output = Job.load(folder) if folder else None, given.output
    given = given.completed(job) if job else given
    if given.pipeline is None:
        where = f"no job was begun in {folder}: " if folder else ""
        raise click.UsageError(f"{where}give the pipeline and its files")
    steps = Pipeline(given.pipeline).steps
    facts: dict[str, Any] = given._asdict() | {
        "files": list(given.files),
        "output": _pattern(output, steps[-1]) if output or not job else job.output,
        "versions": _versions(steps),
        "options": _option_files(steps),
    }
    inputs: list[list[Input]] = []
    lines: list[bytes] = []
    if whole or not job:
        inputs = _inputs(given, steps[0], folder)
        lines = _lines(inputs)
        facts |= {"shards": len(inputs), "digest": sha256(b"".join(lines)).hexdigest()}
        facts |= {"at": [0, *accumulate(map(len, lines))][:-1]}
        facts |= {"inputs": len(_whole(chain(*inputs))), "bytes": sum(one.bytes for one in chain(*inputs))}
    if job:
        if differences := list(_differences(job, facts, inputs)):
            raise click.ClickException(_refusal(job.storage.root, differences))
        return job
    storage = Storage(folder or "")
    if not dry:
        with storage.writing(_name(facts)) as file:
            file.writelines(lines)
        with storage.writing("job.json") as file:
            file.write(dumps(facts))
        if whole and (into := os.path.dirname(facts["output"] or "")):
            made(into)
    return Job(storage, facts)


def _name(facts: dict[str, Any]) -> str:
    """Where the inputs are. They may be planned twice at once: so neither plan takes the inputs of the other."""
    return f"inputs-{facts['digest'][:16]}.jsonl"


def _pattern(output: str | None, last: Step) -> str | None:
    """Where shards of the output go, if they are not joined: `corpus/` is short for `corpus/*.jsonl`."""
    if output and last.output:
        raise click.UsageError(f"`{last.name}` names its output in the pipeline already: give -o once")
    output = output or last.output
    if not output or last.stage.kind == "sink":
        return None
    if files.names_folder(output):
        return files.below(output, "*.jsonl")
    if "*" not in os.path.basename(output):
        if not last.stage.makes_files:
            check_one_file(output, last.name, lines=True)
        return None
    if (name := _format(output)) and getattr(formats.load(name), "FOLDER", not hasattr(formats.load(name), "write")):
        raise click.UsageError(f"{output}: {name} cannot be written as a file of many articles")
    if name:  # a package that it lacks is told before the work, not after it
        next(iter(formats.load(name).write(())), None)
    return output


def _format(output: str | None) -> str | None:
    """The format of the shards of the output, by their name; None: lines, as they flow."""
    suffix = files.suffix(files.bare(output or ""))
    return None if suffix in reading.LINES else formats.of_suffix(suffix)


def _inputs(given: Given, step: Step, state: str | None) -> list[list[Input]]:
    """What each shard reads. An error if that would be the state of the job, too."""
    if (given.files or given.files_from) and (step.files or step.files_from):
        raise click.UsageError(f"`{step.name}` names its files in the pipeline already: give them once")
    names = [*given.files, *step.files]
    if listed := given.files_from or step.files_from:
        names += files.names_from(listed)
        if listed == "-" and not names:
            raise click.UsageError("--files-from - names no files: pipe the same list in, whenever the job goes on")
    if not names or "-" in names:
        raise click.UsageError("name the files: what comes from standard input cannot be read again")
    if state and (around := [name for name in names if _walked(state, name)]):
        raise click.UsageError(f"{state} lies in {around[0]}, which is read: keep the state of the job elsewhere")
    found = [Input.found(path) for path in reading.found(names)]
    size = sum(each.size or 0 for each in found)
    shards = given.shards or max(1, min(MOST, size // SHARD))
    return cut(found, shards, step.options.get("as_", "auto"))


def _walked(folder: str, around: str) -> bool:
    """Whether who walks a folder comes to the other one: not if that is hidden."""
    if files.is_remote(folder) or not os.path.isdir(around):
        return False
    inner, outer = (os.path.join(os.path.realpath(path), "") for path in (folder, around))
    return inner.startswith(outer) and os.sep + "." not in inner[len(outer) - 1 :]


def _refusal(folder: str, differences: list[str]) -> str:
    more = [f"… and {len(differences) - SHOWN} more"] if len(differences) > SHOWN else []
    lines = "\n  ".join([f"{folder} holds another job than this one:", *differences[:SHOWN], *more])
    return f"{lines}\nNothing was done. Give another folder to begin anew, or delete this one."


def _differences(job: Job, facts: dict[str, Any], inputs: list[list[Input]]) -> Iterator[str]:
    for key, said in SAID.items():
        if facts[key] != job.facts[key]:
            yield f"{said}: was {_shown(job.facts[key])}, now {_shown(facts[key]) if facts[key] else 'another'}"
    for name in sorted({*job.facts["versions"], *facts["versions"]}):
        before, now = (some["versions"].get(name, "absent") for some in (job.facts, facts))
        if before != now:
            yield f"{name}: was {before}, now {now}"
    for name in sorted({*job.facts["options"], *facts["options"]}):
        if job.facts["options"].get(name) != facts["options"].get(name):
            yield f"{name}: has changed"
    if facts.get("digest", job.facts["digest"]) != job.facts["digest"]:
        before_, now_ = _whole(chain.from_iterable(map(job.inputs, range(job.shards)))), _whole(chain(*inputs))
        for path in [*now_, *(path for path in before_ if path not in now_)]:
            if before_.get(path) != now_.get(path):
                yield difference(before_.get(path), now_.get(path))


def _whole(inputs: Iterable[Input]) -> dict[str, Input]:
    """The files, pieces put together."""
    return {each.path: each._replace(start=0, end=None) for each in inputs}


def _shown(value: Any) -> str:
    return repr(" ".join(value) if isinstance(value, list) else value) if value else "not given"


def _lines(inputs: list[list[Input]]) -> list[bytes]:
    return [dumps({"inputs": [list(each) for each in some]}) + b"\n" for some in inputs]


def _option_files(steps: list[Step]) -> dict[str, str]:
    """The files that options name, such as those of rules, with their digests."""
    found = {}
    for step in steps:
        for param in step.stage.params:
            value = step.options.get(str(param.name))
            for path in value if isinstance(value, tuple) else (value,):
                if isinstance(param.type, click.Path) and path:
                    at = plugins.rule_path(path) if isinstance(param.type, plugins.RuleFile) else path
                    if files.stamp(at)[0] is not None:
                        with files.plain(at) as file:
                            found[str(path)] = sha256(file.read()).hexdigest()
    return found


def _versions(steps: list[Step]) -> dict[str, str]:
    """Of everything that has a say in what comes out."""
    import re
    from importlib import metadata

    needed = [re.match(r"[\w-]+", line) for line in metadata.requires("corptool") or () if "extra ==" not in line]
    found = {name[0]: metadata.version(name[0]) for name in needed if name}
    found |= {entry.dist.name: entry.dist.version for entry in _added(steps) if entry.dist}
    return {"corptool": __version__, "Python": f"{sys.version_info[0]}.{sys.version_info[1]}"} | found


def _added(steps: list[Step]) -> Iterator[EntryPoint]:
    """The plug-ins that a pipeline names: stages and formats."""
    for step in steps:
        if step.name not in catalogue.names():
            yield from plugins.found("stages")[step.name]
        for param in step.stage.params:
            value = str(step.options.get(str(param.name)))
            if isinstance(param.type, plugins.Choice) and value not in param.type.choices:
                yield from plugins.found(param.type.kind)[value]
