"""What the pages of capture are sent: a need told, a choice of the coordination, an opinion.
Typed values become the values that verbs take; nothing is looked up here."""

import enum
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from capture.intake import NeedEntry
from capture.models import (
    Criterion,
    Extent,
    HowKnown,
    NeedKind,
    OpportunityStage,
    Participation,
    Verdict,
)
from capture.nlp.sectors import Sector
from fabrique.core.people import Quality
from fabrique.core.text import clean_text
from fabrique.web.forms import Form, Sentences
from fabrique.web.labels.capture import AUDIENCES

TEXT_LIMIT = 2_000
TEXT_LETTERS = 10
SHORT_LIMIT = 200
WHY_LIMIT = 500

_Choice = TypeVar("_Choice", bound=enum.StrEnum)


def chosen(choices: type[_Choice], value: str) -> _Choice | None:
    """The choice of that value; None for an empty or unknown one, for anybody types addresses."""
    return next((choice for choice in choices if choice.value == value), None)


def page_number(value: str) -> int:
    """The number of a page of a list, 1 for anything that is none."""
    return max(int(value), 1) if value.isdecimal() and len(value) <= 4 else 1


def _enough_letters(text: str) -> str:
    if sum(char.isalpha() for char in text) < TEXT_LETTERS:
        raise PydanticCustomError("too_few_letters", "too few letters")
    return text


def _not_too_long(text: str) -> str:
    if len(text) > TEXT_LIMIT:
        raise PydanticCustomError(
            "text.too_long", "too long", {"length": len(text), "limit": TEXT_LIMIT}
        )
    return text


def _seen(value: object) -> object:
    return clean_text(value) if isinstance(value, str) else value


# Words as people type them, without what nobody sees.
Words = Annotated[str, BeforeValidator(_seen)]
Line = Annotated[Words, Field(max_length=SHORT_LIMIT)]
Paragraph = Annotated[Words, Field(max_length=TEXT_LIMIT)]
Why = Annotated[Words, Field(max_length=WHY_LIMIT)]
Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Audience = Annotated[str, Field(pattern="^(" + "|".join(AUDIENCES) + ")$")]


class NeedForm(Form):
    """A need as told: three answers are required, the rest is optional."""

    kind: NeedKind = NeedKind.NEED
    title: Line
    text: Annotated[Words, AfterValidator(_enough_letters), AfterValidator(_not_too_long)]
    commune: Line
    commune_code: Annotated[str, Field(max_length=5)] = ""
    sector: Sector | None = None
    audiences: tuple[Audience, ...] = ()
    extent: Extent = Extent.UNKNOWN
    how_known: HowKnown | None = None
    quality: Quality = Quality.RESIDENT
    urgency: Paragraph = ""
    causes: Paragraph = ""
    existing_answers: Paragraph = ""
    solution: Paragraph = ""
    seen_elsewhere: Paragraph = ""
    interested_actors: Paragraph = ""
    participation: Participation | None = None
    email: Email | None = None
    # What the page has already shown once, so that it is not shown again instead of sending.
    warned: bool = False
    compared: bool = False
    # References of the needs shown beside this one that its author says are others.
    not_same: tuple[Annotated[str, Field(max_length=20)], ...] = ()
    kept: bool = False
    attempted: bool = False

    sentences: ClassVar[Sentences] = MappingProxyType(
        {
            "title": {"missing": "Dites-le en une phrase, comme à un voisin."},
            "text": {
                "missing": "Dites-nous le besoin en quelques mots (10 lettres au moins).",
                "too_few_letters": "Dites-nous le besoin en quelques mots (10 lettres au moins).",
            },
            "commune": {
                "missing": "Dites-nous où : une commune ou un code postal.",
                "place.same_code": "Plusieurs communes ont le code postal {name} : laquelle ?",
                "place.near": (
                    "Nous ne trouvons pas « {name} » exactement : est-ce l'une de celles-ci ?"
                ),
            },
            "email": {
                "string_pattern_mismatch": "Vérifiez l'adresse : il manque peut-être le « @ »."
            },
        }
    )


def entry_of(form: NeedForm, *, insee_code: str, names_somebody: bool) -> NeedEntry:
    """The need to keep, once the commune is known."""
    return NeedEntry(
        text=form.text,
        title=form.title,
        commune=insee_code,
        kind=form.kind,
        quality=form.quality,
        email=form.email,
        audiences=form.audiences,
        extent=form.extent,
        how_known=form.how_known,
        urgency=form.urgency,
        causes=form.causes,
        existing_answers=form.existing_answers,
        solution=form.solution,
        seen_elsewhere=form.seen_elsewhere,
        interested_actors=form.interested_actors,
        participation=form.participation,
        sector=form.sector,
        keeps_personal_data=names_somebody,
        not_same=form.not_same,
    )


