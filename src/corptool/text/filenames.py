"""File names made from what an article says of itself: safe on Linux, macOS and Windows, Han characters kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

LONGEST = 200  # bytes of UTF-8; 255 are allowed, but Windows allows only 260 characters for the whole path
RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])[ .]*(?:\.|$)", re.IGNORECASE)
"""Windows takes these for devices, whatever follows their first dot."""
UNSAFE = re.compile(r'[\s<>:"/\\|?*#%&{}$^`~;\[\]\'!,]+')
"""Forbidden somewhere, or to be quoted in a shell, a Makefile or a link; and white space."""
EDGES = " .-_"
DATE = re.compile(r"\d{4}(-\d\d){0,2}")
SLOTS = 1 << 27  # bits of memory for names already given


def slug(words: str, longest: int = LONGEST) -> str:
    """What can stand in a file name of `words`, at most `longest` bytes; perhaps nothing.

    >>> slug('網站: "a/b" ..')
    '網站-a-b'
    >>> slug("../../etc/passwd"), slug("CON.x"), slug("三" * 300, 10)
    ('etc-passwd', '_CON.x', '三三三')
    """
    words = unicodedata.normalize("NFC", words[: 4 * longest])
    shown = "".join(
        " " if unicodedata.category(char) == "Cc" else char
        for char in words
        if unicodedata.category(char) not in ("Cf", "Cs")
    )
    stem = UNSAFE.sub("-", shown).strip(EDGES)
    if RESERVED.match(stem):
        stem = "_" + stem
    return _cut(stem, longest).rstrip(EDGES)


def _cut(stem: str, longest: int) -> str:
    """At most so many bytes of UTF-8, and as many units of UTF-16 when macOS has decomposed it."""
    stem = stem.encode()[:longest].decode("utf-8", "ignore")
    while len(unicodedata.normalize("NFD", stem).encode("utf-16-le")) > 2 * longest:
        stem = stem[:-1]
    return stem


def folded(name: str) -> str:
    """The same for all names that some file system holds for one: case, composed and decomposed characters.

    >>> folded("É.md") == folded("e\\N{COMBINING ACUTE ACCENT}.MD")
    True
    """
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


class Names:
    """File names for articles, in order; none is given twice, on any file system.

    What was given is remembered as one bit a name, in 16 MB for any number of articles. Where two names meet in
    a bit the second only gets a longer name, so this is exact.
    """

    def __init__(self, suffix: str) -> None:
        self.suffix = suffix
        self._given = bytearray(SLOTS // 8)

    def name(self, article: Mapping[str, Any]) -> str:
        """By date and title; by id where there is no title; with a hash of the id where that name is taken.

        >>> names = Names(".md")
        >>> article = {"id": "9c8e", "title": "網站", "published": "2020-02-21"}
        >>> names.name(article), names.name(article)
        ('2020-02-21-網站.md', '2020-02-21-網站-450551a8.md')
        """
        identity = str(article.get("id") or "")
        day = DATE.match(str(article.get("published") or ""))
        title = article.get("title")
        words = slug(title) if isinstance(title, str) else ""
        stem = slug("-".join(part for part in (day[0] if day else "", words or slug(identity)) if part)) or "article"
        tries = 0
        name = stem + self.suffix
        while not self._free(name):
            again = blake2b(f"{identity}\0{tries}".encode("utf-8", "replace"), digest_size=4).hexdigest()
            name = f"{stem}-{again}{self.suffix}"
            tries += 1
        return name

    def _free(self, name: str) -> bool:
        """Whether the name was free; it no longer is."""
        digest = blake2b(folded(name).encode(), digest_size=8).digest()
        at, bit = divmod(int.from_bytes(digest) % SLOTS, 8)
        taken = self._given[at] >> bit & 1
        self._given[at] |= 1 << bit
        return not taken
