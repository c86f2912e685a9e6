"""What a line looks like, by itself and among its neighbours, as numbers for the line classifier.

Everything that is counted in a line is counted through its tokens: a word, a number, a Han character, a pair of
neighbouring Han characters, or a punctuation mark. Each known token has a row in one table, and the sums of the rows
make most features; so a page costs one pass of a regular expression and a few dozen operations of NumPy.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, pairwise, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Column = NDArray[Any]

LONGEST = 150
"""Characters of a line that are looked at; the rest of a long line says nothing new (its length still counts)."""

_TOKEN = re.compile(r"[a-zà-ÿ]+(?:['’][a-z]+)?|\d+|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\w\s]")
_ASCII_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+|[^\w\s]")
"""The same tokens, found in half the time where a key is ASCII."""
_CAPITAL = re.compile(r"[A-ZÀ-Þ](?:(?<!\w.)(?<!×)|(?<=\w×))")
r"""`\b[A-ZÀ-Þ]`, found in half the time because the letter stands first; × is no letter, but in that range."""

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
    if key.isascii():
        return _ASCII_TOKEN.findall(key)
    found = _TOKEN.findall(key)
    return found + [one + two for one, two in pairwise(found) if one > "\u3040" and two > "\u3040"]


class Lexicon(NamedTuple):
    """What each known token says: a row of `table` for each entry of `rows`; row 0 is for all others."""

    rows: Mapping[str, int]
    table: Matrix


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
    return Lexicon(rows, table)


def features(lines: Sequence[str], keys: Sequence[str], words: Lexicon) -> Matrix:
    """A row of numbers for each line (none of them blank); `keys` as `lines.key` makes them."""
    import numpy as np

    read = list(map(_read, lines, keys))
    own = _own(lines, keys, read, words)
    weight = np.expm1(own[:, 0])
    prose = _prose(own, weight)
    first, last = best_run(prose)
    about = _cohesion([one.telling for one in read], weight, first, last)
    return np.column_stack([own, about, *_context(own, weight, prose, first, last)]).astype(np.float32)


class _Read(NamedTuple):
    """What is counted in a line itself, with no other line and no lexicon."""

    tokens: list[str]
    telling: set[str]
    """Those that say what the line speaks of: words of four letters and more, pairs of characters."""
    plain: bytes
    """Counts and flags that no table gives; none is above `LONGEST`."""


def _read(line: str, key: str) -> _Read:
    found = tokens(key[:LONGEST]) or [""]
    telling = {one for one in found if len(one) > 3}
    han = pairs = 0
    if not key.isascii():
        wide = [one for one in found if one > "\u3040"]
        two = [one for one in wide if len(one) == 2]
        han, pairs = len(wide) - len(two), len(two)
        telling.update(two)
    last = (line[-3:].rstrip("\"'”’」』)]）】") or line)[-1:]
    plain = (
        han, pairs, sum(map(str.isdecimal, found)), len(_CAPITAL.findall(line, 0, LONGEST)),
        line[:1] in "\"“‘「『'", line[:1].islower(), last in ".!?。！？…", last in ":：",
        line.endswith(("...", "…", "..")),
    )  # fmt: skip
    return _Read(found, telling, bytes(plain))


def _own(lines: Sequence[str], keys: Sequence[str], read: Sequence[_Read], words: Lexicon) -> Matrix:
    """What a line says by itself, and how often it stands on the page. The learned columns come last."""
    import numpy as np

    counts = np.array([len(one.tokens) for one in read])
    flat = chain.from_iterable(one.tokens for one in read)
    rows = np.fromiter(map(words.rows.get, flat, repeat(0)), dtype=np.int64, count=counts.sum())
    sums = np.add.reduceat(words.table.take(rows, axis=0), np.concatenate(([0], counts.cumsum()[:-1])), axis=0)
    stop, mark, comma, separator, end = sums[:, :5].T
    markers = np.minimum(sums[:, 5 : len(CLASSES)], 1)
    learned = sums[:, len(CLASSES) :]
    plain = np.frombuffer(b"".join(one.plain for one in read), dtype=np.uint8).reshape(len(read), -1)
    han, pairs, numbers, capitals, opens, lower, ends, colon, cut = plain.T.astype(np.float32)
    latin = np.maximum(counts - han - pairs - mark, 0)
    length = np.fromiter(map(len, lines), dtype=np.float32, count=len(lines))
    scale = np.maximum(length / LONGEST, 1)
    inside = 0.6 * han + latin
    known = np.maximum(han + latin, 1)
    seen: dict[str, int] = {}
    earlier = []
    for key in keys:
        earlier.append(times := seen.get(key, 0))
        seen[key] = times + 1
    base = [
        np.log1p(inside * scale), np.log1p(length), stop / known, ends, colon, cut,
        comma / np.maximum(inside, 1) * 10, np.minimum(comma * scale, 8), han / known, numbers / counts,
        numbers, capitals / np.maximum(latin, 1), np.minimum(separator, 6), np.minimum(end * scale, 6),
        np.minimum([seen[key] - 1 for key in keys], 4), opens, lower, np.minimum(earlier, 3),
    ]  # fmt: skip
    return np.column_stack([*base, markers, learned, learned / np.sqrt(known)[:, None]]).astype(np.float32)


def _prose(own: Matrix, weight: Column) -> Column:
    """How much a line looks like running text: its words above a floor, if it has stop words or ends as a sentence."""
    import numpy as np

    good = (own[:, 2] > 0.12) | (own[:, 3] > 0)
    return np.where(good, weight - 12, -np.minimum(weight, 8) - 2).clip(-10, 60)


def _cohesion(telling: Sequence[set[str]], weight: Column, first: int, last: int) -> Matrix:
    """How much of what a line and its neighbours speak of is spoken of in the first prose of the page.

    Comments and the next article of an endless page are prose, but prose about something else.
    """
    import numpy as np

    count = len(telling)
    core = {*((np.flatnonzero(weight[first : last + 1] >= 20) + first)[:6].tolist())}
    spoken = Counter(chain.from_iterable(telling[number] for number in core))
    once, again = {*spoken}, {term for term, times in spoken.items() if times > 1}
    alone = {term for term, times in Counter(chain.from_iterable(telling)).items() if times == 1}
    shares = [  # a line of the core is compared with its other lines
        (len(some), len(some & (again if number in core else once)), len(some & alone))
        for number, some in enumerate(telling)
    ]
    many, hit, lone = np.array(shares, dtype=np.float64).T
    sums = np.array([(0, 0, 0), *shares], dtype=np.float64).cumsum(axis=0)
    at = np.arange(count)
    columns = [hit / (many + 2), lone / (many + 2)]
    for low, high in ((-3, 4), (-8, 0), (1, 9)):
        part = sums[(at + high).clip(0, count)] - sums[(at + low).clip(0, count)]
        columns += [part[:, 1] / (part[:, 0] + 3), part[:, 2] / (part[:, 0] + 3)]
    return np.column_stack(columns).astype(np.float32)


def _context(own: Matrix, weight: Column, prose: Column, first: int, last: int) -> list[Column]:
    """What stands around each line, and where on the page it is."""
    import numpy as np

    count = len(own)
    at = np.arange(count)
    body, after = own[:, -4], own[:, -3]
    start = PLAIN + 1
    marked = own[:, start : start + len(MARKERS)] * (weight < 14)[:, None]
    around = np.column_stack([own[:, [0, 2, 3]], body, after, marked.sum(axis=1)])
    padded = np.full((count + 6, around.shape[1]), -1, dtype=around.dtype)
    padded[3:-3] = around
    out: list[Column] = [padded[3 + step : 3 + step + count] for step in (-3, -2, -1, 1, 2, 3)]
    sums = np.vstack([np.zeros((1, 4)), np.column_stack([prose, body, after, weight]).cumsum(axis=0)])
    for reach in (2, 5, 15):
        low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, count)
        out.append((sums[high] - sums[low]) / (high - low)[:, None])
        out.append((sums[at] - sums[low])[:, :3] / (2 * reach + 1))
        out.append((sums[high] - sums[at + 1])[:, :3] / (2 * reach + 1))
    total = max(1.0, float(weight.sum()))
    first_body, last_body = best_run(body * np.sqrt(weight.clip(1, 36)))
    place = [
        prose, (at >= first) & (at <= last), (at - first).clip(-20, 20), (last - at).clip(-20, 20),
        (at >= first_body) & (at <= last_body), (at - first_body).clip(-20, 20), (last_body - at).clip(-20, 20),
        at / count, sums[:-1, 3] / total, np.minimum(at, 50), np.minimum(count - 1 - at, 50),
        np.full(count, np.log1p(count)), np.full(count, np.log1p(total)),
        np.full(count, weight[first : last + 1].sum() / total),
        (sums[at, 2] - sums[first, 2]).clip(-40, 40), (sums[count, 2] - sums[at + 1, 2]).clip(-40, 40),
    ]  # fmt: skip
    out.append(np.column_stack(place))
    zones = np.column_stack([marked > 0, (weight < 14) & (body < 0), (weight > 20) & (body > 0)])
    out.append(_sticky(zones, first))
    return out


def _sticky(marks: Column, first: int) -> Column:
    """How far above and below is the nearest line with each mark, and how many there are: the page has zones."""
    import numpy as np

    count = len(marks)
    at = np.arange(count)[:, None]
    above = np.minimum(at - np.maximum.accumulate(np.where(marks, at, -99), axis=0), 99)
    below = np.minimum(np.minimum.accumulate(np.where(marks, at, count + 99)[::-1], axis=0)[::-1] - at, 99)
    sums = np.vstack([np.zeros((1, marks.shape[1])), marks.cumsum(axis=0)])
    upto, through = sums[:-1], sums[1:]
    near = sums[np.minimum(at[:, 0] + 6, count)] - sums[np.maximum(at[:, 0] - 5, 0)]
    since = np.where(at > first, upto - sums[first], 0)
    return np.stack([above, below, upto, sums[count] - through, since, near], axis=2).reshape(count, -1)


def best_run(score: Column) -> tuple[int, int]:
    """The first and last line of the run with the largest sum.

    >>> import numpy as np
    >>> best_run(np.array([-1.0, 2.0, -1.0, 3.0, -4.0, 3.0]))
    (1, 3)
    """
    import numpy as np

    sums = np.concatenate(([0.0], score.cumsum()))
    last = int(np.argmax(sums[1:] - np.minimum.accumulate(sums[:-1])))
    return int(np.argmin(sums[: last + 1])), last