class ConfirmForm(Form):
    """Another voice on a need: where, and in which words, if any."""

    commune: Line = ""
    commune_code: Annotated[str, Field(max_length=5)] = ""
    text: Paragraph = ""
    # What the page has already shown once.
    warned: bool = False


class StillThere(enum.StrEnum):
    """What the author says of a need some time later."""

    YES = "yes"
    SOLVED = "solved"
    UNKNOWN = "unknown"


class SectorForm(Form):
    """The sector a person chooses instead of the machine's."""

    sector: Sector


class MoveForm(Form):
    """Where a need goes: a grouping, or "" to be on its own."""

    cluster: Annotated[str, Field(max_length=20)] = ""
    why: Why = ""


class TieForm(Form):
    """Another need, and whether the two always or never go together."""

    other: Annotated[str, Field(max_length=20)] = ""
    tie: Literal["together", "apart"] = "together"
    why: Why = ""


class CutForm(Form):
    """The passages of a message that tell another need, « start-end » in its text."""

    passages: Annotated[
        tuple[Annotated[str, Field(pattern=r"^\d{1,5}-\d{1,5}$")], ...], Field(max_length=200)
    ] = ()

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Start and end of each passage."""
        ends = [passage.split("-") for passage in self.passages]
        return [(int(start), int(end)) for start, end in ends]


class WhyForm(Form):
    """The reason of an act, kept in the history."""

    why: Why = ""


class TitleForm(Form):
    """The title a person gives to a grouping."""

    title: Line

    sentences: ClassVar[Sentences] = MappingProxyType(
        {"title": {"missing": "Donnez un titre au regroupement."}}
    )


class OtherClusterForm(Form):
    """Another grouping, to unite with or to keep apart from, and why."""

    other: Annotated[str, Field(max_length=20)]
    why: Why = ""

    sentences: ClassVar[Sentences] = MappingProxyType(
        {"other": {"missing": "Choisissez l'autre regroupement."}}
    )


class SplitForm(Form):
    """The needs that leave a grouping, and the title of the one they make."""

    needs: tuple[str, ...] = ()
    title: Line

    sentences: ClassVar[Sentences] = MappingProxyType(
        {"title": {"missing": "Donnez un titre au nouveau regroupement."}}
    )


class OpenForm(Form):
    """The title and the sentence of an opportunity."""

    title: Line
    summary: Paragraph = ""

    sentences: ClassVar[Sentences] = MappingProxyType(
        {"title": {"missing": "Donnez un titre à l'opportunité."}}
    )


class AnswerForm(Form):
    """The answer to a line of the machine: « accepter » or « refuser »."""

    answer: Annotated[str, Field(pattern="^(accepter|refuser)$")]


class SectionForm(Form):
    """The text of one heading of the study."""

    text: Annotated[Words, Field(max_length=20_000)] = ""


class VerdictForm(Form):
    """What the coordination proposes to the committee, and why."""

    verdict: Verdict
    reason: Annotated[Words, Field(max_length=TEXT_LIMIT)]

    sentences: ClassVar[Sentences] = MappingProxyType(
        {
            "verdict": {"missing": "Choisissez ce que vous proposez au comité."},
            "reason": {
                "missing": "Écrivez le motif : il sera lu par le comité et dit aux capteurs."
            },
        }
    )


class StageForm(Form):
    """The step where an opportunity stands."""

    stage: OpportunityStage


Level = Annotated[int, Field(ge=0, le=4)]


class OpinionForm(Form):
    """One person's levels, with a comment for each criterion; a criterion may be left out."""

    g1: Level | None = None
    g2: Level | None = None
    g3: Level | None = None
    g4: Level | None = None
    g5: Level | None = None
    g6: Level | None = None
    g7: Level | None = None
    g1_comment: Paragraph = ""
    g2_comment: Paragraph = ""
    g3_comment: Paragraph = ""
    g4_comment: Paragraph = ""
    g5_comment: Paragraph = ""
    g6_comment: Paragraph = ""
    g7_comment: Paragraph = ""

    sentences: ClassVar[Sentences] = MappingProxyType(
        {"g1": {"opinion.empty": "Répondez à une question au moins."}}
    )

    @property
    def given(self) -> Sequence[tuple[Criterion, int, str]]:
        """The levels given, with their comments."""
        levels: Mapping[str, int | None] = {
            criterion: getattr(self, criterion.value) for criterion in Criterion
        }
        return [
            (criterion, level, getattr(self, f"{criterion.value}_comment"))
            for criterion in Criterion
            if (level := levels[criterion]) is not None
        ]
