"""Everything that `fix` does to a text, to a fixpoint."""

from __future__ import annotations

import re
from functools import partial

from corptool.text import characters, mojibake
from corptool.text.changes import Change, apply, compose

# Most text needs no repair: without one of these (or an entity, or an escape) only mojibake can be wrong with it.
# Everything else is printable ASCII, composed Latin letters, common marks, kana, Han, Hangul syllables, full width.
SPECIAL = re.compile(
    "[^\t\n -~\xa0-\xac\xae-\u02af\u2010-\u2027\u2030-\u205e\u3000-\u3029\u3030-\u3098\u309b-\u9fff"
    "\uac00-\ud7a3\uff01-\uffee]"
)


def repairs(
    text: str,
    *,
    tables: mojibake.Tables,
    encoding: bool = True,
    entities: bool = True,
    controls: bool = True,
    zero_width: bool = True,
    normal_form: bool = True,
    line_ends: bool = True,
) -> list[Change]:
    r"""The changes that repair a text; each option leaves one family of them out. A second run finds nothing.

    >>> from corptool.rules import mojibake_tables
    >>> found = repairs("ç\xbb¿è‰²å\x8f‘å±•&nbsp;\u200b&amp;\r\n", tables=mojibake_tables())
    >>> [change.kind for change in found]
    ['mojibake', 'entity', 'zero-width', 'entity', 'line-end']
    >>> repairs("共建“一带一路”：２０２３年，\xa0①，（ＡＩ）", tables=mojibake_tables())
    []
    """
    if SPECIAL.search(text) is None and "&" not in text and "\\u" not in text:
        return mojibake.repaired(text, tables) if encoding else []
    wanted = (
        (entities, characters.entities),
        (encoding, partial(mojibake.repaired, tables=tables)),
        (line_ends, characters.line_ends),
        (controls, characters.controls),
        (zero_width, characters.invisibles),
        (normal_form, characters.composed),
    )
    changes: list[Change] = []
    now, before = text, None
    while now != before:
        before = now
        for on, family in wanted:
            found = family(now) if on else []
            changes, now = compose(text, changes, found), apply(now, found)
    return changes
