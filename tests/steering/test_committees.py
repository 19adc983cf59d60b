"""Years, committees, seats and meetings; the room; decisions and what follows; projects."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.models import OpportunityStage, Verdict
from fabrique.core.access import Actor, machine
from fabrique.core.errors import Conflict, FabriqueError, Forbidden, Invalid, NotFound
from fabrique.core.outbox import OutboxMessage
from fabrique.core.people import Person, Role
from fabrique.core.territories import Fabrique, Territory
from steering.decisions import (
    DecisionEntry,
    FollowUpEntry,
    correct_decision,
    open_follow_up,
    record_decision,
    remind_late,
    report_progress,
)
from steering.models import (
    CommitteeKind,
    Decision,
    DecisionOutcome,
    FollowUp,
    FollowUpState,
    Meeting,
    MeetingState,
    ProjectState,
)
from steering.programmes import (
    SeatEntry,
    add_seat,
    cancel_meeting,
    close_year,
    move_meeting,
    open_committee,
    open_year,
    plan_meeting,
)
from steering.projects import (
    promise_milestone,
    reach_milestone,
    report_jobs,
    report_state,
    start_project,
)
from steering.queries.decisions import decisions_page, record_page
from steering.sessions import close_session, open_session, record_attendance
from tests import builders

ADOPTED = DecisionEntry(
    item_title="Garage solidaire : étude rendue",
    outcome=DecisionOutcome.ADOPTED,
    text="Lancer l'appel à porteur.",
    reason="Le besoin est avéré.",
    votes_for=8,
    votes_against=1,
    abstentions=2,
)
SEAT = SeatEntry(
    holder_name="Alix Duval",
    quality="Vice-présidente",
    organisation_name="Communauté de communes",
    college="collectivités",
    is_voting=True,
)


@pytest.fixture
def actor(session: Session, fabrique: Fabrique) -> Actor:
    return builders.a_facilitator(session, fabrique)[1]


@pytest.fixture
def territory(session: Session, fabrique: Fabrique) -> Territory:
    return builders.a_territory(session, fabrique)


@pytest.fixture
def meeting(session: Session, territory: Territory) -> Meeting:
    committee = builders.a_committee(session, territory)
    return builders.a_meeting(session, committee, reference="COPIL-2026-02")


@pytest.fixture
def in_session(session: Session, actor: Actor, meeting: Meeting, now: dt.datetime) -> str:
    return open_session(session, actor, meeting.reference, now=now).reference


def test_a_year_a_committee_seats_and_numbered_meetings(
    session: Session, actor: Actor, territory: Territory, now: dt.datetime
) -> None:
    open_year(session, actor, territory.id, 2026, now=now)
    committee = open_committee(
        session,
        actor,
        territory.id,
        CommitteeKind.COPIL,
        name=" Comité de pilotage ",
        notice_days=15,
        now=now,
    )
    seat = add_seat(session, actor, committee.id, SEAT, now=now)
    planned = [
        plan_meeting(
            session,
            actor,
            committee.id,
            starts_at=dt.datetime(2026, month, 10, 13, 0, tzinfo=dt.UTC),
            minutes=120,
            place="Laon",
            now=now,
        ).reference
        for month in (6, 12)
    ]
    assert (committee.name, seat.organisation_name) == (
        "Comité de pilotage",
        "Communauté de communes",
    )
    assert planned == ["COPIL-2026-01", "COPIL-2026-02"]


def test_programme_verbs_refuse_what_exists_or_is_missing(
    session: Session, actor: Actor, territory: Territory, meeting: Meeting, now: dt.datetime
) -> None:
    copil, start = meeting.committee_id, dt.datetime(2027, 1, 5, 9, tzinfo=dt.UTC)
    spot = {"minutes": 60, "place": "", "now": now}
    kind = CommitteeKind.COPIL
    refusals = {
        "year.already_open": lambda: open_year(session, actor, territory.id, 2026, now=now),
        "year.unknown": lambda: close_year(session, actor, territory.id, 2031, now=now),
        "year.has_meetings": lambda: close_year(session, actor, territory.id, 2026, now=now),
        "year.not_open": lambda: plan_meeting(session, actor, copil, starts_at=start, **spot),
        "territory.unknown": lambda: open_year(session, actor, 10**6, 2026, now=now),
        "committee.already_open": lambda: open_committee(
            session, actor, territory.id, kind, name="Encore", notice_days=5, now=now
        ),
        "committee.name_missing": lambda: open_committee(
            session, actor, territory.id, kind, name=" ", notice_days=5, now=now
        ),
        "committee.notice_days_out_of_range": lambda: open_committee(
            session, actor, territory.id, kind, name="Un", notice_days=61, now=now
        ),
        "committee.unknown": lambda: add_seat(session, actor, 10**6, SEAT, now=now),
        "meeting.other_year": lambda: move_meeting(
            session, actor, meeting.reference, starts_at=start, **spot
        ),
        "meeting.minutes_out_of_range": lambda: move_meeting(
            session, actor, meeting.reference, starts_at=start, minutes=0, place="", now=now
        ),
        "meeting.unknown": lambda: cancel_meeting(session, actor, "COPIL-1999-01", "", now=now),
    }
    for code, act in refusals.items():
        with pytest.raises(FabriqueError) as refused:
            act()
        assert refused.value.code == code


def test_closed_year_takes_no_more_meetings(
    session: Session, actor: Actor, territory: Territory, meeting: Meeting, now: dt.datetime
) -> None:
    cancel_meeting(session, actor, meeting.reference, "La salle est prise.", now=now)
    closed = close_year(session, actor, territory.id, 2026, now=now)
    assert closed.closed_on == dt.date(2026, 11, 24)
    with pytest.raises(Conflict, match=r"year\.closed"):
        plan_meeting(
            session,
            actor,
            meeting.committee_id,
            starts_at=now,
            minutes=60,
            place="",
            now=now,
        )


def test_a_moved_meeting_keeps_its_reference(
    session: Session, actor: Actor, meeting: Meeting, now: dt.datetime
) -> None:
    later = dt.datetime(2026, 12, 17, 8, 0, tzinfo=dt.UTC)
    moved = move_meeting(
        session, actor, meeting.reference, starts_at=later, minutes=150, place="Vervins", now=now
    )
    assert (moved.reference, moved.minutes, moved.place) == ("COPIL-2026-02", 150, "Vervins")


def test_a_meeting_opens_counts_people_and_closes(
    session: Session, actor: Actor, meeting: Meeting, now: dt.datetime
) -> None:
    for voting in (True, True, False):
        entry = SeatEntry(
            holder_name="Alix", quality="", organisation_name="", college="", is_voting=voting
        )
        add_seat(session, actor, meeting.committee_id, entry, now=now)
    session.expire_all()
    reference = meeting.reference
    with pytest.raises(Conflict, match=r"meeting\.not_open"):
        record_attendance(session, actor, reference, 1, now=now)
    open_session(session, actor, reference, now=now)
    with pytest.raises(Conflict, match=r"meeting\.not_planned"):
        open_session(session, actor, reference, now=now)
    with pytest.raises(Invalid, match=r"meeting\.present_out_of_range"):
        record_attendance(session, actor, reference, 3, now=now)
    assert record_attendance(session, actor, reference, 2, now=now).present_count == 2
    assert close_session(session, actor, reference, now=now).state is MeetingState.CLOSED
    with pytest.raises(Conflict, match=r"meeting\.not_open"):
        close_session(session, actor, reference, now=now)


def test_decisions_are_numbered_in_their_meeting(
    session: Session, actor: Actor, in_session: str, now: dt.datetime
) -> None:
    made = [record_decision(session, actor, in_session, ADOPTED, now=now) for _ in range(2)]
    assert [one.reference for one in made] == ["COPIL-2026-02/D-01", "COPIL-2026-02/D-02"]
    assert (made[0].recorded_by_id, made[0].recorded_at) == (actor.person_id, now)


def test_a_verdict_moves_its_opportunity(
    session: Session, fabrique: Fabrique, actor: Actor, in_session: str, now: dt.datetime
) -> None:
    opportunity = builders.an_opportunity(session, fabrique)
    entry = DecisionEntry(
        item_title="Garage",
        outcome=DecisionOutcome.ADOPTED,
        text="Lancer l'appel à porteur.",
        reason="Le besoin est avéré.",
        verdict=Verdict.CALL,
        opportunity_reference=opportunity.reference,
    )
    decision = record_decision(session, actor, in_session, entry, now=now)
    assert decision.opportunity_id == opportunity.id
    assert (opportunity.stage, opportunity.stage_since) == (
        OpportunityStage.CALL,
        dt.date(2026, 11, 24),
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": " "}, "text"),
        ({"verdict": Verdict.CALL}, "verdict"),
        ({"outcome": DecisionOutcome.REJECTED, "reason": ""}, "reason"),
        ({"outcome": DecisionOutcome.ADJOURNED, "reason": ""}, "reason"),
        ({"votes_against": -1}, "votes_against"),
    ],
)
def test_record_decision_refuses_a_wrong_entry_and_writes_nothing(
    *,
    session: Session,
    actor: Actor,
    in_session: str,
    now: dt.datetime,
    changes: dict[str, object],
    field: str,
) -> None:
    values = {name: getattr(ADOPTED, name) for name in DecisionEntry.__dataclass_fields__}
    entry = DecisionEntry(**(values | changes))  # type: ignore[arg-type]
    with pytest.raises(Invalid) as refused:
        record_decision(session, actor, in_session, entry, now=now)
    assert refused.value.field == field
    assert session.scalar(select(Decision.id)) is None


def test_record_decision_asks_for_an_open_meeting_and_a_person(
    session: Session, fabrique: Fabrique, actor: Actor, meeting: Meeting, now: dt.datetime
) -> None:
    with pytest.raises(Conflict, match=r"meeting\.not_open"):
        record_decision(session, actor, meeting.reference, ADOPTED, now=now)
    open_session(session, actor, meeting.reference, now=now)
    with pytest.raises(Conflict, match=r"decision\.needs_a_person"):
        record_decision(session, machine(fabrique.id), meeting.reference, ADOPTED, now=now)


def test_a_correction_is_a_new_decision_that_cites_the_old_one(
    session: Session, actor: Actor, in_session: str, now: dt.datetime
) -> None:
    first = record_decision(session, actor, in_session, ADOPTED, now=now)
    close_session(session, actor, in_session, now=now)
    second = correct_decision(session, actor, first.reference, ADOPTED, now=now)
    assert (second.reference, second.corrects_id) == ("COPIL-2026-02/D-02", first.id)
    with pytest.raises(Conflict) as refused:
        correct_decision(session, actor, first.reference, ADOPTED, now=now)
    assert refused.value.facts == {"reference": "COPIL-2026-02/D-02"}
    page = record_page(session, actor, in_session, now=now)
    assert [(one.corrects, one.corrected_by) for one in page.decisions] == [
        (None, "COPIL-2026-02/D-02"),
        ("COPIL-2026-02/D-01", None),
    ]


def a_task(session: Session, actor: Actor, reference: str, owner: Person | None) -> FollowUp:
    decision = record_decision(session, actor, reference, ADOPTED, now=builders.NOW)
    entry = FollowUpEntry(
        task="Écrire l'appel",
        owner_name=owner.name if owner else "Samira Kaddour",
        due_on=dt.date(2026, 11, 20),
        owner_id=owner.id if owner else None,
    )
    return open_follow_up(session, actor, decision.reference, entry, now=builders.NOW)


def test_a_member_reports_what_is_asked_of_him_and_nothing_else(
    *,
    session: Session,
    fabrique: Fabrique,
    territory: Territory,
    actor: Actor,
    in_session: str,
    now: dt.datetime,
) -> None:
    person, member = builders.an_actor(session, fabrique, Role.COMMITTEE_MEMBER, territory)
    mine = a_task(session, actor, in_session, person)
    other = a_task(session, actor, in_session, None)
    done = report_progress(session, member, mine.id, FollowUpState.DONE, " C'est prêt. ", now=now)
    assert (done.state, done.progress, done.updated_at) == (FollowUpState.DONE, "C'est prêt.", now)
    with pytest.raises(Forbidden, match=r"follow_up\.not_yours"):
        report_progress(session, member, other.id, FollowUpState.DONE, "", now=now)
    page = decisions_page(session, member, now=now)
    assert [(one.task, one.is_late, one.may_report) for one in page.waiting] == [
        ("Écrire l'appel", True, False)
    ]
    report_progress(session, actor, other.id, FollowUpState.DROPPED, "Plus utile", now=now)
    assert decisions_page(session, actor, now=now).waiting == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"task": " "}, "follow_up.task_missing"),
        ({"owner_name": " "}, "follow_up.owner_missing"),
        ({"owner_id": 10**6}, "person.unknown"),
    ],
)
def test_open_follow_up_refuses_what_nobody_could_do(
    *,
    session: Session,
    actor: Actor,
    in_session: str,
    now: dt.datetime,
    changes: dict[str, object],
    code: str,
) -> None:
    decision = record_decision(session, actor, in_session, ADOPTED, now=now)
    values = {"task": "Écrire", "owner_name": "Samira", "due_on": dt.date(2026, 12, 1)}
    entry = FollowUpEntry(**(values | changes))  # type: ignore[arg-type]
    with pytest.raises(FabriqueError) as refused:
        open_follow_up(session, actor, decision.reference, entry, now=now)
    assert refused.value.code == code


def test_late_actions_are_reminded_once_a_week(
    session: Session, fabrique: Fabrique, actor: Actor, in_session: str, now: dt.datetime
) -> None:
    owner = builders.a_person(session, fabrique)
    a_task(session, actor, in_session, owner)
    a_task(session, actor, in_session, None)
    for days in (0, 1, 7):
        assert remind_late(session, actor, now=now + dt.timedelta(days=days)) == 2
    sent = session.scalars(
        select(OutboxMessage).where(OutboxMessage.recipient == owner.email)
    ).all()
    assert len(sent) == 2
    assert "20/11/2026" in sent[0].body


def test_decisions_of_another_territory_are_not_in_sight(
    session: Session, fabrique: Fabrique, actor: Actor, in_session: str, now: dt.datetime
) -> None:
    decision = record_decision(session, actor, in_session, ADOPTED, now=now)
    elsewhere = builders.a_territory(session, fabrique, communes=("59350",))
    _, neighbour = builders.an_actor(session, fabrique, Role.FACILITATOR, elsewhere)
    assert decisions_page(session, neighbour, now=now).decisions == ()
    with pytest.raises(NotFound, match=r"meeting\.unknown"):
        record_page(session, neighbour, in_session, now=now)
    with pytest.raises(NotFound, match=r"decision\.unknown"):
        correct_decision(session, neighbour, decision.reference, ADOPTED, now=now)


def test_a_project_starts_once_promises_steps_and_counts_jobs(
    session: Session, fabrique: Fabrique, actor: Actor, in_session: str, now: dt.datetime
) -> None:
    opportunity = builders.an_opportunity(session, fabrique, stage=OpportunityStage.HANDOVER)
    holder = builders.a_holder(session, fabrique)
    decision = record_decision(session, actor, in_session, ADOPTED, now=now)
    start = {"title": "", "holder_id": holder.id, "decision_reference": decision.reference}
    project = start_project(session, actor, opportunity.reference, now=now, **start)  # type: ignore[arg-type]
    assert (project.reference, project.title, project.decision_id) == (
        "P-2026-01",
        opportunity.title,
        decision.id,
    )
    assert opportunity.stage is OpportunityStage.PROJECT
    with pytest.raises(Conflict, match=r"project\.already_started"):
        start_project(session, actor, opportunity.reference, now=now, **start)  # type: ignore[arg-type]
    step = promise_milestone(
        session, actor, project.reference, "Louer le local", dt.date(2027, 2, 1), now=now
    )
    reach_milestone(session, actor, project.reference, step.id, now=now)
    assert step.reached_on == dt.date(2026, 11, 24)
    with pytest.raises(Conflict, match=r"milestone\.already_reached"):
        reach_milestone(session, actor, project.reference, step.id, now=now)
    report_jobs(session, actor, project.reference, 2.5, now=now)
    report_state(
        session, actor, project.reference, ProjectState.IN_DIFFICULTY, "Trésorerie", now=now
    )
    assert (project.jobs_fte, project.state, project.news) == (
        2.5,
        ProjectState.IN_DIFFICULTY,
        "Trésorerie",
    )


def test_project_verbs_refuse_what_is_unknown_or_impossible(
    session: Session, fabrique: Fabrique, actor: Actor, now: dt.datetime
) -> None:
    opportunity = builders.an_opportunity(session, fabrique)
    project = builders.a_project(session, opportunity)
    other = builders.an_opportunity(session, fabrique)
    reference = project.reference
    refusals = {
        "project.unknown": lambda: report_jobs(session, actor, "P-1999-01", 1, now=now),
        "project.jobs_out_of_range": lambda: report_jobs(session, actor, reference, -1, now=now),
        "milestone.unknown": lambda: reach_milestone(session, actor, reference, 10**6, now=now),
        "milestone.title_missing": lambda: promise_milestone(
            session, actor, reference, " ", now.date(), now=now
        ),
        "holder.unknown": lambda: start_project(
            session,
            actor,
            other.reference,
            title="",
            holder_id=10**6,
            decision_reference=None,
            now=now,
        ),
    }
    for code, act in refusals.items():
        with pytest.raises(FabriqueError) as refused:
            act()
        assert refused.value.code == code


def test_seats_and_past_meetings_refuse_what_makes_no_sense(
    session: Session, actor: Actor, meeting: Meeting, now: dt.datetime
) -> None:
    copil, reference = meeting.committee_id, meeting.reference
    start, kind = meeting.starts_at, CommitteeKind.COTECH
    nobody, stranger = replace(SEAT, holder_name=" "), replace(SEAT, person_id=10**6)
    meeting.state = MeetingState.CLOSED
    refusals = {
        "seat.name_missing": lambda: add_seat(session, actor, copil, nobody, now=now),
        "person.unknown": lambda: add_seat(session, actor, copil, stranger, now=now),
        "meeting.not_planned": lambda: cancel_meeting(session, actor, reference, "", now=now),
        "territory.unknown": lambda: open_committee(
            session, actor, 10**6, kind, name="Un comité", notice_days=5, now=now
        ),
    }
    for code, act in refusals.items():
        with pytest.raises(FabriqueError) as refused:
            act()
        assert refused.value.code == code
    with pytest.raises(Conflict, match=r"meeting\.not_planned"):
        move_meeting(session, actor, reference, starts_at=start, minutes=60, place="", now=now)


def test_a_year_closes_once(
    session: Session, actor: Actor, territory: Territory, now: dt.datetime
) -> None:
    open_year(session, actor, territory.id, 2026, now=now)
    close_year(session, actor, territory.id, 2026, now=now)
    with pytest.raises(Conflict, match=r"year\.closed"):
        close_year(session, actor, territory.id, 2026, now=now)
