"""What the room needs to decide: the points in force, who sits, what is decided so far."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from fabrique.core.access import Actor
from fabrique.core.errors import NotFound
from steering.queries.agenda import AgendaPoint, agenda_page
from steering.queries.committees import SeatLine, meeting_view
from steering.queries.decisions import DecisionLine, RecordPage, record_page


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomView:
    """The decisions of a meeting, with what it takes to record one more."""

    record: RecordPage
    points: tuple[AgendaPoint, ...]
    seats: tuple[SeatLine, ...]

    def point(self, item_id: int | None) -> AgendaPoint | None:
        """The point of that id, if it is on the agenda."""
        return next((point for point in self.points if point.id == item_id), None)

    def seat(self, seat_id: int | None) -> SeatLine | None:
        """The seat of that id, if it is in the committee."""
        return next((seat for seat in self.seats if seat.id == seat_id), None)

    def decision(self, number: int) -> DecisionLine:
        """The decision of that number; ``NotFound`` if there is none."""
        for decision in self.record.decisions:
            if decision.number == number:
                return decision
        raise NotFound("decision.unknown")


def room_view(session: Session, actor: Actor, reference: str, *, now: dt.datetime) -> RoomView:
    """The room of a meeting: the frozen agenda if there is one, else the working one."""
    meeting = meeting_view(session, actor, reference)
    points: tuple[AgendaPoint, ...] = ()
    if meeting.version or meeting.has_draft:
        points = agenda_page(session, actor, reference, version=meeting.version, now=now).points
    return RoomView(
        record=record_page(session, actor, reference, now=now), points=points, seats=meeting.seats
    )
