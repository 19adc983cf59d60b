"""The application over the transaction of a test, and browsers that visit it without JavaScript.
What a request commits disappears with the test."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from lxml import html
from lxml.html import FormElement, HtmlElement
from sqlalchemy import event
from sqlalchemy.orm import Session

from fabrique.core.db import Database
from fabrique.core.people import Person
from fabrique.core.signin import Seal, open_session
from fabrique.web.deps import session_cookie

ORIGIN = "http://127.0.0.1:8000"

Answers = Mapping[str, str | Sequence[str]]


class SavepointDatabase(Database):
    """The transaction of a test as a database: a unit of work commits into a savepoint."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.connection().engine)
        self._session = session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self._opened() as session:
            yield session

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        with self._opened() as session, session.begin():
            yield session

    def close(self) -> None:
        """Leave the engine to the other tests."""

    def _opened(self) -> Session:
        return Session(
            self._session.connection(),
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
        )


@dataclass(slots=True)
class TellingClock:
    """A clock that a test moves."""

    moment: dt.datetime

    def now(self) -> dt.datetime:
        return self.moment

    def pass_days(self, days: float) -> None:
        """Let some days pass."""
        self.moment += dt.timedelta(days=days)


class Browser:
    """Somebody's browser: follows links and forms as a page without JavaScript does."""

    def __init__(self, app: FastAPI, session: Session, *, origin: str = ORIGIN) -> None:
        self._session = session
        self._app = app
        self.client = TestClient(
            app,
            base_url=origin,
            headers={"Sec-Fetch-Site": "same-origin"},
            follow_redirects=False,
            raise_server_exceptions=False,
        )

    def sign_in(self, person: Person, *, now: dt.datetime) -> None:
        """Open a session for a person, without the code."""
        state = self._app.state
        seal: Seal = state.seal
        token = open_session(self._session, seal, person, user_agent="tests", now=now)
        self.client.cookies.set(session_cookie(state.settings), token)

    def get(self, address: str) -> Response:
        """Ask for a page."""
        self._session.flush()
        answer = self.client.get(address)
        self._session.expire_all()
        return answer

    def post(self, address: str, answers: Answers | None = None) -> Response:
        """Send a form."""
        self._session.flush()
        answer = self.client.post(address, data=dict(answers or {}))
        self._session.expire_all()
        return answer

    def read(self, address: str) -> HtmlElement:
        """The page at an address, which must exist, redirections followed."""
        answer = self.get(address)
        while answer.status_code == 303:
            address = answer.headers["location"]
            answer = self.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code} {words_of(answer)}"
        return html.fromstring(answer.text, base_url=address)

    def press(
        self, page: HtmlElement, label: str, answers: Answers | None = None, *, nth: int = 0
    ) -> HtmlElement:
        """Fill the form of the button with that label, press it, and read what comes back."""
        button = [each for each in page.xpath("//main//button") if label in spoken(each)][nth]
        form: FormElement = button.xpath("ancestor::form")[0]
        filled = _filled(form) | dict(answers or {})
        if button.get("name"):
            filled[button.get("name")] = button.get("value", "")
        # A form without action is sent to the address of its page.
        address = button.get("formaction") or form.get("action") or page.base_url or ""
        answer = self.post(address, filled)
        if answer.status_code == 303:
            return self.read(answer.headers["location"])
        assert answer.status_code in {200, 422}, f"{label}: {answer.status_code}"
        return html.fromstring(answer.text, base_url=address)


def _filled(form: FormElement) -> dict[str, str | Sequence[str]]:
    """What a browser sends for a form that nobody has touched."""
    values: dict[str, list[str]] = {}
    for name, value in form.form_values():
        values.setdefault(name, []).append(value)
    return dict(values)


def spoken(node: HtmlElement) -> str:
    """The words of an element, with plain spaces and apostrophes: tests read as people speak."""
    return " ".join(node.text_content().replace("\u2019", "'").split())


def words_of(answer: Response) -> str:
    """The words of the main part of a page."""
    mains = html.fromstring(answer.text).xpath("//main")
    return spoken(mains[0]) if mains else answer.text


def links_to(page: HtmlElement, start: str) -> list[str]:
    """The addresses of the main part of a page that begin so, in order."""
    return [href for href in page.xpath("//main//a/@href") if href.startswith(start)]


def main_words(page: HtmlElement) -> str:
    """The words of the main part of a page that was read."""
    return spoken(page.xpath("//main")[0])


def heading_of(page: HtmlElement) -> str:
    """The title of a page."""
    return spoken(page.xpath("//main//h1")[0])


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """The statements sent to the database while the block lasts."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
