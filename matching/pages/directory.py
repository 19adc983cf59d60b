"""The directory: lists of holders, actors and initiatives, and one sheet each."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from capture.forms import chosen
from capture.nlp.sectors import Sector
from fabrique.core.access import Actor
from fabrique.web.deps import CurrentActor, Now, Reading, present
from fabrique.web.page import render
from matching.pages.shown import Page, places_of
from matching.queries.directory import (
    actor_sheet,
    directory_view,
    holder_sheet,
    initiative_sheet,
)

router = APIRouter(prefix="/annuaire")

PageNumber = Annotated[int, Query(ge=1, le=1_000)]


@router.get("")
@router.get("/porteurs", name="holders")
def holders(
    request: Request,
    session: Reading,
    actor: CurrentActor,
    secteur: str = "",
    page: PageNumber = 1,
) -> Response:
    """Who could carry a project."""
    return _list(request, session, actor, "holder", sector=secteur, page=page)


@router.get("/acteurs")
def actors(
    request: Request,
    session: Reading,
    actor: CurrentActor,
    secteur: str = "",
    page: PageNumber = 1,
) -> Response:
    """Who helps projects."""
    return _list(request, session, actor, "actor", sector=secteur, page=page)


@router.get("/initiatives")
def initiatives(
    request: Request,
    session: Reading,
    actor: CurrentActor,
    secteur: str = "",
    page: PageNumber = 1,
) -> Response:
    """What already works elsewhere."""
    return _list(request, session, actor, "initiative", sector=secteur, page=page)


@router.get("/porteurs/{holder_id}")
def holder(request: Request, holder_id: int, session: Reading, actor: CurrentActor) -> Response:
    """The sheet of a holder."""
    view = holder_sheet(session, actor, holder_id, places=places_of(request))
    return render(request, "matching/party.html", Page(view=view))


@router.get("/acteurs/{actor_id}")
def support_actor(
    request: Request, actor_id: int, session: Reading, actor: CurrentActor
) -> Response:
    """The sheet of a support actor."""
    view = actor_sheet(session, actor, actor_id, places=places_of(request))
    return render(request, "matching/party.html", Page(view=view))


@router.get("/initiatives/{initiative_id}")
def initiative(
    request: Request, initiative_id: int, session: Reading, actor: CurrentActor, now: Now
) -> Response:
    """The sheet of an initiative."""
    view = initiative_sheet(session, actor, initiative_id, places=places_of(request), now=now)
    return render(request, "matching/initiative.html", Page(view=view))


def _list(
    request: Request, session: Session, actor: Actor, kind: str, *, sector: str, page: int
) -> Response:
    view = directory_view(
        session,
        actor,
        kind,
        sector=chosen(Sector, sector),
        page=page,
        places=places_of(request),
        now=present(request),
    )
    return render(request, "matching/directory.html", Page(view=view))
