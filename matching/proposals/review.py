"""What people decide of a proposal: put it aside with a reason, bring it back."""

import datetime as dt

from sqlalchemy.orm import Session

from fabrique.core.access import Action, Actor
from fabrique.core.errors import Conflict
from fabrique.core.journal import record
from matching.models import Match, MatchState, PutAsideReason
from matching.queries.matches import match_with_party

# The method of a match that a person brought back: no passage withdraws it.
KEPT_BY_A_PERSON = "person"


def put_aside(
    session: Session,
    actor: Actor,
    match_id: int,
    reason: PutAsideReason,
    *,
    now: dt.datetime,
    why: str = "",
) -> Match:
    """Set a proposal aside; later passages do not propose it again for this opportunity."""
    actor.require(Action.MATCH_PROPOSE)
    match = match_with_party(session, actor.fabrique_id, match_id)
    if match.state is not MatchState.PROPOSED:
        raise Conflict("match.not_proposed")
    match.state = MatchState.PUT_ASIDE
    match.put_aside_reason, match.put_aside_at = reason, now
    match.put_aside_by_id = actor.person_id
    record(
        session,
        actor,
        "match.put_aside",
        match.opportunity.reference,
        now=now,
        why=why.strip()[:500],
        facts={"match": match.id, "reason": reason.value},
    )
    return match


def bring_back(session: Session, actor: Actor, match_id: int, *, now: dt.datetime) -> Match:
    """Propose again what a person had put aside; it stays whatever the next passages find."""
    actor.require(Action.MATCH_PROPOSE)
    match = match_with_party(session, actor.fabrique_id, match_id)
    if match.state is not MatchState.PUT_ASIDE:
        raise Conflict("match.not_put_aside")
    match.state, match.method = MatchState.PROPOSED, KEPT_BY_A_PERSON
    match.put_aside_reason = match.put_aside_at = match.put_aside_by_id = None
    record(
        session,
        actor,
        "match.brought_back",
        match.opportunity.reference,
        now=now,
        facts={"match": match.id},
    )
    return match
