"""Text that was decoded with the wrong encoding, turned back: span by span, and only where that is beyond doubt.

A chain such as `utf-8>cp1252` says: the bytes were UTF-8 and were read as Windows-1252. Its inverse encodes a span
with the second and decodes it with the first. A span is taken where the language model saves more bits by the
inverse than could happen by chance; the clean text around it costs more when it is "repaired", so it stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from corptool.text.changes import Change, apply
from corptool.text.language_model import LanguageModel

SINGLE_BYTE = (
    "cp1252", "cp1250", "cp1251", "cp437", "mac_roman", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258",
)  # fmt: skip
CHAINS: dict[str, tuple[str, ...]] = dict.fromkeys(SINGLE_BYTE, ("utf-8", "gb18030", "big5hkscs")) | {
    "gb18030": ("utf-8", "big5hkscs"),
    "big5": ("utf-8", "gb18030"),
    "cp932": ("utf-8", "gb18030", "big5hkscs"),
    "cp949": ("utf-8", "gb18030", "big5hkscs"),
}
"""What a text may have been read as, and what it may have been."""

RARE = dict.fromkeys(SINGLE_BYTE[1:], 4.0) | {"mac_roman": 10.0, "cp437": 10.0}
"""Bits that it takes to believe in a code page that few programs read web pages with."""

SPELLINGS = {"big5": ("big5", "cp950", "big5hkscs")}  # Python's three do not agree on every character
SEQUENCES = {
    "utf-8": re.compile(rb"[\0-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"),
    "gb18030": re.compile(rb"[\0-\x7f]|[\x81-\xfe](?:[\x40-\x7e\x80-\xfe]|[\x30-\x39][\x81-\xfe][\x30-\x39])"),
    "big5hkscs": re.compile(rb"[\0-\x7f]|[\x87-\xfe][\x40-\x7e\xa1-\xfe]"),
}
# What clean Chinese hardly ever has in GBK: three UTF-8 sequences of three bytes in a row, or two at an end
IN_GBK = re.compile(
    rb"(?:[\xe2-\xef][\x80-\xbf]{2}){3}|(?:^|[^\x80-\xff])(?:[\xe2-\xef][\x80-\xbf]{2}){2}(?![\x80-\xff])"
)
UNTEXT = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff\U00040000-\U000dffff\U000f0000-\U0010ffff]"
)
# What each family of codecs leaves behind: letters and signs side by side, Han, half-width kana, Hangul
ALPHABETS = re.compile("[\x80-\u06ff\u2000-\u25ff][ -~]?[\x80-\u06ff\u2000-\u25ff]")
HAN = re.compile("[\u3400-\u9fff\ue000-\uf8ff]")
HAN_RUN = re.compile("[\u3007\u3400-\u9fff]+")
THRICE = re.compile(r"([\u3400-\u9fff「」《》『』（）、，：；])\1\1")
HALF_WIDTH = re.compile("[\x80\xa0\uf8f0-\uf8f3\ue000-\ue757\uff61-\uff9f]")
HANGUL = re.compile("[\uac00-\ud7a3]")
UTF8_RUN = re.compile(
    rb"[\xe2-\xef][\x80-\xbf]{2}|(?:[\xc2-\xdf][\x80-\xbf]){2}|[\xc2\xc3][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}"
)
CHINESE = re.compile("[\u3001-\u3011\u3400-\u9fff\uff01-\uff1f‘-”…—]")
LOST = re.compile("(?:锟斤拷)+锟?|锟叫|烫{3,}|屯{4,}|葺{4,}|(?:ï¿½)+|�+")
# A line that speaks of encodings may quote what they do to text
ABOUT = re.compile(
    r"(?i)mojibake|乱码|亂碼|文字化け|charset|encod(?:ing|ed)|decod(?:ing|ed)|编码|編碼|解码|解碼|latin-?1|iso-?8859"
    r"|windows-125|cp125|cp936|\bgbk\b|\bgb ?(?:2312|18030)|big-?5|shift.?jis|unicode|utf-?8"
)

HOP = 6.0  # bits that each hop of a chain must be worth
MARGIN = 14.0  # bits, and a share of the cost before, by which a repair must win
SHARE = 0.06
CHINESE_MARGIN = 20.0  # where what is there are Chinese characters already
CHINESE_SHARE = 0.1
PLAIN = 10.5  # bits a character, below which a line is so plain that no other chain is tried
KNOWN = 4.0  # the margin for a chain by which another line of the text was repaired
# UTF-8 as Windows-1252: the commonest damage there is. (What closes a quotation may follow a capital Ã.)
COMMON = re.compile("[Ââ][\x80-\xbf€-™]|Ã[\x80-\x9f¡-ª¬-º¼-¿]|(?<![A-ZÀ-Þ])Ã[\xa0«»€-™]")
COMMON_MARGIN = 8.0
PLAUSIBLE = 13.5  # bits a character: Chinese that comes out costs up to 11, lists of capital letters as GBK 14 to 19
# One character of it among ASCII (donâ€™t, CafÃ©, Â£5), such as hardly any text holds for another reason. Quotation
# marks, dashes and dots may follow a capital letter; so these are taken for a part of it only before a small one.
_SIGN = "\x80-\x9f¡-ª¬-º¼-¿€‚„†‡‰‹•™ƒŒŠšŽžŸœˆ˜›"
SINGLE = re.compile(
    f"(?<![\x80-\u024f])(?:â[€‚„][\x80-\xbf{_SIGN}‘-”–—…]|Â[¡-ª¬®-¶¸-º¼-¿]"
    f"|[ÃÄÅ](?:[{_SIGN}](?=[A-Za-z])|(?<=[A-Za-z].)[{_SIGN}]|[\xa0«»‘-”–—…](?=[a-z])))(?![\xc0-\u024f])"
)
SINGLE_MARGIN = 0.0
EDGE = 12.0
EDGE_LENGTH = 4
DEEPEST = 3
BEAM = 3
WINDOW = 10  # characters whose mean cost says whether a line is looked into
ODD_HAN = 12.8  # bits a character: 98 of 100 clean lines cost less, mojibake more
ODD_FOREIGN = 8.3  # the same where there are letters, Hangul or half-width kana: clean text costs 4 to 7
LONGEST = 2000  # characters searched at a time
LONG = 32  # characters looked at before the whole line is searched
MOST_LOOKS = 4


class Tables(NamedTuple):
    """What telling text from mojibake needs from data/, loaded only when it is needed."""

    model: Callable[[], LanguageModel]
    unusual: Callable[[], re.Pattern[str]]
    """Finds where characters that are neither ASCII nor frequent in Chinese stand close together."""
    fold: Callable[[], Mapping[int, str]]
    """Characters as their Simplified forms."""


class Repair(NamedTuple):
    """A span of a line and what it should be."""

    start: int
    end: int
    new: str
    chain: str
    gain: float
    """Bits saved, hops paid."""
    before: float


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


def odd_lines(text: str, tables: Tables) -> Iterator[tuple[int, int]]:
    """The lines that may hold mojibake: those with unusual characters, and costs to match."""
    unusual = tables.unusual()
    at = 0
    while found := unusual.search(text, at):
        start = text.rfind("\n", at, found.start()) + 1 or at
        end = text.find("\n", found.end())
        at = len(text) if end < 0 else end
        for low, high in _pieces(text, start, at):
            if SINGLE.search(text, low, high) or _is_odd(text[low:high], tables.model()):
                yield low, high


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A line, in pieces if it is very long; cut after ASCII where possible, which is never part of a character."""
    while end - start > LONGEST:
        cut = start + LONGEST
        while cut > start + LONGEST // 2 and text[cut - 1] > "\x7f":
            cut -= 1
        cut = cut if text[cut - 1] <= "\x7f" else start + LONGEST
        yield start, cut
        start = cut
    yield start, end


