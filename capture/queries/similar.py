"""Needs that say nearly the same near a commune: asked while somebody types, so within bounds."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from capture.models import Need, NeedReading, NeedVector
from capture.nlp.duplicates import Candidate, Likeness, LikenessKind, near_duplicates
from capture.nlp.vectorise import Vectoriser
from capture.queries.nearest import NeedSearch, Shelf
from capture.queries.published import CONFIRMATIONS, place_name, published
from fabrique.core.places import Commune, Gazetteer
from fabrique.core.text import shorten

# The nearest of the département, among which some may not be shown.
LOOKED_AT = 200
# So many, when nearly all of those are hidden, withdrawn or out of scope.
LOOKED_AT_AGAIN = 5_000
SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A text to compare: its words, its unit row with the vectoriser that made it, the unit row of
    its kinds of project (empty when not known), its commune.

    The needs of its author, when known, and those of `not_same` references are not shown beside it.
    """

    text: str
    vector: NDArray[np.float32]
    vectoriser: Vectoriser
    kinds: NDArray[np.float32]
    commune: Commune
    not_same: Collection[str] = ()
    author_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarNeed:
    """A need already told near here: the same or on the same subject, with the words in common."""

    reference: str
    title: str
    excerpt: str
    place: str
    observed_on: dt.date
    testimonies: int
    kind: LikenessKind
    words: tuple[str, ...]


def similar_needs(
    session: Session,
    fabrique_id: int,
    told: Told,
    *,
    search: NeedSearch,
    places: Gazetteer,
    today: dt.date,
) -> tuple[SimilarNeed, ...]:
    """Return the published needs of the département most like a text, three at most, in order."""
    shelf = Shelf(
        fabrique_id=fabrique_id,
        vectoriser_id=told.vectoriser.id,
        departement=told.commune.departement,
    )
    for count in (LOOKED_AT, LOOKED_AT_AGAIN):
        near = search.nearest(session, shelf, told.vector, count=count)
        found = _words_of(session, fabrique_id, told, near) if near else {}
        if len(found) >= SHOWN or len(near) < count:
            break
    nearest = [need_id for need_id in near if need_id in found][:LOOKED_AT]
    alike = near_duplicates(
        told.text,
        told.kinds if told.kinds.size else told.vector,
        told.commune.insee_code,
        [_candidate(found[need_id], near[need_id], told, today) for need_id in nearest],
        limit=SHOWN,
        vectoriser=told.vectoriser,
    )
    return tuple(_shown(found[each.id], each, places) for each in alike)


_Words = Row[int, str, str, str, str | None, dt.date, bytes, int]


def _words_of(
    session: Session, fabrique_id: int, told: Told, need_ids: Collection[int]
) -> dict[int, _Words]:
    """The words of those needs that may be shown beside what is told."""
    rows = session.execute(
        select(
            Need.id,
            Need.reference,
            Need.title,
            Need.text,
            Need.commune,
            Need.observed_on,
            NeedVector.kinds,
            CONFIRMATIONS.label("confirmations"),
        )
        .join(NeedReading, NeedReading.need_id == Need.id)
        .join(NeedVector, NeedVector.need_id == Need.id)
        .where(
            published(fabrique_id),
            Need.id.in_(need_ids),
            Need.reference.not_in(told.not_same),
            or_(Need.author_id.is_(None), Need.author_id != told.author_id),
        )
    )
    return {row.id: row for row in rows}


def _shown(row: _Words, likeness: Likeness, places: Gazetteer) -> SimilarNeed:
    return SimilarNeed(
        reference=row.reference,
        title=row.title or shorten(row.text, 70),
        excerpt=shorten(row.text, 140),
        place=place_name(places, row.commune),
        observed_on=row.observed_on,
        testimonies=1 + row.confirmations,
        kind=likeness.kind,
        words=tuple(word for word in likeness.common_words if len(word) > 2),
    )


def _candidate(row: _Words, vector: NDArray[np.float32], told: Told, today: dt.date) -> Candidate:
    return Candidate(
        id=row.id,
        text=f"{row.title}.\n{row.text}" if row.title else row.text,
        commune=row.commune,
        months_ago=(today - row.observed_on).days / 30.4,
        kinds=np.frombuffer(row.kinds, dtype=np.float32) if told.kinds.size else vector,
    )
