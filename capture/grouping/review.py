"""What people decide of groupings: confirm, rename, move, pin, keep apart, answer the machine.
Each act is journalled with what it changes; those that return a line can be undone."""

import datetime as dt

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from capture.grouping.before import person_of, state_of
from capture.grouping.placing import (
    alive_cluster,
    ask_apart,
    need_ids_of,
    place_by_hand,
)
from capture.models import (
    ChangeAnswer,
    Cluster,
    ClusterChange,
    ClusterMember,
    ClusterState,
    Constraint,
    ConstraintKind,
    Need,
    NeedState,
)
from capture.nlp.carry_over import ChangeKind
from fabrique.core.access import Action, Actor
from fabrique.core.errors import Conflict, Invalid, NotFound
from fabrique.core.journal import JournalEntry, record


def confirm(session: Session, actor: Actor, reference: str, *, now: dt.datetime) -> JournalEntry:
    """Sign a grouping: from now on the machine proposes changes to it and makes none."""
    cluster = alive_cluster(session, actor, reference)
    if cluster.state is ClusterState.CONFIRMED:
        raise Conflict("cluster.already_confirmed")
    before = state_of(session, [cluster], [])
    cluster.state = ClusterState.CONFIRMED
    cluster.confirmed_by_id, cluster.confirmed_at = person_of(actor), now
    return record(session, actor, "cluster.confirmed", reference, now=now, facts=before)


def rename(
    session: Session, actor: Actor, reference: str, title: str, *, now: dt.datetime
) -> JournalEntry:
    """Give a grouping its title; it is locked and no later passage changes it."""
    cluster = alive_cluster(session, actor, reference)
    if not title.strip():
        raise Invalid("cluster.title_missing", field="title")
    before = state_of(session, [cluster], [])
    cluster.title, cluster.title_is_locked = title.strip()[:200], True
    return record(session, actor, "cluster.renamed", reference, now=now, facts=before)


def move(
    session: Session,
    actor: Actor,
    need_reference: str,
    cluster_reference: str | None,
    *,
    why: str,
    now: dt.datetime,
) -> JournalEntry:
    """Place a need in another grouping, or on its own when none is named: no passage moves it."""
    need = _need(session, actor, need_reference)
    cluster = alive_cluster(session, actor, cluster_reference) if cluster_reference else None
    facts = state_of(session, [], [need.id])
    if cluster is None:
        session.execute(delete(ClusterMember).where(ClusterMember.need_id == need.id))
        facts["constraint"] = _leave_alone(session, actor, need, why=why, now=now).id
    else:
        place_by_hand(session, actor, [need.id], cluster, why=why, now=now)
    return record(
        session,
        actor,
        "need.moved",
        need_reference,
        now=now,
        why=why,
        facts=facts | {"to": cluster.reference if cluster else None},
    )


def set_aside(
    session: Session, actor: Actor, reference: str, *, why: str, now: dt.datetime
) -> JournalEntry:
    """Say that a grouping leads nowhere; its needs become free again, but not to make it anew."""
    cluster = alive_cluster(session, actor, reference)
    need_ids = need_ids_of(session, cluster)
    before = state_of(session, [cluster], need_ids)
    cluster.state = ClusterState.SET_ASIDE
    session.execute(delete(ClusterMember).where(ClusterMember.cluster_id == cluster.id))
    return record(session, actor, "cluster.set_aside", reference, now=now, why=why, facts=before)


def pin(
    session: Session, actor: Actor, need_reference: str, *, why: str, now: dt.datetime
) -> JournalEntry:
    """Tie a need to the grouping it is in: no passage will propose to take it out."""
    need = _need(session, actor, need_reference)
    member = session.get(ClusterMember, need.id)
    if member is None:
        raise Conflict("need.not_grouped")
    constraint = Constraint(
        fabrique_id=actor.fabrique_id,
        kind=ConstraintKind.PINNED,
        need_id=need.id,
        cluster_id=member.cluster_id,
        person_id=person_of(actor),
        created_at=now,
        why=why,
    )
    session.add(constraint)
    before = state_of(session, [], [need.id])
    member.run_id, member.person_id, member.placed_at = None, actor.person_id, now
    session.flush()
    return record(
        session,
        actor,
        "need.pinned",
        need_reference,
        now=now,
        why=why,
        facts=before | {"constraint": constraint.id},
    )


def keep_apart(
    session: Session,
    actor: Actor,
    reference: str,
    other_reference: str,
    *,
    why: str,
    now: dt.datetime,
) -> JournalEntry:
    """Ask the machine never to propose the union of two groupings."""
    cluster = alive_cluster(session, actor, reference)
    other = alive_cluster(session, actor, other_reference)
    constraint = ask_apart(session, actor, cluster, other, why=why, now=now)
    return record(
        session,
        actor,
        "cluster.kept_apart",
        reference,
        now=now,
        why=why,
        facts={"constraint": constraint.id, "other": other_reference},
    )


