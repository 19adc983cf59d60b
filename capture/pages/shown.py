"""What every page of this domain shares: its context, what a post brings, the language and the
places it reads with."""

import datetime as dt
from dataclasses import dataclass, field
from types import ModuleType
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Request, Response
from sqlalchemy.orm import Session

from capture.nlp.language import Language
from capture.queries.census import CensusKeeper, Kept
from capture.queries.home import HomeView
from fabrique.core.access import Actor
from fabrique.core.places import Gazetteer
from fabrique.web.deps import CurrentActor, Now, Writing, see_other
from fabrique.web.forms import Bound, FormT, Submitted, SubmittedForm
from fabrique.web.labels import capture as labels

ViewT = TypeVar("ViewT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[ViewT]):
    """What a template knows: what a query found, and the French words of the domain."""

    view: ViewT
    words: ModuleType = labels


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage(Generic[ViewT, FormT]):
    """The same, with a form to fill in or to correct."""

    view: ViewT
    form: Bound[FormT]
    words: ModuleType = labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What somebody sends: the answers, who sends them, when, and where to write."""

    request: Request
    sent: Submitted
    session: Session
    actor: Actor
    now: dt.datetime

    def then(self, url: str, said: str, *, undo: int | None = None) -> Response:
        """Send the browser on, with one sentence and, if the act can be undone, « Annuler »."""
        return see_other(self.request, url, said=said, undo=undo)


def posted(
    request: Request, sent: SubmittedForm, session: Writing, actor: CurrentActor, now: Now
) -> Post:
    """Gather what a post brings."""
    return Post(request=request, sent=sent, session=session, actor=actor, now=now)


@dataclass(frozen=True, slots=True)
class Memory:
    """What the pages keep of what they counted, for as long as nothing happens."""

    home: Kept[HomeView] = field(default_factory=Kept)
    census: CensusKeeper = field(default_factory=CensusKeeper)


def memory_of(request: Request) -> Memory:
    """The memory of this application."""
    state = request.app.state
    if not hasattr(state, "capture_memory"):
        state.capture_memory = Memory()
    memory: Memory = state.capture_memory
    return memory


Posted = Annotated[Post, Depends(posted)]


def language_of(request: Request) -> Language:
    """The instruments that read French, loaded with the application."""
    language: Language = request.app.state.language
    return language


def places_of(request: Request) -> Gazetteer:
    """The communes of the year, loaded with the application."""
    places: Gazetteer = request.app.state.places
    return places
