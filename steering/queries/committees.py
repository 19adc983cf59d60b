"""The committees in sight with their meetings, and the page of one meeting."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from fabrique.core.access import Action, Actor
from fabrique.core.territories import Territory
from steering.models import Agenda, Committee, Decision, Meeting, MeetingState
from steering.queries.agenda import MeetingHead, meeting_head
from steering.queries.decisions import DecisionsPage, decisions_page
from steering.queries.meetings import committees_in_sight, meeting_named


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitteeLine:
    """A committee: where it sits, who votes."""

    id: int
    kind: str
    name: str
    territory: str
    seats: int
    voting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingLine:
    """A meeting in a list; ``version`` is the agenda in force, 0 when none is frozen."""

    reference: str
    kind: str
    committee: str
    starts_at: dt.datetime
    minutes: int
    place: str
    state: str
    has_draft: bool
    version: int
    decisions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitteesView:
    """Committees, meetings to come (soonest first), past ones (latest first), what waits."""

    committees: tuple[CommitteeLine, ...]
    to_come: tuple[MeetingLine, ...]
    past: tuple[MeetingLine, ...]
    followed: DecisionsPage
    may_plan: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLine:
    """Who sits in the committee."""

    id: int
    name: str
    quality: str
    organisation: str
    college: str
    is_voting: bool
    person_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingView:
    """One meeting: its head, its seats, where its agenda stands, what may be done."""

    head: MeetingHead
    seats: tuple[SeatLine, ...]
    has_draft: bool
    version: int
    decisions: int
    may_prepare: bool
    may_record: bool


def committees_view(session: Session, actor: Actor, *, now: dt.datetime) -> CommitteesView:
    """What the home of committees shows; drafts are told to those who may prepare them only."""
    actor.require(Action.COMMITTEE_READ)
    committees = session.execute(
        select(Committee, Territory.name)
        .join(Territory, Territory.id == Committee.territory_id)
        .where(Committee.fabrique_id == actor.fabrique_id, committees_in_sight(actor))
        .options(selectinload(Committee.seats))
        .order_by(Territory.name, Committee.kind)
    ).all()
    lines = _meeting_lines(session, actor)
    alive = {MeetingState.PLANNED.value, MeetingState.OPEN.value}
    return CommitteesView(
        committees=tuple(
            CommitteeLine(
                id=committee.id,
                kind=committee.kind.value,
                name=committee.name,
                territory=territory,
                seats=len(committee.seats),
                voting=sum(1 for seat in committee.seats if seat.is_voting),
            )
            for committee, territory in committees
        ),
        to_come=tuple(line for line in lines if line.state in alive),
        past=tuple(line for line in reversed(lines) if line.state not in alive),
        followed=decisions_page(session, actor, now=now),
        may_plan=actor.may(Action.AGENDA_PREPARE),
    )


def meeting_view(session: Session, actor: Actor, reference: str) -> MeetingView:
    """The page of one meeting; ``NotFound`` if it is not in sight."""
    meeting = meeting_named(session, actor, reference, Action.COMMITTEE_READ)
    territory_id = meeting.committee.territory_id
    may_prepare = actor.may(Action.AGENDA_PREPARE, territory_id)
    versions = _versions(session, [meeting.id])[meeting.id]
    decisions = session.scalar(
        select(func.count(Decision.id)).where(Decision.meeting_id == meeting.id)
    )
    return MeetingView(
        head=meeting_head(session, meeting),
        seats=tuple(
            SeatLine(
                id=seat.id,
                name=seat.holder_name,
                quality=seat.quality,
                organisation=seat.organisation_name,
                college=seat.college,
                is_voting=seat.is_voting,
                person_id=seat.person_id,
            )
            for seat in meeting.committee.seats
        ),
        has_draft=may_prepare and 0 in versions,
        version=max(versions, default=0),
        decisions=decisions or 0,
        may_prepare=may_prepare,
        may_record=actor.may(Action.DECISION_RECORD, territory_id),
    )


def _meeting_lines(session: Session, actor: Actor) -> list[MeetingLine]:
    meetings = session.scalars(
        select(Meeting)
        .join(Meeting.committee)
        .where(Meeting.fabrique_id == actor.fabrique_id, committees_in_sight(actor))
        .options(contains_eager(Meeting.committee))
        .order_by(Meeting.starts_at, Meeting.id)
    ).all()
    ids = [meeting.id for meeting in meetings]
    versions = _versions(session, ids)
    decisions = Counter(
        session.scalars(select(Decision.meeting_id).where(Decision.meeting_id.in_(ids)))
    )
    return [
        MeetingLine(
            reference=meeting.reference,
            kind=meeting.committee.kind.value,
            committee=meeting.committee.name,
            starts_at=meeting.starts_at,
            minutes=meeting.minutes,
            place=meeting.place,
            state=meeting.state.value,
            has_draft=0 in versions[meeting.id]
            and actor.may(Action.AGENDA_PREPARE, meeting.committee.territory_id),
            version=max(versions[meeting.id], default=0),
            decisions=decisions[meeting.id],
        )
        for meeting in meetings
    ]


def _versions(session: Session, meeting_ids: list[int]) -> Mapping[int, set[int]]:
    versions: defaultdict[int, set[int]] = defaultdict(set)
    for meeting_id, version in session.execute(
        select(Agenda.meeting_id, Agenda.version).where(Agenda.meeting_id.in_(meeting_ids))
    ):
        versions[meeting_id].add(version)
    return versions
