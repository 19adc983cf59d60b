"""Words that one text has and the other has not: synonyms are near, other subjects are not."""

from hypothesis import given
from hypothesis import strategies as st

from capture.nlp.unshared import UnsharedWords
from capture.nlp.vectorise import load_vectoriser

VECTORISER = load_vectoriser()
LEMMAS = st.lists(st.sampled_from(["vélo", "bicyclette", "médecin", "dentiste", "village", "xqzt"]))


def likeness(one: list[str], other: list[str]) -> float:
    return UnsharedWords([one, other], VECTORISER).likeness(one, other)


def test_synonym_is_nearer_than_another_subject() -> None:
    told = ["atelier", "vélo"]
    assert likeness(told, ["atelier", "bicyclette"]) > likeness(told, ["atelier", "couture"]) + 0.2


def test_text_that_says_nothing_more_is_the_same() -> None:
    assert likeness(["vélo", "village"], ["village"]) == 1


def test_text_without_words_is_like_nothing() -> None:
    assert likeness(["vélo"], []) == likeness([], []) == 0


@given(LEMMAS, LEMMAS)
def test_likeness_is_mutual_and_within_bounds(one: list[str], other: list[str]) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert abs(likeness(one, other) - likeness(other, one)) < 1e-6
