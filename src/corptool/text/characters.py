"""Characters that carry no text: entities, control and zero-width characters, line ends.

Every function returns the changes it would make; none touches Chinese punctuation, full-width forms, curly
quotes or the no-break space.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache
from html.entities import html5

from corptool.text.changes import Change

CP1252 = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}

ODD_END = re.compile("[\r\v\f\u2028\u2029]")
LINE_END = re.compile("\r\n?|[\u2028\u2029]|\n?[\v\f]\n?")
CONTROL = re.compile("[\0-\x08\x0e-\x1f\x7f-\x9f\ufff9-\ufffc]")
INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0001-\U000e007f]"
)
ENTITY = re.compile(r"&(?:amp;)*((?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)")
UNTEXT = re.compile("[\0-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
MARKUP = re.compile(r"<[a-zA-Z/!?][^<>]*>")

JOINERS = "\u200c\u200d"
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# Scripts in which an invisible character is spelling: a joiner in Arabic and the scripts of India, a
# zero-width space between the words of Thai, Lao, Khmer, Burmese and Tibetan.
JOINED = re.compile(
    "[\u0590-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\ua8e0-\ua9ff\uaa60-\uaa7f\ufb1d-\ufdff\ufe70-\ufeff]"
)
UNSPACED = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf]")
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
# The second halves of canonical decompositions that are not combining marks
VOWEL_SIGNS = (
    "\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u0fb5\u0fb7\u102e\u1b35"
    "\U00011127\U0001133e\U00011357\U000114b0\U000114ba\U000114bd\U000115af\U00011930"
)
EMOJI = re.compile("[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")


def line_ends(text: str) -> list[Change]:
    r"""Every line end as a line feed; a form feed or vertical tab is one too.

    >>> [change.rule for change in line_ends("甲\r\n乙\r")]
    ['CRLF', 'CR']
    """
    if not ODD_END.search(text):
        return []
    names = {"\r\n": "CRLF", "\r": "CR", "\u2028": "U+2028", "\u2029": "U+2029"}
    return [
        Change(found.start(), found.end(), "\n", "line-end", names.get(found[0], "page-break"))
        for found in LINE_END.finditer(text)
    ]


def controls(text: str) -> list[Change]:
    r"""Control characters: those of the C1 block that are Windows-1252 become it, the others go.

    What no code page has stays beside a letter that is not ASCII: it may be a byte of the character they were.

    >>> controls("\x93带路\x94\x00")[0]
    Change(start=0, end=1, new='“', kind='mojibake', rule='latin-1>cp1252')
    >>> controls("Å\x81ukasz")
    []
    """
    changes = []
    for found in CONTROL.finditer(text):
        new = CP1252.get(ord(found[0]), "")
        if (
            not new
            and found[0] >= "\x80"
            and not (text[max(found.start() - 1, 0)] + text[found.end() : found.end() + 1]).isascii()
        ):
            continue
        kind, rule = ("mojibake", "latin-1>cp1252") if new else ("control", f"U+{ord(found[0]):04X}")
        changes.append(Change(found.start(), found.end(), new, kind, rule))
    return changes


def invisibles(text: str) -> list[Change]:
    r"""Zero-width, bidirectional and tag characters, but not where a script or an emoji needs them.

    >>> [change.rule for change in invisibles("中\u200b文 می\u200cروم 👩\u200d🚀")]
    ['U+200B']
    """
    return [
        Change(found.start(), found.end(), "", "zero-width", f"U+{ord(found[0]):04X}")
        for found in INVISIBLE.finditer(text)
        if not _needed(text, found.start())
    ]


def entities(text: str) -> list[Change]:
    """HTML entities, those of entities too, except on lines that hold markup: there they are code.

    >>> entities("&amp;#20013;国")
    [Change(start=0, end=12, new='中', kind='entity', rule='html')]
    >>> entities("<b>AT&amp;T</b>")
    []
    """
    changes: list[Change] = []
    if "&" not in text:
        return changes
    until, in_code = -1, False  # of the line the last entity stood on
    for found in ENTITY.finditer(text):
        if found[1][0] != "#" and found[1] not in html5:
            continue
        new = html.unescape("&" + found[1])
        if UNTEXT.search(new):
            continue
        if found.start() > until:
            end = text.find("\n", found.end())
            until = len(text) if end < 0 else end
            in_code = MARKUP.search(text, text.rfind("\n", 0, found.start()) + 1, until) is not None
        if not in_code:
            changes.append(Change(found.start(), found.end(), new, "entity", "html"))
    return changes


def _needed(text: str, at: int) -> bool:
    mark, around = text[at], text[max(at - 2, 0) : at] + text[at + 1 : at + 3]
    if mark in JOINERS:
        return bool(JOINED.search(around) or EMOJI.search(around))
    if mark == "\u200b":
        return bool(UNSPACED.search(around))
    if mark in BIDI:
        return bool(RIGHT_TO_LEFT.search(text))
    if mark == "\u180e":
        return any("\u1820" <= char <= "\u18aa" for char in around)
    if mark >= "\U000e0020":
        flag = text.rfind("\U0001f3f4", 0, at)  # the flags of England, Scotland and Wales
        return flag >= 0 and all("\U000e0020" <= char <= "\U000e007f" for char in text[flag + 1 : at])
    return False


def composed(text: str) -> list[Change]:
    r"""Canonical composition (NFC): a letter and its accent become one character. Never NFKC.

    >>> composed("cafe\u0301")
    [Change(start=3, end=5, new='é', kind='normal-form', rule='NFC')]
    """
    if unicodedata.is_normalized("NFC", text):
        return []
    changes = []
    for found in _clusters().finditer(text):
        new = unicodedata.normalize("NFC", found[0])
        if new != found[0]:
            changes.append(Change(found.start(), found.end(), new, "normal-form", "NFC"))
    return changes


@cache
def _clusters() -> re.Pattern[str]:
    """A character with what composes with it: combining marks, vowel signs, the parts of a Hangul syllable."""
    marks = "".join(chr(code) for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code)))
    parts = f"[{marks}{VOWEL_SIGNS}\u1161-\u1175\u11a8-\u11c2]"
    return re.compile(f"[^\0-\x7f]{parts}*|[\0-\x7f]{parts}+")


ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
IN_CODE = re.compile(r"""[=:({\[,+]\s*[a-z]?["'`][^"'`\n]*\\u|\[[^\]\n]*\\u[0-9a-fA-F]{4}-\\u|\[\^?\\u""")


def escapes(text: str) -> list[Change]:
    r"""`\uXXXX` as the characters they stand for, on lines that are made of them and are not code.

    >>> [change.new for change in escapes(r"2010\u5e746\u6708")]
    ['年', '月']
    >>> escapes(r'title = "\u4e2d\u6587"'), escapes(r"在 JSON 中，“中”写作 \u4e2d，“文”写作 \u6587")
    ([], [])
    """
    changes = []
    if "\\u" not in text:
        return []
    for line in re.finditer(r"[^\n]*\\u[^\n]*", text):
        runs = list(ESCAPES.finditer(text, line.start(), line.end()))
        escaped = sum(len(run[0]) for run in runs) // 6
        raw = sum(char > "\x7f" for char in line[0])
        if escaped < 2 or raw >= escaped or IN_CODE.search(line[0]):
            continue
        for run in runs:
            units = bytes.fromhex(run[0].replace("\\u", ""))
            new = units.decode("utf-16-be", "replace")
            if not UNTEXT.search(new):
                changes.append(Change(run.start(), run.end(), new, "escape", "json"))
    return changes
