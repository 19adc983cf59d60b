"""What every page of this domain shares: its context, what a post brings, the language and the
places it reads with."""

from dataclasses import dataclass, field
from types import ModuleType
from typing import Generic, TypeVar

from fastapi import Request

from capture.nlp.language import Language
from capture.queries.census import CensusKeeper, Kept
from capture.queries.home import HomeView
from capture.queries.nearest import NeedSearch
from fabrique.core.places import Gazetteer
from fabrique.web.forms import Bound, FormT
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


@dataclass(frozen=True, slots=True)
class Memory:
    """What the pages keep of what they counted, for as long as nothing happens, and of vectors."""

    home: Kept[HomeView] = field(default_factory=Kept)
    census: CensusKeeper = field(default_factory=CensusKeeper)
    search: NeedSearch = field(default_factory=NeedSearch)


def memory_of(request: Request) -> Memory:
    """The memory of this application."""
    state = request.app.state
    if not hasattr(state, "capture_memory"):
        state.capture_memory = Memory()
    memory: Memory = state.capture_memory
    return memory


def language_of(request: Request) -> Language:
    """The instruments that read French, loaded with the application."""
    language: Language = request.app.state.language
    return language


def places_of(request: Request) -> Gazetteer:
    """The communes of the year, loaded with the application."""
    places: Gazetteer = request.app.state.places
    return places
