"""What the machine would change in a confirmed grouping, and what people asked of it for good."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from capture.models import (
    ChangeAnswer,
    Cluster,
    ClusterChange,
    ClusterMember,
    Constraint,
    ConstraintKind,
    GroupingRun,
    Need,
)
from capture.nlp.carry_over import ChangeKind
from capture.queries.published import place_name
from fabrique.core.places import Gazetteer
from fabrique.core.text import shorten

# Places named under a line: more would be a list.
_PLACES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One line the machine proposes: needs that enter or leave, a union, a cut."""

    id: int
    kind: ChangeKind
    run_number: int
    proposed_at: dt.datetime
    needs: tuple[str, ...]
    places: tuple[tuple[str, int], ...]
    quote: str
    margin: float
    other_reference: str | None
    other_title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """Something a person asked of the machine and has not withdrawn."""

    id: int
    kind: ConstraintKind
    needs: tuple[str, ...]
    other_reference: str | None
    other_title: str | None
    who: str
    at: dt.datetime
    why: str


def changes_of(session: Session, cluster: Cluster, *, places: Gazetteer) -> tuple[ChangeLine, ...]:
    """The lines of the machine still waiting for an answer, in the order they were proposed."""
    rows = session.execute(
        select(
            ClusterChange,
            GroupingRun.number,
            GroupingRun.started_at,
            Cluster.reference,
            Cluster.title,
        )
        .join(GroupingRun, GroupingRun.id == ClusterChange.run_id)
        .outerjoin(Cluster, Cluster.id == ClusterChange.other_cluster_id)
        .where(ClusterChange.cluster_id == cluster.id, ClusterChange.answer == ChangeAnswer.WAITING)
        .order_by(ClusterChange.id)
    ).all()
    needs = _needs(session, [need_id for row in rows for need_id in row[0].need_ids])
    return tuple(_line(row, needs, places) for row in rows)


_Proposed = Row[ClusterChange, int, dt.datetime, str, str]
_Words = Row[int, str, str, str | None]


def _needs(session: Session, need_ids: Sequence[int]) -> Mapping[int, _Words]:
    if not need_ids:
        return {}
    return {
        row.id: row
        for row in session.execute(
            select(Need.id, Need.reference, Need.text, Need.commune).where(
                Need.id.in_(sorted(set(need_ids)))
            )
        )
    }


def _line(proposed: _Proposed, needs: Mapping[int, _Words], places: Gazetteer) -> ChangeLine:
    change, run_number, proposed_at, other_reference, other_title = proposed
    rows = [needs[need_id] for need_id in change.need_ids if need_id in needs]
    communes = Counter(row.commune for row in rows if row.commune)
    return ChangeLine(
        id=change.id,
        kind=change.kind,
        run_number=run_number,
        proposed_at=proposed_at,
        needs=tuple(row.reference for row in rows),
        places=tuple(
            (place_name(places, code), number) for code, number in communes.most_common(_PLACES)
        ),
        quote=shorten(rows[0].text, 110) if len(rows) == 1 else "",
        margin=change.margin,
        other_reference=other_reference,
        other_title=other_title,
    )


def instructions_of(session: Session, cluster: Cluster) -> tuple[Instruction, ...]:
    """What people asked about this grouping or the needs in it, oldest first."""
    inside = select(ClusterMember.need_id).where(ClusterMember.cluster_id == cluster.id)
    constraints = session.scalars(
        select(Constraint)
        .where(
            Constraint.fabrique_id == cluster.fabrique_id,
            Constraint.withdrawn_at.is_(None),
            Constraint.kind != ConstraintKind.ALONE,
            or_(Constraint.kind != ConstraintKind.PINNED, Constraint.need_id.in_(inside)),
            or_(
                Constraint.cluster_id == cluster.id,
                Constraint.other_cluster_id == cluster.id,
                and_(Constraint.cluster_id.is_(None), Constraint.need_id.in_(inside)),
            ),
        )
        .options(joinedload(Constraint.person))
        .order_by(Constraint.id)
    ).all()
    others = _clusters(session, constraints, cluster.id)
    references = _references(session, constraints)
    return tuple(
        Instruction(
            id=constraint.id,
            kind=constraint.kind,
            needs=tuple(
                references[need_id]
                for need_id in (constraint.need_id, constraint.other_need_id)
                if need_id is not None
            ),
            other_reference=other.reference if other else None,
            other_title=other.title if other else None,
            who=constraint.person.name,
            at=constraint.created_at,
            why=constraint.why,
        )
        for constraint in constraints
        for other in [others.get(_other_id(constraint, cluster.id) or 0)]
    )


def _other_id(constraint: Constraint, own_id: int) -> int | None:
    return (
        constraint.cluster_id
        if constraint.other_cluster_id == own_id
        else constraint.other_cluster_id
    )


def _clusters(
    session: Session, constraints: Sequence[Constraint], own_id: int
) -> Mapping[int, Row[int, str, str]]:
    ids = {_other_id(constraint, own_id) for constraint in constraints} - {None}
    if not ids:
        return {}
    return {
        row.id: row
        for row in session.execute(
            select(Cluster.id, Cluster.reference, Cluster.title).where(Cluster.id.in_(ids))
        )
    }


def _references(session: Session, constraints: Sequence[Constraint]) -> Mapping[int, str]:
    ids = {
        need_id
        for constraint in constraints
        for need_id in (constraint.need_id, constraint.other_need_id)
    } - {None}
    if not ids:
        return {}
    return dict(session.execute(select(Need.id, Need.reference).where(Need.id.in_(ids))).all())
