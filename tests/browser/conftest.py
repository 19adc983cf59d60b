"""A real server on the demonstration, a real Chromium, and the three people in front of it.

Each test that writes has a copy. ``FABRIQUE_TEST_BROWSER=required``
makes a missing Chromium a failure instead of a skip.
"""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    sync_playwright,
)

from capture.nlp.language import Language
from fabrique.app import create_app
from fabrique.core.places import Gazetteer
from fabrique.core.settings import Settings
from fabrique.demo.clock import StoryClock
from tests.terminal import Typed

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE, NARROW = 1280, 375
# Slow machines are slow; a page that never comes is an error all the same.
PATIENCE_MS = 30_000


@dataclass(slots=True)
class Visit:
    """One person's window on a site, and everything that went wrong in it."""

    page: Page
    url: str
    trouble: list[str] = field(default_factory=list)

    def go(self, address: str) -> Page:
        """Open an address of the site."""
        self.page.goto(self.url + address)
        return self.page

    def become(self, who: str) -> Page:
        """Sign in as one of the three people of the demonstration, in one click."""
        self.go("/connexion")
        self.page.get_by_role("button", name=who).click()
        return self.page

    def listen(self) -> None:
        """Note errors of the console (a refusal of the policy is one), failed and foreign files."""

        def console(message: ConsoleMessage) -> None:
            # A file that does not come is noted below, with its address; a page may be an error.
            if message.type in {"error", "warning"} and "Failed to load" not in message.text:
                self.trouble.append(f"{message.type}: {message.text}")

        def request(asked: Request) -> None:
            if not asked.url.startswith((self.url, "data:")):
                self.trouble.append(f"foreign: {asked.url}")

        def response(given: Response) -> None:
            if given.status >= 400 and given.request.resource_type != "document":
                self.trouble.append(f"{given.status}: {given.url}")

        self.page.on("console", console)
        self.page.on("pageerror", lambda error: self.trouble.append(f"script: {error}"))
        self.page.on("request", request)
        self.page.on("response", response)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A served copy of the demonstration and the Chromium that visits it."""

    url: str
    browser: Browser

    @contextmanager
    def visit(
        self, *, width: int = WIDE, scripts: bool = True, scheme: str = "light"
    ) -> Iterator[Visit]:
        """A window of somebody new; leaving it, nothing must have gone wrong in it."""
        context: BrowserContext = self.browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            locale="fr-FR",
        )
        context.set_default_timeout(PATIENCE_MS)
        visit = Visit(context.new_page(), self.url)
        visit.listen()
        try:
            yield visit
        finally:
            context.close()
        assert visit.trouble == []


@pytest.fixture(scope="session")
def chromium_path() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if found is None:
        say = pytest.fail if os.environ.get("FABRIQUE_TEST_BROWSER") == "required" else pytest.skip
        say("Chromium is not installed")
        raise AssertionError
    return found


@pytest.fixture(scope="session")
def told(chromium_path: str, told_demo: tuple[Path, Typed]) -> Path:
    """The file of the demonstration, with its chain run."""
    return told_demo[0] / "demo.db"


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=list(CHROMIUM_ARGUMENTS)
        )
        yield browser
        browser.close()


Serve = Callable[[Path], str]


@pytest.fixture(scope="session")
def serve(places: Gazetteer, language: Language) -> Iterator[Serve]:
    """Serve a database on this machine; the address. Every server stops with the session."""
    servers: list[tuple[uvicorn.Server, threading.Thread]] = []

    def served(path: Path) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = Settings(demo=True, base_url=url, database_url=f"sqlite:///{path}")
        app = create_app(settings, clock=StoryClock(), places=places, language=language)
        config = uvicorn.Config(app, log_config=None, access_log=False, ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        servers.append((server, thread))
        return url

    yield served
    for server, _thread in servers:
        server.should_exit = True
    for _server, thread in servers:
        thread.join()


@pytest.fixture(scope="module")
def site(
    told: Path, serve: Serve, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Site:
    """The demonstration as it was told, for tests that only read."""
    copy = tmp_path_factory.mktemp("read") / "demo.db"
    shutil.copy(told, copy)
    return Site(url=serve(copy), browser=chromium)


@pytest.fixture
def fresh_site(told: Path, serve: Serve, chromium: Browser, tmp_path: Path) -> Site:
    """A copy of the demonstration, for a test that writes."""
    shutil.copy(told, tmp_path / "demo.db")
    return Site(url=serve(tmp_path / "demo.db"), browser=chromium)
