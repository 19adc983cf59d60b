"""Train the kinds of project shipped in `capture/nlp/model/kinds.npz` and print their measures.

    python training/train_kinds.py --data FOLDER

FOLDER holds the meetings (gdn_reunions_items.jsonl), whose statements were read (see
read_statements.md), needs_more.jsonl, whose groups are kinds of project too, and needs_dev.jsonl,
on which the groups are measured and nothing is learnt. Beside this script, merged_kinds.tsv tells
which kinds of needs_more are one; in the first half of written_needs.jsonl the need is the kind.
Kernel ridge regression from vectors, words and the things named to the kind of project, to the
words in which a reader names the need and to its sector, then the directions that tell them apart
best (Saunders, Gammerman and Vovk 1998; truncated SVD).
"""

import argparse
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from count_rarities import rarity_of
from landmarks import drawn_landmarks
from numpy.typing import NDArray
from read_statements import json_lines, read_statements
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import normalize

from capture.nlp.kinds import compared_rows, load_kinds, unit_things
from capture.nlp.lexical import load_lexical_reader
from capture.nlp.nearness import packed_rows
from capture.nlp.things import load_things
from capture.nlp.vectorise import load_vectoriser

# By the groups of needs_dev, of four hands kept apart and of the demonstration, where ridges of
# 0.05 to 0.8 and 200 or 300 columns differ by less than the draw of needs does.
RIDGE = 0.2
COLUMNS = 200
# What words and pairs of words count for beside the nearness of vectors.
WORDS_SHARE = 0.25
# What the things named count for: from 0.06 to 0.25 groups are as good, but the more they count,
# the more a need that names the place of its story is taken for another.
THINGS_SHARE = 0.12
# How much a text that we wrote counts beside a real one: less hurts lived needs, more statements.
WRITTEN_SHARE = 0.5
# Features kept: the others, rarer or weaker, change nothing that is measured.
TERMS = 11_000
# What the name of the need and its sector count for beside its kind.
NAME_SHARE, SECTOR_SHARE = 0.3, 0.2
SEED = 0
LANDMARKS = 4000
WRITTEN = Path(__file__).with_name("written_needs.jsonl")
MERGED = Path(__file__).with_name("merged_kinds.tsv")
OUT = Path(__file__).parents[1] / "capture" / "nlp" / "model" / "kinds.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """A text, the kind of project that answers it, the name of the need, its sector, its weight."""

    text: str
    kind: str
    name: str
    sector: str
    share: float = 1.0


def told_apart(labels: Sequence[str]) -> NDArray[np.float32]:
    """Return one column for each label, 1 where it is told."""
    place = np.unique(labels, return_inverse=True)[1]
    columns: NDArray[np.float32] = np.eye(place.max() + 1, dtype=np.float32)[place]
    return columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Towards what near rows (m, COLUMNS), words (width, COLUMNS) and things named (t, COLUMNS)
    draw; the mean row found.
    """

    near: NDArray[np.float32]
    words: NDArray[np.float32]
    things: NDArray[np.float32]
    middle: NDArray[np.float32]


def fit(
    near: NDArray[np.float32],
    words: csr_array,
    things: csr_array,
    wanted: NDArray[np.float32],
    shares: NDArray[np.float32],
) -> Fitted:
    """Fit ridge regression on n texts given by near rows (n, m), unit lexical rows (n, width) and
    unit rows of the things they name (n, t).

    `shares` (n,) says how much each counts. It is solved between texts, fewer than words.
    """
    alike = near @ near.T + WORDS_SHARE * (words @ words.T).toarray()
    alike += THINGS_SHARE * (things @ things.T).toarray()
    alike[np.diag_indices(len(alike))] += RIDGE / shares
    drawn = cho_solve(cho_factor(alike, overwrite_a=True), wanted - wanted.mean(axis=0))
    of_near, of_words = near.T @ drawn, WORDS_SHARE * (words.T @ drawn)
    of_things = THINGS_SHARE * (things.T @ drawn)
    found = near @ of_near + words @ of_words + things @ of_things
    middle = found.mean(axis=0)
    spread = ((found - middle).T @ (found - middle)).astype(np.float64)
    directions = np.linalg.eigh(spread)[1][:, ::-1][:, :COLUMNS].astype(np.float32)
    return Fitted(
        near=of_near @ directions,
        words=of_words @ directions,
        things=of_things @ directions,
        middle=middle @ directions,
    )


