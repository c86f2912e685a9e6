"""Build src/corptool/data/word-sequences.bin: which characters follow which in Chinese, across words.

    apt-get source --download-only libime=1.0.16-1 && tar xf libime_1.0.16.orig.tar.xz
    tar xf libime-1.0.16/data/lm_sc.arpa-20220810.tar.xz
    python tools/build_word_sequences.py lm_sc.arpa

The source is the language model of LibIME, Copyright 2022 CSSlayer, LGPL-2.1-or-later: how likely 165,000 words are
alone, 2 million after one word and 630,000 after two. No text is used. From it follows how often each word, each pair
and each triple of them comes, and so how often each character after one and after two: what an endless text drawn
from that model would show. Words made of numerals also count as figures, all as `0`, which the source has not.

What saves most bits is kept: its pairs and triples as ascending numbers, in gaps; the share of each in whole bits.
Simplified script alone, for the reader folds Traditional.
"""

from __future__ import annotations

import re
import struct
import sys
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corptool import rules

DATA = Path(__file__).parents[1] / "src" / "corptool" / "data"
MAGIC = b"corptool-seq"
PAIRS, TRIPLES = 190_000, 370_000
ROUNDS = 60  # until the frequencies of words change no more
HAN, NUMERAL = re.compile("[\u3400-\u9fff]{1,8}"), re.compile("[一二三四五六七八九十百千万亿两几〇零]+")
Column = NDArray[Any]


class Source(NamedTuple):
    """The n-grams of the word model: numbers of words, and the likelihood of the last of them."""

    words: list[str]
    alone: Column
    backoff: Column
    pairs: tuple[Column, Column, Column]
    triples: tuple[Column, Column, Column, Column]


class Counted(NamedTuple):
    """Sequences of characters, 16 bits each, ascending, and how often each comes."""

    keys: Column
    counts: Column

    def of(self, keys: Column) -> Column:
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.counts[at], 0.0)


def read(path: Path) -> Source:
    """An ARPA file."""
    number: dict[str, int] = {}
    tables: list[list[tuple[float, ...]]] = [[], [], []]
    order = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("\\"):
            order = int(line[1]) if line[1].isdigit() else 0
        elif order and line:
            logarithm, words, *backoff = line.split("\t")
            if order == 1:
                number[words] = len(number)
            numbers = (number[word] for word in words.split(" "))
            tables[order - 1].append((*numbers, float(logarithm), float(*backoff or [0])))
    one, two, three = (np.array(table) for table in tables)
    pairs = *two[:, :2].T.astype(int), 10 ** two[:, 2]
    triples = *three[:, :3].T.astype(int), 10 ** three[:, 3]
    return Source(list(number), 10 ** one[:, 1], 10 ** one[:, 2], pairs, triples)


def frequencies(source: Source) -> Column:
    """How often each word comes in text drawn from the model: what one more word leaves as it is."""
    first, second, share = source.pairs
    size = len(source.words)
    often = source.alone / source.alone.sum()
    for _ in range(ROUNDS):
        left = often * source.backoff
        listed = often[first] * share - left[first] * source.alone[second]
        often = np.maximum(left.sum() * source.alone + np.bincount(second, listed, size), 0)
        often /= often.sum()
    return often


class Spelled:
    """Words as rows of code points; one more row, the last, is a figure."""

    def __init__(self, words: list[str]) -> None:
        self.lengths = np.array([*map(len, words), 1])
        self.codes = np.zeros((len(words) + 1, 8), np.uint64)
        for row, word in enumerate([*words, "0"]):
            self.codes[row, : len(word)] = [*map(ord, word)]
        self.numerals = np.array([*(NUMERAL.fullmatch(word) is not None for word in words), False])

    def windows(self, columns: list[Column], often: Column, width: int) -> tuple[Column, Column]:
        """Sequences of characters that begin in the first of some words and end in the last, and how often."""
        for place, _ in enumerate(columns):  # with figures for the numerals as well
            also = self.numerals[columns[place]]
            columns = [np.concatenate((column, column[also])) for column in columns]
            columns[place][len(also) :] = len(self.lengths) - 1
            often = np.concatenate((often, often[also]))
        lengths = [self.lengths[column] for column in columns]
        text = np.zeros((len(often), int(sum(lengths).max())), np.uint64)
        end = np.zeros(len(often), int)
        for column, length in zip(columns, lengths, strict=True):
            for at in range(int(length.max())):
                inside = np.flatnonzero(at < length)
                text[inside, end[inside] + at] = self.codes[column[inside], at]
            end += length
        keys, counts = [], []
        for start in range(min(int(lengths[0].max()), text.shape[1] - width + 1)):
            rows = (start < lengths[0]) & (start + width > end - lengths[-1]) & (start + width <= end)
            keys.append(packed(*(text[rows, start + at] for at in range(width))))
            counts.append(often[rows])
        return np.concatenate(keys), np.concatenate(counts)


def packed(*codes: Column) -> Column:
    key = np.zeros(len(codes[0]), np.uint64)
    for code in codes:
        key = key << np.uint64(16) | code
    return key


def summed(parts: list[tuple[Column, Column]]) -> Counted:
    keys, place = np.unique(np.concatenate([keys for keys, _ in parts]), return_inverse=True)
    return Counted(keys, np.bincount(place, np.concatenate([counts for _, counts in parts])))


