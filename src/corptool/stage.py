"""The one abstraction: a stage takes articles and yields articles.

    @stage
    @click.option("--to", type=click.Choice(SCRIPTS), help="Target script.")
    def convert(article, *, to="s"):
        \"""Convert between Traditional and Simplified script.\"""
        return article | {"text": to_script(article["text"], to)}

Declared once in `commands/convert.py` (or in another package: plugins.py) it is the subcommand `corptool convert --to
t`, a step of `corptool run`, a function to import, and, inside a Pipeline (pipeline.py), a map step that any engine
carries to its workers as text.

A stage returns the article with other values, or `(article, changes)` where it knows what it changed in the text,
or a Dropped. It never changes what it was given. Its edits are recorded by step.py. A stage that
does many articles faster than one at a time is a `@block_stage`: it takes a list of them and yields as many results.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

from corptool.declaration import Declaration
from corptool.step import NO_ARTICLE, Step, is_article


class Stage(Declaration):
    """A function of articles with its options, its name (that of the function) and its help (its docstring)."""

    def __call__(self, given: Any, **options: Any) -> Any:
        """As a function: an article in, an article out; for corpus stages and sinks, articles in; for `read`, names."""
        if self.kind == "source":
            names = (given,) if isinstance(given, str) else tuple(given)
            return chain.from_iterable(Step(self, self.defaults | options, files=names).read(on_drop=None))
        step = Step(self, self.defaults | options)
        if self.kind == "article" and not step.sees_all:
            if not is_article(given):
                raise ValueError(NO_ARTICLE)
            return step.apply(given)
        return step.over(given, on_drop=None)


def stage(function: Callable[..., Any]) -> Stage:
    """Declare a stage of one article (and, with `.key` and `.decide`, the `apply` of a corpus stage)."""
    return Stage(function, "article")


def block_stage(function: Callable[..., Any]) -> Stage:
    """Declare a stage of many articles at a time: `function(articles)` yields what it makes of each, in order.

    What it makes of one must not depend on the others, for nobody knows which are together. A corpus stage is
    `function(articles, decisions)`.
    """
    return Stage(function, "article", takes_blocks=True)


def source(function: Callable[..., Any]) -> Stage:
    """Declare where articles come from: `function(files, *, option)` yields batches (see reading.py)."""
    return Stage(function, "source")


def sink(function: Callable[..., Any]) -> Stage:
    """Declare where articles end: `function(parcels, *, option)` yields bytes, or Files for a folder."""
    return Stage(function, "sink")
