"""Opportunities: the list and the dossier. A member of a committee reads and gives an opinion, the
coordination writes the sheet and proposes a verdict."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from capture.forms import OpinionForm, SectionForm, StageForm, VerdictForm, chosen, page_number
from capture.models import OpportunityStage, SheetHeading
from capture.nlp.sectors import Sector
from capture.opportunities import (
    give_opinion,
    opportunity_named,
    propose_verdict,
    set_stage,
    write_section,
)
from capture.pages.shown import FormPage, Page, places_of
from capture.queries.opportunities import (
    OpportunityFilters,
    OpportunityView,
    opportunities_view,
    opportunity_view,
)
from fabrique.core.errors import NotFound
from fabrique.web.deps import CurrentActor, Reading
from fabrique.web.forms import Bound
from fabrique.web.page import render
from fabrique.web.post import Post, Posted

router = APIRouter(prefix="/opportunites")
ONE = "/{reference}"


def asked_filters(
    secteur: str = "", etape: str = "", statut: str = "", page: str = ""
) -> OpportunityFilters:
    """The filters held by the address."""
    return OpportunityFilters(
        sector=chosen(Sector, secteur),
        stage=chosen(OpportunityStage, etape),
        closed=statut == "closes",
        page=page_number(page),
    )


@router.get("")
def opportunities(
    request: Request,
    session: Reading,
    actor: CurrentActor,
    filters: Annotated[OpportunityFilters, Depends(asked_filters)],
) -> Response:
    """The opportunities, those that moved last first."""
    view = opportunities_view(session, actor, filters)
    return render(request, "capture/opportunities.html", Page(view=view))


@router.get(ONE)
def opportunity(
    request: Request, reference: str, session: Reading, actor: CurrentActor
) -> Response:
    """The dossier: rail, grid of opinions, sheet, verdict."""
    view = opportunity_view(session, actor, reference, places=places_of(request))
    page = FormPage(view=view, form=_verdict_form(view))
    return render(request, "capture/opportunity.html", page)


@router.get(ONE + "/decisions")
def decisions(request: Request, reference: str, session: Reading, actor: CurrentActor) -> Response:
    """What was proposed and decided, and everything else that happened to the dossier."""
    view = opportunity_view(session, actor, reference, places=places_of(request))
    return render(request, "capture/opportunity_decisions.html", Page(view=view))


@router.get(ONE + "/avis")
def opinion_form(
    request: Request, reference: str, session: Reading, actor: CurrentActor
) -> Response:
    """The seven questions, with what the reader answered before."""
    view = opportunity_view(session, actor, reference, places=places_of(request))
    given = {opinion.criterion.value: str(opinion.level) for opinion in view.own}
    comments = {f"{opinion.criterion.value}_comment": opinion.comment for opinion in view.own}
    form = Bound.blank(OpinionForm, **given, **comments)
    return render(request, "capture/opinion.html", FormPage(view=view, form=form))


@router.post(ONE + "/avis")
def give(reference: str, post: Posted) -> Response:
    """Keep the reader's opinion on each criterion answered."""
    form = Bound(OpinionForm, post.sent.values)
    given = form.validated.given if form.validated else ()
    if form.validated and not given:
        form.reject("g1", "opinion.empty")
    if form.errors:
        page = FormPage(view=_view(post, reference), form=form)
        return render(post.request, "capture/opinion.html", page, status=422)
    for criterion, level, comment in given:
        give_opinion(post.session, post.actor, reference, criterion, level, comment, now=post.now)
    return post.then(f"/opportunites/{reference}#avis", "Votre avis est enregistré.")


@router.post(ONE + "/etude/{heading}")
def write(reference: str, heading: str, post: Posted) -> Response:
    """Write one heading of the study."""
    known = chosen(SheetHeading, heading)
    form = Bound(SectionForm, post.sent.values).validated
    if known is None or form is None:
        raise NotFound("page.unknown")
    write_section(post.session, post.actor, reference, known, form.text, now=post.now)
    return post.then(f"/opportunites/{reference}#etude-{heading}", "La rubrique est enregistrée.")


@router.post(ONE + "/verdict")
def propose(reference: str, post: Posted) -> Response:
    """Propose a verdict to the committee, with its reason."""
    form = Bound(VerdictForm, post.sent.values)
    if form.validated is None:
        page = FormPage(view=_view(post, reference), form=form)
        return render(post.request, "capture/opportunity.html", page, status=422)
    given = form.validated
    propose_verdict(post.session, post.actor, reference, given.verdict, given.reason, now=post.now)
    return post.then(f"/opportunites/{reference}#proposer", "Le verdict est proposé au comité.")


@router.post(ONE + "/etape")
def move_on_the_rail(reference: str, post: Posted) -> Response:
    """Move the opportunity to another step, forward or back."""
    form = Bound(StageForm, post.sent.values).validated
    if form is not None:
        opportunity = opportunity_named(post.session, post.actor, reference)
        set_stage(post.session, post.actor, opportunity, form.stage, now=post.now)
    return post.then(f"/opportunites/{reference}", "L’étape est changée.")


def _view(post: Post, reference: str) -> OpportunityView:
    places = places_of(post.request)
    return opportunity_view(post.session, post.actor, reference, places=places)


def _verdict_form(view: OpportunityView) -> Bound[VerdictForm]:
    proposed = view.proposed_verdict.value if view.proposed_verdict else ""
    return Bound.blank(VerdictForm, verdict=proposed, reason=view.verdict_reason)
