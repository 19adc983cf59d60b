"""The words of a text as a row of numbers: what sectors and kinds of project are read by.

Words, pairs of words, pieces of words and the reviewed lexicon. Nothing here is learnt but the
rarity of each feature, counted by `training/count_rarities.py`.
"""

import tomllib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from capture.nlp.coaches import COACH
from capture.nlp.phrases import Phrases
from capture.nlp.words import FR, WordReader, fold, load_words, stop_words

# Buckets of the hashing trick (Weinberger et al. 2009): few collisions among the some 60,000
# features of the training texts.
WORD_BUCKETS = 1 << 15
PAIR_BUCKETS = 1 << 15
PIECE_BUCKETS = 1 << 16
_PIECE_SIZES = (3, 4, 5)

# Share of words, pairs, pieces and lexicon in the likeness of two texts; by cross-validation.
_CHANNEL_SHARES = (1.0, 0.5, 1.0, 1.5)

# « Car » was no word to be learnt while it could be « because ».
_SAME_AS = {"car": COACH}

Content = tuple[int, int, str]
"""Start, end and lemma of a word that carries a theme."""


class LexicalFeatures:
    """Turns texts into sparse rows; holds the lexicon and the French tokeniser."""

    def __init__(self, *, words: WordReader, lexicon: Mapping[str, Sequence[str]]) -> None:
        self._words = words
        self.names = tuple(lexicon)
        self._entries = Phrases()
        for number, phrases in enumerate(lexicon.values()):
            for phrase in phrases:
                self._entries.learn([lemma for _, _, lemma in self.contents(phrase)], number)
        starts = np.cumsum([0, WORD_BUCKETS, PAIR_BUCKETS, PIECE_BUCKETS, len(lexicon)])
        self.channels = tuple(pairwise(int(start) for start in starts))
        self.width = int(starts[-1])

    def contents(self, text: str) -> tuple[Content, ...]:
        """Return the words of the text that carry a theme, in reading order."""
        return tuple(
            [
                (start, end, _SAME_AS.get(lemma, lemma))
                for start, end, lemma in self._words.words(text)
                if _is_content(lemma)
            ]
        )

    def counts(self, contents: Sequence[Sequence[Content]]) -> sparse.csr_array:
        """Return the (n, width) counts of features of n texts given by their content words."""
        lemmas = [[lemma for _, _, lemma in words] for words in contents]
        known = {lemma: place for place, lemma in enumerate(dict.fromkeys(chain(*lemmas)))}
        words_of_texts = _counted(
            ([known[lemma] for lemma in row] for row in lemmas), len(lemmas), len(known)
        )
        words = words_of_texts @ self.of_lemmas(list(known))
        pairs = _counted(
            ([_pair_bucket(a, b) for a, b in pairwise(row)] for row in lemmas),
            len(lemmas),
            self.width,
        )
        base = self.channels[3][0]
        lexicon = _counted(
            (
                [
                    base + sector
                    for first, last, sectors in self.lexicon_hits(row)
                    for sector in sectors
                    # A phrase is less ambiguous than a word and counts for as many.
                    for _ in range(first, last + 1)
                ]
                for row in lemmas
            ),
            len(lemmas),
            self.width,
        )
        counted: sparse.csr_array = (words + pairs + lexicon).tocsr()
        return counted

    def of_lemmas(self, lemmas: Sequence[str]) -> sparse.csr_array:
        """Return the (n, width) features of single words: the word itself and its pieces."""
        return _counted((_lemma_buckets(lemma) for lemma in lemmas), len(lemmas), self.width)

    def lexicon_hits(self, lemmas: Sequence[str]) -> list[tuple[int, int, tuple[int, ...]]]:
        """Return (first word, last word, sectors) of each entry found, the longest at a place."""
        return self._entries.found(lemmas)

    def weighted(self, counts: sparse.csr_array, rarity: NDArray[np.float32]) -> sparse.csr_array:
        """Return the rows as log counts times rarity, each channel scaled to its own length."""
        rows: sparse.csr_array = counts.astype(np.float32)
        rows.data = (1 + np.log(rows.data)) * rarity[rows.indices]
        channel = np.searchsorted([end for _, end in self.channels], rows.indices, side="right")
        row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        cell = row * len(self.channels) + channel
        squares = np.bincount(
            cell, rows.data.astype(np.float64) ** 2, rows.shape[0] * len(self.channels)
        )
        scale = np.sqrt(np.array(_CHANNEL_SHARES))[channel] / np.sqrt(squares[cell])
        rows.data = (rows.data * scale).astype(np.float32)
        return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class LexicalReading:
    """The words that carry a theme in each of n texts, and the (n, width) rows they make."""

    contents: tuple[tuple[Content, ...], ...]
    rows: sparse.csr_array


