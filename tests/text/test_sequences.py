"""What follows what in Chinese: the likelihoods by which lost bytes are guessed."""

import numpy as np
import pytest

from corptool.rules import scales


def share(text: str) -> float:
    """How likely the last character is after the two before it."""
    before, last, then = (np.array([ord(char)], np.uint32) for char in text)
    return float(scales().share(before, last, then)[0, 0])


@pytest.mark.parametrize(
    ("likelier", "other"),
    [
        ("我们的", "我们于"),  # across words, which no word list knows
        ("和孩子", "和孩于"),
        ("我們的", "我們於"),  # Traditional by the same numbers
        ("的頭髮", "的頭發"),  # and in the form that the word has
        ("了三个", "了三介"),
        ("第7届", "第7盾"),  # a figure stands for any number
        ("我来，", "我来％"),
        ("了。”", "了。，"),
    ],
)
def test_which_is_likelier(likelier, other):
    assert share(likelier) > 2 * share(other)


def test_what_is_not_listed_is_still_possible():
    assert 0 < share("龘龘龘") < share("我龘龘") * 1.01


def test_a_character_shares_what_is_likely_with_all_that_may_stand_there():
    codes = scales().model.likely()
    assert 0.5 < scales().share(*np.array([[ord("我")], [ord("们")]]), codes).sum() < 1.5
