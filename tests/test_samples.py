"""The samples: what comes out of each through `fix | clean`, held against samples/golden/."""

import json
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT, SAMPLES, corptool

GOLDEN = ROOT / "samples" / "golden"
VARIANTS = {
    "004_gb18030.txt": "004_28a03b4ddda3cf2c.txt",
    "004_utf16.txt": "004_28a03b4ddda3cf2c.txt",
    "002_crlf.txt": "002_fd690a7f4e06719d.txt",
}


@cache
def cleaned():
    ended = corptool("run", "read | fix | clean", *SAMPLES)
    assert ended.code == 0, ended.err
    articles = map(json.loads, ended.out.splitlines())
    return {Path(article["origin"]["path"]).name: article for article in articles}


def shown(article):
    """What a golden file holds: all but the version, one key a line."""
    article = article | {"origin": {key: value for key, value in article["origin"].items() if key != "corptool"}}
    article["edits"] = [{key: value for key, value in entry.items() if key != "version"} for entry in article["edits"]]
    return json.dumps(article, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("sample", [Path(path).name for path in SAMPLES])
def test_golden(sample, update):
    path = GOLDEN / f"{sample}.golden"
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown(cleaned()[sample]), "utf-8")
    assert shown(cleaned()[sample]) == path.read_text("utf-8")


@pytest.mark.parametrize(("variant", "seed"), VARIANTS.items())
def test_another_encoding_or_line_end_gives_the_same_text(variant, seed):
    assert cleaned()[variant]["text"] == cleaned()[seed]["text"]
    assert cleaned()[variant].get("title") == cleaned()[seed].get("title")


@pytest.mark.parametrize("sample", [Path(path).name for path in SAMPLES])
def test_every_removal_has_a_kind(sample):
    for entry in cleaned()[sample]["edits"]:
        assert all(kind for *_, kind, _ in entry["changes"])
