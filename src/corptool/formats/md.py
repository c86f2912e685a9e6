"""Markdown with YAML front matter: one file an article."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import IO, Any

from corptool.article import SURROGATE, Article, dumps, has_surrogate
from corptool.formats import HEAVY, File, Record
from corptool.formats.text import decode_as, origin
from corptool.rules import charset_tables
from corptool.text import decode, frontmatter
from corptool.text.filenames import Names
from corptool.text.markdown import escape, unescape

SUFFIXES = (".md", ".markdown")
FOLDER = True
JSON_KEY = "corptool_json"
"""The front matter key that holds, as a string of JSON, what YAML cannot say alike everywhere: lone
surrogates, infinity, very long keys."""

PLAIN_KEY = re.compile(r"(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-z][a-z0-9_]*")
NOT_PRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""YAML wants these escaped, JSON does not care; the line separators among them would even break a line."""
LONGEST_KEY = 128  # code points; YAML allows 1,024 for a key that is not marked as one


def read(file: IO[bytes], *, encoding: str | None = None) -> Iterator[Record]:
    """The front matter as keys, the rest as the text, without the backslashes and hard breaks of Markdown."""
    data = file.read()
    decoded = decode_as(data, encoding or "utf-8-sig")
    if decoded.damaged and not encoding:
        decoded = decode.decode(data, tables=charset_tables())
    end = "\r\n" if decoded.text.partition("\n")[0].endswith("\r") else "\n"
    parts = frontmatter.split(decoded.text)
    fields: dict[str, Any] = {}
    body = decoded.text
    if parts is not None:
        fields = frontmatter.parse(parts[0], json.loads)
        body = parts[1].removeprefix(end)
    fields = {key: value for key, value in fields.items() if key != "text"} | {"text": unescape(body.removesuffix(end))}
    if isinstance(odd := fields.pop(JSON_KEY, None), str):
        fields |= json.loads(odd)
    yield Record({"origin": origin(decoded)} | fields, data)


def write(articles: Iterable[Article], *, full: bool = False) -> Iterator[File]:
    """One file an article, named by date and title: front matter of JSON-quoted scalars, then the escaped text."""
    names = Names(".md")
    for article in articles:
        yield File(names.name(article), document(article, full=full).encode())


def document(article: Article, *, full: bool = False) -> str:
    """The file of one article.

    >>> print(document({"text": "# 風\\n", "title": "網: \\"a\\"", "tags": ["y"]}), end="")
    ---
    title: "網: \\"a\\""
    tags: ["y"]
    ---
    <BLANKLINE>
    \\# 風
    <BLANKLINE>
    """
    front = {key: value for key, value in article.items() if key != "text" and (full or key not in HEAVY)}
    odd = {key: value for key, value in front.items() if key == JSON_KEY or _odd({key: value})}
    text = article["text"]
    if has_surrogate(text):
        odd["text"] = text
        text = SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    lines = [f"{_key(key)}: {scalar(value)}" for key, value in front.items() if key not in odd]
    if odd:
        lines.append(f"{JSON_KEY}: {scalar(dumps(odd).decode())}")
    return "\n".join(("---", *lines, "---", "", escape(text), ""))


def scalar(value: Any) -> str:
    """A value as YAML 1.1 and 1.2 both read it: JSON, and a little more escaped.

    >>> scalar(["y", None, 12345678901234567890, 1e16])
    '["y", null, 12345678901234567890, 1.0e+16]'
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {scalar(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(scalar, value)) + "]"
    if isinstance(value, float):
        shown = repr(value)
        return shown if "." in shown else shown.replace("e", ".0e")
    return NOT_PRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def _key(key: str) -> str:
    return key if PLAIN_KEY.fullmatch(key) else scalar(key)


def _odd(value: Any) -> bool:
    if isinstance(value, dict):
        return any(len(key) > LONGEST_KEY or _odd(key) or _odd(item) for key, item in value.items())
    if isinstance(value, list):
        return any(map(_odd, value))
    if isinstance(value, float):
        return not math.isfinite(value)
    return isinstance(value, str) and has_surrogate(value)
