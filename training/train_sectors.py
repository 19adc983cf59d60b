"""Train the sector model shipped in `capture/nlp/model/sectors.npz` and print its measures.

    python training/train_sectors.py --data FOLDER [--folds-only]

FOLDER holds the labelled needs (needs_more.jsonl, needs_dev.jsonl) and the meetings
(gdn_reunions_items.jsonl), from which the rarity of words is counted and whose statements we have
read (read_statements.md); written_needs.jsonl, beside this script, teaches how people tell a need
of daily life, and the reviewed lexicon what single words mean. Two weight sets are trained: words
with vectors, and words alone for when the vectoriser is another one. Measures are on real texts
left out (five folds); the temperature is fitted on those of needs_dev, which the vectoriser has not
learnt.
"""

import argparse
import time
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from read_statements import DRAWN_AT_RANDOM, json_lines, read_statements
from scipy import sparse
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import minimize, minimize_scalar
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from capture.nlp.nearness import nearness, packed_rows
from capture.nlp.sector_features import LexicalFeatures, load_lexical_features
from capture.nlp.sectors import SECTORS
from capture.nlp.vectorise import load_vectoriser
from capture.nlp.words import FR

SEED = 0
FOLDS = 5
# Inverse of the L2 penalty; by cross-validation.
INVERSE_PENALTY = 10.0
ITERATIONS = 60
# Weight of a sector in the loss: the power of its rarity between none (0) and full balance (1).
BALANCE = 0.5
# Share of the nearness of vectors beside the lexical channels; by cross-validation.
NEARNESS_SHARE = 5.0
# How much a text counts: needs_dev was drawn as needs come, needs_more less so, our own reading and
# writing still less; an entry of the reviewed lexicon is one word. By cross-validation.
DEV_SHARE, MORE_SHARE, OWN_SHARE, LEXICON_SHARE = 3.0, 1.5, 1.0, 0.5
# Below that probability the machine does not say.
ABSTAIN = 0.3
WRITTEN = Path(__file__).with_name("written_needs.jsonl")
OUT = Path(__file__).parents[1] / "capture" / "nlp" / "model" / "sectors.npz"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Coefficients (n, 18) of the training texts and intercept (18,)."""

    dual: Floats
    intercept: Floats


def fit(kernel: Floats, labels: NDArray[np.intp], shares: Floats) -> Fitted:
    """Fit L2-penalised multinomial logistic regression on the likeness of n texts to one another.

    `shares` (n,) says how much each text counts, before the balance of sectors.
    """
    n, classes = len(labels), len(SECTORS)
    root = cholesky(kernel + 1e-5 * np.eye(n), lower=True).astype(np.float32)
    wanted = np.eye(classes, dtype=np.float32)[labels]
    counts = np.bincount(labels, minlength=classes).clip(1)
    balance = (n / classes / counts) ** BALANCE
    weight = (balance[labels] * shares).astype(np.float32)[:, None]

    def loss(flat: Floats) -> tuple[float, Floats]:
        slopes = flat[: n * classes].reshape(n, classes).astype(np.float32)
        logits = root @ slopes + flat[n * classes :].astype(np.float32)
        logits -= logits.max(axis=1, keepdims=True)
        raised = np.exp(logits)
        total = raised.sum(axis=1, keepdims=True)
        misfit = -(weight * wanted * (logits - np.log(total))).sum(dtype=np.float64)
        error = (raised / total - wanted) * weight
        slope = root.T @ error + slopes / INVERSE_PENALTY
        penalty = (slopes**2).sum(dtype=np.float64) / (2 * INVERSE_PENALTY)
        gradient = np.concatenate([slope.ravel(), error.sum(axis=0)]).astype(np.float64)
        return float(misfit + penalty), gradient

    start = np.zeros((n + 1) * classes)
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS, "ftol": 1e-6}
    ).x
    slopes = found[: n * classes].reshape(n, classes)
    return Fitted(
        dual=solve_triangular(root.astype(np.float64), slopes, lower=True, trans="T"),
        intercept=found[n * classes :],
    )


def left_out_logits(
    kernel: Floats, labels: NDArray[np.intp], shares: Floats, *, real: int
) -> Floats:
    """Return the (real, 18) logits of each real text by a model that has not seen it.

    The first `real` rows are those to measure; the others, read or written by us, always teach.
    """
    logits = np.zeros((real, len(SECTORS)))
    always = np.arange(real, len(labels))
    splits = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for others, unseen in splits.split(logits, labels[:real]):
        seen = np.concatenate([others, always])
        fitted = fit(kernel[np.ix_(seen, seen)], labels[seen], shares[seen])
        logits[unseen] = kernel[np.ix_(unseen, seen)] @ fitted.dual + fitted.intercept
    return logits


def probabilities(logits: Floats, temperature: float) -> Floats:
    """Return the softmax of the logits divided by the temperature."""
    raised = np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature)
    return raised / raised.sum(axis=1, keepdims=True)


def temperature_for(logits: Floats, labels: NDArray[np.intp]) -> float:
    """Return the temperature of least log loss (Guo et al. 2017)."""

    def log_loss(log_temperature: float) -> float:
        chosen = probabilities(logits, float(np.exp(log_temperature)))
        return -float(np.log(chosen[np.arange(len(labels)), labels] + 1e-12).mean())

    return float(np.exp(minimize_scalar(log_loss, bounds=(-3, 3), method="bounded").x))


def calibration_error(chosen: Floats, labels: NDArray[np.intp], bins: int = 10) -> float:
    """Return the expected calibration error of the likeliest sector over equal-width bins."""
    sure, right = chosen.max(axis=1), chosen.argmax(axis=1) == labels
    place = np.minimum((sure * bins).astype(int), bins - 1)
    return float(
        sum(
            (place == k).mean() * abs(right[place == k].mean() - sure[place == k].mean())
            for k in range(bins)
            if (place == k).any()
        )
    )


def report(name: str, logits: Floats, labels: NDArray[np.intp], tuned: slice) -> float:
    """Print the measures on left-out texts and return the temperature fitted on `tuned`.

    `tuned` are the texts that the vectoriser has not learnt from.
    """
    own, told = logits[tuned], labels[tuned]
    halves = np.arange(len(told)) % 2
    chosen = np.zeros_like(own)
    for half in (0, 1):  # the temperature of one half is judged on the other
        other = temperature_for(own[halves != half], told[halves != half])
        chosen[halves == half] = probabilities(own[halves == half], other)
    temperature = temperature_for(own, told)
    print(
        f"{name}: macro-F1 {macro_f1(logits, labels):.3f} on all real texts;"
        f" {macro_f1(own, told):.3f} on those unknown to the vectoriser,"
        f" accuracy {(own.argmax(axis=1) == told).mean():.3f}"
        f" ECE {calibration_error(chosen, told):.3f} temperature {temperature:.3f}"
    )
    return temperature


def macro_f1(logits: Floats, labels: NDArray[np.intp]) -> float:
    """Return the mean F1 of the eighteen sectors."""
    return float(f1_score(labels, logits.argmax(axis=1), average="macro"))


def rarity_of(features: LexicalFeatures, texts: list[str]) -> NDArray[np.float32]:
    """Return the smoothed inverse document frequency of every feature, 1 for the lexicon."""
    counts = features.counts([features.contents(text) for text in texts])
    seen = np.bincount(counts.indices, minlength=features.width)
    rarity = (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)
    rarity[features.channels[3][0] :] = 1
    return rarity


def drawn_statements(data: Path) -> list[dict[str, str]]:
    """Return the statements we have read, without those chosen where the machine hesitated.

    Those taught it worse: 0.60 macro-F1 on needs_dev with them, 0.63 without.
    """
    return [
        {"text": one.text, "sector": one.sector}
        for one in read_statements(data)
        if one.part in DRAWN_AT_RANDOM
    ]


def lexicon_items() -> list[dict[str, str]]:
    """Return the entries of the reviewed lexicon that stand in one sector only, as texts."""
    lexicon = tomllib.loads((FR / "sectors.toml").read_text("utf-8"))
    standing = Counter(phrase for phrases in lexicon.values() for phrase in phrases)
    return [
        {"text": phrase, "sector": sector}
        for sector, phrases in lexicon.items()
        for phrase in phrases
        if standing[phrase] == 1
    ]


def main() -> None:
    """Cross-validate, train on everything, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folds-only", action="store_true")
    arguments = parser.parse_args()
    begun = time.monotonic()
    features, vectoriser = load_lexical_features(), load_vectoriser()
    taught = [
        (json_lines(arguments.data / "needs_more.jsonl"), MORE_SHARE),
        (json_lines(arguments.data / "needs_dev.jsonl"), DEV_SHARE),
        (drawn_statements(arguments.data), OWN_SHARE),
        (json_lines(WRITTEN), OWN_SHARE),
        (lexicon_items(), LEXICON_SHARE),
    ]
    items = [item for one, _ in taught for item in one]
    shares = np.concatenate([np.full(len(one), share) for one, share in taught])
    real = len(taught[0][0]) + len(taught[1][0])
    unread = slice(len(taught[0][0]), None)
    unlabelled = json_lines(arguments.data / "gdn_reunions_items.jsonl")
    rarity = rarity_of(features, [item["text"] for item in unlabelled])
    texts = [item["text"] for item in items]
    labels = np.array([SECTORS.index(item["sector"]) for item in items])
    lexical = features.weighted(features.counts([features.contents(t) for t in texts]), rarity)
    vectors = vectoriser.vectors(texts)
    kernels = {"words": np.asarray((lexical @ lexical.T).todense(), dtype=np.float64)}
    kernels["full"] = kernels["words"] + NEARNESS_SHARE * nearness(vectors, vectors)
    temperatures = {
        name: report(
            name, left_out_logits(kernel, labels, shares, real=real), labels[:real], unread
        )
        for name, kernel in kernels.items()
    }
    if not arguments.folds_only:
        fitted = {name: fit(kernel, labels, shares) for name, kernel in kernels.items()}
        arrays = {"vectoriser": np.array(vectoriser.id), **packed_rarity(rarity)}
        arrays |= packed_weights(fitted, temperatures, lexical, vectors)
        OUT.parent.mkdir(exist_ok=True)
        np.savez_compressed(OUT, **arrays)
        print(f"{OUT.name}: {OUT.stat().st_size / 1e6:.1f} MB")
    print(f"{time.monotonic() - begun:.0f} s")


