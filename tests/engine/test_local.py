"""The local engine: memory stays flat, decisions are held to their promise."""

import json
import os
import subprocess
import sys

import pytest

from corptool.article import Parcel, Place
from corptool.engine import local
from corptool.reading import Ready
from corptool.stage import Pipeline, Step, stage
from tests.conftest import ENVIRONMENT


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs wait4")
@pytest.mark.parametrize("step", ["filter --min-chars 1", "fix", "convert --to s", "export --format jsonl"])
def test_memory_of_streaming_stages_is_flat(tmp_path, step):
    line = (
        json.dumps({"id": "1", "text": "網站的正文在這裡。 An English sentence stands beside it.\n" * 100}).encode()
        + b"\n"
    )
    peaks = []
    for lines in (1_000, 12_000):
        (tmp_path / "in.jsonl").write_bytes(line * lines)
        command = [sys.executable, "-m", "corptool", *step.split(), "-q", str(tmp_path / "in.jsonl")]
        process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        peaks.append(used.ru_maxrss)
    assert peaks[1] < 1.3 * peaks[0]


@stage
def shy(article, decision):
    """A corpus stage whose `decide` is at fault."""
    return article | {"decision": decision}


@shy.key
def key(article):
    return article["id"]


@pytest.mark.parametrize(
    ("decide", "error"),
    [
        (lambda keys: list(keys)[:-1], ValueError),
        (lambda keys: [*keys, "one more"], AssertionError),
        (lambda keys: iter(keys), AssertionError),  # noqa: PLW0108 - a builtin has no signature
    ],
)
def test_a_corpus_stage_must_see_all_keys_and_decide_on_each(decide, error):
    shy.decide(decide)
    pipeline = Pipeline.of(Step(shy, {}))
    given = [Parcel(Place("x", n), article={"id": str(n), "text": ""}) for n in range(5)]
    with pytest.raises(error):
        list(local.run(pipeline, [Ready(given)], local.Report(pipeline.steps, print)))


def test_decisions_go_with_their_articles():
    shy.decide(lambda keys: [f"for {key}" for key in keys])
    pipeline = Pipeline.of(Step(shy, {}))
    given = [Parcel(Place("x", n), article={"id": str(n), "text": ""}) for n in range(500)]
    outputs = local.run(pipeline, [Ready(given[:300]), Ready(given[300:])], local.Report(pipeline.steps, print))
    assert [parcel.article["decision"] for some in outputs for parcel in some] == [f"for {n}" for n in range(500)]
