"""The engine under measure: the number of groups a reader found, stability, mixtures of texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.engine import grouping_at
from bench.stability import stability_of
from bench.texts import demonstration_texts, many_texts, set_aside
from capture.nlp.cluster import GroupingParameters, Points


def points_of(*directions: tuple[float, float], per: int = 3) -> Points:
    """`per` needs about each direction, near enough to be alike; no two pairs are alike as much."""
    draw = np.random.default_rng(1)
    rows = np.repeat(np.array(directions), per, axis=0)
    rows = rows + draw.normal(scale=0.1, size=rows.shape)
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return Points(
        ids=np.arange(1, len(rows) + 1), vectors=vectors, sectors=tuple(None for _ in rows)
    )


CORNERS = points_of((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0))


@pytest.mark.parametrize("k", range(1, 10))
def test_grouping_at_gives_as_many_groups_as_asked(k: int) -> None:
    assert len(np.unique(grouping_at(CORNERS, k=k))) == k


def test_grouping_at_the_true_number_finds_the_true_groups() -> None:
    labels = grouping_at(CORNERS, k=3)
    assert len({tuple(labels[start : start + 3]) for start in (0, 3, 6)}) == 3
    assert all(len(set(labels[start : start + 3])) == 1 for start in (0, 3, 6))


def test_stability_of_an_engine_that_is_stable() -> None:
    figures = stability_of(CORNERS, GroupingParameters())
    assert figures["repeat_identical"] is True
    assert figures["shuffled_identical"] is True


def test_many_texts_are_the_written_ones_first_and_the_same_each_time() -> None:
    written = ["un deux trois quatre", "cinq six sept huit"]
    texts = many_texts(written, 5)
    assert [text.words for text in texts[:2]] == written
    assert texts == many_texts(written, 5)
    assert len(texts) == 5
    assert {text.words.split()[0] for text in texts} <= {"un", "cinq"}


def test_a_mixture_says_which_need_opens_it() -> None:
    written = demonstration_texts()[:10]
    for text in many_texts(written, 40):
        assert text.words.split()[0] == written[text.like].split()[0]


def test_fewer_texts_than_written_are_the_first_ones() -> None:
    assert [text.words for text in many_texts(["a b", "c d", "e f"], 2)] == ["a b", "c d"]


@given(st.lists(st.text(max_size=3), max_size=60))
def test_texts_to_search_with_are_not_among_those_searched(written: list[str]) -> None:
    asked, kept = set_aside(written)
    assert not set(asked) & set(kept)
    assert set(asked) | set(kept) == set(written)
