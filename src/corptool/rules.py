"""Rules, tables and models from data/, loaded once and handed to text functions: the only reader of data/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from corptool.text import charset, classifier, glosses, language, suspicion
    from corptool.text import matching as text_rules
    from corptool.text.language_model import LanguageModel
    from corptool.text.lines import Fold
    from corptool.text.scales import Scales

DATA = Path(__file__).parent / "data"


@cache
def gloss_tables() -> glosses.Tables:
    """Readings and script of characters, for `glosses.glosses`; 5 ms, so only where `may_hold_glosses`."""
    from corptool.text import glosses

    scripts = _table("scripts.tsv")
    return glosses.Tables(
        glosses.with_toneless(_table("readings.tsv")),
        frozenset(scripts["traditional"]),
        frozenset(scripts["traditional-common"]),
        lambda text: language_model().bits(text),
    )


@cache
def script_tables() -> language.Tables:
    """The characters that tell a script, for `language.language`; 1 ms."""
    from corptool.text import language

    table = _table("scripts.tsv")
    names = ("simplified-only", "traditional-only", "japanese-only", "japanese-new", "japanese-old")
    return language.Tables(*(frozenset(code for code in table[name] if code < "\U00010000") for name in names))


def _table(name: str) -> dict[str, str]:
    """A file of `key<tab>value` lines."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return {key: value for key, _, value in (line.partition("\t") for line in lines)}


class RuleError(ValueError):
    """A rule file that cannot be used; the message says where and why."""


@cache
def fold() -> Fold:
    """The table that makes the key of a line: Traditional characters to Simplified, wide forms to narrow."""
    from corptool.text.lines import folding

    traditional, simplified = (DATA / "fold-lines.txt").read_text(encoding="utf-8").split()
    return folding(traditional, simplified)


@cache
def boilerplate(*paths: Path) -> text_rules.Rules:
    """The boilerplate rules of these files, in order, and then those of data/boilerplate/.

    A path that is none may be the name of the rules that a plug-in brings.
    """
    from corptool.text.matching import rule_set

    files = {path: _toml(path) for path in (*paths, *sorted((DATA / "boilerplate").glob("*.toml")))}
    sites = {name: marks for path, value in files.items() for name, marks in _sites(path, value)}
    return rule_set((rule for path, value in files.items() for rule in _rules(path, value)), fold(), sites)


def rule_file(path: Path) -> tuple[text_rules.Rule, ...]:
    """The rules of one file."""
    return tuple(_rules(path, _toml(path)))


