"""Committees and their meetings: what is coming, what was decided, the room."""

from fastapi import APIRouter, Request, Response

from fabrique.core.access import Action
from fabrique.core.errors import Invalid
from fabrique.web.deps import CurrentActor, Now, Reading
from fabrique.web.forms import Bound
from fabrique.web.labels.dates import local
from fabrique.web.page import render
from fabrique.web.post import Post, Posted
from steering import programmes, sessions
from steering.forms import MeetingForm, PresenceForm, WhyForm
from steering.pages.shown import FormPage, Page, meeting_url
from steering.queries.committees import committees_view, meeting_view

router = APIRouter(prefix="/comites")
ONE = "/{reference}"


@router.get("")
def committees(request: Request, session: Reading, actor: CurrentActor, now: Now) -> Response:
    """Committees, meetings to come and past, what was asked of people."""
    view = committees_view(session, actor, now=now)
    return render(request, "steering/committees.html", Page(view=view))


@router.get("/nouvelle-seance")
def new_meeting(request: Request, session: Reading, actor: CurrentActor, now: Now) -> Response:
    """Choose when and where a committee meets."""
    actor.require(Action.AGENDA_PREPARE)
    view = committees_view(session, actor, now=now)
    form = Bound.blank(MeetingForm, hour="14:00", minutes="120")
    return render(request, "steering/plan.html", FormPage(view=view, form=form))


@router.post("/nouvelle-seance")
def plan_meeting(post: Posted) -> Response:
    """Plan the meeting."""
    form = Bound(MeetingForm, post.sent.values)
    if form.validated is None:
        view = committees_view(post.session, post.actor, now=post.now)
        page = FormPage(view=view, form=form)
        return render(post.request, "steering/plan.html", page, status=422)
    committee, spot = form.validated.committee, form.validated.spot()
    meeting = programmes.plan_meeting(post.session, post.actor, committee, **spot, now=post.now)
    return post.then(meeting_url(meeting.reference), f"{meeting.reference} est prévue.")


@router.get(ONE)
def meeting(request: Request, reference: str, session: Reading, actor: CurrentActor) -> Response:
    """One meeting: where its agenda stands, who sits, what the room does."""
    view = meeting_view(session, actor, reference)
    form = Bound.blank(PresenceForm, present_count=str(view.head.present_count or ""))
    return render(request, "steering/meeting.html", FormPage(view=view, form=form))


@router.get(ONE + "/modifier")
def meeting_form(
    request: Request, reference: str, session: Reading, actor: CurrentActor
) -> Response:
    """Change the hour, the length or the place."""
    actor.require(Action.AGENDA_PREPARE)
    view = meeting_view(session, actor, reference)
    start = local(view.head.starts_at)
    form = Bound.blank(
        MeetingForm,
        committee="0",
        day=start.date().isoformat(),
        hour=start.strftime("%H:%M"),
        minutes=str(view.head.minutes),
        place=view.head.place,
    )
    return render(request, "steering/move.html", FormPage(view=view, form=form))


@router.post(ONE + "/modifier")
def move_meeting(reference: str, post: Posted) -> Response:
    """Move the meeting."""
    form = Bound(MeetingForm, {**post.sent.values, "committee": ["0"]})
    if form.validated is None:
        return _move_again(reference, post, form)
    spot = form.validated.spot()
    try:
        programmes.move_meeting(post.session, post.actor, reference, **spot, now=post.now)
    except Invalid as refused:
        form.reject("day", refused.code, **refused.facts)
        return _move_again(reference, post, form)
    return post.then(meeting_url(reference), "La séance est changée.")


@router.post(ONE + "/annuler")
def cancel(reference: str, post: Posted) -> Response:
    """Cancel a planned meeting."""
    form = Bound(WhyForm, post.sent.values).validated or WhyForm()
    programmes.cancel_meeting(post.session, post.actor, reference, form.why, now=post.now)
    return post.then(meeting_url(reference), f"{reference} est annulée.")


@router.post(ONE + "/ouvrir")
def open_session(reference: str, post: Posted) -> Response:
    """Open the meeting."""
    sessions.open_session(post.session, post.actor, reference, now=post.now)
    return post.then(meeting_url(reference), "La séance est ouverte.")


@router.post(ONE + "/presences")
def attendance(reference: str, post: Posted) -> Response:
    """Write how many voices are in the room."""
    form = Bound(PresenceForm, post.sent.values)
    if form.validated is None:
        return _meeting_again(reference, post, form)
    count = form.validated.present_count
    try:
        sessions.record_attendance(post.session, post.actor, reference, count, now=post.now)
    except Invalid as refused:
        form.reject("present_count", refused.code, **refused.facts)
        return _meeting_again(reference, post, form)
    return post.then(meeting_url(reference), "Les présences sont notées.")


@router.post(ONE + "/clore")
def close_session(reference: str, post: Posted) -> Response:
    """Close the meeting."""
    sessions.close_session(post.session, post.actor, reference, now=post.now)
    said = "La séance est close. Ce qui n’a pas été décidé reviendra à la prochaine."
    return post.then(meeting_url(reference), said)


def _meeting_again(reference: str, post: Post, form: Bound[PresenceForm]) -> Response:
    page = FormPage(view=meeting_view(post.session, post.actor, reference), form=form)
    return render(post.request, "steering/meeting.html", page, status=422)


def _move_again(reference: str, post: Post, form: Bound[MeetingForm]) -> Response:
    page = FormPage(view=meeting_view(post.session, post.actor, reference), form=form)
    return render(post.request, "steering/move.html", page, status=422)
