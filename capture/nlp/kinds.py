"""Which kinds of local project a need calls for: what two needs are compared by, besides words.

Two needs may share no word and ask for the same project. Readers gave real statements the kind of
project that would answer them; a new text is drawn towards the kinds of the statements it is near.
The weights are trained by `training/train_kinds.py`.
"""

from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from capture.nlp.nearness import pulled, unpacked_rows
from capture.nlp.vectorise import unit_rows

# Part of a likeness that comes from the kinds of project, the rest being the cosine of the texts:
# from 0.3 to 0.7 the groups of statements (needs_dev) are as good, those of lived needs (the
# demonstration) better below.
KIND_SHARE = 0.5
_ROWS_AT_ONCE = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """Kernel ridge regression from vectors to kinds of project, reduced to r columns.

    `known` is (m, d), the vectors of some of the statements read; `pulls` is (m, r), towards what
    each draws; `middle` (r,) is where statements stand on average. `vectoriser` names the vectors.
    """

    vectoriser: str
    known: NDArray[np.float32]
    pulls: NDArray[np.float32]
    middle: NDArray[np.float32]

    def of(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (n, r) unit rows; the row of a zero vector is zero."""
        rows = unit_rows(pulled(vectors, self.known, self.pulls) - self.middle)
        rows[~vectors.any(axis=1)] = 0
        return rows


def load_kinds(vectoriser_id: str) -> Kinds | None:
    """Load the weights shipped with the package; None when the vectors are others."""
    path = files("capture.nlp") / "model" / "kinds.npz"
    with path.open("rb") as stored, np.load(stored, allow_pickle=False) as arrays:
        if str(arrays["vectoriser"]) != vectoriser_id:
            return None
        return Kinds(
            vectoriser=vectoriser_id,
            known=unpacked_rows(arrays["known"], arrays["steps"]),
            pulls=arrays["pulls"].astype(np.float32),
            middle=arrays["middle"],
        )


def compared_rows(vectors: NDArray[np.float32], kinds: Kinds | None) -> NDArray[np.float32]:
    """Return (n, d + r) unit rows whose dot product is how alike two needs are.

    It is (1 - share) × cosine + share × likeness of kinds; the vectors alone without kinds.
    """
    if kinds is None:
        return vectors
    count, width = vectors.shape
    rows = np.empty((count, width + len(kinds.middle)), dtype=np.float32)
    np.multiply(vectors, np.float32(np.sqrt(1 - KIND_SHARE)), out=rows[:, :width])
    # A million rows weigh two gigabytes: they are written where they stay, never held twice.
    for start in range(0, count, _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        rows[part, width:] = kinds.of(vectors[part]) * np.float32(np.sqrt(KIND_SHARE))
    return rows