def _is_odd(line: str, model: LanguageModel) -> bool:
    """Whether some ten characters of a line (all, if it is shorter) cost more than text does."""
    import numpy as np

    costs = np.minimum(model.costs(line), 25)
    codes = np.frombuffer(line.encode("utf-32-le", "surrogatepass"), "<u4")
    costs[(codes >= 0x700) & (codes < 0x1E00)] = 0  # scripts that no codec here leaves behind
    foreign = (codes > 0x7F) & ((codes < 0x700) | (codes > 0x2027) & (codes < 0x2600))
    foreign |= (codes >= 0xAC00) & (codes < 0xF900) | (codes > 0xFF60) & (codes < 0xFFA0)
    if len(line) > WINDOW:
        costs, foreign = (np.convolve(of, np.ones(WINDOW) / WINDOW, "valid") for of in (costs, foreign))
    else:
        costs, foreign = costs.mean(keepdims=True), foreign.mean(keepdims=True)
    odd = np.flatnonzero((costs > ODD_HAN) | (costs > ODD_FOREIGN) & (foreign > 0.3)).tolist()
    starts = [at for at, before in zip(odd, [-LONG, *odd], strict=False) if at - before > 1 or at % LONG == 0]
    return any(_reads_otherwise(line[at : at + LONG], model) for at in starts[:MOST_LOOKS])


