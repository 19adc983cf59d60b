"""How alike two needs are by chance for a given vectoriser, so that thresholds suit any of them."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from capture.nlp.vectorise import Vectoriser
from capture.nlp.words import FR


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """Mean and standard deviation of the cosine of two needs that have nothing in common."""

    mean: float
    spread: float

    def beyond(self, spreads: float) -> float:
        """Return the cosine that many standard deviations above chance, 0.99 at most."""
        return min(0.99, self.mean + spreads * self.spread)


def chance_of(vectoriser: Vectoriser) -> Chance:
    """Measure a vectoriser on invented needs of which no two are alike."""
    lines = (FR / "yardstick.txt").read_text("utf-8").splitlines()
    vectors = vectoriser.vectors([line for line in lines if line and not line.startswith("#")])
    cosines = [float(one @ other) for one, other in combinations(vectors, 2)]
    return Chance(mean=float(np.mean(cosines)), spread=float(np.std(cosines)))
