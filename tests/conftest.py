"""What the tests share: the command line as users meet it, and the samples."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
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


def installed(package: Path, target: Path) -> dict[str, str]:
    """Install a package that needs no building, as pip does with --target; the environment that finds it."""
    project = tomllib.loads((package / "pyproject.toml").read_text("utf-8"))["project"]
    name = project["name"].replace("-", "_")
    shutil.copytree(package / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    info = target / f"{name}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    groups = project["entry-points"].items()
    lines = (f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in one.items()) for group, one in groups)
    (info / "entry_points.txt").write_text("\n".join(lines), "utf-8")
    before = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": f"{target}{os.pathsep}{before}" if before else str(target)}


@pytest.fixture
def update(request) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session")
def bucket():
    """A bucket of a server on the loopback interface that speaks S3."""
    moto = pytest.importorskip("moto.server", reason="needs moto[server]")
    s3fs = pytest.importorskip("s3fs", reason="needs corptool[remote]")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "testing"),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    store = s3fs.S3FileSystem(
        key="testing", secret="testing", endpoint_url=environment["AWS_ENDPOINT_URL"], skip_instance_cache=True
    )
    store.mkdir("corpus")
    yield store, environment
    server.stop()
