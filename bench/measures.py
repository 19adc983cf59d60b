"""The measures themselves: labels and numbers in, figures out, each with its source.

A need left alone counts as a group of one, for our engine and for every peer alike.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.metrics import (
    adjusted_rand_score,
    average_precision_score,
    f1_score,
    v_measure_score,
)
from sklearn.metrics.cluster import pair_confusion_matrix

# As many bins as Guo et al. 2017.
CALIBRATION_BINS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupingFigures:
    """How near found groups are to those of a reader; `k` is how many were found."""

    k: float
    v: float
    ari: float
    pairwise_f1: float
    b3_f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBin:
    """The answers given with a confidence above `low` and up to `high`."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def separate(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the labels with each need left alone (-1) in a group of its own."""
    apart = labels.astype(np.int64).copy()
    alone = np.flatnonzero(apart < 0)
    apart[alone] = apart.max(initial=-1) + 1 + np.arange(len(alone))
    return apart


def grouping_figures(gold: Sequence[str], labels: NDArray[np.int64]) -> GroupingFigures:
    """Return the four measures of found labels (-1: alone) against the groups of a reader."""
    found = separate(labels).tolist()
    return GroupingFigures(
        k=len(set(found)),
        v=float(v_measure_score(gold, found)),  # Rosenberg and Hirschberg 2007
        ari=float(adjusted_rand_score(gold, found)),  # Hubert and Arabie 1985
        pairwise_f1=pairwise_f1(gold, found),
        b3_f1=b3_f1(gold, found),
    )


def pairwise_f1(gold: Sequence[str], found: Sequence[int]) -> float:
    """Return the F1 over pairs of needs put together (Manning, Raghavan and Schütze 2008, §16.3).

    It is 1 when neither puts any pair together.
    """
    (_, only_found), (only_gold, both) = pair_confusion_matrix(gold, found)
    told = 2 * both + only_found + only_gold
    return float(2 * both / told) if told else 1.0


def b3_f1(gold: Sequence[str], found: Sequence[int]) -> float:
    """Return the B³ F1 (Bagga and Baldwin 1998): precision and recall of each need's own group,
    averaged over needs, then their harmonic mean.
    """
    together = Counter(zip(gold, found, strict=True))
    gold_sizes, found_sizes = Counter(gold), Counter(found)
    precision = recall = 0.0
    for (group, label), both in together.items():
        precision += both * both / found_sizes[label]
        recall += both * both / gold_sizes[group]
    precision, recall = precision / len(gold), recall / len(gold)
    return 2 * precision * recall / (precision + recall)


def kept_pairs(before: NDArray[np.int64], after: NDArray[np.int64]) -> tuple[float, float]:
    """Return the share of all pairs with the same relation (together or apart) as before, and the
    share of the pairs together before that still are.
    """
    (apart, joined), (parted, together) = pair_confusion_matrix(separate(before), separate(after))
    pairs = apart + joined + parted + together
    all_kept = (apart + together) / pairs if pairs else 1.0
    were_together = parted + together
    return float(all_kept), float(together / were_together if were_together else 1.0)


def macro_f1(gold: Sequence[str], found: Sequence[str]) -> float:
    """Return the mean F1 over every label met (a label never found counts 0)."""
    return float(f1_score(gold, found, average="macro", zero_division=0))


def calibration(
    confidence: NDArray[np.float64], right: NDArray[np.bool_]
) -> tuple[CalibrationBin, ...]:
    """Return the bins of equal width that hold an answer (the reliability diagram)."""
    number = np.clip(np.ceil(confidence * CALIBRATION_BINS).astype(int) - 1, 0, None)
    bins = []
    for one in np.unique(number):
        inside = number == one
        bins.append(
            CalibrationBin(
                low=float(one / CALIBRATION_BINS),
                high=float((one + 1) / CALIBRATION_BINS),
                count=int(inside.sum()),
                confidence=float(confidence[inside].mean()),
                accuracy=float(right[inside].mean()),
            )
        )
    return tuple(bins)


def expected_calibration_error(bins: Sequence[CalibrationBin]) -> float:
    """Return the mean gap between confidence and accuracy (Guo, Pleiss, Sun, Weinberger 2017)."""
    total = sum(one.count for one in bins)
    return sum(one.count * abs(one.accuracy - one.confidence) for one in bins) / total


def spearman(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Return the rank correlation (Spearman 1904); None when one of the two never varies."""
    if len(set(one)) < 2 or len(set(other)) < 2:
        return None
    return float(spearmanr(one, other).statistic)


def average_precision(labels: Sequence[bool], likeness: Sequence[float]) -> float | None:
    """Return the area under precision and recall as a step function; None without a positive."""
    if not any(labels):
        return None
    return float(average_precision_score(labels, likeness))


def precision_and_recall(
    labels: Sequence[bool], likeness: Sequence[float], *, threshold: float
) -> tuple[float | None, float | None]:
    """Return both at a threshold; None where nothing is shown, or nothing should be."""
    gold = np.asarray(labels, dtype=bool)
    shown = np.asarray(likeness) >= threshold
    found = int((gold & shown).sum())
    precision = found / int(shown.sum()) if shown.any() else None
    return precision, (found / int(gold.sum()) if gold.any() else None)


def precision_at_recall(
    labels: Sequence[bool], likeness: Sequence[float], *, recall: float
) -> float | None:
    """Return the precision of the highest threshold that reaches a recall."""
    gold = np.asarray(labels, dtype=bool)
    values = np.asarray(likeness)
    if not gold.any():
        return None
    needed = max(1, int(np.ceil(recall * gold.sum() - 1e-9)))
    threshold = np.sort(values[gold])[::-1][needed - 1]
    return float(gold[values >= threshold].mean())


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the values does not exceed."""
    return float(np.percentile(np.asarray(values), share * 100, method="inverted_cdf"))