def kept_terms(words: csr_array, drawn: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return the features that draw most, all texts together."""
    texts = np.bincount(words.indices, minlength=words.shape[1])
    strength = np.linalg.norm(drawn, axis=1) * np.sqrt(texts)
    return np.sort(np.argsort(-strength, kind="stable")[:TERMS])


def report(name: str, rows: NDArray[np.float32], gold: list[str]) -> None:
    """Print the agreement of average-link groups at the number of groups that suits best."""
    scores = {}
    for count in range(60, 260, 5):
        linked = AgglomerativeClustering(count, metric="cosine", linkage="average")
        scores[count] = adjusted_rand_score(gold, linked.fit_predict(rows))
    best = max(scores, key=lambda count: scores[count])
    print(f"{name}: ARI {scores[best]:.3f} in {best} groups, {len(set(gold))} for a reader")


def dev_needs(data: Path) -> tuple[list[str], list[str]]:
    """Return the words and groups of the needs of development."""
    needs = [need for need in json_lines(data / "needs_dev.jsonl") if need["group"]]
    return [need["text"] for need in needs], [need["group"] for need in needs]


def taught(data: Path) -> list[Taught]:
    """Return every text whose kind of project is known."""
    with MERGED.open(encoding="utf-8", newline="") as lines:
        merged = {row["kind"]: row["merged_into"] for row in csv.DictReader(lines, delimiter="\t")}
    read = [
        Taught(text=one.text, kind=one.group, name=one.canonical, sector=one.sector)
        for one in read_statements(data)
        if one.group
    ]
    labelled = [
        Taught(
            text=need["text"],
            kind=merged.get(need["group"], need["group"]),
            name=need["canonical"],
            sector=need["sector"],
        )
        for need in json_lines(data / "needs_more.jsonl")
        if need["group"]
    ]
    written = [
        Taught(
            text=need["text"],
            kind=need.get("group") or need["canonical"],
            name=need["canonical"],
            sector=need["sector"],
            share=WRITTEN_SHARE,
        )
        for need in json_lines(WRITTEN)
        if need["need"]
    ]
    return [*read, *labelled, *written]


def main() -> None:
    """Train, write the weights, measure what was written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    data: Path = parser.parse_args().data
    vectoriser = load_vectoriser()
    items = taught(data)
    reader, texts = load_lexical_reader(), [item.text for item in items]
    vectors, read = vectoriser.vectors(texts), reader.read(texts)
    words, told = csr_array(normalize(read.rows)), load_things().told(read.contents)
    rarity = rarity_of(told)
    things = unit_things(told, rarity)
    wanted = [
        told_apart([item.kind for item in items]),
        NAME_SHARE * vectoriser.vectors([item.name for item in items]),
        SECTOR_SHARE * told_apart([item.sector for item in items]),
    ]
    landmarks = drawn_landmarks(vectors, count=LANDMARKS, seed=SEED)
    shares = np.array([item.share for item in items], dtype=np.float32)
    fitted = fit(landmarks.of(vectors), words, things, np.concatenate(wanted, axis=1), shares)
    known, known_steps = packed_rows(landmarks.known)
    columns = kept_terms(words, fitted.words)
    terms, term_steps = packed_rows(fitted.words[columns])
    named, named_steps = packed_rows(fitted.things)
    np.savez_compressed(
        OUT,
        vectoriser=np.array(vectoriser.id),
        known=known,
        known_steps=known_steps,
        pulls=(landmarks.mixing @ fitted.near).astype(np.float16),
        columns=columns.astype(np.int32),
        terms=terms,
        term_steps=term_steps,
        named=named,
        named_steps=named_steps,
        things=np.array(load_things().keys),
        thing_rarity=rarity,
        middle=fitted.middle.astype(np.float32),
    )
    print(f"{len(items)} texts; {OUT.name}: {OUT.stat().st_size / 1e6:.1f} MB")
    kinds = load_kinds(vectoriser.id)
    unseen, gold = dev_needs(data)
    found = vectoriser.vectors(unseen)
    report("vectors alone", found, gold)
    if kinds is not None:
        of_kind = kinds.of(found, reader.read(unseen))
        report("with kinds", compared_rows(found, of_kind), gold)


if __name__ == "__main__":
    main()
