"""What on a page is not the article: found by rules, each finding a whole line and its kind.

`find` is the order of work: rules, the head of the page (title, slogan, site name), then the line classifier.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from corptool.text.lines import Page, is_prose, page_of
from corptool.text.matching import ABOVE_TITLE, EVERYWHERE, HEAD, TAIL, Finding, Rules, match, matches
from corptool.text.sites import mark, template
from corptool.text.titles import CUT, TRUNCATED, choose_title, titled

if TYPE_CHECKING:
    from corptool.text.classifier import Models
    from corptool.text.hints import Hint

MOST_SAID = 3
"""What a page says of itself (its source, its telephone) it says once or twice; oftener, it is a list."""
FEWEST = 3
"""Lines; on fewer there is nothing for the classifier to compare."""
LONGEST_TITLE = 200
LEAST_BODY = 20
"""Words; where it would leave fewer, the text is no page with an article, and is left alone."""


class Asked(NamedTuple):
    """A text to look through, and what is known of it."""

    text: str
    hints: Sequence[Hint] = ()
    """One a line (see `hints.Hint`)."""
    title: str | None = None
    """Where it is known."""
    repeated: frozenset[int] = frozenset()
    """Marks of lines that the site repeats (see sites.py)."""


def find(
    texts: Iterable[Asked], rules: Rules, *, models: Models | None = None, mode: str = "balanced"
) -> Iterator[tuple[Page, list[Finding]]]:
    """For each text every line that is not body, in order, with kind and rule.

    With `models` (see classifier.py) their judgement of each line counts where no rule does.

    >>> import re
    >>> from corptool.text.lines import folding
    >>> from corptool.text.matching import Rule, rule_set
    >>> top = Rule("back-to-top", "navigation", re.compile("back to top|返回顶部"), "", (), ())
    >>> [(_, found)] = find([Asked("他走了。\\n返回頂部")], rule_set([top], folding("頂", "顶")))
    >>> found
    [Finding(line=1, kind='navigation', rule='back-to-top', lifted=())]
    """
    texts = list(texts)
    pages = [page_of(asked.text, rules.fold) for asked in texts]
    known = [_by_rules(page, asked, rules) for page, asked in zip(pages, texts, strict=True)]
    judgements = judge(zip(pages, (asked.hints for asked in texts), map(_insets, known), strict=True), models, mode)
    for page, asked, found, judged in zip(pages, texts, known, judgements, strict=True):
        yield page, _all(page, found, judged, rules, asked.title, judging=models is not None)


def _by_rules(page: Page, asked: Asked, rules: Rules) -> dict[int, Finding]:
    """What the site repeats, and what the rules that hold everywhere know."""
    found = dict(_repeated(page, asked.repeated)) if asked.repeated else {}
    left = [number for number in page.filled if number not in found] if found else page.filled
    return found | {finding.line: finding for finding in matches(page, left, EVERYWHERE, rules)}


def _insets(found: Mapping[int, Finding]) -> set[int]:
    """An advertisement between two paragraphs must not look like the end of the article."""
    return {number for number, finding in found.items() if finding.kind == "advertisement"}


def _all(
    page: Page,
    found: dict[int, Finding],
    judged: Mapping[int, float],
    rules: Rules,
    title: str | None,
    *,
    judging: bool,
) -> list[Finding]:
    """All findings of a page: after the rules the edges of the page, its head, and what the classifier says."""
    prose = [number for number, odds in judged.items() if odds > 0 and is_prose(page.texts[number])]
    if not judging or not prose:
        prose = [number for number in page.filled if is_prose(page.texts[number])]
    found = found | _edges(page, prose, found, rules)
    said = Counter(finding.rule for finding in found.values() if finding.lifted)
    found = {number: finding for number, finding in found.items() if said[finding.rule] <= MOST_SAID}
    # A notice in full sentences is prose too: the body begins at the first prose that no rule removes.
    if start := _below_byline(page, [number for number in prose if number not in found], found):
        found |= {finding.line: finding for finding in head(page, start, found, judged, rules, title)}
    found |= {
        number: Finding(number, "boilerplate", f"score {odds:.1f}")
        for number, odds in judged.items()
        if odds <= 0 and number not in found
    }
    if len(found) == len(page.filled):  # nothing would be left: then this is no page with an article in it
        return []
    return [found[number] for number in sorted(found)]


def _repeated(page: Page, marks: frozenset[int]) -> Iterator[tuple[int, Finding]]:
    """The lines that the site repeats; none of them if next to nothing would be left."""
    found = {number for number in page.filled if mark(template(page.keys[number])) in marks}
    prose = [number for number in page.filled if is_prose(page.texts[number])]
    if not prose or not found.issuperset(prose):
        yield from ((number, Finding(number, "repeated", "site")) for number in sorted(found))


def _below_byline(page: Page, prose: list[int], found: Mapping[int, Finding]) -> list[int]:
    """The prose without a title that ends as a sentence does: a line that stands right above author or date."""
    if len(prose) > 1 and len(page.texts[prose[0]]) < LONGEST_TITLE:
        between = (found.get(number) for number in range(prose[0] + 1, prose[1]))
        if any(finding is not None and finding.kind in ("author", "byline", "date", "source") for finding in between):
            return prose[1:]
    return prose


def _edges(page: Page, prose: Sequence[int], found: Mapping[int, Finding], rules: Rules) -> dict[int, Finding]:
    """What the rules for head and tail find: from either end to the first prose that none of them takes out.

    At the head one short line of prose is passed over, for it may be a title with the author below it.
    """
    more: dict[int, Finding] = {}
    body, passed = set(prose), False
    for numbers, places in ((page.filled, HEAD), (page.filled[::-1], TAIL)):
        for number in numbers:
            if number in found:
                continue
            if matched := match(page, number, places, rules):
                more.setdefault(number, matched)
            elif number in body:
                if places is not HEAD or passed or len(page.texts[number]) >= LONGEST_TITLE:
                    break
                passed = True
    return more


def judge(
    pages: Iterable[tuple[Page, Sequence[Hint], Set[int]]], models: Models | None, mode: str = "balanced"
) -> list[dict[int, float]]:
    """What the classifier says of the lines of each page: positive for the body; nothing where none would be left.

    A page comes with its hints and the lines that are not to be seen.
    """
    if models is None:
        return [{} for _ in pages]
    from corptool.text.classifier import LITTLE, margins
    from corptool.text.features import Seen
    from corptool.text.hints import carried_on

    found: list[dict[int, float]] = []
    shown, numbered = [], []
    for page, hints, unseen in pages:
        numbers = [number for number in page.filled if number not in unseen] if unseen else page.filled
        found.append({})
        if len(numbers) >= FEWEST:
            given = hints if len(hints) == len(page.lines) else ()
            if len(numbers) == len(page.lines):
                shown.append(Seen(page.texts, page.keys, given))
            else:
                texts, keys = [page.texts[number] for number in numbers], [page.keys[number] for number in numbers]
                shown.append(Seen(texts, keys, [given[number] for number in numbers] if given else []))
            numbered.append((found[-1], numbers))
    for seen, (judged, numbers), (scores, weights) in zip(
        shown, numbered, margins(shown, models, mode=mode), strict=True
    ):
        stays = [score > 0 for score in scores]
        kept = sum(compress(weights, stays))
        for at in carried_on(seen.hints, stays):
            scores[at] = max(scores[at], LITTLE)
        if kept >= LEAST_BODY:
            judged.update(zip(numbers, scores, strict=True))
    return found


def head(
    page: Page,
    body: Sequence[int],
    found: Mapping[int, Finding],
    judged: Mapping[int, float],
    rules: Rules,
    known: str | None,
) -> Iterable[Finding]:
    """The title, the site's name and what is said twice, of the lines above the first prose."""
    left = [number for number in page.filled if number < body[0] and number not in found]
    title = titled(page, left, known) if known else choose_title(page, left, body, judged)
    if title is None:
        return
    if known:
        yield Finding(title, "title", "title-known")
    else:
        yield Finding(title, "title", "title-above-body", (("title", page.texts[title]),))
    own = page.keys[title]
    times = Counter(page.keys[number] for number in left)
    above: list[int] = []
    for number in left:
        folded = page.keys[number]
        if number == title:
            continue
        if folded == own or (folded.endswith(CUT) and own.startswith(TRUNCATED.sub("", folded))):
            yield Finding(number, "title", "title-repeated")
        elif times[folded] > 1 and not is_prose(page.texts[number]):
            yield Finding(number, "banner", "repeated-in-head")
        elif number < title:
            above.append(number)
    yield from matches(page, above, ABOVE_TITLE, rules)
