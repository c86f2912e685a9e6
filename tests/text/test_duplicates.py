"""Folding, sketches and groups: what must hold whatever the texts."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corptool.rules import fold_table
from corptool.text.fold import VALUE_BITS, fold
from corptool.text.groups import components
from corptool.text.shingles import sketches

TEXTS = st.lists(st.text("ab1 9.,(（）)網网ǎA中文\ud800", max_size=60), max_size=6)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("", ""),
        ("。，! \t\n", ""),
        ("A (b) c", "abc"),
        ("中文(a)", "中文a"),
        ("世卫组织(WHO)", "世卫组织who"),
        ("中文(没有拼音)", "中文沒有拼音"),
        ("中(abc", "中abc"),
        ("網(wǎng)站(zhàn)", "網站"),
        ("网（wang）站", "網站"),
        ("國務院(guó wù yuàn)", "國務院"),
        ("Ｔｅｓｔ　１２３", "test123"),
        ("Éclair", "eclair"),
    ],
)
def test_fold(text, folded):
    one = fold([text], fold_table())
    two = fold([folded], fold_table())
    assert "".join(map(chr, one.codes)) == "".join(map(chr, two.codes))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("no number", []),
        ("12 and 034.5", [12, 34, 5]),
        ("２０２４年5月", [2024, 5]),
        ("９" * 19 + "a7", [10**19 - 1, 7]),
    ],
)
def test_numbers(text, numbers):
    values = fold([text], fold_table()).numbers & np.uint64((1 << VALUE_BITS) - 1)
    assert len(values) == len(numbers)
    assert sorted(values.tolist()) == sorted(
        number * 0x9E3779B97F4A7C15 % 2**64 >> 64 - VALUE_BITS for number in numbers
    )


@example(["中(ǎ", ")"])
@given(TEXTS)
def test_a_block_of_texts_folds_like_each_text(texts):
    block = fold(texts, fold_table())
    sketched = sketches(block)
    for index, text in enumerate(texts):
        alone = fold([text], fold_table())
        assert alone.codes.tolist() == block.codes[block.edges[index] : block.edges[index + 1]].tolist()
        numbers = block.numbers[block.number_edges[index] : block.number_edges[index + 1]]
        assert alone.numbers.tolist() == numbers.tolist()
        within = slice(sketched.edges[index], sketched.edges[index + 1])
        one = sketches(alone)
        assert one.hashes.tolist() == sketched.hashes[within].tolist()
        assert one.places.tolist() == sketched.places[within].tolist()


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30))
def test_components_are_what_following_the_pairs_gives(pairs):
    group = list(range(20))
    for _ in pairs:
        for left, right in pairs:
            group[left] = group[right] = min(group[left], group[right])
    left, right = np.array(pairs, int).reshape(-1, 2).T
    assert components(20, left, right).tolist() == group
