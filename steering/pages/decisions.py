"""Decisions of a meeting, recorded in two steps, corrected by citing; what is asked of people."""

from fastapi import APIRouter, Request, Response

from fabrique.core.access import Action
from fabrique.core.errors import Invalid
from fabrique.web.deps import CurrentActor, Now, Reading
from fabrique.web.forms import Bound
from fabrique.web.labels import steering as labels
from fabrique.web.page import render
from fabrique.web.post import Post, Posted
from steering import decisions
from steering.decisions import DecisionEntry
from steering.forms import DecisionForm, FollowUpForm, ProgressForm
from steering.models import FollowUpState
from steering.pages.shown import ConfirmPage, FormPage, Page, decisions_url
from steering.queries.decisions import decisions_page, follow_up_page
from steering.queries.room import RoomView, room_view

router = APIRouter()
MEETING = "/comites/{reference}/decisions"
ONE = MEETING + "/{number}"
ACTION = "/actions/{follow_up_id}"


@router.get("/decisions")
def every_decision(request: Request, session: Reading, actor: CurrentActor, now: Now) -> Response:
    """The last decisions of all committees in sight, and the actions that wait."""
    view = decisions_page(session, actor, now=now)
    return render(request, "steering/decisions.html", Page(view=view))


@router.get(MEETING)
def record(
    *,
    request: Request,
    reference: str,
    session: Reading,
    actor: CurrentActor,
    now: Now,
    point: int | None = None,
) -> Response:
    """The decisions of a meeting and, while it is open, the form of the next one."""
    view = room_view(session, actor, reference, now=now)
    chosen = view.point(point)
    given = {"point": str(chosen.id), "text": chosen.proposal} if chosen else {}
    form = Bound.blank(DecisionForm, outcome="adopted", **given)
    return render(request, "steering/room.html", FormPage(view=view, form=form))


@router.post(MEETING)
def decide(reference: str, post: Posted) -> Response:
    """Ask first, then record the decision under its number."""
    view = room_view(post.session, post.actor, reference, now=post.now)
    form = Bound(DecisionForm, post.sent.values)
    entry = _entry(view, form)
    if entry is None or post.sent.first("back"):
        page = FormPage(view=view, form=form)
        return render(post.request, "steering/room.html", page, status=200 if entry else 422)
    if not post.sent.first("confirmed"):
        asking = _asking(view, entry, post, decisions_url(reference))
        return render(post.request, "web/confirm.html", asking)
    made = decisions.record_decision(post.session, post.actor, reference, entry, now=post.now)
    return post.then(decisions_url(reference), f"La décision {made.reference} est enregistrée.")


@router.get(ONE + "/corriger")
def correction(
    *,
    request: Request,
    reference: str,
    number: int,
    session: Reading,
    actor: CurrentActor,
    now: Now,
) -> Response:
    """Write the decision that will correct this one."""
    actor.require(Action.DECISION_RECORD)
    view = room_view(session, actor, reference, now=now)
    old = view.decision(number)
    form = Bound.blank(DecisionForm, item_title=old.item_title, outcome=old.outcome, text=old.text)
    page = FormPage(view=(view, old), form=form)
    return render(request, "steering/correct.html", page)


@router.post(ONE + "/corriger")
def correct(reference: str, number: int, post: Posted) -> Response:
    """Ask first, then record the correction."""
    view = room_view(post.session, post.actor, reference, now=post.now)
    old, form = view.decision(number), Bound(DecisionForm, post.sent.values)
    entry = _entry(view, form, opportunity=old.opportunity_reference)
    if entry is None or post.sent.first("back"):
        page = FormPage(view=(view, old), form=form)
        return render(post.request, "steering/correct.html", page, status=200 if entry else 422)
    if not post.sent.first("confirmed"):
        asking = _asking(view, entry, post, f"{decisions_url(reference)}/{number}/corriger")
        return render(post.request, "web/confirm.html", asking)
    made = decisions.correct_decision(post.session, post.actor, old.reference, entry, now=post.now)
    return post.then(
        decisions_url(reference), f"La décision {made.reference} corrige {old.reference}."
    )


