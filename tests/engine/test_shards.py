"""Jobs by shards: the same bytes, numbers, rejects and messages as without, whatever happens on the way."""

import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from itertools import starmap

import click
import pytest

from corptool import files, jobs
from corptool.engine import shards, state
from corptool.engine.job import Given, Job, opened
from corptool.engine.local import Report
from corptool.engine.storage import Storage
from corptool.engine.workers import in_workers
from corptool.files import stamp
from corptool.flow import flow
from corptool.jobs import Wanted, Workers
from corptool.pipeline import Pipeline
from tests.conftest import ENVIRONMENT, ROOT, SAMPLES, corptool

NAMES = " ".join(f"'{name}'" for name in SAMPLES)
ALL = Wanted(None, False, None, False)
PIPELINES = [
    f"read {NAMES}",
    f"read {NAMES} | fix | clean | convert --to s | dedup",
    f"read {NAMES} | fix | clean --by site | dedup --keep first | filter --min-chars 300 | dedup --unit line",
    f"read {NAMES} --edits drop | dedup --mark | export --format csv",
    f"dedup --table {NAMES}",
    f"read {NAMES} | fix | undo --bytes",
    f"read {NAMES} | fix | dedup --pairs",
    f"fix {NAMES} nowhere.txt | stats",
]


def run(pipeline, into, *, rejects, quiet=False, work=None, **given):
    """Run a pipeline, with --work DIR or without, and return the exit code."""
    reporting = {"rejects": str(rejects), "max_rejects": 0, "quiet": quiet}
    if work:
        return jobs.run(
            str(work), Given(pipeline, output=str(into), **given), ALL, workers=Workers(), reporting=reporting
        )
    plan = Pipeline(pipeline)
    plan.steps[0].files = plan.steps[0].files or given["files"]
    return flow(plan, output=str(into), table=True, **reporting)


def same(tmp_path, capfd, pipeline, number, **given):
    """Hold a pipeline by shards against the same without."""
    ended = []
    for way, work in (("plain", None), ("shards", tmp_path / "work")):
        (tmp_path / way).mkdir()
        rejects = tmp_path / way / "rejects"
        cut = {"shards": number} if work else {}
        code = run(pipeline, tmp_path / way / "out", rejects=rejects, work=work, **given, **cut)
        captured = capfd.readouterr()
        files = {path.name: path.read_bytes() for path in (tmp_path / way).iterdir()}
        ended.append((code, files, captured.out, sorted(captured.err.splitlines())))
    assert ended[0] == ended[1]
    return ended[0]


@pytest.mark.parametrize("number", [1, 3, 7])
@pytest.mark.parametrize("pipeline", PIPELINES, ids=[text.replace(NAMES, "SAMPLES") for text in PIPELINES])
def test_the_same_as_without_shards(tmp_path, capfd, pipeline, number):
    same(tmp_path, capfd, pipeline, number)


def test_more_shards_than_files(tmp_path, capfd):
    same(tmp_path, capfd, "fix | clean --by site | dedup", 40, files=tuple(SAMPLES))


def test_no_article(tmp_path, capfd):
    (tmp_path / "none.jsonl").write_bytes(b"")
    same(tmp_path, capfd, "fix | dedup | export --format csv", 3, files=(str(tmp_path / "none.jsonl"),))


LINES = [b'{"id":"%d","text":"%s %d"}' % (n, b"a word " * (n * 7 % 50), n % 60) for n in range(300)]
for bad in (0, 77, 78, 150, 299):
    LINES[bad] = b'{"id": bad %d' % bad
LINES[120] = b'{"content":"words","id":"120"}'
LINES[200] = b'{"text":"without an id"}'
LINES[201] = b""
LINES[250] = b'{"id":"250","text":"%s"}' % (b"long " * 2000)


