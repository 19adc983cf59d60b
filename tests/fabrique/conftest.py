"""Terminals on an empty database, and on the demonstration; a worker at a set hour."""

import datetime as dt
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from capture.nlp.language import Language
from fabrique.core.db import Database, engine_for, normalised_url
from fabrique.core.places import Gazetteer
from fabrique.core.settings import Settings
from fabrique.jobs import Worker
from fabrique.migrations import upgrade
from tests.builders import NOW
from tests.terminal import Terminal, Typed


@pytest.fixture
def terminal(database_url: str, tmp_path: Path) -> Iterator[Terminal]:
    """A terminal on an empty database of the kind under test."""
    if not normalised_url(database_url).startswith("postgresql"):
        yield Terminal(url=f"sqlite:///{tmp_path / 'typed.db'}", folder=tmp_path)
        return
    name = f"typed_{uuid.uuid4().hex}"
    server = engine_for(database_url).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(normalised_url(database_url)).set(database=name)
    yield Terminal(url=url.render_as_string(hide_password=False), folder=tmp_path)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def demonstration(told_demo: tuple[Path, Typed], tmp_path: Path) -> Terminal:
    """A terminal on a copy of the demonstration."""
    shutil.copy(told_demo[0] / "demo.db", tmp_path / "demo.db")
    return Terminal(url=f"sqlite:///{tmp_path / 'demo.db'}", folder=tmp_path)


class FixedClock:
    def now(self) -> dt.datetime:
        return NOW


@pytest.fixture
def worker(tmp_path: Path, places: Gazetteer, language: Language) -> Iterator[Worker]:
    """A worker on an empty database of its own."""
    engine = engine_for(f"sqlite:///{tmp_path / 'jobs.db'}")
    upgrade(engine)
    database = Database(engine)
    yield Worker(
        settings=Settings(),
        database=database,
        clock=FixedClock(),
        places=places,
        language=language,
    )
    database.close()
