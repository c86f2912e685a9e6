"""Text that was decoded with the wrong encoding, turned back: span by span, and only where that is beyond doubt.

A chain such as `utf-8>cp1252` says: the bytes were UTF-8 and were read as Windows-1252. Its inverse encodes a span
with the second and decodes it with the first. A span is taken where the language model saves more bits by the
inverse than could happen by chance; the clean text around it costs more when it is "repaired", so it stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corptool.text.changes import Change, apply
from corptool.text.language_model import LanguageModel
from corptool.text.misread import CHAINS, SINGLE_BYTE, possible
from corptool.text.spans import HOP, Repair, by_hops
from corptool.text.suspicion import SINGLE, Tables, odd_lines

UNTEXT = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff\U00040000-\U000dffff\U000f0000-\U0010ffff]"
)
HAN_RUN = re.compile("[\u3007\u3400-\u9fff]+")
THRICE = re.compile(r"([\u3400-\u9fff「」《》『』（）、，：；])\1\1")
CHINESE = re.compile("[\u3001-\u3011\u3400-\u9fff\uff01-\uff1f‘-”…—]")
LOST = re.compile("(?:锟斤拷)+锟?|锟叫|烫{3,}|屯{4,}|葺{4,}|(?:ï¿½)+|�+")
# A line that speaks of encodings may quote what they do to text
ABOUT = re.compile(
    r"(?i)mojibake|乱码|亂碼|文字化け|charset|encod(?:ing|ed)|decod(?:ing|ed)|编码|編碼|解码|解碼|latin-?1|iso-?8859"
    r"|windows-125|cp125|cp936|\bgbk\b|\bgb ?(?:2312|18030)|big-?5|shift.?jis|unicode|utf-?8"
)

MARGIN = 14.0  # bits, and a share of the cost before, by which a repair must win
SHARE = 0.06
CHINESE_MARGIN = 20.0  # where what is there are Chinese characters already
CHINESE_SHARE = 0.1
PLAIN = 10.5  # bits a character, below which a line is so plain that no other chain is tried
KNOWN = 4.0  # the margin for a chain by which another line of the text was repaired
# UTF-8 as Windows-1252: the commonest damage there is. (What closes a quotation may follow a capital Ã.)
COMMON = re.compile("[Ââ][\x80-\xbf€-™]|Ã[\x80-\x9f¡-ª¬-º¼-¿]|(?<![A-ZÀ-Þ])Ã[\xa0«»€-™]")
COMMON_MARGIN = 8.0
SINGLE_MARGIN = 0.0
PLAUSIBLE = 13.5  # bits a character: Chinese that comes out costs up to 11, lists of capital letters as GBK 14 to 19
DEEPEST = 3
BEAM = 3


def repaired(text: str, tables: Tables) -> list[Change]:
    """The spans that were decoded wrongly, and what they were.

    >>> from corptool.rules import mojibake_tables
    >>> [(change.new, change.rule) for change in repaired("他说：ä¸€å¸¦ä¸€è·¯, café", mojibake_tables())]
    [('一带一路', 'utf-8>cp1252')]
    """
    spans = [] if text.isascii() else list(odd_lines(text, tables))
    if not spans:
        return []
    model = tables.model()
    found: list[tuple[int, Repair]] = []
    chains: dict[str, None] = {}
    doubtful: list[tuple[int, Repair]] = []
    for start, end in spans:
        line = text[start:end]
        for repair in _followed(line, chains, model) or _repairs(line, model):
            if repair.gain > _margin(line, repair):
                found.append((start, repair))
                chains[repair.chain] = None
            else:
                doubtful.append((start, repair))
    # two characters prove little; in a text that was read wrongly elsewhere they prove enough
    found += [(start, repair) for start, repair in doubtful if repair.chain in chains and repair.gain > KNOWN]
    changes = [
        Change(start + repair.start, start + repair.end, repair.new, "mojibake", repair.chain)
        for start, repair in found
    ]
    return sorted(changes)


def _margin(line: str, repair: Repair) -> float:
    if _is_quoted(line, repair):
        return float("inf")
    if repair.chain == "utf-8>cp1252" and _is_single(line, repair):
        return SINGLE_MARGIN
    if repair.chain == "utf-8>cp1252" and COMMON.search(line, repair.start, repair.end):
        return COMMON_MARGIN
    if repair.chain.rpartition(">")[2] not in SINGLE_BYTE:
        return CHINESE_MARGIN + CHINESE_SHARE * repair.before
    return MARGIN + SHARE * repair.before


def _is_single(line: str, repair: Repair) -> bool:
    """Whether in the span stands a character that hardly any text holds for another reason."""
    return any(repair.start <= found.start() < repair.end for found in SINGLE.finditer(line))


def _is_quoted(line: str, repair: Repair) -> bool:
    """Whether the line speaks of encodings and the span is only a part of it."""
    rest = line[: repair.start] + line[repair.end :]
    return len(rest) * 2 > len(line) and ABOUT.search(rest) is not None


def _followed(line: str, chains: Iterable[str], model: LanguageModel) -> list[Repair]:
    """The line by a chain that other lines went through, if that makes plain text of all of it: the short way."""
    for chain in chains:
        names = chain.split(">")
        hops = list(zip(names[-2::-2], names[::-2], strict=True))
        repairs = _apart(line, by_hops(line, hops[:1], model), model)
        for hop in hops[1:]:
            pairs = [(repair, by_hops(repair.new, [hop], model)) for repair in repairs]
            repairs = [then for repair, found in pairs for then in _then(repair, found[:1], model)]
        new = apply(line, [Change(repair.start, repair.end, repair.new, "") for repair in sorted(repairs)])
        if repairs and model.bits(new) < PLAIN * len(new):
            return repairs
    return []


def _repairs(line: str, model: LanguageModel) -> list[Repair]:
    """The best repairs of a line that do not overlap, by any chain."""
    return _apart(line, _candidates(line, model, DEEPEST), model)


def _apart(line: str, candidates: list[Repair], model: LanguageModel) -> list[Repair]:
    chosen: list[Repair] = []
    for repair in sorted(candidates, key=lambda repair: -repair.gain):
        apart = all(repair.end <= other.start or other.end <= repair.start for other in chosen)
        if repair.gain > 0 and apart and not LOST.search(line, repair.start, repair.end):
            if not _is_text(repair, model) or _is_spelled(line[repair.start : repair.end]):
                continue
            chosen.append(repair)
    return chosen


def _candidates(line: str, model: LanguageModel, depth: int) -> list[Repair]:
    """The spans of the line that some chain reads otherwise, best first."""
    hops = [(right, wrong) for wrong in possible(line) for right in CHAINS[wrong]]
    single = by_hops(line, hops, model)
    if depth == 1:
        return single
    deeper = [
        then
        for repair in single[:BEAM]
        if repair.gain > MARGIN and not repair.new.isascii()
        for then in _then(repair, _candidates(repair.new, model, depth - 1)[:2], model)
    ]
    return sorted(single + deeper, key=lambda repair: -repair.gain)


def _then(repair: Repair, candidates: list[Repair], model: LanguageModel) -> Iterator[Repair]:
    """The repair with a further hop.

    A text is read wrongly twice as a whole; a word of it that could also be read otherwise is chance.
    """
    for then in candidates:
        rest = repair.new[: then.start] + repair.new[then.end :]
        if then.gain > MARGIN + SHARE * then.before and 4 * _wide(rest) < _wide(repair.new):
            new = repair.new[: then.start] + then.new + repair.new[then.end :]
            gain = repair.before - model.bits(new) - 2 * HOP - MARGIN / 2
            yield repair._replace(new=new, gain=gain, chain=f"{then.chain}>{repair.chain}")


def _wide(text: str) -> int:
    """How many characters are not ASCII."""
    return sum(char > "\x7f" for char in text)


def _is_spelled(span: str) -> bool:
    """Whether one sign stands between the letters or words: bytes are seldom all alike."""
    most = max(span.count(sign) for sign in "\u200c\u200d·")
    return most > 2 and 4 * most > len(span)


def _is_text(repair: Repair, model: LanguageModel) -> bool:
    """Whether a span becomes text: no controls, and Chinese where it looked like Chinese before."""
    if UNTEXT.search(repair.new):
        return False
    right, _, wrong = repair.chain.rpartition(">")
    if wrong in SINGLE_BYTE and right.endswith("utf-8"):
        return True
    # any two bytes are some Han character: words are wanted, not one sign often or signs here and there
    runs = HAN_RUN.findall(repair.new)
    all_runs = "".join(runs)
    if THRICE.search(repair.new) or model.bits(repair.new) > PLAUSIBLE * len(repair.new):
        return False
    words = any(len(run) > 1 for run in runs) and len(set(all_runs)) >= min(3, len(all_runs))
    return words and (wrong in SINGLE_BYTE or 2 * len(CHINESE.findall(repair.new)) > _wide(repair.new))