@pytest.mark.parametrize("number", [2, 7, 30])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", b"\n".join(LINES)),
        ("a.jsonl", b"\xef\xbb\xbf" + b"\r\n".join(LINES) + b"\r\n"),
        ("a.dump", b"\n".join(LINES[1:]) + b"\n"),
        ("a.jsonl", b"\n\n\n" + b"\n".join(LINES)),
        ("a.jsonl", b"\n".join(LINES).decode().encode("utf-16")),
    ],
    ids=["lines", "mark and CRLF", "other name", "empty lines", "UTF-16"],
)
def test_files_of_lines_are_cut(tmp_path, capfd, name, data, number):
    """Ids, offsets and the numbers of lines in messages and rejects are those of the whole file."""
    (tmp_path / name).write_bytes(data)
    (tmp_path / "b.jsonl").write_bytes(b"\n".join(LINES[60:100]))
    given = (str(tmp_path / name), str(tmp_path / "b.jsonl"), str(tmp_path / name))
    code, *_ = same(tmp_path, capfd, "fix | dedup --keep first | clean --by site", number, files=given)
    assert code == 3
    if name != "a.jsonl" or not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        cut = [Job.load(str(tmp_path / "work")).inputs(shard) for shard in range(number)]
        assert (
            max(sum(each.bytes for each in some) for some in cut)
            < 1.5 * sum(map(os.path.getsize, given)) / number + 10_000
        )


def test_all_of_it_in_an_object_store(tmp_path, capfd):
    """Input, state and output behind URLs: no rename, but what is put appears whole."""
    fsspec = pytest.importorskip("fsspec")
    fsspec.filesystem("memory").pipe({"/in/a.jsonl": b"\n".join(LINES), "/in/b.jsonl": b"\n".join(LINES[40:80])})
    names, pipeline = ("memory://in",), "fix | dedup --keep first"
    code = run(pipeline, tmp_path / "out", rejects=tmp_path / "lost", files=names)
    expected = code, (tmp_path / "out").read_bytes(), (tmp_path / "lost").read_bytes(), capfd.readouterr()
    for output in ("memory://joined.jsonl", "memory://parts/*.jsonl"):
        code = run(
            pipeline, output, rejects=tmp_path / "lost", work=f"{output.replace('*', '')}.work", shards=5, files=names
        )
        written = fsspec.open_files(output)
        data = b"".join(file.fs.cat(file.path) for file in written)
        assert (code, data, (tmp_path / "lost").read_bytes(), capfd.readouterr()) == expected


def test_workers_and_the_same_again(tmp_path):
    """With workers, with FILES, and once more when all is done."""
    job = ["fix | dedup --keep first", *SAMPLES]
    ended = [corptool("run", *way, *job) for way in ([], *[["--work", str(tmp_path), "--shards", "4", "-j", "2"]] * 2)]
    assert ended[0] == ended[1] == ended[2]


# Parts that share nothing but the folder.

JOB = ["read pages | fix | clean --by site | dedup --keep first"]


