"""Grouping of needs by what they say: vectors, sectors and human constraints in, `Grouping` out.

Average-link joining on likeness, stopped where two groups are no longer alike enough; big sets are
first cut by sector and community. A need like no other stays alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from capture.nlp.average_link import join_by_average
from capture.nlp.distance import place_nearness
from capture.nlp.neighbours import communities
from capture.nlp.sectors import SECTORS, Sector
from capture.nlp.units import Constraints, Units, contradictions, distinct, sums_by, units_of
from capture.nlp.yardstick import Yardstick

__all__ = [
    "NOISE",
    "Constraints",
    "Grouper",
    "Grouping",
    "GroupingParameters",
    "Points",
    "contradictions",
    "likeness_rows",
    "load_grouper",
    "parameters_for",
]

NOISE = -1
_ROWS_AT_ONCE = 2048
# The likeness asked stays between these on the way from chance to two tellings of one need.
_LEAST_WAY, _MOST_WAY = 0.35, 0.8
# The median is that of so many needs, taken at even steps.
_SAMPLED = 500
# Two needs so alike say the same words.
_COPY = 0.9999


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupingParameters:
    """All that decides a grouping besides the needs; kept with each run.

    Two groups are joined when their mean likeness (0–1) reaches the part `of_nearest` of the median
    likeness of a need to the one nearest to it, kept between `least` and `alike`: needs told in
    many words of their own are all further apart. 0.75 suits 301 statements of meetings and the
    needs of the demonstration. `sector_share` is the part of a likeness that comes from having the
    same sector, `place_share` what living near each other adds at most when two groups are joined;
    `smallest` is the least number of needs of a group; up to `exact` needs are compared all with
    all, beyond it each with its `neighbours`; `seed` feeds the cut of the neighbour graph.
    `before` is the likeness asked by the passage before, None without one: what is asked now moves
    away from it by the share of needs `arrived` since (0–1).
    """

    of_nearest: float = 0.75
    least: float = 0.25
    alike: float = 0.46
    sector_share: float = 0.1
    place_share: float = 0.05
    smallest: int = 2
    exact: int = 4000
    neighbours: int = 15
    seed: int = 0
    before: float | None = None
    arrived: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """The needs to group: n ids, n sectors (None: not known), and (n, d) unit rows to compare.

    The rows are those of `capture.nlp.kinds.compared_rows`, or any whose dot product is a likeness.
    `places` is (n, 2) degrees north and east, NaN where not known; None when none is.
    """

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    sectors: Sequence[Sector | None]
    places: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Group of each need, aligned with the ids in the order they were given.

    `labels` are 0, 1… by falling size, -1 for a need left alone; `strength` is how alike a need is
    to the others of its group (0–1, 0 when alone); `margin` is how much more alike it is to them
    than to `second`, the next group (-1 when there is none); alone, it is how far `second` is from
    the likeness asked (negative). `alike` is the mean likeness that was asked of two groups to be
    joined. `keys` names the labels that hold pinned needs.
    """

    ids: NDArray[np.int64]
    labels: NDArray[np.int64]
    strength: NDArray[np.float32]
    margin: NDArray[np.float32]
    second: NDArray[np.int64]
    alike: float
    keys: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def group_of(self) -> dict[int, int | None]:
        """Return need id → label, None when alone."""
        return {
            int(need): None if label == NOISE else int(label)
            for need, label in zip(self.ids, self.labels, strict=True)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _ToldOf:
    """What the first need of each unit tells besides its words: number of its sector, place.

    `keyed` are the units that hold a pinned need.
    """

    sectors: NDArray[np.int64]
    places: NDArray[np.float64] | None
    keyed: NDArray[np.intp]


class Grouper(Protocol):
    """Groups needs; the same points and constraints in any order give the same groups."""

    def group(self, points: Points, constraints: Constraints) -> Grouping:
        """Return the group of each need, every constraint being respected.

        Among constraints that contradict each other a lock goes before a pin, a pin before a pair
        kept apart, and that before a pair kept together (see `contradictions`). Raises ValueError
        when ids repeat or when arrays are not as many.
        """
        ...


def parameters_for(yardstick: Yardstick) -> GroupingParameters:
    """Return the parameters that suit the rows whose likeness the yardstick has measured."""
    usual = GroupingParameters()
    least, most = (
        usual.sector_share + (1 - usual.sector_share) * yardstick.at(way)
        for way in (_LEAST_WAY, _MOST_WAY)
    )
    return replace(usual, least=least, alike=most)


def load_grouper(parameters: GroupingParameters) -> Grouper:
    """Return the grouper of the house with the parameters given."""
    return AverageLinkGrouper(parameters=parameters)


def likeness_rows(
    vectors: NDArray[np.float32], sectors: Sequence[Sector | None], *, sector_share: float
) -> NDArray[np.float32]:
    """Return (n, d + 18) rows whose dot product is the likeness of two needs.

    It is (1 - share) × dot product + share × (same known sector); a zero vector is like nothing.
    """
    rows = np.zeros((len(vectors), vectors.shape[1] + len(SECTORS)), dtype=np.float32)
    np.multiply(vectors, np.float32(np.sqrt(1 - sector_share)), out=rows[:, : vectors.shape[1]])
    numbers = _sector_numbers(sectors)
    told = np.flatnonzero((numbers >= 0) & vectors.any(axis=1))
    rows[told, vectors.shape[1] + numbers[told]] = np.sqrt(sector_share)
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageLinkGrouper:
    """The `Grouper` of the house."""

    parameters: GroupingParameters

    def group(self, points: Points, constraints: Constraints) -> Grouping:
        """Return the group of each need; see `Grouper.group`."""
        _check(points)
        order = np.argsort(points.ids, kind="stable")
        sectors = tuple(points.sectors[place] for place in order)
        # A million rows weigh two gigabytes: none is copied that is in order already.
        vectors = points.vectors if (np.diff(order) == 1).all() else points.vectors[order]
        rows = likeness_rows(vectors, sectors, sector_share=self.parameters.sector_share)
        alike = self._likeness_asked(rows)
        units = units_of(points.ids[order], rows, constraints)
        firsts = np.unique(units.unit_of, return_index=True)[1]
        told = _ToldOf(
            sectors=_sector_numbers(sectors)[firsts],
            places=None if points.places is None else points.places[order][firsts],
            keyed=np.flatnonzero([key is not None for key in units.keys]),
        )
        unit_labels = self._join(units, told, alike=alike)
        labels, keys = _numbered(unit_labels, units, smallest=self.parameters.smallest)
        strength, margin, second = _strengths(rows, labels, alike=alike)
        back = np.argsort(order)
        return Grouping(
            ids=points.ids,
            labels=labels[back],
            strength=strength[back],
            margin=margin[back],
            second=second[back],
            alike=alike,
            keys=MappingProxyType(keys),
        )

    def _likeness_asked(self, rows: NDArray[np.float32]) -> float:
        """Return the likeness asked of two groups; copies of a need do not count, and the measure
        of the passage before moves only as far as needs have come since."""
        told = distinct(rows)
        if len(told) < 2:
            return self.parameters.alike
        chosen = told[:: -(-len(told) // _SAMPLED)]
        near = rows[chosen] @ rows.T
        near[near > _COPY] = -np.inf
        nearest = near.max(axis=1)
        if not np.isfinite(nearest).any():
            return self.parameters.alike
        asked = self.parameters.of_nearest * float(np.median(nearest[np.isfinite(nearest)]))
        asked = min(max(asked, self.parameters.least), self.parameters.alike)
        if self.parameters.before is None:
            return asked
        return self.parameters.before + self.parameters.arrived * (asked - self.parameters.before)

    def _join(self, units: Units, told: _ToldOf, *, alike: float) -> NDArray[np.intp]:
        """Return for each unit the first unit of its group; a locked one stays by itself."""
        group = np.arange(len(units.keys))
        free = np.flatnonzero(~units.locked)
        if len(free) <= self.parameters.exact:
            group[free] = free[self._join_all(units, told, free, alike=alike)]
            return group
        own = told.sectors[free]
        for sector in np.unique(own):
            block = free[own == sector]
            parts = communities(
                units.means[block],
                neighbours=self.parameters.neighbours,
                most=self.parameters.exact,
                seed=self.parameters.seed,
            )
            for part in parts:
                chosen = block[part]
                group[chosen] = chosen[self._join_all(units, told, chosen, alike=alike)]
        return group

    def _join_all(
        self, units: Units, told: _ToldOf, chosen: NDArray[np.intp], *, alike: float
    ) -> NDArray[np.intp]:
        place = np.full(len(units.keys), -1)
        place[chosen] = np.arange(len(chosen))
        apart = place[units.apart]
        pinned = place[told.keyed][place[told.keyed] >= 0]
        keyed = np.array(list(combinations(pinned, 2)), dtype=np.intp).reshape(-1, 2)
        likeness = units.means[chosen] @ units.means[chosen].T
        if told.places is not None:
            near = place_nearness(told.places[chosen], told.places[chosen])
            likeness += np.float32(self.parameters.place_share) * near
        return join_by_average(
            likeness,
            units.weights[chosen],
            np.concatenate([apart[(apart >= 0).all(axis=1)], keyed]),
            alike=alike,
        )


def _check(points: Points) -> None:
    count = len(points.ids)
    if len(points.vectors) != count or len(points.sectors) != count:
        raise ValueError("ids, vectors and sectors must be as many")
    if len(np.unique(points.ids)) != count:
        raise ValueError("a need was given twice")


def _sector_numbers(sectors: Sequence[Sector | None]) -> NDArray[np.int64]:
    number = {sector: place for place, sector in enumerate(SECTORS)}
    return np.array([-1 if s is None else number[s] for s in sectors], dtype=np.int64)


def _numbered(
    group: NDArray[np.intp], units: Units, *, smallest: int
) -> tuple[NDArray[np.int64], dict[int, int]]:
    """Return a label per need, by falling size then first need, and the keys of pinned labels."""
    firsts, label_of_unit = np.unique(group, return_inverse=True)
    of_need = label_of_unit[units.unit_of]
    sizes = np.bincount(of_need, minlength=len(firsts))
    keyed = {
        int(label_of_unit[unit]): key for unit, key in enumerate(units.keys) if key is not None
    }
    bound = np.zeros(len(firsts), dtype=bool)
    bound[list(keyed)] = True
    kept = np.flatnonzero((sizes >= smallest) | bound)
    kept = kept[np.argsort(-sizes[kept], kind="stable")]
    number = np.full(len(firsts), NOISE, dtype=np.int64)
    number[kept] = np.arange(len(kept))
    return number[of_need], {int(number[label]): key for label, key in keyed.items()}


def _strengths(
    rows: NDArray[np.float32], labels: NDArray[np.int64], *, alike: float
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    count = int(labels.max(initial=NOISE)) + 1
    strength = np.zeros(len(rows), dtype=np.float32)
    margin = np.zeros(len(rows), dtype=np.float32)
    second = np.full(len(rows), NOISE, dtype=np.int64)
    if not count:
        return strength, margin, second
    # Needs left alone are summed last, and let go.
    of_group = np.where(labels >= 0, labels, count)
    sizes = np.bincount(of_group, minlength=count + 1)[:count].astype(np.float32)
    means = sums_by(of_group, rows, count=count + 1)[:count] / sizes[:, None]
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        own = labels[part]
        near = rows[part] @ means.T
        place = np.flatnonzero(own >= 0)
        others = sizes[own[place]] - 1
        itself = np.einsum("ij,ij->i", rows[part][place], rows[part][place])
        to_own = near[place, own[place]] * sizes[own[place]] - itself
        strength[start + place] = np.where(others > 0, to_own / np.maximum(others, 1), 1)
        near[place, own[place]] = -np.inf
        best = near.argmax(axis=1)
        likeness = near[np.arange(len(near)), best]
        known = np.isfinite(likeness)
        second[part] = np.where(known, best, NOISE)
        reference = np.where(own >= 0, strength[part], np.float32(alike))
        signed = np.where(own >= 0, reference - likeness, likeness - reference)
        margin[part] = np.where(known, signed, reference)
    return np.clip(strength, 0, 1), margin, second
