"""What the pages of matching are sent: a message read again, a reason, an answer, a sheet of the
directory. Typed values become the values that verbs take."""

import datetime as dt
import enum
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field

from capture.forms import Email, Line, Paragraph, Why, Words
from capture.nlp.sectors import Sector
from fabrique.core.places import Commune, Gazetteer, MatchKind
from fabrique.web.forms import Bound, Form, FormT, Sentences
from matching.directory import ActorEntry, HolderEntry, OfferEntry
from matching.models import (
    ActorKind,
    HelpKind,
    HolderKind,
    IntroductionState,
    PutAsideReason,
    Stage,
    ZoneScale,
)

# Sheets written by hand in these pages; files of other sources keep their own name.
BY_HAND = "coordination"
_LETTER_LIMIT = 4_000
_MOST_PLACES = 999
_BETWEEN_PLACES = re.compile(r"[,;\n]+")


class Answer(enum.StrEnum):
    """What a party may have said; the other states of an introduction are not answers."""

    SEEN = IntroductionState.SEEN.value
    INTERESTED = IntroductionState.INTERESTED.value
    ENGAGED = IntroductionState.ENGAGED.value
    REFUSED = IntroductionState.REFUSED.value


class LetterForm(Form):
    """The message of an introduction, read again by a person."""

    message: Annotated[Words, Field(max_length=_LETTER_LIMIT)]

    sentences: ClassVar[Sentences] = MappingProxyType(
        {
            "message": {
                "missing": "Écrivez le message : il partira tel que vous l'aurez relu.",
            }
        }
    )


class AsideForm(Form):
    """Why a proposal is not followed."""

    reason: PutAsideReason
    why: Why = ""

    sentences: ClassVar[Sentences] = MappingProxyType(
        {"reason": {"missing": "Choisissez une raison."}}
    )


class AnswerForm(Form):
    """What the party said, with its words."""

    answer: Answer
    words: Paragraph = ""

    sentences: ClassVar[Sentences] = MappingProxyType(
        {"answer": {"missing": "Choisissez une réponse."}}
    )


class PartyForm(Form):
    """What the sheets of a holder and of an actor have in common."""

    name: Line
    description: Paragraph
    main_sector: Sector
    other_sectors: tuple[Sector, ...] = ()
    commune: Line
    zone_scale: ZoneScale
    zone: Paragraph = ""
    capacity: Annotated[int, Field(ge=0, le=_MOST_PLACES)]
    absent_until: dt.date | None = None
    contact_email: Email | None = None

    sentences: ClassVar[Sentences] = MappingProxyType(
        {
            "name": {"missing": "Donnez un nom."},
            "description": {"missing": "Dites en deux phrases ce que c'est."},
            "main_sector": {"missing": "Choisissez le secteur principal."},
            "commune": {
                "missing": "Donnez la commune du siège : un nom ou un code postal.",
            },
            "zone_scale": {"missing": "Choisissez comment dire la zone."},
            "capacity": {"missing": "Combien de projets à la fois ? Un nombre, même 1."},
            "contact_email": {
                "string_pattern_mismatch": "Vérifiez l'adresse : il manque peut-être le « @ »."
            },
        }
    )

    @property
    def sectors(self) -> tuple[Sector, ...]:
        """The main sector, then the others."""
        return tuple(dict.fromkeys((self.main_sector, *self.other_sectors)))


class HolderForm(PartyForm):
    """The sheet of somebody who could carry a project."""

    kind: HolderKind
    wants: Paragraph = ""
    stages: tuple[Stage, ...] = ()


class ActorForm(PartyForm):
    """The sheet of a support actor, with its first offer."""

    kind: ActorKind
    offer_title: Line
    offer_description: Paragraph = ""
    help_kinds: Annotated[tuple[HelpKind, ...], Field(min_length=1)]
    stages: tuple[Stage, ...] = ()
    legal_forms: tuple[HolderKind, ...] = ()
    amount_max: Annotated[int, Field(ge=0)] | None = None

    sentences: ClassVar[Sentences] = MappingProxyType(
        {
            **PartyForm.sentences,
            "offer_title": {"missing": "Donnez un titre à l'offre."},
            "help_kinds": {"missing": "Choisissez au moins une sorte d'aide."},
        }
    )