@pytest.fixture
def pages(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pages").mkdir()
    for sample in SAMPLES:
        shutil.copy(ROOT / sample, tmp_path / "pages")
    return tmp_path


def test_by_parts(pages):
    def part(*words):
        ended = corptool("run", "--work", "state", *words, cwd=pages)
        assert ended.code == 0, ended.err
        return ended

    for number in (2, 1, 3):
        part("--shard", f"{number}/3", *JOB)
    part("--decide")
    part("--decide")  # again: decided already
    for number in (3, 1, 2):
        part("--apply", f"{number}/3")
    part("--decide")
    for number in (3, 2, 1, 1):
        part("--apply", f"{number}/3")
    whole = corptool("run", *JOB, cwd=pages)
    assert part().out == whole.out
    assert part(*JOB).err == whole.err


def test_workers_decide(pages, monkeypatch):
    """--decide on a machine of its own has -j too."""
    run = ["--work", "state", "-q"]
    assert corptool("run", *run, "--shard", "1/1", "read pages | dedup", cwd=pages).code == 0
    asked = []
    monkeypatch.setattr(jobs, "pool", lambda jobs: nullcontext(asked.append(jobs) or starmap))
    wanted = Wanted(None, True, None, False)
    assert jobs.run("state", Given(), wanted, workers=Workers(jobs=2), reporting={"rejects": None}) == 0
    assert {*asked} == {2}


def test_who_decides_as_well_may_be_sooner_and_tidy_up(pages):
    """Then the folder in which they meet is gone."""
    job = opened("state", Given("read pages | dedup --memory 64K", shards=3), whole=True)
    for shard in range(3):
        shards.work("state", 0, shard)
    sooner = []

    def each(function, tasks):
        for task in tasks:
            sent = pickle.dumps(task)
            if function.__name__ == "_met" and not sooner:
                sooner.append(shards.decide("state", 0))
                job.tidy()
            yield pickle.loads(pickle.dumps(function(*pickle.loads(sent))))

    assert [shards.decide("state", 0, each)] == sooner
    assert not os.path.exists("state/.unfinished")


def test_output_by_shards(pages):
    whole = corptool("run", *JOB, cwd=pages)
    for output, name in (
        ("out/", "part-{:05}-of-00003.jsonl"),
        ("z/a-*.jsonl.zst", "a-part-{:05}-of-00003.jsonl.zst"),
        ("g/*.jsonl.gz", "part-{:05}-of-00003.jsonl.gz"),
    ):
        ended = corptool("run", "--work", f"for {name}", "--shards", "3", *JOB, "-o", output, cwd=pages)
        assert (ended.code, ended.out, ended.err) == (0, b"", whole.err)
        names = [f"{os.path.dirname(output)}/{name.format(number)}" for number in (1, 2, 3)]
        assert corptool("read", *names, cwd=pages).out == whole.out
        (pages / names[1]).unlink()
        assert corptool("run", "--work", f"for {name}", cwd=pages).code == 0
        assert corptool("read", *names, cwd=pages).out == whole.out


@pytest.mark.parametrize("output", ["*.jsonl", "*.jsonl.gz", "o/*.jsonl.bz2", "o/*.csv.xz", "o/*.csv.zst"])
def test_output_by_shards_is_compressed_as_its_name_says(pages, output):
    """And may lie in this folder."""
    ended = corptool("run", "--work", "state", "--shards", "2", "read pages", "-o", output, cwd=pages)
    assert ended.code == 0, ended.err
    names = [output.replace("*", f"part-0000{number}-of-00002") for number in (1, 2)]
    again = corptool("read", *names, cwd=pages)
    assert (again.code, again.out.count(b"\n")) == (0, len(SAMPLES)), again.err


def test_what_another_job_is_writing_stays(pages):
    """Two jobs may write their shards to one folder."""
    other = Storage("out")
    with other.writing("b-part-00001-of-00002.jsonl") as file:
        file.write(b"{}")
        assert corptool("run", "--work", "state", "read pages", "-o", "out/a-*.jsonl", cwd=pages).code == 0
    assert other.read("b-part-00001-of-00002.jsonl") == b"{}"


def test_an_error_of_the_disk_is_not_a_file_that_is_not_there(pages, monkeypatch):
    job = opened("state", Given("read pages | dedup", shards=2), whole=True)
    for shard in range(2):
        shards.work("state", 0, shard)
    monkeypatch.setattr(files, "stamp", lambda path: (None, None) if path.endswith(".keys") else stamp(path))
    with pytest.raises(click.ClickException, match="these shards must be done"):
        shards.decide("state", 0)
    held = [len(block) for shard in range(2) for block in state.blocks(job, 0, shard, "keys")]
    assert sum(held) == len(SAMPLES)


def test_a_file_that_cannot_be_opened_is_a_reject(pages, monkeypatch):
    """Also where it is so long that shards would share it."""
    (pages / "a.jsonl").write_bytes(b"\n".join(LINES))

    def plain(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(files, "plain", plain)
    job = opened("", Given("read a.jsonl", shards=3), whole=True, dry=True)
    assert job.facts["inputs"] == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--shard", "1/3", "fix"], 2, "shards need --work DIR"),
        (["--work", "new"], 2, "no job was begun in new"),
        (["--work", "new", "fix"], 2, "name the files"),
        (["--work", "new", "fix", "-"], 2, "name the files"),
        (["--work", "new", "fix pages", "pages"], 2, "names its files in the pipeline already"),
        (["--work", "new", "fix", "--files-from", "-"], 2, "pipe the same list in"),
        (["--work", "pages/state", "fix", "pages"], 2, "pages/state lies in pages, which is read"),
        (["--work", "state", "--shard", "0/3"], 2, "shards are counted from 1"),
        (["--work", "state", "--shard", "4/3"], 2, "not of the form 3/100"),
        (["--work", "state", "--shard", "1/3", "--decide"], 2, "give one of them"),
        (["--work", "state", "--shard", "1/4"], 1, "--shards: was 3, now 4"),
        (["--work", "state", "--shards", "4"], 1, "--shards: was 3, now 4"),
        (["--work", "state", "--apply", "1/3"], 2, "nothing has been decided yet"),
        (["--work", "state", "--decide"], 1, "before `clean` can decide, these shards must be done with --shard: 1, 3"),
        (["--work", "state", "--shard", "1/3", "-o", "x.jsonl"], 2, "-o FILE and --rejects come last"),
        (["--work", "new", "fix", "pages", "-o", "x.parquet"], 2, "put `| export --format parquet` behind it"),
        (["--work", "state", "-o", "x/"], 1, "-o: was not given, now 'x/*.jsonl'"),
        (
            ["--work", "state", "fix pages"],
            1,
            "the pipeline: was 'read pages | fix | clean --by site | dedup --keep first'",
        ),
        (["--work", "state", "--files-from", "pages/x"], 2, "names its files in the pipeline already"),
    ],
)
def test_what_does_not_fit_is_told(pages, words, code, said):
    opened("state", Given(*JOB, shards=3), whole=True)
    shards.work("state", 0, 1)
    before = tree(pages)
    ended = corptool("run", *words, cwd=pages)
    assert (ended.code, said in ended.err) == (code, True), ended.err
    assert tree(pages) == before


