"""Train the kinds of project shipped in `capture/nlp/model/kinds.npz` and print their measures.

    python training/train_kinds.py --data FOLDER

FOLDER holds the meetings (gdn_reunions_items.jsonl), whose statements were read (see
read_statements.md), needs_more.jsonl, whose groups are kinds of project too, and needs_dev.jsonl,
on which the groups are measured and nothing is learnt. In written_needs.jsonl, beside this script,
the need itself is the kind.
Kernel ridge regression from vectors to the kinds of project, then the directions that tell kinds
apart best (Saunders, Gammerman and Vovk 1998; truncated SVD).
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from read_statements import json_lines, read_statements
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score

from capture.nlp.kinds import Kinds, compared_rows, load_kinds
from capture.nlp.nearness import nearness, packed_rows
from capture.nlp.vectorise import Vectoriser, load_vectoriser

# Ridge and columns: by the groups of needs_dev, where ridges of 0.03 to 0.2 and 128 to 300 columns
# differ by less than the draw of needs does.
RIDGE = 0.05
COLUMNS = 200
WRITTEN = Path(__file__).with_name("written_needs.jsonl")
OUT = Path(__file__).parents[1] / "capture" / "nlp" / "model" / "kinds.npz"


def fit(vectors: NDArray[np.float32], groups: Sequence[str]) -> tuple[NDArray[np.float64], ...]:
    """Return the pulls (m, COLUMNS) of the rows and where they stand on average (COLUMNS,)."""
    place = np.unique(groups, return_inverse=True)[1]
    wanted = np.eye(place.max() + 1)[place]
    kernel = nearness(vectors, vectors).astype(np.float64)
    dual = np.linalg.solve(kernel + RIDGE * np.eye(len(kernel)), wanted - wanted.mean(axis=0))
    found = kernel @ dual
    middle = found.mean(axis=0)
    directions = np.linalg.svd(found - middle, full_matrices=False)[2][:COLUMNS].T
    return dual @ directions, middle @ directions


def report(name: str, rows: NDArray[np.float32], gold: list[str]) -> None:
    """Print the agreement of average-link groups at the number of groups that suits best."""
    scores = {}
    for count in range(60, 260, 5):
        linked = AgglomerativeClustering(count, metric="cosine", linkage="average")
        scores[count] = adjusted_rand_score(gold, linked.fit_predict(rows))
    best = max(scores, key=lambda count: scores[count])
    print(f"{name}: ARI {scores[best]:.3f} in {best} groups, {len(set(gold))} for a reader")


def dev_needs(data: Path, vectoriser: Vectoriser) -> tuple[NDArray[np.float32], list[str]]:
    """Return the vectors and groups of the needs of development."""
    needs = [need for need in json_lines(data / "needs_dev.jsonl") if need["group"]]
    return vectoriser.vectors([need["text"] for need in needs]), [need["group"] for need in needs]


def taught(data: Path) -> Iterator[tuple[str, str]]:
    """Yield every text whose kind of project is known, with it."""
    for one in read_statements(data):
        if one.group:
            yield one.text, one.group
    for need in json_lines(data / "needs_more.jsonl"):
        if need["group"]:
            yield need["text"], need["group"]
    for need in json_lines(WRITTEN):
        if need["need"]:
            yield need["text"], need["canonical"]


def main() -> None:
    """Train, write the weights, measure what was written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    data: Path = parser.parse_args().data
    vectoriser = load_vectoriser()
    texts, kinds_told = zip(*taught(data), strict=True)
    vectors = vectoriser.vectors(texts)
    pulls, middle = fit(vectors, kinds_told)
    known, steps = packed_rows(vectors)
    np.savez_compressed(
        OUT,
        vectoriser=np.array(vectoriser.id),
        known=known,
        steps=steps,
        pulls=pulls.astype(np.float16),
        middle=middle.astype(np.float32),
    )
    print(f"{len(texts)} texts; {OUT.name}: {OUT.stat().st_size / 1e6:.1f} MB")
    kinds: Kinds | None = load_kinds(vectoriser.id)
    unseen, gold = dev_needs(data, vectoriser)
    report("vectors alone", unseen, gold)
    report("with kinds", compared_rows(unseen, kinds), gold)


if __name__ == "__main__":
    main()
