"""Our engine as the measures use it: the same instruments as the service, loaded once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering

from capture.nlp.cluster import Constraints, Grouping, GroupingParameters, Points, load_grouper
from capture.nlp.language import Language, load_language
from fabrique.core.places import load_gazetteer


def load_engine() -> Language:
    """Load the instruments of the service."""
    return load_language(load_gazetteer().names())


def points_of(language: Language, texts: Sequence[str]) -> Points:
    """Return the needs to group, with the sectors that the engine itself reads."""
    readings = language.read(texts)
    return Points(
        ids=np.arange(1, len(texts) + 1),
        vectors=language.compared(np.stack([reading.vector for reading in readings])),
        sectors=tuple(reading.sector.principal for reading in readings),
    )


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
