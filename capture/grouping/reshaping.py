"""Acts that change which groupings there are: merge, split, gather. Each can be undone."""

import datetime as dt
from collections import Counter
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.grouping.before import state_of
from capture.grouping.placing import (
    alive_cluster,
    ask_apart,
    born_by_hand,
    need_ids_of,
    place_by_hand,
    vouch_for,
)
from capture.models import Cluster, ClusterMember, ClusterState, Need, NeedReading
from capture.nlp.sectors import Sector
from fabrique.core.access import Action, Actor
from fabrique.core.errors import Conflict, Invalid
from fabrique.core.journal import JournalEntry, record


def merge(
    session: Session,
    actor: Actor,
    kept_reference: str,
    merged_reference: str,
    *,
    why: str,
    now: dt.datetime,
) -> JournalEntry:
    """Put the needs of one grouping into another, and remember where they came from."""
    kept, merged = (
        alive_cluster(session, actor, kept_reference),
        alive_cluster(session, actor, merged_reference),
    )
    if kept.id == merged.id:
        raise Conflict("cluster.merge_with_itself")
    need_ids = need_ids_of(session, merged)
    before = state_of(session, [kept, merged], need_ids)
    place_by_hand(session, actor, need_ids, kept, why=why, now=now)
    merged.state, merged.merged_into_id = ClusterState.MERGED, kept.id
    vouch_for(kept, actor, now)
    return record(
        session,
        actor,
        "cluster.merged",
        kept.reference,
        now=now,
        why=why,
        facts=before | {"merged": merged.reference},
    )


def split(
    session: Session,
    actor: Actor,
    reference: str,
    need_references: Collection[str],
    title: str,
    *,
    now: dt.datetime,
) -> Cluster:
    """Take some needs out of a grouping into a new one; neither will be merged by the machine."""
    cluster = alive_cluster(session, actor, reference)
    need_ids = list(
        session.scalars(
            select(Need.id)
            .join(ClusterMember, ClusterMember.need_id == Need.id)
            .where(ClusterMember.cluster_id == cluster.id, Need.reference.in_(need_references))
        )
    )
    if not need_ids or len(need_ids) == len(need_ids_of(session, cluster)):
        raise Invalid("cluster.split_needs_two_sides", field="besoins")
    before = state_of(session, [cluster], need_ids)
    born = born_by_hand(
        session, actor, title.strip() or f"{cluster.title} (bis)", cluster.sector, need_ids, now=now
    )
    vouch_for(cluster, actor, now)
    ask_apart(session, actor, cluster, born, why="", now=now)
    record(
        session,
        actor,
        "cluster.split",
        reference,
        now=now,
        facts=before | {"born": born.reference},
    )
    return born


def gather(
    session: Session,
    actor: Actor,
    need_references: Collection[str],
    title: str,
    *,
    now: dt.datetime,
) -> Cluster:
    """Make a grouping of one's own from needs that the machine left alone or elsewhere."""
    actor.require(Action.CLUSTER_EDIT)
    if not title.strip():
        raise Invalid("cluster.title_missing", field="title")
    needs = session.execute(
        select(Need.id, Need.chosen_sector, NeedReading.sector)
        .outerjoin(NeedReading, NeedReading.need_id == Need.id)
        .where(Need.fabrique_id == actor.fabrique_id, Need.reference.in_(need_references))
        .order_by(Need.id)
    ).all()
    if len(needs) < 2:
        raise Invalid("cluster.gather_needs_two", field="besoins")
    # What a person gathers is a territory's business, whatever the machine thought of its parts.
    sectors = Counter(
        sector
        for _id, chosen, guessed in needs
        if (sector := chosen or guessed) not in {None, Sector.HORS_CHAMP}
    )
    sector = min(sectors, key=lambda each: (-sectors[each], each), default=None)
    need_ids = [need_id for need_id, _chosen, _guessed in needs]
    before = state_of(session, [], need_ids)
    born = born_by_hand(session, actor, title.strip(), sector, need_ids, now=now)
    record(
        session,
        actor,
        "cluster.gathered",
        born.reference,
        now=now,
        facts=before | {"born": born.reference},
    )
    return born
