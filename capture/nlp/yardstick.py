"""How alike two needs are by chance, and two tellings of one need, for a given vectoriser.

Cosines do not mean the same from one vectoriser to another; thresholds are placed between the two.
"""

from dataclasses import dataclass

import numpy as np

from capture.nlp.vectorise import Vectoriser
from capture.nlp.words import FR


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """Mean cosine of two needs that have nothing in common, and of two tellings of one need."""

    chance: float
    same: float

    def at(self, share: float) -> float:
        """Return the cosine that far from chance (0) to two tellings of one need (1)."""
        return self.chance + share * (self.same - self.chance)


def yardstick_of(vectoriser: Vectoriser) -> Yardstick:
    """Measure a vectoriser on invented needs, each told twice and no two alike."""
    lines = (FR / "yardstick.txt").read_text("utf-8").splitlines()
    told = [line.split(" = ") for line in lines if line and not line.startswith("#")]
    one, other = (vectoriser.vectors([pair[side] for pair in told]) for side in (0, 1))
    cosines = one @ other.T
    same = np.eye(len(told), dtype=bool)
    return Yardstick(chance=float(cosines[~same].mean()), same=float(cosines[same].mean()))
