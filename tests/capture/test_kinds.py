"""Kinds of project: needs told in other words but answered alike are nearer by them."""

from dataclasses import replace

import numpy as np
import pytest

from capture.nlp.kinds import Kinds, compared_rows, load_kinds
from capture.nlp.language import Language

TOLD = (
    ("Il faudrait plus de médecins dans nos campagnes.", "On attend six mois chez le généraliste."),
    ("Créer une consigne pour les bouteilles en verre.", "Trop d'emballages en plastique."),
    ("Former les personnes âgées à internet.", "Je ne sais pas me servir de l'ordinateur."),
    ("Isoler les logements mal chauffés.", "La rénovation thermique des maisons coûte cher."),
)


@pytest.fixture
def kinds(language: Language) -> Kinds:
    found = load_kinds(language.vectoriser.id)
    assert found is not None
    return found


def test_rows_are_unit_and_a_blank_text_is_like_nothing(language: Language, kinds: Kinds) -> None:
    rows = kinds.of(language.vectoriser.vectors([TOLD[0][0], ""]))
    assert np.linalg.norm(rows, axis=1).tolist() == pytest.approx([1, 0], abs=1e-5)


def test_needs_answered_by_one_project_are_nearer_than_others(
    language: Language, kinds: Kinds
) -> None:
    one, other = (
        kinds.of(language.vectoriser.vectors([pair[side] for pair in TOLD])) for side in (0, 1)
    )
    likeness = one @ other.T
    answered_alike = np.eye(len(TOLD), dtype=bool)
    assert likeness[answered_alike].mean() > likeness[~answered_alike].mean() + 0.2


def test_likeness_is_the_share_of_both(language: Language, kinds: Kinds) -> None:
    vectors = language.vectoriser.vectors([pair[0] for pair in TOLD])
    rows = compared_rows(vectors, kinds)
    both = 0.5 * vectors @ vectors.T + 0.5 * kinds.of(vectors) @ kinds.of(vectors).T
    assert np.allclose(rows @ rows.T, both, atol=1e-5)
    assert compared_rows(vectors, None) is vectors


def test_row_does_not_depend_on_the_others(language: Language, kinds: Kinds) -> None:
    vectors = language.vectoriser.vectors([pair[0] for pair in TOLD])
    alone = np.concatenate([kinds.of(vectors[place : place + 1]) for place in range(len(vectors))])
    assert np.allclose(kinds.of(vectors), alone, atol=1e-5)


def test_other_vectors_have_no_kinds() -> None:
    assert load_kinds("another") is None


def test_statement_read_is_drawn_to_its_own_kind(kinds: Kinds) -> None:
    # With a single statement known, every text is drawn to it, near or far.
    single = replace(kinds, known=kinds.known[:1], pulls=kinds.pulls[:1], middle=kinds.middle * 0)
    rows = single.of(kinds.known[:2])
    assert float(rows[0] @ rows[1]) == pytest.approx(1, abs=1e-5)
