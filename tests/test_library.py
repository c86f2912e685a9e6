"""Stages from Python: the page docs/library.md, run, and pipelines over Arrow tables."""

import json
import pickle
import re
import subprocess
import sys
from importlib.util import find_spec

import click
import pytest

import corptool
from corptool import Pipeline
from tests.conftest import ENVIRONMENT, ROOT

PAGE = (ROOT / "docs" / "library.md").read_text("utf-8")
BLOCKS = re.findall(r"(?<=^```python\n).*?(?=^```$)", PAGE, re.MULTILINE | re.DOTALL)
OTHERS = ("pyarrow", "datasets", "ray", "pyspark")


def used(block):
    return [name for name in OTHERS if re.search(rf"^>>> (import|from) {name}\b", block, re.MULTILINE)]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: "-".join(used(block)) or "corptool")
def test_page_tells_the_truth(block, tmp_path):
    if missing := [name for name in used(block) if find_spec(name) is None]:
        pytest.skip(f"{missing[0]} is not installed")
    (tmp_path / "page.txt").write_text(block, "utf-8")
    environment = {key: value for key, value in ENVIRONMENT.items() if not key.startswith("PYTHONWARN")}
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "doctest", "page.txt"],
        cwd=tmp_path,
        env=environment | {"PYSPARK_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def pyarrow():
    return pytest.importorskip("pyarrow")


def test_columns_stay_the_same_whatever_is_in_the_table(pyarrow):
    clean = pickle.loads(pickle.dumps(Pipeline("fix | clean").map_arrow))
    page = (
        "The storm came ashore\nBy Ann Lee\n2024-05-31\n" + "It rained on the plain and everybody stayed at home. " * 9
    )
    tables = [pyarrow.table({"id": [1], "text": [text]}) for text in (page, "", "網站")]
    schemas = [clean(table).schema for table in (*tables, tables[0].slice(0, 0))]
    assert len(set(map(str, schemas))) == 1
    [row] = clean(tables[0]).to_pylist()
    assert row["published"] == "2024-05-31"
    assert json.loads(row["edits"])[0]["stage"] == "clean"


def test_other_columns_keep_their_values_and_types(pyarrow):
    batch = pyarrow.RecordBatch.from_pydict(
        {
            "n": pyarrow.array([1, None], pyarrow.int16()),
            "text": pyarrow.array(["a\r\nb", "網"], pyarrow.large_string()),
            "tags": [["x"], []],
            "meta": ['{"editor":"王"}', None],
        }
    )
    after = Pipeline("fix | tag").map_arrow(batch)
    assert isinstance(after, pyarrow.RecordBatch)
    assert after.schema.names[:4] == ["n", "text", "tags", "meta"]
    assert after.schema.types[:3] == batch.schema.types[:3]
    assert after.select(["n", "text", "tags", "meta", "lang"]).to_pylist() == [
        {"n": 1, "text": "a\nb", "tags": ["x"], "meta": '{"editor":"王"}', "lang": "en"},
        {"n": None, "text": "網", "tags": [], "meta": None, "lang": "zh-Hant"},
    ]


def test_keys_that_only_one_stage_writes_are_columns_too(pyarrow):
    table = pyarrow.table({"text": ["他后来在台湾吃了一碗干的面条。", "x"]})
    after = Pipeline("convert --to t --audit").map_arrow(table)
    assert json.loads(after["audit"][0].as_py())[0][1] == "后"


def test_markup_is_read_as_a_page(pyarrow):
    page = "<title>風</title><nav><a href='/'>首頁</a></nav><article><p>颱風登陸，多人受傷。<p>救援人員正在路上。</article>"
    table = pyarrow.table({"url": ["http://example.org/"], "html": [page], "title": [None]})
    [row] = Pipeline("fix").map_arrow(table).to_pylist()
    assert (row["url"], row["html"], row["title"]) == ("http://example.org/", None, "風")
    assert row["text"] == "首頁\n颱風登陸，多人受傷。\n救援人員正在路上。"
    assert json.loads(row["hints"])[0] != json.loads(row["hints"])[1], "clean is told which line is navigation"


def test_what_is_dropped_or_fails_is_told(pyarrow):
    lost = []
    pipeline = Pipeline("fix | filter --min-chars 2", lambda *told: lost.append(told))
    assert pipeline.map_arrow(pyarrow.table({"text": ["網站", "x", None]}))["text"].to_pylist() == ["網站"]
    assert [(name, dropped.fate) for name, dropped in lost] == [("filter", "dropped"), ("fix", "rejected")]


@pytest.mark.parametrize("text", ["fix | dedup", "clean --by site", "fix | export"])
def test_what_needs_the_whole_corpus_is_refused(text):
    with pytest.raises(click.UsageError, match="a table is a part"):
        Pipeline(text).map_arrow(None)


def test_a_column_of_ours_that_is_another_s(pyarrow):
    with pytest.raises(ValueError, match="the column `meta` does not hold JSON"):
        Pipeline("fix").map_arrow(pyarrow.table({"text": ["x"], "meta": ["news"]}))


@pytest.mark.parametrize("text", ["fix | clean", "dedup", "clean --by site | dedup"])
def test_what_is_no_article_is_told_so(text):
    lost = []
    whole = {"id": "1", "text": "one"}
    assert [*Pipeline(text, on_drop=lambda _, dropped: lost.append(dropped.reason))([whole, {"id": "2"}, "x"])] == [
        whole
    ]
    assert lost == ["no article, which is a dict with a string `text`"] * 2


@pytest.mark.parametrize("given", [{"id": "2"}, "x", {"text": 3}])
def test_a_function_says_that_it_was_given_no_article(given):
    with pytest.raises(ValueError, match="no article, which is a dict with a string `text`"):
        corptool.fix(given)


def test_an_origin_that_is_not_whole_is_told():
    article = {"text": "x", "origin": {"format": "text", "encoding": "utf-8"}}
    with pytest.raises(ValueError, match="its origin does not say what `read` notes of a file: path, sha256"):
        corptool.undo(article, bytes_=True)
