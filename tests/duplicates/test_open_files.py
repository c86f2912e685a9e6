"""A process may open few files, 256 on macOS: what is compared lies in any number of them."""

import json
import random
import subprocess
import sys

import pytest

from corptool.commands.dedup import dedup

pytest.importorskip("resource")

FEW = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
from corptool.duplicates import disk
disk.SMALL = 0  # all that is told to others lies in files
from corptool.__main__ import main
main()
"""


def with_few_files(*args):
    run = subprocess.run([sys.executable, "-c", FEW, *map(str, args)], capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    return run.stdout


def articles(count):
    chance = random.Random(7)
    texts = ["".join(chance.choices("天地玄黄宇宙洪荒日月盈昃辰宿列张", k=120)) for _ in range(count)]
    texts[1::9] = [f"{text}寒来暑往" for text in texts[::9]]
    return [{"id": f"{number:03}", "text": text} for number, text in enumerate(texts)]


def test_dedup_in_little_memory(tmp_path):
    file = tmp_path / "all.jsonl"
    file.write_text("".join(json.dumps(article) + "\n" for article in articles(72)))
    whole = with_few_files("run", "dedup --mark", file)
    assert whole.count(b'"relation":"near"') == 8
    for jobs in ([], ["--work", tmp_path / "alone"], ["--work", tmp_path / "together", "-j", 2]):
        assert with_few_files("run", "dedup --mark --memory 20K", file, *jobs) == whole


def test_an_index_of_many_runs(tmp_path):
    index, out = tmp_path / "index", articles(20)
    for article in out:
        assert len([*dedup([article], index=str(index), mark=True)]) == 1
    file = tmp_path / "again.jsonl"
    file.write_text(json.dumps({"id": "again", "text": out[0]["text"]}) + "\n")
    assert b'"cluster":"000"' in with_few_files("dedup", "--index", index, "--mark", file)
