"""The cut of many rows into communities: every row once, none too large, the same each time."""

import numpy as np
import pytest
from numpy.typing import NDArray

from capture.nlp.neighbours import communities


def scattered(count: int, *, centres: int = 8, spread: float = 0.1) -> NDArray[np.float32]:
    """Unit rows about a few centres, in rotation."""
    made = np.random.default_rng(7)
    rows = made.normal(size=(centres, 16))[np.arange(count) % centres]
    rows = rows + spread * made.normal(size=(count, 16))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("compared", [10_000, 100], ids=["neighbours", "means"])
def test_every_row_is_in_one_community_small_enough(compared: int) -> None:
    parts = communities(scattered(400), neighbours=5, most=60, seed=0, compared=compared)
    assert sorted(np.concatenate(parts).tolist()) == list(range(400))
    assert max(map(len, parts)) <= 60


@pytest.mark.parametrize("compared", [10_000, 100], ids=["neighbours", "means"])
def test_cut_follows_the_centres(compared: int) -> None:
    parts = communities(scattered(400), neighbours=5, most=60, seed=0, compared=compared)
    assert all(len(set((part % 8).tolist())) == 1 for part in parts)


def test_same_rows_are_cut_alike() -> None:
    rows = scattered(500, spread=0.6)
    one, other = (communities(rows, neighbours=5, most=40, seed=3, compared=100) for _ in range(2))
    assert [part.tolist() for part in one] == [part.tolist() for part in other]


def test_rows_all_alike_are_cut_in_their_order() -> None:
    parts = communities(np.ones((90, 4), dtype=np.float32) / 2, neighbours=3, most=30, seed=0)
    assert max(map(len, parts)) <= 30