def _reads_otherwise(part: str, model: LanguageModel) -> bool:
    """Whether an odd part of a line is anything better as other bytes: a quick look."""
    if HAN.search(part):
        wanted = 0.85 * model.bits(part)
        for wrong in ("gb18030", "big5"):
            data = part.encode(wrong, "ignore")
            if IN_GBK.search(data):
                return True
            for right in CHAINS[wrong][1:]:
                if min(model.bits(data[shift:].decode(right, "replace")) for shift in (0, 1)) < wanted:
                    return True
    hops = [(right, wrong) for wrong in _possible(part) if wrong not in ("gb18030", "big5") for right in CHAINS[wrong]]
    return any(repair.gain > 0 for repair in _by_hops(part, hops, model))


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
        repairs = _apart(line, _by_hops(line, hops[:1], model), model)
        for hop in hops[1:]:
            pairs = [(repair, _by_hops(repair.new, [hop], model)) for repair in repairs]
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
    hops = [(right, wrong) for wrong in _possible(line) for right in CHAINS[wrong]]
    single = _by_hops(line, hops, model)
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


def _by_hops(line: str, hops: Iterable[tuple[str, str]], model: LanguageModel) -> list[Repair]:
    """The spans that one of these (right, wrong) pairs of encodings reads otherwise and cheaper, best first."""
    import numpy as np

    costs = np.concatenate(([0.0], np.cumsum(model.costs(line)))).tolist()
    found = [
        repair
        for right, wrong in hops
        for pieces, first in _encoded(line, wrong)
        for repair in _readings(pieces, first, costs, (right, wrong), model)
        if repair.gain > 0
    ]
    return sorted(found, key=lambda repair: -repair.gain)


def _readings(
    pieces: list[bytes], first: int, costs: list[float], chain: tuple[str, str], model: LanguageModel
) -> list[Repair]:
    """The readable stretches of a run of characters, each by its best part."""
    right, wrong = chain

    def read(pieces: list[bytes]) -> list[Repair]:
        if right == "utf-8" and not UTF8_RUN.search(b"".join(pieces)):
            return []
        return [
            _best_part(costs, first + start, atoms, new, f"{right}>{wrong}", model)
            for start, atoms, new in _decoded(pieces, right)
        ]

    best = read(pieces)
    others = _other_bytes(wrong)
    doubtful = [at for at, piece in enumerate(pieces) if piece in others] if others else []
    if doubtful and sum(repair.gain for repair in best if repair.gain > 0) > MARGIN:
        for at in doubtful:
            tried = read([*pieces[:at], others[pieces[at]], *pieces[at + 1 :]])
            if _worth(tried) > _worth(best):
                best = tried
                pieces = [*pieces[:at], others[pieces[at]], *pieces[at + 1 :]]
    return best