def packed_rarity(rarity: NDArray[np.float32]) -> dict[str, NDArray[np.generic]]:
    """Return the rarity of features: one value for those never seen, the others by place."""
    rarest = rarity.max()
    seen = np.flatnonzero(rarity != rarest)
    return {
        "seen": seen.astype(np.int32),
        "rarity": rarity[seen].astype(np.float16),
        "rarest": np.float32(rarest),
        "abstain": np.float32(ABSTAIN),
    }


def packed_weights(
    fitted: dict[str, Fitted],
    temperatures: dict[str, float],
    lexical: sparse.csr_array,
    vectors: NDArray[np.float32],
) -> dict[str, NDArray[np.generic]]:
    """Return both weight sets: the lexical columns that training has seen, the known vectors."""
    columns = np.unique(lexical.indices)
    known, steps = packed_rows(vectors)
    arrays: dict[str, NDArray[np.generic]] = {
        "columns": columns.astype(np.int32),
        "known": known,
        "steps": steps,
        "pulls": (NEARNESS_SHARE * fitted["full"].dual).astype(np.float16),
    }
    for name, model in fitted.items():
        arrays[f"{name}_lexical"] = (lexical.T @ model.dual)[columns].astype(np.float16)
        arrays[f"{name}_intercept"] = model.intercept.astype(np.float32)
        arrays[f"{name}_temperature"] = np.float32(temperatures[name])
    return arrays


if __name__ == "__main__":
    main()
