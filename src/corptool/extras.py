"""Packages that only some need: they come with `pip install 'corptool[NAME]'`, and are imported when asked for."""

from __future__ import annotations

import importlib
from typing import Any


def load(module: str, extra: str, what: str) -> Any:
    """The module. ImportError says what to install."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        missing = error.name or module
        raise ImportError(f"{what} needs {missing}: pip install 'corptool[{extra}]'", name=missing) from None