def withdraw_constraint(
    session: Session, actor: Actor, constraint_id: int, *, now: dt.datetime
) -> JournalEntry:
    """Take back an instruction; the next passage is free of it."""
    actor.require(Action.CLUSTER_EDIT)
    constraint = session.scalar(
        select(Constraint).where(
            Constraint.id == constraint_id,
            Constraint.fabrique_id == actor.fabrique_id,
            Constraint.withdrawn_at.is_(None),
        )
    )
    if constraint is None:
        raise NotFound("constraint.unknown")
    constraint.withdrawn_at, constraint.withdrawn_by_id = now, person_of(actor)
    return record(
        session,
        actor,
        "constraint.withdrawn",
        _subject(session, constraint),
        now=now,
        facts={"constraint": constraint.id},
    )


def answer_change(
    session: Session, actor: Actor, change_id: int, *, accept: bool, now: dt.datetime
) -> JournalEntry:
    """Accept or refuse one line of what the machine proposes for a confirmed grouping."""
    actor.require(Action.CLUSTER_EDIT)
    change = session.scalar(
        select(ClusterChange)
        .join(Cluster, ClusterChange.cluster_id == Cluster.id)
        .where(ClusterChange.id == change_id, Cluster.fabrique_id == actor.fabrique_id)
    )
    if change is None:
        raise NotFound("change.unknown")
    if change.answer is not ChangeAnswer.WAITING:
        raise Conflict("change.already_answered")
    cluster = session.get_one(Cluster, change.cluster_id)
    if accept and change.kind is ChangeKind.ENTERS:
        _check_free(session, change)
    other = session.get_one(Cluster, change.other_cluster_id) if change.other_cluster_id else None
    touched = (
        change.need_ids if change.kind is not ChangeKind.MERGES else need_ids_of(session, other)
    )
    before = state_of(session, [cluster, *([other] if other else [])], touched)
    change.answer = ChangeAnswer.ACCEPTED if accept else ChangeAnswer.REFUSED
    change.answered_by_id, change.answered_at = person_of(actor), now
    if accept:
        _apply(session, actor, change, cluster, other, now=now)
    return record(
        session,
        actor,
        "change.accepted" if accept else "change.refused",
        cluster.reference,
        now=now,
        facts=before | {"change": change.id, "kind": change.kind.value},
    )


def _apply(
    session: Session,
    actor: Actor,
    change: ClusterChange,
    cluster: Cluster,
    other: Cluster | None,
    *,
    now: dt.datetime,
) -> None:
    match change.kind:
        case ChangeKind.ENTERS:
            place_by_hand(session, actor, change.need_ids, cluster, why="", now=now)
        case ChangeKind.LEAVES | ChangeKind.SPLITS if other is not None:
            place_by_hand(session, actor, change.need_ids, other, why="", now=now)
        case ChangeKind.LEAVES | ChangeKind.SPLITS:
            session.execute(delete(ClusterMember).where(ClusterMember.need_id.in_(change.need_ids)))
        case ChangeKind.MERGES if other is not None:
            place_by_hand(session, actor, need_ids_of(session, other), cluster, why="", now=now)
            other.state, other.merged_into_id = ClusterState.MERGED, cluster.id
        case ChangeKind.MERGES | ChangeKind.DISAPPEARS:
            cluster.state = ClusterState.DISSOLVED
            session.execute(delete(ClusterMember).where(ClusterMember.cluster_id == cluster.id))


def _check_free(session: Session, change: ClusterChange) -> None:
    """Raise ``Conflict`` if a person placed one of the needs since, or its author took it back."""
    overtaken = session.scalar(
        select(Need.id)
        .outerjoin(ClusterMember, ClusterMember.need_id == Need.id)
        .where(
            Need.id.in_(change.need_ids),
            or_(Need.state == NeedState.WITHDRAWN, ClusterMember.person_id.is_not(None)),
        )
        .limit(1)
    )
    if overtaken is not None:
        raise Conflict("change.overtaken")


def _leave_alone(
    session: Session, actor: Actor, need: Need, *, why: str, now: dt.datetime
) -> Constraint:
    constraint = Constraint(
        fabrique_id=actor.fabrique_id,
        kind=ConstraintKind.ALONE,
        need_id=need.id,
        person_id=person_of(actor),
        created_at=now,
        why=why[:500],
    )
    session.add(constraint)
    session.flush()
    return constraint


def _need(session: Session, actor: Actor, reference: str) -> Need:
    actor.require(Action.CLUSTER_EDIT)
    need = session.scalar(
        select(Need).where(Need.fabrique_id == actor.fabrique_id, Need.reference == reference)
    )
    if need is None:
        raise NotFound("need.unknown")
    return need


def _subject(session: Session, constraint: Constraint) -> str:
    if constraint.cluster_id is not None:
        return session.get_one(Cluster, constraint.cluster_id).reference
    return session.get_one(Need, constraint.need_id).reference
