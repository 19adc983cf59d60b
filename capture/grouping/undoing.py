"""Undo: put back what the journal noted before an act, unless somebody has changed it since."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from capture.models import (
    ChangeAnswer,
    Cluster,
    ClusterChange,
    ClusterMember,
    ClusterState,
    Constraint,
    Need,
    NeedConfirmation,
    NeedPart,
    NeedReading,
    NeedState,
    Opportunity,
)
from fabrique.core.access import Action, Actor
from fabrique.core.db import JsonValue
from fabrique.core.errors import Conflict, NotFound
from fabrique.core.journal import JournalEntry, record

_UNDOABLE = frozenset(
    {
        "cluster.confirmed",
        "cluster.renamed",
        "cluster.merged",
        "cluster.split",
        "cluster.gathered",
        "cluster.set_aside",
        "cluster.kept_apart",
        "need.cut_out",
        "need.moved",
        "need.parted",
        "need.pinned",
        "need.tied",
        "change.accepted",
        "change.refused",
    }
)


def undo(session: Session, actor: Actor, entry_id: int, *, now: dt.datetime) -> JournalEntry:
    """Undo one act on groupings; raises ``Conflict`` if a later act touched the same dossier."""
    actor.require(Action.CLUSTER_EDIT)
    entry = session.scalar(
        select(JournalEntry).where(
            JournalEntry.id == entry_id, JournalEntry.fabrique_id == actor.fabrique_id
        )
    )
    if entry is None or entry.action not in _UNDOABLE:
        raise NotFound("undo.unknown")
    if _is_overtaken(session, entry):
        raise Conflict("undo.too_late")
    facts = entry.facts
    _restore_clusters(session, facts)
    _restore_members(session, facts)
    _restore_answers(session, facts)
    _dissolve_born(session, actor, facts)
    _withdraw(session, actor, facts, now=now)
    _join_again(session, facts)
    return record(session, actor, f"{entry.action}.undone", entry.subject, now=now, undoes=entry)


def _is_overtaken(session: Session, entry: JournalEntry) -> bool:
    """Whether it is undone already, or a later act still standing touched the same things."""
    later = session.scalars(
        select(JournalEntry).where(
            JournalEntry.fabrique_id == entry.fabrique_id, JournalEntry.id > entry.id
        )
    ).all()
    undone = {line.undoes_id for line in later}
    if entry.id in undone:
        return True
    touched = _touched(entry)
    signed = session.scalar(
        select(Opportunity.id).where(
            Opportunity.cluster_id.in_(_ids(entry.facts, "clusters", "id")),
            Opportunity.opened_at > entry.at,
        )
    )
    return signed is not None or any(
        touched & _touched(line)
        for line in later
        if line.action in _UNDOABLE and line.id not in undone
    )


def _touched(entry: JournalEntry) -> set[str]:
    """The dossier of an act, the groupings it changed or made, the needs it placed."""
    born = {str(entry.facts["born"])} if "born" in entry.facts else set()
    clusters = {f"cluster {each}" for each in _ids(entry.facts, "clusters", "id")}
    needs = {f"need {each}" for each in _ids(entry.facts, "members", "need_id")}
    cut = {f"need {entry.facts['cut_out']}"} if "cut_out" in entry.facts else set()
    return {entry.subject} | born | clusters | needs | cut


def _ids(facts: Mapping[str, JsonValue], rows: str, name: str) -> set[int]:
    return {number for row in _rows(facts, rows) if isinstance(number := row[name], int)}


def _rows(facts: Mapping[str, JsonValue], name: str) -> list[dict[str, JsonValue]]:
    rows = facts.get(name, [])
    return [dict(row) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _restore_clusters(session: Session, facts: Mapping[str, JsonValue]) -> None:
    for row in _rows(facts, "clusters"):
        cluster = session.get_one(Cluster, row["id"])
        cluster.state = ClusterState(str(row["state"]))
        cluster.title = str(row["title"])
        cluster.title_is_locked = bool(row["title_is_locked"])
        cluster.merged_into_id = _integer(row["merged_into_id"])
        cluster.confirmed_by_id = _integer(row["confirmed_by_id"])
        confirmed_at = row["confirmed_at"]
        cluster.confirmed_at = (
            dt.datetime.fromisoformat(confirmed_at) if isinstance(confirmed_at, str) else None
        )


def _restore_members(session: Session, facts: Mapping[str, JsonValue]) -> None:
    for row in _rows(facts, "members"):
        need_id = _integer(row["need_id"])
        if row["cluster_id"] is None:
            session.execute(delete(ClusterMember).where(ClusterMember.need_id == need_id))
            continue
        session.merge(
            ClusterMember(
                need_id=need_id,
                cluster_id=_integer(row["cluster_id"]),
                run_id=_integer(row["run_id"]),
                person_id=_integer(row["person_id"]),
                placed_at=dt.datetime.fromisoformat(str(row["placed_at"])),
                why=str(row["why"]),
                strength=_number(row["strength"]),
                margin=_number(row["margin"]),
            )
        )
    session.flush()


def _restore_answers(session: Session, facts: Mapping[str, JsonValue]) -> None:
    if "change" in facts:
        change = session.get_one(ClusterChange, facts["change"])
        change.answer, change.answered_by_id = ChangeAnswer.WAITING, None
        change.answered_at = None


def _dissolve_born(session: Session, actor: Actor, facts: Mapping[str, JsonValue]) -> None:
    if "born" not in facts:
        return
    born = session.scalar(
        select(Cluster).where(
            Cluster.fabrique_id == actor.fabrique_id, Cluster.reference == facts["born"]
        )
    )
    if born is None:
        return
    born.state = ClusterState.DISSOLVED
    for constraint in session.scalars(
        select(Constraint).where(Constraint.other_cluster_id == born.id)
    ):
        constraint.withdrawn_at = constraint.created_at
        constraint.withdrawn_by_id = actor.person_id


def _withdraw(
    session: Session, actor: Actor, facts: Mapping[str, JsonValue], *, now: dt.datetime
) -> None:
    if "constraint" in facts:
        constraint = session.get_one(Constraint, facts["constraint"])
        constraint.withdrawn_at, constraint.withdrawn_by_id = now, actor.person_id


def _join_again(session: Session, facts: Mapping[str, JsonValue]) -> None:
    """Give the words of a need cut out back to its message."""
    part = session.get(NeedPart, facts.get("cut_out", -1))
    if part is None:
        return
    confirmed = select(NeedConfirmation.id).where(NeedConfirmation.need_id == part.need_id)
    if session.scalar(confirmed.limit(1)) is not None:
        # Somebody else has said that need as well: her voice stays with it.
        raise Conflict("undo.too_late")
    session.get_one(Need, part.need_id).state = NeedState.WITHDRAWN
    session.execute(delete(ClusterMember).where(ClusterMember.need_id == part.need_id))
    session.execute(
        update(NeedReading).where(NeedReading.need_id == part.message_id).values(reader="")
    )
    session.delete(part)


def _integer(value: JsonValue) -> int | None:
    return value if isinstance(value, int) else None


def _number(value: JsonValue) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
