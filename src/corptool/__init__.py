"""Turn messy scraped articles, Chinese and English, into a clean corpus.

    from corptool import Pipeline, fix
    for article in Pipeline("read pages | fix | clean")(): ...
    article = fix(article)

Every stage is a function of that name, those of plug-ins too; `Pipeline` runs several; `Dropped` is what a stage
returns for an article that does not go on. They are imported when asked for.
"""

from __future__ import annotations

import os.path
from importlib import import_module
from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "Dropped":
        return import_module("corptool.article").Dropped
    if name == "Pipeline":
        return import_module("corptool.pipeline").Pipeline
    here = os.path.join(__path__[0], name)
    if name.startswith("_") or os.path.isdir(here) or os.path.isfile(f"{here}.py"):  # not the command of that name
        raise AttributeError(f"module 'corptool' has no attribute {name!r} before it is imported")
    catalogue = import_module("corptool.catalogue")
    if catalogue.is_known(name):
        return catalogue.lookup(name)
    raise AttributeError(f"module 'corptool' has no attribute {name!r}")
