#!/usr/bin/env python3
"""Write src/corptool/data/opencc-1.4.2.patch and opencc.json from OpenCC's source distribution.

    pip download opencc==1.4.2 --no-binary opencc --no-deps && tar xzf opencc-1.4.2.tar.gz
    python tools/make_opencc_tables.py opencc-1.4.2

The patch is what has changed in OpenCC's dictionaries (Apache-2.0) since those that opencc-python-reimplemented
0.1.7 carries. A line `@ NAME` opens a dictionary, `-key` takes an entry out, `+key<tab>values` puts one in or
changes it; a dictionary that the package lacks is there in whole. opencc.json holds the configurations of 1.4.2
and the hashes that the package's files must have. What OpenCC's build generates is generated here.
"""

import hashlib
import json
import sys
from importlib.metadata import distribution
from itertools import pairwise
from pathlib import Path

from corptool.text.script.chain import Chain

DATA = Path(__file__).parent.parent / "src" / "corptool" / "data"
VERSION = "opencc-1.4.2"
Dictionary = dict[str, str]


def entries(text: str) -> Dictionary:
    lines = [line for line in text.splitlines() if "\t" in line and not line.startswith("#")]
    return dict(line.split("\t", 1) for line in lines)


def reverse(text: str) -> Dictionary:
    """Values to keys, as OpenCC's reverse.py does it, with its `@reverse-prefer` notes."""
    reversed_: dict[str, list[str]] = {}
    for key, values in entries(text).items():
        for value in values.split(" "):
            reversed_.setdefault(value, []).append(key)
    for line in text.splitlines():
        if line.startswith("# @reverse-prefer:"):
            key, *rest = line.partition(":")[2].split()
            values = reversed_[key]
            values.insert(0, values.pop(values.index(rest[-1] if rest else key)))
    return {key: " ".join(values) for key, values in reversed_.items()}


def tofu_risks(text: str) -> Dictionary:
    """Mappings into characters that few fonts have, as OpenCC's extract_tofu_risk.py does it."""
    lines = text.splitlines()
    risks = {}
    for note, mapping in pairwise(lines):
        if note.startswith("# @tofu-risk:"):
            key, values = mapping.split("\t", 1)
            kept = values.split()
            risks[key] = " ".join(kept[1:] if kept[0] == key else kept)
    return risks


def regional_phrases(dictionaries: dict[str, Dictionary], config: dict) -> Dictionary:
    """The Simplified forms of regional phrases of three characters and more."""
    to_simplified = Chain.from_config(config, dictionaries)
    regional = [key for name in ("HKPhrases", "TWPhrases") for key in dictionaries[name]]
    simplified: Dictionary = {}
    for key in regional:
        simplified.setdefault(to_simplified.convert(key), key)
    return {key: value for key, value in simplified.items() if len(key) >= 3}


def new_dictionaries(source: Path, configs: dict[str, dict]) -> dict[str, Dictionary]:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (source / "data/dictionary").glob("*.txt")}
    dictionaries = {name: entries(text) for name, text in texts.items()}
    for name in ("TWVariants", "HKVariants", "JPShinjitaiCharacters"):
        dictionaries[f"{name}Rev"] = reverse(texts[name])
    dictionaries["TSCharactersExt"] = tofu_risks(texts["TSCharacters"])
    dictionaries["STPhrases_GeneratedFromRegionalPhrases"] = regional_phrases(dictionaries, configs["t2s"])
    return dictionaries


def patch_of(old: Dictionary, new: Dictionary) -> list[str]:
    removed = [f"-{key}" for key in sorted(old.keys() - new.keys())]
    return removed + [f"+{key}\t{new[key]}" for key in sorted(new) if old.get(key) != new[key]]


def plain(spec: dict) -> str | dict:
    """A dictionary of a configuration without what a text file needs not say."""
    if spec["type"] != "group":
        return spec["file"].partition(".")[0]
    return {spec.get("match_policy", "short_circuit"): [plain(part) for part in spec["dicts"]]}


def plain_config(config: dict) -> dict:
    plained = {"stages": [plain(stage["dict"]) for stage in config["conversion_chain"]]}
    if "segmentation" in config:
        plained["segmentation"] = plain(config["segmentation"]["dict"])
    if "normalization" in config:
        (only,) = config["normalization"]
        plained["normalization"] = plain(only["dict"])
    return plained


def main(source: Path) -> None:
    package = distribution("opencc-python-reimplemented")
    files = [file for file in package.files or [] if file.parent.name in ("dictionary", "config")]
    old = {
        file.stem: entries(file.locate().read_text(encoding="utf-8"))
        for file in files
        if file.parent.name == "dictionary"
    }
    old_configs = {
        file.stem: plain_config(json.loads(file.locate().read_text(encoding="utf-8")))
        for file in files
        if file.parent.name == "config"
    }
    configs = {
        path.stem: plain_config(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted((source / "data/config").glob("*.json"))
        if "schema" not in path.name
    }
    new = new_dictionaries(source, configs)
    used = [name for name in sorted(new) if f'"{name}"' in json.dumps(configs)]
    lines = [line for name in used for line in (f"@ {name}", *patch_of(old.get(name, {}), new[name]))]
    (DATA / f"{VERSION}.patch").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    hashes = {
        f"{file.parent.name}/{file.name}": hashlib.sha256(file.locate().read_bytes()).hexdigest() for file in files
    }
    description = {
        "package": package.version,
        "files": dict(sorted(hashes.items())),
        "configs": {"opencc-1.1.6": old_configs, VERSION: configs},
    }
    (DATA / "opencc.json").write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
