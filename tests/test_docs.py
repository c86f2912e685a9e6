"""Every ```console block in README and docs/ is run in the checkout, and must print what the page shows.

`pytest --update` rewrites the pages instead; read the diff. What a block writes goes to out/. A page that says
`<!-- installed: PACKAGE -->` is run as if that folder had been installed with pip.
"""

import re
import shutil
import subprocess

import pytest

from tests.conftest import ENVIRONMENT, ROOT, installed

PAGES = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
INSTALLED = re.compile("<!-- installed: (.+) -->")


def run(block, environment):
    """The block with its output as it is now. A command goes on over lines that end in a backslash or a `|`."""
    shown = ""
    command = ""
    for line in block.splitlines():
        starts = line.startswith("$ ")
        if starts or command.endswith(("\\\n", "|\n")):
            command += line.removeprefix("$ ") if starts else line
            command += "\n"
            shown += line + "\n"
            if not command.endswith(("\\\n", "|\n")):
                shown += output(command, environment)
                command = ""
    return shown


def output(command, environment):
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_page_tells_the_truth(page, update, tmp_path):
    shutil.rmtree(ROOT / "out", ignore_errors=True)
    (ROOT / "out").mkdir()
    text = page.read_text("utf-8")
    environment = ENVIRONMENT | {
        name: value
        for package in INSTALLED.findall(text)
        for name, value in installed(ROOT / package, tmp_path).items()
    }
    real = BLOCK.sub(lambda match: run(match.group(), environment), text)
    if update:
        page.write_text(real, "utf-8")
    assert real == text or update


def test_every_command_has_a_page():
    from corptool.cli import group

    pages = {page.stem for page in (ROOT / "docs").glob("*.md")}
    assert {*group.list_commands(None)} - pages == set()
