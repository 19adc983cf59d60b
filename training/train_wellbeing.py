"""Train the secondary coding shipped in `capture/nlp/model/wellbeing.npz` and print its measures.

    python training/train_wellbeing.py --data FOLDER

FOLDER holds the meetings (gdn_reunions_items.jsonl) whose statements we have read
(read_statements.md) and needs_more.jsonl; written_needs.jsonl stands beside this script. Need and
polarity are measured on needs_dev.jsonl, of which nothing is learnt; the dimension, which it does
not tell, on left-out fifths of the statements read.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from read_statements import json_lines, read_statements
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import cross_val_predict

from capture.nlp.vectorise import load_vectoriser
from capture.nlp.wellbeing import DIMENSIONS, VECTOR_SHARE, counted_words

# Inverse of the L2 penalty; by cross-validation.
INVERSE_PENALTY = 4.0
FOLDS = 5
ITERATIONS = 200
# Weight of a polarity in the loss: the power of its rarity between none (0) and full balance (1).
BALANCE = 0.5
NEEDS = ("0", "1")
POLARITIES = ("manque", "proposition", "atout")
WRITTEN = Path(__file__).with_name("written_needs.jsonl")
OUT = Path(__file__).parents[1] / "capture" / "nlp" / "model" / "wellbeing.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A text and what a reader said of it; an empty dimension is not told."""

    text: str
    need: str
    polarity: str
    dimension: str


def coded(rows: Sequence[dict[str, str]]) -> list[Coded]:
    """Return the rows of a labelled set."""
    return [
        Coded(
            text=row["text"],
            need=str(int(row["need"])),
            polarity=row["polarity"],
            dimension=row.get("dimension", ""),
        )
        for row in rows
    ]


def taught(data: Path) -> list[Coded]:
    """Return every text that teaches."""
    read = [
        Coded(
            text=one.text,
            need=str(int(one.need)),
            polarity=one.polarity,
            dimension=one.dimension,
        )
        for one in read_statements(data)
    ]
    return [*read, *coded(json_lines(data / "needs_more.jsonl")), *coded(json_lines(WRITTEN))]


def regression(balance: Mapping[str, float] | None = None) -> LogisticRegression:
    """Return an untrained multinomial logistic regression; `balance` weighs the choices."""
    return LogisticRegression(C=INVERSE_PENALTY, max_iter=ITERATIONS, class_weight=balance)


def balanced(labels: NDArray[np.str_]) -> dict[str, float]:
    """Return the weight of each choice, so that one seldom told is heard all the same."""
    choices, counts = np.unique(labels, return_counts=True)
    weights = (len(labels) / len(choices) / counts) ** BALANCE
    return dict(zip(choices.tolist(), weights.tolist(), strict=True))


def weights_of(
    rows: sparse.csr_array,
    labels: NDArray[np.str_],
    choices: Sequence[str],
    balance: Mapping[str, float] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return coefficients (width, choices) and intercept; one column for two choices."""
    fitted = regression(balance).fit(rows, labels)
    if len(choices) == 2:
        return fitted.coef_.T, fitted.intercept_
    order = [list(fitted.classes_).index(choice) for choice in choices]
    return fitted.coef_[order].T, fitted.intercept_[order]


def report(name: str, found: NDArray[np.str_], told: NDArray[np.str_]) -> None:
    """Print how often the machine says what a reader said."""
    f1 = f1_score(told, found, average="macro")
    print(f"{name}: accuracy {(found == told).mean():.3f}, macro-F1 {f1:.3f}, n {len(told)}")


def main() -> None:
    """Measure on what is left out, train on what teaches, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    data: Path = parser.parse_args().data
    vectoriser = load_vectoriser()

    def rows_of(texts: list[str]) -> sparse.csr_array:
        vectors = VECTOR_SHARE * vectoriser.vectors(texts)
        return sparse.hstack([counted_words(texts), sparse.csr_array(vectors)]).tocsr()

    items, unseen = taught(data), coded(json_lines(data / "needs_dev.jsonl"))
    rows, left = rows_of([one.text for one in items]), rows_of([one.text for one in unseen])
    need = np.array([one.need for one in items])
    polarity = np.array([one.polarity for one in items])
    told = np.array([bool(one.polarity) for one in items])
    dimension = np.array([one.dimension for one in items])
    coded_rows = dimension != ""
    report(
        "need",
        regression().fit(rows, need).predict(left),
        np.array([one.need for one in unseen]),
    )
    report(
        "polarity",
        regression(balanced(polarity[told])).fit(rows[told], polarity[told]).predict(left),
        np.array([one.polarity for one in unseen]),
    )
    report(
        "dimension",
        cross_val_predict(regression(), rows[coded_rows], dimension[coded_rows], cv=FOLDS),
        dimension[coded_rows],
    )
    parts = [
        weights_of(rows, need, NEEDS),
        weights_of(rows[told], polarity[told], POLARITIES, balanced(polarity[told])),
        weights_of(rows[coded_rows], dimension[coded_rows], DIMENSIONS),
    ]
    weights = np.concatenate([part for part, _ in parts], axis=1)
    columns = vectoriser.dimension
    np.savez_compressed(
        OUT,
        vectoriser=np.array(vectoriser.id),
        words=weights[:-columns].astype(np.float16),
        vectors=weights[-columns:].astype(np.float32),
        intercept=np.concatenate([part for _, part in parts]).astype(np.float32),
    )
    print(f"{len(items)} texts; {OUT.name}: {OUT.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
