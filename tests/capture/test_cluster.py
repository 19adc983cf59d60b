"""Grouping: same bytes whatever the order, constraints respected, noise legal, any size."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.nlp.cluster import (
    NOISE,
    Constraints,
    Grouping,
    GroupingParameters,
    Points,
    contradictions,
    load_grouper,
)
from capture.nlp.placing import place
from capture.nlp.sectors import Sector

GROUPER = load_grouper(GroupingParameters())
# The same grouper made to take the way of big sets with few needs.
COARSE = load_grouper(GroupingParameters(exact=12))


def unit_rows(count: int, *, seed: int, centres: int = 6, spread: float = 0.35) -> Points:
    """Needs scattered about a few centres, with sectors in rotation."""
    made = np.random.default_rng(seed)
    middle = made.normal(size=(centres, 16))
    rows = middle[np.arange(count) % centres] + spread * made.normal(size=(count, 16))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    sectors = (Sector.MOBILITE, Sector.SANTE, None)
    return Points(
        ids=np.arange(100, 100 + count, dtype=np.int64),
        vectors=rows.astype(np.float32),
        sectors=[sectors[i % centres % 3] for i in range(count)],
        places=np.stack([made.uniform(49, 51, count), made.uniform(2, 4, count)], 1),
    )


def shuffled(points: Points, order: list[int]) -> Points:
    """The same needs in another order."""
    return Points(
        ids=points.ids[order],
        vectors=points.vectors[order],
        sectors=[points.sectors[i] for i in order],
        places=None if points.places is None else points.places[order],
    )


def facts(grouping: Grouping) -> dict[int, tuple[int, bytes, bytes, int]]:
    """All that is said of each need, to the byte."""
    return {
        int(need): (int(label), strength.tobytes(), margin.tobytes(), int(second))
        for need, label, strength, margin, second in zip(
            grouping.ids,
            grouping.labels,
            grouping.strength,
            grouping.margin,
            grouping.second,
            strict=True,
        )
    }


def with_copies(points: Points, of: int, count: int) -> Points:
    """The same needs, one of them told again word for word."""
    again = [*range(len(points.ids)), *[of] * count]
    copied = shuffled(points, again)
    return replace(copied, ids=np.arange(100, 100 + len(again), dtype=np.int64))


@given(seed=st.integers(0, 10_000), copies=st.integers(1, 80))
@settings(max_examples=25, deadline=None)
def test_copies_of_a_need_do_not_change_the_likeness_asked(seed: int, copies: int) -> None:
    points = replace(unit_rows(40, seed=seed), places=None)
    crowd = GROUPER.group(with_copies(points, 3, copies), Constraints())
    assert crowd.alike == pytest.approx(GROUPER.group(points, Constraints()).alike, abs=1e-6)


@given(seed=st.integers(0, 10_000), data=st.data())
@settings(max_examples=25, deadline=None)
def test_likeness_asked_depends_on_what_needs_say_not_on_their_numbers(
    seed: int, data: st.DataObject
) -> None:
    points = unit_rows(60, seed=seed)
    order = data.draw(st.permutations(range(60)))
    renumbered = replace(shuffled(points, list(order)), ids=points.ids)
    asked = (GROUPER.group(one, Constraints()).alike for one in (points, renumbered))
    assert next(asked) == pytest.approx(next(asked), abs=1e-6)


@pytest.mark.parametrize(("arrived", "moved"), [(0.0, 0.0), (0.25, 0.25), (1.0, 1.0)])
def test_likeness_asked_moves_as_needs_come(arrived: float, moved: float) -> None:
    points = unit_rows(40, seed=1)
    asked = GROUPER.group(points, Constraints()).alike
    parameters = GroupingParameters(before=asked - 0.1, arrived=arrived)
    found = load_grouper(parameters).group(points, Constraints()).alike
    assert found == pytest.approx(asked - 0.1 + moved * 0.1)


def test_needs_that_say_nothing_are_no_group() -> None:
    points = unit_rows(20, seed=2)
    points.vectors[::4] = 0
    labels = GROUPER.group(points, Constraints()).labels
    assert (labels[::4] == NOISE).all()
    assert (labels >= 0).any()


@pytest.mark.parametrize("grouper", [GROUPER, COARSE])
@given(seed=st.integers(0, 10_000), count=st.integers(0, 60), data=st.data())
@settings(max_examples=25, deadline=None)
def test_grouping_is_the_same_in_any_order(
    grouper: object, seed: int, count: int, data: st.DataObject
) -> None:
    points = unit_rows(count, seed=seed)
    order = data.draw(st.permutations(range(count)))
    asked = GROUPER if grouper is GROUPER else COARSE
    first = asked.group(points, Constraints())
    again = asked.group(shuffled(points, list(order)), Constraints())
    assert facts(first) == facts(again)
    assert first.ids.tolist() == points.ids.tolist()


@st.composite
def instructions(draw: st.DrawFn) -> tuple[int, Constraints]:
    """A number of needs and wishes about them, contradictory ones included."""
    count = draw(st.integers(2, 40))
    need = st.integers(100, 99 + count)
    pairs = st.lists(st.tuples(need, need).filter(lambda p: p[0] != p[1]), max_size=6)
    keys = st.integers(1, 4)
    return count, Constraints(
        together=tuple(draw(pairs)),
        apart=tuple(draw(pairs)),
        pinned=draw(st.dictionaries(need, keys, max_size=8)),
        locked=draw(st.frozensets(keys, max_size=2)),
    )


@pytest.mark.parametrize("grouper", [GROUPER, COARSE])
@given(wishes=instructions(), seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_constraints_are_respected(
    grouper: object, wishes: tuple[int, Constraints], seed: int
) -> None:
    count, constraints = wishes
    asked = GROUPER if grouper is GROUPER else COARSE
    grouping = asked.group(unit_rows(count, seed=seed), constraints)
    label = grouping.group_of
    refused = {frozenset(pair) for pair in contradictions(constraints)}
    for one, other in constraints.together:
        if frozenset((one, other)) not in refused:
            assert label[one] is not None
            assert label[one] == label[other]
    for one, other in constraints.apart:
        if frozenset((one, other)) not in refused:
            assert label[one] is None or label[one] != label[other]
    key_of = {need: grouping.keys.get(found) for need, found in label.items() if found is not None}
    for need, key in constraints.pinned.items():
        assert key_of.get(need) == key
    for need, own in key_of.items():
        if own in constraints.locked:
            assert constraints.pinned.get(need) == own


def test_contradictions_name_the_pairs_left_out() -> None:
    wishes = Constraints(
        together=((1, 2), (2, 3), (4, 5), (7, 8)),
        apart=((1, 3), (7, 8)),
        pinned={4: 10, 5: 11, 6: 12},
        locked=frozenset({12}),
    )
    assert contradictions(wishes) == ((2, 3), (4, 5), (7, 8))
    assert contradictions(Constraints(together=((1, 2),))) == ()


def test_needs_about_the_same_centre_meet() -> None:
    points = unit_rows(60, seed=1, spread=0.05)
    labels = GROUPER.group(points, Constraints()).labels
    assert [labels[i] == labels[0] for i in range(60)] == [i % 6 == 0 for i in range(60)]
    assert np.bincount(labels).tolist() == [10] * 6


def test_need_like_no_other_stays_alone() -> None:
    points = unit_rows(13, seed=2, spread=0.05)
    vectors = points.vectors.copy()
    vectors[12] = 0
    grouping = GROUPER.group(
        Points(ids=points.ids, vectors=vectors, sectors=points.sectors), Constraints()
    )
    assert grouping.labels[12] == NOISE
    assert grouping.strength[12] == 0


def test_labels_go_by_falling_size() -> None:
    labels = GROUPER.group(unit_rows(50, seed=3), Constraints()).labels
    sizes = np.bincount(labels[labels != NOISE])
    assert sizes.tolist() == sorted(sizes.tolist(), reverse=True)


def test_copies_of_a_need_stand_with_it() -> None:
    points = unit_rows(12, seed=4)
    twice = Points(
        ids=np.concatenate([points.ids, points.ids + 1000]),
        vectors=np.concatenate([points.vectors, points.vectors]),
        sectors=[*points.sectors, *points.sectors],
    )
    labels = GROUPER.group(twice, Constraints()).labels
    assert labels[:12].tolist() == labels[12:].tolist()
    assert NOISE not in labels


def test_the_same_theme_told_nearby_meets_before_the_same_theme_told_far_away() -> None:
    likeness = GroupingParameters().alike - 0.03
    rows = np.array([[1, 0], [likeness, np.sqrt(1 - likeness**2)]], dtype=np.float32)
    amiens, corbie, marseille = (49.9, 2.3), (49.91, 2.51), (43.3, 5.4)

    def together(one: tuple[float, float], other: tuple[float, float]) -> bool:
        points = Points(
            ids=np.array([1, 2]),
            vectors=rows,
            sectors=[Sector.SANTE, Sector.SANTE],
            places=np.array([one, other]),
        )
        parameters = GroupingParameters(sector_share=0, of_nearest=2)
        return bool(load_grouper(parameters).group(points, Constraints()).labels[0] != NOISE)

    assert together(amiens, corbie)
    assert not together(amiens, marseille)
    assert not together(amiens, (np.nan, np.nan))


def test_no_need_gives_no_group() -> None:
    points = Points(
        ids=np.zeros(0, dtype=np.int64), vectors=np.zeros((0, 0), dtype=np.float32), sectors=[]
    )
    assert GROUPER.group(points, Constraints()).group_of == {}


def test_need_given_twice_is_refused() -> None:
    points = unit_rows(2, seed=0)
    with pytest.raises(ValueError, match="twice"):
        GROUPER.group(
            Points(ids=np.array([1, 1]), vectors=points.vectors, sectors=points.sectors),
            Constraints(),
        )


def chosen(points: Points, places: list[int]) -> Points:
    """Some of the needs."""
    return shuffled(points, places)


def test_new_need_is_placed_in_the_group_of_its_like() -> None:
    points = unit_rows(36, seed=5, spread=0.05)
    groups = {10 + c: chosen(points, list(range(c, 30, 6))) for c in range(6)}
    found = place(chosen(points, [30, 31, 35]), groups, GroupingParameters())
    assert [(item.id, item.key) for item in found] == [(130, 10), (131, 11), (135, 15)]
    assert all(item.margin > 0 and item.strength > 0.75 for item in found)


def test_nothing_enters_a_locked_group() -> None:
    points = unit_rows(13, seed=6, spread=0.05)
    groups = {1: chosen(points, [0, 6])}
    newcomer = chosen(points, [12])
    assert place(newcomer, groups, GroupingParameters())[0].key == 1
    assert place(newcomer, groups, GroupingParameters(), locked={1})[0].key is None


def test_need_like_no_group_is_told_how_far_it_is() -> None:
    points = unit_rows(12, seed=7, spread=0.01)
    alone = place(chosen(points, [1]), {3: chosen(points, [0, 6])}, GroupingParameters(alike=0.95))[
        0
    ]
    assert (alone.key, alone.second) == (None, 3)
    assert alone.margin < 0
