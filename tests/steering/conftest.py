"""The pages of steering over the session of the test, as somebody whose role the test chooses."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session
from starlette.middleware.sessions import SessionMiddleware

from fabrique.core.access import Actor
from fabrique.core.people import Person, Role
from fabrique.core.settings import Settings
from fabrique.core.territories import Fabrique
from fabrique.web import problems
from fabrique.web.deps import put_frame, reading, writing
from fabrique.web.page import Templates
from steering import pages
from tests.builders import an_actor

Visit = Callable[[Actor], TestClient]


@dataclass
class Visitor:
    """Who asks; changed by the test between two requests."""

    actor: Actor


@pytest.fixture(scope="session")
def templates() -> Templates:
    return Templates(("fabrique.web", "steering"))


@pytest.fixture
def app(templates: Templates) -> FastAPI:
    """An application with the pages of steering alone."""
    app = FastAPI()
    app.add_middleware(SessionMiddleware, secret_key="tests")
    app.state.settings, app.state.templates = Settings(), templates
    app.state.navigation = lambda _actor: ()
    problems.install(app)
    return app


@pytest.fixture
def visit(app: FastAPI, session: Session, fabrique: Fabrique, now: dt.datetime) -> Iterator[Visit]:
    """The client of a given person; each request starts from what the database holds."""
    _, nobody = an_actor(session, fabrique, Role.IDEA_SENSOR)
    visitor = Visitor(nobody)

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
