"""The rows nearest to one: all of them among few, nearly all of them among many."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from capture.nlp.search import NearestRows

WIDTH = 16


def unit_rows(count: int, *, seed: int, around: int = 40) -> NDArray[np.float32]:
    """Rows around a few directions, as needs are around a few subjects."""
    draw = np.random.default_rng(seed)
    middles = draw.normal(size=(around, WIDTH))
    rows = middles[draw.integers(0, around, count)] + 0.4 * draw.normal(size=(count, WIDTH))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32)


def looked_at_one_by_one(
    rows: NDArray[np.float32], row: NDArray[np.float32], count: int
) -> set[int]:
    return set(np.argsort(-(rows @ row))[:count].tolist())


@given(st.integers(0, 60), st.integers(1, 30), st.integers(0, 5))
def test_few_rows_are_all_looked_at(known: int, count: int, seed: int) -> None:
    rows = unit_rows(known, seed=seed)
    asked = unit_rows(1, seed=seed + 100)[0]
    search = NearestRows(width=WIDTH)
    for start in range(0, known, 7):
        part = rows[start : start + 7]
        search.put(range(start, start + len(part)), part)
    ids, near = search.nearest(asked, count=count)
    assert set(ids.tolist()) == looked_at_one_by_one(rows, asked, count)
    assert np.array_equal(near, rows[ids])
    assert (np.diff(near @ asked) <= 0).all()


@pytest.mark.parametrize("later", [0, 800])
def test_nearly_all_the_nearest_are_found_among_many(later: int) -> None:
    rows = unit_rows(20_000, seed=1)
    search = NearestRows(width=WIDTH, exact=1_000)
    search.put(range(len(rows) - later), rows[: len(rows) - later])
    search.put(range(len(rows) - later, len(rows)), rows[len(rows) - later :])
    found = [
        len(
            looked_at_one_by_one(rows, asked, 20) & set(search.nearest(asked, count=20)[0].tolist())
        )
        for asked in rows[::400]
    ]
    assert np.mean(found) / 20 >= 0.98


@given(st.integers(0, 5))
def test_rows_not_in_the_index_find_their_nearest_however_scattered(seed: int) -> None:
    rows = unit_rows(5_000, seed=seed, around=5_000)
    search = NearestRows(width=WIDTH, exact=100)
    search.put(range(len(rows)), rows)
    asked = unit_rows(20, seed=seed + 100, around=5_000)
    found = [
        len(looked_at_one_by_one(rows, row, 20) & set(search.nearest(row, count=20)[0].tolist()))
        for row in asked
    ]
    assert np.mean(found) / 20 >= 0.98


def test_answer_does_not_depend_on_how_rows_came() -> None:
    rows = unit_rows(3_000, seed=5)
    at_once, in_parts = (NearestRows(width=WIDTH, exact=500) for _ in range(2))
    at_once.put(range(len(rows)), rows)
    for start in range(0, len(rows), 700):
        part = rows[start : start + 700]
        in_parts.put(range(start, start + len(part)), part)
    for row in unit_rows(20, seed=6):
        one, other = (each.nearest(row, count=10)[0].tolist() for each in (at_once, in_parts))
        assert one == other


def test_rows_put_again_by_the_thousand_are_found_where_they_are_now() -> None:
    rows, moved = unit_rows(15_000, seed=7), unit_rows(15_000, seed=8)
    search = NearestRows(width=WIDTH, exact=1_000)
    search.put(range(len(rows)), rows)
    search.put(range(len(rows)), moved)
    ids, near = search.nearest(moved[42], count=3)
    assert ids[0] == 42
    assert np.array_equal(near[0], moved[42])


@pytest.mark.parametrize("exact", [10, 10_000])
def test_row_put_again_replaces_the_one_before(exact: int) -> None:
    rows = unit_rows(500, seed=2)
    search = NearestRows(width=WIDTH, exact=exact)
    search.put(range(500), rows)
    search.put([7], rows[[400]])
    ids, near = search.nearest(rows[400], count=2)
    assert set(ids.tolist()) == {7, 400}
    assert np.array_equal(near[0], near[1])


def test_last_put_comes_first_among_rows_as_near() -> None:
    row = unit_rows(1, seed=3)
    search = NearestRows(width=WIDTH)
    search.put([5, 9, 2], row.repeat(3, axis=0))
    assert search.nearest(row[0], count=3)[0].tolist() == [2, 9, 5]
