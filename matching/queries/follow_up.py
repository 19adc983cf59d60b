"""Introductions over the whole fabrique: who to remind this week, who waits, who answered; and the
opportunities that still have nobody to carry them."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from capture.models import Opportunity
from capture.nlp.sectors import Sector
from fabrique.core.access import Action, Actor
from fabrique.core.clock import local_date
from fabrique.core.places import Gazetteer
from matching.models import Introduction, IntroductionState, Match
from matching.queries.cards import IntroductionCard, introduction_card
from matching.queries.dossiers import SAID_YES, WAITING
from matching.scoring.follow_up import orphan_on

# Answers stay in the list that long; older ones are read on their opportunity.
_RECENT = dt.timedelta(days=30)
_WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutHolder:
    """An open opportunity that nobody carries yet, and the day it goes to the committee."""

    reference: str
    title: str
    sector: Sector
    orphan_on: dt.date
    is_orphan: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpView:
    """What the page « Rapprochements » knows: to remind this week, waiting, answered lately."""

    to_remind: tuple[IntroductionCard, ...]
    waiting: tuple[IntroductionCard, ...]
    answered: tuple[IntroductionCard, ...]
    without_holder: tuple[WithoutHolder, ...]
    may_introduce: bool


def follow_up_view(
    session: Session, actor: Actor, *, places: Gazetteer, now: dt.datetime
) -> FollowUpView:
    """The introductions of the fabrique, oldest first; for the coordination."""
    actor.require(Action.DIRECTORY_READ)
    today = local_date(now)
    rows = session.scalars(
        select(Introduction)
        .join(Introduction.match)
        .where(Match.fabrique_id == actor.fabrique_id)
        .where(
            Introduction.state.in_([*WAITING, IntroductionState.SUSPENDED])
            | (Introduction.answered_at >= now - _RECENT)
        )
        .options(
            joinedload(Introduction.sent_by),
            joinedload(Introduction.match).options(
                joinedload(Match.opportunity),
                joinedload(Match.holder),
                joinedload(Match.actor),
                joinedload(Match.initiative),
            ),
        )
        .order_by(Introduction.sent_at, Introduction.id)
    )
    cards = [introduction_card(row, actor, places, today) for row in rows]
    to_remind = tuple(card for card in cards if _is_for_this_week(card, today))
    return FollowUpView(
        to_remind=to_remind,
        waiting=tuple(card for card in cards if card.answered_on is None and card not in to_remind),
        answered=tuple(card for card in reversed(cards) if card.answered_on is not None),
        without_holder=opportunities_without_holder(session, actor.fabrique_id, today),
        may_introduce=actor.may(Action.INTRODUCTION_SEND),
    )


def opportunities_without_holder(
    session: Session, fabrique_id: int, today: dt.date
) -> tuple[WithoutHolder, ...]:
    """Open opportunities for which no holder has said yes, the first to become orphans first."""
    said_yes = exists().where(
        Match.opportunity_id == Opportunity.id,
        Match.holder_id.is_not(None),
        Introduction.match_id == Match.id,
        Introduction.state.in_(SAID_YES),
    )
    rows = session.execute(
        select(
            Opportunity.reference, Opportunity.title, Opportunity.sector, Opportunity.stage_since
        )
        .where(Opportunity.fabrique_id == fabrique_id, Opportunity.is_closed.is_(False), ~said_yes)
        .order_by(Opportunity.stage_since, Opportunity.id)
    )
    return tuple(
        WithoutHolder(
            reference=reference,
            title=title,
            sector=sector,
            orphan_on=orphan_on(stage_since),
            is_orphan=orphan_on(stage_since) <= today,
        )
        for reference, title, sector, stage_since in rows
    )


def _is_for_this_week(card: IntroductionCard, today: dt.date) -> bool:
    clock = card.clock
    if clock is None:
        return False
    return clock.is_due or (clock.next_on is not None and clock.next_on < today + _WEEK)
