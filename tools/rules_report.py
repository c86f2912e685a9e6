"""What each boilerplate rule adds, on folders of labelled pages: tools/rules_report.py DIR…

For each rule: the pages and sites it was seen on, the lines it removed that the classifier would have kept, and
those of them that are body by their label. The folders are as for tools/train_lines.py.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import defaultdict
from pathlib import Path

from tabulate import tabulate

from corptool import rules
from corptool.text.boilerplate import Asked, find, judge


def main(folders):
    known = rules.boilerplate()
    seen = {rule.name: defaultdict(set) for rule in known.rules}
    lost = []
    for folder in folders:
        with gzip.open(Path(folder) / "pages.jsonl.gz", "rt", encoding="utf-8") as file:
            for page in map(json.loads, file):
                [(shown, found)] = find([Asked("\n".join(page["lines"]))], known, models=rules.line_model)
                [judged] = judge([(shown, (), ())], rules.line_model)
                for finding in found:
                    if finding.rule in seen:
                        row = seen[finding.rule]
                        row["pages"].add(page["id"])
                        row["sites"].add(page["site"])
                        row["lines"].add((page["id"], finding.line))
                        if judged.get(finding.line, 1) > 0:
                            row["kept by classifier"].add((page["id"], finding.line))
                        if page["lab"][finding.line] == 1:
                            row["body"].add((page["id"], finding.line))
                            lost.append((finding.rule, page["id"], shown.lines[finding.line].text[:100]))
    columns = ["pages", "sites", "lines", "kept by classifier", "body"]
    table = [[rule.name, rule.kind, *(len(seen[rule.name][column]) for column in columns)] for rule in known.rules]
    print(tabulate(table, ["rule", "kind", *columns]))  # noqa: T201
    if "-v" in sys.argv:
        print(tabulate(lost))  # noqa: T201


if __name__ == "__main__":
    main([argument for argument in sys.argv[1:] if argument != "-v"])
