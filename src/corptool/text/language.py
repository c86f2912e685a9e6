"""Which language a text is in, and for Chinese which script: told where something in the text tells it, else not.

Scripts are told by characters that only one of them has. Most short Chinese texts without such a character are right
in both scripts; nobody can know, so nothing is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
KANA = "\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d"
HANGUL = "\uac00-\ud7a3\u1100-\u11ff"
WORD = re.compile(f"[^\\W\\d_{HAN}{KANA}{HANGUL}]+")
ADDRESS = r"(?:[!#-;=?-_a-~]|(?<=[/=%])[^\W\x00-\x7f][\w.~-]*)+"
"""Chinese text follows an address without a space: Han belongs to it only at the start of a part of its path."""
URL = re.compile(rf"(?<![A-Za-z0-9])(?:https?|ftp)://{ADDRESS}")
WWW = re.compile(rf"(?<![A-Za-z0-9])www\.{ADDRESS}")
MAIL = re.compile(r"(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]*@[A-Za-z0-9][A-Za-z0-9_.-]*")
"""Mail addresses and @names. It begins where such characters begin, or long words would take squares."""
NO_PROSE = re.compile(rf"{URL.pattern}|{WWW.pattern}|{MAIL.pattern}|`[^`\n]*`|<[^<>\n]{{1,200}}>")

KANA_SHARE = 0.1
"""Of Han and kana. Japanese sentences have 40 % and more; Chinese ones quote a brand."""
HAN_SHARE = 2
"""Han characters count for this many Latin words: 'a 2025 title 標題' is English, 'Rust 編程' is Chinese."""
MINORITY = 0.25
"""Of the telling characters. From here on a text is mixed; quotations stay under 10 %."""
REGION = (5, 4)
"""Words of a region that are needed, and how many times as many as of the other one."""

ENGLISH = frozenset(
    "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which "
    "one you were all her she there would their we him been has when who will no more if out so up said what its about "
    "than into them can only other new some could time these two may then do first any my now such like our over man "
    "me even most made after also did many before must through your see how us i".split()
)
FUNCTION_WORDS = {
    tag: frozenset(words.split())
    for tag, words in {
        "de": "der die das und ist in den von zu mit sich des auf für nicht ein eine einer dem es im auch als an "
        "werden aus er hat dass sie nach wird bei noch wie um war haben nur oder aber vor zur mehr durch man sind ich",
        "fr": "le la les de des du et est un une en que qui dans pour pas sur au aux avec ce il elle par plus ne se "
        "sont son sa ses ont mais comme ou je nous vous leur cette été y a ces on si tu être fait tout d l qu n s c j",
        "es": "el la los las de del y en que un una por con para se no es al lo su como más pero sus le ha o este sí "
        "porque esta entre cuando muy sin sobre también me hasta hay donde han quien desde todo nos ya fue son",
        "pt": "o a os as de do da dos das e em no na nos nas que um uma por com para se não é ao à mais mas foi como "
        "seu sua ou ser quando muito há já está eu também só pelo pela até isso ela ele entre depois sem mesmo são",
        "it": "il lo la i gli le di del della dei delle e in nel nella che un una per con non è al alla da dal si "
        "sono come più ma anche ha ho suo sua o se questo questa ci quando su dopo stato tutto degli ai c l dell un",
        "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als dan maar bij nog uit wel naar "
        "heeft ze door over werd worden hij ik wat dit was tot je hun meer had deze kan zich wordt die haar geen",
    }.items()
}
"""Of the languages that chardet takes for one another."""
FUNCTION_SHARE = 0.2
CONFIDENCE = 0.8

TAIWAN = re.compile(
    "軟體|硬體|程式碼|網際網路|行動電話|智慧型|部落格|簡訊|列印|雷射|計程車|捷運|腳踏車|義大利|紐西蘭|歐巴馬|川普|馬鈴薯|"
    "冰淇淋|悠遊卡|健保|統一編號|新臺幣|新台幣|滑鼠|記憶體|資料庫|物件導向|伺服器|迴圈|預設|解析度|介面|使用者"
)
HONG_KONG = re.compile(  # words only, no set: then the first characters of all are looked for at once
    "嘅|咗|喺|唔|佢|哋|冇|嚟|嘢|啲|咁|乜|嗰|的士|巴士|士多|質素|屋苑|港鐵|八達通|電單車|泊車|傢俬|雪糕|三文治|朱古力|薯仔|布殊|碧咸|警務處|"
    "康文署|廉署|差餉|強積金|公屋|居屋|中學文憑|着|裏|衞"
)


class Tables(NamedTuple):
    """Sets of characters of the first plane, from data/scripts.tsv. `rules.script_tables()` loads them."""

    simplified: frozenset[str]
    traditional: frozenset[str]
    japanese: frozenset[str]
    """Reforms of Japanese script that no Chinese script has: 広 and 駅."""
    reformed: frozenset[str]
    """All of its reforms, with those that Simplified has too: 国."""
    unreformed: frozenset[str]
    """What they replaced, and modern Japanese text no longer has: 國."""


class Language(NamedTuple):
    """What was told."""

    tag: str | None
    """BCP 47: `en`, `zh-Hans`, `zh-Hant`, `zh-Hant-HK`, `zh` (both scripts), `ja`, …; None where nothing tells."""
    lines: Mapping[str, list[int]] = {}
    """Of a text in both scripts, which lines (from 1) are in which."""


def language(text: str, tables: Tables) -> Language:
    """The language of a text. URLs, addresses, markup and code are looked past.

    >>> from corptool.rules import script_tables
    >>> tables = script_tables()
    >>> [language(text, tables).tag for text in ("网站首页", "網站首頁", "東京の駅です", "中文", "It is the end.")]
    ['zh-Hans', 'zh-Hant', 'ja', None, 'en']
    """
    prose = NO_PROSE.sub(" ", text)
    counts = Counter(prose)
    han, kana, hangul = (_number(counts, span) for span in (HAN, KANA, HANGUL))
    words = len(WORD.findall(prose))
    if 2 * hangul > han + kana + hangul + words:
        return Language("ko")
    if HAN_SHARE * (han + kana) < words or not han + kana:
        return Language(_of_words(prose))
    if _is_japanese(frozenset(counts), han, kana, tables):
        return Language("ja")
    return _chinese(prose, tables) if han else Language(None)


def script(text: str, tables: Tables) -> str | None:
    """`s`, `t`, `mixed`, or None: which Chinese script, by the characters that only one has.

    >>> from corptool.rules import script_tables
    >>> [script(text, script_tables()) for text in ("汉字", "漢字", "汉字漢字", "人口")]
    ['s', 't', 'mixed', None]
    """
    simplified, traditional = evidence(text, tables)
    if not simplified and not traditional:
        return None
    if min(simplified, traditional) > MINORITY * (simplified + traditional):
        return "mixed"
    return "s" if simplified > traditional else "t"


@lru_cache(maxsize=2)  # `convert` asks of the same text again
def evidence(text: str, tables: Tables) -> tuple[int, int]:
    """How many characters only Simplified text has, and how many only Traditional text."""
    if text.isascii():
        return 0, 0
    return len(_any_of(tables.simplified).findall(text)), len(_any_of(tables.traditional).findall(text))


@lru_cache(maxsize=8)
def _any_of(characters: frozenset[str]) -> re.Pattern[str]:
    return re.compile(f"[{''.join(sorted(characters))}]")


def is_chinese(text: str, tables: Tables) -> bool:
    """Does it hold a character that Chinese has and modern Japanese has not?

    >>> from corptool.rules import script_tables
    >>> [is_chinese(text, script_tables()) for text in ("他说", "國語", "国語", "他")]
    [True, True, False, False]
    """
    return not tables.unreformed.isdisjoint(text) or is_simplified(text, tables)


def is_simplified(text: str, tables: Tables) -> bool:
    """Does it hold a character that only Simplified has: neither Traditional nor Japanese text?

    >>> from corptool.rules import script_tables
    >>> [is_simplified(text, script_tables()) for text in ("他说", "國語", "国")]
    [True, False, False]
    """
    return bool((frozenset(text) & tables.simplified) - tables.reformed)


def _number(counts: Mapping[str, int], span: str) -> int:
    found = re.findall(f"[{span}]", "".join(counts))
    return sum(counts[character] for character in found)


def _is_japanese(characters: frozenset[str], han: int, kana: int, tables: Tables) -> bool:
    japanese_only = characters & tables.japanese
    simplified = (characters & tables.simplified) - tables.reformed
    conforms = not characters & tables.unreformed and not simplified and _in_jis(characters)
    # の alone is an ornament in Chinese
    if kana >= KANA_SHARE * (han + kana) and (conforms or set(re.findall(f"[{KANA}]", "".join(characters))) != {"の"}):
        return bool(kana)
    reforms = characters & tables.simplified & tables.reformed
    return conforms and bool(japanese_only or (reforms and characters & tables.traditional))


def _in_jis(characters: frozenset[str]) -> bool:
    try:
        "".join(character for character in characters if character >= "\u3400").encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def _chinese(text: str, tables: Tables) -> Language:
    verdict = script(text, tables)
    if verdict == "s":
        return Language("zh-Hans")
    if verdict == "t":
        return Language("zh-Hant" + region(text))
    if verdict is None:
        return Language(None)
    lines: dict[str, list[int]] = {"zh-Hans": [], "zh-Hant": []}
    for number, line in enumerate(text.split("\n"), 1):
        if of_line := script(line, tables):
            for name in {"s": ["zh-Hans"], "t": ["zh-Hant"], "mixed": ["zh-Hans", "zh-Hant"]}[of_line]:
                lines[name].append(number)
    return Language("zh", lines)


def region(text: str) -> str:
    """`-TW`, `-HK` or nothing, of Traditional text: only a document's vocabulary tells, its characters do not.

    >>> region("佢哋喺度等緊巴士，唔知幾時到。")
    '-HK'
    """
    taiwan, hong_kong = len(TAIWAN.findall(text)), len(HONG_KONG.findall(text))
    least, times = REGION
    if taiwan >= max(least, times * hong_kong):
        return "-TW"
    return "-HK" if hong_kong >= max(least, times * taiwan) else ""


def _of_words(text: str) -> str | None:
    """The language of alphabetic text: English by its function words, others by chardet where there is enough."""
    found = re.findall(r"[^\W\d_]+", text.lower())
    if not found:
        return None
    known = sum(word in ENGLISH for word in found)
    shares = {tag: sum(word in words for word in found) / len(found) for tag, words in FUNCTION_WORDS.items()}
    best = max(shares, key=lambda tag: shares[tag])
    if known >= max(1, 0.2 * len(found), shares[best] * len(found)):
        return "en"
    if sum(map(len, found)) < 60:
        return None
    import chardet

    told = chardet.detect(text.encode("utf-8", "ignore"))
    named = told["language"]
    if not named or named in ("en", "zh", "ja", "ko") or told["confidence"] < CONFIDENCE:
        return None
    if shares[best] < FUNCTION_SHARE:
        return None if named in shares else named
    return named if named == best else None
