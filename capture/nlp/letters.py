"""Spelling beside meaning: the runs of letters that two texts share, the rare ones weighing more.

Names, numbers and misspelt words that the vectoriser does not know still bring texts together.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize

from capture.nlp.words import fold

FloatT = TypeVar("FloatT", np.float32, np.float64)

SHORTEST, LONGEST, BUCKETS = 3, 5, 2**18
# Weight of the shared letters beside the cosine of meaning: on STS-B dev, 0.4 and 0.8 are as good.
LETTERS_WEIGHT = 0.4
# Rarities are kept as whole steps.
STEPS = 20


def letter_counts(texts: Sequence[str]) -> csr_array:
    """Return (n, BUCKETS) rows of ones where a text holds a run of 3 to 5 letters of a word."""
    hashing = HashingVectorizer(
        analyzer="char_wb",
        ngram_range=(SHORTEST, LONGEST),
        n_features=BUCKETS,
        alternate_sign=False,
        norm=None,
        binary=True,
        preprocessor=fold,
        dtype=np.float32,
    )
    return csr_array(hashing.transform(texts))


def letter_rows(texts: Sequence[str]) -> csr_array:
    """Return (n, BUCKETS) unit rows; the row of an empty text is zero."""
    rows = letter_counts(texts)
    rows.data = _rarity()[rows.indices]
    return csr_array(normalize(rows, copy=False))


def alike(cosine: NDArray[FloatT], letters: NDArray[FloatT]) -> NDArray[FloatT]:
    """Return how alike texts are, 1 for the same text: meaning, and letters beside it."""
    return np.asarray((cosine + LETTERS_WEIGHT * letters) / (1 + LETTERS_WEIGHT), cosine.dtype)


@lru_cache(maxsize=1)
def _rarity() -> NDArray[np.float32]:
    path = files("capture.nlp") / "model" / "letters.npz"
    with path.open("rb") as stored, np.load(stored, allow_pickle=False) as arrays:
        return np.asarray(arrays["rarity"] / np.float32(STEPS), dtype=np.float32)
