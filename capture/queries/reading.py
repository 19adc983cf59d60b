"""What the machine read in a need, and why, as the coordination sees it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.models import Need, NeedPart, NeedReading
from capture.nlp.language import Language
from capture.nlp.sectors import Sector
from capture.nlp.wellbeing import Dimension, Polarity
from capture.queries.parts import words_read
from capture.queries.published import places_meant, readable, territories_meant
from fabrique.core.access import Actor
from fabrique.core.people import Person
from fabrique.core.places import Gazetteer


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the machine read, the need whose choice taught it, and the sector a person chose."""

    sector: Sector | None
    words: tuple[str, ...]
    secondary: tuple[Sector, ...]
    polarity: Polarity | None
    dimension: Dimension | None
    places: tuple[str, ...]
    chosen: Sector | None
    chosen_by: str
    learnt_from: str
    passages: int


def reading_of(
    session: Session,
    actor: Actor,
    need: Need,
    parts: Sequence[tuple[Need, NeedPart]],
    *,
    language: Language,
    places: Gazetteer,
) -> Reading | None:
    """What was read of the need, of which `parts` were cut out; None when it has not been yet."""
    if need.reading is None:
        return None
    chosen_by = (
        session.scalar(select(Person.name).where(Person.id == need.sector_chosen_by_id))
        if need.sector_chosen_by_id is not None
        else None
    )
    taught = need.reading.learnt_from_id is not None
    teacher = (
        select(Need.reference)
        .outerjoin(NeedReading, NeedReading.need_id == Need.id)
        .where(Need.id == need.reading.learnt_from_id, readable(actor))
    )
    return Reading(
        sector=need.reading.sector,
        words=() if taught else _deciding_words(need, need.reading.sector, parts, language),
        secondary=tuple(Sector(code) for code in need.reading.secondary),
        polarity=need.reading.polarity,
        dimension=need.reading.dimension,
        places=(
            *places_meant(places, need.reading.places, near=need.commune or ""),
            *territories_meant(places, need.reading.territories, near=need.commune or ""),
        ),
        chosen=need.chosen_sector,
        chosen_by=chosen_by or "",
        learnt_from=(session.scalar(teacher) if taught else None) or "",
        passages=need.reading.personal_count,
    )


def _deciding_words(
    need: Need,
    sector: Sector | None,
    parts: Sequence[tuple[Need, NeedPart]],
    language: Language,
) -> tuple[str, ...]:
    if sector is None:
        return ()
    taken = [span for _, part in parts for span in part.spans]
    return language.deciding_words(words_read(need.title, need.text, taken), sector)
