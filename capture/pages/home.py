"""The public home."""

from fastapi import APIRouter, Request, Response

from capture.forms import SHORT_LIMIT
from capture.pages.shown import Page, memory_of, places_of
from capture.queries.home import HomeView, home_view
from fabrique.web.deps import CurrentActor, Reading
from fabrique.web.page import render

router = APIRouter()


@router.get("/")
def home(request: Request, session: Reading, actor: CurrentActor, commune: str = "") -> Response:
    """What the fabrique is for, in figures and in stories, and what is said around a commune."""
    asked, places = commune.strip()[:SHORT_LIMIT], places_of(request)

    def view() -> HomeView:
        return home_view(session, actor.fabrique_id, asked=asked, places=places)

    # Without a question the home is the same for everybody, until something happens.
    kept = memory_of(request).home
    shown = view() if asked else kept.get(session, actor.fabrique_id, view)
    return render(request, "capture/home.html", Page(view=shown))
