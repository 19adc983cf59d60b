"""How alike two texts are, said by our vectoriser and by each peer, for a list of pairs."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from bench.engine import load_engine
from bench.gold import Pairs
from bench.peers import letter_rows, minilm_vectors, word_rows
from capture.nlp.duplicates import Candidate, near_duplicates
from capture.nlp.letters import alike
from capture.nlp.letters import letter_rows as own_letter_rows
from capture.nlp.vectorise import load_vectoriser

# Under any likeness: nothing is left out.
_ALL = -10.0

Likeness = Callable[[Pairs], NDArray[np.float64]]


def of_engine(pairs: Pairs) -> NDArray[np.float64]:
    """Return how alike our vectors and the letters find the texts."""
    cosines = _cosines(load_vectoriser().vectors, pairs)
    letters = own_letter_rows(pairs.first).multiply(own_letter_rows(pairs.second)).sum(axis=1)
    return np.round(alike(cosines, _row_products(letters)), 6)


def of_suggestion(pairs: Pairs) -> NDArray[np.float64]:
    """Return the likeness by which the service suggests a need already told: kinds and words,
    the two texts being of one place and one day.
    """
    language = load_engine()
    told, known = language.read(pairs.first), language.read(pairs.second)
    return np.array(
        [
            near_duplicates(
                text,
                one.kinds,
                None,
                [candidate(0, text_known, other.kinds)],
                vectoriser=language.vectoriser,
                same=_ALL,
                related=_ALL,
            )[0].likeness
            for text, text_known, one, other in zip(
                pairs.first, pairs.second, told, known, strict=True
            )
        ]
    )


def of_minilm(pairs: Pairs) -> NDArray[np.float64]:
    """Return the cosine of MiniLM's vectors."""
    return _cosines(minilm_vectors, pairs)


def of_words(pairs: Pairs) -> NDArray[np.float64]:
    """Return the cosine of weighted words, their rarity learnt on these texts."""
    rows = word_rows([*pairs.first, *pairs.second])
    return _row_products(rows[: len(pairs.first)].multiply(rows[len(pairs.first) :]).sum(axis=1))


def of_letters(pairs: Pairs) -> NDArray[np.float64]:
    """Return the cosine of weighted character 3- to 5-grams."""
    rows = letter_rows([*pairs.first, *pairs.second])
    return _row_products(rows[: len(pairs.first)].multiply(rows[len(pairs.first) :]).sum(axis=1))


def of_shared_words(pairs: Pairs) -> NDArray[np.float64]:
    """Return the likeness of the sets of words (rapidfuzz, edit distance), 0 to 1."""
    return np.array(
        [
            fuzz.token_set_ratio(one, other) / 100
            for one, other in zip(pairs.first, pairs.second, strict=True)
        ]
    )


def candidate(number: int, text: str, row: NDArray[np.float32]) -> Candidate:
    """Return a need told today somewhere nobody knows, as the suggestion compares it."""
    return Candidate(id=number, text=text, commune=None, months_ago=0.0, kinds=row)


def _cosines(
    vectors: Callable[[Sequence[str]], NDArray[np.float32]], pairs: Pairs
) -> NDArray[np.float64]:
    # Rounded so that equal texts tie whatever the order of the additions.
    products = np.einsum("ij,ij->i", vectors(pairs.first), vectors(pairs.second))
    rounded: NDArray[np.float64] = np.round(products.astype(np.float64), 6)
    return rounded


def _row_products(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    rounded: NDArray[np.float64] = np.round(np.asarray(sums, dtype=np.float64).ravel(), 6)
    return rounded
