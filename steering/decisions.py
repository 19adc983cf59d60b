"""Acts that decide and what follows: a decision is numbered in its meeting and never edited, a
later one cites and corrects it; a follow-up says who does what by when."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from capture.models import Verdict
from capture.opportunities import advance, opportunity_named
from fabrique.core.access import Action, Actor
from fabrique.core.clock import local_date
from fabrique.core.errors import Conflict, Forbidden, Invalid, NotFound
from fabrique.core.journal import record
from fabrique.core.outbox import write_message
from fabrique.core.people import Person
from steering.models import (
    Decision,
    DecisionOutcome,
    FollowUp,
    FollowUpState,
    Meeting,
    MeetingState,
)
from steering.queries.decisions import decision_named, follow_up_of, late_follow_ups
from steering.queries.meetings import meeting_named

_NEEDS_REASON = {DecisionOutcome.REJECTED, DecisionOutcome.ADJOURNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionEntry:
    """What is decided on one point, and for an opportunity its verdict."""

    item_title: str
    outcome: DecisionOutcome
    text: str
    reason: str = ""
    verdict: Verdict | None = None
    opportunity_reference: str | None = None
    votes_for: int | None = None
    votes_against: int | None = None
    abstentions: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpEntry:
    """Who does what by when."""

    task: str
    owner_name: str
    due_on: dt.date
    owner_id: int | None = None


def require_entry(entry: DecisionEntry) -> None:
    """Raise ``Invalid`` if the text, a mandatory reason or a vote is wrong; writes nothing."""
    if not entry.text.strip():
        raise Invalid("decision.text_missing", field="text")
    if entry.verdict is not None and not entry.opportunity_reference:
        raise Invalid("decision.verdict_without_opportunity", field="verdict")
    if (entry.verdict is not None or entry.outcome in _NEEDS_REASON) and not entry.reason.strip():
        raise Invalid("decision.reason_missing", field="reason")
    votes = {
        "votes_for": entry.votes_for,
        "votes_against": entry.votes_against,
        "abstentions": entry.abstentions,
    }
    for field, count in votes.items():
        if count is not None and count < 0:
            raise Invalid("decision.votes_negative", field=field)


def record_decision(
    session: Session, actor: Actor, reference: str, entry: DecisionEntry, *, now: dt.datetime
) -> Decision:
    """Record a decision of an open meeting under the next number (``COPIL-2026-02/D-07``).

    A verdict moves its opportunity on the rail. Raises ``Conflict`` if the meeting is not open,
    ``Invalid`` if the text, a mandatory reason or a vote is wrong.
    """
    meeting = meeting_named(session, actor, reference, Action.DECISION_RECORD)
    if meeting.state is not MeetingState.OPEN:
        raise Conflict("meeting.not_open")
    return _written(session, actor, meeting, entry, None, now=now)


def correct_decision(
    session: Session, actor: Actor, reference: str, entry: DecisionEntry, *, now: dt.datetime
) -> Decision:
    """Record a new decision in the same meeting that cites and corrects the one named.

    It is possible once the meeting is closed. Raises ``Conflict`` if it was corrected already.
    """
    corrected = decision_named(session, actor, reference, Action.DECISION_RECORD)
    again = session.scalar(
        select(Decision.reference).where(Decision.corrects_id == corrected.id).limit(1)
    )
    if again is not None:
        raise Conflict("decision.already_corrected", reference=again)
    return _written(session, actor, corrected.meeting, entry, corrected, now=now)


def open_follow_up(
    session: Session, actor: Actor, reference: str, entry: FollowUpEntry, *, now: dt.datetime
) -> FollowUp:
    """Ask somebody to do something by a day, after a decision."""
    decision = decision_named(session, actor, reference, Action.DECISION_RECORD)
    if not entry.task.strip():
        raise Invalid("follow_up.task_missing", field="task")
    if not entry.owner_name.strip():
        raise Invalid("follow_up.owner_missing", field="owner_name")
    if entry.owner_id is not None:
        owner = session.get(Person, entry.owner_id)
        if owner is None or owner.fabrique_id != actor.fabrique_id:
            raise NotFound("person.unknown")
    follow_up = FollowUp(
        fabrique_id=actor.fabrique_id,
        decision_id=decision.id,
        task=entry.task.strip(),
        owner_name=entry.owner_name.strip(),
        owner_id=entry.owner_id,
        due_on=entry.due_on,
        state=FollowUpState.TO_DO,
        updated_at=now,
    )
    session.add(follow_up)
    session.flush()
    record(session, actor, "follow_up.opened", reference, now=now)
    return follow_up


def report_progress(
    session: Session,
    actor: Actor,
    follow_up_id: int,
    state: FollowUpState,
    progress: str,
    *,
    now: dt.datetime,
) -> FollowUp:
    """Say where an action stands: its owner may, and who records decisions may for anybody."""
    follow_up = follow_up_of(session, actor, follow_up_id)
    territory_id = follow_up.decision.meeting.committee.territory_id
    is_owner = follow_up.owner_id is not None and follow_up.owner_id == actor.person_id
    if not is_owner and not actor.may(Action.DECISION_RECORD, territory_id):
        raise Forbidden("follow_up.not_yours")
    follow_up.state, follow_up.progress, follow_up.updated_at = state, progress.strip(), now
    record(
        session,
        actor,
        "follow_up.reported",
        follow_up.decision.reference,
        now=now,
        facts={"state": state.value},
    )
    return follow_up


def remind_late(session: Session, actor: Actor, *, now: dt.datetime) -> int:
    """Write to the owner of each late action, once a week at most; returns how many are late."""
    actor.require(Action.DECISION_RECORD)
    today = local_date(now)
    week = today.isocalendar()
    late = late_follow_ups(session, actor.fabrique_id, today=today)
    owners = {follow_up.owner_id for follow_up in late if follow_up.owner_id is not None}
    people = {
        person.id: person for person in session.scalars(select(Person).where(Person.id.in_(owners)))
    }
    for follow_up in late:
        person = people.get(follow_up.owner_id or 0)
        if person is None:
            continue
        write_message(
            session,
            actor.fabrique_id,
            key=f"follow-up-{follow_up.id}-{week.year}-{week.week}",
            recipient=person.email,
            subject=f"Action à faire après {follow_up.decision.reference}",
            body=f"Bonjour,\n\nCette action était attendue pour le {follow_up.due_on:%d/%m/%Y} :\n"
            f"{follow_up.task}\n\nDites où elle en est sur la page des décisions.\n",
            now=now,
        )
    return len(late)


def _written(
    session: Session,
    actor: Actor,
    meeting: Meeting,
    entry: DecisionEntry,
    corrects: Decision | None,
    *,
    now: dt.datetime,
) -> Decision:
    require_entry(entry)
    if actor.person_id is None:
        raise Conflict("decision.needs_a_person")
    opportunity = (
        opportunity_named(session, actor, entry.opportunity_reference)
        if entry.opportunity_reference
        else None
    )
    decision = _numbered(session, meeting, entry)
    decision.recorded_by_id, decision.recorded_at = actor.person_id, now
    decision.opportunity_id = opportunity.id if opportunity else None
    decision.corrects_id = corrects.id if corrects else None
    session.add(decision)
    session.flush()
    record(
        session,
        actor,
        "decision.corrected" if corrects else "decision.recorded",
        decision.reference,
        now=now,
        facts={"outcome": entry.outcome.value, "corrects": corrects.reference if corrects else ""},
    )
    if opportunity is not None and entry.verdict is not None:
        advance(session, actor, opportunity, verdict=entry.verdict, reason=decision.reason, now=now)
    return decision


def _numbered(session: Session, meeting: Meeting, entry: DecisionEntry) -> Decision:
    """The row of a decision under the next number of its meeting."""
    last = session.scalar(
        select(func.max(Decision.number)).where(Decision.meeting_id == meeting.id)
    )
    number = (last or 0) + 1
    return Decision(
        fabrique_id=meeting.fabrique_id,
        reference=f"{meeting.reference}/D-{number:02d}",
        meeting_id=meeting.id,
        number=number,
        item_title=entry.item_title.strip()[:300],
        outcome=entry.outcome,
        verdict=entry.verdict,
        text=entry.text.strip(),
        reason=entry.reason.strip(),
        votes_for=entry.votes_for,
        votes_against=entry.votes_against,
        abstentions=entry.abstentions,
    )
