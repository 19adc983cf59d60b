"""What grouping moves about: needs bound together by a human or by identical words, as one weight.

Human constraints become facts about units here, so that the joining itself cannot break them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """What humans have decided: pairs of need ids to keep together or apart, needs pinned to a
    group by its key, and groups that nothing may enter or leave. Unknown needs are ignored.
    """

    together: tuple[Pair, ...] = ()
    apart: tuple[Pair, ...] = ()
    pinned: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    locked: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """m units of n needs sorted by id.

    `unit_of` is (n,), `means` (m, d), `weights` (m,) counts of needs; `keys` names the group a unit
    is pinned to, None for most; `apart` is (p, 2) pairs of units that may not meet.
    """

    unit_of: NDArray[np.intp]
    means: NDArray[np.float32]
    weights: NDArray[np.float64]
    keys: tuple[int | None, ...]
    locked: NDArray[np.bool_]
    apart: NDArray[np.intp]


class _Bonds:
    """Which needs go together once contradictory wishes are set aside (union–find)."""

    def __init__(self, constraints: Constraints) -> None:
        self._parent = {need: need for need in named(constraints)}
        self._key = dict(constraints.pinned)
        self._locked = constraints.locked
        self._foes: dict[int, set[int]] = {}
        self.refused: list[Pair] = []
        first: dict[int, int] = {}
        for need, key in sorted(constraints.pinned.items()):
            self._bind(first.setdefault(key, need), need)
        self.apart = tuple(pair for pair in _sorted(constraints.apart) if self._part(pair))
        for pair in _sorted(constraints.together):
            self._meet(pair)

    def root(self, need: int) -> int:
        """Return the smallest need bound to this one."""
        while self._parent[need] != need:
            self._parent[need] = self._parent[self._parent[need]]
            need = self._parent[need]
        return need

    def _part(self, pair: Pair) -> bool:
        one, other = (self.root(need) for need in pair)
        if one == other:
            self.refused.append(pair)
            return False
        self._foes.setdefault(one, set()).add(other)
        self._foes.setdefault(other, set()).add(one)
        return True

    def _meet(self, pair: Pair) -> None:
        one, other = (self.root(need) for need in pair)
        if one == other:
            return
        keys = self._key.get(one), self._key.get(other)
        two_groups = None not in keys and keys[0] != keys[1]
        if two_groups or self._locked & set(keys) or other in self._foes.get(one, ()):
            self.refused.append(pair)
        else:
            self._bind(one, other)

    def _bind(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        if low == high:
            return
        self._parent[high] = low
        if high in self._key:
            self._key[low] = self._key[high]
        for foe in self._foes.pop(high, ()):
            self._foes[foe].discard(high)
            self._foes[foe].add(low)
            self._foes.setdefault(low, set()).add(foe)


def contradictions(constraints: Constraints) -> tuple[Pair, ...]:
    """Return the pairs, apart or together, that the other constraints make impossible, sorted.

    They are the ones that grouping leaves out: a lock goes before a pin, a pin before a pair kept
    apart, and that before a pair kept together.
    """
    return tuple(sorted(_Bonds(constraints).refused))


def units_of(ids: NDArray[np.int64], rows: NDArray[np.float32], constraints: Constraints) -> Units:
    """Return the units of n needs, in the order of their smallest id; `ids` are sorted."""
    constraints = _known(constraints, frozenset(ids.tolist()))
    position = {int(need): place for place, need in enumerate(ids)}
    bonds = _Bonds(constraints)
    bound = np.array(sorted(position[need] for need in named(constraints)), dtype=np.intp)
    # A need that somebody spoke about is no mere copy of another; its copies follow each other.
    free = np.setdiff1d(np.arange(len(ids)), bound)
    owner = np.arange(len(ids))
    owner[free] = _first_equal(rows, free)
    for need in named(constraints):
        owner[position[need]] = position[bonds.root(need)]
    firsts, unit_of = np.unique(owner, return_inverse=True)
    weights = np.bincount(unit_of, minlength=len(firsts)).astype(np.float64)
    means = _means(rows, unit_of, weights)
    keys: list[int | None] = [None] * len(firsts)
    for need, key in constraints.pinned.items():
        keys[unit_of[position[need]]] = key
    apart = [[unit_of[position[need]] for need in pair] for pair in bonds.apart]
    return Units(
        unit_of=unit_of,
        means=means,
        weights=weights,
        keys=tuple(keys),
        locked=np.array([key in constraints.locked for key in keys], dtype=bool),
        apart=np.array(apart, dtype=np.intp).reshape(-1, 2),
    )


def _means(
    rows: NDArray[np.float32], unit_of: NDArray[np.intp], weights: NDArray[np.float64]
) -> NDArray[np.float32]:
    if len(weights) == len(rows):  # nothing binds needs: every one is its own mean
        return rows
    means = sums_by(unit_of, rows, count=len(weights))
    means /= weights[:, None].astype(np.float32)
    return means


def sums_by(
    labels: NDArray[np.integer], rows: NDArray[np.float32], *, count: int
) -> NDArray[np.float32]:
    """Return (count, d) sums of the rows (n, d) of each label from 0, in the order of the rows."""
    ones = np.ones(len(rows), dtype=np.float32)
    places = (labels, np.arange(len(rows)))
    sums: NDArray[np.float32] = sparse.csr_array((ones, places), shape=(count, len(rows))) @ rows
    return sums


def named(constraints: Constraints) -> set[int]:
    """Return the needs that a constraint names."""
    pairs = (*constraints.together, *constraints.apart)
    return {need for pair in pairs for need in pair} | set(constraints.pinned)


def distinct(rows: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return the places of the distinct rows (n, d) that say something, copies left out.

    They come in an order of their own, which tells nothing of the order of the rows.
    """
    seen: dict[bytes, int] = {}
    for place in np.flatnonzero(rows.any(axis=1)).tolist():
        seen.setdefault(_digest(rows[place]), place)
    return np.array([seen[digest] for digest in sorted(seen)], dtype=np.intp)


def _first_equal(rows: NDArray[np.float32], places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return for each place the first of the places whose row is equal, byte for byte.

    A row of zeros says nothing and is like no other.
    """
    seen: dict[bytes, int] = {}
    told = np.any(rows[places], axis=1).tolist()
    return np.array(
        [
            seen.setdefault(_digest(rows[place]), place) if says else place
            for place, says in zip(places.tolist(), told, strict=True)
        ],
        dtype=np.intp,
    )


def _digest(row: NDArray[np.float32]) -> bytes:
    """Return what tells a row from others: a million rows are two gigabytes."""
    return blake2b(row.tobytes(), digest_size=16).digest()


def _sorted(pairs: Iterable[Pair]) -> list[Pair]:
    return sorted({(min(pair), max(pair)) for pair in pairs})


def _known(constraints: Constraints, ids: frozenset[int]) -> Constraints:
    def both(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
        return tuple((a, b) for a, b in pairs if a in ids and b in ids and a != b)

    return Constraints(
        together=both(constraints.together),
        apart=both(constraints.apart),
        pinned={need: key for need, key in constraints.pinned.items() if need in ids},
        locked=constraints.locked,
    )
