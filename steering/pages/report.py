"""The yearly report."""

from fastapi import APIRouter, Request, Response

from fabrique.web.deps import CurrentActor, Now, Reading
from fabrique.web.page import render
from steering.pages.shown import Page
from steering.queries.report import report_view

router = APIRouter()


@router.get("/bilan")
def report(
    request: Request, session: Reading, actor: CurrentActor, now: Now, annee: int | None = None
) -> Response:
    """The figures of a year."""
    view = report_view(session, actor, annee, now=now)
    return render(request, "steering/report.html", Page(view=view))
