"""Needs: the list that anybody reads or that the coordination filters, and the page of one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from capture.cutting import cut_out
from capture.forms import SHORT_LIMIT, CutForm, MoveForm, SectorForm, TieForm, WhyForm, chosen
from capture.grouping import move, pin, tie, withdraw_constraint
from capture.intake import choose_sector, review
from capture.nlp.sectors import Sector
from capture.pages.shown import Page, language_of, memory_of, places_of
from capture.queries.need import need_view
from capture.queries.needs import NeedFilters, Shelf, needs_view
from fabrique.core.clock import local_date
from fabrique.core.errors import Invalid
from fabrique.web.deps import CurrentActor, Now, Reading
from fabrique.web.forms import Bound
from fabrique.web.labels.sentences import sentence
from fabrique.web.page import render
from fabrique.web.post import Posted

router = APIRouter(prefix="/besoins")


def asked_filters(
    *,
    commune: str = "",
    texte: str = "",
    territoire: str = "",
    secteur: str = "",
    statut: str = "",
    regroupement: str = "",
    apres: str = "",
) -> NeedFilters:
    """The filters held by the address."""
    return NeedFilters(
        commune=commune.strip()[:SHORT_LIMIT],
        text=texte.strip()[:SHORT_LIMIT],
        territory=territoire,
        sector=chosen(Sector, secteur),
        shelf=chosen(Shelf, statut),
        cluster=regroupement,
        after=apres,
    )


@router.get("")
def needs(
    request: Request,
    session: Reading,
    actor: CurrentActor,
    filters: Annotated[NeedFilters, Depends(asked_filters)],
) -> Response:
    """The needs that the reader may see, newest first."""
    view = needs_view(session, actor, filters, places=places_of(request))
    return render(request, "capture/needs.html", Page(view=view))


@router.get("/{reference}")
def need(
    request: Request, reference: str, session: Reading, actor: CurrentActor, now: Now
) -> Response:
    """One need: its words, and for the coordination what the machine made of them."""
    view = need_view(
        session,
        actor,
        reference,
        language=language_of(request),
        search=memory_of(request).search,
        places=places_of(request),
        today=local_date(now),
    )
    return render(request, "capture/need.html", Page(view=view))


@router.post("/{reference}/secteur")
def correct_sector(reference: str, post: Posted) -> Response:
    """Choose the sector in place of the machine."""
    form = Bound(SectorForm, post.sent.values).validated
    if form is None:
        return post.then(f"/besoins/{reference}", "Choisissez un secteur dans la liste.")
    choose_sector(post.session, post.actor, reference, form.sector, now=post.now)
    return post.then(f"/besoins/{reference}", "Le secteur est corrigé.")


@router.post("/{reference}/deplacer")
def move_need(reference: str, post: Posted) -> Response:
    """Place the need in another grouping, or on its own."""
    form = Bound(MoveForm, post.sent.values).validated or MoveForm()
    target = form.cluster or None
    entry = move(post.session, post.actor, reference, target, why=form.why, now=post.now)
    said = (
        f"{reference} est rangé dans {target}."
        if target
        else f"{reference} reste seul : la machine ne le range plus."
    )
    return post.then(f"/besoins/{reference}", said, undo=entry.id)


@router.post("/{reference}/epingler")
def pin_need(reference: str, post: Posted) -> Response:
    """Tie the need to its grouping: the machine will not propose to take it out."""
    form = Bound(WhyForm, post.sent.values).validated or WhyForm()
    entry = pin(post.session, post.actor, reference, why=form.why, now=post.now)
    said = f"{reference} est épinglé : la machine ne proposera plus de le déplacer."
    return post.then(f"/besoins/{reference}", said, undo=entry.id)


@router.post("/{reference}/lier")
def tie_need(reference: str, post: Posted) -> Response:
    """Ask that the need always goes with another one, or never."""
    form = Bound(TieForm, post.sent.values).validated or TieForm()
    together = form.tie == "together"
    entry = tie(
        post.session,
        post.actor,
        reference,
        form.other,
        together=together,
        why=form.why,
        now=post.now,
    )
    often = "toujours" if together else "jamais"
    said = f"Consigne notée : {reference} {often} avec {form.other.strip().upper()}."
    return post.then(f"/besoins/{reference}", said, undo=entry.id)


@router.post("/{reference}/consignes/{constraint_id}/retirer")
def leave_to_the_machine(reference: str, constraint_id: int, post: Posted) -> Response:
    """Take back an instruction about the need."""
    withdraw_constraint(post.session, post.actor, constraint_id, now=post.now)
    said = f"La consigne est retirée : la machine rangera {reference} à son prochain passage."
    return post.then(f"/besoins/{reference}", said)


@router.post("/{reference}/couper")
def cut(reference: str, post: Posted) -> Response:
    """Make a need of its own of the passages ticked."""
    form = Bound(CutForm, post.sent.values).validated or CutForm()
    try:
        need, entry = cut_out(post.session, post.actor, reference, form.spans, now=post.now)
    except Invalid as refused:
        return post.then(f"/besoins/{reference}", sentence(refused.code))
    said = f"{need.reference} est un besoin à part. Son auteur le verra sur sa page de suivi."
    return post.then(f"/besoins/{reference}", said, undo=entry.id)


@router.post("/{reference}/publier")
def publish(reference: str, post: Posted) -> Response:
    """Let a need that was read again be read by all."""
    review(post.session, post.actor, reference, publish=True, now=post.now)
    return post.then(f"/besoins/{reference}", f"{reference} est publié.")


@router.post("/{reference}/masquer")
def hide(reference: str, post: Posted) -> Response:
    """Keep a need that names somebody out of public lists."""
    hidden = review(post.session, post.actor, reference, publish=False, now=post.now)
    said = f"{reference} est masqué. Il reste compté dans son regroupement."
    if len(hidden) > 1:
        said = f"{reference} est masqué, et avec lui le message {hidden[1]}, qui a ses mots."
    return post.then(f"/besoins/{reference}", said)
