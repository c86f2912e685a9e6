"""Everything that `fix` does to a text, to a fixpoint."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from corptool.text import characters, mojibake, privateuse, typography
from corptool.text import restore as restoring
from corptool.text.changes import Change, apply, compose
from corptool.text.suspicion import Tables

# Most text needs no repair: without one of these (or an entity, or an escape) only mojibake can be wrong with it.
# Everything else is printable ASCII, composed letters (Latin, Greek, Cyrillic), marks, signs, kana, Han, Hangul
# syllables, full width, emoji.
SPECIAL = re.compile(
    "[^\t\n -~\xa0-\xac\xae-\u02ff\u0388-\u0482\u048a-\u058f\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2100-\u2125"
    "\u212c-\u2328\u232b-\u2adb\u2add-\u2bff\u3000-\u3029\u3030-\u3098\u309b-\u9fff\uac00-\ud7a3\ufe30-\ufe6f"
    "\uff01-\uffee\U0001f000-\U0001faff\U00020000-\U0002f7ff]"
)

# What damage that is beyond repair begins with, or consists of; one class of characters is searched ten times as fast
# as the alternatives of `mojibake.LOST`.
DAMAGE = re.compile("[锟烫屯葺ï�\ue000-\ufaff\U0002f800-\U0002fa1f]")


def repairs(
    text: str,
    *,
    tables: Tables,
    encoding: bool = True,
    restore: bool = False,
    sure: float = restoring.SURE,
    entities: bool = True,
    controls: bool = True,
    zero_width: bool = True,
    ligatures: bool = True,
    private_use: bool = True,
    normal_form: bool = True,
    line_ends: bool = True,
    width: bool = False,
    punctuation: bool = False,
    quotes: bool = False,
) -> list[Change]:
    r"""The changes that repair a text, family by family, until a second run would find nothing.

    >>> from corptool.rules import mojibake_tables
    >>> found = repairs("ç\xbb¿è‰²å\x8f‘å±•&nbsp;\u200b&amp;\r\n", tables=mojibake_tables())
    >>> [change.kind for change in found]
    ['mojibake', 'entity', 'zero-width', 'entity', 'line-end']
    >>> repairs("共建“一带一路”：２０２３年，\xa0①，（ＡＩ）", tables=mojibake_tables())
    []
    """
    read_wrongly = _remembering(partial(mojibake.repaired, tables=tables))
    if not (restore or width or punctuation or quotes) and SPECIAL.search(text) is None:
        spelled = entities and (characters.entities(text) or characters.escapes(text))
        if not spelled and not (encoding and read_wrongly(text)):
            return []  # so it is with most text
    restored = partial(restoring.restored, tables=tables, sure=sure)
    usual: tuple[tuple[bool, Callable[[str], list[Change]]], ...] = (
        (entities, characters.entities),
        (entities, characters.escapes),
        (restore, restored),
        (encoding, read_wrongly),
        (restore, restoring.closing_marks),  # of what is still there
        (line_ends, characters.line_ends),
        (controls, characters.controls),
        (zero_width, characters.invisibles),
        (ligatures, typography.ligatures),
        (private_use, privateuse.mapped),
        (normal_form, characters.composed),
    )
    asked = ((width, typography.narrow), (punctuation, typography.punctuation), (quotes, typography.quotes))
    families = [family for on, family in (*usual, *asked) if on]
    changes: list[Change] = []
    now, before = text, None
    while now != before:
        before = now
        for family in families:
            found = family(now)
            if found:
                changes, now = compose(text, changes, found), apply(now, found)
    return changes


def _remembering(family: Callable[[str], list[Change]]) -> Callable[[str], list[Change]]:
    """The same, which does not look at the last text again: most rounds change nothing."""
    last: tuple[str, list[Change]] = ("", [])

    def remembering(text: str) -> list[Change]:
        nonlocal last
        if text != last[0]:
            last = text, family(text)
        return last[1]

    return remembering


def unrepaired(text: str) -> dict[str, int]:
    """How much is left that cannot be repaired, by kind; kinds that do not occur are left out.

    >>> unrepaired("锟斤拷锟斤拷 and �� \\uf900")
    {'lost': 2, 'compatibility': 1}
    """
    if DAMAGE.search(text) is None:
        return {}
    counts = {
        "lost": len(mojibake.LOST.findall(text)),
        "private-use": len(privateuse.PRIVATE.findall(text)),
        "compatibility": len(privateuse.COMPATIBILITY.findall(text)),
    }
    return {kind: count for kind, count in counts.items() if count}
