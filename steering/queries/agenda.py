"""The context of an agenda: the same values for the screen, the phone, Word and PDF."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fabrique.core.access import Action, Actor
from fabrique.core.clock import local_date
from fabrique.core.errors import NotFound
from fabrique.core.territories import Fabrique, Territory
from steering.models import Agenda, AgendaItem, ItemOrigin, Meeting, MeetingState, Seat
from steering.planning.calendar import answer_before, quorum
from steering.planning.points import Fact, LeftOut
from steering.planning.timing import starts
from steering.planning.warnings import Member, Recusal, Spoken, recusals, to_know
from steering.queries.drafts import (
    agenda_of,
    candidates_of,
    key_of,
    last_frozen,
    left_out_of,
    reasons_of,
)
from steering.queries.meetings import meeting_named


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingHead:
    """Who meets, when, where, and what is needed to decide."""

    reference: str
    committee: str
    kind: str
    territory: str
    fabrique: str
    region: str
    carrier: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    minutes: int
    place: str
    state: str
    voting_seats: int
    quorum: int
    present_count: int | None
    answer_before: dt.date

    @property
    def day(self) -> dt.date:
        """The day of the meeting in France."""
        return local_date(self.starts_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaPoint:
    """One point as people see it; ``recused`` names the members who must not take part."""

    id: int
    key: str
    rank: int
    starts_at: dt.datetime
    kind: str
    origin: str
    topic: str
    title: str
    minutes: int
    rapporteur: str
    is_pinned: bool
    reasons: tuple[Fact, ...]
    synthesis: str
    proposal: str
    recused: tuple[str, ...]
    opportunity_reference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaPage:
    """One version of an agenda (0: the working one), with what it leaves out and what to know."""

    head: MeetingHead
    version: int
    frozen_at: dt.datetime | None
    points: tuple[AgendaPoint, ...]
    left_out: tuple[LeftOut, ...]
    known: tuple[Fact, ...]
    minutes_used: int
    mandatory_minutes: int
    next_version: int
    recipients: int
    may_edit: bool
    may_freeze: bool

    @property
    def margin(self) -> int:
        """Minutes left free; negative when the agenda exceeds the meeting."""
        return self.head.minutes - self.minutes_used

    @property
    def decisions(self) -> tuple[AgendaPoint, ...]:
        """The proposals worth a paragraph: about a dossier, or that somebody wrote about."""
        return tuple(
            point
            for point in self.points
            if point.kind == "decision"
            and point.proposal
            and (point.opportunity_reference or point.synthesis or point.origin == "added")
        )


def agenda_page(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    version: int | None = None,
    now: dt.datetime,
) -> AgendaPage:
    """One version of a meeting's agenda; by default the working one, else the one in force.

    Members of the committee see frozen versions only. Raises ``NotFound`` if there is none.
    """
    meeting = meeting_named(session, actor, reference, Action.COMMITTEE_READ)
    territory_id = meeting.committee.territory_id
    may_edit = actor.may(Action.AGENDA_PREPARE, territory_id)
    frozen = last_frozen(session, meeting)
    agenda = _wanted(session, meeting, frozen, version, may_edit=may_edit)
    if agenda is None:
        raise NotFound("agenda.none")
    alive = meeting.state in {MeetingState.PLANNED, MeetingState.OPEN}
    highest = session.scalar(
        select(func.max(Agenda.version)).where(Agenda.meeting_id == meeting.id)
    )
    seats = meeting.committee.seats
    found, known = _warnings(meeting, agenda, is_convened=frozen is not None, now=now)
    return AgendaPage(
        head=meeting_head(session, meeting),
        version=agenda.version,
        frozen_at=agenda.frozen_at,
        points=_points(meeting, agenda, found),
        left_out=left_out_of(agenda),
        known=known,
        minutes_used=sum(item.minutes for item in agenda.items),
        mandatory_minutes=sum(
            item.minutes for item in agenda.items if item.origin is ItemOrigin.MANDATORY
        ),
        next_version=(highest or 0) + 1,
        recipients=len({seat.person_id for seat in seats if seat.person_id is not None}),
        may_edit=may_edit and alive and agenda.version == 0,
        may_freeze=actor.may(Action.AGENDA_FREEZE, territory_id) and alive,
    )


def _warnings(
    meeting: Meeting, agenda: Agenda, *, is_convened: bool, now: dt.datetime
) -> tuple[tuple[Recusal, ...], tuple[Fact, ...]]:
    members = [_member(seat) for seat in meeting.committee.seats]
    spoken = [_spoken(item) for item in agenda.items]
    known = to_know(
        spoken,
        members,
        minutes=meeting.minutes,
        meeting_day=local_date(meeting.starts_at),
        notice_days=meeting.committee.notice_days,
        today=local_date(now),
        is_convened=is_convened,
    )
    return recusals(spoken, members), known


def meeting_head(session: Session, meeting: Meeting) -> MeetingHead:
    """The head of a meeting whose committee and seats are loaded."""
    committee = meeting.committee
    fabrique, territory = session.execute(
        select(Fabrique, Territory)
        .join(Territory, Territory.fabrique_id == Fabrique.id)
        .where(Territory.id == committee.territory_id)
    ).one()
    voting = sum(1 for seat in committee.seats if seat.is_voting)
    return MeetingHead(
        reference=meeting.reference,
        committee=committee.name,
        kind=committee.kind.value,
        territory=territory.name,
        fabrique=fabrique.name,
        region=fabrique.region_name,
        carrier=fabrique.carrier_name,
        starts_at=meeting.starts_at,
        ends_at=meeting.starts_at + dt.timedelta(minutes=meeting.minutes),
        minutes=meeting.minutes,
        place=meeting.place,
        state=meeting.state.value,
        voting_seats=voting,
        quorum=quorum(voting),
        present_count=meeting.present_count,
        answer_before=answer_before(local_date(meeting.starts_at)),
    )


def _wanted(
    session: Session,
    meeting: Meeting,
    frozen: Agenda | None,
    version: int | None,
    *,
    may_edit: bool,
) -> Agenda | None:
    if version == 0 and not may_edit:
        return None
    if version is not None:
        return agenda_of(session, meeting, version)
    working = agenda_of(session, meeting, 0) if may_edit else None
    return working or frozen


def _member(seat: Seat) -> Member:
    return Member(
        name=seat.holder_name, organisation=seat.organisation_name, is_voting=seat.is_voting
    )


def _spoken(item: AgendaItem) -> Spoken:
    return Spoken(
        number=item.position,
        kind=item.kind.value,
        minutes=item.minutes,
        has_rapporteur=bool(item.rapporteur),
        has_proposal=bool(item.proposal),
        candidates=candidates_of(item),
    )


def _points(
    meeting: Meeting, agenda: Agenda, found: tuple[Recusal, ...]
) -> tuple[AgendaPoint, ...]:
    begins = starts(item.minutes for item in agenda.items)
    return tuple(
        AgendaPoint(
            id=item.id,
            key=key_of(item),
            rank=item.position,
            starts_at=meeting.starts_at + dt.timedelta(minutes=begin),
            kind=item.kind.value,
            origin=item.origin.value,
            topic=item.topic,
            title=item.title,
            minutes=item.minutes,
            rapporteur=item.rapporteur,
            is_pinned=item.is_pinned,
            reasons=reasons_of(item),
            synthesis=item.synthesis,
            proposal=item.proposal,
            recused=tuple(one.member for one in found if one.number == item.position),
            opportunity_reference=item.opportunity.reference if item.opportunity else None,
        )
        for item, begin in zip(agenda.items, begins, strict=True)
    )
