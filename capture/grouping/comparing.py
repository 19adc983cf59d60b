"""The needs to group, and what they are compared by, as the database keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from capture.models import (
    ClusterMember,
    Constraint,
    ConstraintKind,
    Need,
    NeedReading,
    NeedState,
    NeedVector,
)
from capture.nlp.kinds import compared_rows
from capture.nlp.language import READER_VERSION
from capture.nlp.sectors import SUBJECTS, Sector


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """n needs: vectors (n, d), rows to compare (n, d + r), sector shown, subject, commune.

    `out_of_scope` are the needs left aside, that nobody has vouched for, and `alone` those that
    somebody wants on their own.
    """

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    compared: NDArray[np.float32]
    sectors: list[Sector | None]
    subjects: list[Sector]
    communes: list[str | None]
    out_of_scope: frozenset[int]
    alone: frozenset[int]


def rows_of(kept: Sequence[bytes]) -> NDArray[np.float32]:
    """Return the (n, d) rows kept as bytes; (0, 0) when there are none.

    Raises ValueError when they are not as long: some have not been read by the reader of today.
    """
    if len({len(one) for one in kept}) > 1:
        raise ValueError("rows must be as long")
    flat = np.frombuffer(b"".join(kept), dtype=np.float32)
    return flat.reshape(len(kept), -1) if kept else flat.reshape(0, 0)


def subject_of(chosen: Sector | None, heard: Sector) -> Sector:
    """Return what a need is about: the sector that a person chose, unless it is no subject."""
    return chosen if chosen in SUBJECTS else heard


def needs_compared() -> Select[int, str | None, Sector | None, Sector | None, Sector, bytes, bytes]:
    """Select the needs that today's reader has read, with what they are compared by."""
    return (
        select(
            Need.id,
            Need.commune,
            Need.chosen_sector,
            NeedReading.sector,
            NeedReading.subject,
            NeedVector.vector,
            NeedVector.kinds,
        )
        .join(NeedReading, NeedReading.need_id == Need.id)
        .join(NeedVector, NeedVector.need_id == Need.id)
        .where(NeedReading.reader == READER_VERSION)
    )


def needs_left_alone(session: Session, fabrique_id: int) -> frozenset[int]:
    """Return the needs that somebody put on their own, and nobody has placed since."""
    return frozenset(
        need_id
        for need_id in session.scalars(
            select(Constraint.need_id)
            .outerjoin(ClusterMember, ClusterMember.need_id == Constraint.need_id)
            .where(
                Constraint.fabrique_id == fabrique_id,
                Constraint.kind == ConstraintKind.ALONE,
                Constraint.withdrawn_at.is_(None),
                ClusterMember.need_id.is_(None),
            )
        )
        if need_id is not None
    )


def material_of(
    session: Session,
    fabrique_id: int,
    vectoriser: str,
    *,
    vouched: frozenset[int],
    alone: frozenset[int],
) -> Material:
    """Read the needs of a fabrique that may be grouped.

    `vouched` are those people have placed, `alone` those they want on their own.
    """
    statement = (
        needs_compared()
        .where(
            Need.fabrique_id == fabrique_id,
            Need.state.in_((NeedState.RECEIVED, NeedState.TO_REVIEW)),
            NeedVector.vectoriser == vectoriser,
        )
        .order_by(Need.id)
        .execution_options(yield_per=5_000)
    )
    rows, out_of_scope, left = [], set(), set()
    for row in session.execute(statement):
        if row.id in alone:
            left.add(row.id)
        elif (row.chosen_sector or row.sector) is Sector.HORS_CHAMP and row.id not in vouched:
            out_of_scope.add(row.id)
        else:
            rows.append(row)
    vectors = rows_of([row.vector for row in rows])
    return Material(
        ids=np.array([row.id for row in rows], dtype=np.int64),
        vectors=vectors,
        compared=compared_rows(vectors, rows_of([row.kinds for row in rows])),
        sectors=[row.chosen_sector or row.sector for row in rows],
        subjects=[subject_of(row.chosen_sector, row.subject) for row in rows],
        communes=[row.commune for row in rows],
        out_of_scope=frozenset(out_of_scope),
        alone=frozenset(left),
    )
