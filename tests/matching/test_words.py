"""Every code that matching can write has its French words, and the letters say what they must."""

import datetime as dt
import enum
from collections.abc import Mapping

import pytest

from fabrique.web.labels import matching as words
from fabrique.web.labels.letters import draft_letter
from matching import models
from matching.forms import Answer
from matching.scoring.elsewhere import ConditionKind
from matching.scoring.explain import FactCode
from matching.scoring.gates import Gate

EXAMPLES: dict[FactCode, tuple[dict[str, words.Value], str]] = {
    FactCode.SECTOR_MAIN: ({"sector": "mobilite"}, "C'est son métier : Mobilité"),
    FactCode.SECTOR_KNOWN: ({"sector": "sante"}, "Connaît le sujet : Santé"),
    FactCode.SECTOR_NEIGHBOUR: (
        {"sector": "mobilite", "met": "commerce"},
        "Sujet voisin : Commerce, artisanat, pour un besoin en Mobilité",
    ),
    FactCode.SECTOR_GENERAL: (
        {"sector": "sante"},
        "Travaille sur tous les sujets, sans spécialité ici",
    ),
    FactCode.WORDS_SHARED: ({"words": ["car", "vélo"]}, "Mots en commun : car et vélo"),
    FactCode.ZONE_WHOLE: ({"total": 12}, "Travaille dans les 12 communes"),
    FactCode.ZONE_PART: ({"covered": 8, "total": 12}, "Travaille dans 8 des 12 communes"),
    FactCode.ZONE_UNKNOWN: ({}, "Zone de travail à préciser"),
    FactCode.ZONE_OUTSIDE: (
        {"kilometres": 34},
        "Ne travaille pas ici d'habitude : son siège est à 34 km",
    ),
    FactCode.PLACE_NEAR: (
        {"near": 8, "total": 12, "kilometres": 20},
        "Sur place : 8 des 12 communes sont à moins de 20 km",
    ),
    FactCode.PLACE_FAR: ({"kilometres": 95}, "Loin : 95 km de la commune la plus proche"),
    FactCode.STAGE_NOW: ({"stage": "creation"}, "Intervient à cette étape : création"),
    FactCode.STAGE_NEXT: ({"stage": "creation"}, "Intervient à l'étape suivante : création"),
    FactCode.HELP_OFFERED: ({"kinds": ["grant", "loan"]}, "Propose : subvention et prêt"),
    FactCode.HELP_OTHER: ({}, "Ne propose pas l'aide attendue à cette étape"),
    FactCode.OFFER_UNKNOWN: ({}, "Offre à préciser : rien n'est encore écrit"),
    FactCode.LEGAL_FORMS_LIMITED: (
        {"forms": ["association", "scop"]},
        "Réservé à : association et Scop",
    ),
    FactCode.NO_STRUCTURE: ({}, "Pas encore de structure : compagnonnage à prévoir"),
    FactCode.TERRITORY_LARGE_ENOUGH: (
        {"wanted": 15_000, "here": 41_000},
        "Un bassin de 15\u00a0000 habitants ou plus (ici 41\u00a0000).",
    ),
    FactCode.TERRITORY_TOO_SMALL: (
        {"wanted": 15_000, "here": 8_800},
        "Un bassin de 15\u00a0000 habitants ou plus (ici 8\u00a0800 seulement).",
    ),
    FactCode.TERRITORY_UNKNOWN: (
        {"wanted": 15_000, "here": 0},
        "Un bassin de 15\u00a0000 habitants ou plus (population d'ici à vérifier).",
    ),
    FactCode.CONDITION: (
        {"sentence": "Un garage voisin.", "kind": "partner"},
        "Un garage voisin.",
    ),
}


@pytest.mark.parametrize("code", FactCode)
def test_each_fact_has_its_sentence(code: FactCode) -> None:
    values, sentence = EXAMPLES[code]
    assert words.fact_sentence(code.value, values) == sentence


@pytest.mark.parametrize(
    ("near", "total", "sentence"),
    [
        (1, 1, "Sur place : à moins de 20 km"),
        (3, 3, "Sur place : les 3 communes sont à moins de 20 km"),
        (1, 4, "Sur place : 1 des 4 communes est à moins de 20 km"),
    ],
)
def test_nearness_is_said_in_the_right_number(near: int, total: int, sentence: str) -> None:
    values = {"near": near, "total": total, "kilometres": 20}
    assert words.fact_sentence("place_near", values) == sentence


@pytest.mark.parametrize(
    ("members", "table"),
    [
        (models.ZoneScale, words.ZONE_SCALES),
        (models.Stage, words.PROJECT_STAGES),
        (models.HelpKind, words.HELP_KINDS),
        (models.HolderKind, words.HOLDER_KINDS),
        (models.ActorKind, words.ACTOR_KINDS),
        (models.MatchState, words.MATCH_STATES),
        (models.PutAsideReason, words.PUT_ASIDE_REASONS),
        (models.IntroductionState, words.INTRODUCTION_STATES),
        (models.IntroductionState, words.INTRODUCTION_CHIPS),
        (Answer, words.ANSWERS),
        (ConditionKind, words.CONDITION_KINDS),
        (Gate, words.GATES),
        (Gate, words.REFUSALS),
    ],
)
def test_each_enumeration_is_wholly_named(
    members: type[enum.StrEnum], table: Mapping[str, object]
) -> None:
    assert {member.value for member in members} == set(table)


def test_sieve_leaves_out_the_legal_form_until_it_refuses_somebody() -> None:
    counts = {gate.value: 5 for gate in Gate}
    lines = words.sieve_lines(9, list(counts.items()), 12)
    assert [label for label, _ in lines] == [
        "porteurs et acteurs connus",
        "sur la zone (12\u00a0communes)",
        "sur le sujet",
        "à cette étape",
        "avec de la place",
        "présents, sans conflit d'intérêts",
    ]
    refusing = list((counts | {"legal_form": 4}).items())
    assert ("pour cette forme juridique", 4) in words.sieve_lines(9, refusing, 12)


def test_clock_notes_say_what_was_done_and_the_dates_to_come() -> None:
    notes = words.clock_notes(dt.date(2026, 11, 11), 12, (9,))
    assert notes == [(0, "envoi"), (9, "9 j ✓"), (21, "21 j : 2 déc."), (45, "45 j : arrêt")]


def test_allotment_sentence_says_where_the_first_goes() -> None:
    said = words.allotment_sentence("Grands Ensemble", None, ("O-2026-11",))
    assert said.endswith("il vaut mieux le proposer à O-2026-11 et chercher encore ici.")
    assert "n'a plus de place" in words.allotment_sentence("Grands Ensemble", None, ())


@pytest.mark.parametrize("kind", ["holder", "actor", "initiative"])
def test_draft_letter_says_who_asks_for_what_and_where(kind: str) -> None:
    letter = draft_letter(
        kind,
        title="Garage solidaire",
        summary="",
        reference="O-2026-07",
        testimonies=47,
        places=("Hirson", "Vervins", "Guise", "Fourmies"),
        is_person=kind == "holder",
        sender="Claire Delattre",
        signature="Fabrique à initiatives",
    )
    assert letter.startswith(
        "Bonjour,\n\n47\u00a0personnes nous disent la même chose, à Hirson, Vervins, Guise et "
        "d'autres communes. De leurs mots est née une opportunité : « Garage solidaire ».\n\n"
    )
    assert letter.endswith("O-2026-07\n\nBien à vous,\nClaire Delattre\nFabrique à initiatives")
    assert ("Votre nom n'est donné à personne" in letter) is (kind == "holder")
