"""The thesaurus: one thing under all its names, another of the same family, one place each."""

import tomllib
from collections import Counter

import pytest

from capture.nlp.lexical import load_lexical_features
from capture.nlp.things import load_things
from capture.nlp.words import FR

THINGS, FEATURES = load_things(), load_lexical_features()


def named(text: str) -> list[int]:
    """The things that a text names."""
    return [thing for _, _, thing in THINGS.named(FEATURES.contents(text))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Il nous faut un docteur", "Aucun médecin généraliste"),
        ("Plus de car le soir", "Les navettes du samedi"),
        ("Une nounou", "assistante maternelle"),
        ("un lieu pour le BLABLACAR", "covoiturer"),
    ],
)
def test_one_thing_has_several_names(one: str, other: str) -> None:
    assert set(named(one)) & set(named(other))


@pytest.mark.parametrize(
    ("one", "other"), [("un médecin", "un dentiste"), ("une crèche", "une nounou")]
)
def test_two_things_of_a_family_are_told_apart(one: str, other: str) -> None:
    (first,), (second,) = named(one), named(other)
    assert first != second
    assert THINGS.family_of[first] == THINGS.family_of[second]


def test_longer_name_hides_the_shorter_ones_inside_it() -> None:
    assert named("un vélo électrique") != named("un vélo")
    assert len(named("un transport à la demande")) == 1


def test_a_text_tells_its_things_and_their_families() -> None:
    told = THINGS.told([FEATURES.contents("un médecin et un dentiste"), ()])
    assert told.shape == (2, THINGS.width)
    assert told[[0]].nnz == 3
    assert told[[1]].nnz == 0


def test_every_name_stands_in_one_place() -> None:
    thesaurus = tomllib.loads((FR / "things.toml").read_text("utf-8"))
    names = [name for things in thesaurus.values() for each in things.values() for name in each]
    keys = [tuple(lemma for _, _, lemma in FEATURES.contents(name)) for name in names]
    assert [name for name, key in zip(names, keys, strict=True) if not key] == []
    assert [key for key, count in Counter(keys).items() if count > 1] == []
