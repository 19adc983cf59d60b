"""Which kinds of local project a need calls for: what two needs are compared by, besides words.

Two needs may share no word and ask for the same project. Readers gave real statements the kind of
project that would answer them; a new text is drawn towards the kinds of the statements it is near,
and towards those that its own words, pairs of words and the things it names stand for.
The weights are trained by `training/train_kinds.py`.
"""

from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.preprocessing import normalize

from capture.nlp.lexical import LexicalReading
from capture.nlp.nearness import pulled, unpacked_rows
from capture.nlp.things import Things, load_things
from capture.nlp.vectorise import unit_rows

# Part of a likeness that comes from the kinds of project, the rest being the cosine of the texts:
# from 0.5 to 0.7 groups are as good, but texts on other subjects are told apart better below.
KIND_SHARE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """Kernel ridge regression from vectors and words to kinds of project, reduced to r columns.

    `known` is (m, d), the vectors of some of the statements read; `pulls` is (m, r), towards what
    each draws; `terms` is (c, r), towards what the lexical features `columns` (c,) draw; `named`
    (t, r), towards what `things` draw, each counting by its rarity; `middle` (r,) is where
    statements stand on average. `vectoriser` names the vectors.
    """

    vectoriser: str
    known: NDArray[np.float32]
    pulls: NDArray[np.float32]
    columns: NDArray[np.int32]
    terms: NDArray[np.float32]
    things: Things
    named: NDArray[np.float32]
    rarity: NDArray[np.float32]
    middle: NDArray[np.float32]

    def of(self, vectors: NDArray[np.float32], read: LexicalReading) -> NDArray[np.float32]:
        """Return (n, r) unit rows of texts given by their vectors (n, d) and their words.

        The row of a zero vector is zero.
        """
        if not len(vectors):
            return np.zeros((0, len(self.middle)), dtype=np.float32)
        said = csr_array(normalize(read.rows))[:, self.columns] @ self.terms
        said += unit_things(self.things.told(read.contents), self.rarity) @ self.named
        rows = unit_rows(pulled(vectors, self.known, self.pulls) + said - self.middle)
        rows[~vectors.any(axis=1)] = 0
        return rows


def unit_things(told: csr_array, rarity: NDArray[np.float32]) -> csr_array:
    """Return unit rows (n, t) of the things that texts tell, the rare ones weighing more."""
    return csr_array(normalize(told * rarity))


def load_kinds(vectoriser_id: str) -> Kinds | None:
    """Load the weights shipped with the package; None when the vectors are others."""
    path = files("capture.nlp") / "model" / "kinds.npz"
    with path.open("rb") as stored, np.load(stored, allow_pickle=False) as arrays:
        if str(arrays["vectoriser"]) != vectoriser_id:
            return None
        things = load_things()
        if tuple(arrays["things"].tolist()) != things.keys:
            raise RuntimeError("things.toml has changed since kinds.npz was trained")
        return Kinds(
            vectoriser=vectoriser_id,
            known=unpacked_rows(arrays["known"], arrays["known_steps"]),
            pulls=arrays["pulls"].astype(np.float32),
            columns=arrays["columns"],
            terms=unpacked_rows(arrays["terms"], arrays["term_steps"]),
            things=things,
            named=unpacked_rows(arrays["named"], arrays["named_steps"]),
            rarity=arrays["thing_rarity"],
            middle=arrays["middle"],
        )


def compared_rows(vectors: NDArray[np.float32], kinds: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (n, d + r) unit rows whose dot product is how alike two needs are.

    It is (1 - share) × cosine + share × likeness of kinds (n, r); the vectors alone when r is 0.
    """
    count, width = vectors.shape
    if not kinds.shape[1]:
        return vectors
    rows = np.empty((count, width + kinds.shape[1]), dtype=np.float32)
    np.multiply(vectors, np.float32(np.sqrt(1 - KIND_SHARE)), out=rows[:, :width])
    np.multiply(kinds, np.float32(np.sqrt(KIND_SHARE)), out=rows[:, width:])
    return rows
