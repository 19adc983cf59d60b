"""One match on its own page: what a person has to know before writing, answering or refusing."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from capture.models import Opportunity
from capture.queries.published import place_names
from capture.queries.voices import NO_VOICE, voices_of
from fabrique.core.access import Action, Actor
from fabrique.core.clock import local_date
from fabrique.core.errors import NotFound
from fabrique.core.places import Gazetteer
from fabrique.core.territories import Fabrique
from matching.models import Introduction, Match, SupportActor
from matching.queries.cards import (
    FactLine,
    IntroductionCard,
    PartyLine,
    fact_lines,
    introduction_card,
    party_line,
)
from matching.queries.matches import party_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """What the pages of one match know; ``introduction`` is None until a message has left."""

    match_id: int
    reference: str
    title: str
    summary: str
    party: PartyLine
    description: str
    facts: tuple[FactLine, ...]
    state: str
    contact_is_known: bool
    testimonies: int
    places: tuple[str, ...]
    sender: str
    signature: str
    introduction: IntroductionCard | None


def letter_view(
    session: Session,
    actor: Actor,
    reference: str,
    match_id: int,
    *,
    places: Gazetteer,
    now: dt.datetime,
) -> LetterView:
    """A match of that opportunity; raises ``NotFound``, ``Forbidden`` or ``SignInNeeded``."""
    actor.require(Action.MATCH_PROPOSE)
    match = _match(session, actor, reference, match_id)
    opportunity = match.opportunity
    introduction = session.scalar(
        select(Introduction)
        .where(Introduction.match_id == match.id)
        .options(joinedload(Introduction.sent_by), joinedload(Introduction.match))
    )
    voices = voices_of(session, [opportunity.cluster_id]).get(opportunity.cluster_id, NO_VOICE)
    party = party_of(match)
    return LetterView(
        match_id=match.id,
        reference=opportunity.reference,
        title=opportunity.title,
        summary=opportunity.summary,
        party=party_line(match, introduction, actor, places),
        description=party.description,
        facts=fact_lines(match),
        state=match.state.value,
        contact_is_known=bool(party.contact_email),
        testimonies=voices.testimonies,
        places=place_names(places, [code for code, _ in voices.places]),
        sender=actor.name,
        signature=session.get_one(Fabrique, actor.fabrique_id).name,
        introduction=(
            introduction_card(introduction, actor, places, local_date(now))
            if introduction
            else None
        ),
    )


def _match(session: Session, actor: Actor, reference: str, match_id: int) -> Match:
    match = session.scalar(
        select(Match)
        .join(Match.opportunity)
        .where(
            Match.fabrique_id == actor.fabrique_id,
            Match.id == match_id,
            Opportunity.reference == reference,
        )
        .options(
            joinedload(Match.opportunity),
            joinedload(Match.holder),
            joinedload(Match.actor).selectinload(SupportActor.offers),
            joinedload(Match.initiative),
        )
    )
    if match is None:
        raise NotFound("match.unknown")
    return match
