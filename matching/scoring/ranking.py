"""From a directory to the proposals of each opportunity: gates, fit, order, facts.
The order of the inputs does not matter, and a party never changes the order of two others."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from matching.scoring.explain import Fact, facts_of
from matching.scoring.features import Dossier, Party, PartyKind
from matching.scoring.gates import Sieve, sieve
from matching.scoring.score import Weights, fit_of, score_of

# Written with every proposal: a later version of the rules does not rewrite the past.
METHOD = "gates-7 weights-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Parameters of a passage; ``reach_km`` lets in parties whose seat is that near."""

    weights: Weights = field(default_factory=Weights)
    reach_km: float = 0.0
    most: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A party that passed the gates: rank from 1 within its kind, score in 0–1, its facts."""

    key: str
    kind: PartyKind
    rank: int
    score: float
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """What matching says of one opportunity."""

    dossier: str
    proposals: tuple[Proposal, ...]
    sieve: Sieve


def rankings(
    dossiers: Iterable[Dossier], parties: Sequence[Party], *, today: dt.date, rules: Rules
) -> tuple[Ranking, ...]:
    """The proposals of each opportunity, holders and actors ranked apart."""
    return tuple(ranking(dossier, parties, today=today, rules=rules) for dossier in dossiers)


def ranking(dossier: Dossier, parties: Sequence[Party], *, today: dt.date, rules: Rules) -> Ranking:
    """The proposals of one opportunity: at most ``rules.most`` of each kind.

    Parties somebody is already talking to stay in the sieve and are not proposed again.
    """
    sifted = sieve(dossier, parties, today=today, reach_km=rules.reach_km)
    free = [
        party
        for party in parties
        if party.key not in sifted.refused and party.key not in dossier.introduced
    ]
    proposals = tuple(
        proposal
        for kind in PartyKind
        for proposal in _ordered(dossier, [party for party in free if party.kind is kind], rules)
    )
    return Ranking(dossier=dossier.key, proposals=proposals, sieve=sifted)


def _ordered(dossier: Dossier, parties: Sequence[Party], rules: Rules) -> list[Proposal]:
    measured = [(party, fit_of(dossier, party)) for party in parties]
    scored = [(score_of(fit, rules.weights), party, fit) for party, fit in measured]
    # Of equals the first known, so that two passages over the same directory read the same; keys
    # end in a number, and a shorter number is a smaller one.
    scored.sort(key=lambda item: (-item[0], len(item[1].key), item[1].key))
    return [
        Proposal(
            key=party.key,
            kind=party.kind,
            rank=rank,
            score=score,
            facts=facts_of(dossier, party, fit),
        )
        for rank, (score, party, fit) in enumerate(scored[: rules.most], start=1)
    ]
