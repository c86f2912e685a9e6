"""The laws of docs/architecture.md, over every stage and every sample, and over generated text."""

import json
import shutil
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corptool import Dropped, Pipeline, catalogue, edits, stage
from corptool.article import Parcel, Place, dumps, loads
from corptool.batches import Ready
from corptool.catalogue import names
from corptool.engine import local
from corptool.pipeline import parse
from tests.conftest import ROOT, SAMPLES, corptool

OPTIONS = {  # further options that change what a stage does; every stage runs with none too
    "clean": ["--keep notice", "--only gloss"],
    "convert": ["--to t", "--to tw", "--config s2twp", "--tables opencc-1.1.6"],
    "dedup": ["--mark", "--keep longest", "--keep earliest"],
    "filter": ["--min-chars 300 --undated drop"],
    "fix": ["--no-entities", "--edits hash", "--edits drop"],
    "undo": ["--all"],
}


@cache
def stages(kind):
    """Every stage with every set of options, as text."""
    found = [name for name in names() if isinstance(catalogue.lookup(name), stage.Stage)]
    found = [name for name in found if catalogue.lookup(name).kind == kind]
    return [f"{name} {options}".strip() for name in found for options in ("", *OPTIONS.get(name, ()))]


@cache
def articles():
    """The samples as `read` gives them, and as they are after `fix | clean`."""
    read = [parcel.article for parcel in parcels()]
    return [*read, *Pipeline("fix | clean")(read)]


@cache
def parcels():
    return [item for batch in parse(["read", *SAMPLES]).batches() for item in batch.items()]


def outcomes(text, given):
    """What a pipeline makes of articles: those that go on, and what was lost."""
    lost = []
    return list(Pipeline(text, lambda name, dropped: lost.append((name, dropped)))(given)), lost


def run(text, batches):
    pipeline = Pipeline(text)
    report = local.Report(pipeline.steps, lambda *_: None)
    outputs = [output for outputs in local.run(pipeline, batches, report) for output in outputs]
    return [output.line if isinstance(output, Parcel) else output for output in outputs], report


# 1. The same bytes from the shell pipe, `corptool run`, any --jobs, any batch size.

MAIN_JOB = "fix | clean | convert --to s | dedup | export --format jsonl"


@cache
def main_job():
    return corptool("run", f"read {' '.join(SAMPLES)} | {MAIN_JOB}")


def test_law_1_shell_pipe_and_run():
    piped = corptool("read", *SAMPLES)
    for step in MAIN_JOB.split(" | "):
        piped = corptool(*step.split(), given=piped.out)
        assert piped.code == 0, piped.err
    assert main_job().code == 0
    assert piped.out == main_job().out


def test_law_1_jobs():
    assert corptool("run", "-j", "2", f"read {' '.join(SAMPLES)} | {MAIN_JOB}").out == main_job().out


def test_law_1_library():
    assert b"".join(Pipeline(f"read {' '.join(SAMPLES)} | {MAIN_JOB}")()) == main_job().out


def test_law_1_first_stage_reads_as_read_does():
    assert corptool("fix", *SAMPLES).out == corptool("run", "read | fix", *SAMPLES).out


@pytest.mark.parametrize("text", stages("article"))
def test_law_1_batch_size(text):
    given = [Parcel(Place("x", n), article=article) for n, article in enumerate(articles())]
    one, _ = run(text, [Ready(given)])
    many, _ = run(text, [Ready([parcel]) for parcel in given])
    assert one == many


# 2. Nothing is lost.


@pytest.mark.parametrize("text", stages("article"))
def test_law_2_numbers_balance(text):
    given = [Parcel(Place("x", n), article=article) for n, article in enumerate(articles())]
    outputs, report = run(text, [Ready(given)])
    [[_, entered, out, dropped, merged, rejected]] = report.rows()
    assert entered == len(given) == out + dropped + merged + rejected
    assert out == len(outputs)


@pytest.mark.parametrize("text", [text for text in stages("article") if not text.startswith("undo")])
def test_law_2_undo_gives_back_each_stage(text):
    for article in articles():
        for after in outcomes(text, [article])[0]:
            if after is not article and "--edits" not in text:
                assert dumps(edits.undo(after, catalogue.inverse_of)) == dumps(article)  # keys in their order, too


@pytest.mark.parametrize("sample", SAMPLES)
def test_law_2_bytes_of_text_files(sample):
    [parcel] = [parcel for parcel in parcels() if parcel.place.path == sample]
    if parcel.article["origin"]["format"] == "text":
        after = list(Pipeline("fix | clean | convert --to s")([parcel.article]))
        for article in (parcel.article, *after):
            assert [file.data for file in Pipeline("undo --bytes")([article])] == [Path(sample).read_bytes()]


