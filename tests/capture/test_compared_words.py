"""Words of two texts: what part they share; of the others, synonyms are near, subjects are not."""

from hypothesis import given
from hypothesis import strategies as st

from capture.nlp.compared_words import ComparedWords
from capture.nlp.vectorise import load_vectoriser

VECTORISER = load_vectoriser()
LEMMAS = st.lists(st.sampled_from(["vélo", "bicyclette", "médecin", "dentiste", "village", "xqzt"]))


def likeness(one: list[str], other: list[str]) -> float:
    return ComparedWords([one, other], VECTORISER).likeness_of_unshared(one, other)


def shared(one: list[str], other: list[str]) -> float:
    return ComparedWords([one, other], VECTORISER).shared(one, other)


def test_synonym_is_nearer_than_another_subject() -> None:
    told = ["atelier", "vélo"]
    assert likeness(told, ["atelier", "bicyclette"]) > likeness(told, ["atelier", "couture"]) + 0.2


def test_text_that_says_nothing_more_is_the_same() -> None:
    assert likeness(["vélo", "village"], ["village"]) == 1


def test_text_without_words_is_like_nothing() -> None:
    assert likeness(["vélo"], []) == likeness([], []) == 0
    assert shared(["vélo"], []) == shared([], []) == 0


def test_rare_word_in_common_is_a_greater_part() -> None:
    assert shared(["béguinage", "commune"], ["béguinage", "logement"]) > shared(
        ["béguinage", "commune"], ["commune", "logement"]
    )


@given(LEMMAS, LEMMAS)
def test_likeness_is_mutual_and_within_bounds(one: list[str], other: list[str]) -> None:
    for measure in (likeness, shared):
        assert 0 <= measure(one, other) <= 1
        assert abs(measure(one, other) - measure(other, one)) < 1e-6


@given(LEMMAS)
def test_all_words_in_common_are_the_whole(told: list[str]) -> None:
    assert shared(told, told[::-1]) == (1 if told else 0)
