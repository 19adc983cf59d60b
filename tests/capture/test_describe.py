"""Titles, key words and typical quotes, in the words of the needs themselves."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.nlp.describe import Description, Member, describe
from capture.nlp.pipeline import load_reader
from capture.nlp.vectorise import load_vectoriser
from fabrique.core.places import PlaceNames
from tests.capture.told import REPAIR, TRANSPORT

READER, VECTORISER = load_reader(PlaceNames()), load_vectoriser()


def members(*texts: str, first: int = 1) -> list[Member]:
    """Members of a group, numbered in order."""
    return [
        Member(id=number, text=text, lemmas=read.lemmas, vector=vector)
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


@given(st.lists(st.lists(st.text(max_size=40), min_size=1, max_size=3), max_size=4))
@settings(max_examples=40, deadline=None)
def test_any_texts_are_described(groups: list[list[str]]) -> None:
    made = describe({key: members(*texts) for key, texts in enumerate(groups)})
    titles = [item.title for item in made.values()]
    assert len(set(titles)) == len(groups)
    assert all(titles)


def test_groups_in_another_order_are_described_alike() -> None:
    one, two = members(*TRANSPORT), members(*REPAIR, first=11)
    assert describe({1: one, 2: two}) == describe({2: two[::-1], 1: one[::-1]})
