"""New needs placed among groups that exist, at once, without grouping everything again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture.nlp.cluster import GroupingParameters, Points, likeness_rows
from capture.nlp.distance import place_nearness


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a need would go: a group by its key, None when it is like none.

    `strength` is its mean likeness to the nearest open group; `margin` is how much further the
    `second` group is when it is placed, how far it is from being alike enough (negative) if not.
    """

    id: int
    key: int | None
    strength: float
    margin: float
    second: int | None


def place(
    points: Points,
    groups: Mapping[int, Points],
    parameters: GroupingParameters,
    *,
    locked: Collection[int] = frozenset(),
) -> list[Placement]:
    """Return the placement of each need among groups (key → members, at least one), in order.

    The rule is that of a full grouping: the mean likeness to the members must reach `alike`, which
    is best that of the last grouping.
    Nothing enters a locked group.
    """
    keys = sorted(set(groups) - set(locked))
    share = parameters.sector_share
    rows = likeness_rows(points.vectors, points.sectors, sector_share=share)
    if not keys:
        near = np.zeros((len(rows), 0), dtype=np.float32)
    else:
        means = [
            likeness_rows(groups[key].vectors, groups[key].sectors, sector_share=share).mean(axis=0)
            for key in keys
        ]
        near = rows @ np.stack(means).T
        if points.places is not None:
            near += np.float32(parameters.place_share) * _near_places(points.places, groups, keys)
    order = np.argsort(-near, axis=1, kind="stable")
    return [
        _placement(int(need), keys, likeness, ranked, alike=parameters.alike)
        for need, likeness, ranked in zip(points.ids, near, order, strict=True)
    ]


def _near_places(
    places: NDArray[np.float64], groups: Mapping[int, Points], keys: list[int]
) -> NDArray[np.float32]:
    """Return (n, groups) mean nearness to the members; 0 for a group whose places nobody gave."""
    near = np.zeros((len(places), len(keys)), dtype=np.float32)
    for column, key in enumerate(keys):
        others = groups[key].places
        if others is not None:
            near[:, column] = place_nearness(places, others).mean(axis=1)
    return near


def _placement(
    need: int,
    keys: list[int],
    likeness: NDArray[np.float32],
    ranked: NDArray[np.intp],
    *,
    alike: float,
) -> Placement:
    best, *others = [(keys[place], float(likeness[place])) for place in ranked[:2]] or [(None, 0.0)]
    placed = best[0] is not None and best[1] >= alike
    second, further = others[0] if others else (None, 0.0)
    return Placement(
        id=need,
        key=best[0] if placed else None,
        strength=min(1.0, max(0.0, best[1])),
        margin=best[1] - further if placed else best[1] - alike,
        second=second if placed else best[0],
    )
