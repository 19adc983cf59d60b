"""The secret page of a depositor: what became of the need, whether it is still there, taking it
back. Who holds the link may act: there is no account."""

from dataclasses import dataclass
from types import ModuleType

from fastapi import APIRouter, Request, Response

from capture.forms import StillThere, chosen
from capture.intake import followed_need, withdraw
from capture.pages.shown import places_of
from capture.queries.follow import FollowView, follow_view
from fabrique.core.journal import record
from fabrique.web.deps import CurrentActor, Reading, seal_of, settings_of
from fabrique.web.labels import capture as labels
from fabrique.web.page import render
from fabrique.web.post import Posted

router = APIRouter(prefix="/suivi/{token}")


_SAID = {
    StillThere.YES: "C’est noté : ce besoin est toujours là.",
    StillThere.SOLVED: "C’est noté : ça s’est arrangé. Votre témoignage reste compté.",
    StillThere.UNKNOWN: "C’est noté. Vous pourrez répondre plus tard.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowPage:
    """What the follow-up page and the page of thanks know; ``link`` is the secret address."""

    view: FollowView
    link: str
    words: ModuleType = labels


@router.get("")
def follow(request: Request, token: str, session: Reading, actor: CurrentActor) -> Response:
    """Where the need is, and each step since it was told."""
    need = followed_need(session, actor.fabrique_id, token, seal=seal_of(request))
    view = follow_view(session, need, places=places_of(request))
    return render(request, "capture/follow.html", FollowPage(view=view, link=f"/suivi/{token}"))


@router.get("/merci")
def thanks(request: Request, token: str, session: Reading, actor: CurrentActor) -> Response:
    """The reference and the secret link, right after the need was sent."""
    need = followed_need(session, actor.fabrique_id, token, seal=seal_of(request))
    view = follow_view(session, need, places=places_of(request))
    link = f"{settings_of(request).origin}/suivi/{token}"
    return render(request, "capture/thanks.html", FollowPage(view=view, link=link))


@router.post("/encore")
def still_there(token: str, post: Posted) -> Response:
    """Note whether the need is still there, as its author says."""
    seal = seal_of(post.request)
    need = followed_need(post.session, post.actor.fabrique_id, token, seal=seal)
    answer = chosen(StillThere, post.sent.first("answer")) or StillThere.UNKNOWN
    facts = {"answer": answer.value}
    record(post.session, post.actor, "need.still_there", need.reference, now=post.now, facts=facts)
    return post.then(f"/suivi/{token}", _SAID[answer])


@router.post("/retirer")
def take_back(token: str, post: Posted) -> Response:
    """Withdraw the need for good."""
    seal = seal_of(post.request)
    need = followed_need(post.session, post.actor.fabrique_id, token, seal=seal)
    withdraw(post.session, post.actor, need, now=post.now)
    return post.then(f"/suivi/{token}", "Votre témoignage est retiré.")
