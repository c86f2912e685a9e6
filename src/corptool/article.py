"""What flows through a pipeline, and the only place that knows it is JSON Lines."""

from __future__ import annotations

import re
from itertools import chain
from typing import Any, NamedTuple

import orjson

Article = dict[str, Any]
"""The keys are in docs/architecture.md; those that are not ours pass through untouched, in order."""

Line = bytes | memoryview
"""A line of JSON Lines, without its newline; it may be a part of what was read, not copied out of it."""

DEEPEST = 200  # levels of nesting; writers of JSON give up somewhere above 300
TOO_DEEP = f"not usable JSON: nested more than {DEEPEST} levels deep"
PLAIN = frozenset({str, int, bool, type(None)})
SURROGATE = re.compile("[\ud800-\udfff]")


class Dropped(NamedTuple):
    """A stage's decision that an article does not go on."""

    article: Article | bytes
    """The article whole; the bytes of the record where it could not even be read."""
    reason: str
    into: str | None = None
    """The id of the article that stays in its place: then it was merged, not dropped."""
    failed: bool = False
    """Nobody decided this: reading or the stage failed. Only a failure sets exit code 3."""

    @property
    def fate(self) -> str:
        """`rejected`, `merged` or `dropped`."""
        return "rejected" if self.failed else "dropped" if self.into is None else "merged"


class Place(NamedTuple):
    """Where a record stood: for messages and for the rejects file."""

    path: str = "-"
    line: int | None = None
    """Counted from 1; None where the input is not made of lines."""
    offset: int = 0
    """Bytes from the start of the (decompressed) file."""

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


class Lost(NamedTuple):
    """What did not become an article, or did not go on, and where it stood."""

    place: Place
    dropped: Dropped


class Parcel:
    """An article on its way: its JSON line, its value, or both. Each is made from the other when asked for.

    So an article that no stage looks into is never parsed, one that no stage changed leaves as the bytes it came
    in, and a parcel pickles as its line.
    """

    __slots__ = ("_article", "_line", "place")

    def __init__(self, place: Place, line: Line | None = None, article: Article | None = None) -> None:
        self.place = place
        self._line = line
        self._article = article

    @property
    def article(self) -> Article:
        """The value. Nobody changes it in place: a changed article travels in a new parcel."""
        if self._article is None:
            self._article = loads(self._line or b"")
        return self._article

    @property
    def view(self) -> Line:
        """The JSON line, without its newline; for who is done with it before the next batch is read."""
        if self._line is None:
            self._line = dumps(self._article or {})
        return self._line

    @property
    def line(self) -> bytes:
        """The same, to be kept."""
        return bytes(self.view)

    def __reduce__(self) -> tuple[type[Parcel], tuple[Place, bytes]]:
        return Parcel, (self.place, self.line)


def loads(line: Line) -> Article:
    """Parse one line. ValueError says what it is instead of an article.

    orjson reads a 20-digit integer as a float and refuses lone surrogates and NaN, so what it refuses and
    whatever holds a float of that size is read by `json`.

    >>> loads(b'{"text": "\\xe7\\xb6\\xb2", "n": 12345678901234567890123}')
    {'text': '網', 'n': 12345678901234567890123}
    """
    try:
        value = orjson.loads(line)
    except ValueError:
        value = _read_by_json(bytes(line))
        _holds_odd_float(value)
    else:
        if _holds_odd_float(value):
            value = _read_by_json(bytes(line))
    if not isinstance(value, dict):
        raise ValueError(f"a JSON {_json_name(value)}, not an object with a `text`")
    return value


def _read_by_json(line: bytes) -> Any:
    import json

    try:
        return json.loads(line.decode("utf-8"), parse_float=_in_range)
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8: byte 0x{line[error.start]:02x} at {error.start}") from None
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" starting at")
        raise ValueError(f"not JSON: {what} at character {error.pos}") from None
    except RecursionError:
        raise ValueError(TOO_DEEP) from None


def _in_range(digits: str) -> float:
    if (number := float(digits)) in (float("inf"), float("-inf")):
        raise ValueError(f"not usable JSON: the number {digits[:40]} is out of range")
    return number


def dumps(value: Any) -> bytes:
    """One line of JSON for an article or any other value, without its newline; whatever `loads` gave comes back.

    >>> dumps({"text": "網\\ud800", "n": 1.5}).decode()
    '{"text":"網\\\\ud800","n":1.5}'
    """
    if not _holds_odd_float(value):
        try:
            return orjson.dumps(value)
        except TypeError:  # a long integer, a lone surrogate, a key that is no string
            pass
    import json

    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode()


def has_surrogate(text: str) -> bool:
    """Whether there is a lone surrogate in it, which UTF-8 cannot hold; encoding tells sooner than a search.

    >>> has_surrogate("網\\ud800"), has_surrogate("網")
    (True, False)
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def failure(error: BaseException) -> str:
    """One line that says what went wrong. A ValueError is a message of ours; others are named."""
    if isinstance(error, OSError) and error.strerror:
        where = f": {error.filename}" if error.filename else ""
        return error.strerror[0].lower() + error.strerror[1:] + where
    text = " ".join(str(error).split())
    return text if type(error) is ValueError else f"{type(error).__name__}: {text}"


def _holds_odd_float(value: Any) -> bool:
    """Whether there is a float in it that orjson and `json` write differently, or that may have been an integer.

    ValueError where it is nested so deeply that something would fail later.
    """
    if type(value) is dict and PLAIN.issuperset(map(type, value.values())):  # most articles
        return False
    found = False
    level: list[Any] = [[value]]
    for _ in range(DEEPEST + 1):  # the values of a level all at once: an article with many edits has hundreds of lists
        items = list(chain.from_iterable(each.values() if type(each) is dict else each for each in level))
        kinds = set(map(type, items))
        if float in kinds:
            found |= any(type(item) is float and item and not 1e-4 <= abs(item) < 1e16 for item in items)
        if kinds.isdisjoint((dict, list)):
            return found
        level = [item for item in items if type(item) is dict or type(item) is list]
    raise ValueError(TOO_DEEP)


def _json_name(value: Any) -> str:
    names = {list: "list", str: "string", bool: "boolean", int: "number", float: "number", type(None): "null"}
    return names[type(value)]
