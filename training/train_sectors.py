"""Train the sector model shipped in `capture/nlp/model/sectors.npz` and print its measures.

    python training/train_sectors.py --data FOLDER [--folds-only]

FOLDER holds the labelled needs (needs_more.jsonl, needs_dev.jsonl) and the meetings
(gdn_reunions_items.jsonl), whose statements we have read (read_statements.md); written_needs.jsonl,
beside this script, teaches how people tell a need of daily life, and the reviewed lexicon what
single words mean. Two weight sets are trained: words with vectors, and words alone for when the
vectoriser is another one. Measures are on left-out fifths of needs_dev, which the vectoriser has
not learnt; the temperature is fitted on them.
"""

import argparse
import time
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from landmarks import drawn_landmarks
from numpy.typing import NDArray
from read_statements import DRAWN_AT_RANDOM, json_lines, read_statements
from scipy import sparse
from scipy.optimize import minimize, minimize_scalar
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from capture.nlp.lexical import load_lexical_reader
from capture.nlp.nearness import packed_rows
from capture.nlp.sectors import SECTORS
from capture.nlp.vectorise import load_vectoriser
from capture.nlp.words import FR

SEED = 0
FOLDS = 5
# Inverse of the L2 penalty; by cross-validation.
INVERSE_PENALTY = 10.0
ITERATIONS = 80
# Weight of a sector in the loss: the power of its rarity between none (0) and full balance (1).
BALANCE = 0.5
# Share of the nearness of vectors beside the lexical channels; by cross-validation.
NEARNESS_SHARE = 5.0
# How much a text counts: needs_dev was drawn as needs come, needs_more less so, as are the
# statements we have drawn and read; those chosen where the machine hesitated, and our own writing,
# still less; an entry of the reviewed lexicon is one word. By cross-validation.
DEV_SHARE, MORE_SHARE, DRAWN_SHARE, CHOSEN_SHARE = 3.0, 1.5, 1.5, 0.5
WRITTEN_SHARE, LEXICON_SHARE = 1.0, 0.5
# Texts to which nearness is counted: 1,500 tell as much as all 24,000.
LANDMARKS = 1500
# A feature of a single text takes up what is odd in it, which helps to learn, and is not kept.
SEEN = 2
# Below that probability the machine does not say.
ABSTAIN = 0.3
WRITTEN = Path(__file__).with_name("written_needs.jsonl")
OUT = Path(__file__).parents[1] / "capture" / "nlp" / "model" / "sectors.npz"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What is read of n texts: sparse lexical rows and dense nearness, of any width."""

    lexical: sparse.csr_array
    near: NDArray[np.float32]

    def of(self, chosen: NDArray[np.intp]) -> "Rows":
        """Return some of the texts."""
        return Rows(lexical=self.lexical[chosen], near=self.near[chosen])


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Weights of the lexical columns and of nearness (width, 18), and intercept (18,)."""

    lexical: Floats
    near: Floats
    intercept: Floats

    def logits(self, rows: Rows) -> Floats:
        """Return the (n, 18) scores of texts."""
        found: Floats = rows.lexical @ self.lexical + rows.near @ self.near + self.intercept
        return found


def fit(rows: Rows, labels: NDArray[np.intp], shares: Floats) -> Fitted:
    """Fit L2-penalised multinomial logistic regression.

    `shares` (n,) says how much each text counts, before the balance of sectors.
    """
    n, classes = len(labels), len(SECTORS)
    wanted = np.eye(classes, dtype=np.float32)[labels]
    counts = np.bincount(labels, minlength=classes).clip(1)
    balance = (n / classes / counts) ** BALANCE
    weight = (balance[labels] * shares).astype(np.float32)[:, None]
    columns = sparse.csr_array(rows.lexical.T)
    wide, dense = rows.lexical.shape[1] * classes, rows.near.shape[1] * classes

    def unpacked(flat: Floats) -> Fitted:
        return Fitted(
            lexical=flat[:wide].reshape(-1, classes),
            near=flat[wide : wide + dense].reshape(-1, classes),
            intercept=flat[wide + dense :],
        )

    def loss(flat: Floats) -> tuple[float, Floats]:
        logits = unpacked(flat.astype(np.float32)).logits(rows)
        logits -= logits.max(axis=1, keepdims=True)
        raised = np.exp(logits)
        total = raised.sum(axis=1, keepdims=True)
        misfit = -(weight * wanted * (logits - np.log(total))).sum(dtype=np.float64)
        error = (raised / total - wanted) * weight
        slopes = flat.copy()
        slopes[wide + dense :] = 0
        penalty = (slopes**2).sum() / (2 * INVERSE_PENALTY)
        parts = [(columns @ error).ravel(), (rows.near.T @ error).ravel(), error.sum(axis=0)]
        gradient = np.concatenate(parts).astype(np.float64) + slopes / INVERSE_PENALTY
        return float(misfit + penalty), gradient

    found = minimize(
        loss,
        np.zeros(wide + dense + classes),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": ITERATIONS, "ftol": 1e-6, "maxcor": 6},
    )
    return unpacked(found.x)


