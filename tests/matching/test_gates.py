"""Hard gates: who passes, who is refused first by what, and the counts of the sieve."""

import datetime as dt

import pytest
from hypothesis import given

from matching.scoring.features import Dossier, Party, Zone
from matching.scoring.gates import Gate, first_refusal, sieve, tightest_gate
from matching.scoring.vocabulary import Stage, ZoneScale
from tests.matching.values import (
    HIRSON,
    LILLE,
    VERVINS,
    a_dossier,
    a_party,
    an_actor,
    an_offer,
    directories,
    dossiers,
)

TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("scale", "codes"),
    [
        (ZoneScale.COMMUNE, {"02789"}),
        (ZoneScale.COMMUNE, {"02381", "99999"}),
        (ZoneScale.EPCI, {"240200444"}),
        (ZoneScale.DEPARTEMENT, {"02", "59"}),
        (ZoneScale.REGION, {"32"}),
        (ZoneScale.COUNTRY, set()),
    ],
)
def test_zone_with_one_commune_in_common_passes(scale: ZoneScale, codes: set[str]) -> None:
    party = a_party(zone=Zone(scale=scale, codes=frozenset(codes)))
    assert first_refusal(a_dossier(), party, today=TODAY) is None


@pytest.mark.parametrize(
    ("scale", "codes"),
    [
        (ZoneScale.COMMUNE, {"59350"}),
        (ZoneScale.EPCI, {"200093201"}),
        (ZoneScale.DEPARTEMENT, {"59"}),
        (ZoneScale.REGION, {"93"}),
    ],
)
def test_zone_elsewhere_refuses(scale: ZoneScale, codes: set[str]) -> None:
    party = a_party(zone=Zone(scale=scale, codes=frozenset(codes)))
    assert first_refusal(a_dossier(), party, today=TODAY) is Gate.ZONE


def test_zone_with_no_code_left_in_force_does_not_exclude() -> None:
    party = a_party(zone=Zone(scale=ZoneScale.EPCI, codes=frozenset()))
    assert first_refusal(a_dossier(), party, today=TODAY) is None


def test_seat_within_reach_passes_the_zone_gate_only_when_widened() -> None:
    lillois = Zone(scale=ZoneScale.COMMUNE, codes=frozenset({LILLE.insee_code}))
    party = a_party(zone=lillois, seat=VERVINS)
    dossier = a_dossier(places=(HIRSON,))
    assert first_refusal(dossier, party, today=TODAY) is Gate.ZONE
    assert first_refusal(dossier, party, today=TODAY, reach_km=10) is Gate.ZONE
    assert first_refusal(dossier, party, today=TODAY, reach_km=40) is None


@pytest.mark.parametrize("known", [("mobilite",), ("commerce",), ("transversal",)])
def test_sector_known_neighbouring_or_general_passes(known: tuple[str, ...]) -> None:
    assert first_refusal(a_dossier(), a_party(sectors=known), today=TODAY) is None


def test_other_trade_is_refused() -> None:
    party = a_party(sectors=("sante",))
    assert first_refusal(a_dossier(), party, today=TODAY) is Gate.SECTOR


def test_stage_too_early_or_too_late_is_refused_and_next_one_passes() -> None:
    late = a_party(stages=frozenset({Stage.SCALING}))
    following = a_party(stages=frozenset({Stage.CREATION}))
    assert first_refusal(a_dossier(), late, today=TODAY) is Gate.STAGE
    assert first_refusal(a_dossier(), following, today=TODAY) is None


def test_actor_is_judged_by_its_offers_one_by_one() -> None:
    late = an_offer(stages=frozenset({Stage.SCALING}))
    for_scops = an_offer(legal_forms=frozenset({"scop"}))
    actor = an_actor(offers=(late, for_scops))
    assert first_refusal(a_dossier(), actor, today=TODAY) is None
    assert first_refusal(a_dossier(legal_form="scop"), actor, today=TODAY) is None
    assert first_refusal(a_dossier(legal_form="siae"), actor, today=TODAY) is Gate.LEGAL_FORM
    assert first_refusal(a_dossier(), an_actor(offers=(late,)), today=TODAY) is Gate.STAGE


def test_actor_without_written_offer_is_not_refused() -> None:
    assert first_refusal(a_dossier(), an_actor(offers=()), today=TODAY) is None


def test_full_party_is_refused() -> None:
    full = a_party(capacity=2, capacity_left=0)
    assert first_refusal(a_dossier(), full, today=TODAY) is Gate.CAPACITY


def test_absence_refuses_until_the_day_of_return() -> None:
    away = a_party(absent_until=dt.date(2026, 12, 1))
    assert first_refusal(a_dossier(), away, today=dt.date(2026, 11, 30)) is Gate.PRESENCE
    assert first_refusal(a_dossier(), away, today=dt.date(2026, 12, 1)) is None


def test_party_put_aside_before_is_refused() -> None:
    dossier = a_dossier(barred=frozenset({"holder:1"}))
    assert first_refusal(dossier, a_party(), today=TODAY) is Gate.CONFLICT


def test_first_gate_in_order_is_the_one_said() -> None:
    party = a_party(sectors=("sante",), capacity_left=0)
    assert first_refusal(a_dossier(), party, today=TODAY) is Gate.SECTOR


def test_sieve_counts_what_is_left_after_each_gate() -> None:
    directory = [
        a_party("holder:1"),
        a_party("holder:2", zone=Zone(scale=ZoneScale.DEPARTEMENT, codes=frozenset({"59"}))),
        a_party("holder:3", zone=Zone(scale=ZoneScale.DEPARTEMENT, codes=frozenset({"59"}))),
        a_party("holder:4", sectors=("sante",)),
        a_party("holder:5", capacity_left=0),
    ]
    sifted = sieve(a_dossier(), directory, today=TODAY)
    assert sifted.known == 5
    assert list(sifted.left.values()) == [3, 2, 2, 2, 1, 1, 1]
    assert sifted.refused["holder:4"] is Gate.SECTOR
    assert tightest_gate(sifted.known, sifted.left) == (Gate.ZONE, 5, 3)


@given(dossiers, directories)
def test_sieve_loses_nobody(dossier: Dossier, directory: list[Party]) -> None:
    sifted = sieve(dossier, directory, today=TODAY)
    assert sifted.known == len(directory)
    assert sifted.left[Gate.CONFLICT] + len(sifted.refused) == len(directory)
    assert list(sifted.left.values()) == sorted(sifted.left.values(), reverse=True)
