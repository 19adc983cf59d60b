"""Titles, key words and typical quotes, in the words of the needs themselves."""

import random
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.nlp.describe import Description, Member, describe
from capture.nlp.gist import unexposed
from capture.nlp.pipeline import load_reader
from capture.nlp.titles import alike_key
from capture.nlp.vectorise import load_vectoriser
from capture.nlp.words import fold
from fabrique.core.places import PlaceNames
from tests.capture.told import REPAIR, TRANSPORT

WORD = re.compile(r"[^\W_]+")
READER, VECTORISER = load_reader(PlaceNames()), load_vectoriser()


def members(*texts: str, first: int = 1) -> list[Member]:
    """Members of a group, numbered in order."""
    return [
        Member(id=number, text=unexposed(text, read), vector=vector)
        for number, (text, read, vector) in enumerate(
            zip(texts, READER.read(texts), VECTORISER.vectors(texts), strict=True), start=first
        )
    ]


@pytest.fixture(scope="module")
def described() -> dict[int, Description]:
    """Two groups described together."""
    return describe({1: members(*TRANSPORT), 2: members(*REPAIR, first=11)})


def test_title_is_a_phrase_that_members_say(described: dict[int, Description]) -> None:
    assert described[1].title == "Transport à la demande"
    assert described[2].title == "Atelier de réparation"


def test_keywords_count_the_needs_that_say_them(described: dict[int, Description]) -> None:
    assert described[1].keywords["transport"] == 3
    assert described[2].keywords["réparation"] == 3
    assert "le" not in described[1].keywords


def test_typical_quotes_are_three_members(described: dict[int, Description]) -> None:
    assert len(set(described[1].typical)) == 3
    assert set(described[1].typical) <= {1, 2, 3, 4}
    assert set(described[2].typical) == {11, 12, 13}


def test_copies_of_one_quote_are_shown_once() -> None:
    group = members(TRANSPORT[1], TRANSPORT[1], TRANSPORT[1], TRANSPORT[2], TRANSPORT[3])
    assert len({group[i - 1].text for i in describe({1: group})[1].typical}) == 3


def test_no_two_titles_are_alike() -> None:
    group = members(*REPAIR)
    titles = [item.title for item in describe(dict.fromkeys(range(8), group)).values()]
    assert len({title.lower() for title in titles}) == 8


def test_shouted_words_become_a_calm_title() -> None:
    group = members("TRANSPORT À LA DEMANDE", "TRANSPORT À LA DEMANDE POUR TOUS")
    assert describe({1: group})[1].title == "Transport à la demande"


SAID = st.lists(
    st.sampled_from(
        (
            *TRANSPORT,
            *REPAIR,
            "BUS BUS BUS",
            "bus",
            "Personne n'entretient les berges de la rivière",
            "La rue a fermé fin février, tourne à la visite du quartier",
            "Le tiers-lieu dans l'ancienne école",
            "Prêté un canapé, un lit bébé",
            "é" * 3_000,
            "",
        )
    ),
    min_size=1,
    max_size=5,
)


@given(st.lists(st.lists(st.text(max_size=40), min_size=1, max_size=3) | SAID, max_size=4))
@settings(max_examples=40, deadline=None)
def test_any_texts_are_described_in_a_few_words_and_apart(groups: list[list[str]]) -> None:
    made = describe({key: members(*texts) for key, texts in enumerate(groups)})
    titles = [item.title for item in made.values()]
    assert len({alike_key(title) for title in titles}) == len(groups)
    assert all(3 <= len(WORD.findall(title)) <= 8 and len(title) <= 80 for title in titles)


