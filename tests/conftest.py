"""What the tests share: the command line as users meet it, and the samples."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

settings.register_profile("corptool", deadline=None)  # no test asserts a time; tables are loaded in the first example
settings.load_profile("corptool")

ROOT = Path(__file__).parents[1]
SAMPLES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "samples").glob("*.*"))
BIN = Path(sys.executable).parent
os.environ["CORPTOOL_CACHE"] = str(ROOT / "build" / "cache")
ENVIRONMENT = os.environ | {
    "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    "PYTHONWARNINGS": "error::EncodingWarning",
    "PYTHONWARNDEFAULTENCODING": "1",
    "COLUMNS": "80",
}


def pytest_addoption(parser):
    parser.addoption("--update", action="store_true", help="rewrite golden files and pages; read the diff")


class Ended(NamedTuple):
    """A command that has ended."""

    out: bytes
    err: str
    code: int


def corptool(*words: str, given: bytes = b"", cwd: Path | None = None, **environment: str) -> Ended:
    """Run the real command."""
    done = subprocess.run(
        [sys.executable, "-m", "corptool", *words],
        input=given,
        capture_output=True,
        cwd=cwd or ROOT,
        env=ENVIRONMENT | environment,
        check=False,
    )
    return Ended(done.stdout, done.stderr.decode(), done.returncode)


def shell(line: str, cwd: Path = ROOT) -> Ended:
    """Run a line of shell, in which a failure anywhere in a pipe is a failure."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], capture_output=True, cwd=cwd, env=ENVIRONMENT, check=False
    )
    return Ended(done.stdout, done.stderr.decode(), done.returncode)


@pytest.fixture
def update(request) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--update"))
