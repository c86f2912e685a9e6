"""The edits of an article: what each stage changed, so that it can be shown and undone.

`article["edits"]` is a list with one entry a stage that changed something:

    {"stage", "version", "options", "check", "set": {key: [old, new]}, "changes": [[at, old, new, kind, rule], …]}

`at` counts code points of the text that the stage left; `check` is a hash of that text. Where a key of `set` was
absent before, `added` lists it; where the stage took it away, `removed` says which place it had among the keys but
`edits`, which always stands last.

A stage that has an inverse (`convert`) keeps only what that does not give back: then there are `inverse`, its
arguments, and `was`, a hash of the old text, and `changes` are [[at, old, new], …] of what the inverse gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from corptool import __version__
from corptool.article import Article
from corptool.text.changes import Change, apply, diff

Keep = Literal["keep", "hash", "drop"]
Inverse = Callable[..., str]
"""`inverse(text, **arguments)` gives nearly the text back that was there before the stage."""
InverseOf = Callable[[str], Inverse | None]
"""From the name of a stage to its inverse, as `catalogue.inverse_of`: edits do not know the stages."""


def digest(text: str) -> str:
    """16 hex digits that tell whether a text is still the one a stage left."""
    from hashlib import blake2b

    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def record(
    before: Article,
    after: Article,
    changes: Sequence[Change] | None,
    *,
    stage: str,
    options: Mapping[str, Any],
    version: str = __version__,
    keep: Keep = "keep",
    inverse: Inverse | None = None,
    inverses: Sequence[Mapping[str, Any]] = (),
) -> Article:
    """The article that a stage leaves: `after`, its text made by `changes`, with an entry that says so.

    With `changes=None` the stage only returned a new text, and what changed is found by comparing.
    An article in which nothing changed is returned as it was: the same object.

    `inverses` are arguments to try for `inverse`: then only what the best of them does not give back is kept.
    """
    if changes is None:
        text = after["text"]
        changes = [] if (inverse and inverses) or after is before else diff(before["text"], text)
    else:
        text = apply(before["text"], changes) if changes else before["text"]
    keys = [key for key, value in before.items() if _differs(value, after.get(key, before)) and key != "text"]
    keys += [key for key in after if key not in before]
    new = after if after.get("text") is text else after | {"text": text}
    old = before.get("edits") or []
    if not changes and not keys and text == before["text"]:
        return trimmed(before, keep)
    if keep == "drop":
        return _with_edits(new, [])
    entry: dict[str, Any] = {
        "stage": stage,
        "version": version,
        "options": dict(options),
        "check": digest(text),
        "set": {key: [before.get(key), after.get(key)] for key in keys},
    }
    if added := [key for key in keys if key not in before]:
        entry["added"] = added
    stood = enumerate(key for key in before if key != "edits")
    if removed := {key: place for place, key in stood if key not in after}:
        entry["removed"] = removed
    if inverse and inverses and text != before["text"]:
        entry |= _not_given_back(inverse, inverses, before["text"], text) if keep == "keep" else {"changes": [[]]}
    else:
        entry["changes"] = _on_the_wire(before["text"], changes)
    return _with_edits(new, _kept([*old, entry], keep))


def done(
    article: Article,
    *,
    stage: str,
    options: Mapping[str, Any],
    version: str = __version__,
    text_only: bool = False,
) -> bool:
    """Whether this very stage has already been here, and the text is still as it left it.

    With `text_only` only an entry that changed the text counts: what a corpus stage wrote beside the text (a
    cluster) depends on the corpus, and is worked out again for every corpus.
    """
    return any(
        entry["stage"] == stage
        and entry.get("version") == version
        and entry.get("options") == options
        and (not text_only or entry.get("changes") or entry.get("kinds"))
        and _stands(article, entry)
        for entry in article["edits"]
    )


def undo(article: Article, inverse_of: InverseOf = lambda _: None) -> Article:
    """The article as it was before the last stage that changed it. ValueError says why it cannot be given back."""
    *entries, entry = article["edits"]
    stage = entry["stage"]
    if "changes" not in entry:
        raise ValueError(f"what `{stage}` changed was not kept (--edits hash)")
    if not _stands(article, entry):
        raise ValueError(f"it is not what `{stage}` left: something that keeps no edits changed its text or metadata")
    text = article["text"]
    if "inverse" in entry:
        text = _inverted(stage, inverse_of(stage), entry["inverse"], text)
    text = apply(text, (Change(at, at + len(new), old, "undo") for at, old, new, *_ in entry["changes"]))
    if "was" in entry and digest(text) != entry["was"]:
        raise ValueError(f"version {entry['version']} kept what `{stage}` of this version does not give back")
    before = article | {"text": text} | {key: old for key, (old, _) in entry["set"].items()}
    for key in entry.get("added", ()):
        del before[key]
    return _with_edits(_in_place(before, _places(entry)), entries)


def undo_all(article: Article, inverse_of: InverseOf = lambda _: None) -> Article:
    """The article as `read` made it."""
    while article.get("edits"):
        article = undo(article, inverse_of)
    return article


def _places(entry: Mapping[str, Any]) -> Mapping[str, int]:
    """Where the keys stood that a stage took away; unknown in a list, as it was noted once: then they come last."""
    places = entry.get("removed", {})
    if isinstance(places, list):
        return {}
    if not isinstance(places, dict) or not all(
        key in entry["set"] and type(place) is int and place >= 0 for key, place in places.items()
    ):
        raise ValueError(f"its edits do not say where the keys stood that `{entry['stage']}` took away")
    return places


def _in_place(article: Article, places: Mapping[str, int]) -> Article:
    """The article with these keys where they stood."""
    items = [item for item in article.items() if item[0] not in places and item[0] != "edits"]
    for key, place in sorted(places.items(), key=lambda one: one[1]):
        items.insert(min(place, len(items)), (key, article[key]))
    return dict(items)


def _not_given_back(inverse: Inverse, inverses: Sequence[Mapping[str, Any]], old: str, new: str) -> dict[str, Any]:
    """What must be kept beside the arguments that suit the beginning of the text best."""

    def missed(arguments: Mapping[str, Any]) -> int:
        return sum(map(str.__ne__, inverse(new[:1000], **arguments), old))

    best, *others = inverses
    least = missed(best) if others else 0
    for other in others:
        if not least:
            break  # most often the first one gives it all back, and trying the rest cost a quarter of `convert`
        if (count := missed(other)) < least:
            best, least = other, count
    changes = diff(old, inverse(new, **best))
    rows = [row[:3] for row in _on_the_wire(old, changes)]
    return {"inverse": dict(best), "was": digest(old), "changes": rows}


def _inverted(stage: str, inverse: Inverse | None, arguments: Mapping[str, Any], text: str) -> str:
    """What the stage's inverse makes of the text. The arguments stand in the article: anybody may have written them."""
    try:
        if inverse is not None:
            return inverse(text, **arguments)
    except (AttributeError, TypeError, KeyError):
        pass
    raise ValueError(f"its edits name an inverse of {stage!r} that there is not")


