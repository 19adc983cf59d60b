"""Nearness of places: whole at one place, falling with kilometres, none where nobody knows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.nlp.distance import place_nearness
from fabrique.core.data.locating import haversine_km

DEGREES = st.tuples(st.floats(41, 52), st.floats(-5, 10))


@given(one=DEGREES, other=DEGREES)
def test_nearness_follows_the_distance_on_the_ground(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    near = place_nearness(np.array([one]), np.array([other]))
    assert near.shape == (1, 1)
    assert near[0, 0] == pytest.approx(np.exp(-haversine_km(one, other) / 40), abs=2e-3)


def test_place_not_known_is_near_nothing_not_even_another() -> None:
    amiens, nowhere = (49.9, 2.3), (np.nan, np.nan)
    near = place_nearness(np.array([amiens, nowhere]), np.array([amiens, nowhere]))
    assert near.round(3).tolist() == [[1, 0], [0, 0]]
