"""Fitting the minutes: properties that hold for any portfolio."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steering.planning.points import Point
from steering.planning.timing import Draft, draft, heaviest, starts


def a_point(key: str, **values: object) -> Point:
    defaults: dict[str, object] = {
        "key": key,
        "topic": "idea",
        "kind": "decision",
        "section": 5,
        "title": key,
        "minutes": 10,
        "weight": 40,
    }
    return Point(**(defaults | values))  # type: ignore[arg-type]


points = st.lists(
    st.builds(
        a_point,
        st.integers(0, 10_000).map("opportunity-{}".format),
        section=st.integers(0, 11),
        minutes=st.integers(1, 45),
        weight=st.integers(0, 150),
        is_mandatory=st.sampled_from([False, False, False, True]),
        is_kept=st.sampled_from([False, False, False, True]),
    ),
    unique_by=lambda point: point.key,
    max_size=40,
)
lengths = st.integers(1, 240)


@given(points, lengths)
def test_draft_exceeds_the_minutes_only_if_what_must_stay_does(
    given_points: list[Point], minutes: int
) -> None:
    planned = draft(given_points, minutes=minutes)
    staying = sum(point.minutes for point in given_points if point.stays)
    assert planned.minutes_used <= max(minutes, staying)


@given(points, lengths)
def test_draft_keeps_every_mandatory_pinned_and_resized_point_as_it_is(
    given_points: list[Point], minutes: int
) -> None:
    planned = draft(given_points, minutes=minutes)
    assert {point for point in planned.points if point.stays} == {
        point for point in given_points if point.stays
    }


@given(points, lengths)
def test_draft_places_every_point_once_or_leaves_it_out_with_a_reason(
    given_points: list[Point], minutes: int
) -> None:
    planned = draft(given_points, minutes=minutes)
    outside = [left.point.key for left in planned.left_out]
    inside = [point.key for point in planned.points]
    assert sorted(inside + outside) == sorted(point.key for point in given_points)
    assert {left.reason.code for left in planned.left_out} <= {"does_not_fit"}


@given(points, lengths, st.randoms(use_true_random=False))
def test_draft_ignores_the_order_of_its_input(
    given_points: list[Point],
    minutes: int,
    random: "st.random_module",  # type: ignore[valid-type]
) -> None:
    shuffled = list(given_points)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert draft(shuffled, minutes=minutes) == draft(given_points, minutes=minutes)


@given(points, lengths)
def test_draft_follows_the_sections(given_points: list[Point], minutes: int) -> None:
    sections = [point.section for point in draft(given_points, minutes=minutes).points]
    assert sections == sorted(sections)


@given(points, lengths, st.data())
def test_draft_keeps_the_order_a_person_gave(
    given_points: list[Point], minutes: int, data: st.DataObject
) -> None:
    present = data.draw(st.permutations([point.key for point in given_points if point.stays]))
    planned = draft(given_points, minutes=minutes, present=present)
    assert [point.key for point in planned.points if point.stays] == list(present)


@given(points, lengths)
def test_drafting_again_from_a_draft_changes_nothing(
    given_points: list[Point], minutes: int
) -> None:
    first = draft(given_points, minutes=minutes)
    again = draft(given_points, minutes=minutes, present=[point.key for point in first.points])
    assert again == first


def test_of_equal_dossiers_those_opened_first_are_kept_and_come_first() -> None:
    offered = [a_point(f"opportunity-{number}", minutes=20) for number in (8, 9, 10, 11)]
    planned = draft(offered, minutes=60)
    assert [point.key for point in planned.points] == [
        "opportunity-8",
        "opportunity-9",
        "opportunity-10",
    ]


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 30)), max_size=8), st.integers(0, 40))
def test_heaviest_weighs_as_much_as_the_best_of_all_choices(
    sizes: list[tuple[int, int]], minutes: int
) -> None:
    offered = [
        a_point(f"opportunity-{number}", minutes=length, weight=weight)
        for number, (length, weight) in enumerate(sizes)
    ]
    best = max(
        sum(point.weight for point in choice)
        for count in range(len(offered) + 1)
        for choice in itertools.combinations(offered, count)
        if sum(point.minutes for point in choice) <= minutes
    )
    assert sum(point.weight for point in heaviest(offered, minutes=minutes)) == best


def test_draft_says_when_obligations_alone_are_too_long() -> None:
    obligations = [a_point("budget", minutes=130, is_mandatory=True), a_point("opportunity-1")]
    planned = draft(obligations, minutes=120)
    assert (planned.mandatory_minutes, planned.minutes, planned.is_impossible) == (130, 120, True)
    assert [left.point.key for left in planned.left_out] == ["opportunity-1"]


def test_draft_slips_a_new_point_where_its_section_belongs() -> None:
    offered = [
        a_point("welcome", section=0, is_mandatory=True),
        a_point("budget", section=9, is_mandatory=True),
        a_point("opportunity-1", section=5),
    ]
    planned = draft(offered, minutes=60, present=["budget", "welcome"])
    assert [point.key for point in planned.points] == ["opportunity-1", "budget", "welcome"]


def test_draft_of_nothing_is_empty() -> None:
    assert draft([], minutes=90) == Draft(points=(), left_out=(), minutes=90)


def test_draft_refuses_two_points_with_one_key() -> None:
    with pytest.raises(ValueError, match="same key"):
        draft([a_point("opportunity-1"), a_point("opportunity-1", weight=3)], minutes=60)


def test_draft_refuses_a_point_without_time() -> None:
    with pytest.raises(ValueError, match="one minute"):
        draft([a_point("opportunity-1", minutes=0)], minutes=60)


def test_starts_add_up() -> None:
    assert starts([5, 10, 20]) == (0, 5, 15)
