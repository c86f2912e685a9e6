"""Which lines are looked into: nearly all text is clean, and must be passed over fast."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.text.language_model import LanguageModel
from corptool.text.misread import CHAINS, HAN, possible
from corptool.text.scales import Scales
from corptool.text.spans import by_hops

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What clean Chinese hardly ever has in GBK: three UTF-8 sequences of three bytes in a row, or two at an end
IN_GBK = re.compile(
    rb"(?:[\xe2-\xef][\x80-\xbf]{2}){3}|(?:^|[^\x80-\xff])(?:[\xe2-\xef][\x80-\xbf]{2}){2}(?![\x80-\xff])"
)
# One character of it among ASCII (donâ€™t, CafÃ©, Â£5), such as hardly any text holds for another reason. Quotation
# marks, dashes and dots may follow a capital letter; so these are taken for a part of it only before a small one.
_SIGN = "\x80-\x9f¡-ª¬-º¼-¿€‚„†‡‰‹•™ƒŒŠšŽžŸœˆ˜›"
SINGLE = re.compile(
    f"(?<![\x80-\u024f])(?:â[€‚„][\x80-\xbf{_SIGN}‘-”–—…]|Â[¡-ª¬®-¶¸-º¼-¿]"
    f"|[ÃÄÅ](?:[{_SIGN}](?=[A-Za-z])|(?<=[A-Za-z].)[{_SIGN}]|[\xa0«»‘-”–—…](?=[a-z])))(?![\xc0-\u024f])"
)
WINDOW = 10  # characters whose mean cost says whether a line is looked into
ODD_HAN = 12.8  # bits a character: 98 of 100 clean lines cost less, mojibake more
ODD_FOREIGN = 8.3  # the same where there are letters, Hangul or half-width kana: clean text costs 4 to 7
UNTOUCHED = re.compile("[\u0700-\u1dff]")  # scripts that no codec here leaves behind
FOREIGN = re.compile("[\x80-\u06ff\u2028-\u25ff\uac00-\uf8ff\uff61-\uff9f]")
LOSSY = re.compile("[?\ue000-\uf8ff\ufffd]")
LOOKED_AT = 96  # characters from an unusual one on that say whether a line is looked into
LONGEST = 2000  # characters searched at a time
LONG = 32  # characters looked at before the whole line is searched
MOST_LOOKS = 4


class Tables(NamedTuple):
    """What telling text from mojibake needs from data/, loaded only when it is needed."""

    model: Callable[[], LanguageModel]
    unusual: Callable[[], re.Pattern[str]]
    """Finds where characters that are neither ASCII nor frequent in Chinese stand close together."""
    scales: Callable[[], Scales]
    """How likely characters are where bytes were lost."""


def odd_lines(text: str, tables: Tables) -> Iterator[tuple[int, int]]:
    """The lines that may hold mojibake: those with unusual characters, and costs to match."""
    unusual = tables.unusual()
    at = 0
    while found := unusual.search(text, at):
        start = text.rfind("\n", 0, found.start()) + 1
        end = text.find("\n", found.end())
        end = len(text) if end < 0 else end
        low = max(start, found.start() - WINDOW)
        high = min(end, low + LOOKED_AT)
        low = max(start, high - LOOKED_AT)
        if SINGLE.search(text, low, high) or _is_odd(text[low:high], tables.model()):
            yield from _pieces(text, start, end)
            high = end
        at = max(high, found.start() + 1)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A line, in pieces if it is very long."""
    while end - start > LONGEST:
        cut = _cut(text, start + LONGEST // 2, start + LONGEST)
        yield start, cut
        start = cut
    yield start, end


def _cut(text: str, low: int, high: int) -> int:
    """Where a line may be cut: after ASCII, which is never part of a character, or before what may begin one."""
    for at in range(high, low, -1):
        if text[at - 1] <= "\x7f":
            return at
    for leads in ("Ã", "ãäåæçèé"):  # UTF-8 in Latin letters, twice over or once
        at = max(text.rfind(lead, low + 1, high) for lead in leads)
        if at > 0:
            return at
    return high


def _is_odd(line: str, model: LanguageModel) -> bool:
    """Whether some ten characters of a line (all, if it is shorter) cost more than text does."""
    import numpy as np

    costs = np.minimum(model.costs(line), 25)
    costs[_places(UNTOUCHED, line)] = 0
    costs = _means(costs)
    odd = costs > ODD_HAN
    if FOREIGN.search(line):
        foreign = np.zeros(len(line))
        foreign[_places(FOREIGN, line)] = 1
        odd |= (costs > ODD_FOREIGN) & (_means(foreign) > 0.3)
    found = odd.nonzero()[0].tolist()
    starts = [at for at, before in zip(found, [-LONG, *found], strict=False) if at - before > 1 or at % LONG == 0]
    return _read_otherwise([line[at : at + LONG] for at in starts[:MOST_LOOKS]], model)


def _means(of: NDArray[Any]) -> NDArray[Any]:
    """The mean of every ten in a row, or of all if they are fewer."""
    import numpy as np

    return np.correlate(of, np.full(WINDOW, 1 / WINDOW)) if len(of) > WINDOW else of.mean(keepdims=True)


def _places(pattern: re.Pattern[str], line: str) -> list[int]:
    return [found.start() for found in pattern.finditer(line)]


def _read_otherwise(parts: list[str], model: LanguageModel) -> bool:
    """Whether one of the odd parts of a line is anything better as other bytes: a quick look."""
    readings = []  # three of each part and codec, and the model is asked for all at once
    for part in filter(HAN.search, parts):
        for wrong, right in ("gb18030", "big5hkscs"), ("big5", "gb18030"):
            data = part.encode(wrong, "ignore")
            if IN_GBK.search(data):
                return True
            # What it cannot write, as half of Simplified in Big5, says nothing, unless some of it was lost
            now = part if LOSSY.search(part) else data.decode(wrong, "ignore")
            readings += [now, *(data[at:].decode(right, "replace") for at in (0, 1))]
    costs = [costs.sum() for costs in model.costs_of_each(readings)] if readings else []
    if any(min(one, other) < 0.85 * now for now, one, other in zip(costs[::3], costs[1::3], costs[2::3], strict=True)):
        return True
    for part in parts:
        others = (wrong for wrong in possible(part) if wrong not in ("gb18030", "big5"))
        hops = [(right, wrong) for wrong in others for right in CHAINS[wrong]]
        if any(repair.gain > 0 for repair in by_hops(part, hops, model)):
            return True
    return False
