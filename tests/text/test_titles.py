"""Which line is the title."""

import pytest

from corptool import rules
from corptool.text.lines import page_of
from corptool.text.titles import LONGEST, titled

TITLE = "The miller opens his doors"


@pytest.mark.parametrize(
    ("line", "title", "number"),
    [
        (TITLE, "A heron on the weir", None),
        (TITLE * 20, TITLE * 20 + "!", None),  # longer than any title: not compared
        (TITLE, TITLE, 0),
        (TITLE, TITLE + "!", 0),
        (TITLE, f"{TITLE} | The Daily", 0),
        (TITLE * 20, TITLE * 20, 0),
    ],
)
def test_the_line_of_a_known_title(line, title, number):
    assert len(TITLE) < LONGEST < len(TITLE * 20)
    assert titled(page_of(line, rules.fold()), [0], title) == number
