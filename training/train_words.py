"""Passages → first vectors of words and of character n-grams, by counting (no gradient).

Half of the columns say meaning: positive pointwise mutual information of words in a window, its
truncated SVD without the singular values (Levy, Goldberg & Dagan 2015: power 0, smoothing 0.75),
and the n-gram rows that best rebuild it (ridge, by conjugate gradients). The other half say
spelling: a random direction for each n-gram (Johnson-Lindenstrauss), so that the cosine starts
from the overlap of n-grams, which is hard to beat on short texts.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from capture.nlp.vectorise import pieces_of, words_of

SMOOTHING = 0.75
SHORTEST_PIECE, LONGEST_PIECE = 3, 4
MEANING_SHARE = 1.0
SIF = 1e-3  # weight of a word, a / (a + frequency), Arora et al. 2017; longer words say more
SPELLING_ENERGY = 10.0  # squared length of an n-gram: a word of ten then weighs about one

Floats = NDArray[np.float32]


def passages_of(corpus: Path, similarity: Path) -> list[list[str]]:
    """Return the words of every passage, those of the similarity pairs included."""
    passages = [words_of(line) for line in corpus.read_text(encoding="utf-8").splitlines()]
    for line in similarity.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        passages += [words_of(row["s1"]), words_of(row["s2"])]
    return passages


def cooccurrence(codes: NDArray[np.int32], *, words: int, window: int) -> sparse.csr_matrix:
    """Return the symmetric counts of words within a window, nearer ones weighing more."""
    total = sparse.csr_matrix((words, words), dtype=np.float32)
    for offset in range(1, window + 1):
        left, right = codes[:-offset], codes[offset:]
        both = (left >= 0) & (right >= 0)
        weights = np.full(int(both.sum()), (window + 1 - offset) / window, dtype=np.float32)
        total += sparse.csr_matrix((weights, (left[both], right[both])), shape=(words, words))
    return (total + total.T).tocsr()


def positive_information(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the positive pointwise mutual information of the counts."""
    rows = np.asarray(counts.sum(axis=1)).ravel()
    contexts = rows**SMOOTHING
    contexts *= rows.sum() / contexts.sum()
    information = counts.tocoo()
    expected = rows[information.row] * contexts[information.col] / rows.sum()
    information.data = np.log(information.data / expected)
    information.data = np.maximum(information.data, 0).astype(np.float32)
    kept = information.tocsr()
    kept.eliminate_zeros()
    return kept


def piece_table(words: list[str], *, buckets: int) -> sparse.csr_matrix:
    """Return the (words, buckets) matrix whose product with bucket rows is their mean."""
    pieces = [
        pieces_of(word, shortest=SHORTEST_PIECE, longest=LONGEST_PIECE, buckets=buckets)
        for word in words
    ]
    starts = np.cumsum([0, *map(len, pieces)])
    shares = np.concatenate([np.full(len(own), 1 / max(len(own), 1)) for own in pieces])
    flat = np.fromiter((piece for own in pieces for piece in own), dtype=np.int32)
    return sparse.csr_matrix((shares.astype(np.float32), flat, starts), shape=(len(words), buckets))


def rebuilding_rows(table: sparse.csr_matrix, vectors: Floats, weights: Floats) -> Floats:
    """Return the bucket rows minimising the weighted squared error, by conjugate gradients."""
    weighted = table.multiply(weights[:, None]).tocsr()
    target = np.asarray(weighted.T @ vectors, dtype=np.float32)
    rows = np.zeros_like(target)
    residual, direction = target.copy(), target.copy()
    energy = (residual**2).sum(axis=0)
    for _ in range(40):
        image = weighted.T @ (table @ direction) + 0.02 * direction
        step = energy / np.maximum((direction * image).sum(axis=0), 1e-12)
        rows += step * direction
        residual -= step * image
        renewed = (residual**2).sum(axis=0)
        direction = residual + renewed / np.maximum(energy, 1e-12) * direction
        energy = renewed
    return rows


def first_rows(
    words: list[str],
    frequencies: Floats,
    information: sparse.csr_matrix,
    wanted: argparse.Namespace,
) -> dict[str, NDArray[np.generic]]:
    """Return the rows of words and n-grams and the weights of words, by name."""
    left, _, _ = randomized_svd(information, wanted.meaning, n_iter=4, random_state=wanted.seed)
    meaning = left.astype(np.float32)
    meaning *= MEANING_SHARE / np.maximum(np.linalg.norm(meaning, axis=1, keepdims=True), 1e-6)
    table = piece_table(words, buckets=wanted.buckets)
    pieces = rebuilding_rows(table, meaning, np.log1p(frequencies))
    trust = (frequencies / (frequencies + 3))[:, None]
    own = (meaning - table @ pieces) * trust
    draw = np.random.default_rng(wanted.seed)
    spelling = draw.standard_normal((wanted.buckets, wanted.spelling), dtype=np.float32)
    spelling *= np.sqrt(SPELLING_ENERGY / wanted.spelling)
    lengths = np.array([max(2 * len(word) - 1, 1) for word in words], dtype=np.float32)
    return {
        "words": np.array(words),
        "counts": frequencies,
        "unknown": np.array(1, dtype=np.float32),
        "weights": SIF / (SIF + frequencies / frequencies.sum()) * np.sqrt(lengths / 10),
        "word_rows": np.pad(own, ((0, 0), (0, wanted.spelling))),
        "piece_rows": np.concatenate([pieces, spelling], axis=1),
    }


def main() -> None:
    """Write words.npz: vocabulary, counts, word rows, n-gram rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--similarity", type=Path, required=True, help="stsb_fr_train.jsonl")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--meaning", type=int, default=128, help="columns of meaning")
    parser.add_argument("--spelling", type=int, default=128, help="columns of spelling")
    parser.add_argument("--buckets", type=int, default=32768)
    parser.add_argument("--fewest", type=int, default=3, help="occurrences of a kept word")
    parser.add_argument("--window", type=int, default=8)
    parser.add_argument("--seed", type=int, default=20260712)
    wanted = parser.parse_args()
    passages = passages_of(wanted.corpus, wanted.similarity)
    counts = Counter(word for passage in passages for word in passage)
    words = sorted(
        (word for word, count in counts.items() if count >= wanted.fewest and word.isascii()),
        key=lambda word: (-counts[word], word),
    )
    places = {word: place for place, word in enumerate(words)}
    gap = [-1] * wanted.window
    codes = np.fromiter(
        (code for passage in passages for code in [*(places.get(w, -1) for w in passage), *gap]),
        dtype=np.int32,
    )
    information = positive_information(cooccurrence(codes, words=len(words), window=wanted.window))
    frequencies = np.array([counts[word] for word in words], dtype=np.float32)
    np.savez(wanted.out, **first_rows(words, frequencies, information, wanted))
    print(f"{len(words)} words of {frequencies.sum():.0f} kept occurrences")


if __name__ == "__main__":
    main()
