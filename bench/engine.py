"""Our engine as the measures use it: the same instruments as the service, loaded once."""

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering

from capture.nlp.cluster import Constraints, Grouping, GroupingParameters, Points, load_grouper
from capture.nlp.kinds import compared_rows
from capture.nlp.language import Language, load_language
from fabrique.core.places import load_gazetteer

_AT_ONCE = 2_000


def load_engine() -> Language:
    """Load the instruments of the service."""
    return load_language(load_gazetteer().names())


def points_of(language: Language, texts: Sequence[str]) -> Points:
    """Return the needs to group, with the sectors that the engine itself reads."""
    readings = language.read(texts)
    return Points(
        ids=np.arange(1, len(texts) + 1),
        vectors=compared_rows(
            np.stack([reading.vector for reading in readings]),
            np.stack([reading.kinds for reading in readings]),
        ),
        sectors=tuple(reading.sector.subject for reading in readings),
    )


def compared_in_parts(
    language: Language, texts: Sequence[str], vectors: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the rows that texts are grouped by, read a part at a time."""
    parts = (
        compared_rows(vectors[part], language.kinds_of(texts[part], vectors[part]))
        for part in (slice(start, start + _AT_ONCE) for start in range(0, len(texts), _AT_ONCE))
    )
    first = next(parts)
    # A million rows weigh two gigabytes: they are written where they stay, never held twice.
    rows = np.empty((len(texts), first.shape[1]), dtype=np.float32)
    for number, part in enumerate(chain([first], parts)):
        rows[number * _AT_ONCE : number * _AT_ONCE + len(part)] = part
    return rows


def grouping_of(points: Points, parameters: GroupingParameters) -> Grouping:
    """Return the groups of the engine, nobody having asked anything of it."""
    return load_grouper(parameters).group(points, Constraints())


def grouping_at(points: Points, *, k: int) -> NDArray[np.int64]:
    """Return k groups of the rows that the engine compares.

    The service never knows how many groups there are; told so, the rows are joined where that adds
    least to the spread inside groups (Ward 1963), better than by average link or k-means on every
    development set.
    """
    labels: NDArray[np.int64] = AgglomerativeClustering(k, linkage="ward").fit_predict(
        points.vectors
    )
    return labels
