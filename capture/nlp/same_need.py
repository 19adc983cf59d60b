"""How likely two texts tell the same need, by three measures of them.

Texts may share nearly all their words and ask for different things (« portage de repas », « portage
de livres »), or share none and ask for the same: no measure says enough alone, so that each counts
by itself, squared and with each other. Weights are learnt by `training/train_same_need.py`.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Likeness of kinds of project, of the words not shared, and part of the words shared; 0–1."""

    kinds: float
    unshared: float
    shared: float

    def expanded(self) -> NDArray[np.float64]:
        """Return the nine terms that weigh: the measures, their squares and products."""
        values = (self.kinds, self.unshared, self.shared)
        products = [one * other for one, other in combinations_with_replacement(values, 2)]
        return np.array([*values, *products])


@dataclass(frozen=True, slots=True, kw_only=True)
class SameNeedModel:
    """Logistic regression on expanded measures: `weights` (9,) and `intercept`."""

    weights: NDArray[np.float64]
    intercept: float

    def probability(self, measures: Measures) -> float:
        """Return how likely the texts tell the same need; the same telling words are the same."""
        if measures.shared == 1:
            return 1.0
        return float(1 / (1 + np.exp(-(self.weights @ measures.expanded() + self.intercept))))


@cache
def load_same_need() -> SameNeedModel:
    """Load the weights shipped with the package."""
    path = files("capture.nlp") / "model" / "same_need.npz"
    with path.open("rb") as stored, np.load(stored, allow_pickle=False) as arrays:
        return SameNeedModel(weights=arrays["weights"], intercept=float(arrays["intercept"]))
