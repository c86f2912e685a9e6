"""What a page's numbers are does not depend on the pages beside it, nor on how its lines were read."""

import random
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corptool import rules
from corptool.text.classifier import margins
from corptool.text.features import WIDE, Seen, features, read, tokens
from corptool.text.lines import key
from corptool.text.phrases import phrase_book, phrases, said
from corptool.text.shapes import capitals
from corptool.text.tokens import numbers, tokens_of

WORDS = "the ministry said don't Łódź café 2024 , . “ ” | © » 人民 網站 记者 （ ） 。 ： … 😀 한국 の ×3 Ελλάδα x_Y _Z ×É".split()


def page(number: int) -> Seen:
    draw = random.Random(number)
    lines = [
        draw.choice((" ", "")).join(draw.choices(WORDS, k=draw.choice((1, 2, 5, 60)))) for _ in range(3 + number * 7)
    ]
    lines[-1] = lines[0]
    return Seen(lines, [key(line, rules.fold()) for line in lines])


PAGES = [page(number) for number in range(12)]


@pytest.mark.parametrize("together", [2, 5, 12])
def test_a_page_is_judged_alike_whatever_stands_beside_it(together: int) -> None:
    alone = [found for one in PAGES for found in margins([one], rules.line_model)]
    blocks = [PAGES[at : at + together] for at in range(0, len(PAGES), together)]
    assert [found for block in blocks for found in margins(block, rules.line_model)] == alone


def test_some_lines_of_what_was_read_are_what_reading_these_lines_gives() -> None:
    words = rules.line_model().words
    draw = random.Random(1)
    stays = [[draw.random() < 0.6 and number != 3 for _ in one.lines] for number, one in enumerate(PAGES)]
    left = [
        Seen(*([text for text, stay in zip(column, some, strict=True) if stay] for column in (one.lines, one.keys)))
        for one, some in zip(PAGES, stays, strict=True)
    ]
    once = read(PAGES, words).only(np.concatenate(stays))
    again = read([one for one in left if one.lines], words)
    assert once.sizes == again.sizes
    assert np.array_equal(features(once), features(again))


@given(st.lists(st.text(st.sampled_from("ab'’é÷1٣ _-。网站の😀\U000e0001\ud800 ß"), max_size=12), min_size=1))
def test_tokens_of_many_lines_are_those_of_each(lines: list[str]) -> None:
    found = tokens_of(lines)
    of_each = [tokens(line) for line in lines]
    singles = [[token for token in some if not (len(token) == 2 and token > chr(WIDE))] or ["\n"] for some in of_each]
    assert found.line.tolist() == [number for number, some in enumerate(singles) for _ in some]
    assert found.number.tolist() == numbers([token for some in singles for token in some]).tolist()


def test_capitals_are_those_that_the_expression_finds() -> None:
    lines = [line for one in PAGES for line in one.lines]
    assert capitals(lines).tolist() == [len(re.findall(r"\b[A-ZÀ-Þ]", line)) for line in lines]


@given(st.lists(st.text(st.sampled_from("ab'’é÷1٣ _-。网站の😀\U000e0001 ß"), max_size=12), min_size=1))
def test_phrases_of_many_lines_are_those_of_each(lines: list[str]) -> None:
    known = {
        phrase: number for number, phrase in enumerate(dict.fromkeys(p for line in lines for p in phrases(line)), 1)
    }
    expected = [sum(map(known.__getitem__, phrases(line))) for line in lines]
    assert not known or said(lines, phrase_book(known)).tolist() == expected
