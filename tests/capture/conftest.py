"""The pages of capture over the session of the test, as somebody whose role the test chooses."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.testclient import TestClient
from lxml import html
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from starlette.middleware.sessions import SessionMiddleware

from capture import grouping, pages
from capture.grouping import read_new_needs
from capture.nlp.language import Language
from fabrique.core.access import Actor, anybody, machine
from fabrique.core.people import Person, Role
from fabrique.core.places import Gazetteer
from fabrique.core.settings import Settings
from fabrique.core.signin import Seal
from fabrique.core.territories import Fabrique
from fabrique.web import problems
from fabrique.web.deps import put_frame, reading, writing
from fabrique.web.page import Templates
from tests.builders import an_actor

Visit = Callable[[Actor], TestClient]
Statements = Callable[[], AbstractContextManager[list[str]]]


@dataclass
class Visitor:
    """Who asks; changed by the test between two requests."""

    actor: Actor


def words_of(page: str, path: str = "//main") -> str:
    """The words of a page, with plain spaces and apostrophes, so that tests read as they speak."""
    found = html.fromstring(page).xpath(path)
    words = " ".join(piece for node in found for piece in node.itertext())
    return " ".join(words.replace("\u2019", "'").split())


def links_of(page: str, path: str = "//main//a") -> dict[str, str]:
    """The addresses of a page by the words of their link."""
    tree = html.fromstring(page)
    return {
        " ".join(a.text_content().replace("\u2019", "'").split()): a.get("href", "")
        for a in tree.xpath(path)
    }


@pytest.fixture(scope="session")
def templates() -> Templates:
    return Templates(("fabrique.web", "capture", "matching", "steering"))


@pytest.fixture
def app(templates: Templates, places: Gazetteer, language: Language) -> FastAPI:
    """An application with the pages of capture alone."""
    app = FastAPI()
    app.add_middleware(SessionMiddleware, secret_key="tests")
    app.state.settings, app.state.templates = Settings(), templates
    app.state.places, app.state.language = places, language
    app.state.seal = Seal("tests")
    app.state.navigation = lambda _actor: ()
    problems.install(app)
    return app


@pytest.fixture
def visit(app: FastAPI, session: Session, fabrique: Fabrique, now: dt.datetime) -> Iterator[Visit]:
    """The client of a given person; each request starts from what the database holds."""
    visitor = Visitor(anybody(fabrique.id))

    def known(request: Request) -> None:
        request.state.fabrique, request.state.actor = fabrique, visitor.actor
        request.state.now = now
        session.flush()
        session.expunge_all()

    app.dependency_overrides[reading] = app.dependency_overrides[writing] = lambda: session
    app.include_router(pages.router, dependencies=[Depends(known), Depends(put_frame)])

    def as_person(actor: Actor) -> TestClient:
        visitor.actor = actor
        return client

    with TestClient(app, follow_redirects=False) as client:
        yield as_person


@pytest.fixture
def client(visit: Visit, coordinator: tuple[Person, Actor]) -> TestClient:
    """The coordination's browser."""
    return visit(coordinator[1])


@pytest.fixture
def passer_by(visit: Visit, fabrique: Fabrique) -> TestClient:
    """The browser of somebody without account."""
    return visit(anybody(fabrique.id))


@pytest.fixture
def member(visit: Visit, session: Session, fabrique: Fabrique) -> TestClient:
    """The browser of a member of a committee."""
    return visit(an_actor(session, fabrique, Role.COMMITTEE_MEMBER)[1])


@pytest.fixture
def read_all(
    session: Session, fabrique: Fabrique, language: Language, now: dt.datetime
) -> Callable[[], None]:
    """The machine reads what is new."""

    def read() -> None:
        session.flush()
        read_new_needs(session, machine(fabrique.id), language=language, now=now)

    return read


@pytest.fixture
def statements(session: Session) -> Statements:
    """Counts what is asked of the database."""

    @contextmanager
    def counted() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                seen.append(statement)

        connection = session.connection()
        event.listen(connection, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(connection, "before_cursor_execute", note)

    return counted


@pytest.fixture
def passage(
    session: Session,
    fabrique: Fabrique,
    language: Language,
    places: Gazetteer,
    now: dt.datetime,
) -> Callable[[], grouping.RegroupCounts]:
    """A passage of the machine over the fabrique of the test."""
    return lambda: grouping.regroup(
        session, machine(fabrique.id), language=language, places=places, now=now
    )
