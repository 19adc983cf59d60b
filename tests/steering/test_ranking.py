"""What a portfolio offers to each committee, and why."""

import datetime as dt
from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steering.planning.outline import Outline, outlines
from steering.planning.points import Fact, Point, Proposed
from steering.planning.ranking import (
    Dossier,
    FollowUpCounts,
    Portfolio,
    ProjectCase,
    copil_points,
    cotech_points,
)
from steering.planning.timing import draft

TODAY = dt.date(2026, 11, 24)
OUTLINES = outlines(files("steering.planning").joinpath("outlines.toml").read_text("utf-8"))
COPIL, COTECH = OUTLINES["copil"], OUTLINES["cotech"]
GARAGE = Dossier(
    key="opportunity-1",
    title="Garage solidaire en Thiérache",
    stage="study",
    since=dt.date(2026, 2, 2),
    sector="mobilite",
    area="02",
    testimonies=47,
    communes=12,
    verdict="call",
    study_returned_on=dt.date(2026, 10, 14),
)

dossiers = st.lists(
    st.builds(
        Dossier,
        key=st.integers(1, 5000).map("opportunity-{}".format),
        title=st.just("Un dossier"),
        stage=st.sampled_from(["need_proven", "idea", "study", "call", "handover", "project"]),
        since=st.dates(dt.date(2025, 1, 1), TODAY),
        sector=st.sampled_from(["mobilite", "habitat", "sante"]),
        area=st.sampled_from(["", "02", "59"]),
        testimonies=st.integers(0, 400),
        communes=st.integers(0, 60),
        verdict=st.sampled_from([None, "deepen", "study", "call", "abandon", "hand_over"]),
        study_returned_on=st.none() | st.dates(dt.date(2025, 1, 1), TODAY),
        candidates=st.sampled_from([(), ("La Marmite",), ("La Marmite", "Les Tabliers verts")]),
        contacted=st.integers(0, 9),
        late_follow_ups=st.integers(0, 3),
    ),
    unique_by=lambda dossier: dossier.key,
    max_size=30,
).map(tuple)


def the_point(proposed: Proposed, key: str = "opportunity-1") -> Point:
    return next(point for point in proposed.points if point.key == key)


def the_reason(dossier: Dossier, outline: Outline = COPIL, **portfolio: object) -> Fact:
    offered = copil_points if outline is COPIL else cotech_points
    values = {"year": 2026, "dossiers": (dossier,)} | portfolio
    proposed = offered(Portfolio(**values), outline, today=TODAY)  # type: ignore[arg-type]
    [left] = proposed.left_out
    return left.reason


@given(dossiers, st.booleans())
def test_every_dossier_is_a_point_or_left_out_with_a_reason(
    given_dossiers: tuple[Dossier, ...], technical: bool
) -> None:
    offered, outline = (cotech_points, COTECH) if technical else (copil_points, COPIL)
    proposed = offered(Portfolio(year=2026, dossiers=given_dossiers), outline, today=TODAY)
    inside = {point.key for point in proposed.points}
    outside = {left.point.key for left in proposed.left_out}
    keys = {dossier.key for dossier in given_dossiers}
    assert inside & keys | outside == keys
    assert not inside & outside


@given(dossiers, st.randoms(use_true_random=False))
def test_an_agenda_ignores_the_order_of_the_portfolio(
    given_dossiers: tuple[Dossier, ...],
    random: "st.random_module",  # type: ignore[valid-type]
) -> None:
    shuffled = list(given_dossiers)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    agendas = [
        draft(
            copil_points(Portfolio(year=2026, dossiers=order), COPIL, today=TODAY).points,
            minutes=120,
        )
        for order in (given_dossiers, tuple(shuffled))
    ]
    assert agendas[0] == agendas[1]


@given(dossiers, st.integers(1, 300))
def test_more_testimonies_never_weigh_less(given_dossiers: tuple[Dossier, ...], more: int) -> None:
    louder = tuple(replace(one, testimonies=one.testimonies + more) for one in given_dossiers)
    before = copil_points(Portfolio(year=2026, dossiers=given_dossiers), COPIL, today=TODAY)
    after = copil_points(Portfolio(year=2026, dossiers=louder), COPIL, today=TODAY)
    assert all(
        new.weight >= old.weight for old, new in zip(before.points, after.points, strict=True)
    )


def test_a_returned_study_is_decided_with_its_facts() -> None:
    portfolio = Portfolio(year=2026, dossiers=(GARAGE,))
    point = the_point(copil_points(portfolio, COPIL, today=TODAY))
    assert point.title == "Garage solidaire en Thiérache : étude rendue"
    assert (point.kind, point.minutes) == ("decision", 20)
    assert point.proposal == "Lancer l'appel à porteur."
    assert point.facts == (
        Fact("voices", {"testimonies": 47, "communes": 12}),
        Fact("study_returned", {"days": 41}),
        Fact("sector_undecided", {"sector": "mobilite", "year": 2026}),
    )


def test_a_sector_already_decided_this_year_weighs_less_and_says_the_area_instead() -> None:
    fresh = Portfolio(year=2026, dossiers=(GARAGE,))
    served = replace(fresh, decided_sectors=frozenset({"mobilite"}))
    before, after = (the_point(copil_points(one, COPIL, today=TODAY)) for one in (fresh, served))
    assert after.weight == before.weight - 15
    assert after.facts[-1] == Fact("area_undecided", {"area": "02", "year": 2026})


