"""What the pages of steering are sent: a point, its minutes, a decision, an action, a meeting.
Typed values become the values that verbs take; nothing is looked up here."""

import datetime as dt
from types import MappingProxyType
from typing import Annotated, ClassVar, TypedDict

from pydantic import BeforeValidator, Field

from capture.models import Verdict
from fabrique.core.clock import PARIS
from fabrique.core.text import clean_text
from fabrique.web.forms import Form, Sentences
from steering.agendas import ItemEntry
from steering.decisions import DecisionEntry, FollowUpEntry
from steering.models import DecisionOutcome, FollowUpState, ItemKind


def _seen(value: object) -> object:
    return clean_text(value) if isinstance(value, str) else value


Line = Annotated[str, BeforeValidator(_seen), Field(max_length=300)]
Name = Annotated[str, BeforeValidator(_seen), Field(max_length=200)]
Paragraph = Annotated[str, BeforeValidator(_seen), Field(max_length=5_000)]
Votes = Annotated[int, Field(ge=0, le=500)]


class ItemForm(Form):
    """A point as somebody writes it."""

    title: Line
    kind: ItemKind
    minutes: Annotated[int, Field(ge=1, le=240)]
    rapporteur: Name = ""
    synthesis: Paragraph = ""
    proposal: Paragraph = ""

    sentences: ClassVar[Sentences] = MappingProxyType(
        {
            "title": {"missing": "Donnez un titre à ce point."},
            "kind": {"missing": "Dites ce qui est attendu du comité."},
            "minutes": {"missing": "Donnez une durée, en minutes."},
        }
    )

    def entry(self) -> ItemEntry:
        """The value the verbs take."""
        return ItemEntry(
            kind=self.kind,
            title=self.title,
            minutes=self.minutes,
            rapporteur=self.rapporteur,
            synthesis=self.synthesis,
            proposal=self.proposal,
        )


class MinutesForm(Form):
    """The number of minutes beside a point."""

    minutes: Annotated[int, Field(ge=1, le=240)]


class PresenceForm(Form):
    """How many voices are in the room."""

    present_count: Annotated[int, Field(ge=0)]

    sentences: ClassVar[Sentences] = MappingProxyType(
        {"present_count": {"missing": "Écrivez le nombre de voix présentes ou représentées."}}
    )


class DecisionForm(Form):
    """A decision of the room; ``point`` is the item of the agenda it answers, if any."""

    point: int | None = None
    item_title: Line = ""
    outcome: DecisionOutcome
    verdict: Verdict | None = None
    text: Paragraph
    reason: Paragraph = ""
    votes_for: Votes | None = None
    votes_against: Votes | None = None
    abstentions: Votes | None = None

    sentences: ClassVar[Sentences] = MappingProxyType(
        {
            "outcome": {"missing": "Dites ce que le comité a fait de la proposition."},
            "text": {"missing": "Écrivez ce qui est décidé."},
        }
    )

    def entry(self, title: str, opportunity_reference: str | None) -> DecisionEntry:
        """The value the verbs take, for a point of that title about that dossier."""
        return DecisionEntry(
            item_title=title,
            outcome=self.outcome,
            text=self.text,
            reason=self.reason,
            verdict=self.verdict,
            opportunity_reference=opportunity_reference,
            votes_for=self.votes_for,
            votes_against=self.votes_against,
            abstentions=self.abstentions,
        )


class FollowUpForm(Form):
    """Who does what by when; ``owner`` is the id of a seat, or empty for the coordination."""

    task: Line
    owner: int | None = None
    due_on: dt.date

    sentences: ClassVar[Sentences] = MappingProxyType(
        {
            "task": {"missing": "Dites ce qu'il y a à faire."},
            "due_on": {"missing": "Dites pour quand."},
        }
    )

    def entry(self, owner_name: str, owner_id: int | None) -> FollowUpEntry:
        """The value the verbs take, for that person."""
        return FollowUpEntry(
            task=self.task, owner_name=owner_name, due_on=self.due_on, owner_id=owner_id
        )


class ProgressForm(Form):
    """Where an action stands."""

    state: FollowUpState
    progress: Paragraph = ""


class Spot(TypedDict):
    """The place of a meeting in time and space."""

    starts_at: dt.datetime
    minutes: int
    place: str


class MeetingForm(Form):
    """When, how long and where a committee meets; the hour is that of Paris."""

    committee: int
    day: dt.date
    hour: dt.time
    minutes: Annotated[int, Field(ge=1, le=600)]
    place: Line = ""

    sentences: ClassVar[Sentences] = MappingProxyType(
        {
            "committee": {"missing": "Choisissez un comité."},
            "day": {"missing": "Choisissez un jour."},
            "hour": {"missing": "Donnez l'heure de début."},
            "minutes": {"missing": "Donnez une durée, en minutes."},
        }
    )

    def spot(self) -> Spot:
        """When, how long and where, as the verbs take them."""
        start = dt.datetime.combine(self.day, self.hour.replace(tzinfo=None), tzinfo=PARIS)
        return {"starts_at": start, "minutes": self.minutes, "place": self.place}


class WhyForm(Form):
    """A reason in one line, when one is wanted."""

    why: Line = ""