def holder_entry(form: Bound[HolderForm], places: Gazetteer) -> HolderEntry | None:
    """The holder to register; None once the form says what is to be repaired."""
    where = _where(form, places)
    filled = form.validated
    if filled is None:
        return None
    return HolderEntry(
        name=filled.name,
        description=filled.description,
        sectors=filled.sectors,
        commune=where.commune,
        zone_scale=filled.zone_scale,
        zone_codes=where.zone_codes,
        capacity=filled.capacity,
        absent_until=filled.absent_until,
        contact_email=filled.contact_email,
        source=BY_HAND,
        kind=filled.kind,
        # Only somebody alone is a person whose name is kept; a collective has chosen its own.
        is_person=filled.kind is HolderKind.INDIVIDUAL,
        wants=filled.wants,
        stages=filled.stages,
    )


def actor_entry(form: Bound[ActorForm], places: Gazetteer) -> ActorEntry | None:
    """The support actor to register; None once the form says what is to be repaired."""
    where = _where(form, places)
    filled = form.validated
    if filled is None:
        return None
    offer = OfferEntry(
        title=filled.offer_title,
        description=filled.offer_description,
        help_kinds=filled.help_kinds,
        stages=filled.stages,
        legal_forms=filled.legal_forms,
        amount_max=filled.amount_max,
    )
    return ActorEntry(
        name=filled.name,
        description=filled.description,
        sectors=filled.sectors,
        commune=where.commune,
        zone_scale=filled.zone_scale,
        zone_codes=where.zone_codes,
        capacity=filled.capacity,
        absent_until=filled.absent_until,
        contact_email=filled.contact_email,
        source=BY_HAND,
        kind=filled.kind,
        offers=(offer,),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Where:
    commune: str | None
    zone_codes: tuple[str, ...]


def _where(form: Bound[FormT], places: Gazetteer) -> _Where:
    """The codes of the places written in the form; what is not found is refused in it."""
    seats = _communes(form.value("commune"), places)
    if form.value("commune") and not seats:
        form.reject("commune", "commune.unknown", value=form.value("commune"))
    scale = next((each for each in ZoneScale if each.value == form.value("zone_scale")), None)
    codes: dict[str, None] = {}
    if scale is not None and scale is not ZoneScale.COUNTRY:
        for word in filter(None, map(str.strip, _BETWEEN_PLACES.split(form.value("zone")))):
            found = _codes_of(word, scale, places)
            codes |= dict.fromkeys(found)
            if not found:
                form.reject("zone", "zone.code_unknown", code=word)
        if not codes:
            form.reject("zone", "party.zone_missing")
    return _Where(commune=seats[0].insee_code if seats else None, zone_codes=tuple(codes))


def _codes_of(word: str, scale: ZoneScale, places: Gazetteer) -> tuple[str, ...]:
    """The code of an area, or those of what holds the communes named; () when none is found."""
    match scale:
        case ZoneScale.EPCI if found := places.epci(word):
            return (found.siren,)
        case ZoneScale.DEPARTEMENT if departement := places.departement(word):
            return (departement.code,)
        case ZoneScale.REGION if region := places.region(word):
            return (region.code,)
    codes = (_code_at(scale, commune) for commune in _communes(word, places))
    return tuple(dict.fromkeys(code for code in codes if code))


def _code_at(scale: ZoneScale, commune: Commune) -> str | None:
    match scale:
        case ZoneScale.EPCI:
            return commune.epci
        case ZoneScale.DEPARTEMENT:
            return commune.departement
        case ZoneScale.REGION:
            return commune.region
        case _:
            return commune.insee_code


def _communes(word: str, places: Gazetteer) -> list[Commune]:
    """All the communes of a postal code, or the one of that name, the most peopled of homonyms."""
    exact = [found for found in places.find(word, limit=1) if found.is_exact]
    postal = [found.commune for found in exact if found.kind is MatchKind.POSTAL_CODE]
    return postal or [found.commune for found in exact[:1]]
