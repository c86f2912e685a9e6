"""What Excel does to the cells of a CSV file, and how to keep it from doing so."""

from __future__ import annotations

import re

LONGEST = 32_767  # UTF-16 units of a cell; Excel cuts off the rest without a word
MOST_ROWS = 1_048_576
FORMULA = re.compile("[=+\\-@＝＋－＠\t\r]")
"""A cell that begins so is run as a formula, in some editions with full-width signs too (OWASP, CSV injection)."""
NUMBER = re.compile(r"-?(?:0\d+|\d{16,}|\d+[eE][-+]?\d+)")
"""Of these Excel makes another number: leading zeros go, digits after the fifteenth; `12e34567` is too large."""
HARMLESS = re.compile(r"-?\d+(?:\.\d+)?")


def guarded(cell: str) -> str:
    """The cell with an apostrophe before what Excel would run, or take for a number and change.

    >>> guarded('=HYPERLINK("http://example.org","點我")'), guarded("00120"), guarded("2020 年"), guarded("-5")
    ('\\'=HYPERLINK("http://example.org","點我")', "'00120", '2020 年', '-5')
    """
    if NUMBER.fullmatch(cell) or (FORMULA.match(cell) and not HARMLESS.fullmatch(cell)):
        return f"'{cell}"
    return cell


def cut(cell: str) -> str:
    """As much of the cell as Excel keeps.

    >>> len(cut("漢" * 40_000)), len(cut("\\N{CJK UNIFIED IDEOGRAPH-20000}" * 40_000))
    (32767, 16383)
    """
    if 2 * len(cell) <= LONGEST or len(cell.encode("utf-16-le", "surrogatepass")) <= 2 * LONGEST:
        return cell
    return cell.encode("utf-16-le", "surrogatepass")[: 2 * LONGEST].decode("utf-16-le", "ignore")
