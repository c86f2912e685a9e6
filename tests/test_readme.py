"""The Makefile, the script and the Windows commands of the README do what they say."""

import os
import re
import shutil
import subprocess

import pytest

from tests.conftest import BIN, ENVIRONMENT, ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs make and bash")
README = (ROOT / "README.md").read_text("utf-8")


def block(language, containing):
    """The README's block of this language that contains a text."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    [found] = [text for text in blocks if containing in text]
    return found


@pytest.fixture
def folder(tmp_path):
    """A user's folder with pages in it."""
    shutil.copytree(ROOT / "samples", tmp_path / "pages", ignore=shutil.ignore_patterns("golden", "plugin"))
    (tmp_path / "Makefile").write_text(block("make", "corpus.csv"), "utf-8")
    return tmp_path


def run(*words, cwd, path=""):
    environment = ENVIRONMENT | {"PATH": f"{path}{os.pathsep}{ENVIRONMENT['PATH']}"} if path else ENVIRONMENT
    return subprocess.run(words, cwd=cwd, env=environment, capture_output=True, check=False)


def test_makefile(folder):
    done = run("make", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "corpus.csv").read_text("utf-8").count("Set Off Another Upsurge") == 1


def test_makefile_with_a_stage_killed_in_the_middle_leaves_no_target(folder, tmp_path):
    """`corptool clean` dies after its first kilobytes; `export` then sees an end of input like any other."""
    fake = tmp_path / "bin" / "corptool"
    fake.parent.mkdir()
    fake.write_text(
        f'#!/bin/sh\nif [ "$1" = clean ]; then {BIN}/corptool "$@" | head -c 5000; kill -9 $$; fi\n'
        f'exec {BIN}/corptool "$@"\n',
        "utf-8",
    )
    fake.chmod(0o755)
    done = run("make", cwd=folder, path=str(fake.parent))
    assert done.returncode != 0
    assert not (folder / "corpus.csv").exists()


def test_script(folder):
    script = folder / "corpus.sh"
    script.write_text(block("sh", "set -euo pipefail"), "utf-8")
    done = run("bash", str(script), "pages", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert len(list((folder / "articles").glob("*.md"))) == len(list((folder / "pages").iterdir()))


def test_windows_pipeline(folder):
    """The pipeline itself; backslashes stay as they are on Windows, so here they are turned."""
    (folder / "pages").rename(folder / "samples")
    command = block("bat", "corptool run").splitlines()[-1].replace("\\", "/").partition("corptool ")[2]
    done = run("bash", "-c", f"corptool {command}", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "corpus.csv").stat().st_size > 10_000
