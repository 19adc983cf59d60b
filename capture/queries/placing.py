"""Where a need stands and why: its grouping, who put it there, the words and needs it shares."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from capture.models import (
    ClusterMember,
    ClusterState,
    Constraint,
    ConstraintKind,
    GroupingRun,
    Need,
    NeedReading,
    NeedState,
    NeedVector,
)
from capture.nlp.explain import Compared, Explanation, explain
from capture.nlp.language import READER_VERSION, Language
from capture.queries.published import place_name
from fabrique.core.people import Person
from fabrique.core.places import Gazetteer
from fabrique.core.text import shorten

# Members compared with the need: the surest of a large grouping say enough of it.
COMPARED = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class NearNeed:
    """A need that resembles another one."""

    reference: str
    title: str
    place: str
    observed_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """The grouping a need is in, who put it there, how surely, and what they share."""

    reference: str
    title: str
    state: ClusterState
    run_number: int | None
    person: str
    at: dt.datetime
    why: str
    strength: float
    margin: float
    is_pinned: bool
    words: tuple[str, ...]
    same_words: float
    same_kind: float | None
    nearest: tuple[NearNeed, ...]


def placing_of(
    session: Session, need: Need, *, language: Language, places: Gazetteer
) -> Placing | None:
    """Where a need stands, None when on its own; its membership and cluster are loaded."""
    member = need.membership
    if member is None:
        return None
    run_number, person, pins = session.execute(
        select(
            select(GroupingRun.number).where(GroupingRun.id == member.run_id).scalar_subquery(),
            select(Person.name).where(Person.id == member.person_id).scalar_subquery(),
            select(func.count())
            .where(
                Constraint.need_id == need.id,
                Constraint.cluster_id == member.cluster_id,
                Constraint.kind == ConstraintKind.PINNED,
                Constraint.withdrawn_at.is_(None),
            )
            .scalar_subquery(),
        )
    ).one()
    found = _explained(session, need, member, language)
    return Placing(
        reference=member.cluster.reference,
        title=member.cluster.title,
        state=member.cluster.state,
        run_number=run_number,
        person=person or "",
        at=member.placed_at,
        why=member.why,
        strength=member.strength,
        margin=member.margin,
        is_pinned=pins > 0,
        words=found.shared_terms if found else (),
        same_words=found.same_words if found else 0.0,
        same_kind=found.same_kind if found else None,
        nearest=near_needs(
            session, [near.id for near in found.nearest] if found else [], places=places
        ),
    )


def near_needs(
    session: Session, need_ids: Sequence[int], *, places: Gazetteer
) -> tuple[NearNeed, ...]:
    """These needs, in the same order."""
    rows: Mapping[int, NearNeed] = {
        row.id: NearNeed(
            reference=row.reference,
            title=row.title or shorten(row.text, 70),
            place=place_name(places, row.commune),
            observed_on=row.observed_on,
        )
        for row in session.execute(
            select(
                Need.id, Need.reference, Need.title, Need.text, Need.commune, Need.observed_on
            ).where(Need.id.in_(need_ids))
        )
    }
    return tuple(rows[need_id] for need_id in need_ids)


def _explained(
    session: Session, need: Need, member: ClusterMember, language: Language
) -> Explanation | None:
    """Return why the need is there; None while it has not been read again."""
    rows = session.execute(
        select(Need.id, NeedReading.lemmas, NeedVector.vector, NeedVector.kinds)
        .join(ClusterMember, ClusterMember.need_id == Need.id)
        .join(NeedReading, NeedReading.need_id == Need.id)
        .join(NeedVector, NeedVector.need_id == Need.id)
        .where(
            ClusterMember.cluster_id == member.cluster_id,
            Need.state != NeedState.WITHDRAWN,
            NeedVector.vectoriser == language.vectoriser.id,
            NeedReading.reader == READER_VERSION,
        )
        .order_by((Need.id == need.id).desc(), ClusterMember.strength.desc(), Need.id)
        .limit(COMPARED)
    ).all()
    group = [
        Compared(
            id=row.id,
            lemmas=row.lemmas,
            vector=np.frombuffer(row.vector, dtype=np.float32),
            kinds=np.frombuffer(row.kinds, dtype=np.float32),
        )
        for row in rows
    ]
    if not group or group[0].id != need.id:
        return None
    return explain(group[0], group)
