"""A package adds stages, formats and rules; the example in samples/plugin is used in every way there is."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ENVIRONMENT, ROOT, corptool, installed

ARTICLE = {"id": "1", "text": "采访：请打 13912345678，或写信给 li.lei@example.com。\n（掌声）\nCall (555) 123-4567."}
REDACTED = "采访：请打 [phone]，或写信给 [email]。\n（掌声）\nCall [phone]."
LINE = json.dumps(ARTICLE, ensure_ascii=False).encode() + b"\n"


@pytest.fixture(scope="module")
def fieldwork(tmp_path_factory):
    return installed(ROOT / "samples" / "plugin", tmp_path_factory.mktemp("site"))


def package(target: Path, name: str, code: str, **groups: dict[str, str]) -> dict[str, str]:
    """Install a package of one module."""
    source = target / "source"
    (source / name).mkdir(parents=True)
    (source / name / "__init__.py").write_text(code, "utf-8")
    points = "".join(
        f'[project.entry-points."corptool.{group}"]\n' + "".join(f'{key} = "{value}"\n' for key, value in one.items())
        for group, one in groups.items()
    )
    (source / "pyproject.toml").write_text(f'[project]\nname = "{name}"\nversion = "2"\n{points}', "utf-8")
    return installed(source, target / "site")


def python(code, environment):
    done = subprocess.run(
        [sys.executable, "-c", code], env=ENVIRONMENT | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "words",
    [("redact",), ("run", "redact"), ("run", "-j", "2", "redact"), ("run", "fix | redact | tag --edits drop")],
    ids=" ".join,
)
def test_a_stage_in_pipes_and_runs(fieldwork, words):
    done = corptool(*words, given=LINE, **fieldwork)
    assert done.code == 0, done.err
    assert json.loads(done.out)["text"] == REDACTED


def test_a_stage_from_python(fieldwork):
    code = f"""