def tree(folder):
    return {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")}


def test_a_package_that_the_output_needs_is_missed_before_the_work(pages, monkeypatch):
    for name in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match="Parquet needs pyarrow"):
        opened("new", Given(*JOB, output="out/*.parquet", shards=3), whole=True)
    assert not (pages / "new").exists()


def test_there_is_nothing_to_decide(pages):
    assert corptool("run", "--work", "state", "--shard", "1/1", "fix pages", cwd=pages).code == 0
    assert (
        "no stage of this pipeline sees all articles" in corptool("run", "--work", "state", "--decide", cwd=pages).err
    )


def test_a_changed_input_is_told(pages):
    rules = pages / "rules.toml"
    rules.write_text("", "utf-8")
    job = ["run", "--work", "state", "clean --rules rules.toml", "pages"]
    assert corptool(*job, cwd=pages).code == 0
    before = tree(pages)
    first, second, *_ = sorted((pages / "pages").iterdir())
    first.write_bytes(b"other")
    second.unlink()
    (pages / "pages" / "a new one.txt").write_bytes(b"new")
    rules.write_text("# other", "utf-8")
    ended = corptool(*job, cwd=pages)
    assert ended.code == 1
    assert "state holds another job than this one:" in ended.err
    for said in (f"{first.name}: was ", f"{second.name}: is no longer", "one.txt: is new", "rules.toml: has changed"):
        assert said in ended.err
    ended = corptool("run", "--work", "state", "--shard", "1/1", cwd=pages)
    assert (ended.code, "rules.toml: has changed" in ended.err) == (1, True)
    assert {path: data for path, data in tree(pages).items() if "state" in str(path)} == {
        path: data for path, data in before.items() if "state" in str(path)
    }


def test_an_input_that_changes_while_it_is_read(pages):
    job = opened(str(pages / "state"), Given("fix", (str(pages / "pages"),)), whole=True)
    page = pages / "pages" / "000_d98632d25b26338c.txt"
    page.write_bytes(page.read_bytes() + b"more")
    with pytest.raises(click.ClickException, match=r"000_.*\.txt: was .* bytes, now .*, since the job was planned"):
        shards.work(job.storage.root, 0, 0)
    assert state.missing(job, 0) == [0]


def test_dry_run_changes_nothing(pages):
    before = tree(pages)
    shown = corptool("run", "--dry-run", *JOB, cwd=pages).out.decode()
    assert "10 files" in shown
    assert "round 2  clean, then dedup decides\n" in shown
    job = ["run", "--work", "state", "--shards", "3", *JOB, "-o", "out.jsonl"]
    shown = corptool(*job, "--dry-run", cwd=pages).out.decode()
    assert "round 1  read | fix, then clean decides: 0 of 3 shards are done\n" in shown
    assert tree(pages) == before
    corptool(*job, cwd=pages)
    before = tree(pages)
    shown = corptool(*job, "--dry-run", cwd=pages).out.decode()
    assert "round 1  read | fix, then clean decides: 3 of 3 shards are done, decided\n" in shown
    assert tree(pages) == before


