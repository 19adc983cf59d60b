"""Needs that have just been read are placed at once, without waiting for the passage of the night.

A proposed grouping receives them; a confirmed one is only proposed to receive them.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from sqlalchemy import Row, Select, insert, select
from sqlalchemy.orm import Session

from capture.grouping.comparing import needs_compared, needs_left_alone, rows_of, subject_of
from capture.grouping.placing import ALIVE
from capture.grouping.regrouping import refusals
from capture.models import (
    ChangeAnswer,
    Cluster,
    ClusterChange,
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
from capture.nlp.carry_over import ChangeKind
from capture.nlp.cluster import Points
from capture.nlp.kinds import compared_rows
from capture.nlp.language import Language
from capture.nlp.placing import Placement, place
from capture.nlp.sectors import Sector
from fabrique.core.access import Action, Actor
from fabrique.core.places import Gazetteer

_Read = Row[int, str | None, Sector | None, Sector | None, Sector, bytes, bytes]


def place_new_needs(
    session: Session,
    actor: Actor,
    *,
    language: Language,
    places: Gazetteer,
    read_at: dt.datetime,
) -> int:
    """Place the needs read at that moment among living groupings; how many found one.

    The likeness asked is that of the last passage; before a first one nothing is placed. A need
    that this passage has seen stays as it and people left it, even read again by a new reader.
    """
    actor.require(Action.GROUPING_RUN)
    run = _last_run(session, actor.fabrique_id)
    if run is None or run.vectoriser != language.vectoriser.id:
        return 0
    arrived = session.execute(_arrived(run, read_at)).all()
    alone = needs_left_alone(session, actor.fabrique_id)
    in_scope = [
        row
        for row in arrived
        if row.id not in alone and (row.chosen_sector or row.sector) != Sector.HORS_CHAMP
    ]
    if not in_scope:
        return 0
    placements = place(
        _points(in_scope, places),
        {
            key: _points(rows, places)
            for key, rows in _members(session, actor.fabrique_id, language).items()
        },
        replace(language.parameters, alike=run.alike),
        locked=_locked(session, actor.fabrique_id),
    )
    refused = refusals(session, {one.key for one in placements if one.key is not None})
    placed = [
        one
        for one in placements
        if one.key is not None and one.id not in refused.get((one.key, ChangeKind.ENTERS, None), ())
    ]
    _write(session, placed, run, now=read_at)
    return len(placed)


def _last_run(session: Session, fabrique_id: int) -> GroupingRun | None:
    return session.scalar(
        select(GroupingRun)
        .where(GroupingRun.fabrique_id == fabrique_id)
        .order_by(GroupingRun.number.desc())
        .limit(1)
    )


def _arrived(
    run: GroupingRun, read_at: dt.datetime
) -> Select[int, str | None, Sector | None, Sector | None, Sector, bytes, bytes]:
    return (
        needs_compared()
        .outerjoin(ClusterMember, ClusterMember.need_id == Need.id)
        .where(
            Need.fabrique_id == run.fabrique_id,
            Need.created_at > run.started_at,
            Need.state.in_((NeedState.RECEIVED, NeedState.TO_REVIEW)),
            NeedReading.read_at == read_at,
            NeedVector.vectoriser == run.vectoriser,
            ClusterMember.need_id.is_(None),
        )
        .order_by(Need.id)
    )


def _members(session: Session, fabrique_id: int, language: Language) -> dict[int, list[_Read]]:
    members: defaultdict[int, list[_Read]] = defaultdict(list)
    rows = session.execute(
        needs_compared()
        .join(ClusterMember, ClusterMember.need_id == Need.id)
        .join(Cluster, Cluster.id == ClusterMember.cluster_id)
        .add_columns(Cluster.id.label("cluster_id"))
        .where(
            Cluster.fabrique_id == fabrique_id,
            Cluster.state.in_(ALIVE),
            NeedVector.vectoriser == language.vectoriser.id,
        )
        .order_by(Need.id)
    )
    for row in rows:
        members[row.cluster_id].append(row)
    return dict(members)


def _points(rows: Sequence[_Read], places: Gazetteer) -> Points:
    return Points(
        ids=np.array([row.id for row in rows], dtype=np.int64),
        vectors=compared_rows(
            rows_of([row.vector for row in rows]), rows_of([row.kinds for row in rows])
        ),
        sectors=[subject_of(row.chosen_sector, row.subject) for row in rows],
        places=places.positions(row.commune for row in rows),
    )


def _locked(session: Session, fabrique_id: int) -> list[int]:
    return [
        cluster_id
        for cluster_id in session.scalars(
            select(Constraint.cluster_id).where(
                Constraint.fabrique_id == fabrique_id,
                Constraint.kind == ConstraintKind.LOCKED,
                Constraint.withdrawn_at.is_(None),
            )
        )
        if cluster_id is not None
    ]


def _write(
    session: Session, placed: Iterable[Placement], run: GroupingRun, *, now: dt.datetime
) -> None:
    by_cluster: defaultdict[int, list[Placement]] = defaultdict(list)
    for one in placed:
        if one.key is not None:
            by_cluster[one.key].append(one)
    for cluster in session.scalars(select(Cluster).where(Cluster.id.in_(by_cluster))):
        if cluster.state is ClusterState.CONFIRMED:
            _propose(session, cluster, by_cluster[cluster.id], run)
        else:
            _enter(session, cluster, by_cluster[cluster.id], run, now=now)


def _enter(
    session: Session,
    cluster: Cluster,
    placed: Sequence[Placement],
    run: GroupingRun,
    *,
    now: dt.datetime,
) -> None:
    session.execute(
        insert(ClusterMember),
        [
            {
                "need_id": one.id,
                "cluster_id": cluster.id,
                "run_id": run.id,
                "placed_at": now,
                "why": "",
                "strength": one.strength,
                "margin": one.margin,
            }
            for one in placed
        ],
    )


def _propose(
    session: Session, cluster: Cluster, placed: Sequence[Placement], run: GroupingRun
) -> None:
    """Add to the line that waits already, if any: the coordinator answers once."""
    waiting = session.scalar(
        select(ClusterChange).where(
            ClusterChange.cluster_id == cluster.id,
            ClusterChange.kind == ChangeKind.ENTERS,
            ClusterChange.answer == ChangeAnswer.WAITING,
        )
    )
    margin = min(one.margin for one in placed)
    if waiting is not None:
        known = set(waiting.need_ids)
        arriving = [one.id for one in placed if one.id not in known]
        waiting.need_ids = [*waiting.need_ids, *arriving]
        waiting.margin = min(waiting.margin, margin)
        return
    session.add(
        ClusterChange(
            run_id=run.id,
            cluster_id=cluster.id,
            kind=ChangeKind.ENTERS,
            need_ids=[one.id for one in placed],
            margin=margin,
            answer=ChangeAnswer.WAITING,
        )
    )
