"""The hard gates, in order: a party that one of them refuses is never proposed.
The sieve keeps how many are left after each, and which gate refused whom."""

import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fabrique.core.places import distance_km
from matching.scoring.features import GENERALIST, Dossier, Offer, Party, PartyKind


class Gate(enum.StrEnum):
    """Why a party is left out; the first gate that refuses is the one said."""

    ZONE = "zone"
    SECTOR = "sector"
    STAGE = "stage"
    LEGAL_FORM = "legal_form"
    CAPACITY = "capacity"
    PRESENCE = "presence"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """From the directory to the proposals: ``left`` counts the parties after each gate."""

    reach_km: float
    known: int
    left: Mapping[Gate, int]
    refused: Mapping[str, Gate]


def first_refusal(
    dossier: Dossier, party: Party, *, today: dt.date, reach_km: float = 0.0
) -> Gate | None:
    """The first gate that refuses the party, or None; ``reach_km`` widens zones from the seat."""
    passes = {
        Gate.ZONE: _works_there(dossier, party, reach_km),
        Gate.SECTOR: _knows_the_subject(dossier, party),
        Gate.STAGE: _comes_in_time(dossier, party),
        Gate.LEGAL_FORM: not party.offers or bool(open_offers(dossier, party)),
        Gate.CAPACITY: party.capacity_left > 0,
        Gate.PRESENCE: party.absent_until is None or party.absent_until <= today,
        Gate.CONFLICT: party.key not in dossier.barred,
    }
    return next((gate for gate in Gate if not passes[gate]), None)


def sieve(
    dossier: Dossier, parties: Iterable[Party], *, today: dt.date, reach_km: float = 0.0
) -> Sieve:
    """Every party put through the gates of one opportunity."""
    refused: dict[str, Gate] = {}
    known = 0
    for party in parties:
        known += 1
        gate = first_refusal(dossier, party, today=today, reach_km=reach_km)
        if gate is not None:
            refused[party.key] = gate
    left: dict[Gate, int] = {}
    remaining = known
    for gate in Gate:
        remaining -= sum(1 for refusing in refused.values() if refusing is gate)
        left[gate] = remaining
    return Sieve(
        reach_km=reach_km,
        known=known,
        left=MappingProxyType(left),
        refused=MappingProxyType(refused),
    )


def tightest_gate(known: int, left: Mapping[Gate, int]) -> tuple[Gate, int, int]:
    """The gate that refused most, with how many stood before it and after it."""
    before = [known, *(left[gate] for gate in Gate)]
    steps = list(zip(Gate, before, before[1:], strict=False))
    return max(steps, key=lambda step: step[1] - step[2])


def timely_offers(dossier: Dossier, party: Party) -> tuple[Offer, ...]:
    """The offers that help at the stage of the opportunity or at the next one."""
    wanted = dossier.stages | dossier.next_stages
    return tuple(offer for offer in party.offers if not offer.stages or offer.stages & wanted)


def open_offers(dossier: Dossier, party: Party) -> tuple[Offer, ...]:
    """The timely offers that the legal form of the holder does not exclude."""
    return tuple(
        offer
        for offer in timely_offers(dossier, party)
        if dossier.legal_form is None
        or not offer.legal_forms
        or dossier.legal_form in offer.legal_forms
    )


def _works_there(dossier: Dossier, party: Party, reach_km: float) -> bool:
    # By intersection: one commune in common is enough, and a code no longer in force, on either
    # side, can never exclude by itself (as the zones of Conseillers-entreprises do).
    if not dossier.places or party.zone.is_unknown:
        return True
    if any(party.zone.covers(place) for place in dossier.places):
        return True
    seat = party.seat
    if seat is None or reach_km <= 0:
        return False
    return any(distance_km(seat, place) <= reach_km for place in dossier.places)


def _knows_the_subject(dossier: Dossier, party: Party) -> bool:
    known = {dossier.sector, *dossier.secondary, GENERALIST}
    return dossier.sector == GENERALIST or not known.isdisjoint(party.sectors)


def _comes_in_time(dossier: Dossier, party: Party) -> bool:
    if party.kind is PartyKind.ACTOR:
        # An actor whose offers nobody has written yet is a question to ask, not a refusal.
        return not party.offers or bool(timely_offers(dossier, party))
    return not party.stages or bool(party.stages & (dossier.stages | dossier.next_stages))