def test_law_2_verify_holds_every_sample():
    held = corptool("verify", given=corptool("run", "read | fix | clean | convert --to s", *SAMPLES).out)
    assert (held.code, held.out.count(b"\n")) == (0, len(SAMPLES))


# 3. Twice is once.


@pytest.mark.parametrize(
    "text", [text for text in stages("article") if not text.startswith(("undo", "convert --config"))]
)
def test_law_3_twice_is_once(text):
    once, _ = outcomes(text, articles())
    twice, lost = outcomes(text, once)
    if not text.startswith("dedup"):
        assert all(after is before for before, after in zip(once, twice, strict=True)) or "--edits" in text
    assert [dumps(article) for article in twice] == [dumps(article) for article in once]
    assert lost == []


def test_law_3_fix_finds_nothing_more_without_its_entry():
    for article in articles():
        [once] = Pipeline("fix --edits drop")([article])
        assert list(Pipeline("fix --edits drop")([once])) == [once]


# 4. A bad article never stops a corpus, and is never silent.


@pytest.mark.parametrize("text", stages("article"))
def test_law_4_odd_articles(text):
    odd = [
        {"id": "a", "text": ""},
        {"id": "b", "text": "\n\ud800\x00\r"},
        {"id": "c", "text": "網", "meta": None, "title": 3},
    ]
    given = [Parcel(Place("x", n), article=article) for n, article in enumerate(odd)]
    _, report = run(text, [Ready(given)])
    [[_, entered, *others]] = report.rows()
    assert (entered, sum(others)) == (3, 3)


# 7. Order.


def test_law_7_order(tmp_path):
    shutil.copytree(ROOT / "samples", tmp_path / "samples", ignore=shutil.ignore_patterns("golden"))
    lines = corptool("read", "samples", cwd=tmp_path).out.splitlines()
    paths = [json.loads(line)["origin"]["path"] for line in lines]
    assert paths == sorted(paths)


# Every stage: keys that are not ours pass through, in order; what is given is not changed.


@pytest.mark.parametrize("text", stages("article"))
def test_unknown_keys_survive_in_order(text):
    for article in articles():
        theirs = {"zebra": [1, {"y": None}], "n": 12345678901234567890123, "apple": "ü"}
        before = dumps(theirs | article)
        for after in outcomes(text, [theirs | article])[0]:
            assert [key for key in after if key in theirs] == list(theirs)
            assert {key: after[key] for key in theirs} == theirs
        assert dumps(theirs | article) == before


# The same over generated text.

TEXT = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "一帶一路", "头发和皇后", "網(wǎng)站", "Release Time2 months ago", "current location: home > News",
                "Back to top", "返回頂部", "特別聲明：以上內容", "â€œquotedâ€\x9d", "ç½‘ç«™", "&amp;amp;", "&nbsp;",
                "\r\n", "\n\n\n", "\n", " ", "\u200b", "\u3000", "2024-01-05", "（2025）", "é", "e\u0301",
                "\ufeff", "浣犲ソ",
            ]
        ),
        st.text(max_size=8),
    ),
    max_size=12,
).map("".join)  # fmt: skip


@pytest.mark.parametrize("text", [text for text in stages("article") if not text.startswith(("undo", "verify"))])
@settings(max_examples=25)
@given(content=TEXT)
def test_generated_text(text, content):
    article = {"id": "x", "text": content}
    after, lost = outcomes(text, [article])
    assert len(after) + len(lost) == 1
    assert not any(dropped.failed for _, dropped in lost)
    for one in after:
        assert loads(dumps(one)) == one
        if "--edits" not in text:
            assert edits.undo_all(one, catalogue.inverse_of) == article
        if not text.startswith(("convert --config",)):
            assert outcomes(text, [one])[0] == [one]


@settings(max_examples=200)
@given(content=TEXT)
def test_generated_text_fix_is_a_fixpoint(content):
    [once] = Pipeline("fix --edits drop")([{"id": "x", "text": content}])
    assert list(Pipeline("fix --edits drop")([once])) == [once]


@settings(max_examples=50)
@given(content=TEXT)
def test_generated_text_through_the_main_job(content):
    article = {"id": "x", "text": content}
    [after] = Pipeline("fix | clean | convert --to s")([article])
    assert edits.undo_all(after, catalogue.inverse_of) == article


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=5))
def test_json_lines_give_back_what_they_were_given(article):
    line = dumps(article)
    assert b"\n" not in line
    assert loads(line) == article
    assert list(loads(line)) == list(article)


def test_dropped_says_its_fate():
    assert [Dropped({}, "r").fate, Dropped({}, "r", into="x").fate, Dropped({}, "r", failed=True).fate] == [
        "dropped", "merged", "rejected",
    ]  # fmt: skip
