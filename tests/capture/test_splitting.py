"""Units of meaning: a message is cut where it passes to another need, in its own words."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.nlp.language import Language
from capture.nlp.sectors import SECTORS, Sector
from capture.nlp.splitting import PassageReading, units_of_meaning


def heard(language: Language, text: str) -> list[tuple[Sector, str]]:
    """Sector and words of each unit."""
    units = language.units_of_meaning([text])[0]
    return [(unit.sector, text[unit.start : unit.end].strip()) for unit in units]


@pytest.mark.parametrize(
    ("text", "sectors"),
    [
        (
            "Plus aucun médecin généraliste dans le canton. Il manque des places en crèche.",
            [Sector.SANTE, Sector.ENFANCE],
        ),
        (
            "Créer des pistes cyclables, consigner les emballages, favoriser les circuits courts.",
            [Sector.MOBILITE, Sector.CIRCULAIRE, Sector.ALIMENTATION],
        ),
        (
            "Développer les transports en commun ; rénover les logements insalubres.",
            [Sector.MOBILITE, Sector.HABITAT],
        ),
    ],
)
def test_each_need_of_a_list_is_a_unit(
    language: Language, text: str, sectors: list[Sector]
) -> None:
    assert [sector for sector, _ in heard(language, text)] == sectors


@pytest.mark.parametrize(
    "text",
    [
        "Pas de bus le soir. Il faudrait plus de transports en commun entre les villages.",
        "Il n'y a plus de médecin. C'est pour cela que les familles ne s'installent plus ici.",
        "Bonjour, je vis seule depuis dix ans. Plus de bus pour aller chez le médecin.",
        "Développer le covoiturage (places de parking, pas d'abonnement).",
        "Une seule phrase sans autre besoin",
        "",
    ],
)
def test_explanation_greeting_or_detail_stays_with_its_need(language: Language, text: str) -> None:
    assert len(heard(language, text)) < 2


def test_politics_beside_a_need_are_no_second_need(language: Language) -> None:
    text = "Rétablir l'impôt sur la fortune. Il manque des médecins dans nos campagnes."
    assert len(heard(language, text)) < 2


PASSAGE = st.sampled_from(["Il manque un bus.", "Pas de crèche ;", "rénover les écoles, créer", ""])


@given(texts=st.lists(st.lists(PASSAGE, max_size=5).map(" ".join), max_size=4), data=st.data())
def test_units_cover_the_text_in_order(texts: list[str], data: st.DataObject) -> None:
    def read(passages: list[str]) -> list[PassageReading]:
        mains = [data.draw(st.sampled_from(SECTORS[:3])) for _ in passages]
        return [
            PassageReading(sectors={each: float(each is main) for each in SECTORS}, need=1.0)
            for main in mains
        ]

    for text, units in zip(texts, units_of_meaning(texts, read), strict=True):
        if units:
            assert units[0].start == 0
            assert units[-1].end == len(text)
            assert all(a.end == b.start for a, b in pairwise(units))
            assert all(unit.start < unit.end for unit in units)