def _toml(path: Path) -> dict[str, Any]:
    import tomllib

    from corptool import plugins

    try:
        return tomllib.loads(Path(plugins.rule_path(str(path))).read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(f"{path}: not TOML: {error}") from error


def _sites(path: Path, value: dict[str, Any]) -> Iterator[tuple[str, frozenset[int]]]:
    """The lines that repeat on the pages of a site, as `corptool learn` writes them."""
    from corptool.text.lines import key
    from corptool.text.sites import mark, template

    for table in value.get("site", []):
        try:
            yield table["name"], frozenset(mark(template(key(line, fold()))) for line in table["lines"])
        except (KeyError, TypeError, AttributeError) as error:
            raise RuleError(f"{path}: a [[site]] needs `name` and `lines`, a list of lines") from error


def _rules(path: Path, value: dict[str, Any]) -> Iterator[text_rules.Rule]:
    """The rules of one file; a mistake in it is named with the file and the rule."""
    tables = value.get("rule", [])
    for number, table in enumerate(tables, 1):
        try:
            yield _rule(table)
        except (KeyError, TypeError, ValueError, re.error) as error:
            name = table.get("name", f"number {number}")
            why = f"{error} is missing" if isinstance(error, KeyError) else error
            raise RuleError(f"{path}: rule {name}: {why}; see docs/rules.md") from error


def _rule(table: dict[str, Any]) -> text_rules.Rule:
    from corptool.text.matching import Rule

    table = dict(table)
    pattern = re.compile(_fold_pattern(table.pop("line")))
    removes, keeps = tuple(table.pop("removes")), tuple(table.pop("keeps"))
    return Rule(pattern=pattern, removes=removes, keeps=keeps, **table)


def _fold_pattern(pattern: str) -> str:
    """Patterns may be in either script; wide forms stay, for narrow ones would be operators."""
    return pattern if pattern.isascii() else pattern.translate(_fold_han())


@cache
def _fold_han() -> dict[int, str]:
    return {code: new for code, new in fold().items() if code > 0x2FFF and not 0xFF00 < code < 0xFF5F}


@cache
def line_model(*, html: bool = False) -> classifier.Model:
    """The line classifier, for text alone or with what the markup says (tools/train_lines.py)."""
    import json

    from corptool.text import classifier

    return classifier.model(json.loads((DATA / ("lines-html.json" if html else "lines.json")).read_text("utf-8")))


@cache
def fold_table() -> NDArray[np.uint32]:
    """What each code point becomes when texts are compared; 0 is skipped (data/fold-copies.tsv, tools/build_fold.py).

    >>> table = fold_table()
    >>> table[[ord(char) for char in "aAＡá网網"]].tolist()
    [97, 97, 97, 97, 32178, 32178]
    """
    import numpy as np

    runs = [line.split() for line in (DATA / "fold-copies.tsv").read_text("ascii").splitlines()]
    at, length, first, step = np.array([[int(cell, 16) for cell in run] for run in runs]).T
    run = np.repeat(np.arange(len(runs)), length)
    offset = np.arange(run.size) - np.repeat(np.cumsum(length) - length, length)
    table = np.zeros(int(at[-1] + length[-1]) + 1, np.uint32)
    table[at[run] + offset] = first[run] + offset * step[run]
    return table


@cache
def opencc() -> dict[str, Any]:
    """The configurations of each table set, and the hashes that the dictionaries of its package have."""
    import json

    value: dict[str, Any] = json.loads((DATA / "opencc.json").read_text(encoding="utf-8"))
    return value


@cache
def opencc_hash(tables: str) -> str:
    """8 hex digits of all that a table set is made from."""
    from hashlib import blake2b

    parts = [(DATA / name).read_bytes() for name in ("opencc.json", f"{tables}.patch") if (DATA / name).exists()]
    return blake2b(b"".join(parts), digest_size=4).hexdigest()


@cache
def opencc_patch(tables: str) -> dict[str, str]:
    """For each dictionary the lines by which the table set differs from the package's."""
    sections = (DATA / f"{tables}.patch").read_text(encoding="utf-8").split("@ ")[1:]
    return {name: lines for name, _, lines in (section.partition("\n") for section in sections)}


@cache
def language_model() -> LanguageModel:
    """What text costs in bits (data/language-model.bin, tools/build_language_model.py); 25 ms and NumPy."""
    from corptool.text.language_model import LanguageModel

    return LanguageModel((DATA / "language-model.bin").read_bytes())


@cache
def scales() -> Scales:
    """What lost bytes are guessed by (data/word-sequences.bin, tools/build_word_sequences.py)."""
    from corptool.text.scales import Scales
    from corptool.text.sequences import Sequences

    return Scales(language_model(), Sequences((DATA / "word-sequences.bin").read_bytes()), fold())


@cache
def euc_tw_chart() -> str:
    """The characters of EUC-TW by plane, row and column (data/euc-tw.xz, tools/build_euc_tw.py)."""
    import lzma

    return lzma.decompress((DATA / "euc-tw.xz").read_bytes()).decode("utf-32-le")


def charset_tables() -> charset.Tables:
    """What `decode.decode` judges encodings with; nothing is loaded before it is needed."""
    from corptool.text import charset

    return charset.Tables(language_model, euc_tw_chart)


@cache
def unusual() -> re.Pattern[str]:
    """Finds three unusual characters among five, or two letters beyond ASCII side by side.

    Unusual is what is neither ASCII nor frequent Han (data/frequent-han.txt) nor kana nor a common mark, nor of a
    script from Syriac to Vedic that no codec leaves behind: mojibake is full of it, and 99 of 100 clean lines of
    Chinese have no three so near each other.
    """
    frequent = (DATA / "frequent-han.txt").read_text(encoding="utf-8").strip()
    marks = "\\xa0\\xb7\\u2010-\\u2027"
    rare = f"[^\\t\\n -~{marks}\\u0700-\\u1dff\\u3000-\\u30ff\\uff01-\\uff5e{frequent}]"
    beside = rf"(?<=[\x80-\u2fff])[^\0-\x7f{marks}\u3000-\uffff]|(?<=[âÃ])[‘-„–—…]"
    return re.compile(rf"{rare}(?:[^\n]?{rare}[^\n]?{rare}|{beside})")


def mojibake_tables() -> suspicion.Tables:
    """What `mojibake.repaired` judges with; nothing is loaded before it is needed."""
    from corptool.text import suspicion

    return suspicion.Tables(language_model, unusual, scales)
