"""The overall allocation: who should be proposed where, when everybody is looked at together.
A minimum-cost flow, so that nobody is counted on beyond the room they have left."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

# Scores have six decimals; serving one more opportunity is worth more than any score.
_UNIT = 1_000_000
_SERVED = 10 * _UNIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A proposal seen from above: an opportunity, a party, the score of the two."""

    dossier: str
    party: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An opportunity whose best choice overall is not its first in rank.

    ``elsewhere`` names the opportunities to which its first in rank is allocated instead.
    """

    dossier: str
    first: str
    allotted: str | None
    elsewhere: tuple[str, ...]


def allocation(
    pairs: Iterable[Pair], capacities: Mapping[str, int], *, wanted: int = 1
) -> dict[str, tuple[str, ...]]:
    """At most ``wanted`` parties per opportunity, none beyond its capacity, best total score.

    Serves as many opportunities as can be, then maximises the sum of scores. Parties without a
    stated capacity have none. Successive shortest paths by cost scaling (OR-tools).
    """
    sorted_pairs = sorted(pairs, key=lambda pair: (pair.dossier, pair.party))
    dossiers = sorted({pair.dossier for pair in sorted_pairs})
    parties = sorted({pair.party for pair in sorted_pairs})
    node = {("d", key): rank for rank, key in enumerate(dossiers, start=2)}
    node |= {("p", key): rank for rank, key in enumerate(parties, start=2 + len(dossiers))}
    flow = SimpleMinCostFlow()
    source, sink = 0, 1
    for key in dossiers:
        flow.add_arc_with_capacity_and_unit_cost(source, node["d", key], wanted, 0)
    for key in parties:
        room = max(0, capacities.get(key, 0))
        flow.add_arc_with_capacity_and_unit_cost(node["p", key], sink, room, 0)
    arcs = {
        flow.add_arc_with_capacity_and_unit_cost(
            node["d", pair.dossier], node["p", pair.party], 1, -_SERVED - round(pair.score * _UNIT)
        ): pair
        for pair in sorted_pairs
    }
    # What cannot be served goes straight to the end, at no cost.
    flow.add_arc_with_capacity_and_unit_cost(source, sink, wanted * len(dossiers), 0)
    flow.set_node_supply(source, wanted * len(dossiers))
    flow.set_node_supply(sink, -wanted * len(dossiers))
    flow.solve()
    chosen: dict[str, list[Pair]] = {key: [] for key in dossiers}
    for arc, pair in arcs.items():
        if flow.flow(arc):
            chosen[pair.dossier].append(pair)
    return {
        key: tuple(pair.party for pair in sorted(found, key=lambda pair: (-pair.score, pair.party)))
        for key, found in chosen.items()
    }


def differences(
    pairs: Iterable[Pair], allotted: Mapping[str, tuple[str, ...]]
) -> tuple[Difference, ...]:
    """Where the allocation does not begin with the first in rank, opportunity by opportunity."""
    firsts: dict[str, Pair] = {}
    for pair in sorted(pairs, key=lambda pair: (pair.dossier, -pair.score, pair.party)):
        firsts.setdefault(pair.dossier, pair)
    return tuple(
        Difference(
            dossier=key,
            first=first.party,
            allotted=next(iter(allotted.get(key, ())), None),
            elsewhere=tuple(
                other
                for other in sorted(allotted)
                if other != key and first.party in allotted[other]
            ),
        )
        for key, first in firsts.items()
        if first.party not in allotted.get(key, ())
    )
