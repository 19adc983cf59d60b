"""What a page may ask for: a session to read or to write, who is asking, the time.
The writing session commits after the endpoint and before the answer leaves."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from fabrique.core.access import Actor
from fabrique.core.clock import Clock, local_date
from fabrique.core.db import Database
from fabrique.core.errors import NotFound
from fabrique.core.settings import Settings
from fabrique.core.signin import Seal, actor_of
from fabrique.core.territories import Fabrique
from fabrique.web.page import Flash, Frame, NavigationEntry, Undo

Navigation = Callable[[Actor], tuple[NavigationEntry, ...]]

THEME_COOKIE = "apparence"
THEMES = {"claire": "light", "sombre": "dark"}


def settings_of(request: Request) -> Settings:
    """The settings the application was built with."""
    settings: Settings = request.app.state.settings
    return settings


def database_of(request: Request) -> Database:
    """The database the application was built with."""
    database: Database = request.app.state.database
    return database


def seal_of(request: Request) -> Seal:
    """What hashes codes and tokens."""
    seal: Seal = request.app.state.seal
    return seal


def present(request: Request) -> dt.datetime:
    """The moment of the request, the same for all its parts."""
    if not hasattr(request.state, "now"):
        clock: Clock = request.app.state.clock
        request.state.now = clock.now()
    now: dt.datetime = request.state.now
    return now


def reading(request: Request) -> Iterator[Session]:
    """A session that is never committed."""
    with database_of(request).reading() as session:
        yield session


def writing(request: Request) -> Iterator[Session]:
    """A session committed once the endpoint has returned, rolled back if it raised."""
    with database_of(request).unit_of_work() as session:
        yield session


def session_cookie(settings: Settings) -> str:
    """The name of the identity cookie; ``__Host-`` ties it to one secure origin."""
    return "__Host-fabrique" if settings.is_https else "fabrique"


def present_fabrique(request: Request) -> Fabrique:
    """The fabrique of the host asked for, or the first one."""
    if not hasattr(request.state, "fabrique"):
        with database_of(request).reading() as session:
            host = request.url.hostname
            fabrique = session.scalar(select(Fabrique).where(Fabrique.host == host)) or (
                session.scalar(select(Fabrique).order_by(Fabrique.id).limit(1))
            )
        if fabrique is None:
            raise NotFound("fabrique.none")
        request.state.fabrique = fabrique
    found: Fabrique = request.state.fabrique
    return found


def current_actor(request: Request) -> Actor:
    """Who is asking, from the session cookie."""
    if not hasattr(request.state, "actor"):
        fabrique = present_fabrique(request)
        token = request.cookies.get(session_cookie(settings_of(request)))
        with database_of(request).reading() as session:
            request.state.actor = actor_of(
                session, seal_of(request), fabrique.id, token, now=present(request)
            )
    actor: Actor = request.state.actor
    return actor


def put_frame(request: Request) -> None:
    """Prepare what surrounds the page: who is signed in, the navigation, what was just said."""
    if hasattr(request.state, "frame"):
        return
    fabrique, actor = present_fabrique(request), current_actor(request)
    path = request.url.path
    navigation: Navigation = request.app.state.navigation
    entries = navigation(actor)
    here = [entry.href for entry in entries if f"{path}/".startswith(entry.href.rstrip("/") + "/")]
    nearest = max((href for href in here if href != "/" or path == "/"), key=len, default=None)
    entries = tuple(replace(entry, current=entry.href == nearest) for entry in entries)
    undo = request.session.pop("undo", None)
    request.state.frame = Frame(
        fabrique_name=fabrique.name,
        fabrique_subtitle=fabrique.region_name,
        fabrique_sentence=f"La {fabrique.name} des {fabrique.region_name} est animée par "
        f"{fabrique.carrier_name}, avec les collectivités, l’État et les réseaux de l’économie "
        "sociale et solidaire.",
        navigation=entries,
        path=path,
        today=local_date(present(request)),
        person_name=actor.name or None,
        theme=THEMES.get(request.cookies.get(THEME_COOKIE, "")),
        flash=tuple(Flash(sentence=sentence) for sentence in request.session.pop("said", [])),
        undo=Undo(**undo) if undo else None,
    )


# The scope makes the commit happen before the answer is sent: a failure at commit is then an
# error the person sees, not a lost row behind a page that says it was saved.
Reading = Annotated[Session, Depends(reading, scope="function")]
Writing = Annotated[Session, Depends(writing, scope="function")]
CurrentActor = Annotated[Actor, Depends(current_actor)]
CurrentFabrique = Annotated[Fabrique, Depends(present_fabrique)]
Now = Annotated[dt.datetime, Depends(present)]


def see_other(
    request: Request, url: str, *, said: str = "", undo: int | None = None
) -> RedirectResponse:
    """Send the browser to a page after a post; ``said`` is shown once at its top.

    ``undo`` is the journal line of an act that can be undone: the sentence then offers it.
    """
    if said and undo is not None:
        request.session["undo"] = {"sentence": said, "action": "/annuler", "value": str(undo)}
    elif said:
        request.session["said"] = [*request.session.get("said", []), said]
    return RedirectResponse(url, status_code=303)
