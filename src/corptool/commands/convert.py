"""`corptool convert`: see docs/convert.md."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import click

from corptool import dictionaries, rules
from corptool.article import Article
from corptool.stage import stage
from corptool.text import language
from corptool.text.script.deciding import Decision, decisions
from corptool.text.script.passages import Fixed, Terms, code, converted, foreign, lines, masked, without_overlaps
from corptool.text.script.quotes import quoted, unquoted
from corptool.text.script.routes import CONFIGS, SOURCES, TARGETS, inverse_routes, route

TAGS = {
    "s": "zh-Hans",
    "sp": "zh-Hans",
    "t": "zh-Hant",
    "tw": "zh-Hant-TW",
    "twp": "zh-Hant-TW",
    "hk": "zh-Hant-HK",
    "hkp": "zh-Hant-HK",
}
Stay = frozenset[str | None]
"""Scripts of lines: `s`, `t`, `mixed`, or None, which cannot be told."""
NONE: Stay = frozenset()
READABLE = click.Path(exists=True, dir_okay=False)


class UnusableError(click.ClickException, ValueError):
    """The dictionaries are not those that we know: no article can be converted, so it is said once, not of each."""


@cache
def _check() -> None:
    try:
        dictionaries.check()
    except ValueError as error:
        raise UnusableError(str(error)) from None


def _usable(_context: click.Context, _option: click.Parameter, tables: str) -> str:
    _check()  # before anything is read
    return tables


def _alone(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    other = "config" if option.name == "to" else "to"
    if value is not None and context.params.get(other) is not None:
        raise click.UsageError("--config is one of OpenCC's configurations and nothing else: give either it or --to")
    return value


@stage
@click.option("--to", type=click.Choice(TARGETS), callback=_alone, help="Target script; if none is given, s.")
@click.option("--from", "source", type=click.Choice(SOURCES), help="Source script, instead of what the text tells.")
@click.option(
    "--config", type=click.Choice(CONFIGS), callback=_alone, help="One of OpenCC's configurations, and nothing else."
)
@click.option("--protect", type=READABLE, help="Names and terms to leave alone, one a line.")
@click.option(
    "--terms", type=READABLE, help="Your own pairs, `source<tab>target` a line; they overrule the dictionaries."
)
@click.option("--punctuation", is_flag=True, help="Convert quotation marks too: “” and 「」.")
@click.option("--only-certain", is_flag=True, help="Only where a phrase or a one-to-one mapping decides.")
@click.option("--audit", is_flag=True, help="Write every choice among several counterparts to `audit`.")
@click.option("--tables", type=click.Choice(dictionaries.TABLES), callback=_usable, help="Whose dictionaries.")
def convert(
    article: Article,
    *,
    to: str | None = None,
    source: str | None = None,
    config: str | None = None,
    protect: str | None = None,
    terms: str | None = None,
    punctuation: bool = False,
    only_certain: bool = False,
    audit: bool = False,
    tables: str = dictionaries.CURRENT,
) -> Any:
    """Convert text and title between Simplified and Traditional script.

    What is in the target script already, other languages, code and addresses are left alone.

    \b
      corptool convert --to tw articles.jsonl
      corptool convert --to s --protect names.txt --audit articles.jsonl
    """
    if config and to:
        raise ValueError("give either config or to")
    _check()
    to = to or "s"
    kept = _Kept(protect, terms, engine_alone=config is not None)
    source, stay = (source, NONE) if config else _told(kept.masked(article["text"]), source, to)
    configs = (config,) if config else route(source, to) if source else ()
    plan = _Plan(configs, tables, to if not config else None, stay, kept, punctuation, only_certain)
    changed: Article = {
        key: plan.convert(article[key]) for key in ("title", "text") if isinstance(article.get(key), str)
    }
    if all(article[key] == text for key, text in changed.items()):
        return article
    how = f"{'+'.join(configs)} {tables}" if configs else "terms" if terms else "punctuation"
    meta = {**(article.get("meta") or {}), "converted": how}
    tag = TAGS.get(configs[-1].partition("2")[2]) if configs else None
    if tag and str(article.get("lang") or "").startswith("zh"):
        changed["lang"] = tag
    if audit:
        changed["audit"] = [list(decision) for decision in plan.audit(article["text"])]
    known = rules.opencc()["configs"][tables].keys()
    backs = [back for back in inverse_routes(configs) if known >= {*back}] or [()]
    marks = {"marks": "t" if plan.marks == "s" else "s"} if punctuation else {}
    inverses = [{"configs": [*back], "tables": tables, **marks} for back in backs]
    return article | changed | {"meta": meta}, None, inverses


@convert.inverse
def back(text: str, *, configs: list[str], tables: str, marks: str | None = None) -> str:
    """Nearly the text before conversion: the edits hold only where this is not it."""
    if marks:
        text = unquoted(text, marks)
    for config in configs:
        text = dictionaries.engine(config, tables).convert(text)
    return text


def _told(text: str, source: str | None, target: str) -> tuple[str | None, Stay]:
    """The source script, as given or as the text tells (None: nothing is to be done), and of which script lines stay.

    Of a text in the target script only lines in the other one are converted, of any other text all that are not in
    the target script.
    """
    wanted, other = ("t", "s") if target == "s" else ("s", "t")
    if source is not None:
        return source, frozenset({other}) if (source == "s") == (wanted == "s") else NONE
    tables = rules.script_tables()
    if target == "jp":
        chinese = language.is_chinese(text, tables)
        return ("s" if language.is_simplified(text, tables) else "t") if chinese else None, NONE
    told = language.script(text, tables)
    if told in (wanted, "mixed"):
        stay: Stay = frozenset({other})
    elif told == other and _has_line_in(wanted, text):
        stay = frozenset({other, "mixed", None})
    else:
        return None, NONE
    if wanted == "s":
        return "s", stay
    return "hk" if told == "t" and language.region(text) == "-HK" else "tw", stay


def _has_line_in(script: str, text: str) -> bool:
    tables = rules.script_tables()
    if not language.evidence(text, tables)[script == "t"]:
        return False
    return any(language.script(line, tables) == script for line in text.split("\n"))


class _Kept(NamedTuple):
    """What keeps every character, and has no say in which script a text or a line is in."""

    protect: str | None
    terms: str | None
    engine_alone: bool
    """With --config nothing is kept but what the user named."""

    def found(self, text: str) -> list[Fixed]:
        """In order, none overlapping another."""
        found = [one for path in (self.protect, self.terms) if path for one in _words(path).found(text)]
        if not self.engine_alone:
            found += [*code(text), *foreign(text, rules.script_tables())]
        return without_overlaps(found)

    def masked(self, text: str) -> str:
        """The text with blanks in their places."""
        return masked(text, self.found(text))


class _Plan(NamedTuple):
    """How the texts of one article are converted."""

    configs: tuple[str, ...]
    tables: str
    target: str | None
    """None with --config, which looks at nothing in the text."""
    stay: Stay
    """Of which script lines stay as they are."""
    kept: _Kept
    punctuation: bool
    only_certain: bool

    @property
    def marks(self) -> str:
        """Whose quotation marks the target script has: `s` or `t`."""
        return "s" if (self.target or self.configs[-1].partition("2")[2]).startswith("s") else "t"

    def convert(self, text: str) -> str:
        if self.punctuation:
            spans = [one._replace(new=text[one.start : one.end]) for one in self.kept.found(text)]
            text = converted(quoted(text, self.marks), spans, str)  # marks are one character each
        if not self.configs and not self.kept.terms:
            return text
        return converted(text, without_overlaps(self._fixed(text)), self._by_dictionaries)

    def audit(self, text: str) -> list[Decision]:
        """Every choice; first those that no phrase decided."""
        open_to = masked(text, without_overlaps(self._left_alone(text)))
        found = [one for one in self._decisions(text) if open_to[one.at] == one.old]
        return sorted(found, key=lambda decision: (bool(decision.phrase), decision.at))

    def _by_dictionaries(self, text: str) -> str:
        if self.target == "jp" and len(self.configs) > 1:
            return "\n".join(map(self._line_to_japanese, text.split("\n")))
        return self._by_all(text)

    def _line_to_japanese(self, line: str) -> str:
        """Traditional lines do not go through what makes Traditional ones."""
        if language.is_simplified(line, rules.script_tables()):
            return self._by_all(line)
        return dictionaries.engine(self.configs[-1], self.tables).convert(line)

    def _by_all(self, text: str) -> str:
        for config in self.configs:
            text = dictionaries.engine(config, self.tables).convert(text)
        return text

    def _fixed(self, text: str) -> Iterator[Fixed]:
        yield from self._left_alone(text)
        if self.only_certain:
            yield from (Fixed(one.at, one.at + 1, one.old) for one in self._decisions(text) if not one.phrase)

    def _left_alone(self, text: str) -> Iterator[Fixed]:
        """What is kept, and lines that stay."""
        kept = self.kept.found(text)
        yield from kept
        tables = rules.script_tables()
        if self.target == "jp":
            yield from lines(text, lambda line: not language.is_chinese(line, tables), kept)
        elif None in self.stay or any(language.evidence(text, tables)[script == "t"] for script in self.stay):
            yield from lines(text, lambda line: language.script(line, tables) in self.stay, kept)

    def _decisions(self, text: str) -> Iterator[Decision]:
        if self.configs:
            config = self.configs[0]
            chain = dictionaries.chain(config, self.tables)
            yield from decisions(text, chain, dictionaries.candidates(config, self.tables))


@cache
def _words(path: str) -> Terms:
    """The words of a file, each with what it becomes: itself where the line has no tab. `#` begins a comment."""
    pairs = {}
    for number, line in enumerate(Path(path).read_text(encoding="utf-8-sig").splitlines(), 1):
        word, tab, new = line.partition("\t")
        if line.strip() and not line.startswith("#"):
            if not word.strip() or (tab and not new.strip()):
                raise ValueError(f"{path}:{number}: expected `source<tab>target`, got {line!r}")
            pairs[word.strip()] = new.strip() or word.strip()
    return Terms(pairs)
