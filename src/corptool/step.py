"""A stage with its options bound. Edits are recorded here, and failures become rejects: no stage can forget either."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, compress, islice, repeat, starmap
from typing import Any, NamedTuple

import click

from corptool import edits
from corptool.article import Article, Dropped, Lost, Parcel, Place, failure
from corptool.batches import TOGETHER, Batch
from corptool.declaration import Declaration
from corptool.formats import File
from corptool.options import Unnoted
from corptool.reading import Piece
from corptool.tasks import Each

Outcome = Article | Dropped | bytes | File
OnDrop = Callable[[str, Dropped], None] | None
NO_ARTICLE = "no article, which is a dict with a string `text`"
NOTHING: Any = object()


class MiscountError(TypeError):
    """A fault of a stage that takes blocks."""


class AsIs(NamedTuple):
    """The decision that an article goes on as it is: then it need not even be parsed again."""


class Step:
    """A stage with its options."""

    def __init__(
        self,
        stage: Declaration,
        options: Mapping[str, Any],
        *,
        files: tuple[str, ...] = (),
        files_from: str | None = None,
        output: str | None = None,
        edits: edits.Keep = "keep",
    ) -> None:
        self.stage = stage
        self.name = stage.name
        self.options = dict(options)
        self.files = files
        self.files_from = files_from
        self.output = output
        self.edits = edits
        self.sees_all = stage.sees_all(self.options)

    @cached_property
    def noted(self) -> dict[str, Any]:
        """The options that are not as they are by default, as the edits note them."""
        notes = {param.name: param.type.noted for param in self.stage.params if hasattr(param.type, "noted")}
        unnoted = {param.name for param in self.stage.params if isinstance(param, Unnoted)}
        noted = {}
        for name, value in self.options.items():
            if value != self.stage.defaults.get(name) and name not in unnoted:
                note = notes.get(name, lambda one: one)
                noted[name] = [note(one) for one in value] if isinstance(value, tuple) else note(value)
        return noted

    def apply(self, article: Article, decision: Any = None) -> Outcome:
        """What the stage makes of one article, its edits recorded."""
        if self.stage.takes_blocks:
            [outcome] = self.apply_to([article], [decision])
            return outcome
        if self._passes(article, decision):
            return edits.trimmed(article, self.edits)
        given = (article, decision) if self.stage._key else (article,)
        return self._recorded(article, self.stage.function(*given, **self.options))

    def apply_to(self, articles: Sequence[Article], decisions: Sequence[Any]) -> Iterator[Outcome]:
        """The same of a block of articles, one by one as the stage that takes blocks makes them."""
        todo = [not self._passes(article, decision) for article, decision in zip(articles, decisions, strict=True)]
        given = [list(compress(articles, todo)), *([list(compress(decisions, todo))] if self.stage._key else [])]
        made = iter(self.stage.function(*given, **self.options)) if given[0] else iter(())
        for article, wanted in zip(articles, todo, strict=True):
            if not wanted:
                yield edits.trimmed(article, self.edits)
            elif (result := next(made, NOTHING)) is not NOTHING:
                yield self._recorded(article, result)
            else:
                raise MiscountError(f"the stage `{self.name}` made less than it was given, {len(given[0])} articles")
        if next(made, NOTHING) is not NOTHING:
            raise MiscountError(f"the stage `{self.name}` made more than it was given, {len(given[0])} articles")

    @cached_property
    def _entry(self) -> dict[str, Any]:
        return {"stage": self.name, "options": self.noted, "version": self.stage.version}

    def _passes(self, article: Article, decision: Any) -> bool:
        """Whether the article goes on as it is: so it was decided, or this very step has been here."""
        if isinstance(decision, AsIs):
            return True
        return bool(article.get("edits")) and edits.done(article, **self._entry, text_only=self.sees_all)

    def _recorded(self, article: Article, result: Any) -> Outcome:
        """What the stage made of an article, with its edits."""
        if result is article:
            return edits.trimmed(article, self.edits)
        outcome: Outcome
        outcome, changes, inverses = (*result, ())[:3] if type(result) is tuple else (result, None, ())
        if outcome is None:
            raise TypeError(f"the stage `{self.name}` returned nothing")
        if not isinstance(outcome, dict):
            return outcome  # dropped, or output
        if outcome.get("edits") is not article.get("edits"):
            return edits.trimmed(outcome, self.edits)  # the stage (`undo`) keeps the edits itself
        noted = self._entry | {"inverse": self.stage._inverse, "inverses": inverses}
        return edits.record(article, outcome, changes, **noted, keep=self.edits)

    @cached_property
    def key(self) -> Callable[[Article], Any]:
        """Tells what the corpus stage must know of an article to decide."""
        return _with_named(self.stage._key, self.options)

    @cached_property
    def _keys(self) -> Callable[[list[Article]], Iterable[Any]] | None:
        return self.stage._keys and _with_named(self.stage._keys, self.options)

    def keys(self, articles: list[Article]) -> list[Any]:
        """The keys of a block of articles; in place of a key, the Dropped of an article that has none."""
        if self._keys is not None:
            with contextlib.suppress(Exception):  # one of them is at fault: find it below
                return list(self._keys(articles))
        return [attempt_key(self, article) for article in articles]

    def decide(self, keys: Iterable[Any], each: Each = starmap, folder: str | None = None) -> Iterator[Any]:
        """The corpus stage's decisions, one a key, in order.

        What of the work can be shared out goes through `each`; who does it sees `folder`, if there is one.
        """
        if not self.groups:
            return iter(_with_named(self.stage._decide, self.options | {"each": each, "folder": folder})(keys))
        groups: list[Any] = []
        decisions = self.decide_groups(self.first_of_groups(keys, {}, groups.append))
        return (decisions[group] for group in groups)

    @property
    def groups(self) -> bool:
        """Whether the corpus stage decides on groups of articles, each apart from the others."""
        return self.stage._group is not None

    def first_of_groups(
        self, keys: Iterable[Any], found: dict[Any, list[Any]], on_group: Callable[[Any], Any] = id
    ) -> dict[Any, list[Any]]:
        """Add the keys from which each group is decided on. Of every key its group is told."""
        assert self.stage._group
        for key in keys:
            group = self.stage._group(key)
            on_group(group)
            if len(some := found.setdefault(group, [])) < self.stage._first:
                some.append(key)
        return found

    def decide_groups(self, found: Mapping[Any, list[Any]]) -> dict[Any, Any]:
        """The decision on each group."""
        decide = _with_named(self.stage._decide, self.options)
        return {group: decide(keys) for group, keys in found.items()}

    def batches(self, names: Iterable[str | Piece] | None = None) -> Iterator[Batch]:
        """What a source reads. With names it is not this step's files that are read, but those."""
        given = (self.files, self.files_from) if names is None else (names, None)
        batches: Iterator[Batch] = self.stage.function(given[0], files_from=given[1], **self.options)
        return batches

    def read(self, on_drop: OnDrop) -> Iterator[list[Article]]:
        """The articles of a source's files, as many together as come in one batch."""
        for batch in self.batches():
            items = batch.items()
            while some := list(islice(items, TOGETHER)):
                yield list(_kept((i.dropped if isinstance(i, Lost) else i.article for i in some), self, on_drop))

    def written(self, parcels: Iterable[Parcel]) -> Iterator[bytes | File]:
        """What a sink makes of articles."""
        if self.edits != "keep":
            parcels = (Parcel(one.place, article=edits.trimmed(one.article, self.edits)) for one in parcels)
        if self.sees_all:
            return self.gathered(
                self.decide_groups(self.first_of_groups((self.key(one.article) for one in parcels), {}))
            )
        output: Iterator[bytes | File] = self.stage.function(parcels, **self.options)
        return output

    def gathered(self, decisions: Mapping[Any, Any]) -> Iterator[bytes | File]:
        """What a sink that sees all makes of the decisions on its groups."""
        output: Iterator[bytes | File] = self.stage.function(sorted(decisions.items()), **self.options)
        return output

    def over(self, articles: Iterable[Article] = (), *, on_drop: OnDrop) -> Iterator[Any]:
        """The stage over many articles, in memory: what library users run. (Engines keep articles on disk.)"""
        return chain.from_iterable(self.over_blocks(blocks_of(articles), on_drop=on_drop))

    def over_blocks(self, blocks: Iterable[list[Article]], *, on_drop: OnDrop) -> Iterator[list[Any]]:
        """The same, block by block."""
        if self.stage.kind == "source":
            yield from self.read(on_drop)
        elif self.stage.kind == "sink":
            articles = chain.from_iterable(blocks)
            yield from ([output] for output in self.written(Parcel(Place(), article=one) for one in articles))
        elif self.sees_all:
            known = blocks_of(list(chain.from_iterable(blocks)))
            keyed = [pair for some in known for pair in zip(some, self.keys(some), strict=True)]
            waiting = [pair for pair in keyed if not _lost(pair[1], self, on_drop)]
            decisions = self.decide([key for _, key in waiting])
            pairs = zip((article for article, _ in waiting), decisions, strict=True)
            while block := list(islice(pairs, TOGETHER)):
                yield list(_kept(attempt_all(self, *map(list, zip(*block, strict=True))), self, on_drop))
        else:
            for some in blocks:
                yield list(_kept(attempt_all(self, some), self, on_drop))


