"""What an act of a person is about to change, noted in the journal so that it can be undone."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.models import Cluster, ClusterMember
from fabrique.core.access import Action, Actor
from fabrique.core.db import JsonValue
from fabrique.core.errors import Conflict, NotFound


def cluster_named(session: Session, actor: Actor, reference: str) -> Cluster:
    """The grouping of that reference, if the actor may edit groupings; raises ``NotFound``."""
    actor.require(Action.CLUSTER_EDIT)
    cluster = session.scalar(
        select(Cluster).where(
            Cluster.fabrique_id == actor.fabrique_id, Cluster.reference == reference
        )
    )
    if cluster is None:
        raise NotFound("cluster.unknown")
    return cluster


def person_of(actor: Actor) -> int:
    """The person who acts; instructions and confirmations are never the machine's."""
    if actor.person_id is None:
        raise Conflict("cluster.needs_a_person")
    return actor.person_id


def state_of(
    session: Session, clusters: Iterable[Cluster], need_ids: Iterable[int]
) -> dict[str, JsonValue]:
    """The clusters' own columns, and where each need stands, as JSON for the journal."""
    members = {
        member.need_id: member
        for member in session.scalars(
            select(ClusterMember).where(ClusterMember.need_id.in_(sorted(set(need_ids))))
        )
    }
    return {
        "clusters": [
            {
                "id": cluster.id,
                "state": cluster.state.value,
                "title": cluster.title,
                "title_is_locked": cluster.title_is_locked,
                "merged_into_id": cluster.merged_into_id,
                "confirmed_by_id": cluster.confirmed_by_id,
                "confirmed_at": cluster.confirmed_at.isoformat() if cluster.confirmed_at else None,
            }
            for cluster in clusters
        ],
        "members": [_member(need_id, members.get(need_id)) for need_id in sorted(set(need_ids))],
    }


def needs_noted(facts: Mapping[str, JsonValue]) -> frozenset[int]:
    """The needs whose place an act noted before it changed it."""
    rows = facts.get("members", [])
    return frozenset(
        need_id
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, Mapping) and isinstance(need_id := row["need_id"], int)
    )


def _member(need_id: int, member: ClusterMember | None) -> JsonValue:
    if member is None:
        return {"need_id": need_id, "cluster_id": None}
    return {
        "need_id": need_id,
        "cluster_id": member.cluster_id,
        "run_id": member.run_id,
        "person_id": member.person_id,
        "placed_at": member.placed_at.isoformat(),
        "why": member.why,
        "strength": member.strength,
        "margin": member.margin,
    }