import pickle, corptool
from corptool import Pipeline, redact
from corptool_fieldwork.redact import redact as same
article = {ARTICLE!r}
assert redact is same is corptool.redact is pickle.loads(pickle.dumps(redact))
assert redact(article)["text"] == {REDACTED!r}
assert redact(article, keep=("phone", "email")) is article
[through] = pickle.loads(pickle.dumps(Pipeline("fix | redact")))([article])
assert corptool.undo(through) == article
"""
    python(code, fieldwork)


def test_a_stage_has_help_and_is_listed(fieldwork):
    assert "--keep [email|id|phone]" in corptool("redact", "--help", **fieldwork).out.decode()
    assert "redact  of corptool-fieldwork 1.0" in corptool("--help", **fieldwork).out.decode()
    assert "did you mean `redact`?" in corptool("redcat", given=LINE, **fieldwork).err


def test_a_stage_can_be_undone_even_when_its_package_is_gone(fieldwork):
    redacted = corptool("redact", given=LINE, **fieldwork).out
    assert json.loads(redacted)["edits"][0]["version"] == "corptool-fieldwork 1.0"
    assert corptool("redact", given=redacted, **fieldwork).out == redacted
    assert json.loads(corptool("undo", given=redacted).out) == ARTICLE
    assert json.loads(corptool("undo", "--before", "redact", given=redacted, **fieldwork).out) == ARTICLE


INVERSE = '''
import click
from corptool.stage import stage

@stage
def turn(article):
    """Turn the text round."""
    return article | {"text": article["text"][::-1]}, None, [{"by": -1}]

@turn.inverse
def back(text, *, by):
    return text[::by]
'''


def test_a_stage_that_declares_its_inverse(tmp_path):
    environment = package(tmp_path, "turner", INVERSE, stages={"turn": "turner:turn"})
    turned = corptool("turn", given=LINE, **environment)
    [entry] = json.loads(turned.out)["edits"]
    assert entry["inverse"] == {"by": -1}
    assert entry["changes"] == []
    assert json.loads(corptool("undo", given=turned.out, **environment).out) == ARTICLE
    assert "an inverse of 'turn' that there is not" in corptool("undo", given=turned.out).err


def test_a_format_is_written_and_read(fieldwork, tmp_path):
    done = corptool("export", "--format", "tei", "-o", "corpus.tei", given=LINE, cwd=tmp_path, **fieldwork)
    assert done.code == 0, done.err
    for words in (["read", "corpus.tei"], ["read", "."], ["fix", "--edits", "drop", "corpus.tei"]):
        read = json.loads(corptool(*words, cwd=tmp_path, **fieldwork).out)
        assert (read["text"], read["origin"]["format"]) == (ARTICLE["text"], "tei")
    (tmp_path / "corpus.tei").rename(tmp_path / "corpus")
    assert (
        json.loads(corptool("read", "--as", "tei", "corpus", cwd=tmp_path, **fieldwork).out)["text"] == ARTICLE["text"]
    )
    assert "|tei]" in corptool("read", "--help", **fieldwork).out.decode().replace("\n", "").replace(" ", "")


def test_a_folder_that_only_a_plug_in_can_read(fieldwork, tmp_path):
    (tmp_path / "a.tei").write_text("<TEI xmlns='http://www.tei-c.org/ns/1.0'><text><p>網</p></text></TEI>", "utf-8")
    assert json.loads(corptool("read", str(tmp_path), **fieldwork).out)["text"] == "網"
    refused = corptool("read", str(tmp_path))
    assert refused.code == 1
    assert "no file in this folder can be read" in refused.err


def test_a_rule_file_by_its_name(fieldwork):
    page = json.dumps(
        {"id": "1", "text": "第一句话说的是这件事。" * 9 + "\n（掌声）\n" + "最后一句话说的是那件事。" * 9}
    )
    done = corptool(
        "run", "-j", "2", "clean --only notice --rules transcripts", given=page.encode() + b"\n", **fieldwork
    )
    cleaned = json.loads(done.out)
    assert "掌声" not in cleaned["text"]
    assert cleaned["edits"][0]["options"] == {"only": ["notice"], "rules": ["transcripts 552f060b"]}
    assert (
        "transcript-sound (notice"
        in corptool("rules", "explain", "--rules", "transcripts", "[Music]", **fieldwork).out.decode()
    )
    assert corptool("rules", "test", "transcripts", **fieldwork).out == b"2 rules, 0 failures\n"
    wrong = corptool("clean", "--rules", "transcript", given=LINE, **fieldwork)
    assert wrong.code == 2
    assert "no package brings rules of that name (there are transcripts)" in wrong.err


def test_a_job_by_shards_notes_whose_plug_ins_it_uses(fieldwork, tmp_path):
    (tmp_path / "in.jsonl").write_bytes(LINE)
    words = ["run", "-q", "--work", "job", "redact | clean --only notice --rules transcripts", "in.jsonl"]
    done = corptool(*words, cwd=tmp_path, **fieldwork)
    assert done.code == 0, done.err
    assert json.loads(done.out)["text"] == REDACTED.replace("（掌声）\n", "")
    site = Path(fieldwork["PYTHONPATH"].split(os.pathsep)[0])
    rules = site / "corptool_fieldwork" / "transcripts.toml"
    rules.write_bytes(b"# newer\n" + (before := rules.read_bytes()))
    changed = corptool(*words, cwd=tmp_path, **fieldwork)
    rules.write_bytes(before)
    assert (changed.code, "transcripts" in changed.err) == (1, True)
    (site / "corptool_fieldwork-1.0.dist-info" / "METADATA").rename(tmp_path / "METADATA")
    newer = (tmp_path / "METADATA").read_text("utf-8").replace("Version: 1.0", "Version: 1.1")
    (site / "corptool_fieldwork-1.0.dist-info" / "METADATA").write_text(newer, "utf-8")
    changed = corptool(*words, cwd=tmp_path, **fieldwork)
    (tmp_path / "METADATA").replace(site / "corptool_fieldwork-1.0.dist-info" / "METADATA")
    assert changed.code == 1
    assert "corptool-fieldwork" in changed.err


def test_they_are_listed(fieldwork):
    done = corptool("plugins", **fieldwork)
    assert done.code == 0
    assert [line.split()[:4] for line in done.out.decode().splitlines()[2:]] == [
        ["stages", "redact", "corptool-fieldwork", "1.0"],
        ["formats", "tei", "corptool-fieldwork", "1.0"],
        ["rules", "transcripts", "corptool-fieldwork", "1.0"],
    ]
    assert corptool("plugins").out == b"no package adds anything\n"


CLASH = '''
from corptool.stage import stage

@stage
def fix(article):
    """Not ours."""
    raise SystemExit("imported")
'''


def test_ours_wins_and_it_is_told(tmp_path):
    environment = package(tmp_path, "clash", CLASH, stages={"fix": "clash:fix"}, formats={"csv": "clash"})
    assert corptool("fix", given=LINE, **environment).code == 0
    assert "fix  of clash 2 (not used: ours wins)" in corptool("--help", **environment).out.decode()
    listed = corptool("plugins", **environment)
    assert listed.out.decode().count("not used: corptool has its own") == 2
    assert listed.code == 1


def test_two_packages_with_one_name(tmp_path):
    one = package(tmp_path / "1", "one", INVERSE, stages={"turn": "one:turn"})
    two = package(tmp_path / "2", "two", INVERSE, stages={"turn": "two:turn"})
    both = {"PYTHONPATH": os.pathsep.join((one["PYTHONPATH"], two["PYTHONPATH"]))}
    done = corptool("turn", given=LINE, **both)
    assert done.code == 1
    assert "one 2 and two 2 both bring `turn` (corptool.stages): uninstall one of them" in done.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["broken"], "`broken` of the package bad 2 cannot be loaded: ModuleNotFoundError: No module named 'no_such"),
        (["run", "fix | broken"], "`broken` of the package bad 2 cannot be loaded"),
        (["strange"], "`strange` of the package bad 2 cannot be used: json is no stage `strange`"),
        (["read", "--as", "broken", "x"], "`broken` of the package bad 2 cannot be loaded"),
        (["read", "--as", "strange", "x"], "json:dumps has neither `read` nor `write`"),
        (["clean", "--rules", "strange"], "json has no file strange.toml beside it"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_plug_in_that_is_none_is_named_with_its_package(tmp_path, words, message):
    environment = package(
        tmp_path,
        "bad",
        "import no_such_module",
        stages={"broken": "bad:broken", "strange": "json"},
        formats={"broken": "bad", "strange": "json:dumps"},
        rules={"strange": "json"},
    )
    done = corptool(*words, given=LINE, **environment)
    assert message in done.err
    assert "Traceback" not in done.err
    assert done.code in (1, 2)
    assert corptool("--help", **environment).code == 0
    assert corptool("plugins", **environment).code == 1


def test_a_broken_format_does_not_keep_a_folder_from_being_read(tmp_path):
    environment = package(tmp_path, "bad", "import no_such_module", formats={"broken": "bad"})
    (tmp_path / "pages").mkdir()
    for name in ("a.txt", "b.odd"):
        (tmp_path / "pages" / name).write_text("words", "utf-8")
    done = corptool("read", str(tmp_path / "pages"), **environment)
    assert done.out.count(b"\n") == 1
    assert done.err.count("`broken` of the package bad 2 cannot be loaded") == 1


@pytest.mark.parametrize(
    "words", ["filter --min-chars 1", "fix", "run -q fix|tag", "read samples/002_crlf.txt samples/tool_library.html"]
)
def test_what_is_ours_does_not_pay_for_looking(words):
    code = (
        f"import sys, os; os._exit = lambda code: None; sys.argv[1:] = {words.split()}; from corptool.__main__ import main; "
        "main(); assert 'corptool.plugins' in sys.modules; assert 'importlib.metadata' not in sys.modules; "
        "assert sys.argv[1] != 'filter' or 'pathlib' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=LINE, cwd=ROOT, env=ENVIRONMENT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