def _worth(repairs: list[Repair]) -> float:
    return sum(max(repair.gain, 0) for repair in repairs)


def _possible(line: str) -> Iterator[str]:
    """The codecs that a line may have been read with, by the kinds of characters they leave."""
    if ALPHABETS.search(line):
        yield from SINGLE_BYTE
    if HAN.search(line):
        yield "gb18030"
        yield "big5"
    if HALF_WIDTH.search(line):
        yield "cp932"
    if HANGUL.search(line):
        yield "cp949"


def _wide(text: str) -> int:
    """How many characters are not ASCII."""
    return sum(char > "\x7f" for char in text)


def _is_spelled(span: str) -> bool:
    """Whether joiners stand between the letters, as where an Arabic alphabet is listed: bytes are seldom all alike."""
    return 4 * sum(char in "\u200c\u200d" for char in span) > len(span)


def _is_text(repair: Repair, model: LanguageModel) -> bool:
    """Whether a span becomes text: no controls, and Chinese where it looked like Chinese before."""
    if UNTEXT.search(repair.new):
        return False
    right, _, wrong = repair.chain.rpartition(">")
    if wrong in SINGLE_BYTE and right.endswith("utf-8"):
        return True
    # any two bytes are some Han character: words are wanted, not one sign often or signs here and there
    if THRICE.search(repair.new) or model.bits(repair.new) > PLAUSIBLE * len(repair.new):
        return False
    runs = HAN_RUN.findall(repair.new)
    all_runs = "".join(runs)
    words = any(len(run) > 1 for run in runs) and len(set(all_runs)) >= min(3, len(all_runs))
    return words and (wrong in SINGLE_BYTE or 2 * len(CHINESE.findall(repair.new)) > _wide(repair.new))


def _best_part(
    costs: list[float], first: int, atoms: list[tuple[int, int]], new: str, chain: str, model: LanguageModel
) -> Repair:
    """The part of a readable span that saves most: `atoms` are the places where both readings have a boundary."""
    import numpy as np

    after = np.concatenate(([0.0], np.cumsum(model.costs(new)))).tolist()
    saved = [costs[first + old] - after[made] for old, made in atoms]
    best, low = (0, 0, float("-inf")), 0
    for at in range(1, len(saved)):
        if saved[at - 1] < saved[low]:
            low = at - 1
        if saved[at] - saved[low] > best[2]:
            best = low, at, saved[at] - saved[low]
    low, high, gain = best
    if gain > 3 * EDGE:  # a rare character at an edge may cost more than what it was read as, and yet belong here
        last = len(saved) - 1
        if saved[0] - saved[low] < EDGE and atoms[low][0] - atoms[0][0] <= EDGE_LENGTH:
            low = 0
        if saved[high] - saved[last] < EDGE and atoms[last][0] - atoms[high][0] <= EDGE_LENGTH:
            high = last
    while low < high and _is_same(atoms, low, new):
        low += 1
    while low < high and _is_same(atoms, high - 1, new):
        high -= 1
    start, end = first + atoms[low][0], first + atoms[high][0]
    gain -= HOP + RARE.get(chain.rpartition(">")[2], 0.0)
    return Repair(start, end, new[atoms[low][1] : atoms[high][1]], chain, gain, costs[end] - costs[start])


def _is_same(atoms: list[tuple[int, int]], at: int, new: str) -> bool:
    """Whether this atom is one ASCII character, which both readings share."""
    (old, made), (old_end, made_end) = atoms[at : at + 2]
    return made_end - made == old_end - old == 1 and new[made] < "\x80"


