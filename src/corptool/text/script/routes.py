"""Which of OpenCC's configurations lead from one script to another."""

from __future__ import annotations

from collections.abc import Sequence

TARGETS = ("s", "t", "tw", "twp", "hk", "hkp", "jp")
"""Simplified, OpenCC's own Traditional, Taiwan, Hong Kong (`p`: with that region's words), Japanese."""

CONFIGS = (
    *("s2t", "s2tw", "s2twp", "s2hk", "s2hkp", "t2s", "tw2s", "tw2sp", "hk2s", "hk2sp"),
    *("t2tw", "tw2t", "t2hk", "hk2t", "t2jp", "jp2t"),
)
"""All of OpenCC's, by its names."""


SOURCES = ("s", "t", "tw", "twp", "hk", "hkp", "jp")


def route(source: str, target: str) -> tuple[str, ...]:
    """The configurations to apply in turn; none where source and target are one script.

    >>> route("s", "twp"), route("hk", "tw"), route("s", "jp"), route("twp", "s"), route("tw", "tw")
    (('s2twp',), ('hk2t', 't2tw'), ('s2t', 't2jp'), ('tw2sp',), ())
    """
    spelling, plain = _plain(source), _plain(target)
    if spelling == plain:
        return ()
    if source != spelling and target == "s":
        return (f"{spelling}2sp",)
    for last in (target, plain):
        if f"{spelling}2{last}" in CONFIGS:
            return (f"{spelling}2{last}",)
    return (f"{spelling}2t", *route("t", plain))


def inverse_routes(configs: Sequence[str]) -> list[tuple[str, ...]]:
    """Ways back from what the configurations made, to be tried.

    >>> inverse_routes(("s2twp",)), inverse_routes(("hk2t", "t2tw"))
    ([('tw2sp',), ('tw2s',)], [('tw2t', 't2hk')])
    """
    if not configs:
        return []
    start, end = _plain(configs[0].partition("2")[0]), _plain(configs[-1].partition("2")[2])
    if end == "s":
        if start == "jp":
            return [("s2t", "t2jp")]
        return [(name,) for name in ("s2tw", "s2t", "s2hk", "s2twp")]
    if start == "s" and end in ("tw", "hk"):
        return [(f"{end}2sp",), (f"{end}2s",)] if configs[-1].endswith("p") else [(f"{end}2s",)]
    if end == "jp":  # lines in both scripts became Japanese
        return [(*route("jp", start),), ("jp2t",), ("jp2t", "t2tw"), ("jp2t", "t2hk")]
    return [route(end, start)]


def _plain(name: str) -> str:
    """Without the region's words: `twp` is `tw`."""
    return name if name == "jp" else name.removesuffix("p")
