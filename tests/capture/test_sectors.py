"""Sectors of a text: ambiguous words, out-of-scope politics, bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.nlp.language import Language
from capture.nlp.lexical import load_lexical_reader
from capture.nlp.sectors import SECTORS, SUBJECTS, Sector, SectorReading, load_sector_model
from capture.nlp.vectorise import load_vectoriser

READER, VECTORISER = load_lexical_reader(), load_vectoriser()
MODEL = load_sector_model(READER)


def read(*texts: str) -> list[SectorReading]:
    """Readings by the shipped model with the shipped vectoriser."""
    return MODEL.read(READER.read(texts), VECTORISER.vectors(texts), vectoriser=VECTORISER.id)


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        ("Passer le permis coûte trop cher pour les jeunes du village", Sector.MOBILITE),
        ("Le permis de construire est refusé pour agrandir la maison", Sector.HABITAT),
        ("Pas de médecin de garde le week-end", Sector.SANTE),
        ("Aucun mode de garde pour les enfants avant sept heures", Sector.ENFANCE),
        ("L'isolation des combles est trop chère pour les locataires", Sector.HABITAT),
        ("Isolement et solitude dans le quartier, aucun lieu de rencontre", Sector.LIEN_SOCIAL),
        ("On jette des meubles encore bons à la déchetterie", Sector.CIRCULAIRE),
        ("Baisser la TVA et rétablir l'ISF", Sector.HORS_CHAMP),
        ("Réduire le nombre de députés et de sénateurs", Sector.HORS_CHAMP),
        ("Reconnaître le vote blanc aux élections", Sector.HORS_CHAMP),
        ("ya plu de bus le soir pour rentré de la gare", Sector.MOBILITE),
    ],
)
def test_principal_sector_of_a_clear_text(text: str, sector: Sector) -> None:
    assert read(text)[0].principal is sector


def test_scores_are_probabilities_over_all_sectors() -> None:
    for reading in read("Plus de boulangerie", "", "!!!", "mot inconnu zzzz"):
        assert set(reading.scores) == set(SECTORS)
        assert all(0 <= score <= 1 for score in reading.scores.values())
        assert sum(reading.scores.values()) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("text", ["", "!!!", "de la"])
def test_machine_does_not_say_what_a_text_without_words_is_about(text: str) -> None:
    assert read(text)[0].principal is None
    assert read(text)[0].secondary == ()


def test_secondary_sectors_never_hold_the_principal_one() -> None:
    readings = read("Aide à domicile pour les personnes âgées et transport vers le médecin")
    assert readings[0].principal not in readings[0].secondary
    assert len(readings[0].secondary) <= 2


@pytest.mark.parametrize(
    ("text", "sector", "also"),
    [
        ("Pas de bus pour aller chez le médecin", Sector.SANTE, Sector.MOBILITE),
        ("Repas bio à la cantine de l’école", Sector.ALIMENTATION, Sector.JEUNESSE_EDUCATION),
        ("Rénovation énergétique des logements", Sector.HABITAT, Sector.ENERGIE),
    ],
)
def test_second_sector_that_a_text_speaks_of_is_named(
    language: Language, text: str, sector: Sector, also: Sector
) -> None:
    reading = language.read([text])[0].sector
    assert {sector, also} == {reading.principal, *reading.secondary}


def test_what_is_out_of_scope_speaks_of_no_other_sector(language: Language) -> None:
    reading = language.read(["Baisser la TVA et rétablir l'ISF"])[0].sector
    assert reading.principal is Sector.HORS_CHAMP
    assert reading.secondary == ()


def test_out_of_scope_and_common_concerns_are_no_subject() -> None:
    readings = read("Baisser la TVA et rétablir l'ISF", "Coordonner les acteurs du territoire", "")
    assert readings[0].principal is Sector.HORS_CHAMP
    for reading in readings:
        assert reading.subject == max(SUBJECTS, key=lambda sector: reading.scores[sector])


def test_other_vectors_leave_words_alone_to_decide() -> None:
    texts = ["Développer les pistes cyclables"]
    alone = MODEL.read(READER.read(texts), None)
    other = MODEL.read(READER.read(texts), np.ones((1, 7), dtype=np.float32), vectoriser="another")
    assert alone == other
    assert alone[0].principal is Sector.MOBILITE


def test_batch_reads_as_one_by_one() -> None:
    texts = ("Plus de bus", "La cantine du collège", "Vote blanc")
    assert [r.principal for r in read(*texts)] == [read(t)[0].principal for t in texts]


def test_readings_and_vectors_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="as many"):
        MODEL.read(READER.read(["a"]), np.zeros((2, 3), dtype=np.float32))


def test_lexicon_has_a_list_for_every_sector_in_order() -> None:
    assert READER.features.names == tuple(sector.value for sector in Sector)


@given(st.text())
@settings(max_examples=60, deadline=None)
def test_any_text_is_read(text: str) -> None:
    reading = read(text)[0]
    assert sum(reading.scores.values()) == pytest.approx(1, abs=1e-5)
