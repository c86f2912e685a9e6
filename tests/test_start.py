"""Every stage of a shell pipe is a process: what each imports before it begins, and that --help imports no command."""

import re
import subprocess
import sys

import click
import pytest

from corptool import catalogue
from tests.conftest import ENVIRONMENT

CORE = set(
    "__main__ article batches catalogue cli commands compression declaration edits engine engine.local files flow formats keys metatable options outputs pipeline plugins progress reading records stage step tasks "
    "text text.changes click orjson".split()
)
OTHERS = {"click", "orjson", "numpy", "tabulate", "selectolax", "zstandard", "pathlib", "tempfile", "multiprocessing"}
BASH = {"_CORPTOOL_COMPLETE": "bash_complete"}


@pytest.mark.parametrize(
    ("words", "environment", "imports"),
    [
        (["--version"], {}, {"__main__"}),
        (["--help"], {}, CORE | {"pathlib", "tempfile"}),  # importlib.metadata finds plug-ins with them
        ([], BASH | {"COMP_WORDS": "corptool fi", "COMP_CWORD": "1"}, CORE),
        ([], BASH | {"COMP_WORDS": "corptool filter --m", "COMP_CWORD": "2"}, CORE | {"commands.filter"}),
        (["filter", "--min-chars", "1"], {}, CORE | {"commands.filter", "commands.read"}),
        (["run", "-q", "filter | filter"], {}, CORE | {"commands.filter", "commands.read"}),
        (
            ["run", "filter | filter"],
            {},
            CORE | {"commands.filter", "commands.read", "tabulate", "pathlib", "tempfile"},
        ),
        (["read"], {}, CORE | {"commands.read"}),
        (["export", "--format", "jsonl"], {}, CORE | {"commands.export", "commands.read"}),
    ],
)
def test_what_a_command_imports(words, environment, imports):
    code = f"import sys; sys.argv = ['corptool', *{words}]; from corptool.__main__ import main; main()"
    command = [sys.executable, "-X", "importtime", "-c", code]
    done = subprocess.run(command, input=b"", capture_output=True, env=ENVIRONMENT | environment, check=True)
    found = re.findall(r"^import time:.*\| +(\S+?)\r?$", done.stderr.decode(), re.MULTILINE)
    ours = {name.removeprefix("corptool.") for name in found if name.startswith("corptool.")}
    assert ours | OTHERS & {*found} <= imports


@pytest.mark.parametrize("name", catalogue.names())
def test_help_reads_in_a_source_what_the_command_would_say(name):
    found = catalogue.lookup(name)
    command = found if isinstance(found, click.Command) else found.command()
    assert click.Command(name, help=catalogue.help_of(name)).get_short_help_str() == command.get_short_help_str()
