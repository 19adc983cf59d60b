"""The overall allocation: nobody beyond their room, most served, differences from the ranking."""

from hypothesis import given
from hypothesis import strategies as st

from matching.scoring.assign import Difference, Pair, allocation, differences

pairs_drawn = st.lists(
    st.builds(
        Pair,
        dossier=st.sampled_from(["O1", "O2", "O3", "O4"]),
        party=st.sampled_from(["A", "B", "C"]),
        score=st.integers(0, 64).map(lambda value: value / 64),
    ),
    max_size=12,
    unique_by=lambda pair: (pair.dossier, pair.party),
)
rooms = st.fixed_dictionaries({"A": st.integers(-1, 3), "B": st.integers(0, 2)})


def test_party_first_twice_goes_where_it_is_most_missed() -> None:
    pairs = [
        Pair(dossier="O1", party="A", score=0.9),
        Pair(dossier="O1", party="B", score=0.8),
        Pair(dossier="O2", party="A", score=0.7),
    ]
    allotted = allocation(pairs, {"A": 1, "B": 1})
    assert allotted == {"O1": ("B",), "O2": ("A",)}
    assert differences(pairs, allotted) == (
        Difference(dossier="O1", first="A", allotted="B", elsewhere=("O2",)),
    )


def test_enough_room_follows_the_simple_ranking() -> None:
    pairs = [Pair(dossier=dossier, party="A", score=0.5) for dossier in ("O1", "O2")]
    allotted = allocation(pairs, {"A": 2})
    assert allotted == {"O1": ("A",), "O2": ("A",)}
    assert differences(pairs, allotted) == ()


def test_opportunity_nobody_can_serve_is_told() -> None:
    pairs = [
        Pair(dossier="O1", party="A", score=0.9),
        Pair(dossier="O2", party="A", score=0.2),
    ]
    allotted = allocation(pairs, {"A": 1})
    assert allotted == {"O1": ("A",), "O2": ()}
    assert differences(pairs, allotted) == (
        Difference(dossier="O2", first="A", allotted=None, elsewhere=("O1",)),
    )


def test_several_wanted_are_all_different_and_best_first() -> None:
    pairs = [
        Pair(dossier="O1", party=party, score=score)
        for party, score in (("A", 0.2), ("B", 0.9), ("C", 0.5))
    ]
    rooms_left = {"A": 5, "B": 5, "C": 5}
    assert allocation(pairs, rooms_left, wanted=2) == {"O1": ("B", "C")}


def test_nothing_to_allocate() -> None:
    assert allocation([], {}) == {}


@given(pairs_drawn, rooms, st.integers(1, 2))
def test_nobody_is_counted_on_beyond_their_room(
    pairs: list[Pair], capacities: dict[str, int], wanted: int
) -> None:
    allotted = allocation(pairs, capacities, wanted=wanted)
    proposed = {(pair.dossier, pair.party) for pair in pairs}
    used = [party for chosen in allotted.values() for party in chosen]
    assert all((key, party) in proposed for key, chosen in allotted.items() for party in chosen)
    assert all(len(chosen) <= wanted for chosen in allotted.values())
    assert all(used.count(party) <= max(0, capacities.get(party, 0)) for party in used)


@given(pairs_drawn, rooms)
def test_order_of_the_pairs_does_not_matter(pairs: list[Pair], capacities: dict[str, int]) -> None:
    assert allocation(pairs, capacities) == allocation(pairs[::-1], capacities)


@given(pairs_drawn, rooms)
def test_allocation_serves_as_many_and_as_well_as_trying_everything(
    pairs: list[Pair], capacities: dict[str, int]
) -> None:
    allotted = allocation(pairs, capacities)
    score = {(pair.dossier, pair.party): pair.score for pair in pairs}
    served = [(key, chosen[0]) for key, chosen in allotted.items() if chosen]
    worth = (len(served), sum(score[pair] for pair in served))
    assert worth == _best(sorted({pair.dossier for pair in pairs}), score, dict(capacities))


def _best(
    dossiers: list[str], score: dict[tuple[str, str], float], left: dict[str, int]
) -> tuple[int, float]:
    if not dossiers:
        return (0, 0)
    first, *rest = dossiers
    best = _best(rest, score, left)
    for (dossier, party), value in score.items():
        if dossier == first and left.get(party, 0) > 0:
            number, total = _best(rest, score, left | {party: left[party] - 1})
            best = max(best, (number + 1, total + value))
    return best
