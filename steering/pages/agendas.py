"""The agenda of a meeting: prepared, changed point by point, frozen; read by the members."""

from fastapi import APIRouter, Request, Response

from fabrique.core.errors import NotFound
from fabrique.web.deps import CurrentActor, Now, Reading, see_other
from fabrique.web.forms import Bound
from fabrique.web.labels import steering as labels
from fabrique.web.labels.numbers import count
from fabrique.web.page import render
from fabrique.web.post import Post, Posted
from steering import agendas
from steering.forms import ItemForm, MinutesForm
from steering.pages.shown import ConfirmPage, FormPage, agenda_screen, agenda_url, meeting_url
from steering.queries.agenda import AgendaPage, AgendaPoint, agenda_page

router = APIRouter(prefix="/comites/{reference}/ordre-du-jour")


@router.get("")
def agenda(
    request: Request, reference: str, session: Reading, actor: CurrentActor, now: Now
) -> Response:
    """The working agenda for who prepares it, the version in force for the others."""
    try:
        view = agenda_page(session, actor, reference, now=now)
    except NotFound as missing:
        if missing.code != "agenda.none":
            raise
        return see_other(request, meeting_url(reference), said=labels.SENTENCES["agenda.none"])
    template = "steering/agenda.html" if view.may_edit else "steering/agenda_frozen.html"
    part = "plan" if view.may_edit else None
    return render(request, template, agenda_screen(view), block=part)


@router.get("/version/{version}")
def frozen(
    *,
    request: Request,
    reference: str,
    version: int,
    session: Reading,
    actor: CurrentActor,
    now: Now,
) -> Response:
    """One frozen version, as it was sent."""
    view = agenda_page(session, actor, reference, version=version, now=now)
    return render(request, "steering/agenda_frozen.html", agenda_screen(view))


@router.post("/preparer")
def prepare(reference: str, post: Posted) -> Response:
    """Draft the agenda from the portfolio."""
    agendas.prepare_agenda(post.session, post.actor, reference, now=post.now)
    return post.then(agenda_url(reference), "Un ordre du jour est proposé : relisez-le.")


@router.post("/reajuster")
def readjust(reference: str, post: Posted) -> Response:
    """Draft it again around what was chosen."""
    agendas.readjust_agenda(post.session, post.actor, reference, now=post.now)
    return post.then(agenda_url(reference))


@router.post("/points/{item_id}")
def change_item(reference: str, item_id: int, post: Posted) -> Response:
    """Resize, move, pin or put a point aside, as the pressed button says."""
    form = Bound(MinutesForm, post.sent.values).validated
    act, about = post.sent.first("act"), (post.session, post.actor, reference, item_id)
    if form is not None and act != "remove":
        agendas.resize_item(*about, form.minutes, now=post.now)
    match act:
        case "up" | "down":
            agendas.move_item(*about, agendas.Direction(act), now=post.now)
        case "pin":
            agendas.pin_item(*about, now=post.now)
        case "unpin":
            agendas.unpin_item(*about, now=post.now)
        case "remove":
            agendas.remove_item(*about, now=post.now)
    return post.then(f"{agenda_url(reference)}#point-{item_id}")


@router.post("/entrer")
def bring_in(reference: str, post: Posted) -> Response:
    """Bring in a point that was left out."""
    item = agendas.bring_in(
        post.session, post.actor, reference, post.sent.first("key"), now=post.now
    )
    return post.then(f"{agenda_url(reference)}#point-{item.id}")


@router.get("/points/nouveau")
def new_item(
    request: Request, reference: str, session: Reading, actor: CurrentActor, now: Now
) -> Response:
    """Write a point of one's own."""
    view = _working(agenda_page(session, actor, reference, version=0, now=now))
    form = Bound.blank(ItemForm, kind="exchange", minutes="10")
    return render(request, "steering/item.html", FormPage(view=(view, None), form=form))


