"""What a line looks like, by itself and among its neighbours, as numbers for the line classifier.

Everything that is counted in a line is counted through its tokens: a word, a number, a Han character, a pair of
neighbouring Han characters, or a punctuation mark. Each known token has a row in one table, and the sums of the rows
make most features; so many pages together cost one pass over their characters and some dozens of operations of NumPy.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from corptool.text.lexicon import Lexicon, placed
from corptool.text.neighbours import Terms, best_runs, block_of, cohesion, context
from corptool.text.shapes import capitals, first, last
from corptool.text.tokens import is_digit, numbers, pairs, tokens_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corptool.text.hints import Hint

    Matrix = NDArray[np.float32]
    Column = NDArray[Any]

LONGEST = 150
"""Characters of a line that are looked at; the rest of a long line says nothing new (its length still counts)."""
FROM_END = 40
"""How many of them stand at its end, where agencies and calls to read on are named."""

_TOKEN = re.compile(r"[a-zà-ÿ]+(?:['’][a-z]+)?|\d+|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\w\s]")
LONGEST_DULL = 3
"""Letters of a word that says nothing of what a line speaks of."""
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
    "agency": "getty istock shutterstock alamy reuters afp epa ap rex imago wireimage unsplash pixabay".split(),
}
"""Columns of the table that are not learned."""
LEARNED = 2
"""Learned columns: what a token says for the body, and what, outside the body, for standing after it."""

PLAIN = 17  # columns of `_own` before the learned ones
AGAIN, EARLIER = 14, 17  # two of them
MARKERS = ("comment", "related", "closing", "opening", "offer")


def tokens(key: str) -> list[str]:
    """The tokens of a key (see `lines.key`); in Chinese also each pair of neighbouring characters.

    >>> tokens("共享 a-b 12")
    ['共', '享', 'a', '-', 'b', '12', '共享']
    """
    found = _TOKEN.findall(key)
    return found + [one + two for one, two in pairwise(found) if one > "\u3040" and two > "\u3040"]


def looked_at(key: str) -> str:
    """A key without the middle, if it is long.

    >>> looked_at("a" * 500 + "b" * 500) == "a" * 110 + " " + "b" * 39
    True
    """
    return key if len(key) <= LONGEST else f"{key[: LONGEST - FROM_END]} {key[1 - FROM_END :]}"


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
    return placed(numbers([*known]), table)


class Seen(NamedTuple):
    """What the classifier sees of a page: its lines, none of them blank, their keys (see `lines.key`) and hints."""

    lines: Sequence[str]
    keys: Sequence[str]
    hints: Sequence[Hint] = ()


class Read(NamedTuple):
    """What lines say by themselves: pages one after the other, for each line a column."""

    sizes: Sequence[int]
    """How many lines each page has."""
    own: Matrix
    number: Column
    """Lines that are alike, on the same page, have the same number."""
    terms: Terms
    """What they speak of: words of four letters and more, pairs of characters."""

    def only(self, some: NDArray[np.bool_]) -> Read:
        """The same of some of the lines; a page that has none of them is gone."""
        import numpy as np

        page = np.repeat(np.arange(len(self.sizes)), self.sizes)[some]
        sizes = np.bincount(page)
        line, term = self.terms
        there = some[line]
        terms = (some.cumsum() - 1)[line[there]], term[there]
        return Read(sizes[sizes > 0].tolist(), self.own[:, some], self.number[some], terms)


def read(pages: Sequence[Seen], words: Lexicon) -> Read:
    """Read the lines of pages."""
    import numpy as np

    fresh = count()
    number: list[int] = []
    for page in pages:
        number_of: defaultdict[str, int] = defaultdict(fresh.__next__)
        number += [number_of[key] for key in page.keys]
    said, terms = _said([key for page in pages for key in page.keys], words)
    own = _own([line for page in pages for line in page.lines], said)
    return Read([len(page.lines) for page in pages], own, np.array(number), terms)


def features(lines: Read) -> Matrix:
    """A column of numbers for each line."""
    import numpy as np

    block = block_of(lines.sizes)
    own = lines.own.copy()
    own[AGAIN], own[EARLIER] = _repeated(lines.number)
    weight = np.expm1(own[0])
    prose = _prose(own, weight)
    main = best_runs(prose, block)
    about = cohesion(lines.terms, weight, main, block)
    markers = own[PLAIN + 1 : PLAIN + 1 + len(MARKERS)]
    columns = [*own, *about, *context(own, markers, weight, prose, main, block)]
    found = np.empty((len(columns), len(weight)), dtype=np.float32)
    for row, column in zip(found, columns, strict=True):
        row[:] = column
    return found


class _Said(NamedTuple):
    """What the tokens of each line say together."""

    sums: Matrix
    """Of what the lexicon says of each."""
    tokens: Column
    """How many there are, and of each sort."""
    han: Column
    pairs: Column
    numbers: Column


def _said(keys: Sequence[str], words: Lexicon) -> tuple[_Said, Terms]:
    import numpy as np

    size = len(keys)
    number, first, length, line = tokens_of([*map(looked_at, keys)])
    wide = first > WIDE
    rows = words.rows(number)
    telling = length > LONGEST_DULL
    terms = line[telling], number[telling]
    singles = counts = np.bincount(line, minlength=size)
    two = np.zeros(size, dtype=np.int64)
    if wide.any():
        left = np.flatnonzero(wide[1:] & wide[:-1] & (line[1:] == line[:-1]))
        pair, where = pairs(first[left], first[left + 1]), line[left]
        terms = np.concatenate((terms[0], where)), np.concatenate((terms[1], pair))
        two = np.bincount(where, minlength=size)
        counts = singles + two
        both = np.empty(counts.sum(), dtype=np.int64)
        # Those of a line stand behind its other tokens: the last digit of a sum depends on the order.
        both[np.arange(len(rows)) + (two.cumsum() - two)[line]] = rows
        both[np.arange(len(pair)) + singles.cumsum()[where]] = words.rows(pair)
        rows = both
    sums = np.add.reduceat(words.table.take(rows, axis=0), counts.cumsum() - counts, axis=0)
    han, figures = (np.bincount(line[some], minlength=size) for some in (wide, is_digit(first)))
    return _Said(sums.T, counts, han, two, figures), terms


def _own(lines: Sequence[str], said: _Said) -> Matrix:
    """What a line says by itself. The learned columns come last."""
    import numpy as np

    sums, counts = said.sums, said.tokens
    stop, mark, comma, separator, end = sums[:5]
    markers = np.minimum(sums[5 : len(CLASSES)], 1)
    learned = sums[len(CLASSES) :]
    han, pairs, numbers = (one.astype(np.float32) for one in (said.han, said.pairs, said.numbers))
    latin = np.maximum(counts - han - pairs - mark, 0)
    length = np.fromiter(map(len, lines), dtype=np.float32, count=len(lines))
    scale = np.maximum(length / LONGEST, 1)
    inside = 0.6 * han + latin
    known = np.maximum(han + latin, 1)
    upper = capitals([line[:LONGEST] for line in lines]) / np.maximum(latin, 1)
    ends, colon, cut = last(lines)
    opens, lower = first(lines)
    on_page = np.zeros_like(length)  # for AGAIN and EARLIER, which depend on the other lines
    base = [
        np.log1p(inside * scale), np.log1p(length), stop / known, ends, colon, cut,
        comma / np.maximum(inside, 1) * 10, np.minimum(comma * scale, 8), han / known, numbers / counts,
        numbers, upper, np.minimum(separator, 6), np.minimum(end * scale, 6), on_page, opens, lower, on_page,
    ]  # fmt: skip
    return np.vstack([*base, markers, learned, learned / np.sqrt(known)]).astype(np.float32)


def _repeated(number: Column) -> tuple[Column, Column]:
    """How often each line stands elsewhere on its page, and how often above; up to four times and three."""
    import numpy as np

    times = np.bincount(number)
    order = np.argsort(number, kind="stable")
    earlier = np.empty_like(number)
    earlier[order] = np.arange(len(number)) - (times.cumsum() - times)[number[order]]
    return np.minimum(times[number] - 1, 4), np.minimum(earlier, 3)


def _prose(own: Matrix, weight: Column) -> Column:
    """How much a line looks like running text: its words above a floor, if it has stop words or ends as a sentence."""
    import numpy as np

    good = (own[2] > 0.12) | (own[3] > 0)
    return np.where(good, weight - 12, -np.minimum(weight, 8) - 2).clip(-10, 60)
