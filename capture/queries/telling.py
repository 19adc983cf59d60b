"""What the page can say of a need while it is being told: passages that name somebody, needs alike,
the commune understood, the sector guessed. Nothing typed is kept here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.nlp.language import Language, TextReading
from capture.nlp.personal import PersonalSpan
from capture.nlp.sectors import Sector
from capture.nlp.words import sentences
from capture.queries.nearest import NeedSearch
from capture.queries.published import territories_meant
from capture.queries.similar import SimilarNeed, Told, similar_needs
from fabrique.core.places import Commune, Found, Gazetteer
from fabrique.core.territories import Territory, TerritoryCommune

# Before that many characters, a machine understands nothing worth saying.
ENOUGH = 12
# Homonyms offered: a longer list is better answered by a postal code.
CHOICES = 8
# Room left around a passage when its sentence is long.
_BEFORE, _AFTER = 40, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody has typed so far; ``insee_code`` is the commune chosen among homonyms.

    ``answers`` are the optional ones in words, ``not_same`` references of needs that are others,
    ``author_id`` who types, when known.
    """

    title: str = ""
    text: str = ""
    answers: tuple[str, ...] = ()
    place: str = ""
    insee_code: str = ""
    not_same: tuple[str, ...] = ()
    author_id: int | None = None

    @property
    def words(self) -> str:
        """What is read: the title, if any, then the text."""
        return f"{self.title}.\n{self.text}" if self.title else self.text

    @property
    def all_words(self) -> tuple[str, ...]:
        """Every answer in words: somebody may be named in each."""
        return (self.title, self.text, *self.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of an excerpt; ``replacement`` is proposed where it may name somebody."""

    text: str
    replacement: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalNotice:
    """The passages that may let somebody be recognised, each in its sentence."""

    passages: int
    excerpts: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuneShown:
    """A commune as people tell it from its homonyms."""

    insee_code: str
    name: str
    postal_code: str
    departement: str
    epci: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What was understood of the place: one commune, several to choose from, or none."""

    commune: CommuneShown | None = None
    choices: tuple[CommuneShown, ...] = ()
    is_exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the blocks of the form show beside what is typed."""

    personal: PersonalNotice | None
    similar: tuple[SimilarNeed, ...]
    where: Where
    also_read: tuple[str, ...]
    sector: Sector | None
    sector_words: tuple[str, ...]


def hints_for(
    session: Session,
    fabrique_id: int,
    typed: Typed,
    *,
    language: Language,
    search: NeedSearch,
    places: Gazetteer,
    today: dt.date,
) -> Hints:
    """Everything the form may say of what is typed, in four statements at most."""
    where = understood_place(typed, places)
    # Communes of one postal code stay in order of size: their names are not alike.
    if len(where.choices) > 1 and not typed.place.strip().isdecimal():
        where = understood_place(typed, places, near=home_commune(session, fabrique_id))
    personal = notice_of(typed.all_words, language)
    if len(typed.text) < ENOUGH:
        return Hints(
            personal=personal, similar=(), where=where, also_read=(), sector=None, sector_words=()
        )
    reading = language.read([typed.words])[0]
    near = places.commune(where.commune.insee_code) if where.commune else None
    told = near and Told(
        text=typed.words,
        vector=reading.vector,
        vectoriser=language.vectoriser,
        kinds=reading.kinds,
        commune=near,
        not_same=typed.not_same,
        author_id=typed.author_id,
    )
    return Hints(
        personal=personal,
        similar=similar_needs(session, fabrique_id, told, search=search, places=places, today=today)
        if told
        else (),
        where=where,
        also_read=_also_read(reading, where, places),
        # « Hors champ » is no answer to give to somebody who is writing.
        sector=None if reading.sector.principal is Sector.HORS_CHAMP else reading.sector.principal,
        sector_words=_deciding(typed, reading, language),
    )


def _deciding(typed: Typed, reading: TextReading, language: Language) -> tuple[str, ...]:
    """The words that made the machine guess that sector."""
    sector = reading.sector.principal
    return () if sector is None else language.deciding_words(typed.words, sector)


def home_commune(session: Session, fabrique_id: int) -> str | None:
    """A commune of the fabrique's territories: of two homonyms, the nearer one is more likely."""
    return session.scalar(
        select(TerritoryCommune.insee_code)
        .join(Territory, Territory.id == TerritoryCommune.territory_id)
        .where(Territory.fabrique_id == fabrique_id)
        .order_by(TerritoryCommune.territory_id, TerritoryCommune.insee_code)
        .limit(1)
    )


def understood_place(typed: Typed, places: Gazetteer, *, near: str | None = None) -> Where:
    """The commune meant by what was typed, or the communes to choose from, the nearest first."""
    found = places.find(typed.place, near=near) if typed.place.strip() else ()
    # A commune chosen before the name was typed again is no longer an answer.
    chosen = [each for each in found if each.commune.insee_code == typed.insee_code]
    if chosen:
        return Where(commune=_shown(chosen[0].commune, places))
    exact = [each for each in found if each.is_exact]
    if len(exact) == 1:
        return Where(commune=_shown(exact[0].commune, places))
    kept: Sequence[Found] = exact or found
    return Where(
        choices=tuple(_shown(each.commune, places) for each in kept[:CHOICES]), is_exact=bool(exact)
    )


def without_passages(text: str, language: Language) -> str:
    """The text with each passage that may name somebody replaced by what is proposed."""
    for span in reversed(language.reader.personal(text)):
        text = text[: span.start] + span.replacement + text[span.end :]
    return text


def _shown(commune: Commune, places: Gazetteer) -> CommuneShown:
    departement = places.departement(commune.departement)
    epci = places.epci(commune.epci) if commune.epci else None
    return CommuneShown(
        insee_code=commune.insee_code,
        name=commune.name,
        postal_code=commune.postal_codes[0] if commune.postal_codes else "",
        departement=departement.name if departement else "",
        epci=epci.name if epci else "",
    )


def notice_of(texts: Sequence[str], language: Language) -> PersonalNotice | None:
    """The passages of all these texts that may name somebody; None without any."""
    found = [(text, language.reader.personal(text)) for text in texts]
    passages = sum(len(spans) for _, spans in found)
    if not passages:
        return None
    return PersonalNotice(
        passages=passages,
        excerpts=tuple(
            parts_of(text, inside, sentence)
            for text, spans in found
            for sentence in sentences(text)
            if (inside := _inside(spans, sentence))
        ),
    )


def _inside(spans: Sequence[PersonalSpan], sentence: tuple[int, int]) -> list[PersonalSpan]:
    return [span for span in spans if sentence[0] <= span.start < sentence[1]]


def parts_of(
    text: str, spans: Sequence[PersonalSpan], sentence: tuple[int, int]
) -> tuple[Part, ...]:
    """A sentence cut at its passages, shortened around them when it is long."""
    start = _word_start(text, max(sentence[0], spans[0].start - _BEFORE), sentence[0])
    end = _word_end(text, min(max(sentence[1], spans[-1].end), spans[-1].end + _AFTER))
    parts = [Part(text="… ")] if start > 0 else []
    position = start
    for span in spans:
        if span.start > position:
            parts.append(Part(text=text[position : span.start]))
        parts.append(Part(text=text[span.start : span.end], replacement=span.replacement))
        position = span.end
    if end > position:
        parts.append(Part(text=text[position:end]))
    if end < len(text):
        parts.append(Part(text=" …"))
    return tuple(parts)


def _word_start(text: str, position: int, lowest: int) -> int:
    while position > lowest and not text[position - 1].isspace():
        position -= 1
    return position


def _word_end(text: str, position: int) -> int:
    while position < len(text) and not text[position].isspace():
        position += 1
    return position


def _also_read(reading: TextReading, where: Where, places: Gazetteer) -> tuple[str, ...]:
    here = where.commune.insee_code if where.commune else None
    meant = [
        places.homonym(place.insee_codes, near=here or "")
        for place in reading.words.places
        if here not in place.insee_codes
    ]
    codes = (code for territory in reading.words.territories for code in territory.codes)
    names = (
        *(commune.name for commune in meant if commune),
        *territories_meant(places, codes, near=here or ""),
    )
    return tuple(dict.fromkeys(names))[:3]
