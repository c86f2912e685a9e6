"""dedup --index, and `corptool index`: what earlier runs have seen."""

import json
import os
import random
import subprocess
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner

from corptool import cli
from corptool.commands.dedup import dedup, features
from corptool.commands.index import index
from corptool.duplicates.disk import Room
from corptool.duplicates.features import collected
from corptool.duplicates.index import Index
from corptool.duplicates.plan import Plan
from tests.commands.test_dedup import CHINESE, ENGLISH, OTHER, TRADITIONAL, article, pages
from tests.conftest import ENVIRONMENT, ROOT


def ids(articles):
    return [one["id"] for one in articles]


def shown(folder, *options):
    result = CliRunner().invoke(index, [str(folder), *options])
    return result.exit_code, result.output


def test_a_file_is_no_index(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Words.\n", "utf-8")
    done = CliRunner().invoke(cli.group, ["dedup", "--index", str(path), str(path)])
    assert (done.exit_code, "Directory" in done.stderr) == (2, True)


def test_copies_of_yesterday_are_removed_today(tmp_path):
    folder = str(tmp_path / "seen")
    assert ids(dedup([article("a", CHINESE), article("b", ENGLISH)], index=folder)) == ["a", "b"]
    assert ids(dedup([article("c", TRADITIONAL), article("d", OTHER)], index=folder)) == ["d"]
    assert ids(dedup([article("e", OTHER.upper()), article("f", ENGLISH + " More.")], index=folder)) == []


def test_a_run_that_is_repeated_gives_the_same(tmp_path):
    folder = str(tmp_path / "seen")
    first = [article("a", CHINESE), article("b", ENGLISH), article("c", TRADITIONAL)]
    assert ids(dedup(first, index=folder)) == ids(dedup(first, index=folder)) == ["a", "b"]


def test_what_the_catalog_names_is_on_the_disk(tmp_path, monkeypatch):
    """After a power cut the catalog, which SQLite syncs, must not name files that are not all there."""
    synced, named = [], []
    sync, rename = os.fsync, Path.rename

    def renamed(path, target):
        assert {file.stat().st_ino for file in (*path.iterdir(), path)} <= {*synced}
        named.append(target)
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", lambda file: [sync(file), synced.append(os.fstat(file).st_ino)])
    monkeypatch.setattr(Path, "rename", renamed)
    list(dedup([article("a", CHINESE), article("b", ENGLISH)], index=str(tmp_path)))
    assert len(named) == 2


def test_clusters_are_those_of_one_run_over_all(tmp_path):
    texts = pages(30)
    texts += [text.replace("港", "湾", 2).replace("harbour", "harbor", 1) + " 。More" for text in texts[::2]]
    articles = [article(f"{number * 7 % 45:02}", text) for number, text in enumerate(texts)]
    folder = str(tmp_path / "seen")
    parts = [list(dedup(articles[at : at + 15], mark=True, index=folder)) for at in range(0, 45, 15)]
    full = {one["id"]: one["cluster"] for one in dedup(articles, mark=True)}
    assert {one["id"]: one["cluster"] for one in parts[-1]} == {one["id"]: full[one["id"]] for one in articles[30:]}
    assert len(set(full.values())) < 45


NOTICE = "Notice: the content above was uploaded by a user and the platform only provides storage of what users send. "


def corpus(seed):
    """Articles with copies of all kinds, more than a bucket takes, forms, and boilerplate; ids in no order."""
    draw = random.Random(seed)
    texts = pages(30)
    copied = draw.choice(texts)
    for _ in range(14):
        words = copied.split(" ")
        texts.append(" ".join(word for word in words if draw.random() > 0.02))
    texts += [f"{NOTICE * 3}\n{text[:120]}\n{NOTICE}" for text in texts[:14]]
    texts += [
        f"今天气温{draw.randrange(99)}度，明天{draw.randrange(99)}度，出门请带好雨具，注意交通安全，农户请清沟排渍，"
        * 3
        for _ in range(14)
    ]
    texts += [
        draw.choice(texts)[: draw.choice([300, 500, 9999])] + draw.choice(["", " 。", "More."]) for _ in range(30)
    ]
    texts += [text.replace(" ", "\n") for text in texts[:8:2]]  # the same, and yet none of its shingles
    texts += [text.replace("a", "", 3) for text in texts[-4:]]
    ids = draw.sample(range(1000), len(texts))
    articles = [article(f"{id_:03}", text) for id_, text in zip(ids, texts, strict=True)]
    draw.shuffle(articles)
    return articles


def planned(folder, articles, memory):
    with Index(folder) as opened:
        come = collected(map(features, articles), Room(memory))
        plan = Plan(*come, keep="best", relations="exact,same,near", index=opened)
    plan.clear()
    ids = plan.rows.names(np.arange(len(plan.rows)))
    come = {*ids[: plan.incoming]}
    pairs = ((ids[row["left"]], ids[row["right"]], row["relation"]) for row in plan.related.all())
    related = {(left, right): code for left, right, code in pairs if {left, right} & come}
    return {ids[index]: ids[plan.cluster.all()[index]] for index in range(plan.incoming)}, related


def remembered(folder):
    """What an index knows, each text by the first id that has it."""
    with Index(folder) as opened:
        known = opened.memory()
        rows = [part.rows() for part in opened.parts()]
    keys = [
        (tuple(same.tolist()), id_) for one in rows for same, id_ in zip(one.fixed["same"], one.names(), strict=True)
    ]
    smallest = {}
    for same, id_ in keys:
        smallest[same] = min(id_, smallest.get(same, id_))
    of = [smallest[same] for same, _ in keys]
    groups = defaultdict(set)
    for row, group in zip(known["row"].tolist(), known["group"].tolist(), strict=True):
        groups[group].add(of[row])
    counts = dict(zip(known["hashes"].tolist(), known["counts"].tolist(), strict=True))
    return (
        sorted((of[pair >> 32], of[pair & 0xFFFFFFFF], *rest) for pair, *rest in known["pairs"].tolist()),
        sorted(map(sorted, groups.values())),
        counts,
    )


@pytest.mark.parametrize("seed", range(6))
def test_what_is_known_after_several_runs_is_what_one_run_knows(tmp_path, seed):
    articles = corpus(seed)
    whole, related = planned(tmp_path / "one", articles, 1 << 30)
    cuts = sorted(random.Random(seed).sample(range(1, len(articles)), 3))
    for start, end in pairwise([0, *cuts, len(articles)]):
        clusters, found = planned(tmp_path / "several", articles[start:end], 1 << 12)
    last = {one["id"] for one in articles[cuts[-1] :]}
    assert clusters == {id_: cluster for id_, cluster in whole.items() if id_ in last}
    assert found == {pair: code for pair, code in related.items() if last & {*pair}}
    assert remembered(tmp_path / "several") == remembered(tmp_path / "one")
    assert max(Counter(whole.values()).values()) > 8


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
    (hashes,) = folder.glob("*/hashes")
    hashes.write_bytes(b"")
    assert shown(folder, "--check")[0] == 1
    code, text = shown(tmp_path / "none")
    assert code == 2
    assert "there is no index here" in text


@pytest.mark.parametrize("name", ["ids", "row.npy", "numbers"])
def test_an_index_that_lacks_a_file_is_told_and_not_used(tmp_path, name):
    folder = tmp_path / "seen"
    list(dedup([article("a", CHINESE)], index=str(folder)))
    (lost,) = folder.glob(f"*/{name}")
    lost.unlink()
    assert shown(folder, "--check")[0] == 1
    with pytest.raises(click.UsageError, match="make it anew"):
        list(dedup([article("b", ENGLISH)], index=str(folder)))


def test_a_folder_of_other_files_becomes_no_index(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(click.UsageError, match="holds files, and is no index"):
        list(dedup([article("a", ENGLISH)], index=str(tmp_path)))


def test_a_killed_run_leaves_the_index_as_it_was(tmp_path):
    folder = tmp_path / "seen"
    list(dedup([article("a", CHINESE)], index=str(folder)))
    with pytest.raises(KeyboardInterrupt):
        _killed(folder)
    assert shown(folder)[1].split()[:2] == ["articles", "1"]


def _killed(folder):
    with Index(folder) as opened:
        come = collected([features(article("b", ENGLISH))], Room(1 << 20))
        Plan(*come, keep="best", relations="exact", index=opened).clear()
        raise KeyboardInterrupt


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
