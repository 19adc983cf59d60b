"""Units of meaning: a message is cut where it passes to another need, in its own words."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.nlp.language import Language
from capture.nlp.passages import bare, boundaries, may_be_cut
from capture.nlp.sectors import SECTORS, Sector
from capture.nlp.splitting import SIGNS, CuttingModel, PassageReading, units_of_meaning


def heard(language: Language, text: str) -> list[tuple[Sector, str]]:
    """Sector and words of each unit."""
    units = language.units_of_meaning(text)
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


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Il n'y a plus de médecin ni de boulangerie dans le village.", "de boulangerie"),
        ("- plus de médecin\n- pas de fibre au hameau", "- pas de fibre"),
        ("1) une épicerie 2) un city stade pour les jeunes", "un city stade"),
    ],
)
def test_two_needs_of_one_sentence_or_list_are_cut_where_the_second_begins(
    language: Language, text: str, second: str
) -> None:
    units = heard(language, text)
    assert len(units) == 2
    assert units[1][1].startswith(second)


@pytest.mark.parametrize(
    "text",
    [
        "Un lieu pour se retrouver, boire un café, jouer aux cartes et lire le journal.",
        "Plus de bus, donc je ne peux pas aller chez le médecin.",
        "Il n'y a plus de boulangerie. Il faudrait un dépôt de pain à la mairie.",
    ],
)
def test_examples_consequence_or_proposal_are_no_second_need(language: Language, text: str) -> None:
    assert len(heard(language, text)) < 2


def test_politics_beside_a_need_are_no_second_need(language: Language) -> None:
    text = "Rétablir l'impôt sur la fortune. Il manque des médecins dans nos campagnes."
    assert len(heard(language, text)) < 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Plus de médecin ni ", "Plus de médecin"),
        ("un bus le soir, et", "un bus le soir"),
        ("et une épicerie ;", "une épicerie"),
        ("et puis une épicerie, ainsi que", "une épicerie"),
        ("- du pain", "- du pain"),
        ("Ouvrir une crèche.", "Ouvrir une crèche."),
        ("étude des ouvrages", "étude des ouvrages"),
    ],
)
def test_what_joins_two_needs_belongs_to_neither(words: str, said: str) -> None:
    assert bare(words) == said


@pytest.mark.parametrize(
    "text", ["a, " * 2000, "a/" * 2000, "du pain, " * 2000, "https://a.fr/b/c"]
)
def test_endless_lists_do_not_keep_a_page_waiting(text: str) -> None:
    assert len(boundaries(text)) <= 40


PASSAGE = st.sampled_from(
    [
        "Il manque un bus.",
        "Pas de crèche ;",
        "rénover les écoles, créer",
        "1) du pain\n2) un bar",
        "",
    ]
)


@given(words=st.lists(PASSAGE, max_size=5), kinds=st.lists(st.integers(0, 1), min_size=1))
def test_units_cover_the_text_in_order(words: list[str], kinds: list[int]) -> None:
    text = " ".join(words)

    def read(passages: Sequence[str]) -> list[PassageReading]:
        return [
            PassageReading(
                sector=SECTORS[0],
                sectors=np.eye(18)[0],
                need=1.0,
                kinds=np.eye(2, dtype=np.float32)[kinds[len(passage) % len(kinds)]],
                vector=np.ones(1, np.float32),
                things={},
                words=3,
            )
            for passage in passages
        ]

    unlike = np.array([-4.0 if sign == "kinds" else 0.0 for sign in SIGNS])
    model = CuttingModel(weights=unlike, intercept=2.0, threshold=0.5)
    units = units_of_meaning(text, read, model)
    if units:
        assert units[0].start == 0
        assert units[-1].end == len(text)
        assert all(a.end == b.start for a, b in pairwise(units))
        assert all(unit.start < unit.end for unit in units)
        assert may_be_cut(text, [(unit.start, unit.end) for unit in units])
