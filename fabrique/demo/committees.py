"""Loads the committees, their past meetings with frozen agendas and decisions, and those to come.
The past is written as it was: verbs would refuse to record a decision in a closed meeting."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.models import Opportunity, Verdict
from fabrique.core.access import Actor
from fabrique.core.clock import PARIS
from fabrique.core.people import Person
from fabrique.core.references import ReferenceCounter
from fabrique.core.territories import Territory
from fabrique.demo.files import Row, rows_from, rows_of, tables
from fabrique.demo.people import seat_emails
from matching.models import ProjectHolder
from steering.models import (
    Agenda,
    AgendaItem,
    Committee,
    CommitteeKind,
    Decision,
    DecisionOutcome,
    FollowUp,
    FollowUpState,
    ItemKind,
    ItemOrigin,
    Meeting,
    MeetingState,
    Milestone,
    Programme,
    Project,
    ProjectState,
    Seat,
)

_PROJECT_STATES = {
    "running": ProjectState.RUNNING,
    "in_difficulty": ProjectState.IN_DIFFICULTY,
    "closed": ProjectState.STOPPED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Year:
    session: Session
    actor: Actor
    territory: Territory
    people: Mapping[str, Person]
    names: Mapping[str, str]
    opportunities: Mapping[str, Opportunity]


def load_year(
    session: Session, actor: Actor, opportunities: Mapping[str, Opportunity]
) -> dict[str, int]:
    """Write the committees and everything they did; ``opportunities`` by their key in the data."""
    told = tables("committees")
    year = _Year(
        session=session,
        actor=actor,
        territory=session.scalars(
            select(Territory).where(Territory.fabrique_id == actor.fabrique_id)
        ).one(),
        people=_people(session, actor),
        names=_names(told),
        opportunities=opportunities,
    )
    programmes = {each.year: each for each in _programmes(year, told)}
    committees = {row.text("key"): _committee(year, row) for row in rows_of(told, "committee")}
    meetings, decisions = {}, {}
    for row in rows_of(told, "meeting"):
        meeting = _meeting(year, row, committees[row.text("committee")], programmes)
        meetings[row.text("key")] = meeting
        if row.text("status") == "held":
            _frozen_agenda(year, row, meeting)
            for decision in row.rows("decision"):
                key = (row.text("key"), decision.text("number"))
                decisions[key] = _decision(year, row, decision, meeting)
    for row in rows_of(told, "follow_up"):
        _follow_up(year, row, decisions[row.text("meeting"), row.text("decision")])
    projects = [row for row in rows_of(told, "project") if row.text("opportunity")]
    for row in projects:
        _project(year, row)
    _keep_counting(year, [meeting.reference for meeting in meetings.values()])
    session.flush()
    return {
        "committees": len(committees),
        "meetings": len(meetings),
        "decisions": len(decisions),
        "follow_ups": len(rows_of(told, "follow_up")),
        "projects": len(projects),
    }


def _keep_counting(year: _Year, references: list[str]) -> None:
    """Let the next meetings be numbered after those of the story."""
    last: dict[tuple[str, int], int] = {}
    for reference in references:
        prefix, number_of_year, number = reference.split("-")
        key = (prefix, int(number_of_year))
        last[key] = max(last.get(key, 0), int(number))
    year.session.add_all(
        ReferenceCounter(
            fabrique_id=year.actor.fabrique_id, prefix=prefix, year=number_of_year, last=number
        )
        for (prefix, number_of_year), number in last.items()
    )


def _people(session: Session, actor: Actor) -> dict[str, Person]:
    by_email = {
        person.email: person
        for person in session.scalars(select(Person).where(Person.fabrique_id == actor.fabrique_id))
    }
    return {key: by_email[email] for key, email in seat_emails().items()}


def _names(told: Mapping[str, object]) -> dict[str, str]:
    return {
        row.text("key"): row.text("name")
        for row in [
            *rows_of(told, "team"),
            *(seat for committee in rows_of(told, "committee") for seat in committee.rows("seat")),
        ]
    }


def _programmes(year: _Year, told: Mapping[str, object]) -> list[Programme]:
    opened = Row(told).row("programme").values["opened_on"]
    if not isinstance(opened, dt.date):
        raise TypeError("programme.opened_on is not a date")
    years = {_day(row, "date").year for row in rows_of(told, "meeting")}
    programmes = [
        Programme(
            fabrique_id=year.actor.fabrique_id,
            territory_id=year.territory.id,
            year=number,
            opened_on=opened if number == opened.year + 1 else dt.date(number, 1, 6),
            closed_on=dt.date(number, 12, 31) if number <= opened.year else None,
        )
        for number in sorted(years)
    ]
    year.session.add_all(programmes)
    year.session.flush()
    return programmes


def _committee(year: _Year, row: Row) -> Committee:
    committee = Committee(
        fabrique_id=year.actor.fabrique_id,
        territory_id=year.territory.id,
        kind=CommitteeKind(row.text("kind")),
        name=row.text("name"),
        notice_days=row.number("notice_days"),
    )
    year.session.add(committee)
    year.session.flush()
    organisations = _organisation_names()
    for seat in row.rows("seat"):
        year.session.add(
            Seat(
                committee_id=committee.id,
                person_id=year.people[seat.text("key")].id,
                holder_name=seat.text("name"),
                quality=seat.text("quality"),
                organisation_name=organisations.get(seat.text("organisation"), ""),
                college=seat.text("college"),
                is_voting=seat.flag("voting"),
            )
        )
    return committee


def _organisation_names() -> dict[str, str]:
    return {row.text("key"): row.text("name") for row in rows_from("organisations")}


def _meeting(
    year: _Year, row: Row, committee: Committee, programmes: Mapping[int, Programme]
) -> Meeting:
    held = row.text("status") == "held"
    meeting = Meeting(
        fabrique_id=year.actor.fabrique_id,
        reference=row.text("reference"),
        committee_id=committee.id,
        programme_id=programmes[_day(row, "date").year].id,
        starts_at=_moment(row, "start"),
        minutes=row.number("minutes"),
        place=row.text("place"),
        state=MeetingState.CLOSED if held else MeetingState.PLANNED,
        present_count=len(row.texts("present")) if held else None,
    )
    year.session.add(meeting)
    year.session.flush()
    return meeting


def _frozen_agenda(year: _Year, row: Row, meeting: Meeting) -> None:
    frozen_at = dt.datetime.combine(_day(row, "agenda_frozen_on"), dt.time(10), tzinfo=PARIS)
    agenda = Agenda(
        meeting_id=meeting.id,
        version=row.number("agenda_version"),
        drafted_at=frozen_at,
        frozen_at=frozen_at,
        frozen_by_id=year.actor.person_id,
        left_out={},
    )
    year.session.add(agenda)
    year.session.flush()
    for item in row.rows("item"):
        opportunity = year.opportunities.get(item.text("opportunity"))
        year.session.add(
            AgendaItem(
                agenda_id=agenda.id,
                position=item.number("number"),
                kind=ItemKind(item.text("kind")),
                origin=ItemOrigin.ADDED,
                topic="added",
                title=item.text("title"),
                minutes=item.number("minutes"),
                rapporteur=year.names.get(item.text("rapporteur"), ""),
                opportunity_id=opportunity.id if opportunity else None,
                facts={},
                synthesis=item.text("synthesis"),
            )
        )


def _decision(year: _Year, meeting_row: Row, row: Row, meeting: Meeting) -> Decision:
    number = int(row.text("number").removeprefix("D-"))
    vote = row.row("vote")
    opportunity = year.opportunities.get(row.text("opportunity"))
    decision = Decision(
        fabrique_id=year.actor.fabrique_id,
        reference=f"{meeting.reference}/D-{number:02d}",
        meeting_id=meeting.id,
        number=number,
        item_title=row.text("title"),
        outcome=DecisionOutcome(row.text("outcome")),
        verdict=Verdict(row.text("verdict")) if row.text("verdict") else None,
        text=row.text("text"),
        reason=row.text("motive"),
        votes_for=vote.number("for", 0),
        votes_against=vote.number("against", 0),
        abstentions=vote.number("abstain", 0),
        opportunity_id=opportunity.id if opportunity else None,
        recorded_at=_moment(meeting_row, "end"),
        recorded_by_id=year.actor.person_id or 0,
    )
    year.session.add(decision)
    year.session.flush()
    return decision


def _follow_up(year: _Year, row: Row, decision: Decision) -> None:
    owner = row.text("owner")
    done_on = row.values.get("done_on")
    changed = done_on if isinstance(done_on, dt.date) else decision.recorded_at.date()
    year.session.add(
        FollowUp(
            fabrique_id=year.actor.fabrique_id,
            decision_id=decision.id,
            task=row.text("what"),
            owner_name=year.names.get(owner, owner),
            owner_id=year.people[owner].id if owner in year.people else None,
            due_on=_day(row, "due_on"),
            state=FollowUpState.DONE if row.text("state") == "done" else FollowUpState.TO_DO,
            progress=row.text("comment"),
            updated_at=dt.datetime.combine(changed, dt.time(12), tzinfo=PARIS),
        )
    )


def _project(year: _Year, row: Row) -> None:
    opportunity = year.opportunities[row.text("opportunity")]
    started = _day(row, "started_on")
    project = Project(
        fabrique_id=year.actor.fabrique_id,
        reference=opportunity.reference.replace("O-", "P-"),
        opportunity_id=opportunity.id,
        holder_id=_holder_id(year, row.text("holder")),
        title=row.text("title"),
        state=_PROJECT_STATES[row.text("status")],
        started_on=started,
        jobs_fte=row.decimal("jobs_fte"),
        jobs_reported_on=started,
        news=row.text("alert") or row.text("lesson") or row.text("summary"),
    )
    year.session.add(project)
    year.session.flush()
    for milestone in row.rows("milestones"):
        reached = milestone.values.get("reached_on")
        year.session.add(
            Milestone(
                project_id=project.id,
                title=milestone.text("what"),
                due_on=_day(milestone, "due_on"),
                reached_on=reached if isinstance(reached, dt.date) else None,
            )
        )


def _holder_id(year: _Year, key: str) -> int | None:
    names = {row.text("key"): row.text("name") for row in rows_from("holders")}
    return year.session.scalar(
        select(ProjectHolder.id).where(
            ProjectHolder.fabrique_id == year.actor.fabrique_id,
            ProjectHolder.name == names.get(key, ""),
        )
    )


def _day(row: Row, name: str) -> dt.date:
    value = row.values.get(name)
    if not isinstance(value, dt.date):
        raise TypeError(f"{name}: {value!r} is not a date")
    return value


def _moment(row: Row, name: str) -> dt.datetime:
    return dt.datetime.combine(
        _day(row, "date"), dt.time.fromisoformat(row.text(name)), tzinfo=PARIS
    )
