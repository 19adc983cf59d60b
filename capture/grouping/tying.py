"""Two needs that a person wants always together, or never: every passage respects it."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.grouping.before import person_of
from capture.grouping.drafting import instructions, living_clusters
from capture.models import Constraint, ConstraintKind, Need
from capture.nlp.cluster import contradictions
from fabrique.core.access import Action, Actor
from fabrique.core.errors import Conflict, Invalid
from fabrique.core.journal import JournalEntry, record


def tie(
    session: Session,
    actor: Actor,
    reference: str,
    other_reference: str,
    *,
    together: bool,
    why: str,
    now: dt.datetime,
) -> JournalEntry:
    """Ask the machine to keep two needs together, or apart.

    Raises ``Invalid`` when the other is unknown or the same, ``Conflict`` when other instructions
    make it impossible.
    """
    actor.require(Action.CLUSTER_EDIT)
    need, other = (_need_id(session, actor, each) for each in (reference, other_reference))
    if need == other:
        raise Invalid("tie.same_need", field="other")
    kind = ConstraintKind.TOGETHER if together else ConstraintKind.APART
    constraint = Constraint(
        fabrique_id=actor.fabrique_id,
        kind=kind,
        need_id=need,
        other_need_id=other,
        person_id=person_of(actor),
        created_at=now,
        why=why[:500],
    )
    session.add(constraint)
    session.flush()
    old = living_clusters(session, actor.fabrique_id)
    refused = contradictions(instructions(session, actor.fabrique_id, old))
    if (min(need, other), max(need, other)) in refused:
        session.delete(constraint)
        session.flush()
        raise Conflict("tie.contradicts")
    return record(
        session,
        actor,
        "need.tied" if together else "need.parted",
        reference,
        now=now,
        why=why,
        facts={"constraint": constraint.id, "other": other_reference},
    )


def _need_id(session: Session, actor: Actor, reference: str) -> int:
    found = session.scalar(
        select(Need.id).where(
            Need.fabrique_id == actor.fabrique_id, Need.reference == reference.strip().upper()
        )
    )
    if found is None:
        raise Invalid("tie.unknown_need", field="other")
    return found
