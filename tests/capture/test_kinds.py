"""Kinds of project: needs told in other words but answered alike are nearer by them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from capture.nlp.kinds import KIND_SHARE, compared_rows, load_kinds
from capture.nlp.language import Language

TOLD = (
    ("Il faudrait plus de médecins dans nos campagnes.", "On attend six mois chez le généraliste."),
    ("Créer une consigne pour les bouteilles en verre.", "Trop d'emballages en plastique."),
    ("Former les personnes âgées à internet.", "Je ne sais pas me servir de l'ordinateur."),
    ("Isoler les logements mal chauffés.", "La rénovation thermique des maisons coûte cher."),
)


def kinds_of(language: Language, *texts: str) -> NDArray[np.float32]:
    """The kinds of project that texts call for."""
    return language.kinds_of(texts, language.vectoriser.vectors(texts))


def test_rows_are_unit_and_a_blank_text_is_like_nothing(language: Language) -> None:
    rows = kinds_of(language, TOLD[0][0], "")
    assert np.linalg.norm(rows, axis=1).tolist() == pytest.approx([1, 0], abs=1e-5)


def test_needs_answered_by_one_project_are_nearer_than_others(language: Language) -> None:
    one, other = (kinds_of(language, *(pair[side] for pair in TOLD)) for side in (0, 1))
    likeness = one @ other.T
    answered_alike = np.eye(len(TOLD), dtype=bool)
    assert likeness[answered_alike].mean() > likeness[~answered_alike].mean() + 0.2


def test_words_that_vectors_confuse_still_tell_kinds_apart(language: Language) -> None:
    same, other = "Créer une crèche au village", "Créer une épicerie au village"
    rows = kinds_of(language, "Il manque une crèche", same, other)
    assert float(rows[0] @ rows[1]) > float(rows[0] @ rows[2]) + 0.2


def test_likeness_is_the_share_of_both(language: Language) -> None:
    texts = [pair[0] for pair in TOLD]
    vectors, kinds = language.vectoriser.vectors(texts), kinds_of(language, *texts)
    rows = compared_rows(vectors, kinds)
    both = (1 - KIND_SHARE) * vectors @ vectors.T + KIND_SHARE * kinds @ kinds.T
    assert np.allclose(rows @ rows.T, both, atol=1e-5)
    assert compared_rows(vectors, kinds[:, :0]) is vectors


def test_row_does_not_depend_on_the_others(language: Language) -> None:
    texts = [pair[0] for pair in TOLD]
    alone = np.concatenate([kinds_of(language, text) for text in texts])
    assert np.allclose(kinds_of(language, *texts), alone, atol=1e-5)


def test_other_vectors_have_no_kinds() -> None:
    assert load_kinds("another") is None