def left_out_logits(rows: Rows, labels: NDArray[np.intp], shares: Floats, *, dev: int) -> Floats:
    """Return the (dev, 18) logits of each text of needs_dev by a model that has not seen it.

    The first `dev` rows are those to measure; the others always teach.
    """
    logits = np.zeros((dev, len(SECTORS)))
    always = np.arange(dev, len(labels))
    splits = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for others, unseen in splits.split(logits, labels[:dev]):
        seen = np.concatenate([others, always])
        fitted = fit(rows.of(seen), labels[seen], shares[seen])
        logits[unseen] = fitted.logits(rows.of(unseen))
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


def report(name: str, logits: Floats, labels: NDArray[np.intp]) -> float:
    """Print the measures on left-out texts and return their temperature."""
    halves = np.arange(len(labels)) % 2
    chosen = np.zeros_like(logits)
    for half in (0, 1):  # the temperature of one half is judged on the other
        other = temperature_for(logits[halves != half], labels[halves != half])
        chosen[halves == half] = probabilities(logits[halves == half], other)
    temperature = temperature_for(logits, labels)
    print(
        f"{name}: macro-F1 {macro_f1(logits, labels):.3f}"
        f" accuracy {(logits.argmax(axis=1) == labels).mean():.3f}"
        f" ECE {calibration_error(chosen, labels):.3f} temperature {temperature:.3f}"
    )
    return temperature


def macro_f1(logits: Floats, labels: NDArray[np.intp]) -> float:
    """Return the mean F1 of the eighteen sectors."""
    return float(f1_score(labels, logits.argmax(axis=1), average="macro"))


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


def taught(data: Path) -> list[tuple[list[dict[str, str]], float]]:
    """Return the sets that teach and how much each of their texts counts, needs_dev first."""
    read: dict[bool, list[dict[str, str]]] = {True: [], False: []}
    for one in read_statements(data):
        read[one.part in DRAWN_AT_RANDOM].append({"text": one.text, "sector": one.sector})
    return [
        (json_lines(data / "needs_dev.jsonl"), DEV_SHARE),
        (json_lines(data / "needs_more.jsonl"), MORE_SHARE),
        (read[True], DRAWN_SHARE),
        (read[False], CHOSEN_SHARE),
        (json_lines(WRITTEN), WRITTEN_SHARE),
        (lexicon_items(), LEXICON_SHARE),
    ]


def main() -> None:
    """Cross-validate, train on everything, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folds-only", action="store_true")
    arguments = parser.parse_args()
    begun = time.monotonic()
    lexical_reader, vectoriser = load_lexical_reader(), load_vectoriser()
    sets = taught(arguments.data)
    texts = [item["text"] for one, _ in sets for item in one]
    labels = np.array([SECTORS.index(item["sector"]) for one, _ in sets for item in one])
    shares = np.concatenate([np.full(len(one), share) for one, share in sets])
    lexical = lexical_reader.read(texts).rows
    texts_with = np.bincount(lexical.indices, minlength=lexical.shape[1])
    columns = np.flatnonzero(texts_with)
    vectors = vectoriser.vectors(texts)
    landmarks = drawn_landmarks(vectors, count=LANDMARKS, seed=SEED)
    near = np.float32(np.sqrt(NEARNESS_SHARE)) * landmarks.of(vectors)
    lexical = lexical[:, columns]
    rows = {
        "words": Rows(lexical=lexical, near=near[:, :0]),
        "full": Rows(lexical=lexical, near=near),
    }
    dev = len(sets[0][0])
    temperatures = {
        name: report(name, left_out_logits(each, labels, shares, dev=dev), labels[:dev])
        for name, each in rows.items()
    }
    if not arguments.folds_only:
        fitted = {name: fit(each, labels, shares) for name, each in rows.items()}
        known, steps = packed_rows(landmarks.known)
        kept = texts_with[columns] >= SEEN
        arrays = {
            "vectoriser": np.array(vectoriser.id),
            "columns": columns[kept].astype(np.int32),
            "known": known,
            "known_steps": steps,
            "pulls": (np.sqrt(NEARNESS_SHARE) * (landmarks.mixing @ fitted["full"].near)).astype(
                np.float32
            ),
            "abstain": np.float32(ABSTAIN),
        }
        arrays |= packed_weights(fitted, temperatures, kept)
        OUT.parent.mkdir(exist_ok=True)
        np.savez_compressed(OUT, **arrays)
        print(f"{OUT.name}: {OUT.stat().st_size / 1e6:.1f} MB")
    print(f"{time.monotonic() - begun:.0f} s")


def packed_weights(
    fitted: dict[str, Fitted], temperatures: dict[str, float], kept: NDArray[np.bool_]
) -> dict[str, NDArray[np.generic]]:
    """Return both weight sets, on the lexical columns kept."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, model in fitted.items():
        arrays[name], arrays[f"{name}_steps"] = packed_rows(model.lexical[kept].astype(np.float32))
        arrays[f"{name}_intercept"] = model.intercept.astype(np.float32)
        arrays[f"{name}_temperature"] = np.float32(temperatures[name])
    return arrays


if __name__ == "__main__":
    main()