def _differs(old: Any, new: Any) -> bool:
    return old is not new and (type(old) is not type(new) or bool(old != new))  # NaN differs from itself


def trimmed(article: Article, keep: Keep) -> Article:
    """The article with as much of its edits as is to be kept."""
    if keep == "keep" or not article.get("edits"):
        return article
    return _with_edits(article, _kept(article["edits"], keep))


def _stands(article: Article, entry: dict[str, Any]) -> bool:
    """Whether text and metadata are still what the stage of this entry left."""
    values = entry.get("set", {}).items()
    return all(article.get(key) == new for key, (_, new) in values) and entry.get("check") == digest(article["text"])


def _on_the_wire(text: str, changes: Sequence[Change]) -> list[list[Any]]:
    shift = 0
    wire: list[list[Any]] = []
    for start, end, new, kind, rule in changes:
        wire.append([start + shift, text[start:end], new, kind, rule])
        shift += len(new) - end + start
    return wire


def _kept(entries: list[dict[str, Any]], keep: Keep) -> list[dict[str, Any]]:
    if keep == "keep":
        return entries
    return [] if keep == "drop" else [_hashed(entry) for entry in entries]


def _hashed(entry: dict[str, Any]) -> dict[str, Any]:
    """What stays of an entry with `--edits hash`: enough to know that it was done, and how much of each kind."""
    if "changes" not in entry:
        return entry
    kinds: dict[str, int] = {}
    for row in entry["changes"]:
        kind = row[3] if len(row) > 3 else "converted"
        kinds[kind] = kinds.get(kind, 0) + 1
    short = {key: entry[key] for key in ("stage", "version", "options", "check")}
    return short | {"set_keys": sorted(entry["set"]), "kinds": kinds}


def _with_edits(article: Article, entries: list[dict[str, Any]]) -> Article:
    if "edits" in article:
        article = {key: value for key, value in article.items() if key != "edits"}
    return article | {"edits": entries} if entries else article
