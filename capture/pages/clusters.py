"""Groupings: the board, the page of one, and what a person may do to it. Each act that can be
undone says so."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from capture import grouping
from capture.forms import (
    SHORT_LIMIT,
    AnswerForm,
    OpenForm,
    OtherClusterForm,
    SplitForm,
    TitleForm,
    WhyForm,
    chosen,
    page_number,
)
from capture.models import ClusterState
from capture.nlp.sectors import Sector
from capture.opportunities import open_opportunity
from capture.pages.shown import FormPage, Page, memory_of, places_of
from capture.queries.board import BoardFilters, Layout, Order, board_view
from capture.queries.cluster import cluster_view
from capture.queries.reshaping import (
    SplitView,
    merge_view,
    naming_view,
    split_view,
    testimonies_view,
)
from fabrique.core.clock import local_date
from fabrique.core.errors import Invalid
from fabrique.web.deps import CurrentActor, Now, Reading
from fabrique.web.forms import Bound
from fabrique.web.page import render
from fabrique.web.post import Post, Posted

router = APIRouter(prefix="/regroupements")
ONE = "/{reference}"


def asked_filters(
    *,
    territoire: str = "",
    secteur: str = "",
    statut: str = "",
    tri: str = "",
    vue: str = "",
    secteurs: str = "",
    page: str = "",
) -> BoardFilters:
    """The filters held by the address."""
    return BoardFilters(
        territory=territoire,
        sector=chosen(Sector, secteur),
        state=chosen(ClusterState, statut),
        order=chosen(Order, tri) or Order.TESTIMONIES,
        layout=chosen(Layout, vue) or Layout.BOARD,
        all_sectors=secteurs == "tous",
        page=page_number(page),
    )


@router.get("")
def board(
    request: Request,
    session: Reading,
    actor: CurrentActor,
    now: Now,
    filters: Annotated[BoardFilters, Depends(asked_filters)],
) -> Response:
    """The living groupings by sector, or as a list."""
    census = memory_of(request).census
    view = board_view(session, actor, filters, census=census, today=local_date(now))
    return render(request, "capture/board.html", Page(view=view))


@router.post("")
def gather(post: Posted) -> Response:
    """Make a grouping of one's own from needs the machine left alone."""
    form = Bound(SplitForm, post.sent.values).validated
    needs, title = (form.needs, form.title) if form else ((), "")
    born = grouping.gather(post.session, post.actor, needs, title, now=post.now)
    return post.then(_at(born.reference), f"{born.reference} « {born.title} » est né.")


@router.get(ONE)
def cluster(
    request: Request, reference: str, session: Reading, actor: CurrentActor, now: Now
) -> Response:
    """One grouping."""
    view = cluster_view(
        session,
        actor,
        reference,
        census=memory_of(request).census,
        places=places_of(request),
        today=local_date(now),
    )
    return render(request, "capture/cluster.html", Page(view=view))


@router.get(ONE + "/besoins")
def all_words(
    request: Request, reference: str, session: Reading, actor: CurrentActor, apres: str = ""
) -> Response:
    """Every word of a grouping."""
    view = testimonies_view(session, actor, reference, after=apres, places=places_of(request))
    return render(request, "capture/testimonies.html", Page(view=view))


@router.post(ONE + "/confirmer")
def confirm(reference: str, post: Posted) -> Response:
    """Sign the grouping."""
    entry = grouping.confirm(post.session, post.actor, reference, now=post.now)
    return post.then(_at(reference), f"{reference} est confirmé.", undo=entry.id)


@router.get(ONE + "/renommer")
def title_form(request: Request, reference: str, session: Reading, actor: CurrentActor) -> Response:
    """Choose a title."""
    view = naming_view(session, actor, reference)
    form = Bound.blank(TitleForm, title=view.title)
    return render(request, "capture/rename.html", FormPage(view=view, form=form))


@router.post(ONE + "/renommer")
def rename(reference: str, post: Posted) -> Response:
    """Give the title, which is then locked."""
    form = Bound(TitleForm, post.sent.values)
    if form.validated is None:
        view = naming_view(post.session, post.actor, reference)
        page = FormPage(view=view, form=form)
        return render(post.request, "capture/rename.html", page, status=422)
    title = form.validated.title
    entry = grouping.rename(post.session, post.actor, reference, title, now=post.now)
    return post.then(_at(reference), f"Le titre est maintenant « {title} ».", undo=entry.id)


@router.get(ONE + "/fusionner")
def union(
    *,
    request: Request,
    reference: str,
    session: Reading,
    actor: CurrentActor,
    titre: str = "",
    avec: str = "",
) -> Response:
    """Choose the grouping to take in, and see what the two would be together."""
    places = places_of(request)
    view = merge_view(
        session, actor, reference, asked=titre[:SHORT_LIMIT], chosen=avec, places=places
    )
    return render(request, "capture/merge.html", Page(view=view))


