"""Train the secondary sectors shipped in `capture/nlp/model/secondary.npz`, print their measures.

    python training/train_secondary.py --data FOLDER

FOLDER holds the meetings (gdn_reunions_items.jsonl) whose statements we have read
(read_statements.md), needs_more.jsonl and needs_dev.jsonl. Measured on needs_dev, of which this
model learns nothing; kinds and vectors, its rows, have not learnt it either.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from read_statements import json_lines, read_statements
from sklearn.linear_model import LogisticRegression

from capture.nlp.kinds import load_kinds
from capture.nlp.lexical import load_lexical_reader
from capture.nlp.secondary import ROW_SCALE
from capture.nlp.sectors import SECTORS, Sector
from capture.nlp.vectorise import load_vectoriser

# Inverse of the L2 penalty; by cross-validation.
INVERSE_PENALTY = 0.1
ITERATIONS = 300
THRESHOLDS = (0.2, 0.3, 0.4, 0.5)
OUT = Path(__file__).parents[1] / "capture" / "nlp" / "model" / "secondary.npz"

Told = tuple[str, str, tuple[str, ...]]
"""A text, its sector, the sectors that it also speaks of."""


def taught(data: Path) -> list[Told]:
    """Return every text that teaches."""
    read = [(one.text, one.sector, one.secondary) for one in read_statements(data)]
    return [*labelled(data / "needs_more.jsonl"), *read]


def labelled(path: Path) -> list[Told]:
    """Return the texts of a labelled set."""
    return [(row["text"], row["sector"], tuple(row["secondary"])) for row in json_lines(path)]


def spoken_of(items: list[Told]) -> NDArray[np.bool_]:
    """Return (n, 18) whether a reader named each sector, first or not."""
    return np.array(
        [[sector == first or sector in others for sector in SECTORS] for _, first, others in items]
    )


def report(chances: NDArray[np.float32], items: list[Told]) -> None:
    """Print precision and recall of the others when the first is as the reader said."""
    first = np.array([SECTORS.index(Sector(item[1])) for item in items])
    named = spoken_of(items)
    named[np.arange(len(items)), first] = False
    others = chances.copy()
    others[np.arange(len(items)), first] = 0
    others[first == SECTORS.index(Sector.HORS_CHAMP)] = 0
    for threshold in THRESHOLDS:
        said = others >= threshold
        right = (said & named).sum()
        print(f"{threshold}: precision {right / said.sum():.2f}, recall {right / named.sum():.2f}")


def main() -> None:
    """Measure on what is left out, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    data: Path = parser.parse_args().data
    lexical, vectoriser = load_lexical_reader(), load_vectoriser()
    kinds = load_kinds(vectoriser.id)
    if kinds is None:
        raise SystemExit("train_kinds.py first: the kinds are those of another vectoriser")

    def rows_of(items: list[Told]) -> NDArray[np.float32]:
        texts = [text for text, _, _ in items]
        vectors = vectoriser.vectors(texts)
        return np.concatenate([vectors, kinds.of(vectors, lexical.read(texts))], axis=1)

    items, unseen = taught(data), labelled(data / "needs_dev.jsonl")
    rows, named = ROW_SCALE * rows_of(items), spoken_of(items)
    fitted = [
        LogisticRegression(C=INVERSE_PENALTY, max_iter=ITERATIONS).fit(rows, named[:, k])
        for k in range(len(SECTORS))
    ]
    scores = np.stack([one.predict_proba(ROW_SCALE * rows_of(unseen))[:, 1] for one in fitted], 1)
    report(scores.astype(np.float32), unseen)
    np.savez_compressed(
        OUT,
        weights=np.stack([one.coef_[0] for one in fitted], axis=1).astype(np.float16),
        intercept=np.array([one.intercept_[0] for one in fitted], dtype=np.float32),
    )
    print(f"{OUT.name}: {OUT.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
