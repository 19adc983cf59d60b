"""The words that decided a sector are those without which it would be less likely."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.nlp.language import Language
from capture.nlp.sectors import Sector


@pytest.mark.parametrize(
    ("text", "sector", "first"),
    [
        ("Plus de pharmacie au village", Sector.SANTE, "pharmacie"),
        ("Aucune pharmacie de garde à moins de 40 km", Sector.SANTE, "pharmacie"),
        ("Plus de kiné", Sector.SANTE, "kiné"),
        ("Des panneaux solaires sur le toit de l’école", Sector.ENERGIE, "solaires"),
        ("Plus aucun MÉDECIN dans le canton", Sector.SANTE, "MÉDECIN"),
    ],
)
def test_word_that_decided_most_comes_first_as_written(
    language: Language, text: str, sector: Sector, first: str
) -> None:
    assert language.sectors_of([text], None)[0].principal is sector
    assert first in language.deciding_words(text, sector)[0]


def test_word_said_several_times_is_named_once(language: Language) -> None:
    words = language.deciding_words("Médecins. Plus de médecins ici, MÉDECINS !", Sector.SANTE)
    assert [word.lower() for word in words].count("médecins") == 1


def test_words_said_together_stay_together(language: Language) -> None:
    words = language.deciding_words("Le permis de conduire est trop cher", Sector.MOBILITE)
    assert "permis de conduire" in words


def test_nothing_decided_where_nothing_is_said(language: Language) -> None:
    assert language.deciding_words("", Sector.SANTE) == ()
    assert language.deciding_words("!!!", Sector.SANTE) == ()


@given(st.text(max_size=200), st.sampled_from(Sector))
@settings(max_examples=40, deadline=None)
def test_three_words_of_the_text_at_most(language: Language, text: str, sector: Sector) -> None:
    words = language.deciding_words(text, sector)
    assert len(words) <= 3
    assert all(word in text for word in words)
