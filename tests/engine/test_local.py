"""The local engine: memory stays flat, decisions are held to their promise."""

import json
import os
import subprocess
import sys
import threading

import pytest

from corptool.article import Parcel, Place
from corptool.batches import Ready
from corptool.engine import local, workers
from corptool.pipeline import Pipeline
from corptool.stage import stage
from corptool.step import Step
from tests.conftest import ENVIRONMENT

PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Run by a small process: a child's peak is never below that of the process it was forked from."""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="needs the resource module")
@pytest.mark.parametrize("step", ["filter --min-chars 1", "fix", "convert --to s", "export --format jsonl"])
def test_memory_of_streaming_stages_is_flat(tmp_path, step):
    line = (
        json.dumps({"id": "1", "text": "網站的正文在這裡。 An English sentence stands beside it.\n" * 100}).encode()
        + b"\n"
    )
    peaks = []
    for lines in (500, 5_000):
        (tmp_path / "in.jsonl").write_bytes(line * lines)
        command = [sys.executable, "-m", "corptool", *step.split(), "-q", str(tmp_path / "in.jsonl")]
        done = subprocess.run([sys.executable, "-c", PEAK, *command], env=ENVIRONMENT, capture_output=True, check=True)
        peaks.append(int(done.stdout))
    assert peaks[1] < 1.2 * peaks[0]


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


def test_workers_are_forked_only_where_no_other_thread_runs():
    """Another thread may hold a lock, which in a forked process nobody would ever release."""
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    try:
        assert workers._method() == "spawn"
        assert list(workers.in_workers(abs, [(-1,), (-2,)], 2)) == [1, 2]
    finally:
        ended.set()
        thread.join()


@pytest.mark.skipif(sys.platform != "linux", reason="others spawn")
def test_workers_share_what_was_loaded():
    code = "from corptool.engine.workers import in_workers as do; print(*do(eval, [('[*__import__(\"sys\").modules]',)], 2))"
    run = subprocess.run(
        [sys.executable, "-c", f"import wave; {code}"], capture_output=True, env=ENVIRONMENT, check=True
    )
    assert b"'wave'" in run.stdout


STOPPED = """
import os, signal
from corptool.engine.workers import in_workers
results = in_workers(bytes, ((1 << 24,) for _ in range(99)), 2)
assert len(next(results)) == 1 << 24
{how}
print("ended")
"""


@pytest.mark.parametrize(
    "how", ["results.close()", "try: results.throw(KeyboardInterrupt)\nexcept KeyboardInterrupt: pass"]
)
def test_workers_can_be_stopped_while_they_write_a_result(how):
    """Half a result lies in the pipe then, and nobody may wait for the rest."""
    code = STOPPED.format(how=how)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, env=ENVIRONMENT, check=True, timeout=60)
    assert run.stdout == b"ended\n"


@pytest.mark.parametrize("result", ["bytes(1 << 24)", "b''"])
def test_an_error_of_a_worker_is_raised_here(result):
    with pytest.raises(ZeroDivisionError):
        list(workers.in_workers(eval, [(result,), ("1 / 0",), (result,)], 2))
    with pytest.raises(SystemExit):
        list(workers.in_workers(sys.exit, [(3,)], 2))
