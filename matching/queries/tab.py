"""The pages of one opportunity: who could carry or help it, what already works elsewhere, who was
left out. A fixed number of statements; nothing is computed that a passage has already written."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from capture.models import Opportunity, OpportunityStage
from capture.nlp.sectors import Sector
from capture.queries.voices import NO_VOICE, voices_of
from fabrique.core.access import Action, Actor
from fabrique.core.clock import local_date
from fabrique.core.errors import NotFound
from fabrique.core.places import Gazetteer
from matching.models import (
    Introduction,
    Match,
    MatchSieve,
    MatchState,
    ProjectHolder,
    PutAsideReason,
    SupportActor,
)
from matching.queries.allotment import AllotmentLine, allotments
from matching.queries.cards import (
    ElsewhereCard,
    IntroductionCard,
    MatchCard,
    PutAsideLine,
    elsewhere_card,
    introduction_card,
    match_card,
    party_line,
)
from matching.queries.dossiers import SAID_YES
from matching.scoring.follow_up import orphan_on
from matching.scoring.gates import Gate, tightest_gate

WIDER_KM = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityHead:
    """The head of every page of an opportunity, and what the reader may do there."""

    reference: str
    title: str
    summary: str
    sector: Sector
    stage: OpportunityStage
    is_closed: bool
    communes: int
    may_match: bool
    may_introduce: bool
    may_read_directory: bool
    matches: int
    elsewhere: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SieveView:
    """From the directory to the proposals: how many are left after each gate that refused or not.

    ``tightest`` is the gate that refused most, with how many stood before it and after it.
    """

    sieved_on: dt.date
    known: int
    left: tuple[tuple[str, int], ...]
    refused: int
    reach_km: float
    tightest: tuple[str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchesView:
    """What the page « Rapprochements » of an opportunity knows."""

    head: OpportunityHead
    holders: tuple[MatchCard, ...]
    actors: tuple[MatchCard, ...]
    introductions: tuple[IntroductionCard, ...]
    elsewhere: tuple[ElsewhereCard, ...]
    sieve: SieveView | None
    allotment: AllotmentLine | None
    has_holder: bool
    orphan_on: dt.date
    is_orphan: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ElsewhereView:
    """What the page « Déjà fait ailleurs » of an opportunity knows."""

    head: OpportunityHead
    elsewhere: tuple[ElsewhereCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutLine:
    """A party that a gate refused; an empty name is one that may not be shown."""

    kind: str
    party_id: int
    name: str
    gate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutView:
    """Who was left out by the gates, and who was put aside by a person."""

    head: OpportunityHead
    sieve: SieveView | None
    by_gate: tuple[tuple[str, tuple[LeftOutLine, ...]], ...]
    put_aside: tuple[PutAsideLine, ...]


@dataclass(slots=True, kw_only=True)
class _Dossier:
    opportunity: Opportunity
    matches: Sequence[Match]
    introductions: dict[int, Introduction]
    communes: int


def matches_view(
    session: Session, actor: Actor, reference: str, *, places: Gazetteer, now: dt.datetime
) -> MatchesView:
    """The matches of an opportunity; raises ``NotFound``, ``Forbidden`` or ``SignInNeeded``."""
    dossier = _dossier(session, actor, reference)
    opportunity, today = dossier.opportunity, local_date(now)
    proposed = [match for match in dossier.matches if match.state is MatchState.PROPOSED]
    orphan_day = orphan_on(opportunity.stage_since)
    has_holder = any(
        each.match.holder_id is not None and each.state in SAID_YES
        for each in dossier.introductions.values()
    )
    return MatchesView(
        head=_head(dossier, actor),
        holders=tuple(
            match_card(each, each.holder, actor, places) for each in proposed if each.holder
        ),
        actors=tuple(
            match_card(each, each.actor, actor, places) for each in proposed if each.actor
        ),
        introductions=tuple(
            introduction_card(each, actor, places, today)
            for each in sorted(
                dossier.introductions.values(), key=lambda each: each.sent_at, reverse=True
            )
        ),
        elsewhere=_elsewhere(proposed, places),
        sieve=_sieve(session, opportunity),
        allotment=next(
            (
                line
                for line in allotments(session, actor)
                if line.reference == reference and line.differs
            ),
            None,
        ),
        has_holder=has_holder,
        orphan_on=orphan_day,
        is_orphan=not has_holder and not opportunity.is_closed and orphan_day <= today,
    )


def elsewhere_view(
    session: Session, actor: Actor, reference: str, *, places: Gazetteer
) -> ElsewhereView:
    """What already works elsewhere and resembles an opportunity."""
    dossier = _dossier(session, actor, reference)
    shown = [each for each in dossier.matches if each.state is not MatchState.PUT_ASIDE]
    return ElsewhereView(head=_head(dossier, actor), elsewhere=_elsewhere(shown, places))


def left_out_view(
    session: Session, actor: Actor, reference: str, *, places: Gazetteer
) -> LeftOutView:
    """Who is not proposed for an opportunity, gate by gate; for the coordination."""
    actor.require(Action.DIRECTORY_READ)
    dossier = _dossier(session, actor, reference)
    row = session.get(MatchSieve, dossier.opportunity.id)
    lines = _left_out(session, actor, row.refused) if row else []
    aside = [each for each in dossier.matches if each.state is MatchState.PUT_ASIDE]
    return LeftOutView(
        head=_head(dossier, actor),
        sieve=_sieve_view(row) if row else None,
        by_gate=tuple(
            (gate.value, found)
            for gate in Gate
            if (found := tuple(line for line in lines if line.gate == gate.value))
        ),
        put_aside=tuple(
            PutAsideLine(
                id=match.id,
                party=party_line(match, None, actor, places),
                reason=match.put_aside_reason or PutAsideReason.OTHER,
                on=local_date(match.put_aside_at or match.proposed_at),
            )
            for match in aside
        ),
    )


def _dossier(session: Session, actor: Actor, reference: str) -> _Dossier:
    actor.require(Action.OPPORTUNITY_READ)
    opportunity = session.scalar(
        select(Opportunity).where(
            Opportunity.fabrique_id == actor.fabrique_id, Opportunity.reference == reference
        )
    )
    if opportunity is None:
        raise NotFound("opportunity.unknown")
    matches = session.scalars(
        select(Match)
        .where(Match.opportunity_id == opportunity.id)
        .options(
            joinedload(Match.opportunity),
            joinedload(Match.holder),
            joinedload(Match.actor).selectinload(SupportActor.offers),
            joinedload(Match.initiative),
        )
        .order_by(Match.rank, Match.id)
    ).all()
    introductions = session.scalars(
        select(Introduction)
        .join(Introduction.match)
        .where(Match.opportunity_id == opportunity.id)
        .options(joinedload(Introduction.sent_by), selectinload(Introduction.match))
    )
    voices = voices_of(session, [opportunity.cluster_id])
    return _Dossier(
        opportunity=opportunity,
        matches=matches,
        introductions={each.match_id: each for each in introductions},
        communes=voices.get(opportunity.cluster_id, NO_VOICE).communes,
    )


def _head(dossier: _Dossier, actor: Actor) -> OpportunityHead:
    opportunity = dossier.opportunity
    standing = [each for each in dossier.matches if each.state is not MatchState.PUT_ASIDE]
    elsewhere = sum(1 for each in standing if each.initiative_id is not None)
    is_open = not opportunity.is_closed
    return OpportunityHead(
        reference=opportunity.reference,
        title=opportunity.title,
        summary=opportunity.summary,
        sector=opportunity.sector,
        stage=opportunity.stage,
        is_closed=opportunity.is_closed,
        communes=dossier.communes,
        may_match=is_open and actor.may(Action.MATCH_PROPOSE),
        may_introduce=is_open and actor.may(Action.INTRODUCTION_SEND),
        may_read_directory=actor.may(Action.DIRECTORY_READ),
        matches=len(standing) - elsewhere,
        elsewhere=elsewhere,
    )


def _elsewhere(matches: Sequence[Match], places: Gazetteer) -> tuple[ElsewhereCard, ...]:
    return tuple(
        elsewhere_card(match, match.initiative, places) for match in matches if match.initiative
    )


def _sieve(session: Session, opportunity: Opportunity) -> SieveView | None:
    row = session.get(MatchSieve, opportunity.id)
    return None if row is None else _sieve_view(row)


def _sieve_view(row: MatchSieve) -> SieveView:
    left = {gate: int(str(row.left[gate.value])) for gate in Gate}
    gate, stood, kept = tightest_gate(row.known, left)
    return SieveView(
        sieved_on=local_date(row.sieved_at),
        known=row.known,
        left=tuple((each.value, left[each]) for each in Gate),
        refused=len(row.refused),
        reach_km=row.reach_km,
        tightest=(gate.value, stood, kept),
    )


def _left_out(session: Session, actor: Actor, refused: dict[str, str]) -> list[LeftOutLine]:
    lines: list[LeftOutLine] = []
    for kind, table in (("holder", ProjectHolder), ("actor", SupportActor)):
        names = session.execute(
            select(table.id, table.name).where(table.fabrique_id == actor.fabrique_id)
        )
        lines += [
            LeftOutLine(kind=kind, party_id=number, name=name, gate=refused[f"{kind}:{number}"])
            for number, name in names
            if f"{kind}:{number}" in refused
        ]
    return sorted(lines, key=lambda line: line.name)
