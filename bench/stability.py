"""Does the same input give the same groups, and do groups stay when new needs arrive?"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.answers import Answer, Figures, Table
from bench.engine import grouping_of, load_engine, points_of
from bench.gold import read_texts
from bench.measures import kept_pairs
from bench.texts import demonstration_texts
from capture.nlp.cluster import Grouping, GroupingParameters, Points

_ARRIVALS = 5
_NEW_SHARE = 0.1


def measure_stability(path: Path | None) -> Answer:
    """Measure on a file of needs, or on the demonstration."""
    texts = demonstration_texts() if path is None else read_texts(path)
    language = load_engine()
    points = points_of(language, texts)
    figures = stability_of(points, language.parameters)
    return Answer(
        key="stability",
        figures={"n": len(texts), **figures},
        tables=(
            Table(
                title=f"Stabilité sur {len(texts)} besoins",
                columns=("", ""),
                rows=[
                    ("pareil en recommençant", figures["repeat_identical"]),
                    ("pareil en mélangeant les lignes", figures["shuffled_identical"]),
                    ("paires inchangées quand 10 % arrivent", figures["pairs_kept"]),
                    ("paires ensemble qui le restent", figures["together_kept"]),
                ],
                note=f"moyenne de {_ARRIVALS} tirages",
            ),
        ),
    )


def stability_of(points: Points, parameters: GroupingParameters) -> Figures:
    """Return whether a repeat and a shuffle are identical, byte for byte, and what new needs move.

    `pairs_kept` counts every pair of the needs already there, together or apart; most pairs are
    apart, so `together_kept`, over the pairs that were together, says more.
    """
    whole = grouping_of(points, parameters)
    draw = np.random.default_rng(0)
    shuffled = draw.permutation(len(points.ids))
    kept, together = [], []
    for _ in range(_ARRIVALS):
        already = np.sort(draw.permutation(len(points.ids))[: _already(len(points.ids))])
        before = grouping_of(_chosen(points, already), parameters)
        all_kept, together_kept = kept_pairs(before.labels, whole.labels[already])
        kept.append(all_kept)
        together.append(together_kept)
    return {
        "repeat_identical": _bytes(grouping_of(points, parameters)) == _bytes(whole),
        "shuffled_identical": _bytes(grouping_of(_chosen(points, shuffled), parameters))
        == _bytes(whole),
        "pairs_kept": float(np.mean(kept)),
        "together_kept": float(np.mean(together)),
    }


def _already(count: int) -> int:
    return round(count / (1 + _NEW_SHARE))


def _bytes(grouping: Grouping) -> tuple[bytes, ...]:
    """Return all that a grouping says, in the order of the ids."""
    order = np.argsort(grouping.ids)
    told: Sequence[NDArray[np.int64] | NDArray[np.float32]] = (
        grouping.labels,
        grouping.strength,
        grouping.margin,
        grouping.second,
    )
    return tuple(values[order].tobytes() for values in told)


def _chosen(points: Points, places: NDArray[np.intp]) -> Points:
    return replace(
        points,
        ids=points.ids[places],
        vectors=points.vectors[places],
        sectors=tuple(points.sectors[place] for place in places),
    )
