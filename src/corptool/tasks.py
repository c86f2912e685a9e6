"""How work is shared out: one function, computed for many tasks."""

from collections.abc import Callable, Iterable
from typing import Any

Each = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], Iterable[Any]]
"""What computes a function for each tuple of arguments, in order: `starmap` here, or an engine in workers, or on other
machines. Tasks may be large and many: none should be asked for long before its turn."""