# Killed, out of disk, twice at once.


def test_an_index_takes_a_job_for_the_same_after_a_kill(pages):
    """What was decided is lost when a kill comes between the index and the folder; others may have come since."""
    job = ["fix | dedup --index seen --keep first", "pages"]
    first = corptool("run", "--work", "state", *job, cwd=pages)
    (pages / "state" / "1" / "decided").unlink()
    (pages / "new.txt").write_text("Some other words that nobody has seen before. " * 20, "utf-8")
    corptool(
        "dedup", "--index", "seen", "new.txt", *(f"pages/{name.rpartition('/')[2]}" for name in SAMPLES), cwd=pages
    )
    again = corptool("run", "--work", "state", *job, cwd=pages)
    assert (again.code, again.out, again.err) == (first.code, first.out, first.err)
    assert first.out


def ended(command, cwd):
    return subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, check=False)


@pytest.mark.skipif(os.name == "nt", reason="needs kill -9")
@pytest.mark.parametrize("tasks", [6, *(pytest.param(tasks, marks=pytest.mark.slow) for tasks in (0, 3, 9, 14))])
def test_killed_and_run_again(pages, tasks):
    words = ["run", "--shards", "5", "-j", "2", *JOB, "--rejects", "lost", "-o", "out", "--work"]
    command = [sys.executable, "-m", "corptool", *words]
    whole = ended([*command, "undisturbed"], pages)
    results = [(pages / name).read_bytes() for name in ("out", "lost")]
    process = subprocess.Popen([*command, "state"], cwd=pages, env=ENVIRONMENT, stderr=subprocess.PIPE)
    while len(list(pages.glob("state/*/*.done"))) < tasks and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()  # ends when the workers have ended, too
    again = ended([*command, "state"], pages)
    assert (again.returncode, again.stderr) == (whole.returncode, whole.stderr)
    assert [(pages / name).read_bytes() for name in ("out", "lost")] == results
    assert not (pages / "state" / ".unfinished").exists()


def test_tasks_are_not_asked_for_long_before_their_turn():
    """They may carry arrays: a list of all of them would be as large as the corpus."""
    asked = []

    def tasks():
        for number in range(200):
            asked.append(number)
            yield (number,)

    with Workers(jobs=2).each() as each:
        for number, result in enumerate(each(abs, tasks())):
            assert result == number
            assert len(asked) < number + 30


def test_a_worker_that_is_killed_is_told():
    with pytest.raises(OSError, match="a worker process was killed"):
        list(in_workers(os._exit, [(9,), (9,)], 2))


@pytest.mark.skipif(os.name == "nt", reason="needs the resource module")
def test_full_disk(pages):
    """A limit on the size of files stands for a disk that is full: nothing is taken for done, and the rest goes on."""
    command = ["run", "--work", "state", "--shards", "3", *JOB]
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); import signal; "
    limited += "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); sys.argv[0] = 'corptool'; "
    limited += "from corptool.__main__ import main; main()"
    failed = ended([sys.executable, "-c", limited, *command], pages)
    assert (failed.returncode, b"file too large" in failed.stderr) == (1, True)
    whole = corptool("run", *JOB, cwd=pages)
    again = corptool(*command, cwd=pages)
    assert (again.code, again.out, again.err) == (0, whole.out, whole.err)


def test_another_job_in_the_same_folder_at_once(pages):
    """Both may have found it empty: then one of them is told, and does not write what the other one made."""
    job = opened("state", Given("read pages", shards=2), whole=True)
    opened("other", Given("read pages | fix", shards=2), whole=True)
    for file in (pages / "other").glob("*.json*"):
        shutil.copy(file, pages / "state")
    with pytest.raises(click.ClickException, match="state: another job was begun here at the same time"):
        list(shards.run(job, Report(job.steps, print)))


def test_twice_at_once(pages):
    command = [sys.executable, "-m", "corptool", "run", "--work", "state", "--shards", "5", *JOB]
    both = [subprocess.Popen(command, cwd=pages, env=ENVIRONMENT, stdout=subprocess.PIPE) for _ in range(2)]
    out = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert out[0] == out[1] == corptool("run", *JOB, cwd=pages).out
