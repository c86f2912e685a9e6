"""A pipeline: the text that one would type between pipes, as steps.

    read pages | fix | clean --keep notice   # with comments, and line breaks
    | export --format csv

click parses each step as it does for the shell, so there is no configuration language and no second parser.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import click

from corptool.article import Article
from corptool.catalogue import stage_of
from corptool.options import SHARED
from corptool.stage import Stage
from corptool.step import OnDrop, Step, blocks_of


class Pipeline:
    """`Pipeline("fix | convert --to t")(articles)`: what the shell would do, in one process.

    What a stage drops or fails on goes to `on_drop(stage name, Dropped)`, or else to the log named `corptool`.
    A pipeline pickles as its text.
    """

    def __init__(self, text: str, on_drop: OnDrop = None) -> None:
        self.text = text
        self.on_drop = on_drop
        self.steps = [parse(words) for words in split(text)]
        for step in self.steps[1:]:
            if step.files or step.files_from or step.stage.kind == "source":
                what = "`read`" if step.stage.kind == "source" else f"the files of `{step.name}`"
                raise click.UsageError(f"{what} must come first in a pipeline: only the first step takes files")
        for step in self.steps[:-1]:
            if step.output or step.stage.kind == "sink":
                raise click.UsageError(f"nothing can follow `{step.name}`, which writes its output")

    @classmethod
    def of(cls, step: Step) -> Pipeline:
        """The pipeline of one step, as a subcommand runs it."""
        pipeline = cls.__new__(cls)
        pipeline.text, pipeline.on_drop, pipeline.steps = "", None, [step]
        return pipeline

    def __reduce__(self) -> tuple[type[Pipeline], tuple[str]]:
        if not self.text:
            raise TypeError("only a pipeline made from text can be pickled")
        return Pipeline, (self.text,)

    def __call__(self, articles: Iterable[Article] = ()) -> Iterator[Any]:
        """What comes out of the last step, for these articles, or for the files that the first step names."""
        if self.steps[-1].output:
            raise ValueError("in the library a pipeline has no -o: write what it yields")
        first = self.steps[0]
        reads = first.stage.kind != "source" and (first.files or first.files_from)
        blocks = reader(first).read(self.on_drop) if reads else blocks_of(articles)
        together = any(step.stage.takes_blocks for step in self.steps)
        for step in self.steps:
            if not together:  # then each article goes through before the next one is looked at
                blocks = _one_by_one(blocks)
            blocks = step.over_blocks(blocks, on_drop=self.on_drop)
        return chain.from_iterable(blocks)

    def map_arrow(self, table: Any) -> Any:
        """The same over a table or record batch of pyarrow: for `datasets`, Ray Data, Spark (docs/library.md)."""
        for step in self.steps:
            if step.sees_all or step.stage.kind != "article":
                what = "must see the whole corpus" if step.sees_all else "does not make articles of articles"
                raise click.UsageError(f"`{step.name}` {what}, and a table is a part of one")
        from corptool import arrow

        return arrow.table(self(arrow.articles(table)), like=table)


def parse(words: list[str]) -> Step:
    """`["convert", "--to", "t"]` as a step, its options checked by click."""
    name, *arguments = words
    stage = stage_of(name)
    with stage.command().make_context(f"corptool {name}", arguments) as context:
        return bind(stage, context.params)


def _one_by_one(blocks: Iterable[list[Article]]) -> Iterator[list[Article]]:
    return ([article] for some in blocks for article in some)


def reader(step: Step) -> Step:
    """The source of a pipeline that begins with this step: itself, or `read` of its files."""
    if step.stage.kind == "source":
        return step
    read = stage_of("read")
    return Step(read, read.defaults, files=step.files, files_from=step.files_from)


def bind(stage: Stage, params: Mapping[str, Any]) -> Step:
    """The step that click's parameters describe."""
    shared = {name: params[name] for name in SHARED}
    return Step(stage, {name: params[name] for name in stage.defaults if name in params}, **shared)


def split(text: str) -> list[list[str]]:
    r"""The words of each step: quotes and `#` comments as in a shell, but a backslash is a backslash.

    >>> split("read 'a|b.txt' C#notes.txt  # a comment\n | export -o out\\x.csv")
    [['read', 'a|b.txt', 'C#notes.txt'], ['export', '-o', 'out\\x.csv']]
    """
    steps: list[list[str]] = [[]]
    word: str | None = None
    at = 0
    while at < len(text):
        char = text[at]
        if char in "'\"":
            end = text.find(char, at + 1)
            if end < 0:
                raise click.UsageError(f"a quote is not closed in the pipeline: {text[at : at + 20]}")
            word = (word or "") + text[at + 1 : end]
            at = end
        elif char.isspace() or char == "|" or (char == "#" and word is None):
            if word is not None:
                steps[-1].append(word)
                word = None
            if char == "|":
                steps.append([])
            elif char == "#":
                at = text.find("\n", at) if "\n" in text[at:] else len(text)
        else:
            word = (word or "") + char
        at += 1
    if word is not None:
        steps[-1].append(word)
    if not all(steps):
        raise click.UsageError("a step of the pipeline is empty: there must be a stage on both sides of every `|`")
    return steps
