"""The directory as matching sees it: holders, actors with their offers, initiatives elsewhere.
Zones are brought to the present year of the communes; one statement for each table."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from capture.nlp.vectorise import Vectoriser, words_of
from fabrique.core.db import JsonValue
from fabrique.core.places import Gazetteer
from matching.models import Initiative, ProjectHolder, SupportActor
from matching.scoring.elsewhere import Condition, ConditionKind, Precedent
from matching.scoring.features import Offer, Party, PartyKind, Vector, Zone, bare_words, vectors_of
from matching.scoring.vocabulary import HelpKind, Stage, ZoneScale


def parties_of(
    session: Session, fabrique_id: int, *, gazetteer: Gazetteer, vectoriser: Vectoriser | None
) -> tuple[Party, ...]:
    """Every holder and every support actor of a fabrique."""
    return (
        *_holders(session, fabrique_id, gazetteer, vectoriser),
        *_actors(session, fabrique_id, gazetteer, vectoriser),
    )


def precedents_known(
    session: Session, fabrique_id: int, *, vectoriser: Vectoriser | None, today: dt.date
) -> tuple[Precedent, ...]:
    """The initiatives of a fabrique whose sheet is still in date."""
    rows = session.scalars(
        select(Initiative)
        .where(Initiative.fabrique_id == fabrique_id, Initiative.expires_on >= today)
        .order_by(Initiative.id)
    ).all()
    texts = [f"{row.name}. {row.tagline} {row.need_met} {row.description}" for row in rows]
    return tuple(
        Precedent(
            key=f"initiative:{row.id}",
            sectors=tuple(row.sectors),
            conditions=conditions_of(row),
            words=bare_words(words_of(text)),
            text=vector,
        )
        for row, text, vector in zip(rows, texts, vectors_of(texts, vectoriser), strict=True)
    )


def conditions_of(initiative: Initiative) -> tuple[Condition, ...]:
    """The conditions written on the sheet of an initiative, in order."""
    # ``add_initiative`` wrote them.
    lines = cast("Sequence[Mapping[str, JsonValue]]", initiative.conditions.get("lines", ()))
    return tuple(_condition(line) for line in lines)


def _holders(
    session: Session, fabrique_id: int, gazetteer: Gazetteer, vectoriser: Vectoriser | None
) -> list[Party]:
    rows = session.scalars(
        select(ProjectHolder)
        .where(ProjectHolder.fabrique_id == fabrique_id)
        .order_by(ProjectHolder.id)
    ).all()
    texts = [f"{row.name}. {row.description} {row.wants}" for row in rows]
    return [
        replace(
            _party(row, gazetteer, text, vector),
            key=f"holder:{row.id}",
            kind=PartyKind.HOLDER,
            stages=frozenset(Stage(stage) for stage in row.stages),
        )
        for row, text, vector in zip(rows, texts, vectors_of(texts, vectoriser), strict=True)
    ]


def _actors(
    session: Session, fabrique_id: int, gazetteer: Gazetteer, vectoriser: Vectoriser | None
) -> list[Party]:
    rows = session.scalars(
        select(SupportActor)
        .where(SupportActor.fabrique_id == fabrique_id)
        .options(selectinload(SupportActor.offers))
        .order_by(SupportActor.id)
    ).all()
    texts = [
        " ".join(
            [
                f"{row.name}. {row.description}",
                *(f"{offer.title}. {offer.description}" for offer in row.offers),
            ]
        )
        for row in rows
    ]
    return [
        replace(
            _party(row, gazetteer, text, vector),
            offers=tuple(
                Offer(
                    help_kinds=frozenset(HelpKind(kind) for kind in offer.help_kinds),
                    stages=frozenset(Stage(stage) for stage in offer.stages),
                    legal_forms=frozenset(offer.legal_forms),
                )
                for offer in row.offers
            ),
        )
        for row, text, vector in zip(rows, texts, vectors_of(texts, vectoriser), strict=True)
    ]


def _party(
    row: ProjectHolder | SupportActor, gazetteer: Gazetteer, text: str, vector: Vector | None
) -> Party:
    return Party(
        key=f"actor:{row.id}",
        kind=PartyKind.ACTOR,
        zone=_zone(row.zone_scale, row.zone_codes, gazetteer),
        seat=gazetteer.commune(row.commune) if row.commune else None,
        sectors=tuple(row.sectors),
        stages=frozenset(),
        offers=(),
        legal_form=row.kind.value,
        capacity=row.capacity,
        capacity_left=row.capacity - row.load,
        absent_until=row.absent_until,
        words=bare_words(words_of(text)),
        text=vector,
    )


def _condition(line: Mapping[str, JsonValue]) -> Condition:
    value = line.get("value")
    return Condition(
        kind=ConditionKind(str(line["kind"])),
        sentence=str(line["sentence"]),
        value=value if isinstance(value, int) else None,
    )


def _zone(scale: ZoneScale, codes: Iterable[str], gazetteer: Gazetteer) -> Zone:
    """The zone with its codes brought to the present year; those that mean nothing any more go."""
    match scale:
        case ZoneScale.COMMUNE:
            found = (gazetteer.commune(code) for code in codes)
            return Zone(scale=scale, codes=frozenset(each.insee_code for each in found if each))
        case ZoneScale.EPCI:
            known = {code for code in codes if gazetteer.epci(code)}
        case ZoneScale.DEPARTEMENT:
            known = {code for code in codes if gazetteer.departement(code)}
        case ZoneScale.REGION:
            known = {code for code in codes if gazetteer.region(code)}
        case ZoneScale.COUNTRY:
            known = set()
    return Zone(scale=scale, codes=frozenset(known))
