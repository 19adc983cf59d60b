"""The application: the house with its three domains mounted, and what every page may ask for."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio.to_thread
from fastapi import Depends, FastAPI
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import Response
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Scope

import capture.pages
import matching.pages
import steering.pages
from capture.nlp.language import Language, load_language
from fabrique.core.access import Action, Actor
from fabrique.core.clock import Clock, SystemClock
from fabrique.core.db import Database, engine_for
from fabrique.core.places import Gazetteer, load_gazetteer
from fabrique.core.settings import Settings
from fabrique.core.signin import Seal
from fabrique.demo.identities import DEMO_IDENTITIES
from fabrique.demo.identities import router as demo_router
from fabrique.web import account, problems
from fabrique.web.deps import put_frame, session_cookie
from fabrique.web.guards import AnnouncedLength, CrossOriginGuard, SecurityHeaders
from fabrique.web.labels.sentences import sentence
from fabrique.web.labels.typography import typo
from fabrique.web.page import NavigationEntry, Templates

PACKAGES = ("fabrique.web", "capture", "matching", "steering")
# A form of 20,000 signs takes 60 kB at most once encoded; files come by the command line.
BODY_LIMIT = 2_000_000
STATIC = Path(__file__).parent / "web" / "static"


class Assets(StaticFiles):
    """Our files: those asked for with their digest never change and are kept for good."""

    def file_response(
        self,
        full_path: PathLike,
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Answer a file, for a year when its address holds its digest, else for an hour."""
        answer = super().file_response(full_path, stat_result, scope, status_code)
        kept = "31536000, immutable" if b"v=" in scope["query_string"] else "3600"
        answer.headers["Cache-Control"] = f"public, max-age={kept}"
        return answer


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    clock: Clock | None = None,
    places: Gazetteer | None = None,
    language: Language | None = None,
) -> FastAPI:
    """The application for these settings; tests pass their own database, clock and tables."""
    app = FastAPI(
        title="Fabrique à initiatives",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
        middleware=_middleware(settings),
    )
    places = places or load_gazetteer(settings.communes_path)
    app.state.settings = settings
    app.state.database = database or Database(
        engine_for(settings.database_url, threads=settings.threads)
    )
    app.state.clock = clock or SystemClock()
    app.state.seal = Seal(settings.secret_key.get_secret_value())
    app.state.places = places
    app.state.language = language or load_language(places.names(), settings.vectoriser_path)
    app.state.templates = Templates(PACKAGES)
    app.state.navigation = navigation
    app.state.demo_identities = DEMO_IDENTITIES if settings.demo else ()
    for router in (
        account.router,
        capture.pages.router,
        matching.pages.router,
        steering.pages.router,
        *([demo_router] if settings.demo else []),
    ):
        app.include_router(router, dependencies=[Depends(put_frame)])
    app.mount("/static", Assets(directory=STATIC), name="static")
    problems.install(app)
    return app


def _middleware(settings: Settings) -> list[Middleware]:
    """What every request goes through, from the outside in."""
    too_large = typo(sentence("request.too_large"))
    return [
        Middleware(SecurityHeaders),
        Middleware(CrossOriginGuard, origin=settings.origin, cookie=session_cookie(settings)),
        Middleware(AnnouncedLength, limit=BODY_LIMIT, said=too_large),
        Middleware(RequestBodyLimitMiddleware, max_body_size=BODY_LIMIT),
        Middleware(GZipMiddleware, minimum_size=1_000),
        Middleware(
            SessionMiddleware,
            secret_key=settings.secret_key.get_secret_value(),
            session_cookie="fabrique_messages",
            https_only=settings.is_https,
            same_site="lax",
            max_age=None,
        ),
    ]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # Threads wait for connections, never the other way round: as many of both.
    anyio.to_thread.current_default_thread_limiter().total_tokens = app.state.settings.threads
    yield
    app.state.database.close()


def navigation(actor: Actor) -> tuple[NavigationEntry, ...]:
    """The entries of the main navigation for what the actor may do."""
    entries = [("Accueil", "/"), ("Besoins", "/besoins")]
    for label, href, action in (
        ("Regroupements", "/regroupements", Action.CLUSTER_READ),
        ("Opportunités", "/opportunites", Action.OPPORTUNITY_READ),
        ("Rapprochements", "/rapprochements", Action.DIRECTORY_READ),
        ("Comités", "/comites", Action.COMMITTEE_READ),
        ("Bilan", "/bilan", Action.COMMITTEE_READ),
    ):
        if actor.may(action):
            entries.append((label, href))
    if actor.person_id is None or not actor.may(Action.CLUSTER_READ):
        entries.append(("Signaler un besoin", "/besoins/nouveau"))
    if actor.person_id is None:
        entries.append(("Se connecter", "/connexion"))
    return tuple(NavigationEntry(label=label, href=href) for label, href in entries)
