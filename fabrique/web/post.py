"""What somebody sends: one dependency that brings a post all it needs."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from sqlalchemy.orm import Session

from fabrique.core.access import Actor
from fabrique.web.deps import CurrentActor, Now, Writing, see_other
from fabrique.web.forms import Submitted, SubmittedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What somebody sends: the answers, who sends them, when, and where to write."""

    request: Request
    sent: Submitted
    session: Session
    actor: Actor
    now: dt.datetime

    def then(self, url: str, said: str = "", *, undo: int | None = None) -> Response:
        """Send the browser on, perhaps with one sentence and, if it can be undone, « Annuler »."""
        return see_other(self.request, url, said=said, undo=undo)


def posted(
    request: Request, sent: SubmittedForm, session: Writing, actor: CurrentActor, now: Now
) -> Post:
    """Gather what a post brings."""
    return Post(request=request, sent=sent, session=session, actor=actor, now=now)


Posted = Annotated[Post, Depends(posted)]
