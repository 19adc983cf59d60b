"""Acts that set the stage: a year on a territory, its committees, their seats, their meetings."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fabrique.core.access import Action, Actor
from fabrique.core.clock import local_date
from fabrique.core.db import JsonValue
from fabrique.core.errors import Conflict, Invalid, NotFound
from fabrique.core.journal import record
from fabrique.core.people import Person
from fabrique.core.references import next_reference
from fabrique.core.territories import Territory
from steering.models import Committee, CommitteeKind, Meeting, MeetingState, Programme, Seat
from steering.queries.meetings import committee_named, meeting_named

_LONGEST_MINUTES = 600


def open_year(
    session: Session, actor: Actor, territory_id: int, year: int, *, now: dt.datetime
) -> Programme:
    """Open a year of the fabrique on a territory; ``Conflict`` if it is already open."""
    actor.require(Action.AGENDA_PREPARE, territory_id)
    _require_territory(session, actor, territory_id)
    if _programme(session, actor, territory_id, year) is not None:
        raise Conflict("year.already_open", year=year)
    programme = Programme(
        fabrique_id=actor.fabrique_id,
        territory_id=territory_id,
        year=year,
        opened_on=local_date(now),
    )
    session.add(programme)
    session.flush()
    record(session, actor, "year.opened", f"year-{year}-{territory_id}", now=now)
    return programme


def close_year(
    session: Session, actor: Actor, territory_id: int, year: int, *, now: dt.datetime
) -> Programme:
    """Close a year; ``Conflict`` while one of its meetings is planned or open."""
    actor.require(Action.AGENDA_PREPARE, territory_id)
    programme = _programme(session, actor, territory_id, year)
    if programme is None:
        raise NotFound("year.unknown")
    if programme.closed_on is not None:
        raise Conflict("year.closed", year=year)
    alive = session.scalar(
        select(Meeting.reference)
        .where(
            Meeting.programme_id == programme.id,
            Meeting.state.in_([MeetingState.PLANNED, MeetingState.OPEN]),
        )
        .order_by(Meeting.starts_at)
        .limit(1)
    )
    if alive is not None:
        raise Conflict("year.has_meetings", reference=alive)
    programme.closed_on = local_date(now)
    record(session, actor, "year.closed", f"year-{year}-{territory_id}", now=now)
    return programme


def open_committee(
    session: Session,
    actor: Actor,
    territory_id: int,
    kind: CommitteeKind,
    *,
    name: str,
    notice_days: int,
    now: dt.datetime,
) -> Committee:
    """Open a committee on a territory: one of each kind; ``notice_days`` before each meeting."""
    actor.require(Action.AGENDA_PREPARE, territory_id)
    _require_territory(session, actor, territory_id)
    if not name.strip():
        raise Invalid("committee.name_missing", field="name")
    if not 0 <= notice_days <= 60:
        raise Invalid("committee.notice_days_out_of_range", field="notice_days")
    existing = session.scalar(
        select(Committee.id).where(
            Committee.fabrique_id == actor.fabrique_id,
            Committee.territory_id == territory_id,
            Committee.kind == kind,
        )
    )
    if existing is not None:
        raise Conflict("committee.already_open")
    committee = Committee(
        fabrique_id=actor.fabrique_id,
        territory_id=territory_id,
        kind=kind,
        name=name.strip(),
        notice_days=notice_days,
    )
    session.add(committee)
    session.flush()
    record(session, actor, "committee.opened", f"committee-{committee.id}", now=now)
    return committee


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatEntry:
    """Who sits, in which quality, for whom, in which college, with or without a vote."""

    holder_name: str
    quality: str
    organisation_name: str
    college: str
    is_voting: bool
    person_id: int | None = None


def add_seat(
    session: Session, actor: Actor, committee_id: int, entry: SeatEntry, *, now: dt.datetime
) -> Seat:
    """Add a seat to a committee; the person, if named, belongs to the same fabrique."""
    committee = committee_named(session, actor, committee_id, Action.AGENDA_PREPARE)
    if not entry.holder_name.strip():
        raise Invalid("seat.name_missing", field="holder_name")
    if entry.person_id is not None:
        person = session.get(Person, entry.person_id)
        if person is None or person.fabrique_id != actor.fabrique_id:
            raise NotFound("person.unknown")
    seat = Seat(
        committee_id=committee.id,
        person_id=entry.person_id,
        holder_name=entry.holder_name.strip(),
        quality=entry.quality.strip(),
        organisation_name=entry.organisation_name.strip(),
        college=entry.college.strip(),
        is_voting=entry.is_voting,
    )
    session.add(seat)
    session.flush()
    record(session, actor, "seat.added", f"committee-{committee.id}", now=now)
    return seat


def plan_meeting(
    session: Session,
    actor: Actor,
    committee_id: int,
    *,
    starts_at: dt.datetime,
    minutes: int,
    place: str,
    now: dt.datetime,
) -> Meeting:
    """Plan a meeting of a committee, numbered in its year (``COPIL-2026-02``)."""
    committee = committee_named(session, actor, committee_id, Action.AGENDA_PREPARE)
    _require_duration(minutes)
    year = local_date(starts_at).year
    programme = _programme(session, actor, committee.territory_id, year)
    if programme is None:
        raise Conflict("year.not_open", year=year)
    if programme.closed_on is not None:
        raise Conflict("year.closed", year=year)
    prefix = committee.kind.value.upper()
    meeting = Meeting(
        fabrique_id=actor.fabrique_id,
        reference=next_reference(session, actor.fabrique_id, prefix, year, digits=2),
        committee_id=committee.id,
        programme_id=programme.id,
        starts_at=starts_at,
        minutes=minutes,
        place=place.strip(),
        state=MeetingState.PLANNED,
    )
    session.add(meeting)
    session.flush()
    record(session, actor, "meeting.planned", meeting.reference, now=now)
    return meeting


def move_meeting(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    starts_at: dt.datetime,
    minutes: int,
    place: str,
    now: dt.datetime,
) -> Meeting:
    """Change the hour, the length or the place of a planned meeting."""
    meeting = meeting_named(session, actor, reference, Action.AGENDA_PREPARE)
    _require_duration(minutes)
    if meeting.state is not MeetingState.PLANNED:
        raise Conflict("meeting.not_planned")
    if local_date(starts_at).year != meeting.programme.year:
        raise Invalid("meeting.other_year", field="starts_at", year=meeting.programme.year)
    before: dict[str, JsonValue] = {
        "starts_at": meeting.starts_at.isoformat(),
        "minutes": meeting.minutes,
    }
    meeting.starts_at, meeting.minutes, meeting.place = starts_at, minutes, place.strip()
    record(session, actor, "meeting.moved", reference, now=now, facts=before)
    return meeting


def cancel_meeting(
    session: Session, actor: Actor, reference: str, why: str, *, now: dt.datetime
) -> Meeting:
    """Cancel a planned meeting, and say why."""
    meeting = meeting_named(session, actor, reference, Action.AGENDA_PREPARE)
    if meeting.state is not MeetingState.PLANNED:
        raise Conflict("meeting.not_planned")
    meeting.state = MeetingState.CANCELLED
    record(session, actor, "meeting.cancelled", reference, now=now, why=why.strip()[:500])
    return meeting


def _require_duration(minutes: int) -> None:
    if not 1 <= minutes <= _LONGEST_MINUTES:
        raise Invalid("meeting.minutes_out_of_range", field="minutes", longest=_LONGEST_MINUTES)


def _require_territory(session: Session, actor: Actor, territory_id: int) -> None:
    territory = session.get(Territory, territory_id)
    if territory is None or territory.fabrique_id != actor.fabrique_id:
        raise NotFound("territory.unknown")


def _programme(session: Session, actor: Actor, territory_id: int, year: int) -> Programme | None:
    return session.scalar(
        select(Programme).where(
            Programme.fabrique_id == actor.fabrique_id,
            Programme.territory_id == territory_id,
            Programme.year == year,
        )
    )
