"""Acts in the room: the meeting opens, people are counted, the meeting closes."""

import datetime as dt

from sqlalchemy.orm import Session

from fabrique.core.access import Action, Actor
from fabrique.core.errors import Conflict, Invalid
from fabrique.core.journal import record
from steering.models import Meeting, MeetingState
from steering.queries.meetings import meeting_named


def open_session(session: Session, actor: Actor, reference: str, *, now: dt.datetime) -> Meeting:
    """Open a planned meeting: decisions can then be recorded."""
    meeting = meeting_named(session, actor, reference, Action.DECISION_RECORD)
    if meeting.state is not MeetingState.PLANNED:
        raise Conflict("meeting.not_planned")
    meeting.state = MeetingState.OPEN
    record(session, actor, "meeting.opened", reference, now=now)
    return meeting


def record_attendance(
    session: Session, actor: Actor, reference: str, present_count: int, *, now: dt.datetime
) -> Meeting:
    """Write how many voting members are present or represented while the meeting is open."""
    meeting = meeting_named(session, actor, reference, Action.DECISION_RECORD)
    if meeting.state is not MeetingState.OPEN:
        raise Conflict("meeting.not_open")
    voting = sum(1 for seat in meeting.committee.seats if seat.is_voting)
    if not 0 <= present_count <= voting:
        raise Invalid("meeting.present_out_of_range", field="present_count", voting=voting)
    meeting.present_count = present_count
    record(
        session,
        actor,
        "meeting.attendance_recorded",
        reference,
        now=now,
        facts={"present": present_count, "voting": voting},
    )
    return meeting


def close_session(session: Session, actor: Actor, reference: str, *, now: dt.datetime) -> Meeting:
    """Close an open meeting; what was not decided comes back by itself at the next one."""
    meeting = meeting_named(session, actor, reference, Action.DECISION_RECORD)
    if meeting.state is not MeetingState.OPEN:
        raise Conflict("meeting.not_open")
    meeting.state = MeetingState.CLOSED
    record(session, actor, "meeting.closed", reference, now=now)
    return meeting