@router.get(ONE + "/action")
def new_follow_up(
    *,
    request: Request,
    reference: str,
    number: int,
    session: Reading,
    actor: CurrentActor,
    now: Now,
) -> Response:
    """Ask somebody to do something."""
    actor.require(Action.DECISION_RECORD)
    view = room_view(session, actor, reference, now=now)
    page = FormPage(view=(view, view.decision(number)), form=Bound.blank(FollowUpForm))
    return render(request, "steering/follow_up.html", page)


@router.post(ONE + "/action")
def open_follow_up(reference: str, number: int, post: Posted) -> Response:
    """Keep who does what by when."""
    view = room_view(post.session, post.actor, reference, now=post.now)
    decision, form = view.decision(number), Bound(FollowUpForm, post.sent.values)
    if form.validated is None:
        page = FormPage(view=(view, decision), form=form)
        return render(post.request, "steering/follow_up.html", page, status=422)
    seat = view.seat(form.validated.owner)
    owner = (seat.name, seat.person_id) if seat else (post.actor.name, post.actor.person_id)
    decisions.open_follow_up(
        post.session, post.actor, decision.reference, form.validated.entry(*owner), now=post.now
    )
    return post.then(f"{decisions_url(reference)}#{decision.anchor}", "L’action est notée.")


@router.get(ACTION)
def follow_up(
    request: Request, follow_up_id: int, session: Reading, actor: CurrentActor, now: Now
) -> Response:
    """One action, and where it stands."""
    view = follow_up_page(session, actor, follow_up_id, now=now)
    form = Bound.blank(ProgressForm, state=view.state, progress=view.progress)
    return render(request, "steering/progress.html", FormPage(view=view, form=form))


@router.post(ACTION)
def report_progress(follow_up_id: int, post: Posted) -> Response:
    """Say where an action stands."""
    form = Bound(ProgressForm, post.sent.values)
    if form.validated is None:
        view = follow_up_page(post.session, post.actor, follow_up_id, now=post.now)
        page = FormPage(view=view, form=form)
        return render(post.request, "steering/progress.html", page, status=422)
    state, progress = form.validated.state, form.validated.progress
    decisions.report_progress(post.session, post.actor, follow_up_id, state, progress, now=post.now)
    said = "C’est noté : l’action est faite." if state is FollowUpState.DONE else "C’est noté."
    return post.then("/decisions", said)


def _entry(
    view: RoomView, form: Bound[DecisionForm], *, opportunity: str | None = None
) -> DecisionEntry | None:
    """The decision that the form describes, or None once its errors are in the form."""
    sent = form.validated
    if sent is None:
        return None
    point = view.point(sent.point)
    title = point.title if point else sent.item_title
    if not title:
        form.reject("item_title", "missing")
        return None
    entry = sent.entry(title, point.opportunity_reference if point else opportunity)
    try:
        decisions.require_entry(entry)
    except Invalid as refused:
        form.reject(refused.field, refused.code)
        return None
    return entry


def _asking(view: RoomView, entry: DecisionEntry, post: Post, action: str) -> ConfirmPage:
    number = f"D-{view.record.next_number:02d}"
    verdict = [("Suite", labels.verdict(entry.verdict.value))] if entry.verdict else []
    reason = [("Motif", entry.reason)] if entry.reason else []
    counted = labels.votes(entry.votes_for, entry.votes_against, entry.abstentions)
    vote = [("Vote", counted)] if counted else []
    return ConfirmPage(
        title=f"Enregistrer la décision {number}",
        sentence="Une décision enregistrée ne se modifie plus ; une autre peut la corriger.",
        label=f"Enregistrer la décision {number}",
        action=action,
        facts=(
            ("Point", entry.item_title),
            ("Décision", f"{labels.DECISION_OUTCOMES[entry.outcome.value]}. {entry.text}"),
            *verdict,
            *reason,
            *vote,
        ),
        fields={
            name: post.sent.first(name)
            for name in DecisionForm.model_fields
            if post.sent.first(name)
        },
    )
