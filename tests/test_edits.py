"""Edits: recorded in one place, undone from what is recorded."""

import pytest

from corptool import edits
from corptool.catalogue import inverse_of
from corptool.text.changes import Change

ARTICLE = {"id": "a", "text": "網(wǎng)站 title", "title": None, "theirs": float("nan")}
GLOSS = [Change(1, 7, "", "gloss", "reading")]


def recorded(before, after, changes, **options):
    return edits.record(before, after, changes, stage="clean", options=options.pop("noted", {}), **options)


def test_nothing_changed_is_the_same_object():
    assert recorded(ARTICLE, ARTICLE, []) is ARTICLE
    assert recorded(ARTICLE, dict(ARTICLE), None) is ARTICLE


def test_an_entry():
    after = recorded(ARTICLE, ARTICLE | {"title": "t", "site": "s"}, GLOSS, noted={"keep": ["x"]})
    [entry] = after["edits"]
    assert after["text"] == "網站 title"
    assert entry["set"] == {"title": [None, "t"], "site": [None, "s"]}
    assert entry["added"] == ["site"]
    assert entry["changes"] == [[1, "(wǎng)", "", "gloss", "reading"]]
    assert (entry["stage"], entry["options"]) == ("clean", {"keep": ["x"]})
    assert entry["check"] == edits.digest("網站 title")
    assert edits.undo(after) == ARTICLE


def test_places_count_code_points_of_the_resulting_text():
    changes = [Change(0, 1, "", "k"), Change(2, 2, "二二", "k"), Change(3, 4, "x", "k")]
    after = recorded({"text": "abcd"}, {"text": "abcd"}, changes)
    assert after["text"] == "b二二cx"
    assert [change[:3] for change in after["edits"][0]["changes"]] == [[0, "a", ""], [1, "", "二二"], [4, "d", "x"]]
    assert edits.undo(after) == {"text": "abcd"}


def test_a_key_that_was_taken_away_comes_back():
    article = {"id": "1", "text": "t", "hints": [], "url": "u", "mine": 1}
    after = recorded(article, {"id": "1", "text": "t", "mine": 1, "new": 2}, None)
    assert after["edits"][0]["removed"] == {"hints": 2, "url": 3}
    assert list(edits.undo(after).items()) == list(article.items())


@pytest.mark.parametrize("keys", ["edits hints id text url", "id edits text hints url z", "id text url hints edits"])
def test_a_key_comes_back_where_it_stood_wherever_the_edits_were(keys):
    article = dict.fromkeys(keys.split(), "x") | {"edits": [{"stage": "read"}]}
    after = recorded(article, {key: value for key, value in article.items() if key != "hints"}, None)
    assert list(edits.undo(after)) == [*keys.replace("edits", "").split(), "edits"]


@pytest.mark.parametrize("removed", [{"nokey": 0}, {"hints": "0"}, {"hints": float("inf")}, {"hints": -1}, None, 5])
def test_places_that_are_none_are_refused(removed):
    after = recorded({"hints": [], "text": "t"}, {"text": "t"}, None)
    after["edits"][0]["removed"] = removed
    with pytest.raises(ValueError, match="do not say where the keys stood that `clean` took away"):
        edits.undo(after)


@pytest.mark.parametrize("removed", [["hints"], {"hints": 10**30}])
def test_a_key_without_its_place_comes_last(removed):
    after = recorded({"hints": [], "text": "t"}, {"text": "t"}, None)
    after["edits"][0]["removed"] = removed
    assert list(edits.undo(after)) == ["text", "hints"]


def test_stages_are_undone_one_by_one():
    first = recorded(ARTICLE, ARTICLE, GLOSS)
    second = recorded(first, first | {"text": "网站 title"}, None)
    assert edits.undo(second) == first
    assert edits.undo_all(second) == ARTICLE


@pytest.mark.parametrize(
    ("keep", "kept"), [("drop", None), ("hash", ["check", "kinds", "options", "set_keys", "stage", "version"])]
)
def test_how_much_is_kept(keep, kept):
    after = recorded(ARTICLE, ARTICLE, GLOSS, keep=keep)
    assert after["text"] == "網站 title"
    assert (sorted(after["edits"][0]) if "edits" in after else None) == kept


def test_undo_refuses_metadata_that_something_else_changed():
    after = recorded(ARTICLE, ARTICLE | {"title": "t"}, None) | {"title": "mine"}
    with pytest.raises(ValueError, match="not what `clean` left"):
        edits.undo(after)


def test_true_is_not_one():
    after = recorded({"text": "", "n": True}, {"text": "", "n": 1}, None)
    assert after["n"] is not True
    assert edits.undo(after)["n"] is True


def test_another_version_of_a_stage_runs_again():
    after = recorded(ARTICLE, ARTICLE, GLOSS)
    after["edits"][0]["version"] = "0"
    assert not edits.done(after, stage="clean", options={})


def test_undo_refuses_a_text_that_something_else_changed():
    after = recorded(ARTICLE, ARTICLE, GLOSS) | {"text": "other"}
    with pytest.raises(ValueError, match="not what `clean` left"):
        edits.undo(after)


def test_undo_refuses_what_was_not_kept():
    with pytest.raises(ValueError, match="--edits hash"):
        edits.undo(recorded(ARTICLE, ARTICLE, GLOSS, keep="hash"))


def test_done():
    after = recorded(ARTICLE, ARTICLE, GLOSS, noted={"keep": ["x"]})
    assert edits.done(after, stage="clean", options={"keep": ["x"]})
    assert not edits.done(after, stage="clean", options={})
    assert not edits.done(after, stage="fix", options={"keep": ["x"]})
    assert not edits.done(after | {"text": "other"}, stage="clean", options={"keep": ["x"]})


@pytest.mark.parametrize(
    "entry",
    [
        {"stage": "index", "inverse": {}},
        {"stage": "os.path", "inverse": {}},
        {"stage": "convert", "inverse": {"nope": 1}},
        {"stage": "convert", "inverse": {"configs": ["s2tw"], "tables": "x"}},
        {"stage": 5, "inverse": {}},
    ],
)
def test_an_inverse_that_is_none_is_refused(entry):
    forged = {"set": {}, "changes": [], "check": edits.digest("x"), "was": "", "version": "0"} | entry
    with pytest.raises(ValueError, match=r"that there is not|has no"):
        edits.undo({"text": "x", "edits": [forged]}, inverse_of)
