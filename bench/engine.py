"""Our engine as the measures use it: the same instruments as the service, loaded once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.measures import separate
from capture.nlp.cluster import Constraints, Grouping, GroupingParameters, Points, load_grouper
from capture.nlp.language import Language, load_language
from fabrique.core.places import load_gazetteer

# Twenty-five halvings tell apart likenesses that differ by less than 0.0000001.
_HALVINGS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class AtKnown:
    """Groups as many as a reader found, and the likeness asked for it."""

    labels: NDArray[np.int64]
    alike: float


def load_engine() -> Language:
    """Load the instruments of the service."""
    return load_language(load_gazetteer().names())


def points_of(language: Language, texts: Sequence[str]) -> Points:
    """Return the needs to group, with the sectors that the engine itself reads."""
    readings = language.read(texts)
    return Points(
        ids=np.arange(1, len(texts) + 1),
        vectors=np.stack([reading.vector for reading in readings]),
        sectors=tuple(reading.sector.principal for reading in readings),
    )


def grouping_of(points: Points, parameters: GroupingParameters) -> Grouping:
    """Return the groups of the engine, nobody having asked anything of it."""
    return load_grouper(parameters).group(points, Constraints())


def grouping_at(
    points: Points, parameters: GroupingParameters, *, k: int, among: NDArray[np.intp]
) -> AtKnown:
    """Return the engine's groups when it stops at `k` groups counted among some needs.

    The hierarchy is the engine's own: only the likeness at which it stops is moved, by halving
    (an average link has no inversion, so the count grows with it). Where ties forbid `k`, the
    nearest count is given.
    """
    low, high = -1.0, 1.0 + 1e-6
    best: tuple[int, AtKnown] | None = None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        labels = grouping_of(points, replace(parameters, alike=middle, smallest=1)).labels
        count = len(np.unique(separate(labels)[among]))
        if best is None or abs(count - k) < best[0]:
            best = abs(count - k), AtKnown(labels=labels, alike=middle)
        if count == k:
            break
        low, high = (middle, high) if count < k else (low, middle)
    assert best is not None  # noqa: S101 - the loop ran at least once
    return best[1]
