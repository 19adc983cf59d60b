"""What every page of this domain shares: its context, and the tables it reads with."""

from dataclasses import dataclass
from types import ModuleType
from typing import Generic, TypeVar

from fastapi import Request

from capture.nlp.vectorise import Vectoriser
from fabrique.core.places import Gazetteer
from fabrique.web.forms import Bound, FormT
from fabrique.web.labels import matching as labels

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


def places_of(request: Request) -> Gazetteer:
    """The communes of the year, loaded with the application."""
    places: Gazetteer = request.app.state.places
    return places


def vectoriser_of(request: Request) -> Vectoriser:
    """What turns texts into vectors, loaded with the application."""
    vectoriser: Vectoriser = request.app.state.language.vectoriser
    return vectoriser


def matches_url(reference: str) -> str:
    """The address of the matches of an opportunity."""
    return f"/opportunites/{reference}/rapprochements"
