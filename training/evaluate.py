"""A packed model → figures of development, as one JSON object."""

import argparse
import csv
import json
from collections import defaultdict
from pathlib import Path
from time import perf_counter
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.metrics import adjusted_rand_score, v_measure_score

from capture.nlp.vectorise import Vectoriser, static_vectoriser

Floats = NDArray[np.float32]


def held_out_folder(folder: str) -> bool:
    """Tell whether the titles of a folder of sheets are kept for development: one in eight."""
    return crc32(folder.encode()) % 8 == 0


def spearman_of_pairs(vectoriser: Vectoriser, path: Path) -> float:
    """Return 100 × the rank correlation of cosines with human scores."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    left = vectoriser.vectors([row["s1"] for row in rows])
    right = vectoriser.vectors([row["s2"] for row in rows])
    return float(spearmanr((left * right).sum(axis=1), [row["score"] for row in rows])[0])


def b_cubed(gold: list[str], found: NDArray[np.intp]) -> float:
    """Return the B³ F1 of Bagga & Baldwin (1998), each item weighing the same."""
    codes = np.unique(gold, return_inverse=True)[1]
    same_gold = codes[:, None] == codes[None, :]
    same_found = found[:, None] == found[None, :]
    agreeing = (same_gold & same_found).sum(axis=1)
    precision = (agreeing / same_found.sum(axis=1)).mean()
    recall = (agreeing / same_gold.sum(axis=1)).mean()
    return float(2 * precision * recall / (precision + recall))


def grouping(vectors: Floats, gold: list[str]) -> dict[str, float]:
    """Return ARI and B³ of average link, and V of k-means, at the known number of groups."""
    known = len(set(gold))
    linked = AgglomerativeClustering(known, metric="cosine", linkage="average").fit_predict(vectors)
    means = [KMeans(known, n_init=3, random_state=seed).fit_predict(vectors) for seed in range(3)]
    return {
        "ari": float(adjusted_rand_score(gold, linked)),
        "b3": b_cubed(gold, linked),
        "v_kmeans": float(np.mean([v_measure_score(gold, labels) for labels in means])),
    }


def labelled(path: Path) -> dict[str, tuple[list[str], list[str]]]:
    """Return the texts and groups of labelled needs by part."""
    parts: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["group"]:
            texts, groups = parts[str(row.get("part", "dev"))]
            texts.append(row["text"])
            groups.append(row["group"])
    return parts


def question_set(groups: Path) -> tuple[list[str], list[str]]:
    """Return the questions of the folders of sheets that training never saw as groups."""
    by_folder = defaultdict(list)
    with groups.open(encoding="utf-8", newline="") as lines:
        for family, folder, title in csv.reader(lines, delimiter="\t"):
            if family == "sheets" and held_out_folder(folder):
                by_folder[folder].append(title)
    kept = {folder: titles for folder, titles in by_folder.items() if len(titles) >= 6}
    return (
        [title for titles in kept.values() for title in titles],
        [folder for folder, titles in kept.items() for _ in titles],
    )


def figures(vectoriser: Vectoriser, data: Path, groups: Path) -> dict[str, object]:
    """Return every figure of development."""
    found: dict[str, object] = {
        "stsb_dev": spearman_of_pairs(vectoriser, data / "similarity" / "stsb_fr_dev.jsonl")
    }
    texts, gold = labelled(data / "needs_dev.jsonl")["dev"]
    found["needs_dev"] = grouping(vectoriser.vectors(texts), gold)
    texts, gold = labelled(data / "needs_more.jsonl")["2"]
    found["needs_more_2"] = grouping(vectoriser.vectors(texts), gold)
    texts, gold = question_set(groups)
    found["sheets"] = grouping(vectoriser.vectors(texts), gold)
    start = perf_counter()
    vectoriser.vectors(texts * 40)
    found["texts_per_second"] = len(texts) * 40 / (perf_counter() - start)
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--groups", type=Path, required=True, help="groups.tsv of build_corpus")
    wanted = parser.parse_args()
    vectoriser = static_vectoriser(wanted.model.read_bytes())
    print(json.dumps(figures(vectoriser, wanted.data, wanted.groups), indent=1))


if __name__ == "__main__":
    main()
