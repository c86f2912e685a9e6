"""Zhuyin, the phonetic letters of Taiwan, as pinyin."""

from __future__ import annotations

import unicodedata

LETTERS = "ㄅ-ㄩˉˊˇˋ˙"
INITIALS = dict(
    zip(
        "ㄅㄆㄇㄈㄉㄊㄋㄌㄍㄎㄏㄐㄑㄒㄓㄔㄕㄖㄗㄘㄙ",
        "b p m f d t n l g k h j q x zh ch sh r z c s".split(),
        strict=True,
    )
)
FINALS = dict(
    zip(
        "ㄚ ㄛ ㄜ ㄝ ㄞ ㄟ ㄠ ㄡ ㄢ ㄣ ㄤ ㄥ ㄦ ㄧ ㄧㄚ ㄧㄛ ㄧㄝ ㄧㄞ ㄧㄠ ㄧㄡ ㄧㄢ ㄧㄣ ㄧㄤ ㄧㄥ "
        "ㄨ ㄨㄚ ㄨㄛ ㄨㄞ ㄨㄟ ㄨㄢ ㄨㄣ ㄨㄤ ㄨㄥ ㄩ ㄩㄝ ㄩㄢ ㄩㄣ ㄩㄥ".split(),
        "a o e ê ai ei ao ou an en ang eng er i ia io ie iai iao iu ian in iang ing "
        "u ua uo uai ui uan un uang ong ü üe üan ün iong".split(),
        strict=True,
    )
)
ALONE = {"iu": "you", "ui": "wei", "un": "wen", "ong": "weng", "i": "yi", "in": "yin", "ing": "ying", "u": "wu"}
TONES = {"ˉ": "\u0304", "ˊ": "\u0301", "ˇ": "\u030c", "ˋ": "\u0300", "˙": ""}


def pinyin(zhuyin: str) -> str:
    """A syllable in pinyin with its tone mark; empty if it is none.

    >>> [pinyin(syllable) for syllable in ("ㄨㄤˇ", "ㄒㄩㄝˊ", "ㄓㄨㄥ", "˙ㄇㄣ", "ㄌㄩˋ", "ㄕˋ", "ㄅㄅ")]
    ['wǎng', 'xué', 'zhōng', 'men', 'lǜ', 'shì', '']
    """
    tone = next((TONES[letter] for letter in zhuyin if letter in TONES), TONES["ˉ"])
    letters = "".join(letter for letter in zhuyin if letter not in TONES)
    initial = INITIALS.get(letters[:1], "")
    rest = letters[1:] if initial else letters
    final = FINALS.get(rest, "")
    if not rest and initial in ("zh", "ch", "sh", "r", "z", "c", "s"):
        final = "i"
    if not final:
        return ""
    return _marked(_spelled(initial, final), tone)


def _spelled(initial: str, final: str) -> str:
    if not initial:
        if final in ALONE:
            return ALONE[final]
        if final[0] == "ü":
            return "yu" + final[1:]
        return {"i": "y", "u": "w"}.get(final[0], final[0]) + final[1:]
    if initial in ("j", "q", "x"):
        final = final.replace("ü", "u")
    return initial + ("o" if final == "uo" and initial in ("b", "p", "m", "f") else final)


def _marked(syllable: str, tone: str) -> str:
    """The mark stands over a, e, o in that order of claim; else over the last vowel."""
    place = next((syllable.index(vowel) for vowel in "aeoê" if vowel in syllable), None)
    if place is None:
        place = max(syllable.rfind(vowel) for vowel in "iuü")
    return unicodedata.normalize("NFC", syllable[: place + 1] + tone + syllable[place + 1 :])
