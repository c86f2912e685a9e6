"""Captions of pictures: lines that the markup calls so, or that end or begin as captions do."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corptool.text.hints import Hint
    from corptool.text.lines import Line

LONGEST = 300
"""Characters of a caption that is known by its words alone."""
LONGEST_END = 100
"""Characters at the end of a caption by which it is known."""
MOST_LINKED = 0.5
"""The share of links from which on it is a teaser of another article."""
_AGENCIES = ("AP", "AFP", "EPA", "Reuters", "Xinhua", "Bloomberg", "Getty", "Getty Images", "Shutterstock", "Unsplash")
_LAST = (*_AGENCIES, *"摄攝影)）】", "摄。", "攝。", "摄影。", "攝影。")
"""How a line ends that is worth a closer look."""
_PICTURE = (
    r"(?:AP |[Ff]ile |[Hh]andout )?(?:[Pp]hoto|[Ii]mage|[Pp]icture)(?: [Cc]redit| courtesy(?: of)?)?(?:/| by |: )"
)
_START = re.compile(
    rf"[▲△▼]\s?\S|[图圖](?:[为為]|[一二三四五六\d]{{1,2}}\s?[:：]|片?[说說]明\s?[:：])|{_PICTURE}\S{{2}}.{{0,60}}$"
)
_END = re.compile(
    r"(?:[\u4e00-\u9fff·]{2,4}\s?[/／]?[摄攝]影?[。）)】]?"
    r"|[（(【](?:[图圖摄攝资資]|照片)[^）)】]{0,6}[/／:：][^）)】]{1,20}[）)】]"
    rf"|\({_PICTURE}[^()]{{2,60}}\)|[\w.](?: ?[/|(] ?| via )(?:{'|'.join(_AGENCIES)})\)?)$"
)


def captions(
    lines: Sequence[Line], hints: Sequence[Hint], removed: Container[int], title: int | None = None
) -> Iterator[str]:
    """The captions from the title (or else the first line that is kept) to the last line that is kept.

    Whether they are themselves kept makes no difference. `hints` are one a line, or none.

    >>> from corptool.text.lines import split_lines
    >>> page = split_lines("標題\\n河邊的新橋。新華社記者 林小明 攝\\n正文。\\nRelated. (AP Photo/Jo Doe)")
    >>> list(captions(page, (), {0, 1, 3}, 0))
    ['河邊的新橋。新華社記者 林小明 攝']
    """
    kept = [number for number, line in enumerate(lines) if line.text and number not in removed]
    if not kept:
        return
    fits = len(hints) == len(lines)
    for number in range(kept[0] if title is None else title, kept[-1] + 1):
        tag, linked = hints[number][:2] if fits else ("", 0.0)
        if (tag == "figcaption" and linked < MOST_LINKED) or is_caption(lines[number].text):
            yield lines[number].text


def is_caption(line: str) -> bool:
    """Whether a line is the caption of a picture by its words.

    >>> [is_caption(line) for line in ("图为新桥。", "▲ The bridge", "The bridge. (AP Photo/Jo Doe)", "他攝影。")]
    [True, True, True, False]
    """
    if not 3 < len(line) <= LONGEST:
        return False
    return bool(_START.match(line) or (line.endswith(_LAST) and _END.search(line, max(0, len(line) - LONGEST_END))))
