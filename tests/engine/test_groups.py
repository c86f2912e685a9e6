"""Stages that decide group by group: in buckets, apart from each other, as if one had seen all keys."""

import io
import json

import pytest

from corptool.engine import exchange, groups, shards
from corptool.engine.job import Given, opened
from corptool.flow import told
from corptool.stage import stage
from corptool.step import Step
from tests.conftest import corptool

NUMBER = 70  # shards, so there are several buckets
MENU = "首頁 新聞 體育\nBack to the list\n"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Articles of seven sites, each with lines of its own on every page, and a line that is no article."""
    path = tmp_path_factory.mktemp("pages") / "in.jsonl"
    rows = [
        {
            "id": str(n),
            "site": f"s{n % 7}",
            "text": f"{MENU}只在 s{n % 7} 的欄目\n文章的正文在這裡：{chr(0x4E00 + 7 * n) * 3}。\n",
        }
        for n in range(140)
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join([*lines[:50], "{no", *lines[50:]]) + "\n", "utf-8")
    return str(path)


@pytest.mark.parametrize("pipeline", ["clean --by site", "fix | learn", "fix | dedup | learn --min-pages 2"])
def test_buckets_decide_what_one_would(tmp_path, pages, pipeline, capfd):
    here = corptool("run", pipeline, pages, "-o", str(tmp_path / "here"))
    job = opened(str(tmp_path / "work"), Given(pipeline, (pages,), shards=NUMBER), whole=True)
    assert (job.shards, groups.buckets(job)) == (NUMBER, 3)
    code = told(lambda report: shards.run(job, report), job.steps, output=str(tmp_path / "there"))
    assert (code, capfd.readouterr().err) == (here.code, here.err) == (3, here.err)
    assert (tmp_path / "there").read_bytes() == (tmp_path / "here").read_bytes()
    assert b"s6" in (tmp_path / "here").read_bytes()


@stage
def numbered(article, decision):
    """What was decided on its group."""
    return article | {"decision": decision}


numbered.key(lambda article: article["text"])
numbered.group(first=2)(lambda key: key[0])
numbered.decide("".join)


def test_a_group_is_decided_on_once_by_its_first_keys():
    articles = [{"id": str(n), "text": text} for n, text in enumerate(["a1", "b1", "a2", "a3", "b2"])]
    decided = [article["decision"] for article in numbered(articles)]
    assert decided == ["a1a2", "b1b2", "a1a2", "a1a2", "b1b2"]
    assert Step(numbered, {}).first_of_groups(["a1", "b1", "a2", "a3"], {}) == {"a": ["a1", "a2"], "b": ["b1"]}


def test_each_reader_finds_its_value():
    file = io.BytesIO()
    exchange.write(file, [(3, ["三"]), (-1, {"own": 1}), (0, None)])
    assert [exchange.read(file, number) for number in (3, -1, 0, 7)] == [["三"], {"own": 1}, None, None]