@given(SAID, st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_a_group_in_any_order_is_described_alike(texts: list[str], chance: random.Random) -> None:
    group = members(*texts)
    assert describe({1: group}) == describe({1: chance.sample(group, len(group))})


def test_groups_in_another_order_are_described_alike() -> None:
    one, two = members(*TRANSPORT), members(*REPAIR, first=11)
    assert describe({1: one, 2: two}) == describe({2: two[::-1], 1: one[::-1]})


@pytest.mark.parametrize(
    ("texts", "wrong"),
    [
        (
            ("Personne n'entretient les berges", "Plus personne n'entretient les berges"),
            "entretient",
        ),
        (("La boutique a fermé fin février", "Notre boutique a fermé"), "fermé"),
        (("Le facteur tourne à la visite", "Le facteur tourne"), "tourne"),
        (
            ("Un tiers-lieu dans l'ancienne Poste", "Ouvrir l'ancienne Poste en tiers-lieu"),
            "ancienne",
        ),
        (("Gérer la forêt en exploitant mieux", "La forêt en exploitant"), "exploitant"),
        (("Prêté un canapé et un lit", "Un canapé prêté"), "prêté un"),
        (("Les nuits où le domicile est vide", "Des nuits sans domicile"), "où"),
        (("Les personnes agées sont coincées", "Visites aux personnes agées"), "agées"),
    ],
)
def test_title_holds_no_verb_nor_cut_nor_slip(texts: tuple[str, ...], wrong: str) -> None:
    assert wrong not in describe({1: members(*texts)})[1].title.lower()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Il y a un manque de médecins", "Manque de médecins"),
        ("On cherche une aide à domicile", "Aide à domicile"),
        ("Il manque l'accès à la culture", "Accès à la culture"),
        ("bus", "Besoins proches : bus"),
        ("BUS BUS BUS", "Besoins proches : bus"),
        ("le telephone, un ordinateur", "Ordinateur et téléphone"),
    ],
)
def test_few_words_still_make_a_title(text: str, title: str) -> None:
    described = describe({1: members(text, text)})
    assert described[1].title.replace("\N{NO-BREAK SPACE}", " ") == title


def test_two_groups_are_told_apart_though_said_in_the_singular_and_plural() -> None:
    halls = members("La salle des fêtes est trop chère", "Louer la salle des fêtes")
    rooms = members("Les salles des fêtes sont pleines", "Des salles des fêtes", first=11)
    made = describe({1: halls, 2: rooms})
    assert alike_key(made[1].title) != alike_key(made[2].title)


def test_a_title_already_taken_is_not_given_again() -> None:
    made = describe({1: members(*TRANSPORT)}, taken=["Transports à la demande"])
    assert alike_key(made[1].title) != alike_key("Transports à la demande")


def test_nobody_is_named_in_a_label() -> None:
    texts = (
        "Mme Boulanger ne peut plus aller au marché, écrire à famille.dupuis@example.fr",
        "Enzo Dupuis voudrait aller au marché sans voiture",
        "Avec Pierre on va au marché chez M. Boulanger",
    )
    label = describe({1: members(*texts)})[1]
    said = fold(f"{label.title} {' '.join(label.keywords)}")
    assert not [name for name in ("boulanger", "dupuis", "enzo", "pierre", "@") if name in said]


def test_what_a_need_tells_of_somebody_in_particular_is_in_no_label() -> None:
    text = "Mon frère handicapé ne trouve pas de logement"
    label = describe({1: members(text, "Un logement pour mon frère handicapé")})[1]
    assert "handicap" not in fold(f"{label.title} {' '.join(label.keywords)}")


def test_words_that_say_nothing_are_no_key_words() -> None:
    texts = ("Besoin de six vélos, rien ne roule", "Un plein local de vélos, bonjour à tous")
    assert {"besoin", "six", "rien", "plein", "bonjour"}.isdisjoint(
        describe({1: members(*texts)})[1].keywords
    )


def test_a_need_that_waits_for_a_person_is_not_quoted() -> None:
    hidden, *others = members(*TRANSPORT)
    group = [replace(hidden, is_quotable=False), *others]
    assert set(describe({1: group})[1].typical) == {2, 3, 4}