@dataclass(frozen=True, slots=True, kw_only=True)
class LexicalReader:
    """Reads texts as rows of features; `rarity` (width,) says how much each of them tells."""

    features: LexicalFeatures
    rarity: NDArray[np.float32]

    def read(self, texts: Sequence[str]) -> LexicalReading:
        """Read texts in a batch, in the same order."""
        contents = tuple(self.features.contents(text) for text in texts)
        counts = self.features.counts(contents)
        return LexicalReading(contents=contents, rows=self.features.weighted(counts, self.rarity))

    def rarity_of(self, lemmas: Sequence[str]) -> NDArray[np.float32]:
        """Return the rarity (n,) of words, which weighs them."""
        buckets = np.array([_lemma_buckets(lemma)[0] for lemma in lemmas], dtype=np.intp)
        return self.rarity[buckets]

    def of_lemmas(self, lemmas: Sequence[str]) -> sparse.csr_array:
        """Return the (n, width) rows of single words."""
        return self.features.weighted(self.features.of_lemmas(lemmas), self.rarity)


@lru_cache(maxsize=100_000)
def _is_content(lemma: str) -> bool:
    return not lemma[0].isdigit() and fold(lemma) not in stop_words()


def _pair_bucket(first: str, second: str) -> int:
    return WORD_BUCKETS + zlib.crc32(f"{first} {second}".encode()) % PAIR_BUCKETS


@lru_cache(maxsize=100_000)
def _lemma_buckets(lemma: str) -> tuple[int, ...]:
    marked = f"<{fold(lemma)}>".encode()
    base = WORD_BUCKETS + PAIR_BUCKETS
    return (
        zlib.crc32(lemma.encode()) % WORD_BUCKETS,
        *(
            base + zlib.crc32(marked[start : start + size]) % PIECE_BUCKETS
            for size in _PIECE_SIZES
            for start in range(len(marked) - size + 1)
        ),
    )


def _counted(rows: Iterable[Sequence[int]], height: int, width: int) -> sparse.csr_array:
    """Return a (height, width) matrix that counts how often each column is named in a row."""
    lengths: list[int] = []
    columns: list[int] = []
    for row in rows:
        lengths.append(len(row))
        columns.extend(row)
    ends = np.cumsum([0, *lengths])
    ones = np.ones(len(columns), np.float32)
    matrix: sparse.csr_array = sparse.csr_array(
        (ones, np.array(columns, np.int32), ends), shape=(height, width)
    )
    matrix.sum_duplicates()
    return matrix


@cache
def load_lexical_features() -> LexicalFeatures:
    """Load the tokeniser and the reviewed words of each sector."""
    lexicon = tomllib.loads((FR / "sectors.toml").read_text("utf-8"))
    return LexicalFeatures(words=load_words(), lexicon=lexicon)


@cache
def load_lexical_reader() -> LexicalReader:
    """Load the features and their rarity; those never seen are all as rare."""
    features = load_lexical_features()
    path = files("capture.nlp") / "model" / "lexical.npz"
    with path.open("rb") as stored, np.load(stored, allow_pickle=False) as arrays:
        rarity = np.full(features.width, arrays["rarest"], dtype=np.float32)
        rarity[arrays["seen"]] = arrays["rarity"].astype(np.float32)
    return LexicalReader(features=features, rarity=rarity)
