"""Secondary coding: how a need is told and what of well-being it touches; in doubt, nothing."""

import numpy as np
import pytest

from capture.nlp.vectorise import load_vectoriser
from capture.nlp.wellbeing import (
    Dimension,
    Polarity,
    WellbeingReading,
    counted_words,
    load_wellbeing,
)

VECTORISER, MODEL = load_vectoriser(), load_wellbeing()


def read(*texts: str) -> list[WellbeingReading]:
    """What the shipped model says of texts."""
    return MODEL.read(texts, VECTORISER.vectors(texts), vectoriser=VECTORISER.id)


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("Il n'y a plus de médecin dans le canton, on ne trouve personne.", Polarity.LACK),
        ("Le bus ne passe plus le soir depuis la rentrée.", Polarity.LACK),
        ("Créer une épicerie associative dans l'ancienne école.", Polarity.PROPOSAL),
        ("Il faudrait mettre en place un transport à la demande.", Polarity.PROPOSAL),
    ],
)
def test_a_lack_is_told_from_a_proposal(text: str, polarity: Polarity) -> None:
    assert read(text)[0].polarity is polarity


@pytest.mark.parametrize(
    ("text", "dimension"),
    [
        ("On ne trouve plus de logement à loyer abordable.", Dimension.MEANS_OF_LIFE),
        ("La rivière est polluée par les pesticides.", Dimension.LIVING_ENVIRONMENT),
        (
            "L'administration ne répond pas, il faut un accueil humain au guichet.",
            Dimension.INSTITUTIONS,
        ),
    ],
)
def test_dimension_is_that_of_the_main_object(text: str, dimension: Dimension) -> None:
    assert read(text)[0].dimension is dimension


def test_a_lack_of_daily_life_is_more_of_a_need_than_a_remark_on_the_meeting() -> None:
    need, remark = read(
        "Il manque une crèche pour les parents qui travaillent tôt.",
        "Merci aux organisateurs de cette réunion du grand débat.",
    )
    assert need.need > 0.8
    assert remark.need < 0.5


def test_in_doubt_nothing_is_said() -> None:
    assert read("zzz")[0].dimension is None


def test_words_speak_alone_when_the_vectors_are_others() -> None:
    texts = ["Créer une épicerie associative."]
    found = MODEL.read(texts, np.zeros((1, 3), dtype=np.float32), vectoriser="another")
    assert found[0].polarity is Polarity.PROPOSAL


def test_texts_and_vectors_are_as_many() -> None:
    with pytest.raises(ValueError, match="as many"):
        MODEL.read(["un"], np.zeros((2, 3), dtype=np.float32), vectoriser="x")


def test_small_words_count_and_an_empty_text_is_an_empty_row() -> None:
    rows = counted_words(["il n'y a pas", "il y a", ""])
    assert rows[0].count_nonzero() > rows[1].count_nonzero()
    assert (rows.multiply(rows).sum(axis=1)).round(5).tolist() == [1, 1, 0]
