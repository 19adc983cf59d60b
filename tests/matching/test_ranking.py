"""Score, facts and order of proposals."""

import datetime as dt
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.scoring.explain import FactCode, Sense, facts_of
from matching.scoring.features import Dossier, Party, Zone, secondary_sectors
from matching.scoring.gates import first_refusal
from matching.scoring.ranking import Rules, ranking, rankings
from matching.scoring.score import Weights, fit_of, score_of, sector_fit, text_fit
from matching.scoring.vocabulary import HelpKind, Stage, ZoneScale
from tests.matching.values import (
    HIRSON,
    LILLE,
    NICE,
    VERVINS,
    a_dossier,
    a_party,
    an_actor,
    an_offer,
    directories,
    dossiers,
    parties,
)

TODAY = dt.date(2026, 11, 24)
RULES = Rules()


def codes(dossier: Dossier, party: Party) -> list[tuple[str, str]]:
    facts = facts_of(dossier, party, fit_of(dossier, party))
    return [(fact.code.value, fact.sense.value) for fact in facts]


def score(dossier: Dossier, party: Party) -> float:
    return score_of(fit_of(dossier, party), Weights())


@given(dossiers, parties())
def test_score_stays_between_0_and_1(dossier: Dossier, party: Party) -> None:
    assert 0 <= score(dossier, party) <= 1


@given(dossiers, directories)
def test_proposal_has_two_to_four_facts_and_a_rank_of_its_kind(
    dossier: Dossier, directory: list[Party]
) -> None:
    found = ranking(dossier, directory, today=TODAY, rules=RULES)
    for kind in {proposal.kind for proposal in found.proposals}:
        of_kind = [proposal for proposal in found.proposals if proposal.kind is kind]
        assert [proposal.rank for proposal in of_kind] == list(range(1, len(of_kind) + 1))
        assert [proposal.score for proposal in of_kind] == sorted(
            (proposal.score for proposal in of_kind), reverse=True
        )
    assert all(2 <= len(proposal.facts) <= 4 for proposal in found.proposals)


@given(dossiers, directories)
def test_refused_party_is_never_proposed(dossier: Dossier, directory: list[Party]) -> None:
    found = ranking(dossier, directory, today=TODAY, rules=RULES)
    by_key = {party.key: party for party in directory}
    for proposal in found.proposals:
        assert first_refusal(dossier, by_key[proposal.key], today=TODAY) is None


@given(dossiers, directories, st.randoms(use_true_random=False))
def test_order_of_the_directory_does_not_matter(
    dossier: Dossier, directory: list[Party], chance: Random
) -> None:
    shuffled = chance.sample(directory, len(directory))
    found = ranking(dossier, directory, today=TODAY, rules=RULES)
    again = ranking(dossier, shuffled, today=TODAY, rules=RULES)
    assert found.proposals == again.proposals
    assert found.sieve.left == again.sieve.left


@given(dossiers, directories, parties(st.just(1000)))
def test_one_more_party_changes_no_order_between_the_others(
    dossier: Dossier, directory: list[Party], other: Party
) -> None:
    rules = Rules(most=50)
    before = ranking(dossier, directory, today=TODAY, rules=rules)
    after = ranking(dossier, [*directory, other], today=TODAY, rules=rules)
    kept = [proposal for proposal in after.proposals if proposal.key != other.key]
    assert [(each.key, each.score, each.facts) for each in kept] == [
        (each.key, each.score, each.facts) for each in before.proposals
    ]


@given(st.lists(dossiers, max_size=3), directories)
def test_batch_says_the_same_as_one_by_one(batch: list[Dossier], directory: list[Party]) -> None:
    together = rankings(batch, directory, today=TODAY, rules=RULES)
    assert together == tuple(
        ranking(dossier, directory, today=TODAY, rules=RULES) for dossier in batch
    )


def test_empty_directory_proposes_nobody() -> None:
    found = ranking(a_dossier(), [], today=TODAY, rules=RULES)
    assert (found.proposals, found.sieve.known) == ((), 0)


def test_party_already_introduced_stays_in_the_sieve_and_is_not_proposed() -> None:
    dossier = a_dossier(introduced=frozenset({"holder:1"}))
    found = ranking(dossier, [a_party("holder:1"), a_party("holder:2")], today=TODAY, rules=RULES)
    assert [(proposal.key, proposal.rank) for proposal in found.proposals] == [("holder:2", 1)]
    assert found.sieve.refused == {}


@pytest.mark.parametrize(
    ("known", "fit"),
    [
        (("mobilite", "sante"), 1.0),
        (("sante", "mobilite"), 0.85),
        (("commerce",), 0.4),
        (("transversal",), 0.3),
        (("sante",), 0.0),
    ],
)
def test_sector_fit_falls_from_the_main_trade_to_the_generalist(
    known: tuple[str, ...], fit: float
) -> None:
    assert sector_fit("mobilite", ("commerce",), known) == fit


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"sectors": ("mobilite",)}, {"sectors": ("transversal",)}),
        ({"seat": HIRSON}, {"seat": NICE}),
        ({"stages": frozenset({Stage.FEASIBILITY})}, {"stages": frozenset({Stage.CREATION})}),
        ({"capacity_left": 3}, {"capacity_left": 1}),
        (
            {"zone": Zone(scale=ZoneScale.DEPARTEMENT, codes=frozenset({"02"}))},
            {"zone": Zone(scale=ZoneScale.COMMUNE, codes=frozenset({"02789"}))},
        ),
    ],
)
def test_closer_earlier_freer_party_comes_first(
    better: dict[str, object], worse: dict[str, object]
) -> None:
    assert score(a_dossier(), a_party(**better)) > score(a_dossier(), a_party(**worse))