@router.post(ONE + "/fusionner")
def merge(reference: str, post: Posted) -> Response:
    """Put the needs of another grouping into this one."""
    form = Bound(OtherClusterForm, post.sent.values).validated
    if form is None:
        return post.then(f"{_at(reference)}/fusionner", "Choisissez l’autre regroupement.")
    entry = grouping.merge(
        post.session, post.actor, reference, form.other, why=form.why, now=post.now
    )
    said = f"{form.other} et {reference} sont réunis. Les témoignages gardent leurs mots."
    return post.then(_at(reference), said, undo=entry.id)


@router.post(ONE + "/separer")
def keep_apart(reference: str, post: Posted) -> Response:
    """Ask the machine never to unite two groupings."""
    form = Bound(OtherClusterForm, post.sent.values).validated
    if form is None:
        return post.then(f"{_at(reference)}/fusionner", "Choisissez l’autre regroupement.")
    entry = grouping.keep_apart(
        post.session, post.actor, reference, form.other, why=form.why, now=post.now
    )
    said = f"La machine ne proposera plus de réunir {reference} et {form.other}."
    return post.then(_at(reference), said, undo=entry.id)


@router.get(ONE + "/scinder")
def cut(request: Request, reference: str, session: Reading, actor: CurrentActor) -> Response:
    """The needs on the two sides of the cut that the machine would make."""
    view = split_view(session, actor, reference, places=places_of(request))
    form = Bound.blank(SplitForm, needs=[line.reference for line in view.leave])
    return render(request, "capture/split.html", FormPage(view=view, form=form))


@router.post(ONE + "/scinder")
def split(reference: str, post: Posted) -> Response:
    """Take the ticked needs out into a grouping of their own."""
    form = Bound(SplitForm, post.sent.values)
    if form.validated is None:
        return _split_again(reference, post, form)
    needs, title = form.validated.needs, form.validated.title
    try:
        born = grouping.split(post.session, post.actor, reference, needs, title, now=post.now)
    except Invalid as refused:
        form.reject("needs", refused.code)
        return _split_again(reference, post, form)
    said = f"{reference} est scindé : {born.reference} « {title} » est né."
    return post.then(_at(born.reference), said)


@router.post(ONE + "/ecarter")
def set_aside(reference: str, post: Posted) -> Response:
    """Say that the grouping leads nowhere."""
    form = Bound(WhyForm, post.sent.values).validated or WhyForm()
    entry = grouping.set_aside(post.session, post.actor, reference, why=form.why, now=post.now)
    said = f"{reference} est mis de côté. Ses besoins sont de nouveau libres."
    return post.then(_at(reference), said, undo=entry.id)


@router.post(ONE + "/propositions/{change_id}")
def answer_change(reference: str, change_id: int, post: Posted) -> Response:
    """Accept or refuse one line of the machine."""
    form = Bound(AnswerForm, post.sent.values).validated
    accept = form is not None and form.answer == "accepter"
    entry = grouping.answer_change(post.session, post.actor, change_id, accept=accept, now=post.now)
    said = "La proposition est acceptée." if accept else "La proposition est refusée."
    return post.then(f"{_at(reference)}#propositions", said, undo=entry.id)


@router.post(ONE + "/consignes/{constraint_id}/retirer")
def withdraw_constraint(reference: str, constraint_id: int, post: Posted) -> Response:
    """Take back an instruction."""
    grouping.withdraw_constraint(post.session, post.actor, constraint_id, now=post.now)
    return post.then(f"{_at(reference)}#consignes", "La consigne est retirée.")


@router.get(ONE + "/ouvrir")
def opening(request: Request, reference: str, session: Reading, actor: CurrentActor) -> Response:
    """Prepare an opportunity from the grouping."""
    view = naming_view(session, actor, reference)
    form = Bound.blank(OpenForm, title=view.title, summary=view.summary)
    return render(request, "capture/open.html", FormPage(view=view, form=form))


@router.post(ONE + "/ouvrir")
def open_one(reference: str, post: Posted) -> Response:
    """Sign the grouping as an opportunity."""
    form = Bound(OpenForm, post.sent.values)
    if form.validated is None:
        view = naming_view(post.session, post.actor, reference)
        page = FormPage(view=view, form=form)
        return render(post.request, "capture/open.html", page, status=422)
    title, summary = form.validated.title, form.validated.summary
    opened = open_opportunity(
        post.session, post.actor, reference, title=title, summary=summary, now=post.now
    )
    said = f"L’opportunité {opened.reference} est ouverte."
    return post.then(f"/opportunites/{opened.reference}", said)


def _at(reference: str) -> str:
    return f"/regroupements/{reference}"


def _split_again(reference: str, post: Post, form: Bound[SplitForm]) -> Response:
    view = split_view(post.session, post.actor, reference, places=places_of(post.request))
    page = FormPage(view=_as_ticked(view, form.values("needs")), form=form)
    return render(post.request, "capture/split.html", page, status=422)


def _as_ticked(view: SplitView, ticked: tuple[str, ...]) -> SplitView:
    """The two lists as the person left them, not as the machine cut them."""
    lines = [replace(line, leaves=line.reference in ticked) for line in (*view.stay, *view.leave)]
    return replace(
        view,
        stay=tuple(line for line in lines if not line.leaves),
        leave=tuple(line for line in lines if line.leaves),
    )
