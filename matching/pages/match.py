"""The pages of one match: the message to read again, a reason to put aside, an answer to write."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from fabrique.core.errors import Invalid
from fabrique.web.deps import CurrentActor, Now, Reading, Writing, see_other
from fabrique.web.forms import Bound, SubmittedForm
from fabrique.web.labels.letters import draft_letter
from fabrique.web.page import render
from matching.forms import AnswerForm, AsideForm, LetterForm
from matching.models import IntroductionState
from matching.pages.shown import FormPage, matches_url, places_of
from matching.proposals import (
    bring_back,
    introduce,
    put_aside,
    record_answer,
    remind,
    resume,
    suspend,
)
from matching.queries.letter import LetterView, letter_view

router = APIRouter(prefix="/opportunites/{reference}/rapprochements/{match_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Which match an address names, who asks and when."""

    reference: str
    match_id: int
    actor: CurrentActor
    now: Now


AboutMatch = Annotated[_Asked, Depends()]


@router.get("/mise-en-relation")
def letter(request: Request, about: AboutMatch, session: Reading) -> Response:
    """The message to read again before it leaves."""
    view = _view(request, about, session)
    form = Bound.blank(LetterForm, message=_draft(view))
    return render(request, "matching/letter.html", FormPage(view=view, form=form))


@router.post("/mise-en-relation")
def send(request: Request, about: AboutMatch, sent: SubmittedForm, session: Writing) -> Response:
    """Send the message, or show it again."""
    form = Bound(LetterForm, sent.values)
    if form.validated is None:
        view = _view(request, about, session)
        return render(request, "matching/letter.html", FormPage(view=view, form=form), status=422)
    introduce(session, about.actor, about.match_id, form.validated.message, now=about.now)
    return see_other(request, matches_url(about.reference), said="La mise en relation est partie.")


@router.get("/ecarter")
def ask_why(request: Request, about: AboutMatch, session: Reading) -> Response:
    """Why this proposal is not followed."""
    view = _view(request, about, session)
    form = Bound.blank(AsideForm)
    return render(request, "matching/put_aside.html", FormPage(view=view, form=form))


@router.post("/ecarter")
def set_aside(
    request: Request, about: AboutMatch, sent: SubmittedForm, session: Writing
) -> Response:
    """Put the proposal aside, or ask the reason again."""
    form = Bound(AsideForm, sent.values)
    if form.validated is None:
        view = _view(request, about, session)
        return render(
            request, "matching/put_aside.html", FormPage(view=view, form=form), status=422
        )
    put_aside(
        session,
        about.actor,
        about.match_id,
        form.validated.reason,
        why=form.validated.why,
        now=about.now,
    )
    return see_other(request, matches_url(about.reference), said="C'est écarté, avec votre raison.")


@router.post("/reprendre")
def take_back(request: Request, about: AboutMatch, session: Writing) -> Response:
    """Propose again what was put aside."""
    bring_back(session, about.actor, about.match_id, now=about.now)
    return see_other(request, matches_url(about.reference), said="Le rapprochement est repris.")


@router.get("/reponse")
def ask_answer(request: Request, about: AboutMatch, session: Reading) -> Response:
    """What the party said."""
    view = _view(request, about, session)
    form = Bound.blank(AnswerForm)
    return render(request, "matching/answer.html", FormPage(view=view, form=form))


@router.post("/reponse")
def write_answer(
    request: Request, about: AboutMatch, sent: SubmittedForm, session: Writing
) -> Response:
    """Write the answer down, or show the form again."""
    form = Bound(AnswerForm, sent.values)
    if form.validated is not None:
        answer = IntroductionState(form.validated.answer.value)
        try:
            record_answer(
                session, about.actor, about.match_id, answer, form.validated.words, now=about.now
            )
        except Invalid as refused:
            form.reject(refused.field, refused.code)
        else:
            return see_other(request, matches_url(about.reference), said="La réponse est notée.")
    view = _view(request, about, session)
    return render(request, "matching/answer.html", FormPage(view=view, form=form), status=422)


@router.post("/relancer")
def write_again(request: Request, about: AboutMatch, session: Writing) -> Response:
    """Write again to a party that has not answered."""
    remind(session, about.actor, about.match_id, now=about.now)
    return see_other(request, matches_url(about.reference), said="La relance est partie.")


@router.post("/suspendre")
def stop_reminders(request: Request, about: AboutMatch, session: Writing) -> Response:
    """Stop reminding."""
    suspend(session, about.actor, about.match_id, now=about.now)
    return see_other(request, matches_url(about.reference), said="Les relances sont suspendues.")


@router.post("/reprendre-relances")
def start_reminders(request: Request, about: AboutMatch, session: Writing) -> Response:
    """Remind again."""
    resume(session, about.actor, about.match_id, now=about.now)
    return see_other(request, matches_url(about.reference), said="Les relances reprennent.")


def _view(request: Request, about: _Asked, session: Session) -> LetterView:
    return letter_view(
        session,
        about.actor,
        about.reference,
        about.match_id,
        places=places_of(request),
        now=about.now,
    )


def _draft(view: LetterView) -> str:
    return draft_letter(
        view.party.kind,
        title=view.title,
        summary=view.summary,
        reference=view.reference,
        testimonies=view.testimonies,
        places=view.places,
        is_person=view.party.is_person,
        sender=view.sender,
        signature=view.signature,
    )
