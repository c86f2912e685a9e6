"""dedup --index, and `corptool index`: what earlier runs have seen."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from corptool.commands.dedup import dedup
from corptool.commands.index import index
from corptool.duplicates.index import Index
from tests.commands.test_dedup import CHINESE, ENGLISH, OTHER, TRADITIONAL, article, pages
from tests.conftest import ENVIRONMENT, ROOT


def ids(articles):
    return [one["id"] for one in articles]


def shown(folder, *options):
    result = CliRunner().invoke(index, [str(folder), *options])
    return result.exit_code, result.output


def test_copies_of_yesterday_are_removed_today(tmp_path):
    folder = str(tmp_path / "seen")
    assert ids(dedup([article("a", CHINESE), article("b", ENGLISH)], index=folder)) == ["a", "b"]
    assert ids(dedup([article("c", TRADITIONAL), article("d", OTHER)], index=folder)) == ["d"]
    assert ids(dedup([article("e", OTHER.upper()), article("f", ENGLISH + " More.")], index=folder)) == []


def test_a_run_that_is_repeated_gives_the_same(tmp_path):
    folder = str(tmp_path / "seen")
    first = [article("a", CHINESE), article("b", ENGLISH), article("c", TRADITIONAL)]
    assert ids(dedup(first, index=folder)) == ids(dedup(first, index=folder)) == ["a", "b"]


def test_clusters_are_those_of_one_run_over_all(tmp_path):
    texts = pages(30)
    texts += [text.replace("港", "湾", 2).replace("harbour", "harbor", 1) + " 。More" for text in texts[::2]]
    articles = [article(f"{number * 7 % 45:02}", text) for number, text in enumerate(texts)]
    folder = str(tmp_path / "seen")
    parts = [list(dedup(articles[at : at + 15], mark=True, index=folder)) for at in range(0, 45, 15)]
    full = {one["id"]: one["cluster"] for one in dedup(articles, mark=True)}
    assert {one["id"]: one["cluster"] for one in parts[-1]} == {one["id"]: full[one["id"]] for one in articles[30:]}
    assert len(set(full.values())) < 45


def test_what_would_have_been_decided_otherwise_is_told(tmp_path, capsys):
    folder = str(tmp_path / "seen")
    list(dedup([article("a", ENGLISH)], index=folder))
    why = tmp_path / "why.jsonl"
    list(dedup([article("b", ENGLISH + " More.", title="Bridge")], index=folder, why=str(why)))
    assert "b would be kept, but its copy a is out already" in capsys.readouterr().err
    assert json.loads(why.read_text().splitlines()[0]) == {"change": "better", "id": "b", "than": "a"}


def test_an_index_is_shown_checked_and_forgets(tmp_path):
    folder = tmp_path / "seen"
    list(dedup([article("a", CHINESE), article("b", TRADITIONAL)], index=str(folder)))
    (folder / "left.part").mkdir()
    code, text = shown(folder, "--check")
    assert (code, text.split()[:8]) == (0, [*"left behind by killed runs, deleted: 1".split(), "articles"])
    assert not (folder / "left.part").exists()
    assert shown(folder, "--forget", "a", "--forget", "z")[1].startswith("forgotten: 1 of 2")
    assert ids(dedup([article("c", CHINESE)], index=str(folder))) == ["c"]


def test_faults_are_found(tmp_path):
    folder = tmp_path / "seen"
    list(dedup([article("a", CHINESE)], index=str(folder)))
    (part,) = (path for path in folder.iterdir() if path.is_dir())
    (part / "hashes").write_bytes(b"")
    assert shown(folder, "--check")[0] == 1
    code, text = shown(tmp_path / "none")
    assert code == 2
    assert "there is no index here" in text


def test_a_killed_run_leaves_the_index_as_it_was(tmp_path):
    folder = tmp_path / "seen"
    list(dedup([article("a", CHINESE)], index=str(folder)))
    with pytest.raises(KeyboardInterrupt):
        _killed(folder)
    assert shown(folder)[1].split()[:2] == ["articles", "1"]


def _killed(folder):
    with Index(folder) as opened:
        opened.add(*_plan(article("b", ENGLISH)).new())
        raise KeyboardInterrupt


def _plan(*articles):
    from corptool.commands.dedup import features
    from corptool.duplicates.plan import Plan

    return Plan(map(features, articles), keep="best", relations="exact", memory=1 << 20)


def test_two_runs_at_once(tmp_path):
    folder = tmp_path / "seen"
    processes = []
    for number in range(3):
        path = tmp_path / f"{number}.jsonl"
        lines = [article(f"{number}-{at}", text) for at, text in enumerate(pages(6))]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        command = [sys.executable, "-m", "corptool", "dedup", "--index", str(folder), "-q", str(path)]
        processes.append(subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE))
    out = [process.communicate()[0].splitlines() for process in processes]
    assert sorted(map(len, out)) == [0, 0, 6]
    assert shown(folder, "--check")[0] == 0
