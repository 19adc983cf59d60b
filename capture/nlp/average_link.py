"""Average-link joining of weighted rows, with pairs that may not meet.

Two groups are as alike as their members are on average; the two most alike are joined until none
are alike enough (Sokal and Michener 1958).
"""

import numpy as np
from numpy.typing import NDArray

_NEVER = np.float32(-np.inf)


def join_by_average(
    likeness: NDArray[np.float32],
    weights: NDArray[np.float64],
    apart: NDArray[np.intp],
    *,
    alike: float,
) -> NDArray[np.intp]:
    """Return for each of m rows the first row of its group.

    `likeness` (m, m) is used up by the joining; `apart` is (p, 2) pairs of rows that never share a
    group; ties go to the lowest rows.
    """
    count = len(likeness)
    group = np.arange(count)
    if count < 2:
        return group
    np.fill_diagonal(likeness, _NEVER)
    likeness[apart[:, 0], apart[:, 1]] = _NEVER
    likeness[apart[:, 1], apart[:, 0]] = _NEVER
    size = weights.astype(np.float64).copy()
    nearest = likeness.argmax(axis=1)
    best = likeness[np.arange(count), nearest]
    while True:
        one = int(best.argmax())
        if best[one] < alike:
            return _first_rows(group)
        kept, gone = sorted((one, int(nearest[one])))
        share = np.float32(size[kept] / (size[kept] + size[gone]))
        # A pair that may not meet stays at minus infinity through every join.
        merged = share * likeness[kept] + (1 - share) * likeness[gone]
        merged[[kept, gone]] = _NEVER
        likeness[kept] = merged
        likeness[:, kept] = merged
        likeness[gone] = _NEVER
        likeness[:, gone] = _NEVER
        size[kept] += size[gone]
        group[gone] = kept
        best[gone] = _NEVER
        # An average lies between its parts, so no other row gains a nearer neighbour.
        lost = ((nearest == kept) | (nearest == gone)) & (best > _NEVER)
        lost[kept] = True
        stale = np.flatnonzero(lost)
        nearest[stale] = likeness[stale].argmax(axis=1)
        best[stale] = likeness[stale, nearest[stale]]


def _first_rows(group: NDArray[np.intp]) -> NDArray[np.intp]:
    while True:
        further = group[group]
        if np.array_equal(further, group):
            return group
        group = further
