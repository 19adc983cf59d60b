"""A match as pages show it: who, why, how much room, and what became of the introduction.
The name of a person who may carry is kept for the coordination until that person says yes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from capture.queries.published import place_name
from fabrique.core.access import Action, Actor
from fabrique.core.clock import local_date
from fabrique.core.db import JsonValue
from fabrique.core.places import Gazetteer
from matching.models import (
    Initiative,
    Introduction,
    Match,
    MatchState,
    ProjectHolder,
    PutAsideReason,
    SupportActor,
)
from matching.queries.dossiers import SAID_YES, WAITING
from matching.queries.matches import party_of
from matching.scoring.explain import FactValue
from matching.scoring.follow_up import (
    LAST_CHANCE_DAY,
    REMIND_DAY,
    FollowUpClock,
    follow_up_clock,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """A reason as it was written with the match."""

    code: str
    sense: str
    values: Mapping[str, FactValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLine:
    """Who a match is about. ``kind`` is holder, actor or initiative; ``family`` the code of its
    legal form or family, empty for an initiative; an empty ``name`` may not be shown."""

    id: int
    kind: str
    family: str
    name: str
    commune: str
    is_person: bool
    asks_two_consents: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchCard:
    """A proposal and its reasons; ``offers`` are those of an actor, ``wants`` that of a holder."""

    id: int
    rank: int
    party: PartyLine
    facts: tuple[FactLine, ...]
    offers: tuple[str, ...]
    wants: str
    free: int
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ElsewhereCard:
    """An initiative that resembles, with its conditions held up to the territory."""

    id: int
    rank: int
    initiative_id: int
    name: str
    tagline: str
    year: int
    commune: str
    jobs_fte: float | None
    verified_on: dt.date
    can_be_met: bool
    conditions: tuple[FactLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroductionCard:
    """An introduction that was sent; ``clock`` is None once it was answered or stopped."""

    match_id: int
    reference: str
    title: str
    party: PartyLine
    state: str
    message: str
    answer: str
    sent_on: dt.date
    sent_by: str
    reminded_on: dt.date | None
    answered_on: dt.date | None
    clock: FollowUpClock | None

    @property
    def answer_days(self) -> int | None:
        """Days between the message and the answer."""
        return None if self.answered_on is None else (self.answered_on - self.sent_on).days

    @property
    def done_marks(self) -> tuple[int, ...]:
        """The marks of the clock after which a reminder was sent."""
        if self.reminded_on is None:
            return ()
        day = (self.reminded_on - self.sent_on).days
        return tuple(mark for mark in (REMIND_DAY, LAST_CHANCE_DAY) if mark <= day)


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAsideLine:
    """A proposal that somebody set aside, and why."""

    id: int
    party: PartyLine
    reason: PutAsideReason
    on: dt.date


def party_line(
    match: Match, introduction: Introduction | None, actor: Actor, places: Gazetteer
) -> PartyLine:
    """Who a match is about, as much as this reader may know."""
    party = party_of(match)
    is_person = match.holder is not None and match.holder.is_person
    said_yes = introduction is not None and introduction.state in SAID_YES
    shown = not is_person or said_yes or actor.may(Action.DIRECTORY_READ)
    kind = "holder" if match.holder else "actor" if match.actor else "initiative"
    return PartyLine(
        id=party.id,
        kind=kind,
        family="" if isinstance(party, Initiative) else party.kind.value,
        name=party.name if shown else "",
        commune=place_name(places, party.commune),
        is_person=is_person,
        asks_two_consents=is_person and not said_yes,
    )


def match_card(
    match: Match, party: ProjectHolder | SupportActor, actor: Actor, places: Gazetteer
) -> MatchCard:
    """A proposed holder or actor; the offers of an actor must be loaded."""
    line = party_line(match, None, actor, places)
    return MatchCard(
        id=match.id,
        rank=match.rank,
        party=line,
        facts=fact_lines(match),
        offers=tuple(offer.title for offer in match.actor.offers) if match.actor else (),
        wants=match.holder.wants if match.holder and line.name else "",
        free=max(0, party.capacity - party.load),
        capacity=party.capacity,
    )


def elsewhere_card(match: Match, initiative: Initiative, places: Gazetteer) -> ElsewhereCard:
    """A proposed initiative."""
    return ElsewhereCard(
        id=match.id,
        rank=match.rank,
        initiative_id=initiative.id,
        name=initiative.name,
        tagline=initiative.tagline,
        year=initiative.year,
        commune=place_name(places, initiative.commune),
        jobs_fte=initiative.jobs_fte,
        verified_on=initiative.verified_on,
        can_be_met=match.state is MatchState.PROPOSED and bool(initiative.contact_email),
        conditions=fact_lines(match),
    )


def introduction_card(
    introduction: Introduction, actor: Actor, places: Gazetteer, today: dt.date
) -> IntroductionCard:
    """An introduction with its clock; its match, party, opportunity and sender must be loaded."""
    match = introduction.match
    sent_on = local_date(introduction.sent_at)
    reminded_on = local_date(introduction.reminded_at) if introduction.reminded_at else None
    answered_on = local_date(introduction.answered_at) if introduction.answered_at else None
    waits = introduction.state in WAITING
    return IntroductionCard(
        match_id=match.id,
        reference=match.opportunity.reference,
        title=match.opportunity.title,
        party=party_line(match, introduction, actor, places),
        state=introduction.state.value,
        message=introduction.message,
        answer=introduction.answer,
        sent_on=sent_on,
        sent_by=introduction.sent_by.name,
        reminded_on=reminded_on,
        answered_on=answered_on,
        clock=follow_up_clock(sent_on, today, reminded_on=reminded_on) if waits else None,
    )


def fact_lines(match: Match) -> tuple[FactLine, ...]:
    """The reasons written with a match, in order."""
    # A passage of ours wrote them: their shape is that of ``scoring.explain.Fact``.
    lines = cast("Sequence[Mapping[str, JsonValue]]", match.facts.get("lines", ()))
    return tuple(
        FactLine(
            code=str(line["code"]),
            sense=str(line["sense"]),
            values=cast("Mapping[str, FactValue]", line["values"]),
        )
        for line in lines
    )
