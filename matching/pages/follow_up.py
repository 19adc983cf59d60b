"""Introductions over the whole fabrique, and the overall allocation beside the simple ranking."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from fabrique.core.access import Action
from fabrique.web.deps import CurrentActor, Now, Reading
from fabrique.web.page import render
from matching.pages.shown import Page, places_of
from matching.queries.allotment import AllotmentLine, allotments
from matching.queries.follow_up import follow_up_view

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class AllotmentView:
    """Every opportunity with a proposal, allotted overall and ranked simply."""

    lines: tuple[AllotmentLine, ...]


@router.get("/rapprochements")
def introductions(request: Request, session: Reading, actor: CurrentActor, now: Now) -> Response:
    """Who to remind this week, who waits, who answered, what nobody carries."""
    view = follow_up_view(session, actor, places=places_of(request), now=now)
    return render(request, "matching/follow_up.html", Page(view=view))


@router.get("/rapprochements/repartition")
def allotment(request: Request, session: Reading, actor: CurrentActor) -> Response:
    """Where the overall allocation differs from the simple ranking."""
    actor.require(Action.DIRECTORY_READ)
    view = AllotmentView(lines=allotments(session, actor))
    return render(request, "matching/allotment.html", Page(view=view))
