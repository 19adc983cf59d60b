"""Telling a need: the form, what it notices while one types, the confirmation of a need already
told. Nothing typed is ever lost: each answer that is not a success shows the form as it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from capture.forms import SHORT_LIMIT, TEXT_LIMIT, ConfirmForm, NeedForm, entry_of
from capture.intake import confirm_need_here, log_need
from capture.models import FREE_ANSWERS
from capture.pages.shown import FormPage, language_of, memory_of, places_of
from capture.queries.telling import (
    Hints,
    PersonalNotice,
    Typed,
    Where,
    hints_for,
    notice_of,
    understood_place,
    without_passages,
)
from fabrique.core.access import Actor
from fabrique.core.clock import local_date
from fabrique.web.deps import CurrentActor, Reading, present, seal_of, settings_of
from fabrique.web.forms import Bound, SubmittedForm
from fabrique.web.labels.capture import NEED_KINDS
from fabrique.web.page import render
from fabrique.web.post import Post, Posted

router = APIRouter()
# A text far above the limit is refused anyway: reading all of it would only take time.
READ_LIMIT = 4 * TEXT_LIMIT
# What may be pressed under a passage that names somebody.
_ACTS = frozenset({"replace", "keep"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirming:
    """A need that somebody confirms, and what their words may say of a person."""

    reference: str
    personal: PersonalNotice | None


@router.get("/besoins/nouveau")
def blank_form(
    request: Request, session: Reading, actor: CurrentActor, genre: str = "need"
) -> Response:
    """The empty form; ``genre`` chooses what is told."""
    kind = genre if genre in NEED_KINDS else "need"
    form = Bound.blank(NeedForm, kind=kind, extent="unknown", quality="resident")
    return _show(request, form, _hints(request, session, actor, form))


@router.post("/besoins/nouveau")
def tell(post: Posted) -> Response:
    """Keep the need, or show the form again with what is to be repaired or looked at first."""
    if post.sent.first("act") in _ACTS:
        form = Bound.blank(NeedForm, **_after_act(post, ("title", "text", *FREE_ANSWERS)))
        return _show(post.request, form, _hints(post.request, post.session, post.actor, form))
    form = Bound(NeedForm, {**post.sent.values, "attempted": ["1"]})
    hints = _hints(post.request, post.session, post.actor, form)
    _check_place(form, hints.where)
    told, commune = form.validated, hints.where.commune
    if told is None or commune is None:
        return _show(post.request, form, hints, status=422)
    if (hints.personal and not told.warned) or (hints.similar and not told.compared):
        # Not kept yet: a status of success would let the page empty its draft.
        return _show(post.request, form, hints, status=422)
    names_somebody = hints.personal is not None
    entry = entry_of(told, insee_code=commune.insee_code, names_somebody=names_somebody)
    seal = seal_of(post.request)
    base_url = settings_of(post.request).base_url
    logged = log_need(post.session, post.actor, entry, seal=seal, base_url=base_url, now=post.now)
    return post.then(f"/suivi/{logged.follow_token}/merci", "")


@router.post("/besoins/nouveau/relire")
def look(request: Request, sent: SubmittedForm, session: Reading, actor: CurrentActor) -> Response:
    """The form as typed so far with what can be said of it; nothing is kept."""
    form = Bound.blank(NeedForm, **sent.values)
    return _show(request, form, _hints(request, session, actor, form))


@router.post("/besoins/{reference}/confirmer")
def confirm(reference: str, post: Posted) -> Response:
    """Add a voice to a need already told, with its words and its commune where they are given."""
    to_read_again = post.sent.first("act") in _ACTS
    form = Bound(ConfirmForm, _after_act(post, ("text",)) if to_read_again else post.sent.values)
    told = form.validated
    notice = notice_of([form.value("text")[:READ_LIMIT]], language_of(post.request))
    if told is None or to_read_again or (notice and not told.warned):
        view = Confirming(reference=reference, personal=notice)
        page = FormPage(view=view, form=form)
        status = 200 if to_read_again else 422
        return render(post.request, "capture/confirming.html", page, status=status)
    typed = Typed(place=told.commune, insee_code=told.commune_code)
    where = understood_place(typed, places_of(post.request)).commune
    commune = where.insee_code if where else None
    confirm_need_here(
        post.session, post.actor, reference, commune=commune, text=told.text, now=post.now
    )
    said = "Merci, votre témoignage compte. Vos mots sont gardés."
    return post.then(f"/besoins/{reference}", said)


def _show(request: Request, form: Bound[NeedForm], hints: Hints, *, status: int = 200) -> Response:
    return render(request, "capture/telling.html", FormPage(view=hints, form=form), status=status)


def _hints(request: Request, session: Session, actor: Actor, form: Bound[NeedForm]) -> Hints:
    return hints_for(
        session,
        actor.fabrique_id,
        Typed(
            title=form.value("title")[:SHORT_LIMIT],
            text=form.value("text")[:READ_LIMIT],
            answers=tuple(form.value(name)[:READ_LIMIT] for name in FREE_ANSWERS),
            place=form.value("commune")[:SHORT_LIMIT],
            insee_code=form.value("commune_code"),
            not_same=form.values("not_same"),
            author_id=actor.person_id,
        ),
        language=language_of(request),
        search=memory_of(request).search,
        places=places_of(request),
        today=local_date(present(request)),
    )


def _after_act(post: Post, names: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """The answers after « Remplacer » or « Garder mon texte », to be read again before all."""
    values = dict(post.sent.values)
    if post.sent.first("act") == "replace":
        language = language_of(post.request)
        for name in names:
            values[name] = [without_passages(post.sent.first(name), language)]
    else:
        values["kept"] = ["1"]
    return values


def _check_place(form: Bound[NeedForm], where: Where) -> None:
    name = form.value("commune").strip()
    if where.commune is not None or not name:
        return
    if not where.choices:
        form.reject("commune", "place.unknown", name=name)
    elif name.isdecimal():
        form.reject("commune", "place.same_code", name=name)
    elif where.is_exact:
        form.reject("commune", "place.homonyms", name=name)
    else:
        form.reject("commune", "place.near", name=name)
