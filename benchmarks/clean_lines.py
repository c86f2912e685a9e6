#!/usr/bin/env python3
"""Clean text in many languages that the repair of encodings must leave alone; every change is printed, to be read.

    python benchmarks/clean_lines.py /usr/share/locale /usr/share/man

The folders hold translations (`.mo`) or manual pages (`.1`, `.1.gz`, …) in folders named by language: on a Debian system
those of the installed packages. Lines of ASCII alone and lines seen before in the same language are not counted.
"""

from __future__ import annotations

import gettext
import gzip
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from corptool.rules import mojibake_tables
from corptool.text.mojibake import repaired

LANGUAGE = re.compile(r"[a-z]{2,3}(?:[_@.-][A-Za-z0-9]+)*")
PAGE = re.compile(r".*\.[1-8][a-z]*(?:\.gz)?")


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """(language, text) of every file below a folder that is in a language and in UTF-8."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts[:-1]
        language = next((part for part in parts if LANGUAGE.fullmatch(part)), None)
        if language is None or not path.is_file():
            continue
        try:
            if path.suffix == ".mo":
                with path.open("rb") as file:
                    catalog = gettext.GNUTranslations(file)._catalog
                yield language, "\n".join(text for text in catalog.values() if isinstance(text, str))
            elif PAGE.fullmatch(path.name):
                data = path.read_bytes()
                yield language, (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
        except (UnicodeError, IndexError, OSError) as error:
            print(f"passed over: {path}: {error}", file=sys.stderr)


def main(folders: list[Path]) -> None:
    tables = mojibake_tables()
    seen: dict[str, set[int]] = defaultdict(set)
    changed: Counter[str] = Counter()
    for folder in folders:
        for language, text in texts(folder):
            for line in text.split("\n"):
                key = hash(line)
                if line.isascii() or key in seen[language]:
                    continue
                seen[language].add(key)
                changes = repaired(line, tables)
                changed[language] += bool(changes)
                for change in changes:
                    print(f"{language}\t{change.rule}\t{line[change.start : change.end]}\t{change.new}\t{line[:120]}")
    lines = sum(map(len, seen.values()))
    print(f"{lines} lines in {len(seen)} languages, {sum(changed.values())} changed: {dict(changed.most_common(8))}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main([Path(folder) for folder in sys.argv[1:]])
