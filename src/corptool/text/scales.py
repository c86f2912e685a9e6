"""How likely a character is after two others, where bytes are guessed: by the language model and by word sequences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from corptool.text.language_model import LanguageModel
from corptool.text.sequences import Sequences

if TYPE_CHECKING:
    from numpy.typing import NDArray

BY_PAIRS = 0.1  # how much of the judgement is left to the language model where the sequences know both characters
NOT_HAN = 0.12  # how often something else than Han follows Han: the sequences have nothing else
FIGURES = 0.1  # how often a number that the sequences expect is written in figures
# Where one of several marks is to be chosen it matters how much rarer some are than the language model need know: bits
RARER = {
    0.5: "。", 0.8: "、", 1.0: "“”", 1.2: "「」", 1.4: "：", 1.5: "（）", 1.6: "《》", 1.8: "；？", 2.2: "！—",
    3.5: "…‘’–『』", 5.0: "•【】", 7.0: "％．／",
}  # fmt: skip
STOPS, AFTER_STOP = "，。、；：？！", 8.0  # and bits for a stop after a stop


class Scales:
    """Weighs characters, both scripts: the sequences say which, the language model in which form."""

    def __init__(self, model: LanguageModel, sequences: Sequences, fold: Mapping[int, str]) -> None:
        import numpy as np

        self.model = model
        self._sequences = sequences
        self._simplified = np.arange(0x10000)
        for code, char in fold.items():
            self._simplified[code] = ord(char)
        self._is_figure = np.zeros(0x10000, bool)
        self._is_figure[ord("0") : ord("9") + 1] = True
        self._simplified[self._is_figure] = ord("0")
        self._rarer = np.zeros(0x10000)
        for bits, marks in RARER.items():
            self._rarer[[*map(ord, marks)]] = bits
        self._is_stop = np.zeros(0x10000, bool)
        self._is_stop[[*map(ord, STOPS)]] = True
        alike: dict[int, list[int]] = defaultdict(list)
        for code in model.likely().tolist():
            alike[int(self._simplified[code])].append(code)
        self._forms = np.zeros((0x10000, max(map(len, alike.values()))), np.uint32)
        for forms in alike.values():
            if len(forms) > 1:
                self._forms[forms, : len(forms)] = forms

    def share(self, before: NDArray[Any], last: NDArray[Any], codes: NDArray[Any]) -> NDArray[Any]:
        """The likelihood of each code point after each two: a row for each of those, a column for each code point."""
        import numpy as np

        lasts, row = np.unique(last, return_inverse=True)
        by_pairs = self._by_pairs(lasts, codes)[row]
        first, second, third = (self._simplified[of] for of in (before, last, codes))
        known = self._sequences.known(second)[:, None] & self._sequences.known(third)
        known &= ~(self._is_figure[last][:, None] & self._is_figure[codes])
        if not known.any():
            return by_pairs
        times = len(codes)
        one, two = np.repeat(first, times), np.repeat(second, times)
        by_sequences = self._sequences.share(one, two, np.tile(third, len(last))).reshape(known.shape)
        by_sequences *= np.where(self._is_figure[codes], FIGURES, 1) * (1 - NOT_HAN) * self._of_form(lasts, codes)[row]
        share: NDArray[Any] = np.where(known, (1 - BY_PAIRS) * by_sequences + BY_PAIRS * by_pairs, by_pairs)
        return share

    def _by_pairs(self, lasts: NDArray[Any], codes: NDArray[Any]) -> NDArray[Any]:
        import numpy as np

        bits = self.model.between(np.repeat(lasts, len(codes)), np.tile(codes, len(lasts))).astype(float)
        bits = bits.reshape(len(lasts), len(codes)) + self._rarer[codes]
        bits += AFTER_STOP * (self._is_stop[lasts][:, None] & self._is_stop[codes])
        return np.asarray(2.0**-bits)

    def _of_form(self, lasts: NDArray[Any], codes: NDArray[Any]) -> NDArray[Any]:
        """The part of each character among all forms of it (发, 發, 髮), after each that stands before."""
        import numpy as np

        part = np.ones((len(lasts), len(codes)))
        several = np.flatnonzero(self._forms[codes, 0])
        if several.size:
            forms = self._forms[codes[several]]
            of_all = self._by_pairs(lasts, forms.ravel()).reshape(len(lasts), *forms.shape) * (forms > 0)
            part[:, several] = self._by_pairs(lasts, codes[several]) / of_all.sum(2)
        return part
