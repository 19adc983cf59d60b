"""Decisions and what was asked of people after them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from fabrique.core.access import Action, Actor
from fabrique.core.clock import local_date
from fabrique.core.errors import NotFound
from steering.models import Decision, FollowUp, FollowUpState, Meeting, MeetingState
from steering.queries.agenda import MeetingHead, meeting_head
from steering.queries.meetings import committees_in_sight, meeting_named


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpLine:
    """One action, and whether the reader may say where it stands."""

    id: int
    task: str
    owner_name: str
    due_on: dt.date
    state: str
    progress: str
    is_late: bool
    may_report: bool
    decision_reference: str
    meeting_reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """One decision as it was recorded, what it corrects, what corrects it, what follows."""

    reference: str
    number: int
    item_title: str
    outcome: str
    verdict: str | None
    text: str
    reason: str
    votes_for: int | None
    votes_against: int | None
    abstentions: int | None
    recorded_at: dt.datetime
    meeting_reference: str
    opportunity_reference: str | None
    corrects: str | None
    corrected_by: str | None
    follow_ups: tuple[FollowUpLine, ...]

    @property
    def short(self) -> str:
        """The number within the meeting: « D-07 »."""
        return self.reference.rpartition("/")[2]

    @property
    def anchor(self) -> str:
        """What an address points at on a page of decisions: « COPIL-2026-01-D-07 »."""
        return self.reference.replace("/", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """The decisions of one meeting, in order."""

    head: MeetingHead
    decisions: tuple[DecisionLine, ...]
    may_record: bool
    may_correct: bool
    next_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsPage:
    """Every decision in sight, newest first, and the actions still open, most urgent first."""

    decisions: tuple[DecisionLine, ...]
    waiting: tuple[FollowUpLine, ...]


def record_page(session: Session, actor: Actor, reference: str, *, now: dt.datetime) -> RecordPage:
    """The decisions of a meeting with their follow-ups; ``NotFound`` if it is not in sight."""
    meeting = meeting_named(session, actor, reference, Action.COMMITTEE_READ)
    decisions = session.scalars(
        _all_decisions(actor).where(Decision.meeting_id == meeting.id).order_by(Decision.number)
    ).all()
    lines = _lines(session, actor, decisions, today=local_date(now))
    may_record = actor.may(Action.DECISION_RECORD, meeting.committee.territory_id)
    return RecordPage(
        head=meeting_head(session, meeting),
        decisions=lines,
        may_record=may_record and meeting.state is MeetingState.OPEN,
        may_correct=may_record,
        next_number=max((line.number for line in lines), default=0) + 1,
    )


def decisions_page(
    session: Session, actor: Actor, *, now: dt.datetime, limit: int = 100
) -> DecisionsPage:
    """The last decisions in sight and the actions that wait."""
    actor.require(Action.COMMITTEE_READ)
    decisions = session.scalars(
        _all_decisions(actor).order_by(Decision.recorded_at.desc(), Decision.id.desc()).limit(limit)
    ).all()
    lines = _lines(session, actor, decisions, today=local_date(now))
    waiting = [one for line in lines for one in line.follow_ups if one.state == "to_do"]
    return DecisionsPage(
        decisions=lines,
        waiting=tuple(sorted(waiting, key=lambda one: (one.due_on, one.id))),
    )


def follow_up_page(
    session: Session, actor: Actor, follow_up_id: int, *, now: dt.datetime
) -> FollowUpLine:
    """One action as its reader sees it; ``NotFound`` if it is not in sight."""
    row = follow_up_of(session, actor, follow_up_id)
    return _follow_up_line(row, row.decision, actor, local_date(now))


def _all_decisions(actor: Actor) -> Select[Decision]:
    return (
        select(Decision)
        .join(Decision.meeting)
        .join(Meeting.committee)
        .where(Decision.fabrique_id == actor.fabrique_id, committees_in_sight(actor))
        .options(
            contains_eager(Decision.meeting).contains_eager(Meeting.committee),
            joinedload(Decision.opportunity),
        )
    )


def _lines(
    session: Session, actor: Actor, decisions: Iterable[Decision], *, today: dt.date
) -> tuple[DecisionLine, ...]:
    by_id = {decision.id: decision for decision in decisions}
    corrected_by = {
        decision.corrects_id: decision.reference
        for decision in by_id.values()
        if decision.corrects_id is not None
    }
    follow_ups: defaultdict[int, list[FollowUpLine]] = defaultdict(list)
    for row in session.scalars(
        select(FollowUp)
        .where(FollowUp.decision_id.in_(by_id))
        .order_by(FollowUp.due_on, FollowUp.id)
    ):
        line = _follow_up_line(row, by_id[row.decision_id], actor, today)
        follow_ups[row.decision_id].append(line)
    return tuple(
        _line(
            decision,
            corrects=by_id.get(decision.corrects_id or 0),
            corrected_by=corrected_by.get(decision.id),
            follow_ups=tuple(follow_ups[decision.id]),
        )
        for decision in by_id.values()
    )


def _line(
    decision: Decision,
    *,
    corrects: Decision | None,
    corrected_by: str | None,
    follow_ups: tuple[FollowUpLine, ...],
) -> DecisionLine:
    return DecisionLine(
        reference=decision.reference,
        number=decision.number,
        item_title=decision.item_title,
        outcome=decision.outcome.value,
        verdict=decision.verdict.value if decision.verdict else None,
        text=decision.text,
        reason=decision.reason,
        votes_for=decision.votes_for,
        votes_against=decision.votes_against,
        abstentions=decision.abstentions,
        recorded_at=decision.recorded_at,
        meeting_reference=decision.meeting.reference,
        opportunity_reference=decision.opportunity.reference if decision.opportunity else None,
        corrects=corrects.reference if corrects else None,
        corrected_by=corrected_by,
        follow_ups=follow_ups,
    )


def _follow_up_line(
    row: FollowUp, decision: Decision, actor: Actor, today: dt.date
) -> FollowUpLine:
    is_owner = row.owner_id is not None and row.owner_id == actor.person_id
    territory_id = decision.meeting.committee.territory_id
    to_do = row.state is FollowUpState.TO_DO
    return FollowUpLine(
        id=row.id,
        task=row.task,
        owner_name=row.owner_name,
        due_on=row.due_on,
        state=row.state.value,
        progress=row.progress,
        is_late=to_do and row.due_on < today,
        may_report=to_do and (is_owner or actor.may(Action.DECISION_RECORD, territory_id)),
        decision_reference=decision.reference,
        meeting_reference=decision.meeting.reference,
    )


def decision_named(session: Session, actor: Actor, reference: str, action: Action) -> Decision:
    """The decision with its meeting and committee, for an act the actor may do.

    Raises ``SignInNeeded``, ``Forbidden``, or ``NotFound`` when it is not in sight.
    """
    actor.require(action)
    decision = session.scalar(_all_decisions(actor).where(Decision.reference == reference))
    if decision is None:
        raise NotFound("decision.unknown")
    actor.require(action, decision.meeting.committee.territory_id)
    return decision


def follow_up_of(session: Session, actor: Actor, follow_up_id: int) -> FollowUp:
    """The action with its decision, if it is in sight; same errors."""
    actor.require(Action.FOLLOW_UP_REPORT)
    follow_up = session.scalar(
        select(FollowUp)
        .join(FollowUp.decision)
        .join(Decision.meeting)
        .join(Meeting.committee)
        .where(
            FollowUp.id == follow_up_id,
            FollowUp.fabrique_id == actor.fabrique_id,
            committees_in_sight(actor),
        )
        .options(
            contains_eager(FollowUp.decision)
            .contains_eager(Decision.meeting)
            .contains_eager(Meeting.committee)
        )
    )
    if follow_up is None:
        raise NotFound("follow_up.unknown")
    return follow_up


def late_follow_ups(session: Session, fabrique_id: int, *, today: dt.date) -> list[FollowUp]:
    """Actions past their day and not done, the oldest first, with their decision."""
    return list(
        session.scalars(
            select(FollowUp)
            .join(FollowUp.decision)
            .where(
                FollowUp.fabrique_id == fabrique_id,
                FollowUp.state == FollowUpState.TO_DO,
                FollowUp.due_on < today,
            )
            .options(contains_eager(FollowUp.decision))
            .order_by(FollowUp.due_on, FollowUp.id)
        )
    )
