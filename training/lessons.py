"""Training texts as codes of words: pairs by kind, groups by set, sentence pairs with a score."""

import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from evaluate import held_out_folder
from numpy.typing import NDArray
from train_words import LONGEST_PIECE, SHORTEST_PIECE

from capture.nlp.vectorise import pieces_of, words_of

LONGEST_TEXT = 250  # characters: beyond, a passage drifts from its title

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Texts as codes, one after the other; text i is codes[starts[i]:starts[i + 1]]."""

    codes: Codes
    starts: Codes

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.starts) - 1

    def bag(self, chosen: Codes) -> tuple[Codes, Codes]:
        """Return the codes of the texts chosen and where each begins."""
        parts = [self.codes[self.starts[i] : self.starts[i + 1]] for i in chosen]
        lengths = np.array([len(part) for part in parts])
        return np.concatenate(parts), np.cumsum(lengths) - lengths


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Texts that answer each other, and what they share: a title's number, or a human score."""

    left: Texts
    right: Texts
    label: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """Texts and the number of their group."""

    texts: Texts
    group: Codes


class Lexicon:
    """Codes of words: those with a row of their own come first, then any other word seen."""

    def __init__(self, words: list[str]) -> None:
        self.codes = {word: code for code, word in enumerate(words)}

    def encode(self, texts: list[str]) -> Texts:
        """Return the texts as codes, a new word being given the next code."""
        coded = [
            [self.codes.setdefault(word, len(self.codes)) for word in words_of(text[:LONGEST_TEXT])]
            for text in texts
        ]
        return as_texts(coded)

    def pieces(self, buckets: int) -> Texts:
        """Return the n-grams of every word seen."""
        return as_texts(
            [
                pieces_of(word, shortest=SHORTEST_PIECE, longest=LONGEST_PIECE, buckets=buckets)
                for word in self.codes
            ]
        )


def as_texts(coded: list[list[int]]) -> Texts:
    """Return lists of codes as two arrays; an empty list becomes one code 0, to stay countable."""
    filled = [codes or [0] for codes in coded]
    return Texts(
        codes=np.fromiter((code for codes in filled for code in codes), dtype=np.int64),
        starts=np.cumsum([0, *map(len, filled)]),
    )


def pairs_by_kind(path: Path, lexicon: Lexicon, *, left_out: list[str]) -> dict[str, Pairs]:
    """Read pairs.tsv, without the kinds left out and the folders held out for development."""
    rows: dict[str, list[tuple[str, str]]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as lines:
        for kind, left, right in csv.reader(lines, delimiter="\t"):
            if kind not in left_out and (kind != "sheet-folder" or not held_out_folder(left)):
                rows[kind].append((left, right))
    return {
        kind: Pairs(
            left=lexicon.encode([left for left, _ in both]),
            right=lexicon.encode([right for _, right in both]),
            label=np.unique([left for left, _ in both], return_inverse=True)[1].astype(np.float32),
        )
        for kind, both in rows.items()
    }


def groups_by_set(path: Path, lexicon: Lexicon, *, left_out: list[str]) -> dict[str, Grouped]:
    """Read groups.tsv, without the sets left out and the folders held out for development."""
    rows: dict[str, list[tuple[str, str]]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as lines:
        for family, group, text in csv.reader(lines, delimiter="\t"):
            if family not in left_out and (family != "sheets" or not held_out_folder(group)):
                rows[family].append((group, text))
    return {
        family: Grouped(
            texts=lexicon.encode([text for _, text in both]),
            group=np.unique([group for group, _ in both], return_inverse=True)[1],
        )
        for family, both in rows.items()
    }


def scored_pairs(path: Path, lexicon: Lexicon) -> Pairs:
    """Read sentence pairs scored by people."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return Pairs(
        left=lexicon.encode([row["s1"] for row in rows]),
        right=lexicon.encode([row["s2"] for row in rows]),
        label=np.array([row["score"] for row in rows], dtype=np.float32),
    )
