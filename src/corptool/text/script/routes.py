"""Which of OpenCC's configurations lead from one script to another."""

from __future__ import annotations

TARGETS = ("s", "t", "tw", "twp", "hk", "hkp", "jp")
"""Simplified, OpenCC's own Traditional, Taiwan, Hong Kong (`p`: with that region's words), Japanese."""

CONFIGS = (
    *("s2t", "s2tw", "s2twp", "s2hk", "s2hkp", "t2s", "tw2s", "tw2sp", "hk2s", "hk2sp"),
    *("t2tw", "tw2t", "t2hk", "hk2t", "t2jp", "jp2t"),
)
"""All of OpenCC's, by its names."""


def route(source: str, target: str) -> tuple[str, ...]:
    """The configurations to apply in turn; none where source and target are one script.

    >>> route("s", "twp"), route("hk", "tw"), route("s", "jp"), route("tw", "tw")
    (('s2twp',), ('hk2t', 't2tw'), ('s2t', 't2jp'), ())
    """
    plain = target if target == "jp" else target.removesuffix("p")
    if source == plain:
        return ()
    if f"{source}2{target}" in CONFIGS:
        return (f"{source}2{target}",)
    if source == "t":
        return (f"t2{plain}",)
    return (f"{source}2t", *route("t", plain))
