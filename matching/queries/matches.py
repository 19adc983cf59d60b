"""One match or one introduction with what it is about, for the verbs and the pages of a match."""

from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fabrique.core.errors import Conflict, NotFound
from matching.models import Initiative, Introduction, Match, ProjectHolder, SupportActor

_LOADED = (
    joinedload(Match.opportunity),
    joinedload(Match.holder),
    joinedload(Match.actor),
    joinedload(Match.initiative),
)


def match_with_party(session: Session, fabrique_id: int, match_id: int) -> Match:
    """The match with its opportunity and its party loaded; raises ``NotFound``."""
    match = session.scalar(
        select(Match)
        .where(Match.fabrique_id == fabrique_id, Match.id == match_id)
        .options(*_LOADED)
    )
    if match is None:
        raise NotFound("match.unknown")
    return match


def introduction_of(session: Session, match: Match) -> Introduction:
    """The introduction sent for a match; raises ``Conflict`` if none was."""
    introduction = session.scalar(select(Introduction).where(Introduction.match_id == match.id))
    if introduction is None:
        raise Conflict("introduction.not_sent")
    return introduction


def party_of(match: Match) -> ProjectHolder | SupportActor | Initiative:
    """The holder, actor or initiative of a match loaded with its party."""
    return cast(
        "ProjectHolder | SupportActor | Initiative", match.holder or match.actor or match.initiative
    )
