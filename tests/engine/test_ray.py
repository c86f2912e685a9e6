"""Ray does what the local engine does: the same bytes, numbers, rejects and messages, whoever dies on the way."""

import contextlib
import gzip
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys

import pytest

from corptool.engine import shards
from corptool.engine.job import Given, opened
from corptool.flow import flow, told
from corptool.pipeline import Pipeline
from tests.conftest import ENVIRONMENT, ROOT, SAMPLES, corptool, installed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::FutureWarning"),
]
pytest.importorskip("ray", reason="needs corptool[ray]")

SHARDS = 40  # more than one bucket of groups


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Files of articles, of which one cannot be read, and one ends in the middle."""
    folder = tmp_path_factory.mktemp("corpus")
    lines = corptool("read", "-q", *SAMPLES).out.splitlines()
    for number in range(12):
        articles = []
        for place, line in enumerate(lines):
            article = json.loads(line)
            article |= {"id": f"{number}-{place}", "site": f"site-{(number * place) % 5}", "url": None}
            article["text"] = article["text"].replace("。", f"{number}。" if place % 3 else "。")
            articles.append(json.dumps(article, ensure_ascii=False))
        (folder / f"{number:02}.jsonl").write_text("\n".join(articles) + "\n", "utf-8")
    (folder / "20.jsonl.gz").write_bytes(
        gzip.compress(b'{"id":"cut","text":"whole","origin":{"sha256":"0"}}\n' * 9)[:-12]
    )
    (folder / "21.jsonl.zst").write_bytes(b"this is not Zstandard")
    return folder


@pytest.fixture(scope="module")
def each():
    """A cluster of two workers."""
    from corptool.engine.ray import cluster

    with cluster("local", 2) as each:
        yield each


def ended(capfd, folder, run, steps, output=True):
    """What came of a run: its exit code, files and messages."""
    folder.mkdir(exist_ok=True)
    code = told(run, steps, output=str(folder / "out") if output else None, rejects=str(folder / "rejects"))
    files = {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return code, files, sorted(capfd.readouterr().err.splitlines())


def both(capfd, tmp_path, pipeline, names, each):
    """What came of a pipeline on this machine, and on the cluster."""
    plan = Pipeline(pipeline)
    plan.steps[0].files = names
    (tmp_path / "local").mkdir()
    code = flow(plan, output=str(tmp_path / "local" / "out"), rejects=str(tmp_path / "local" / "rejects"),
                max_rejects=0, quiet=False, table=True)  # fmt: skip
    files = {path.name: path.read_bytes() for path in sorted((tmp_path / "local").iterdir())}
    here = code, files, sorted(capfd.readouterr().err.splitlines())
    job = opened(str(tmp_path / "work"), Given(pipeline, names, shards=SHARDS), whole=True)
    return here, ended(capfd, tmp_path / "ray", lambda report: shards.run(job, report, each), job.steps)


def killed_once(each):
    """A cluster on which the first worker that has nearly done its task is killed."""
    return lambda function, tasks: each(nearly, [(function, *task) for task in tasks])


def nearly(function, folder, *numbers):
    """The task; but the first one to get there is killed when all that is left is to say that it is done."""
    put = shards.put

    def die(*done):
        with contextlib.suppress(FileExistsError):
            os.close(os.open(os.path.join(folder, "killed"), os.O_CREAT | os.O_EXCL))
            os.kill(os.getpid(), signal.SIGKILL)
        return put(*done)

    shards.put = die
    try:
        return function(folder, *numbers)
    finally:
        shards.put = put


STEPS = {"_collected", "_met", "_paired", "_keys", "_asked"}


def dies_once(folder, function, *task):
    """The task; but the first worker that has done one of a step is killed before it can say so."""
    made = pickle.dumps(function(*task))
    if function.__name__ in STEPS:
        with contextlib.suppress(FileExistsError):
            os.close(os.open(os.path.join(folder, function.__name__), os.O_CREAT | os.O_EXCL))
            os.kill(os.getpid(), signal.SIGKILL)
    return pickle.loads(made)


def test_the_same_decision_though_workers_are_killed_in_the_middle(capfd, tmp_path, corpus, each):
    (tmp_path / "killed").mkdir()

    def dying(function, tasks):
        return each(dies_once, ((str(tmp_path / "killed"), function, *task) for task in tasks))

    here, there = both(capfd, tmp_path, "read | fix | dedup --memory 1M --mark", (str(corpus),), dying)
    assert {path.name for path in (tmp_path / "killed").iterdir()} == STEPS
    assert here == there


@pytest.mark.parametrize(
    "pipeline",
    [
        "read | fix | clean --by site | convert --to s | dedup",
        "fix | clean | learn --min-pages 2",
        "filter --min-chars 300 | export --format csv --full",
    ],
)
def test_the_same_as_here_though_a_worker_is_killed(capfd, tmp_path, corpus, each, pipeline):
    here, there = both(capfd, tmp_path, pipeline, (str(corpus), "nowhere.txt"), killed_once(each))
    assert (tmp_path / "work" / "killed").exists()
    assert here[0] == there[0] == 3
    assert here == there
    assert any("nowhere.txt: no such file" in line for line in here[2])


def dies(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def fails(number):
    if number % 2:
        raise OSError(28, "No space left on device", f"shard {number}")
    return number


def test_what_kills_every_worker_is_told_when_the_rest_is_done(tmp_path, each, monkeypatch):
    monkeypatch.setattr("corptool.engine.ray.AGAIN", 1)
    with pytest.raises(Exception, match=r"failed for good: \(1,\)"):
        list(each(dies, [(1,)]))
    with pytest.raises(OSError, match="No space left"):
        list(each(fails, [(n,) for n in range(6)]))
    assert list(each(fails, [(n,) for n in range(0, 6, 2)])) == [0, 2, 4]


def test_a_stage_of_another_package_runs_there(tmp_path, corpus):
    environment = installed(ROOT / "samples" / "plugin", tmp_path / "site") | {"PYTHONWARNDEFAULTENCODING": ""}
    words = (f"read {corpus}/00.jsonl | redact | dedup", "-o")
    here = corptool("run", *words, str(tmp_path / "here"), **environment)
    work = ("--work", str(tmp_path / "work"), "--engine", "ray", "-j", "2")
    there = corptool("run", *work, *words, str(tmp_path / "there"), **environment)
    assert (there.code, there.err) == (0, here.err)
    assert (tmp_path / "there").read_bytes() == (tmp_path / "here").read_bytes()
    shutil.rmtree(tmp_path / "site")


def test_from_a_store_to_a_store(tmp_path, corpus, bucket):
    """Input, state and output in a store, the output as shards in Parquet: the bytes of the same job on this machine."""
    store, environment = bucket
    store.put(str(corpus), "corpus/articles", recursive=True)
    job = ("fix | clean --by site | dedup", "s3://corpus/articles", "--shards", "9")
    done = []
    for folder, engine in (("s3://corpus/ray", ("--engine", "ray", "-j", "2")), (str(tmp_path), ())):
        words = ("--work", f"{folder}/work", *engine, "-o", f"{folder}/out/*.parquet", "--rejects", f"{folder}/rejects")
        done.append(corptool("run", *job, *words, **environment, PYTHONWARNDEFAULTENCODING=""))
    there, here = done
    assert there.err == here.err
    assert (there.code, there.out) == (here.code, here.out) == (3, b"")
    store.invalidate_cache()
    files = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert {path.rpartition("/")[2]: store.cat(path) for path in store.ls("corpus/ray/out")} == files
    assert store.cat("corpus/ray/rejects") == (tmp_path / "rejects").read_bytes()
    back = corptool("read", "-q", "s3://corpus/ray/out", **environment).out
    job = ("run", "-q", "fix | clean --by site | dedup", "s3://corpus/articles")
    assert back == corptool(*job, **environment).out


MACHINES = """
import sys
from ray.cluster_utils import Cluster
machines = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
nodes = [machines.add_node(num_cpus=1, env_vars={"TMPDIR": folder}) for folder in sys.argv[1:]]
print(machines.address, flush=True)
sys.stdin.readline()
machines.remove_node(nodes[0], allow_graceful=False)
sys.stdin.readline()
machines.shutdown()
"""


def test_machines_that_share_nothing_but_a_store(tmp_path, corpus, bucket):
    """Two nodes with stores of objects and folders of their own, of which one goes down in the middle."""
    store, environment = bucket
    store.put(str(corpus), "corpus/machines/articles", recursive=True)
    job = ("fix | clean --by site | dedup --memory 1M --mark", "s3://corpus/machines/articles", "--shards", "9")
    here = corptool("run", *job, "--work", str(tmp_path / "work"), "-o", str(tmp_path / "here"), **environment)
    alone, *folders = (tmp_path / name for name in ("alone", "one", "other"))
    for folder in (alone, *folders):
        folder.mkdir()
    own = ENVIRONMENT | environment | {"PYTHONWARNDEFAULTENCODING": ""}
    words = [sys.executable, "-c", MACHINES, *map(str, folders)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=own, text=True) as machines:
        address = next(line.strip() for line in machines.stdout if line[:1].isdigit())
        engine = ("--engine", "ray", "--address", address, "--work", "s3://corpus/machines/work")
        words = [sys.executable, "-m", "corptool", "run", *job, *engine, "-o", "s3://corpus/machines/there"]
        with subprocess.Popen(words, cwd=alone, stderr=subprocess.PIPE, env=own | {"TMPDIR": str(alone)}) as run:
            while run.poll() is None and not store.exists("corpus/machines/work/1/00002.done"):
                store.invalidate_cache()
            machines.stdin.write("one goes down\n")
            machines.stdin.flush()
            told = run.communicate()[1].decode()
    store.invalidate_cache()
    assert (told, run.returncode) == (here.err, here.code)
    assert store.cat("corpus/machines/there") == (tmp_path / "here").read_bytes()
    assert not [name for name in store.find("corpus/machines/work") if ".unfinished" in name]


def test_what_must_be_there(tmp_path):
    assert "--engine ray needs --work DIR" in corptool("run", "--engine", "ray", "read | fix", "x.txt").err
    nowhere = corptool(
        "run",
        "--engine",
        "ray",
        "--address",
        "127.0.0.1:1",
        "--work",
        str(tmp_path),
        "read | fix",
        *SAMPLES[:1],
        PYTHONWARNDEFAULTENCODING="",
    )
    assert "there is no Ray cluster at 127.0.0.1:1" in nowhere.err
