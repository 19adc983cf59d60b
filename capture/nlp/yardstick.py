"""How alike two needs are by chance, and two tellings of one need, for given instruments.

A likeness does not mean the same from one vectoriser to another; thresholds are placed between the
two.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture.nlp.words import FR


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """Mean likeness of two needs that have nothing in common, and of two tellings of one need."""

    chance: float
    same: float

    def at(self, share: float) -> float:
        """Return the likeness that far from chance (0) to two tellings of one need (1)."""
        return self.chance + share * (self.same - self.chance)


def yardstick_of(rows_of: Callable[[Sequence[str]], NDArray[np.float32]]) -> Yardstick:
    """Measure what turns texts into unit rows on invented needs, each told twice, no two alike."""
    lines = (FR / "yardstick.txt").read_text("utf-8").splitlines()
    told = [line.split(" = ") for line in lines if line and not line.startswith("#")]
    one, other = (rows_of([pair[side] for pair in told]) for side in (0, 1))
    alike = one @ other.T
    same = np.eye(len(told), dtype=bool)
    return Yardstick(chance=float(alike[~same].mean()), same=float(alike[same].mean()))
