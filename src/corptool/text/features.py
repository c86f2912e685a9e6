"""What a line looks like, by itself and among its neighbours, as numbers for the line classifier.

Everything that is counted in a line is counted through its tokens: a word, a number, a Han character, a pair of
neighbouring Han characters, or a punctuation mark. Each known token has a row in one table, and the sums of the rows
make most features; so a page costs one pass of a regular expression and a few dozen operations of NumPy.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count, pairwise, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.text.neighbours import best_runs, block_of, cohesion, context

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corptool.text.hints import Hint

    Matrix = NDArray[np.float32]
    Column = NDArray[Any]

LONGEST = 150
"""Characters of a line that are looked at; the rest of a long line says nothing new (its length still counts)."""

_TOKEN = re.compile(r"[a-zà-ÿ]+(?:['’][a-z]+)?|\d+|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\w\s]|\n")
"""Of many lines at once: the end of each is one, too."""
LONGEST_DULL = 3
"""Letters of a word that says nothing of what a line speaks of."""
_TIMES = 0xD7
"""× stands among the capitals, but is no letter."""
WIDE = 0x3040
"""Characters above are words of their own, or signs of the same width."""

CLASSES: dict[str, Iterable[str]] = {
    "stop": [
        *(
            "the of and to in a is that for it as was with be by on not he his but at are this have from or had an "
            "they which one you were all her she there would their we him been has when who will no more if out so "
            "up said what its about than into them can only other time new some could these two may first then do "
            "any like my now over such our man me even most made after also did many off before must well back "
            "through years much where your way down should because long each just those people too i how while "
            "being against during without"
        ).split(),
        *"的了是在和与为对等将有中不一这上个也就到以要人我会他们说而于及其被把从还但并之所则该她它",
    ],
    "mark": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~、。《》〈〉「」『』【】〔〕“”‘’…—–·•│→←↑↓►▶■◆●★☆©®™€£",
    "comma": ",、;",
    "separator": "|>»›/·•│→",
    "end": ".!?。",
    "comment": (
        "comment comments reply replies says commented discussion conversation posted "
        "评论 留言 跟帖 网友 楼主 发言 回复 回应"
    ).split(),
    "related": (
        "related trending recommended recommend popular latest most viewed next previous also stories picks sponsored "
        "promoted recent tags tag more "
        "相关 推荐 热点 热门 热文 更多 猜你 排行 精彩 延伸 上一 下一 最新 头条 同类 随机 焦点 标签 关键"
    ).split(),
    "closing": (
        "© copyright rights reserved follow sign newsletter subscribe privacy cookie cookies terms contact advertise "
        "careers sitemap feedback filed topics icp "
        "责编 编辑 版权 免责 声明 举报 分享 点赞 扫一 打开 返回 上页 下页 隐私 联系 联络 友情 链接 合作 加入 条款 转载"
    ).split(),
    "opening": (
        "home skip by published updated share photo photograph image credit getty reuters listen source release "
        "facebook twitter whatsapp menu search ago jan feb mar apr jun jul aug sep oct nov dec january february "
        "march april june july august september october november december "
        "来源 作者 记者 发布 发表 浏览 点击 阅读 字号 字体 大小 打印 收藏 当前 位置 首页 微博 微信 时间"
    ).split(),
    "offer": (
        "advertisement ad ads javascript browser enable loading continue continues click app store login log register "
        "subscriber paywall premium trial 登录 登入 注册 下载 客户 广告 订阅"
    ).split(),
}
"""Columns of the table that are not learned."""
LEARNED = 2
"""Learned columns: what a token says for the body, and what, outside the body, for standing after it."""

PLAIN = 17  # columns of `_own` before the learned ones
MARKERS = ("comment", "related", "closing", "opening", "offer")


def tokens(key: str) -> list[str]:
    """The tokens of a key (see `lines.key`); in Chinese also each pair of neighbouring characters.

    >>> tokens("共享 a-b 12")
    ['共', '享', 'a', '-', 'b', '12', '共享']
    """
    found = _TOKEN.findall(key)
    return found + [one + two for one, two in pairwise(found) if one > "\u3040" and two > "\u3040"]


class Lexicon(NamedTuple):
    """What each known token says: a row of `table` for each entry of `rows`; row 0 is for all others."""

    rows: Mapping[str, int]
    table: Matrix
    pairs: Column
    """The known pairs of characters, as numbers in order (see `_pair`), …"""
    pair_rows: Column
    """… and the row of each."""


def lexicon(learned: Mapping[str, Sequence[float]]) -> Lexicon:
    """The table of tokens: the classes, and the learned weights of each."""
    import numpy as np

    known = dict.fromkeys([*chain.from_iterable(CLASSES.values()), *learned])
    rows = {token: row for row, token in enumerate(known, 1)}
    table = np.zeros((len(rows) + 1, len(CLASSES) + LEARNED), dtype=np.float32)
    for column, members in enumerate(CLASSES.values()):
        table[[rows[token] for token in members], column] = 1
    for token, weights in learned.items():
        table[rows[token], len(CLASSES) :] = weights
    pairs = {_pair(*map(ord, token)): row for token, row in rows.items() if len(token) == 2}
    order = sorted(pairs)
    return Lexicon(rows, table, np.array(order), np.array([pairs[pair] for pair in order]))


def _pair(one: Any, two: Any) -> Any:
    """One number for two characters, above those of tokens."""
    return (one + 1) * 0x110000 + two


class Seen(NamedTuple):
    """What the classifier sees of a page: its lines, none of them blank, their keys (see `lines.key`) and hints."""

    lines: Sequence[str]
    keys: Sequence[str]
    hints: Sequence[Hint] = ()


def features(pages: Sequence[Seen], words: Lexicon) -> Matrix:
    """A column of numbers for each line, one page after the other."""
    import numpy as np

    block = block_of(len(page.lines) for page in pages)
    read = _read([key for page in pages for key in page.keys], words)
    own = _own([line for page in pages for line in page.lines], [page.keys for page in pages], read)
    weight = np.expm1(own[0])
    prose = _prose(own, weight)
    main = best_runs(prose, block)
    about = cohesion(read.terms, weight, main, block)
    markers = own[PLAIN + 1 : PLAIN + 1 + len(MARKERS)]
    columns = [*own, *about, *context(own, markers, weight, prose, main, block)]
    found = np.empty((len(columns), len(weight)), dtype=np.float32)
    for row, column in zip(found, columns, strict=True):
        row[:] = column
    return found


class _Read(NamedTuple):
    """What the tokens of lines say; each is a column, or columns, with a number for each line."""

    sums: Matrix
    """What the lexicon says of all tokens of a line together."""
    tokens: Column
    """How many there are; …"""
    han: Column
    pairs: Column
    numbers: Column
    terms: tuple[Column, Column]
    """Lines and what they speak of: words of four letters and more, pairs of characters; as numbers."""


def _read(keys: Sequence[str], words: Lexicon) -> _Read:
    import numpy as np

    size = len(keys)
    found = _TOKEN.findall("\n".join([key[:LONGEST] for key in keys]) + "\n")
    number: defaultdict[str, int] = defaultdict(count().__next__)
    token = np.fromiter(map(number.__getitem__, found), dtype=np.int64, count=len(found))
    end = token == number["\n"]
    line = end.cumsum() - end
    # The end of a line is no token of it, but stands for one where there is no other.
    real = ~end
    real[0] = True
    real[1:] |= end[:-1]
    token, line = token[real], line[real]
    long = np.fromiter(map(len, number), dtype=np.int64, count=len(number))
    first = _codes("".join(number))[long.cumsum() - long]
    is_number = np.fromiter(map(str.isdecimal, number), dtype=bool, count=len(number))
    rows = np.fromiter(map(words.rows.get, number, repeat(0)), dtype=np.int64, count=len(number))[token]
    wide = first[token] > WIDE
    telling = long[token] > LONGEST_DULL
    terms = line[telling], token[telling]
    counts = tokens = np.bincount(line, minlength=size)
    pairs = np.zeros(size, dtype=np.int64)
    if wide.any():
        left = np.flatnonzero(wide[1:] & wide[:-1] & (line[1:] == line[:-1]))
        pair, where = _pair(first[token[left]], first[token[left + 1]]), line[left]
        terms = np.concatenate((terms[0], where)), np.concatenate((terms[1], pair))
        pairs = np.bincount(where, minlength=size)
        at = np.searchsorted(words.pairs, pair).clip(max=len(words.pairs) - 1)
        pair_rows = words.pair_rows[at] * (words.pairs[at] == pair)
        # those of a line stand behind its other tokens, for the last digit of a sum depends on the order
        counts = tokens + pairs
        both = np.empty(counts.sum(), dtype=np.int64)
        both[np.arange(len(rows)) + (pairs.cumsum() - pairs)[line]] = rows
        both[np.arange(len(pair)) + tokens.cumsum()[where]] = pair_rows
        rows = both
    sums = np.add.reduceat(words.table.take(rows, axis=0), counts.cumsum() - counts, axis=0)
    han = np.bincount(line[wide], minlength=size)
    return _Read(sums.T, counts, han, pairs, np.bincount(line[is_number[token]], minlength=size), terms)


def _codes(text: str) -> Column:
    """Its code points."""
    import numpy as np

    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)


def _own(lines: Sequence[str], pages: Sequence[Sequence[str]], read: _Read) -> Matrix:
    """What a line says by itself, and how often it stands on the page. The learned columns come last."""
    import numpy as np

    sums, counts = read.sums, read.tokens
    stop, mark, comma, separator, end = sums[:5]
    markers = np.minimum(sums[5 : len(CLASSES)], 1)
    learned = sums[len(CLASSES) :]
    han, pairs, numbers = (one.astype(np.float32) for one in (read.han, read.pairs, read.numbers))
    latin = np.maximum(counts - han - pairs - mark, 0)
    length = np.fromiter(map(len, lines), dtype=np.float32, count=len(lines))
    scale = np.maximum(length / LONGEST, 1)
    inside = 0.6 * han + latin
    known = np.maximum(han + latin, 1)
    ends, colon, cut = _last(lines)
    again, earlier = _repeated(pages)
    base = [
        np.log1p(inside * scale), np.log1p(length), stop / known, ends, colon, cut,
        comma / np.maximum(inside, 1) * 10, np.minimum(comma * scale, 8), han / known, numbers / counts,
        numbers, _capitals(lines) / np.maximum(latin, 1), np.minimum(separator, 6), np.minimum(end * scale, 6),
        np.minimum(again, 4), [line[0] in "\"“‘「『'" for line in lines], [line[0].islower() for line in lines],
        np.minimum(earlier, 3),
    ]  # fmt: skip
    return np.vstack([*base, markers, learned, learned / np.sqrt(known)]).astype(np.float32)


def _last(lines: Sequence[str]) -> tuple[Column, Column, Column]:
    """Whether each line ends, before closing quotes and brackets, as a sentence does; in a colon; cut short."""
    import numpy as np

    codes = _codes("".join([line[-3:].rjust(3) for line in lines])).reshape(-1, 3).T
    third, second, last = codes
    closing = np.isin(codes, _codes("\"'”’」』)]）】"))
    before = np.where(closing[2], np.where(closing[1], third, second), last)
    cut = (last == ord("…")) | ((last == ord(".")) & (second == last))
    return np.isin(before, _codes(".!?。！？…")), np.isin(before, _codes(":：")), cut


def _capitals(lines: Sequence[str]) -> Column:
    """How many words of each line begin with a capital letter: as `\\b[A-ZÀ-Þ]` finds them."""
    import numpy as np

    heads = "\n" + "\n".join([line[:LONGEST] for line in lines])
    codes = _codes(heads)
    at = np.flatnonzero(((codes >= 0x41) & (codes <= 0x5A)) | ((codes >= 0xC0) & (codes <= 0xDE)))
    before = codes[at - 1]
    after_word = np.fromiter(map(str.isalnum, map(chr, before.tolist())), dtype=bool, count=len(at)) | (
        before == ord("_")
    )
    found = at[after_word == (codes[at] == _TIMES)]
    return np.bincount((codes == ord("\n")).cumsum()[found] - 1, minlength=len(lines))


def _repeated(pages: Sequence[Sequence[str]]) -> tuple[Column, Column]:
    """How often each line stands elsewhere on its page, and how often above."""
    import numpy as np

    fresh = count()
    numbers: list[int] = []
    for keys in pages:
        number_of: defaultdict[str, int] = defaultdict(fresh.__next__)
        numbers += [number_of[key] for key in keys]
    number = np.array(numbers)
    times = np.bincount(number)
    order = np.argsort(number, kind="stable")
    earlier = np.empty(len(number), dtype=np.int64)
    earlier[order] = np.arange(len(number)) - (times.cumsum() - times)[number[order]]
    return times[number] - 1, earlier


def _prose(own: Matrix, weight: Column) -> Column:
    """How much a line looks like running text: its words above a floor, if it has stop words or ends as a sentence."""
    import numpy as np

    good = (own[2] > 0.12) | (own[3] > 0)
    return np.where(good, weight - 12, -np.minimum(weight, 8) - 2).clip(-10, 60)
