"""Every reason the pure room gives has its French words, with the right plural."""

import ast
from pathlib import Path

import pytest

import steering.planning
from fabrique.web.labels import steering as labels
from fabrique.web.labels.typography import typo
from steering.agendas import PUT_ASIDE
from steering.planning.points import Fact


def given_codes() -> set[str]:
    """The codes of facts written in the pure room."""
    found = {PUT_ASIDE.code}
    for path in Path(steering.planning.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Fact":
                found |= {
                    leaf.value
                    for leaf in ast.walk(node.args[0])
                    if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)
                }
    return found


def test_every_fact_has_words_and_every_word_a_fact() -> None:
    through_a_variable = {"new_needs", "groupings_to_review", "introductions_waiting"}
    assert given_codes() | through_a_variable == set(labels.FACTS)


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        (Fact("voices", {"testimonies": 1, "communes": 0}), "1 témoignage"),
        (Fact("voices", {"testimonies": 47, "communes": 12}), "47 témoignages, 12 communes"),
        (Fact("study_returned", {"days": 0}), "étude rendue depuis aujourd’hui"),
        (Fact("study_returned", {"days": 41}), "étude rendue depuis 41 jours"),
        (Fact("orphan", {"days": 90}), "aucun porteur après 90 jours"),
        (
            Fact("holders_contacted", {"contacted": 0, "refusals": 0}),
            "personne n’a encore été contacté",
        ),
        (
            Fact("holders_contacted", {"contacted": 7, "refusals": 3}),
            "7 porteurs contactés, 3 refus",
        ),
        (Fact("candidates", {"count": 2}), "2 porteurs intéressés"),
        (Fact("in_stage", {"stage": "idea", "days": 3}), "à l’étape « idée » depuis 3 jours"),
        (
            Fact("sector_undecided", {"sector": "mobilite", "year": 2026}),
            "secteur « Mobilité » sans décision en 2026",
        ),
        (
            Fact("area_undecided", {"area": "02", "year": 2026}),
            "aucune décision en 2026 dans ce département",
        ),
        (Fact("late_actions", {"late": 0, "very_late": 0}), "aucune action en retard"),
        (
            Fact("late_actions", {"late": 3, "very_late": 1}),
            "3 actions en retard, dont 1 de plus de 30 jours",
        ),
        (
            Fact("late_milestones", {"count": 2, "days": 40}),
            "2 étapes en retard, jusqu’à 40 jours",
        ),
        (Fact("new_needs", {"count": 74}), "74 besoins depuis la dernière séance"),
        (
            Fact("groupings_to_review", {"count": 1}),
            "1 regroupement proposé par la machine",
        ),
        (
            Fact("introductions_waiting", {"count": 2}),
            "2 mises en relation sans réponse depuis plus de 15 jours",
        ),
        (Fact("does_not_fit", {"minutes_left": 2}), "ne tient pas, il reste 2 min"),
        (Fact("does_not_fit", {"minutes_left": 0}), "ne tient pas dans la durée"),
        (Fact("awaits_opinion"), "avis attendu du COTECH"),
        (
            Fact("awaits_opinion", {"day": "2026-12-03"}),
            "avis attendu du COTECH du 3 décembre",
        ),
        (Fact("waits_for_copil", {"day": "2026-12-10"}), "prêt pour le COPIL du 10 décembre"),
        (Fact("holder_sought", {"days": 12}), "porteur recherché depuis 12 jours seulement"),
        (Fact("over_run", {"over": 8}), "L’ordre du jour dépasse de 8 min."),
        (
            Fact("convocation_late", {"day": "2026-11-25", "notice_days": 15}),
            "La convocation devait partir <strong>mercredi 25 novembre</strong> (15 jours avant).",
        ),
        (
            Fact("recusal", {"number": 6, "member": "A. <Duval>"}),
            "Point 6 : <strong>A. &lt;Duval&gt;</strong> doit se déporter, son organisation est "
            "candidate.",
        ),
        (Fact("quorum", {"needed": 9, "voting": 17}), "Quorum : 9 sièges votants sur 17."),
        (Fact("no_rapporteur", {"count": 1}), "1 point n’a pas de rapporteur."),
        (Fact("no_rapporteur", {"count": 10}), "10 points n’ont pas de rapporteur."),
    ],
    ids=lambda value: value.code if isinstance(value, Fact) else "",
)
def test_fact_is_said_in_french(fact: Fact, sentence: str) -> None:
    said = str(typo(labels.fact(fact.code, fact.values)))
    assert said.replace("\u00a0", " ") == sentence


def test_votes_say_what_was_counted_only() -> None:
    assert labels.votes(8, 1, 2).replace("\u00a0", " ") == "8 pour, 1 contre, 2 abstentions"
    assert labels.votes(3, None, None) == "3 pour"
    assert labels.votes(None, None, None) == ""
