"""Which sectors a text also speaks of, beside the one it is about.

One question a sector: a reader may name several, so probabilities do not sum to 1.
The weights are trained by `training/train_secondary.py`.
"""

from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from capture.nlp.kinds import Kinds

# What the rows are multiplied by, so that the penalty suits their length; by cross-validation.
ROW_SCALE = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondaryModel:
    """Logistic regressions on vectors (d) and kinds of project (r): `weights` is (d + r, 18).

    The 18 sectors come in the order of `capture.nlp.sectors.SECTORS`.
    """

    weights: NDArray[np.float32]
    intercept: NDArray[np.float32]

    def of(self, vectors: NDArray[np.float32], kinds: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (n, 18) probabilities that a text speaks of each sector, first or not."""
        rows = np.concatenate([vectors, kinds], axis=1)
        found: NDArray[np.float32] = expit(ROW_SCALE * (rows @ self.weights) + self.intercept)
        return found


def load_secondary(kinds: Kinds | None) -> SecondaryModel | None:
    """Load the weights shipped with the package; None when kinds are not known."""
    if kinds is None:
        return None
    path = files("capture.nlp") / "model" / "secondary.npz"
    with path.open("rb") as stored, np.load(stored, allow_pickle=False) as arrays:
        return SecondaryModel(
            weights=arrays["weights"].astype(np.float32), intercept=arrays["intercept"]
        )
