"""The YAML that people write above Markdown: keys, scalars, lists, and what stands indented below a key."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

FENCE = re.compile(r"---[ \t]*\r?\n(.*?)(?:^|(?<=\n))(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
KEY = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#\[\]{},&*!|>'"%@`-][^:#]*?|-[^\s:][^:#]*?)[ \t]*:(?:[ \t]+|$)"""
)
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
WORDS: dict[str, Any] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False, ".inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan"),
}  # fmt: skip
"""YAML 1.2: `yes`, `no`, `on`, `off` and `y` are strings, whatever 1.1 said."""

Json = Callable[[str], Any]


def split(text: str) -> tuple[str, str] | None:
    """(the front matter, what follows it), or None where there is none.

    >>> split("---\\ntitle: 網\\n---\\n\\n正文\\n")
    ('title: 網\\n', '\\n正文\\n')
    """
    found = FENCE.match(text)
    return (found[1], text[found.end() :]) if found else None


def parse(yaml: str, json: Json) -> dict[str, Any]:
    """The keys and values. `json` parses JSON, as which flow collections and double quotes are read first.

    ValueError: this is YAML of a kind that nobody writes above an article (anchors, tags, complex keys).

    >>> from json import loads
    >>> parse("title: 網: 站 # note\\ntags:\\n  - y\\n  - 'it''s'\\nday: 2020-02-21\\nn: 1\\nnone:\\n", loads)
    {'title': '網: 站', 'tags': ['y', "it's"], 'day': '2020-02-21', 'n': 1, 'none': None}
    """
    lines = [(len(line) - len(line.lstrip(" ")), line) for line in yaml.replace("\r\n", "\n").split("\n")]
    reader = _Reader(lines, json)
    value = reader.block(0)
    if reader.next() is not None or not isinstance(value, dict | None):
        raise ValueError(f"line {reader.at + 2} of the front matter is no YAML that can be read")
    return value or {}


class _Reader:
    """The lines from the next one on."""

    def __init__(self, lines: list[tuple[int, str]], json: Json) -> None:
        self.lines = lines
        self.json = json
        self.at = 0

    def next(self) -> tuple[int, str] | None:
        """The next line that is neither blank nor a comment: its indent, and its content."""
        while self.at < len(self.lines):
            indent, line = self.lines[self.at]
            if line.strip() and not line.lstrip().startswith("#"):
                return indent, line.strip()
            self.at += 1
        return None

    def block(self, least: int) -> Any:
        """The value that stands in the lines indented by at least so much."""
        ahead = self.next()
        if ahead is None or ahead[0] < least:
            return None
        return self.items(ahead[0]) if _is_item(ahead[1]) else self.mapping(ahead[0])

    def mapping(self, indent: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while (ahead := self.next()) and ahead[0] == indent and not _is_item(ahead[1]):
            key = KEY.match(ahead[1])
            if key is None:
                raise ValueError(f"line {self.at + 2} of the front matter has no `key:`")
            self.at += 1
            rest = ahead[1][key.end() :]
            found[str(self.scalar(key[1]) if key[1][0] in "\"'" else key[1])] = self.value(rest, indent)
        return found

    def items(self, indent: int) -> list[Any]:
        found = []
        while (ahead := self.next()) and ahead[0] == indent and _is_item(ahead[1]):
            rest = ahead[1][1:].lstrip()
            if KEY.match(rest):  # `- a: 1`: a mapping that begins on the line of the dash
                inner = indent + len(ahead[1]) - len(rest)
                self.lines[self.at] = (inner, " " * inner + rest)
                found.append(self.mapping(inner))
            else:
                self.at += 1
                found.append(self.value(rest, indent))
        return found

    def value(self, rest: str, indent: int) -> Any:
        """What follows a key or a dash: on its line, or below it."""
        if re.fullmatch(r"[|>][-+]?\d?[ \t]*(?:#.*)?", rest):
            return self.literal(rest, indent)
        if not rest or rest.startswith("#"):
            ahead = self.next()
            if ahead and ahead[0] == indent and _is_item(ahead[1]):
                return self.items(indent)  # a list may stand as far left as its key
            return self.block(indent + 1)
        parts = [rest]
        while (ahead := self.next()) and ahead[0] > indent:  # a scalar goes on in indented lines
            parts.append(ahead[1])
            self.at += 1
        return self.scalar(" ".join(parts))

    def literal(self, mark: str, indent: int) -> str:
        """A block of text: `|` keeps its lines, `>` joins them."""
        kept: list[str] = []
        while self.at < len(self.lines) and (self.lines[self.at][0] > indent or not self.lines[self.at][1].strip()):
            kept.append(self.lines[self.at][1])
            self.at += 1
        margin = min((len(line) - len(line.lstrip(" ")) for line in kept if line.strip()), default=0)
        lines = [line[margin:] for line in kept]
        text = "\n".join(lines).rstrip("\n")
        if mark[0] == ">":
            text = re.sub(r"(?<!\n)\n(?!\n)", " ", text)
        return text + ("" if "-" in mark else "\n")

    def scalar(self, text: str) -> Any:
        if text[0] in '"[{':
            try:
                return self.json(text)
            except ValueError:
                return self.flow(text)
        if text[0] == "'":
            return text[1 : text.rfind("'")].replace("''", "'")
        if text[0] in "&*!%@`":
            raise ValueError(f"line {self.at + 1} of the front matter: {text[0]} means something that is not read here")
        text = re.sub(r"[ \t]+#.*", "", text)
        if text in WORDS:
            return WORDS[text]
        return self.json(text) if NUMBER.fullmatch(text) else text

    def flow(self, text: str) -> Any:
        """Double quotes or brackets that are no JSON: a comment behind them, or plain words in them."""
        bare = re.sub(r"(?<=[\"\]}])[ \t]+#.*", "", text)
        if bare != text:
            return self.scalar(bare)
        if text[0] == "[" and text[-1] == "]" and not re.search(r"[\[\]{}]", text[1:-1]):
            items = re.findall(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,]*?)\s*(?:,|$)""", text[1:-1])
            return [self.scalar(item) if item else None for item in items[: -1 if items[-1] == "" else None]]
        if text[0] == '"':
            return text.strip('"')
        return text


def _is_item(line: str) -> bool:
    return line == "-" or line.startswith("- ")
