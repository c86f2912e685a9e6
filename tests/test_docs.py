"""Every ```console block in README and docs/ is run in the checkout, and must print what the page shows.

`pytest --update` rewrites the pages instead; read the diff. What a block writes goes to out/.
"""

import re
import shutil
import subprocess

import pytest

from tests.conftest import ENVIRONMENT, ROOT

PAGES = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)


def run(block):
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
                shown += output(command)
                command = ""
    return shown


def output(command):
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_page_tells_the_truth(page, update):
    shutil.rmtree(ROOT / "out", ignore_errors=True)
    (ROOT / "out").mkdir()
    text = page.read_text("utf-8")
    real = BLOCK.sub(lambda match: run(match.group()), text)
    if update:
        page.write_text(real, "utf-8")
    assert real == text or update


def test_every_command_has_a_page():
    from corptool.cli import group

    pages = {page.stem for page in (ROOT / "docs").glob("*.md")}
    assert {*group.list_commands(None)} - pages == set()
