"""What a coordinator must know before a meeting, and the days that count."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrique.core.clock import is_working_day
from steering.planning.calendar import (
    answer_before,
    convocation_deadline,
    quorum,
    working_days_before,
)
from steering.planning.indicators import FUNNEL, FunnelStep, funnel
from steering.planning.points import Fact
from steering.planning.warnings import Member, Recusal, Spoken, recusals, to_know

MEETING = dt.date(2026, 12, 10)
MEMBERS = (
    Member(name="Alix Duval", organisation="La Marmite de Thiérache", is_voting=True),
    Member(name="Marc Vasseur", organisation="Département de l’Aisne", is_voting=True),
    Member(name="Claire Delattre", organisation="Coordination", is_voting=False),
)
TRANSFER = Spoken(
    number=6,
    kind="decision",
    minutes=20,
    has_rapporteur=True,
    has_proposal=True,
    candidates=("LA MARMITE DE THIERACHE",),
)


def known(*points: Spoken, today: dt.date = dt.date(2026, 11, 24), **values: object) -> list[Fact]:
    defaults: dict[str, object] = {
        "minutes": 120,
        "meeting_day": MEETING,
        "notice_days": 15,
        "today": today,
        "is_convened": False,
    }
    return list(to_know(points, MEMBERS, **(defaults | values)))  # type: ignore[arg-type]


def test_convocation_leaves_fifteen_days_before() -> None:
    assert convocation_deadline(MEETING, notice_days=15) == dt.date(2026, 11, 25)


@pytest.mark.parametrize(
    ("meeting", "deadline"),
    [
        (dt.date(2026, 6, 8), dt.date(2026, 5, 22)),  # 24 May is a Sunday
        (dt.date(2026, 11, 26), dt.date(2026, 11, 10)),  # 11 November is a holiday
    ],
)
def test_convocation_never_leaves_on_a_day_off(meeting: dt.date, deadline: dt.date) -> None:
    assert convocation_deadline(meeting, notice_days=15) == deadline


@given(st.dates(dt.date(2024, 1, 1), dt.date(2032, 1, 1)), st.integers(0, 60))
def test_deadlines_are_working_days_before_the_meeting(day: dt.date, notice: int) -> None:
    deadline = convocation_deadline(day, notice_days=notice)
    assert is_working_day(deadline)
    assert deadline <= day - dt.timedelta(days=notice)
    assert is_working_day(answer_before(day))


def test_answers_come_four_working_days_before() -> None:
    assert answer_before(MEETING) == dt.date(2026, 12, 4)
    assert working_days_before(MEETING, 0) == MEETING


@pytest.mark.parametrize(("seats", "needed"), [(0, 0), (1, 1), (16, 8), (17, 9)])
def test_quorum_is_half_of_the_voting_seats(seats: int, needed: int) -> None:
    assert quorum(seats) == needed


def test_a_member_of_a_candidate_organisation_is_recused_whatever_the_spelling() -> None:
    assert recusals([TRANSFER], MEMBERS) == (
        Recusal(number=6, member="Alix Duval", organisation="La Marmite de Thiérache"),
    )


def test_to_know_says_deadline_recusal_and_quorum_in_that_order() -> None:
    assert known(TRANSFER) == [
        Fact("convocation_due", {"day": "2026-11-25", "notice_days": 15}),
        Fact("recusal", {"number": 6, "member": "Alix Duval"}),
        Fact("quorum", {"needed": 1, "voting": 2}),
    ]


def test_to_know_says_that_the_convocation_is_late() -> None:
    [late, *_] = known(TRANSFER, today=dt.date(2026, 11, 26))
    assert late == Fact("convocation_late", {"day": "2026-11-25", "notice_days": 15})


@pytest.mark.parametrize("values", [{"is_convened": True}, {"today": dt.date(2026, 12, 11)}])
def test_to_know_forgets_the_convocation_once_sent_or_past(values: dict[str, object]) -> None:
    assert "convocation" not in " ".join(fact.code for fact in known(**values))  # type: ignore[arg-type]


def test_to_know_tells_over_run_and_what_is_not_prepared() -> None:
    bare = Spoken(number=1, kind="decision", minutes=128, has_rapporteur=False, has_proposal=False)
    codes = {fact.code: fact.values for fact in known(bare)}
    assert codes["over_run"] == {"over": 8}
    assert codes["no_proposal"] == {"number": 1}
    assert codes["no_rapporteur"] == {"count": 1}


def test_to_know_says_that_nobody_votes() -> None:
    facts = to_know(
        [],
        [],
        minutes=60,
        meeting_day=MEETING,
        notice_days=15,
        today=MEETING,
        is_convened=True,
    )
    assert facts == (Fact("no_voting_seat"),)


def test_funnel_gives_the_share_of_the_step_before() -> None:
    steps = funnel({"needs": 400, "clusters": 40, "opportunities": 10, "projects": 2, "jobs": 4.5})
    assert [step.code for step in steps] == list(FUNNEL)
    assert steps[1] == FunnelStep(code="clusters", count=40, share=0.1)
    assert steps[4].share is None
    assert steps[5] == FunnelStep(code="jobs", count=4.5, share=None)