def blocks_of(articles: Iterable[Article]) -> Iterator[list[Article]]:
    """Blocks of what is there already; what is still to come, one by one as it comes."""
    several = iter(articles)
    while block := list(islice(several, TOGETHER if isinstance(articles, Sequence) else 1)):
        yield block


def attempt_key(step: Step, article: Article) -> Any:
    """`step.key`, where a failure becomes a reject."""
    try:
        return step.key(article)
    except Exception as error:  # noqa: BLE001 - as in `attempt`
        return Dropped(article, _reason(article, error), failed=True)


def attempt(step: Step, article: Article, decision: Any = None) -> Outcome:
    """`step.apply`, where a failure becomes a reject: one bad article never stops a corpus."""
    try:
        return step.apply(article, decision)
    except click.ClickException:  # an option that only the stage could check: the user must hear of it, once
        raise
    except Exception as error:  # noqa: BLE001 - whatever a stage raises is reported with its article
        return Dropped(article, _reason(article, error), failed=True)


def attempt_all(step: Step, articles: Sequence[Article], decisions: Sequence[Any] | None = None) -> list[Outcome]:
    """`attempt` for a block of articles."""
    decided = [None] * len(articles) if decisions is None else decisions
    outcomes: list[Outcome] = []
    if step.stage.takes_blocks:
        try:
            outcomes.extend(step.apply_to(articles, decided))
        except MiscountError as error:  # nobody knows which is whose
            return [Dropped(article, failure(error), failed=True) for article in articles]
        except Exception:  # noqa: BLE001, S110 - one of those that are left is at fault: it is found below
            pass
    done = len(outcomes)
    return outcomes + list(map(attempt, repeat(step), articles[done:], decided[done:]))


def _reason(article: Article, error: Exception) -> str:
    """Why a stage failed. What library users hand in may have no text, which no stage expects."""
    return failure(error) if is_article(article) else NO_ARTICLE


def is_article(given: Any) -> bool:
    """Whether this is what stages expect."""
    return isinstance(given, dict) and isinstance(given.get("text"), str)


def _kept(items: Iterable[Any], step: Step, on_drop: OnDrop) -> Iterator[Any]:
    return (item for item in items if not _lost(item, step, on_drop))


def _lost(item: Any, step: Step, on_drop: OnDrop) -> bool:
    """Whether an item does not go on; if so, it is told."""
    if not isinstance(item, Dropped):
        return False
    if on_drop is not None:
        on_drop(step.name, item)
    else:
        import logging

        logging.getLogger("corptool").warning("%s %s: %s", step.name, item.fate, item.reason)
    return True


def _with_named(function: Callable[..., Any] | None, options: Mapping[str, Any]) -> Callable[[Any], Any]:
    """The function with those of the options bound that it names."""
    assert function is not None
    named = inspect.signature(function).parameters
    bound = {name: value for name, value in options.items() if name in named}
    return lambda argument: function(argument, **bound)
