"""Adding somebody to the directory by hand: a holder, or a support actor with a first offer."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from fabrique.core.access import Action
from fabrique.web.deps import CurrentActor, Now, Reading, Writing, see_other
from fabrique.web.forms import Bound, FormT, SubmittedForm
from fabrique.web.page import render
from matching.directory import register_actor, register_holder
from matching.forms import BY_HAND, ActorForm, HolderForm, actor_entry, holder_entry
from matching.pages.shown import FormPage, places_of
from matching.queries.directory import is_known

router = APIRouter(prefix="/annuaire")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterView:
    """Which sheet is being written: holder or actor."""

    kind: str


@router.get("/porteurs/nouveau")
def blank_holder(request: Request, _session: Reading, actor: CurrentActor) -> Response:
    """The empty sheet of a holder."""
    actor.require(Action.DIRECTORY_EDIT)
    return _show(request, "holder", Bound.blank(HolderForm, zone_scale="departement"))


@router.post("/porteurs/nouveau")
def add_holder(
    request: Request, sent: SubmittedForm, session: Writing, actor: CurrentActor, now: Now
) -> Response:
    """Register a holder, or show the sheet again."""
    form = Bound(HolderForm, sent.values)
    entry = holder_entry(form, places_of(request))
    if entry and is_known(session, actor.fabrique_id, "holder", source=BY_HAND, name=entry.name):
        form.reject("name", "party.already_known", name=entry.name)
    if entry is None or form.errors:
        return _show(request, "holder", form, status=422)
    holder = register_holder(session, actor, entry, now=now)
    return see_other(request, f"/annuaire/porteurs/{holder.id}", said="La fiche est écrite.")


@router.get("/acteurs/nouveau")
def blank_actor(request: Request, _session: Reading, actor: CurrentActor) -> Response:
    """The empty sheet of a support actor."""
    actor.require(Action.DIRECTORY_EDIT)
    return _show(request, "actor", Bound.blank(ActorForm, zone_scale="departement"))


@router.post("/acteurs/nouveau")
def add_actor(
    request: Request, sent: SubmittedForm, session: Writing, actor: CurrentActor, now: Now
) -> Response:
    """Register a support actor, or show the sheet again."""
    form = Bound(ActorForm, sent.values)
    entry = actor_entry(form, places_of(request))
    if entry and is_known(session, actor.fabrique_id, "actor", source=BY_HAND, name=entry.name):
        form.reject("name", "party.already_known", name=entry.name)
    if entry is None or form.errors:
        return _show(request, "actor", form, status=422)
    support_actor = register_actor(session, actor, entry, now=now)
    return see_other(request, f"/annuaire/acteurs/{support_actor.id}", said="La fiche est écrite.")


def _show(request: Request, kind: str, form: Bound[FormT], *, status: int = 200) -> Response:
    page = FormPage(view=RegisterView(kind=kind), form=form)
    return render(request, "matching/register.html", page, status=status)