def test_an_opportunity_without_holder_is_an_orphan_after_ninety_days() -> None:
    alone = replace(GARAGE, stage="call", since=TODAY - dt.timedelta(days=90), contacted=7)
    portfolio = Portfolio(year=2026, dossiers=(alone,))
    point = the_point(copil_points(portfolio, COPIL, today=TODAY))
    assert point.topic == "orphan"
    assert point.facts[1] == Fact("holders_contacted", {"contacted": 7, "refusals": 0})


def test_several_candidates_are_chosen_between() -> None:
    held = replace(GARAGE, stage="handover", candidates=("La Marmite", "Les Tabliers verts"))
    portfolio = Portfolio(year=2026, dossiers=(held,))
    point = the_point(copil_points(portfolio, COPIL, today=TODAY))
    assert point.proposal == "Choisir à qui confier le projet : La Marmite et Les Tabliers verts."
    one = replace(held, candidates=("La Marmite",))
    portfolio = Portfolio(year=2026, dossiers=(one,))
    point = the_point(copil_points(portfolio, COPIL, today=TODAY))
    assert point.proposal == "Confier le projet à La Marmite."


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"stage": "idea", "verdict": None}, Fact("awaits_opinion", {"day": "2026-12-03"})),
        ({"stage": "idea", "verdict": "deepen"}, Fact("settled_by_cotech")),
        ({"study_returned_on": None}, Fact("study_running", {"days": 295})),
        ({"stage": "call", "since": dt.date(2026, 11, 12)}, Fact("holder_sought", {"days": 12})),
        ({"stage": "project"}, Fact("is_a_project")),
    ],
)
def test_copil_leaves_out_what_is_not_ripe(changes: dict[str, object], reason: Fact) -> None:
    dossier = replace(GARAGE, **changes)  # type: ignore[arg-type]
    assert the_reason(dossier, next_cotech=dt.date(2026, 12, 3)) == reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"stage": "idea", "verdict": "study"}, Fact("waits_for_copil", {"day": "2026-12-10"})),
        ({}, Fact("waits_for_copil", {"day": "2026-12-10"})),
        ({"stage": "call"}, Fact("with_introductions")),
    ],
)
def test_cotech_leaves_to_copil_what_it_has_prepared(
    changes: dict[str, object], reason: Fact
) -> None:
    dossier = replace(GARAGE, **changes)  # type: ignore[arg-type]
    assert the_reason(dossier, COTECH, next_copil=dt.date(2026, 12, 10)) == reason


def test_a_project_in_difficulty_is_spoken_of_and_a_quiet_one_is_not() -> None:
    projects = (
        ProjectCase(key="project-1", title="Épicerie de Rue", sector="alimentation"),
        ProjectCase(
            key="project-2",
            title="Cantine partagée",
            sector="alimentation",
            is_in_difficulty=True,
            late_milestones=1,
            days_late=40,
            holder="La Marmite",
        ),
    )
    proposed = copil_points(Portfolio(year=2026, projects=projects), COPIL, today=TODAY)
    point = the_point(proposed, "project-2")
    assert point.title == "Cantine partagée : projet en alerte"
    assert point.candidates == ("La Marmite",)
    assert point.facts == (
        Fact("in_difficulty"),
        Fact("late_milestones", {"count": 1, "days": 40}),
    )
    [left] = proposed.left_out
    assert (left.point.title, left.reason) == ("Épicerie de Rue", Fact("project_on_track"))


def test_obligations_and_collective_points_come_with_their_matter_only() -> None:
    empty = copil_points(Portfolio(year=2026), COPIL, today=TODAY)
    assert [point.topic for point in empty.points] == [
        "welcome",
        "year_report",
        "budget",
        "calendar",
    ]
    full = Portfolio(
        year=2026,
        previous_reference="COPIL-2026-01",
        previous_day="18 juin",
        follow_ups=FollowUpCounts(total=14, done=11, late=3, very_late=3),
        new_needs=74,
    )
    titles = [point.title for point in copil_points(full, COPIL, today=TODAY).points]
    assert titles[1] == "Approuver le relevé du 18 juin"
    assert titles[2] == "Suivi des décisions : 3 en cours, dont 3 en retard"
    assert len(titles) == 7


def test_cotech_prepares_the_next_copil_when_there_is_one() -> None:
    portfolio = Portfolio(
        year=2026, groupings_to_review=6, introductions_waiting=2, next_copil=TODAY
    )
    topics = [point.topic for point in cotech_points(portfolio, COTECH, today=TODAY).points]
    assert topics == [
        "welcome",
        "new_needs",
        "groupings",
        "introductions",
        "copil_preparation",
        "actions",
    ]


def test_three_hundred_dossiers_make_an_agenda_that_fits() -> None:
    many = tuple(
        replace(GARAGE, key=f"opportunity-{number}", testimonies=number) for number in range(300)
    )
    proposed = copil_points(Portfolio(year=2026, dossiers=many), COPIL, today=TODAY)
    planned = draft(proposed.points, minutes=120)
    assert planned.minutes_used <= 120
    assert len(planned.left_out) + len(planned.points) == len(proposed.points)
