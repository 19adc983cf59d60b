"""Moments, writers that wait for each other, and the reading session that never writes."""

import datetime as dt
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from fabrique.core.db import Database, engine_for, normalised_url
from fabrique.core.references import ReferenceCounter, next_reference, next_references
from fabrique.core.territories import Fabrique
from fabrique.migrations import upgrade
from tests.builders import a_fabrique


def test_moment_comes_back_as_the_same_moment(session: Session) -> None:
    noon_in_paris = dt.datetime(2026, 7, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    fabrique = a_fabrique(session, now=noon_in_paris)
    session.expire(fabrique)
    assert fabrique.created_at == noon_in_paris
    assert fabrique.created_at.utcoffset() == dt.timedelta(0)


def test_moment_without_time_zone_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="without time zone"):
        a_fabrique(session, now=dt.datetime(2026, 7, 1, 12))  # noqa: DTZ001


@pytest.mark.parametrize("given", ["postgres://h/d", "postgresql://h/d"])
def test_postgresql_address_names_our_driver(given: str) -> None:
    assert normalised_url(given) == "postgresql+psycopg://h/d"


def test_references_follow_each_other(session: Session, fabrique: Fabrique) -> None:
    first = next_references(session, fabrique.id, "B", 2026, count=2, digits=4)
    assert first == ["B-2026-0001", "B-2026-0002"]
    assert next_reference(session, fabrique.id, "B", 2026, digits=4) == "B-2026-0003"
    assert next_reference(session, fabrique.id, "B", 2027, digits=4) == "B-2027-0001"


@pytest.fixture
def apart(tmp_path: Path) -> Database:
    engine: Engine = engine_for(f"sqlite:///{tmp_path / 'apart.db'}")
    upgrade(engine)
    return Database(engine)


def test_two_writers_lose_nothing(apart: Database) -> None:
    with apart.unit_of_work() as session:
        fabrique_id = a_fabrique(session).id
        next_reference(session, fabrique_id, "B", 2026, digits=4)

    def write_twenty() -> None:
        for _ in range(20):
            with apart.unit_of_work() as session:
                last = session.scalars(select(ReferenceCounter.last)).one()
                session.execute(update(ReferenceCounter).values(last=last + 1))

    writers = [threading.Thread(target=write_twenty) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with apart.reading() as session:
        assert session.scalars(select(ReferenceCounter.last)).one() == 81
    apart.close()


def test_failure_in_a_unit_of_work_writes_nothing(apart: Database) -> None:
    def write_then_fail() -> None:
        with apart.unit_of_work() as session:
            a_fabrique(session)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_then_fail()
    with apart.reading() as session:
        assert session.scalars(select(Fabrique)).all() == []
    apart.close()


def test_reading_session_never_writes(apart: Database) -> None:
    with apart.reading() as session:
        a_fabrique(session)
    with apart.reading() as session:
        assert session.scalars(select(Fabrique)).all() == []
    apart.close()
