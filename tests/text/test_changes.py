"""Composition of changes: two steps, or one step that does both, give the same text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corptool.text.changes import Change, apply, compose, diff


@st.composite
def changes_of(draw, text):
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return [Change(start, end, draw(st.text("ab中", max_size=3)), "kind") for start, end in pairs]


@st.composite
def two_steps(draw):
    text = draw(st.text("xyz文", max_size=12))
    first = draw(changes_of(text))
    return text, first, draw(changes_of(apply(text, first)))


@given(two_steps())
def test_one_step_does_what_two_did(steps):
    text, first, second = steps
    assert apply(text, compose(text, first, second)) == apply(apply(text, first), second)


@given(two_steps())
def test_composed_changes_are_sorted_and_apart(steps):
    spans = [(change.start, change.end) for change in compose(*steps)]
    flat = [edge for span in spans for edge in span]
    assert flat == sorted(flat)


@pytest.mark.parametrize(
    ("text", "first", "second", "composed"),
    [
        ("abc", [], [Change(0, 1, "", "k")], [Change(0, 1, "", "k")]),
        ("abc", [Change(0, 1, "", "k")], [], [Change(0, 1, "", "k")]),
        (
            "ab",
            [Change(0, 1, "", "k")],
            [Change(0, 1, "x", "l")],
            [Change(0, 1, "", "k"), Change(1, 2, "x", "l")],
        ),
        ("a b", [Change(1, 2, "中文", "k")], [Change(2, 4, "", "l")], [Change(1, 3, "中", "l")]),
    ],
)
def test_compose(text, first, second, composed):
    assert compose(text, first, second) == composed


@given(st.text("ab中\n", max_size=20), st.text("ab中\n", max_size=20))
def test_diff_leads_from_one_text_to_the_other(old, new):
    assert apply(old, diff(old, new)) == new
