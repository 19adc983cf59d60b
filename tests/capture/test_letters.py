"""Spelling beside meaning: names and misspelt words bring texts together, common letters do not."""

import numpy as np
import pytest

from capture.nlp.letters import alike, letter_rows


def shared(one: str, other: str) -> float:
    """The cosine of the letters of two texts."""
    rows = letter_rows([one, other])
    return float((rows @ rows.T).toarray()[0, 1])


def test_same_text_shares_all_whatever_its_case_and_accents() -> None:
    assert shared("Épicerie fermée à Étréaupont", "epicerie FERMEE a etreaupont") == pytest.approx(
        1
    )


def test_misspelt_word_stays_near() -> None:
    misspelt = shared("la médiathèque", "la mediatèque")
    assert misspelt > 3 * shared("la médiathèque", "la gendarmerie")


def test_rare_letters_weigh_more_than_common_ones() -> None:
    assert shared("avec Étréaupont", "pour Étréaupont") > shared("avec Hirson", "avec Vervins")


def test_text_without_letters_is_like_nothing() -> None:
    assert shared("…", "Plus de car") == 0
    assert letter_rows([""]).nnz == 0


def test_likeness_stays_between_meaning_and_letters() -> None:
    cosine, letters = np.array([0.2, 1.0]), np.array([0.9, 1.0])
    assert alike(cosine, letters).tolist() == pytest.approx([0.4, 1.0])