@router.post("/points")
def add_item(reference: str, post: Posted) -> Response:
    """Add it."""
    form = Bound(ItemForm, post.sent.values)
    if form.validated is None:
        return _item_again(reference, None, post, form)
    entry = form.validated.entry()
    item = agendas.add_item(post.session, post.actor, reference, entry, now=post.now)
    return post.then(f"{agenda_url(reference)}#point-{item.id}", f"« {item.title} » est ajouté.")


@router.get("/points/{item_id}/modifier")
def item(
    *,
    request: Request,
    reference: str,
    item_id: int,
    session: Reading,
    actor: CurrentActor,
    now: Now,
) -> Response:
    """Write a point again: its title, who presents it, what is proposed."""
    view = _working(agenda_page(session, actor, reference, version=0, now=now))
    point = _point(view, item_id)
    form = Bound.blank(
        ItemForm,
        title=point.title,
        kind=point.kind,
        minutes=str(point.minutes),
        rapporteur=point.rapporteur,
        synthesis=point.synthesis,
        proposal=point.proposal,
    )
    return render(request, "steering/item.html", FormPage(view=(view, point), form=form))


@router.post("/points/{item_id}/modifier")
def edit_item(reference: str, item_id: int, post: Posted) -> Response:
    """Keep what was written."""
    form = Bound(ItemForm, post.sent.values)
    if form.validated is None:
        return _item_again(reference, item_id, post, form)
    entry = form.validated.entry()
    agendas.edit_item(post.session, post.actor, reference, item_id, entry, now=post.now)
    return post.then(f"{agenda_url(reference)}#point-{item_id}", "Le point est récrit et épinglé.")


@router.get("/figer")
def ask_to_freeze(
    request: Request, reference: str, session: Reading, actor: CurrentActor, now: Now
) -> Response:
    """Ask before an act without return."""
    view = _working(agenda_page(session, actor, reference, version=0, now=now))
    return render(request, "web/confirm.html", _freezing(view))


@router.post("/figer")
def freeze(reference: str, post: Posted) -> Response:
    """Freeze the agenda and send it."""
    frozen = agendas.freeze_agenda(post.session, post.actor, reference, now=post.now)
    return post.then(agenda_url(reference), f"La version {frozen.version} est figée et envoyée.")


@router.post("/rouvrir")
def reopen(reference: str, post: Posted) -> Response:
    """Open a working copy of the version in force."""
    agendas.reopen_agenda(post.session, post.actor, reference, now=post.now)
    said = "Une version de travail est ouverte. La version envoyée ne change pas."
    return post.then(agenda_url(reference), said)


def _working(view: AgendaPage) -> AgendaPage:
    if not view.may_edit:
        raise NotFound("agenda.none")
    return view


def _point(view: AgendaPage, item_id: int) -> AgendaPoint:
    for point in view.points:
        if point.id == item_id:
            return point
    raise NotFound("agenda.item_unknown")


def _item_again(reference: str, item_id: int | None, post: Post, form: Bound[ItemForm]) -> Response:
    view = _working(agenda_page(post.session, post.actor, reference, version=0, now=post.now))
    point = _point(view, item_id) if item_id is not None else None
    page = FormPage(view=(view, point), form=form)
    return render(post.request, "steering/item.html", page, status=422)


def _freezing(view: AgendaPage) -> ConfirmPage:
    number, url = view.next_version, agenda_url(view.head.reference)
    members = count(view.recipients, "membre", "membres")
    warnings = [
        str(labels.fact(fact.code, fact.values))
        for fact in view.known
        if fact.code in {"over_run", "no_proposal", "convocation_late"}
    ]
    if view.mandatory_minutes > view.head.minutes:
        warnings.insert(0, labels.too_long(view.mandatory_minutes, view.head.minutes))
    return ConfirmPage(
        title=f"Figer la version {number}",
        sentence=f"La version {number} sera envoyée à {members} et ne changera plus. "
        f"Une version {number + 1} restera possible.",
        label=f"Figer la version {number}",
        action=f"{url}/figer",
        back=url,
        facts=(
            ("Séance", view.head.reference),
            ("Points", str(len(view.points))),
            ("Durée", f"{view.minutes_used} minutes sur {view.head.minutes}"),
        ),
        warnings=tuple(warnings),
    )
