#!/usr/bin/env python3
"""Script conversion beside its peers: the same output, and how fast.

    python -m venv .peers/opencc && .peers/opencc/bin/pip install opencc==1.4.2
    python benchmarks/script.py --opencc .peers/opencc/bin/python TEXT...

OpenCC's own wheel and the package that corptool depends on own one import name, so the wheel lives in an environment
of its own and is run from there. Prints, for each configuration, how many lines of the texts and how many fuzzed
strings differ (there should be none), and CPU seconds as ratios: peer / corptool, whole texts, engines loaded.
"""

import argparse
import importlib.util
import random
import subprocess
import sys
import tempfile
import time
from importlib.metadata import distribution
from pathlib import Path

from corptool import dictionaries, rules

PEER = """
import sys, time, opencc
config, source, target, by_line = sys.argv[1:]
engine = opencc.OpenCC(config)
engine.convert("测试")
text = open(source, encoding="utf-8", newline="").read()
start = time.process_time()
out = "\\n".join(map(engine.convert, text.split("\\n"))) if by_line == "lines" else engine.convert(text)
seconds = time.process_time() - start
open(target, "w", encoding="utf-8", newline="").write(out)
print(seconds)
"""


def wheel(python: str, config: str, text: str, by_line: str = "whole") -> tuple[str, float]:
    """The text as OpenCC's wheel converts it, and the CPU seconds that took."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in"), Path(folder, "out")
        source.write_text(text, encoding="utf-8", newline="")
        command = [python, "-c", PEER, config, source, target, by_line]
        seconds = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        return target.read_bytes().decode("utf-8"), seconds


def reimplemented(config: str):
    """The engine of the installed opencc-python-reimplemented, whoever owns `import opencc`."""
    path = distribution(dictionaries.PACKAGE).locate_file("opencc/opencc.py")
    spec = importlib.util.spec_from_file_location("reimplemented", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    engine = module.OpenCC(config)
    engine.convert("测试")
    return engine


def timed(function, *arguments):
    start = time.process_time()
    return function(*arguments), time.process_time() - start


def fuzzed(config: str, tables: str, count: int) -> list[str]:
    """Strings of whole and broken dictionary entries, of what neighbours them, and of anything else."""
    source = random.Random(f"{config} {tables}")
    chain = dictionaries.chain(config, tables)
    parts = [part for stage in chain.stages for part in stage] + [chain.segmentation] * bool(chain.segmentation)
    words = [word for part in parts for entry in part.values().items() for word in entry]
    odd = [*"⿰⿱⿲⿳⿾，。 -\u3000abcé한かカ", "\uf9d1", "\U0002f81a", "\u2f00", "😀", "𠀀", "\ufe0f", "\u200d", "()"]

    def word() -> str:
        chosen = source.choice(words)
        cut = source.randrange(len(chosen) + 1)
        return source.choice((chosen, chosen, chosen[cut:], chosen[:cut], source.choice(odd), source.choice(chosen)))

    return ["".join(word() for _ in range(source.randrange(1, 9))) for _ in range(count)]


def differing(ours: str, theirs: str) -> int:
    pairs = zip(ours.split("\n"), theirs.split("\n"), strict=True)
    return sum(one != other for one, other in pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--opencc", help="a Python that has OpenCC's own wheel")
    parser.add_argument("--fuzz", type=int, default=62_500, help="strings for each configuration")
    parser.add_argument("--configs", nargs="*", help="only these")
    options = parser.parse_args()
    text = "\n".join(path.read_text(encoding="utf-8").replace("\0", "") for path in options.texts)
    print(f"{len(text.encode()) / 1e6:.1f} MB")
    for tables in dictionaries.TABLES:
        for config in rules.opencc()["configs"][tables]:
            if options.configs and config not in options.configs:
                continue
            engine = dictionaries.engine(config, tables)
            engine.convert("测试" * 400_000)  # NumPy is imported, as after some articles
            ours, seconds = timed(engine.convert, text)
            strings = "\n".join(fuzzed(config, tables, options.fuzz))
            mine = "\n".join(map(engine.convert, strings.split("\n")))
            if tables == dictionaries.PACKAGED:
                peer = reimplemented(config)
                theirs, their_seconds = timed(peer.convert, text)
                fuzz = "\n".join(map(peer.convert, strings.split("\n")))
            elif options.opencc:
                theirs, their_seconds = wheel(options.opencc, config, text)
                fuzz, _ = wheel(options.opencc, config, strings, "lines")
            else:
                continue
            print(
                f"{tables} {config:<6} lines that differ {differing(ours, theirs)}, fuzzed strings"
                f" {differing(mine, fuzz)} of {options.fuzz}; ratio {their_seconds / seconds:.1f}",
                flush=True,
            )


if __name__ == "__main__":
    sys.exit(main())
