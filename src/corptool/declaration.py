"""What a stage says of itself: its name, help and options, and for a corpus stage how it decides."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from typing import Any

import click

from corptool import __version__, edits, plugins
from corptool.options import EVERYWHERE, SHARED


class Declaration:
    """A function of articles with its options, its name (that of the function) and its help (its docstring)."""

    def __init__(self, function: Callable[..., Any], kind: str, *, takes_blocks: bool = False) -> None:
        self.function = function
        self.kind = kind
        self.takes_blocks = takes_blocks
        self.name = function.__name__.rstrip("_")
        self.__module__, self.__qualname__ = function.__module__, function.__qualname__
        self.__doc__ = inspect.getdoc(function)
        self.params: list[click.Parameter] = list(reversed(function.__dict__.pop("__click_params__", [])))
        signature = inspect.signature(function).parameters.values()
        self.defaults = {
            param.name: param.default
            for param in signature
            if param.kind is param.KEYWORD_ONLY and param.name not in SHARED and param.default is not param.empty
        }
        for param in self.params:  # a default is written once, in the signature
            if param.name in self.defaults:
                param.default = self.defaults[param.name]
        self._key: Callable[..., Any] | None = None
        self._keys: Callable[..., Any] | None = None
        self._decide: Callable[..., Any] | None = None
        self._when: str | None = None
        self._group: Callable[..., Any] | None = None
        self._first = 0
        self._inverse: edits.Inverse | None = None

    def __reduce__(self) -> str:
        return self.__qualname__  # a stage pickles as its name, as its function would

    @cached_property
    def version(self) -> str:
        """What edits record as the version: corptool's, or the package of a plug-in with its own."""
        theirs = [] if self.__module__.startswith("corptool.") else plugins.found("stages").get(self.name, [])
        return plugins.package(theirs[0]) if theirs else __version__

    @property
    def makes_files(self) -> bool:
        """Whether it may return files for a folder: its signature says so, or says nothing."""
        return "File" in str(self.function.__annotations__.get("return", "File"))

    def key(self, function: Callable[..., Any] | None = None, *, when: str | None = None) -> Any:
        """Declare `key(article)`, which makes this a corpus stage; with `when`, only if that option is given."""
        if function is None:
            return partial(self.key, when=when)
        self._key, self._when = function, when
        return function

    def keys(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Declare `keys(articles)`, which makes the keys of a block at once, where that is faster than `key`."""
        self._keys = function
        return function

    def decide(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Declare `decide(keys)`, which takes all keys and then yields a decision for each, in order."""
        self._decide = function
        return function

    def group(self, *, first: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare `group(key)`: then `decide(keys)` is asked once a group, with the first of its keys, in order.

        Its one decision holds for all articles of the group. So groups are decided apart, on other machines too, and
        what is held of each is bounded, however many its articles. A sink takes (group, decision), by group.
        """

        def declare(function: Callable[..., Any]) -> Callable[..., Any]:
            self._group, self._first = function, first
            return function

        return declare

    def inverse(self, function: edits.Inverse) -> edits.Inverse:
        """Declare `inverse(text, …)`, which gives nearly the old text back: then edits hold only what it does not."""
        self._inverse = function
        return function

    def sees_all(self, options: Mapping[str, Any]) -> bool:
        """Whether this is a corpus stage: one that must see all keys before it can decide."""
        return self._key is not None and (self._when is None or bool(options[self._when]))

    def command(
        self, extra: Iterable[click.Parameter] = (), callback: Callable[..., Any] | None = None
    ) -> click.Command:
        """The subcommand, and the parser of the step: the options are declared once."""
        return click.Command(
            self.name,
            params=[*self.params, *EVERYWHERE, *extra],
            help=self.__doc__,
            callback=callback,
            context_settings={"show_default": True, "help_option_names": ["-h", "--help"]},
        )
