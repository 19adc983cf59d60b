"""How a person's hand places needs in groupings; shared by every act on them."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.grouping.before import cluster_named, person_of
from capture.models import (
    Cluster,
    ClusterMember,
    ClusterState,
    Constraint,
    ConstraintKind,
)
from capture.nlp.sectors import Sector
from fabrique.core.access import Actor
from fabrique.core.errors import Conflict
from fabrique.core.references import next_reference

CLUSTER_PREFIX = "R"
ALIVE = (ClusterState.PROPOSED, ClusterState.CONFIRMED)


def alive_cluster(session: Session, actor: Actor, reference: str) -> Cluster:
    """The grouping of that reference, still proposed or confirmed; raises ``Conflict``."""
    cluster = cluster_named(session, actor, reference)
    if cluster.state not in ALIVE:
        raise Conflict("cluster.not_alive")
    return cluster


def vouch_for(cluster: Cluster, actor: Actor, now: dt.datetime) -> None:
    """Confirm a proposed grouping by the hand that has just changed it."""
    if cluster.state is ClusterState.PROPOSED:
        cluster.state = ClusterState.CONFIRMED
        cluster.confirmed_by_id, cluster.confirmed_at = person_of(actor), now


def need_ids_of(session: Session, cluster: Cluster | None) -> list[int]:
    """The needs of a grouping, in order; none for no grouping."""
    if cluster is None:
        return []
    return list(
        session.scalars(
            select(ClusterMember.need_id)
            .where(ClusterMember.cluster_id == cluster.id)
            .order_by(ClusterMember.need_id)
        )
    )


def born_by_hand(
    session: Session,
    actor: Actor,
    title: str,
    sector: Sector | None,
    need_ids: list[int],
    *,
    now: dt.datetime,
) -> Cluster:
    """A confirmed grouping with these needs, its title locked."""
    born = Cluster(
        fabrique_id=actor.fabrique_id,
        reference=next_reference(session, actor.fabrique_id, CLUSTER_PREFIX, now.year, digits=3),
        state=ClusterState.CONFIRMED,
        title=title[:200],
        title_is_locked=True,
        keywords={},
        typical_need_ids=need_ids[:3],
        sector=sector,
        confirmed_by_id=person_of(actor),
        confirmed_at=now,
    )
    session.add(born)
    session.flush()
    place_by_hand(session, actor, need_ids, born, why="", now=now)
    return born


def place_by_hand(
    session: Session,
    actor: Actor,
    need_ids: Iterable[int],
    cluster: Cluster,
    *,
    why: str,
    now: dt.datetime,
) -> None:
    """Put needs in a grouping in the name of the person who acts."""
    for need_id in need_ids:
        session.merge(
            ClusterMember(
                need_id=need_id,
                cluster_id=cluster.id,
                run_id=None,
                person_id=person_of(actor),
                placed_at=now,
                why=why[:500],
                strength=1.0,
                margin=1.0,
            )
        )
    session.flush()


def ask_apart(
    session: Session, actor: Actor, cluster: Cluster, other: Cluster, *, why: str, now: dt.datetime
) -> Constraint:
    """Write the instruction that two groupings never unite."""
    constraint = Constraint(
        fabrique_id=actor.fabrique_id,
        kind=ConstraintKind.CLUSTERS_APART,
        cluster_id=cluster.id,
        other_cluster_id=other.id,
        person_id=person_of(actor),
        created_at=now,
        why=why,
    )
    session.add(constraint)
    session.flush()
    return constraint
