"""Committees and meetings that somebody may see."""

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from fabrique.core.access import Action, Actor
from fabrique.core.errors import NotFound
from steering.models import Committee, Meeting, Seat


def committees_in_sight(actor: Actor) -> ColumnElement[bool]:
    """The condition that keeps the committees of the territories where the actor sits or works."""
    territories = actor.territories(Action.COMMITTEE_READ)
    return true() if territories is None else Committee.territory_id.in_(territories)


def meeting_named(session: Session, actor: Actor, reference: str, action: Action) -> Meeting:
    """The meeting with its committee, seats, people and year, for an act the actor may do.

    Raises ``SignInNeeded``, ``Forbidden``, or ``NotFound`` when it is not in sight.
    """
    actor.require(action)
    meeting = session.scalar(
        select(Meeting)
        .join(Meeting.committee)
        .where(
            Meeting.fabrique_id == actor.fabrique_id,
            Meeting.reference == reference,
            committees_in_sight(actor),
        )
        .options(
            contains_eager(Meeting.committee).selectinload(Committee.seats).joinedload(Seat.person),
            joinedload(Meeting.programme),
        )
    )
    if meeting is None:
        raise NotFound("meeting.unknown")
    actor.require(action, meeting.committee.territory_id)
    return meeting


def committee_named(session: Session, actor: Actor, committee_id: int, action: Action) -> Committee:
    """The committee with its seats, for an act the actor may do; same errors."""
    actor.require(action)
    committee = session.scalar(
        select(Committee)
        .where(
            Committee.id == committee_id,
            Committee.fabrique_id == actor.fabrique_id,
            committees_in_sight(actor),
        )
        .options(selectinload(Committee.seats))
    )
    if committee is None:
        raise NotFound("committee.unknown")
    actor.require(action, committee.territory_id)
    return committee