def count(source: Source) -> tuple[Counted, Counted, Counted, Column]:
    """How often each character, pair and triple comes, and how likely each code point is where no pair is known.

    (Half by how often words begin with it: what begins in the middle of a rare word need not.)
    """
    fold = rules.fold()
    words = [word.translate(fold) for word in source.words]
    known = np.array([HAN.fullmatch(word) is not None for word in words])
    spelled = Spelled([word if good else "" for word, good in zip(words, known, strict=True)])
    source.alone[~known] = 0
    for *_, last, share in (source.pairs, source.triples):
        share[~known[last]] = 0
    often = frequencies(source)
    first, second, share = source.pairs
    twice = in_order(packed(first.astype(np.uint64), second.astype(np.uint64)), often[first] * share)
    one, two, three, share_of_three = source.triples
    rows: list[tuple[list[Column], Column]] = [
        ([np.arange(len(words))], often),
        ([first, second], often[first] * share),
        ([one, two, three], twice.of(packed(one.astype(np.uint64), two.astype(np.uint64))) * share_of_three),
    ]
    alone, pairs, triples = (
        summed([spelled.windows(columns, weight, width) for columns, weight in rows[:width]]) for width in (1, 2, 3)
    )
    begins = np.bincount(spelled.codes[:-1, 0].astype(int), source.alone, 0x10000)
    begins[0] = 0
    begins[ord("0")] = source.alone[spelled.numerals[:-1]].sum()
    anywhere = alone.of(np.arange(0x10000, dtype=np.uint64))
    return alone, pairs, triples, (begins / begins.sum() + anywhere / anywhere.sum()) / 2


def in_order(keys: Column, counts: Column) -> Counted:
    order = np.argsort(keys)
    return Counted(keys[order], counts[order])


def best(shares: Column, counts: Column, otherwise: Column, number: int) -> Column:
    """Which of some sequences to keep: those that save most bits, as often as they come."""
    saved = counts * np.log2((shares + otherwise) / otherwise)
    return np.sort(np.argsort(-saved, kind="stable")[:number])


def pruned(alone: Counted, pairs: Counted, triples: Counted, begins: Column) -> tuple[Counted, Counted]:
    """The pairs and triples to keep, each with its share of all that follows the same characters."""
    last = np.uint64(0xFFFF)
    before, then = pairs.keys >> np.uint64(16), pairs.keys & last
    first = np.bincount(before.astype(int), pairs.counts, 0x10000)
    unlisted = np.maximum(alone.of(np.arange(0x10000, dtype=np.uint64)) - first, 0)
    shares = pairs.counts / np.maximum(alone.of(before), pairs.counts)
    by_chance = unlisted[before.astype(int)] / alone.of(before) * begins[then.astype(int)] + 1e-9
    kept = best(shares, pairs.counts, by_chance, PAIRS)
    two = Counted(pairs.keys[kept], shares[kept])

    before, then = triples.keys >> np.uint64(16), triples.keys & last
    start, middle = (before >> np.uint64(16)).astype(int), before & last
    middle_then = middle << np.uint64(16) | then
    total = pairs.of(before) + unlisted[start] * begins[middle.astype(int)]
    shares = triples.counts / np.maximum(total, triples.counts)
    by_two = two.of(middle_then) + 0.5 * begins[then.astype(int)] + 1e-9
    fits = two.of(before) > 0
    kept = best(shares, triples.counts * fits, by_two, TRIPLES)
    return two, Counted(triples.keys[kept], shares[kept])


def gaps(numbers: Column) -> bytes:
    """Ascending numbers as what each adds to the one before, in three planes of bytes: the lowest of all first."""
    steps = np.diff(numbers, prepend=0)
    if steps.max() >= 1 << 24:
        raise ValueError("three bytes do not hold every gap")
    return b"".join((steps >> shift & 0xFF).astype(np.uint8).tobytes() for shift in (0, 8, 16))


def bits(shares: Column) -> bytes:
    return np.clip(np.round(-np.log2(shares)), 0, 255).astype(np.uint8).tobytes()


def written(two: Counted, three: Counted, begins: Column) -> bytes:
    """The file: characters, how words begin, pairs, triples; what `text/sequences.py` reads."""
    number = np.full(0x10000, -1)
    codes = np.unique(np.concatenate((two.keys >> np.uint64(16), two.keys & np.uint64(0xFFFF)))).astype(int)
    often = np.bincount((two.keys & np.uint64(0xFFFF)).astype(int), minlength=0x10000)
    codes = codes[np.argsort(-often[codes], kind="stable")]  # the most usual first: smaller gaps
    number[codes] = np.arange(len(codes))
    size = len(codes)

    def numbers(keys: Column) -> Column:
        return number[(keys >> np.uint64(16)).astype(int)] * size + number[(keys & np.uint64(0xFFFF)).astype(int)]

    pair = numbers(two.keys)
    order = np.argsort(pair)
    pair, pair_shares = pair[order], two.counts[order]
    triple = np.searchsorted(pair, numbers(three.keys >> np.uint64(16))) * size
    triple += number[(three.keys & np.uint64(0xFFFF)).astype(int)]
    order = np.argsort(triple)
    packed_up = zlib.compress(
        b"".join((
            codes.astype("<u2").tobytes(), bits(np.maximum(begins[codes], 1e-9)),
            gaps(pair), bits(pair_shares), gaps(triple[order]), bits(three.counts[order]),
        )), 9,
    )  # fmt: skip
    return struct.pack("<12sIII", MAGIC, size, len(pair), len(triple)) + packed_up


def main(path: Path) -> None:
    alone, pairs, triples, begins = count(read(path))
    two, three = pruned(alone, pairs, triples, begins)
    data = written(two, three, begins)
    DATA.joinpath("word-sequences.bin").write_bytes(data)
    print(f"{len(pairs.keys)} pairs, {len(triples.keys)} triples; kept in {len(data)} bytes")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
