"""Needs that say nearly the same near a commune: asked while somebody types, so within bounds."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from capture.models import Need, NeedReading, NeedVector
from capture.nlp.duplicates import Candidate, near_duplicates
from capture.queries.published import CONFIRMATIONS, place_name, published
from fabrique.core.places import Commune, Gazetteer
from fabrique.core.text import shorten

# The most recent needs of the département that are compared: 2,000 vectors take about 5 ms.
COMPARED = 2_000
# Of these, the nearest whose words are compared too.
READ_AGAIN = 20
SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A text to compare: its words, its unit row with the vectoriser that made it, its commune.

    The needs of its author, when known, and those of `not_same` references are not shown beside it.
    """

    text: str
    vector: NDArray[np.float32]
    vectoriser_id: str
    commune: Commune
    not_same: Collection[str] = ()
    author_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarNeed:
    """A need already told near here, and the words it has in common with the one compared."""

    reference: str
    title: str
    excerpt: str
    place: str
    observed_on: dt.date
    testimonies: int
    words: tuple[str, ...]


def similar_needs(
    session: Session,
    fabrique_id: int,
    told: Told,
    *,
    places: Gazetteer,
    today: dt.date,
) -> tuple[SimilarNeed, ...]:
    """Return the published needs of the département most like a text, three at most, in order."""
    departement = told.commune.departement
    compared = session.execute(
        select(Need.id, NeedVector.vector)
        .join(NeedVector, NeedVector.need_id == Need.id)
        .join(NeedReading, NeedReading.need_id == Need.id)
        .where(
            published(fabrique_id),
            # The code of a commune begins with that of its département.
            Need.commune.between(departement.ljust(5, "0"), departement.ljust(5, "9")),
            NeedVector.vectoriser == told.vectoriser_id,
            Need.reference.not_in(told.not_same),
            or_(Need.author_id.is_(None), Need.author_id != told.author_id),
        )
        .order_by(Need.id.desc())
        .limit(COMPARED)
    ).all()
    if not compared:
        return ()
    rows = np.frombuffer(b"".join(row.vector for row in compared), dtype=np.float32)
    rows = rows.reshape(len(compared), -1)
    nearest = np.argsort(-(rows @ told.vector), kind="stable")[:READ_AGAIN]
    vectors = {compared[int(rank)].id: rows[int(rank)] for rank in nearest}
    return _shown(session, told, vectors, places, today)


_Words = Row[int, str, str, str, str | None, dt.date, int]


def _words_of(session: Session, need_ids: Collection[int]) -> dict[int, _Words]:
    rows = session.execute(
        select(
            Need.id,
            Need.reference,
            Need.title,
            Need.text,
            Need.commune,
            Need.observed_on,
            CONFIRMATIONS.label("confirmations"),
        ).where(Need.id.in_(need_ids))
    )
    return {row.id: row for row in rows}


def _shown(
    session: Session,
    told: Told,
    vectors: dict[int, NDArray[np.float32]],
    places: Gazetteer,
    today: dt.date,
) -> tuple[SimilarNeed, ...]:
    found = _words_of(session, vectors)
    alike = near_duplicates(
        told.text,
        told.vector,
        told.commune.insee_code,
        [_candidate(row, vectors[row.id], told.commune, today) for row in found.values()],
        limit=SHOWN,
        departement=told.commune.departement,
    )
    return tuple(
        SimilarNeed(
            reference=row.reference,
            title=row.title or shorten(row.text, 70),
            excerpt=shorten(row.text, 140),
            place=place_name(places, row.commune),
            observed_on=row.observed_on,
            testimonies=1 + row.confirmations,
            words=tuple(word for word in likeness.common_words if len(word) > 2),
        )
        for likeness in alike
        for row in [found[likeness.id]]
    )


def _candidate(
    row: _Words, vector: NDArray[np.float32], near: Commune, today: dt.date
) -> Candidate:
    return Candidate(
        id=row.id,
        text=f"{row.title}.\n{row.text}" if row.title else row.text,
        commune=row.commune,
        departement=near.departement,
        months_ago=(today - row.observed_on).days / 30.4,
        vector=vector,
    )
