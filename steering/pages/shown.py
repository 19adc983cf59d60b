"""What every page of this domain shares: its contexts, what a post brings, the addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Generic, TypeVar

from markupsafe import Markup

from fabrique.web.charts import Segment, time_bar
from fabrique.web.forms import Bound, FormT
from fabrique.web.labels import steering as labels
from steering.queries.agenda import AgendaPage

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
class AgendaScreen:
    """An agenda with its time bar drawn."""

    view: AgendaPage
    bar: Markup
    words: ModuleType = labels


def agenda_screen(view: AgendaPage) -> AgendaScreen:
    """What the pages of an agenda know."""
    segments = [
        Segment(label=str(point.rank), minutes=point.minutes, kind=point.kind)
        for point in view.points
    ]
    bar = time_bar(segments, starts=view.head.starts_at, available=view.head.minutes)
    return AgendaScreen(view=view, bar=bar)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPage:
    """What the page that asks before an act without return must say (``web/confirm.html``)."""

    title: str
    sentence: str
    label: str
    action: str
    back: str = ""
    name: str = "confirmed"
    value: str = "1"
    facts: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


def meeting_url(reference: str) -> str:
    """The address of a meeting."""
    return f"/comites/{reference}"


def agenda_url(reference: str) -> str:
    """The address of the agenda of a meeting."""
    return f"/comites/{reference}/ordre-du-jour"


def decisions_url(reference: str) -> str:
    """The address of the decisions of a meeting."""
    return f"/comites/{reference}/decisions"
