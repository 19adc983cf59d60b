"""Train what says whether two texts tell the same need (`capture/nlp/model/same_need.npz`).

    python training/train_same_need.py --data FOLDER

`told_pairs.jsonl`, beside this script, holds pairs written for it, half of them made to deceive
(see told_pairs.md); the demonstration's needs, told as people tell them, are paired with their
nearest ones, which are the same need when a reader put them in one group. So that sentences of any
subject are judged too, the pairs of similarity/stsb_fr_train.jsonl in FOLDER teach a little; and so
that a message sent again is known, so do the demonstration's needs beside themselves without their
title. Penalised logistic regression on three measures, their squares and products; measured on
folds of the written pairs.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from read_statements import json_lines
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import KFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from capture.nlp.compared_words import ComparedWords
from capture.nlp.duplicates import measures_of, telling_words
from capture.nlp.language import Language, load_language
from capture.queries.parts import words_of
from fabrique.core.places import PlaceNames

HERE = Path(__file__).parent
PAIRS = HERE / "told_pairs.jsonl"
STORIES = HERE.parent / "fabrique" / "demo" / "data" / "needs.jsonl"
OUT = HERE.parent / "capture" / "nlp" / "model" / "same_need.npz"
# Each need of the demonstration is paired with so many of the nearest and one in so many of the
# others, which all count together for as much as two sets of written pairs.
NEAREST, ONE_IN = 20, 30
STORIES_SHARE = 2.0
# Inverse of the penalty, by folds.
INVERSE_PENALTY = 0.3
FOLDS = 10
SEED = 0
# Pairs of STS-B that mean the same, or not, by their score; they count for half the written ones.
ALIKE, UNLIKE = 4.0, 3.0
SENTENCES_SHARE = 0.5
# As do needs sent again without their title, where their text says enough.
AGAIN_SHARE, ENOUGH = 0.5, 30

Floats = NDArray[np.float64]
Pair = tuple[str, str]


def terms_of(pairs: Sequence[Pair], language: Language) -> Floats:
    """Return the terms (n, 9) of pairs of texts."""
    texts = list(dict.fromkeys(text for pair in pairs for text in pair))
    kinds = dict(zip(texts, [read.kinds for read in language.read(texts)], strict=True))
    said = {text: telling_words(text).keys() for text in texts}
    words = ComparedWords(list(said.values()), language.vectoriser)
    return np.array(
        [
            measures_of(words, said[one], said[other], float(kinds[one] @ kinds[other])).expanded()
            for one, other in pairs
        ]
    )


def written_pairs() -> tuple[list[Pair], NDArray[np.bool_]]:
    """Return the pairs written to teach, and whether they tell the same need."""
    rows = json_lines(PAIRS)
    return [(row["s1"], row["s2"]) for row in rows], np.array([bool(row["label"]) for row in rows])


def lived_pairs(language: Language) -> tuple[list[Pair], NDArray[np.bool_]]:
    """Return each need of the demonstration with its nearest ones and some others, and whether a
    reader grouped them together.
    """
    needs = [need for need in json_lines(STORIES) if need["group"]]
    texts = [words_of(need["title"], need["text"]) for need in needs]
    kinds = np.stack([read.kinds for read in language.read(texts)])
    pairs: list[tuple[int, int]] = []
    for row, likeness in enumerate(kinds @ kinds.T):
        order = np.argsort(-likeness, kind="stable").tolist()
        others = [place for place in order if texts[place] != texts[row]]
        pairs += [(row, other) for other in [*others[:NEAREST], *others[NEAREST::ONE_IN]]]
    same = [needs[one]["group"] == needs[other]["group"] for one, other in pairs]
    return [(texts[one], texts[other]) for one, other in pairs], np.array(same)


def pairs_sent_again() -> tuple[list[Pair], NDArray[np.bool_]]:
    """Return the needs of the demonstration beside themselves without their title: the same."""
    needs = json_lines(STORIES)
    pairs = [
        (words_of(need["title"], need["text"]), need["text"])
        for need in needs
        if need["title"] and len(need["text"]) > ENOUGH
    ]
    return pairs, np.ones(len(pairs), dtype=bool)


def sentence_pairs(data: Path) -> tuple[list[Pair], NDArray[np.bool_]]:
    """Return pairs of sentences of any subject, and whether they mean the same."""
    rows = [
        row
        for row in json_lines(data / "similarity" / "stsb_fr_train.jsonl")
        if not UNLIKE < float(row["score"]) < ALIKE
    ]
    alike = [float(row["score"]) >= ALIKE for row in rows]
    return [(row["s1"], row["s2"]) for row in rows], np.array(alike)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """Terms (n, 9) of pairs, whether they are the same, and what they count for together."""

    rows: Floats
    same: NDArray[np.bool_]
    share: float

    def of(self, chosen: NDArray[np.intp]) -> "Taught":
        """Return some of the pairs."""
        return Taught(rows=self.rows[chosen], same=self.same[chosen], share=self.share)


def fitted(*sets: Taught) -> Pipeline:
    """Fit the model on sets of pairs."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=INVERSE_PENALTY))
    weights = [np.full(len(one.same), one.share / len(one.same)) for one in sets]
    return model.fit(
        np.concatenate([one.rows for one in sets]),
        np.concatenate([one.same for one in sets]),
        logisticregression__sample_weight=np.concatenate(weights) * len(sets[0].same),
    )


def main() -> None:
    """Measure on folds, train on everything, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    language = load_language(PlaceNames())

    def taught(pairs: tuple[list[Pair], NDArray[np.bool_]], share: float) -> Taught:
        return Taught(rows=terms_of(pairs[0], language), same=pairs[1], share=share)

    written = taught(written_pairs(), 1.0)
    others = (
        taught(lived_pairs(language), STORIES_SHARE),
        taught(pairs_sent_again(), AGAIN_SHARE),
        taught(sentence_pairs(parser.parse_args().data), SENTENCES_SHARE),
    )
    same, found = written.same, np.zeros(len(written.same))
    for seen, unseen in KFold(FOLDS, shuffle=True, random_state=SEED).split(found):
        model = fitted(written.of(seen), *others)
        found[unseen] = model.predict_proba(written.rows[unseen])[:, 1]
    print(f"{len(same)} written pairs, left out: AP {average_precision_score(same, found):.3f}")
    for threshold in (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75):
        shown = found >= threshold
        print(f"{threshold}: precision {same[shown].mean():.2f}, recall {shown[same].mean():.2f}")
    model = fitted(written, *others)
    scale, line = model[0], model[-1]
    weights = line.coef_[0] / scale.scale_
    np.savez_compressed(OUT, weights=weights, intercept=line.intercept_[0] - weights @ scale.mean_)


if __name__ == "__main__":
    main()
