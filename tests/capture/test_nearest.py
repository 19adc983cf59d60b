"""Vectors kept in memory follow the database: what was read since is found, in its own place."""

import datetime as dt

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from capture.models import Need, NeedReading, NeedVector
from capture.queries.nearest import NeedSearch, Shelf
from fabrique.core.territories import Fabrique
from tests.builders import HIRSON, NOW, a_fabrique, a_need, a_reading, a_vector

AISNE = "02"
EAST: NDArray[np.float32] = np.array([1, 0], dtype=np.float32)
NORTH: NDArray[np.float32] = np.array([0, 1], dtype=np.float32)


def a_read_need(
    session: Session, fabrique: Fabrique, vector: NDArray[np.float32], **values: object
) -> Need:
    need = a_need(session, fabrique, **({"commune": HIRSON} | values))
    a_reading(session, need)
    a_vector(session, need, vector.tobytes(), vectoriser="tests", dimension=2)
    return need


@pytest.fixture
def shelf(fabrique: Fabrique) -> Shelf:
    return Shelf(fabrique_id=fabrique.id, vectoriser_id="tests", departement=AISNE)


def test_nearest_come_first_from_that_shelf_alone(
    session: Session, fabrique: Fabrique, shelf: Shelf
) -> None:
    north, east = (a_read_need(session, fabrique, vector) for vector in (NORTH, EAST))
    a_read_need(session, fabrique, EAST, commune="80021")
    a_read_need(session, a_fabrique(session), EAST)
    found = NeedSearch().nearest(session, shelf, EAST, count=5)
    assert list(found) == [east.id, north.id]
    assert np.array_equal(found[east.id], EAST)


def test_what_is_read_later_is_found(session: Session, fabrique: Fabrique, shelf: Shelf) -> None:
    search = NeedSearch()
    assert search.nearest(session, shelf, EAST, count=5) == {}
    need = a_read_need(session, fabrique, EAST)
    assert list(search.nearest(session, shelf, EAST, count=5)) == [need.id]


def test_need_read_again_is_found_by_its_new_vector(
    session: Session, fabrique: Fabrique, shelf: Shelf
) -> None:
    search, need = NeedSearch(), a_read_need(session, fabrique, NORTH)
    search.nearest(session, shelf, EAST, count=5)
    session.get_one(NeedVector, need.id).vector = EAST.tobytes()
    session.get_one(NeedReading, need.id).read_at = NOW + dt.timedelta(days=1)
    session.flush()
    assert np.array_equal(search.nearest(session, shelf, EAST, count=5)[need.id], EAST)
