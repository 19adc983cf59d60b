"""The pages of one opportunity: its matches, what works elsewhere, who was left out."""

from fastapi import APIRouter, Request, Response

from capture.opportunities import opportunity_named
from fabrique.web.deps import CurrentActor, Now, Reading, Writing, present, see_other
from fabrique.web.forms import SubmittedForm
from fabrique.web.page import render
from matching.pages.shown import Page, matches_url, places_of, vectoriser_of
from matching.proposals import propose_matches
from matching.queries.tab import WIDER_KM, elsewhere_view, left_out_view, matches_view

router = APIRouter()


@router.get("/opportunites/{reference}/rapprochements")
def matches(
    request: Request, reference: str, session: Reading, actor: CurrentActor, now: Now
) -> Response:
    """Who could carry and help an opportunity, and the introductions under way."""
    view = matches_view(session, actor, reference, places=places_of(request), now=now)
    return render(request, "matching/matches.html", Page(view=view))


@router.get("/opportunites/{reference}/deja-fait-ailleurs")
def elsewhere(request: Request, reference: str, session: Reading, actor: CurrentActor) -> Response:
    """What already works elsewhere and resembles an opportunity."""
    view = elsewhere_view(session, actor, reference, places=places_of(request))
    return render(request, "matching/elsewhere.html", Page(view=view))


@router.get("/opportunites/{reference}/rapprochements/ecartes")
def left_out(request: Request, reference: str, session: Reading, actor: CurrentActor) -> Response:
    """Who is not proposed for an opportunity, and why."""
    view = left_out_view(session, actor, reference, places=places_of(request))
    return render(request, "matching/left_out.html", Page(view=view))


@router.post("/opportunites/{reference}/rapprochements/chercher")
def search(
    request: Request,
    reference: str,
    sent: SubmittedForm,
    session: Writing,
    actor: CurrentActor,
) -> Response:
    """Match this opportunity again, with neighbours if asked."""
    propose_matches(
        session,
        actor,
        [opportunity_named(session, actor, reference).id],
        gazetteer=places_of(request),
        vectoriser=vectoriser_of(request),
        now=present(request),
        reach_km=WIDER_KM if sent.first("plus_loin") else 0,
    )
    return see_other(request, matches_url(reference), said="La recherche est refaite.")
