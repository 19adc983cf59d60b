"""« Annuler »: one address for every act on groupings that can be undone."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Response

from capture.grouping import undo
from fabrique.core.errors import NotFound
from fabrique.web.post import Post, Posted

router = APIRouter()


@router.post("/annuler")
def undo_act(post: Posted) -> Response:
    """Put back what an act changed, and return to the page it was undone from."""
    value = post.sent.first("undo")
    if not value.isdecimal():
        raise NotFound("undo.unknown")
    undo(post.session, post.actor, int(value), now=post.now)
    return post.then(_came_from(post), "C’est annulé.")


def _came_from(post: Post) -> str:
    """The path of the page that posted, when it is one of ours."""
    page = urlsplit(post.request.headers.get("referer", ""))
    return page.path if page.netloc == post.request.url.netloc and page.path else "/regroupements"
