"""The words of two texts: what part they share, and whether the others are near each other.

« Aucun dentiste ne prend de patients » and « Aucun médecin ne prend de patients » share all but one
word each, and are two needs; « bicyclette » in place of « vélo » is the same one.
"""

from collections.abc import Collection, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from capture.nlp.lexical import load_lexical_reader
from capture.nlp.vectorise import Vectoriser, unit_rows


class ComparedWords:
    """Compares texts, given by lemmas, the rare ones weighing more."""

    def __init__(self, texts: Sequence[Collection[str]], vectoriser: Vectoriser) -> None:
        lemmas = list(dict.fromkeys(chain.from_iterable(texts)))
        rarity = load_lexical_reader().rarity_of(lemmas)
        rows = vectoriser.vectors(lemmas) * rarity[:, None]
        self._rarity = dict(zip(lemmas, rarity.tolist(), strict=True))
        self._rows = dict(zip(lemmas, rows, strict=True))
        self._width = vectoriser.dimension

    def shared(self, one: Collection[str], other: Collection[str]) -> float:
        """Return from 0 to 1 what part of the words of both they share (Jaccard 1901)."""
        either = self._weight({*one, *other})
        return self._weight({*one} & {*other}) / either if either else 0.0

    def likeness_of_unshared(self, one: Collection[str], other: Collection[str]) -> float:
        """Return from 0 to 1 how near the words of each are that the other has not.

        It is 1 when one text says nothing that the other does not; 0 when a text has no such word
        at all.
        """
        if not one or not other:
            return 0.0
        apart = [self._sum(one, other), self._sum(other, one)]
        if not all(row.any() for row in apart):
            return 1.0
        first, second = unit_rows(np.stack(apart))
        return float(np.clip(first @ second, 0, 1))

    def _weight(self, lemmas: Collection[str]) -> float:
        return float(sum(self._rarity[lemma] for lemma in sorted(lemmas)))

    def _sum(self, one: Collection[str], other: Collection[str]) -> NDArray[np.float32]:
        total = np.zeros(self._width, dtype=np.float32)
        for lemma in one:
            if lemma not in other:
                total += self._rows[lemma]
        return total
