"""What people asked of the machine about one need: alone, with another, never with another."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from capture.models import Constraint, ConstraintKind, Need
from fabrique.core.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Who asked what, since when and why; ``other`` is a need, "" for one that is to be alone."""

    id: int
    kind: ConstraintKind
    other: str
    who: str
    at: dt.datetime
    why: str


def ties_of(session: Session, need: Need) -> tuple[Tie, ...]:
    """The instructions about a need that still stand, oldest first; its membership is loaded."""
    asked = [ConstraintKind.TOGETHER, ConstraintKind.APART]
    # Somebody who has placed the need since has the last word.
    if need.membership is None:
        asked.append(ConstraintKind.ALONE)
    rows = session.execute(
        select(Constraint, Person.name, Need.reference)
        .join(Person, Person.id == Constraint.person_id)
        .outerjoin(
            Need,
            or_(
                (Need.id == Constraint.other_need_id) & (Constraint.need_id == need.id),
                (Need.id == Constraint.need_id) & (Constraint.other_need_id == need.id),
            ),
        )
        .where(
            or_(Constraint.need_id == need.id, Constraint.other_need_id == need.id),
            Constraint.withdrawn_at.is_(None),
            Constraint.kind.in_(asked),
        )
        .order_by(Constraint.id)
    )
    return tuple(
        Tie(
            id=constraint.id,
            kind=constraint.kind,
            other=reference or "",
            who=name,
            at=constraint.created_at,
            why=constraint.why,
        )
        for constraint, name, reference in rows
    )
