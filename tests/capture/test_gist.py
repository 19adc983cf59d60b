"""Meaning is read without greetings, names and places; nothing else is left out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.nlp.gist import gist
from capture.nlp.language import Language

NEED = "Je ne trouve pas de médecin"


@pytest.mark.parametrize(
    "text",
    [
        f"Bonjour, {NEED}. Merci d’avance, cordialement.",
        f"Bonjour,\n{NEED}\n\nBien à vous et merci beaucoup",
        f"Monsieur le Maire, {NEED}",
        f"Madame, Monsieur, mesdames et messieurs les élus, {NEED}…",
        f"Mme Dupont (06 12 34 56 78) : {NEED}",
        f"À Hirson, {NEED}",
    ],
)
def test_courtesies_names_and_places_do_not_change_what_is_read(
    language: Language, text: str
) -> None:
    told, alone = language.read([text, NEED])
    assert told.sector.principal is alone.sector.principal
    assert float(told.vector @ alone.vector) > 0.99


@pytest.mark.parametrize(
    "text",
    [
        "Monsieur le maire ne répond pas",
        "Le salut vient du vélo",
        "Merci de remettre un bus",
        "Baisser les impôts de 5.5 % pour tous",
    ],
)
def test_what_is_said_stays(language: Language, text: str) -> None:
    assert gist(text, language.reader.read([text])[0]) == text


def test_text_of_courtesies_stays_as_it_is(language: Language) -> None:
    assert gist("Bonjour, merci", language.reader.read(["Bonjour, merci"])[0]) == "Bonjour, merci"


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_no_word_is_added_nor_moved(language: Language, text: str) -> None:
    kept = iter(text.split())
    assert all(
        any(word in other for other in kept)
        for word in gist(text, language.reader.read([text])[0]).split()
    )
