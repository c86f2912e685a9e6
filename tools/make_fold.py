"""Write data/fold.txt: Traditional characters and, below them, their Simplified forms, one for one.

    python tools/make_fold.py > src/corptool/data/fold.txt

From TSCharacters.txt of OpenCC (Apache-2.0, see NOTICE) as packaged by opencc-python-reimplemented; where
a character has several Simplified forms, the first. The table makes keys to match rules on; it converts nothing.
"""

import sys

from corptool.dictionaries import PACKAGED, dictionary

pairs = sorted((old, new.split()[0]) for old, new in dictionary("TSCharacters", PACKAGED).items())
pairs = [pair for pair in pairs if pair[0] != pair[1] and len("".join(pair).encode("utf-16-le")) == 4]
rows = zip(*pairs, strict=True)
sys.stdout.buffer.write("".join("".join(row) + "\n" for row in rows).encode())
