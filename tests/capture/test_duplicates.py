"""Needs that say the same: most alike first, place and age counted, two kinds, any input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from capture.nlp.duplicates import Candidate, LikenessKind, near_duplicates
from capture.nlp.kinds import load_kinds
from capture.nlp.lexical import load_lexical_reader
from capture.nlp.vectorise import load_vectoriser

VECTORISER = load_vectoriser()
KINDS = load_kinds(VECTORISER.id)
TEXTS = (
    "Plus de médecin généraliste dans le canton",
    "Il n'y a plus de médecin généraliste au village",
    "Une maison de santé avec des infirmiers",
    "Rénover le gymnase du collège",
)


def kinds_of(*texts: str) -> NDArray[np.float32]:
    """The kinds of project that texts call for."""
    assert KINDS is not None
    return KINDS.of(VECTORISER.vectors(texts), load_lexical_reader().read(texts))


def candidates(*texts: str, commune: str = "80561", months_ago: float = 1) -> list[Candidate]:
    """One candidate per text, numbered from 1."""
    return [
        Candidate(
            id=number,
            text=text,
            commune=commune,
            months_ago=months_ago,
            kinds=kinds,
        )
        for number, (text, kinds) in enumerate(zip(texts, kinds_of(*texts), strict=True), start=1)
    ]


def compare(text: str, known: list[Candidate], limit: int = 3) -> list[tuple[int, LikenessKind]]:
    """Ids and kinds of the needs shown beside a text of Montdidier."""
    found = near_duplicates(text, kinds_of(text)[0], "80561", known, limit, vectoriser=VECTORISER)
    return [(item.id, item.kind) for item in found]


def test_same_need_in_other_words_comes_first() -> None:
    found = compare("plus aucun medecin generaliste ici", candidates(*TEXTS))
    assert found[0][1] is LikenessKind.SAME
    assert {item for item, _ in found} >= {1, 2}
    assert 4 not in {item for item, _ in found}


def test_identical_text_is_the_same_with_its_words_in_common() -> None:
    text = TEXTS[0]
    found = near_duplicates(
        text, kinds_of(text)[0], "80561", candidates(text, months_ago=0), vectoriser=VECTORISER
    )
    assert [(item.id, item.kind) for item in found] == [(1, LikenessKind.SAME)]
    assert round(found[0].likeness, 4) == 1
    assert found[0].common_words == ("médecin", "généraliste", "canton")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Aucun dentiste ne prend de nouveaux patients.", "Aucun notaire ne prend de stagiaires."),
        ("L'isolation des personnes âgées", "L'isolation des maisons"),
        ("Il manque une crèche à Hirson.", "Il manque une ressourcerie à Hirson."),
        ("Permis de conduire trop cher", "Permis de construire trop long"),
        ("Aucun dentiste ne prend de nouveaux patients.", "Aucun médecin ne prend de patients."),
        ("Portage de repas à domicile", "Portage de livres à domicile"),
        ("Garde d'enfants la nuit", "Pharmacie de garde la nuit"),
    ],
)
def test_another_need_in_the_same_sentence_is_not_the_same(one: str, other: str) -> None:
    assert (1, LikenessKind.SAME) not in compare(one, candidates(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Aide aux devoirs pour les collégiens.", "Soutien scolaire au collège."),
        ("Un atelier pour réparer les vélos.", "Un endroit où réparer sa bicyclette."),
        ("Pas de place en crèche.", "Il manque une crèche pour nos enfants."),
    ],
)
def test_same_need_told_otherwise_is_shown(one: str, other: str) -> None:
    assert compare(one, candidates(other))


def test_another_subject_is_not_shown_even_when_it_is_all_there_is() -> None:
    assert compare("Plus de pain au village", candidates("Rénover le gymnase du collège")) == []


def test_limit_is_kept() -> None:
    assert len(compare(TEXTS[0], candidates(*(TEXTS[0],) * 9), limit=2)) == 2


def test_nearer_and_newer_come_first() -> None:
    text = TEXTS[0]
    kinds = kinds_of(text)[0]
    there = [
        Candidate(id=1, text=text, commune="02691", months_ago=40, kinds=kinds),
        Candidate(id=2, text=text, commune="80561", months_ago=40, kinds=kinds),
        Candidate(id=3, text=text, commune="80561", months_ago=1, kinds=kinds),
        Candidate(id=4, text=text, commune=None, months_ago=2, kinds=kinds),
    ]
    assert [item for item, _ in compare(text, there, limit=4)] == [3, 4, 2, 1]


def test_no_candidate_gives_nothing() -> None:
    assert compare(TEXTS[0], []) == []


def test_blank_text_is_like_nothing() -> None:
    assert compare("", candidates(*TEXTS, "")) == []


@given(st.lists(st.text(max_size=30), max_size=6), st.text(max_size=30))
def test_likeness_stays_between_bounds(texts: list[str], text: str) -> None:
    found = near_duplicates(
        text,
        kinds_of(text)[0],
        None,
        candidates(*texts) if texts else [],
        10,
        vectoriser=VECTORISER,
    )
    assert all(0 <= item.likeness <= 1 for item in found)
    shown = [item.likeness for item in found]
    assert shown == sorted(shown, reverse=True)


def test_vector_of_another_length_is_not_silently_compared() -> None:
    try:
        near_duplicates(
            "a", np.ones(3, dtype=np.float32), None, candidates("a"), vectoriser=VECTORISER
        )
    except ValueError:
        return
    raise AssertionError("vectors of two vectorisers were compared")
