"""Secondary coding of a need: is it told as a lack, a proposal or an asset, and which dimension of
well-being does it speak of (SPIRAL, Council of Europe)? Explicit meaning only; in doubt, nothing.

Counted words, pairs of words and the vector of the text; the weights are trained by
`training/train_wellbeing.py`.
"""

import enum
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from capture.nlp.vectorise import words_of

BUCKETS = 1 << 14
# What a vector counts for beside the words, whose row has length one; by cross-validation.
VECTOR_SHARE = 3.0
# Below that probability nothing is said.
_SURE = 0.5


class Polarity(enum.StrEnum):
    """How a need is told."""

    LACK = "lack"
    PROPOSAL = "proposal"
    ASSET = "asset"


class Dimension(enum.StrEnum):
    """The families of SPIRAL by their letter; the ninth is not confirmed and is left out."""

    MEANS_OF_LIFE = "A"
    LIVING_ENVIRONMENT = "B"
    INSTITUTIONS = "C"
    PERSONAL_RELATIONS = "D"
    SOCIAL_BALANCE = "E"
    PERSONAL_BALANCE = "F"
    FEELINGS = "G"
    ATTITUDES = "H"


Choice = TypeVar("Choice")
POLARITIES = tuple(Polarity)
DIMENSIONS = tuple(Dimension)


@dataclass(frozen=True, slots=True, kw_only=True)
class WellbeingReading:
    """What a text tells, None where the machine prefers not to say.

    `need` is the probability (0–1) that it tells a lack, a difficulty or a wish of daily life.
    """

    need: float
    polarity: Polarity | None
    dimension: Dimension | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WellbeingModel:
    """Three logistic regressions side by side: need or not (1 column), polarity (3), dimension (8).

    `words` is (BUCKETS, 12), `vectors` (d, 12), `intercept` (12,); `vectoriser` names the vectors,
    and others count for nothing.
    """

    vectoriser: str
    words: NDArray[np.float32]
    vectors: NDArray[np.float32]
    intercept: NDArray[np.float32]

    def read(
        self, texts: Sequence[str], vectors: NDArray[np.float32], *, vectoriser: str
    ) -> list[WellbeingReading]:
        """Return one reading per text; raises ValueError when vectors are not as many."""
        if len(texts) != len(vectors):
            raise ValueError("texts and vectors must be as many")
        scores = counted_words(texts) @ self.words + self.intercept
        if vectoriser == self.vectoriser:
            scores += VECTOR_SHARE * vectors @ self.vectors
        needs = 1 / (1 + np.exp(-scores[:, 0]))
        return [
            WellbeingReading(
                need=float(need),
                polarity=_surest(polarity, POLARITIES),
                # Learnt on needs alone, it means nothing elsewhere.
                dimension=_surest(dimension, DIMENSIONS) if need >= _SURE else None,
            )
            for need, polarity, dimension in zip(
                needs, _softmax(scores[:, 1:4]), _softmax(scores[:, 4:]), strict=True
            )
        ]


def counted_words(texts: Sequence[str]) -> csr_array:
    """Return (n, BUCKETS) unit rows of hashed words and pairs of words, small words included.

    « Il n'y a pas », « il faudrait » tell a lack from a wish (Weinberger et al. 2009).
    """
    columns: list[int] = []
    ends = [0]
    for text in texts:
        words = words_of(text)
        told = dict.fromkeys([*words, *(f"{a} {b}" for a, b in pairwise(words))])
        columns += dict.fromkeys(zlib.crc32(term.encode()) % BUCKETS for term in told)
        ends.append(len(columns))
    lengths = np.diff(ends)
    values = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths).astype(np.float32)
    rows: csr_array = csr_array(
        (values, np.array(columns, np.int32), np.array(ends)), shape=(len(texts), BUCKETS)
    )
    return rows


def _surest(probabilities: NDArray[np.float32], choices: Sequence[Choice]) -> Choice | None:
    best = int(probabilities.argmax())
    return choices[best] if probabilities[best] >= _SURE else None


def _softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    rows: NDArray[np.float32] = raised / raised.sum(axis=1, keepdims=True)
    return rows


def load_wellbeing() -> WellbeingModel:
    """Load the weights shipped with the package."""
    path = files("capture.nlp") / "model" / "wellbeing.npz"
    with path.open("rb") as stored, np.load(stored, allow_pickle=False) as arrays:
        return WellbeingModel(
            vectoriser=str(arrays["vectoriser"]),
            words=arrays["words"].astype(np.float32),
            vectors=arrays["vectors"].astype(np.float32),
            intercept=arrays["intercept"],
        )
