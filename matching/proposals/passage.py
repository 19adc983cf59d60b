"""A passage of the machine: load opportunities and directory, rank, then write what is proposed.
What a person decided is read as an instruction and left as it is."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.models import Opportunity
from capture.nlp.vectorise import Vectoriser
from fabrique.core.access import Action, Actor
from fabrique.core.clock import local_date
from fabrique.core.db import JsonValue
from fabrique.core.journal import record
from fabrique.core.places import Gazetteer
from matching.models import Match, MatchSieve, MatchState
from matching.proposals.review import KEPT_BY_A_PERSON
from matching.queries.dossiers import dossiers_of, key_of, opportunities_to_match
from matching.queries.parties import parties_of, precedents_known
from matching.scoring.elsewhere import Likeness, precedents_of
from matching.scoring.explain import Fact
from matching.scoring.features import PartyKind
from matching.scoring.gates import Sieve
from matching.scoring.ranking import METHOD, Proposal, Ranking, Rules, ranking


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchCounts:
    """What a passage did: ``proposed`` now stand as proposals, of which ``added`` are new;
    ``withdrawn`` no longer stand; ``decided`` were left as people wanted them."""

    opportunities: int
    without_holder: int
    proposed: int
    added: int
    withdrawn: int
    decided: int


def propose_matches(
    session: Session,
    actor: Actor,
    opportunity_ids: Iterable[int] | None = None,
    *,
    gazetteer: Gazetteer,
    vectoriser: Vectoriser | None,
    now: dt.datetime,
    reach_km: float = 0.0,
) -> MatchCounts:
    """Match open opportunities (all of them when none is named) with the whole directory.

    ``reach_km`` lets in parties seated that near though their zone does not come here.
    """
    actor.require(Action.MATCH_PROPOSE)
    today = local_date(now)
    opportunities = opportunities_to_match(session, actor.fabrique_id, opportunity_ids)
    dossiers = dossiers_of(session, opportunities, gazetteer, vectoriser)
    parties = parties_of(session, actor.fabrique_id, gazetteer=gazetteer, vectoriser=vectoriser)
    precedents = precedents_known(session, actor.fabrique_id, vectoriser=vectoriser, today=today)
    rules = Rules(reach_km=reach_km)
    found = [
        _Found(
            opportunity=opportunity,
            ranking=ranking(dossier, parties, today=today, rules=rules),
            precedents=precedents_of(dossier, precedents),
        )
        for opportunity, dossier in zip(opportunities, dossiers, strict=True)
    ]
    return _write(session, actor, found, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the machine found for one opportunity."""

    opportunity: Opportunity
    ranking: Ranking
    precedents: tuple[Likeness, ...]

    @property
    def by_key(self) -> dict[str, Proposal | Likeness]:
        proposed: tuple[Proposal | Likeness, ...] = (*self.ranking.proposals, *self.precedents)
        return {each.key: each for each in proposed}

    @property
    def has_holder(self) -> bool:
        return any(each.kind is PartyKind.HOLDER for each in self.ranking.proposals)


def _write(
    session: Session, actor: Actor, found: Sequence[_Found], now: dt.datetime
) -> MatchCounts:
    ids = [each.opportunity.id for each in found]
    standing = _standing(session, ids)
    sieves = _sieves(session, ids)
    tally: Counter[str] = Counter()
    for each in found:
        opportunity = each.opportunity
        fates = _write_matches(session, opportunity, standing[opportunity.id], each.by_key, now)
        row = sieves.get(opportunity.id) or _new_sieve(session, opportunity)
        _write_sieve(row, each.ranking.sieve, now)
        if fates["added"] or fates["withdrawn"]:
            facts: dict[str, JsonValue] = dict(fates)
            record(
                session, actor, "opportunity.matched", opportunity.reference, now=now, facts=facts
            )
        tally.update(fates)
    session.flush()
    return MatchCounts(
        opportunities=len(found),
        without_holder=sum(1 for each in found if not each.has_holder),
        proposed=tally["proposed"],
        added=tally["added"],
        withdrawn=tally["withdrawn"],
        decided=tally["decided"],
    )


def _standing(session: Session, ids: Sequence[int]) -> defaultdict[int, dict[str, Match]]:
    standing: defaultdict[int, dict[str, Match]] = defaultdict(dict)
    for match in session.scalars(select(Match).where(Match.opportunity_id.in_(ids))):
        standing[match.opportunity_id][key_of(match)] = match
    return standing


def _sieves(session: Session, ids: Sequence[int]) -> dict[int, MatchSieve]:
    rows = session.scalars(select(MatchSieve).where(MatchSieve.opportunity_id.in_(ids)))
    return {row.opportunity_id: row for row in rows}


def _write_matches(
    session: Session,
    opportunity: Opportunity,
    standing: dict[str, Match],
    wanted: dict[str, Proposal | Likeness],
    now: dt.datetime,
) -> dict[str, int]:
    """Bring the proposals of one opportunity to what was found; how many of each fate."""
    fates = {"proposed": 0, "added": 0, "withdrawn": 0, "decided": 0}
    for key, match in standing.items():
        if match.state is not MatchState.PROPOSED:
            fates["decided"] += 1
        elif key in wanted or match.method == KEPT_BY_A_PERSON:
            fates["proposed"] += 1
        else:
            session.delete(match)
            fates["withdrawn"] += 1
    for key, each in wanted.items():
        match_before = standing.get(key)
        if match_before is None:
            session.add(_new_match(opportunity, each, now))
            fates["added"] += 1
            fates["proposed"] += 1
        elif match_before.state is MatchState.PROPOSED:
            match_before.rank, match_before.score = each.rank, each.score
            match_before.facts = _as_json(each.facts)
    return fates


def _new_match(opportunity: Opportunity, each: Proposal | Likeness, now: dt.datetime) -> Match:
    kind, _, number = each.key.partition(":")
    return Match(
        fabrique_id=opportunity.fabrique_id,
        opportunity_id=opportunity.id,
        **{f"{kind}_id": int(number)},
        state=MatchState.PROPOSED,
        rank=each.rank,
        score=each.score,
        facts=_as_json(each.facts),
        method=METHOD,
        proposed_at=now,
    )


def _as_json(facts: Iterable[Fact]) -> dict[str, JsonValue]:
    return {
        "lines": [
            {"code": fact.code.value, "sense": fact.sense.value, "values": dict(fact.values)}
            for fact in facts
        ]
    }


def _new_sieve(session: Session, opportunity: Opportunity) -> MatchSieve:
    row = MatchSieve(opportunity_id=opportunity.id, fabrique_id=opportunity.fabrique_id)
    session.add(row)
    return row


def _write_sieve(row: MatchSieve, found: Sieve, now: dt.datetime) -> None:
    row.sieved_at, row.method, row.reach_km = now, METHOD, found.reach_km
    row.known = found.known
    row.left = {gate.value: count for gate, count in found.left.items()}
    row.refused = {key: gate.value for key, gate in found.refused.items()}
