"""« Car » the vehicle is told from « car » the conjunction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.nlp.coaches import coaches, coaches_spelt_out
from capture.nlp.language import Language
from capture.nlp.sectors import Sector


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Plus de car le soir", "Plus de autocar le soir"),
        ("LE CAR est supprimé", "LE autocar est supprimé"),
        ("Des cars scolaires pleins", "Des autocar scolaires pleins"),
        ("On y va en car car le train est cher", "On y va en autocar car le train est cher"),
    ],
)
def test_vehicle_is_spelt_out(text: str, told: str) -> None:
    assert coaches_spelt_out(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "Il manque un médecin car il est parti",
        "Car personne ne répond",
        "Le carrefour est dangereux",
        "Un carton de livres",
    ],
)
def test_conjunction_and_longer_words_are_no_vehicle(text: str) -> None:
    assert coaches(text) == []


@given(st.text(alphabet="car leducs,’\n"))
def test_nothing_but_vehicles_changes(text: str) -> None:
    assert all(text[start:end].lower() in {"car", "cars"} for start, end in coaches(text))


@pytest.mark.parametrize("text", ["Plus de car le soir", "Les cars ne passent plus le samedi"])
def test_need_of_a_coach_is_one_of_mobility(language: Language, text: str) -> None:
    assert language.read([text])[0].sector.principal is Sector.MOBILITE