def _encoded(line: str, wrong: str) -> Iterator[tuple[list[bytes], int]]:
    """(bytes of each character, where) of the runs of the line that the codec can write."""
    codes = bytes_in(wrong)
    run: list[bytes] = []
    high = 0
    for at, char in enumerate(line):
        piece = codes(char)
        if piece:
            run.append(piece)
            high += piece > b"\x7f"
            continue
        if high > 1 or (high and wrong not in SINGLE_BYTE):
            yield run, at - len(run)
        run, high = [], 0
    if high > 1 or (high and wrong not in SINGLE_BYTE):
        yield run, len(line) - len(run)


def _decoded(pieces: list[bytes], right: str) -> Iterator[tuple[int, list[tuple[int, int]], str]]:
    """(first character, atoms, text) of the stretches of these bytes that the codec reads without error."""
    data = b"".join(pieces)
    char_at = {}
    offset = 0
    for index, piece in enumerate(pieces):
        char_at[offset] = index
        offset += len(piece)
    char_at[offset] = len(pieces)
    read = _char_of(right)
    start, wide, until = -1, 0, 0
    atoms: list[tuple[int, int]] = []
    new: list[str] = []
    for found in SEQUENCES[right].finditer(data):
        char = read(found[0])
        if not char or found.start() != until:  # a gap: close the stretch
            if wide and len(atoms) > 1:
                yield start, [(old - start, made) for old, made in atoms], "".join(new)
            start, wide, atoms, new = -1, 0, [], []
        until = found.end()
        if not char:
            continue
        if start < 0:
            if found.start() not in char_at:
                until = -1 if found.end() not in char_at else until
                continue
            start = char_at[found.start()]
            atoms = [(start, 0)]
        new.append(char)
        wide += len(found[0]) > 1
        if until in char_at:
            atoms.append((char_at[until], len(new)))
    if wide and len(atoms) > 1:
        yield start, [(old - start, made) for old, made in atoms], "".join(new)


@cache
def bytes_in(codec: str) -> Callable[[str], bytes]:
    """Characters as bytes of a codec, empty where it has none.

    Single bytes that a Windows code page leaves undefined are the C1 controls of the same number, as in browsers.
    """
    known: dict[str, bytes] = {}
    if codec in SINGLE_BYTE:
        for byte in range(0x100):
            known[bytes([byte]).decode(codec, "ignore") or chr(byte)] = bytes([byte])
        if codec == "cp1252":
            known |= {chr(byte): bytes([byte]) for byte in range(0x80, 0xA0)}
        return lambda char: known.get(char, b"")

    def look(char: str) -> bytes:
        piece = known.get(char)
        if piece is None:
            spelled = (char.encode(spelling, "ignore") for spelling in SPELLINGS.get(codec, (codec,)))
            piece = known[char] = next(filter(None, spelled), b"")
        return piece

    return look


@cache
def _other_bytes(codec: str) -> dict[bytes, bytes]:
    """For the bytes that a codec writes, others that it reads as the same character (Shift-JIS has 400 such)."""
    if codec != "cp932":
        return {}
    others = {}
    for lead in (0x81, 0x87, 0xED, 0xEE, 0xFA, 0xFB, 0xFC):
        for trail in range(0x40, 0xFD):
            char = bytes([lead, trail]).decode(codec, "ignore")
            written = char.encode(codec, "ignore")
            if len(char) == 1 and written != bytes([lead, trail]):
                others[written] = bytes([lead, trail])
    return others


@cache
def _char_of(codec: str) -> Callable[[bytes], str]:
    """Sequences of bytes as the one character they are in a codec, empty where they are none."""
    known: dict[bytes, str] = {}

    def look(sequence: bytes) -> str:
        char = known.get(sequence)
        if char is None:
            char = sequence.decode(codec, "ignore")
            char = known[sequence] = char if len(char) == 1 and char != "\ufffd" else ""
        return char

    return look