def test_offer_of_the_help_wanted_now_comes_first() -> None:
    wanted = an_actor(offers=(an_offer(help_kinds=frozenset({HelpKind.MENTORING})),))
    other = an_actor(offers=(an_offer(help_kinds=frozenset({HelpKind.EQUITY})),))
    assert score(a_dossier(), wanted) > score(a_dossier(), other)
    assert ("help_other", "against") in codes(a_dossier(), other)


def test_closeness_of_words_is_between_far_and_close() -> None:
    here = np.array([1, 0], dtype=np.float32)
    aside = np.array([0.4, 0.9165], dtype=np.float32)
    assert text_fit(here, here) == 1.0
    assert text_fit(here, -here) == 0.0
    assert text_fit(here, aside) == pytest.approx(0.4286, abs=1e-3)
    assert text_fit(here, None) is None
    close, far = a_party(text=here), a_party(text=-here)
    assert score(a_dossier(text=here), close) > score(a_dossier(text=here), far)


def test_facts_of_a_local_party_of_the_trade() -> None:
    facts = facts_of(a_dossier(), a_party(), fit_of(a_dossier(), a_party()))
    assert [(fact.code, dict(fact.values)) for fact in facts] == [
        (FactCode.SECTOR_MAIN, {"sector": "mobilite"}),
        (FactCode.PLACE_NEAR, {"near": 2, "total": 2, "kilometres": 20}),
        (FactCode.STAGE_NOW, {"stage": "feasibility"}),
        (FactCode.WORDS_SHARED, {"words": ["garage", "voitures"]}),
    ]
    assert {fact.sense for fact in facts} == {Sense.FOR}


def test_what_is_to_be_checked_is_not_crowded_out() -> None:
    partial = Zone(scale=ZoneScale.COMMUNE, codes=frozenset({HIRSON.insee_code}))
    party = a_party(zone=partial, legal_form="individual")
    assert codes(a_dossier(), party) == [
        ("sector_main", "for"),
        ("place_near", "for"),
        ("zone_part", "check"),
        ("no_structure", "check"),
    ]


def test_far_seat_and_next_stage_are_to_be_checked() -> None:
    party = a_party(seat=LILLE, stages=frozenset({Stage.CREATION}), words=frozenset())
    assert codes(a_dossier(), party) == [
        ("sector_main", "for"),
        ("zone_whole", "for"),
        ("place_far", "check"),
        ("stage_next", "check"),
    ]


def test_unknown_zone_or_no_commune_is_to_be_checked() -> None:
    nowhere = a_party(zone=Zone(scale=ZoneScale.EPCI, codes=frozenset()))
    assert ("zone_unknown", "check") in codes(a_dossier(), nowhere)
    assert ("zone_unknown", "check") in codes(a_dossier(places=()), a_party())


def test_party_let_in_by_reach_says_that_its_zone_is_elsewhere() -> None:
    outside = Zone(scale=ZoneScale.DEPARTEMENT, codes=frozenset({"59"}))
    assert ("zone_outside", "check") in codes(a_dossier(), a_party(zone=outside))


@pytest.mark.parametrize(
    ("sectors", "code"),
    [
        (("sante", "mobilite"), "sector_known"),
        (("commerce",), "sector_neighbour"),
        (("transversal",), "sector_general"),
    ],
)
def test_fact_of_the_subject_says_how_well_it_is_known(sectors: tuple[str, ...], code: str) -> None:
    assert code in {found for found, _ in codes(a_dossier(), a_party(sectors=sectors))}


def test_facts_of_an_actor_speak_of_its_offers() -> None:
    limited = an_actor(offers=(an_offer(legal_forms=frozenset({"scop", "scic"})),))
    facts = facts_of(a_dossier(), limited, fit_of(a_dossier(), limited))
    said = {fact.code: fact.values for fact in facts}
    assert said[FactCode.HELP_OFFERED] == {"kinds": ["grant", "mentoring"]}
    assert said[FactCode.LEGAL_FORMS_LIMITED] == {"forms": ["scic", "scop"]}
    assert ("offer_unknown", "check") in codes(a_dossier(), an_actor(offers=()))


def test_secondary_sectors_are_those_enough_readings_name() -> None:
    readings = [["mobilite"], ["mobilite", "commerce"], ["commerce"], ["sante"], ["mobilite"]]
    assert secondary_sectors("mobilite", readings) == ("commerce",)
    assert secondary_sectors("mobilite", []) == ()


def test_population_counts_each_commune_once() -> None:
    assert a_dossier(places=(HIRSON, VERVINS, HIRSON)).population == 11_300
