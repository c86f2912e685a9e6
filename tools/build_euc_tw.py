"""Build src/corptool/data/euc-tw.xz: the characters of CNS 11643, for EUC-TW, which Python cannot decode.

    python tools/build_euc_tw.py

Source: the converter `euc-tw-2014` of ICU (Unicode License V3), asked through its program `uconv`. The file is
eight planes (1 to 7 and 15) of 94 rows of 94 characters in UTF-32-LE, zero where there is none, compressed.
One mark is taken from glibc's converter, which made the files one meets: the dash of row 1 is an en dash.
"""

from __future__ import annotations

import lzma
import subprocess
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src" / "corptool" / "data" / "euc-tw.xz"
ROWS = range(0xA1, 0xFF)
PLANES = (1, 2, 3, 4, 5, 6, 7, 15)


def row(plane: int, lead: int) -> list[str]:
    """The 94 characters of a row; `\\0` where there is none."""
    single = b"" if plane == 1 else bytes([0x8E, 0xA0 + plane])
    lines = b"".join(single + bytes([lead, trail]) + b"\n" for trail in ROWS)
    uconv = ["uconv", "-f", "euc-tw-2014", "-t", "utf-8", "--from-callback", "substitute"]
    made = subprocess.run(uconv, input=lines, capture_output=True, check=True).stdout.decode()  # noqa: S603
    return [char if len(char) == 1 and char != "\ufffd" else "\0" for char in made.split("\n")[:94]]


if __name__ == "__main__":
    chart = "".join(char for plane in PLANES for lead in ROWS for char in row(plane, lead))
    chart = chart.replace("\ufe58", "\u2013")
    TARGET.write_bytes(lzma.compress(chart.encode("utf-32-le"), preset=9))
