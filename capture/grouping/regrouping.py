"""Writes what a passage drafted: proposed groupings are made anew, confirmed ones only receive
lines to accept or refuse. Nothing is written over a person."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from capture.grouping.before import needs_noted
from capture.grouping.drafting import GroupingDraft, draft_regrouping, journal_mark
from capture.grouping.placing import CLUSTER_PREFIX
from capture.grouping.reading import read_new_needs
from capture.grouping.teaching import apply_hearing, draft_hearing
from capture.models import (
    ChangeAnswer,
    Cluster,
    ClusterChange,
    ClusterMember,
    ClusterState,
    Constraint,
    ConstraintKind,
    GroupingRun,
)
from capture.nlp.carry_over import Change, ChangeKind
from capture.nlp.describe import Description
from capture.nlp.language import Language
from fabrique.core.access import Action, Actor
from fabrique.core.db import JsonValue
from fabrique.core.errors import Conflict
from fabrique.core.journal import JournalEntry, record
from fabrique.core.places import Gazetteer
from fabrique.core.references import next_references


@dataclass(frozen=True, slots=True, kw_only=True)
class RegroupCounts:
    """Every need is grouped, isolated or out of scope; ``waiting`` ones are counted as grouped:
    the machine proposes that they enter a confirmed grouping."""

    run: int
    needs: int
    grouped: int
    isolated: int
    out_of_scope: int
    clusters: int
    waiting: int
    changes: int

    def as_json(self) -> dict[str, JsonValue]:
        """The counts by name."""
        return dict(asdict(self))


def regroup(
    session: Session, actor: Actor, *, language: Language, places: Gazetteer, now: dt.datetime
) -> RegroupCounts:
    """Read what is new, group, and write, in one go: for small fabriques and for tests."""
    while read_new_needs(session, actor, language=language, now=now):
        pass
    apply_hearing(session, actor, draft_hearing(session, actor, language=language))
    draft = draft_regrouping(session, actor, language=language, places=places, now=now)
    return apply_regrouping(session, actor, draft, now=now)


def apply_regrouping(
    session: Session, actor: Actor, draft: GroupingDraft, *, now: dt.datetime
) -> RegroupCounts:
    """Write a draft; raises ``Conflict`` if a person acted on groupings since it was made."""
    actor.require(Action.GROUPING_RUN)
    if journal_mark(session, actor.fabrique_id) != draft.journal_mark:
        raise Conflict("grouping.outdated")
    run = _new_run(session, actor, draft, now)
    cluster_of = _write_clusters(session, actor, draft, run, now=now)
    waiting, changes = _propose_changes(session, draft, run)
    grouped = _write_members(session, draft, cluster_of, run, now=now)
    _dissolve_empty(session, draft)
    alive = set(cluster_of.values()) | {key for key, old in draft.old.items() if old.is_confirmed}
    in_scope = draft.needs - len(draft.out_of_scope)
    counts = RegroupCounts(
        run=run.number,
        needs=draft.needs,
        grouped=grouped + len(waiting),
        isolated=in_scope - grouped - len(waiting),
        out_of_scope=len(draft.out_of_scope),
        clusters=len(alive),
        waiting=len(waiting),
        changes=changes,
    )
    run.counts, run.ended_at = counts.as_json(), now
    record(session, actor, "grouping.done", f"passage-{run.number}", now=now, facts=run.counts)
    return counts


def _new_run(session: Session, actor: Actor, draft: GroupingDraft, now: dt.datetime) -> GroupingRun:
    last = session.scalar(
        select(func.max(GroupingRun.number)).where(GroupingRun.fabrique_id == actor.fabrique_id)
    )
    run = GroupingRun(
        fabrique_id=actor.fabrique_id,
        number=(last or 0) + 1,
        started_at=draft.started_at,
        vectoriser=draft.vectoriser,
        parameters=dict(draft.parameters),
        alike=draft.alike,
        counts={},
    )
    session.add(run)
    session.flush()
    return run


def _write_clusters(
    session: Session, actor: Actor, draft: GroupingDraft, run: GroupingRun, *, now: dt.datetime
) -> dict[int, int]:
    """The cluster of each label that is not a confirmed one, created or brought up to date."""
    kept = {
        label: key for label, key in draft.carried.key_of.items() if not draft.old[key].is_confirmed
    }
    rows = {cluster.id: cluster for cluster in _clusters(session, kept.values())}
    for label, key in kept.items():
        _describe(rows[key], draft, label)
    # A label made only of needs that a confirmed grouping already holds is not a new grouping.
    held = {need for old in draft.old.values() if old.is_confirmed for need in old.needs}
    refused = _set_aside(session, actor.fabrique_id)
    born = [
        label
        for label in sorted(draft.members)
        if label not in draft.carried.key_of
        and len(draft.members[label] - held) > 1
        and not any(
            2 * len(draft.members[label] & needs) > len(draft.members[label]) for needs in refused
        )
    ]
    references = next_references(
        session, actor.fabrique_id, CLUSTER_PREFIX, now.year, count=len(born), digits=3
    )
    cluster_of = dict(kept)
    created = []
    for label, reference in zip(born, references, strict=True):
        cluster = Cluster(
            fabrique_id=actor.fabrique_id,
            reference=reference,
            state=ClusterState.PROPOSED,
            title_is_locked=False,
            born_run_id=run.id,
        )
        _describe(cluster, draft, label)
        created.append((label, cluster))
    session.add_all(cluster for _label, cluster in created)
    session.flush()
    return cluster_of | {label: cluster.id for label, cluster in created}


def _is_mostly(needs: frozenset[int], others: frozenset[int]) -> bool:
    """Whether more than half of some needs are among others."""
    return 2 * len(needs & others) > len(needs)


def _set_aside(session: Session, fabrique_id: int) -> list[frozenset[int]]:
    """The needs of each grouping that people set aside: most of a new one are not the same."""
    entries = session.scalars(
        select(JournalEntry)
        .join(Cluster, Cluster.reference == JournalEntry.subject)
        .where(
            JournalEntry.fabrique_id == fabrique_id,
            JournalEntry.action == "cluster.set_aside",
            Cluster.fabrique_id == fabrique_id,
            Cluster.state == ClusterState.SET_ASIDE,
        )
    )
    return [needs_noted(entry.facts) for entry in entries]


def _describe(cluster: Cluster, draft: GroupingDraft, label: int) -> None:
    described: Description = draft.descriptions[label]
    if not cluster.title_is_locked:
        cluster.title = described.title[:200]
    cluster.keywords = dict(described.keywords)
    cluster.typical_need_ids = list(described.typical)
    cluster.sector = draft.sectors[label]


def _propose_changes(
    session: Session, draft: GroupingDraft, run: GroupingRun
) -> tuple[set[int], int]:
    """Write the lines for confirmed groupings; the needs proposed to enter, and the line count."""
    confirmed = [key for key, old in draft.old.items() if old.is_confirmed]
    session.execute(
        update(ClusterChange)
        .where(
            ClusterChange.cluster_id.in_(confirmed), ClusterChange.answer == ChangeAnswer.WAITING
        )
        .values(answer=ChangeAnswer.OUTDATED)
    )
    refused = refusals(session, confirmed)
    forbidden = _kept_apart(session, confirmed)
    waiting: set[int] = set()
    lines = 0
    for change in draft.carried.changes:
        need_ids = _still_proposed(change, refused, forbidden)
        if not need_ids:
            continue
        if change.kind is ChangeKind.ENTERS:
            waiting |= set(need_ids)
        lines += 1
        session.add(
            ClusterChange(
                run_id=run.id,
                cluster_id=change.key,
                kind=change.kind,
                other_cluster_id=change.other,
                need_ids=need_ids,
                margin=min(draft.margin.get(need, 0.0) for need in need_ids),
                answer=ChangeAnswer.WAITING,
            )
        )
    session.flush()
    return waiting, lines


def _still_proposed(
    change: Change,
    refused: Mapping[tuple[int, ChangeKind, int | None], set[int]],
    forbidden: set[frozenset[int]],
) -> list[int]:
    """The needs of a line that nobody has refused yet; none if people forbade it."""
    if change.kind is ChangeKind.MERGES and frozenset((change.key, change.other or 0)) in forbidden:
        return []
    said_no = refused.get((change.key, change.kind, change.other), set())
    if change.kind in {ChangeKind.MERGES, ChangeKind.DISAPPEARS} and said_no:
        return []
    return [need for need in change.need_ids if need not in said_no]


def refusals(
    session: Session, confirmed: Iterable[int]
) -> dict[tuple[int, ChangeKind, int | None], set[int]]:
    """What people refused of groupings: the needs by grouping, kind of line and other grouping."""
    refused: dict[tuple[int, ChangeKind, int | None], set[int]] = {}
    for change in session.scalars(
        select(ClusterChange).where(
            ClusterChange.cluster_id.in_(list(confirmed)),
            ClusterChange.answer == ChangeAnswer.REFUSED,
        )
    ):
        key = (change.cluster_id, change.kind, change.other_cluster_id)
        refused.setdefault(key, set()).update(change.need_ids)
    return refused


def _kept_apart(session: Session, confirmed: Iterable[int]) -> set[frozenset[int]]:
    return {
        frozenset((constraint.cluster_id or 0, constraint.other_cluster_id or 0))
        for constraint in session.scalars(
            select(Constraint).where(
                Constraint.kind == ConstraintKind.CLUSTERS_APART,
                Constraint.cluster_id.in_(list(confirmed)),
                Constraint.withdrawn_at.is_(None),
            )
        )
    }


def _write_members(
    session: Session,
    draft: GroupingDraft,
    cluster_of: Mapping[int, int],
    run: GroupingRun,
    *,
    now: dt.datetime,
) -> int:
    """Place again what only the machine had placed; how many needs are in a grouping after it."""
    proposed = [key for key, old in draft.old.items() if not old.is_confirmed]
    for start in range(0, len(proposed), 500):
        session.execute(
            delete(ClusterMember).where(
                ClusterMember.cluster_id.in_(proposed[start : start + 500]),
                ClusterMember.person_id.is_(None),
            )
        )
    settled = {need for old in draft.old.values() for need in old.vouched if need in draft.labels}
    rows = [
        {
            "need_id": need,
            "cluster_id": cluster_of[label],
            "run_id": run.id,
            "placed_at": now,
            "why": "",
            "strength": draft.strength[need],
            "margin": draft.margin[need],
        }
        for label, needs in draft.members.items()
        if label in cluster_of
        for need in sorted(needs - settled)
    ]
    if rows:
        session.execute(insert(ClusterMember), rows)
    return len(rows) + len(settled)


def _dissolve_empty(session: Session, draft: GroupingDraft) -> None:
    gone = [
        key
        for key in draft.carried.gone
        if not draft.old[key].is_confirmed and not draft.old[key].placed_by_people
    ]
    for start in range(0, len(gone), 500):
        session.execute(
            update(Cluster)
            .where(Cluster.id.in_(gone[start : start + 500]))
            .values(state=ClusterState.DISSOLVED)
        )


def _clusters(session: Session, ids: Iterable[int]) -> Iterable[Cluster]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        yield from session.scalars(
            select(Cluster).where(Cluster.id.in_(wanted[start : start + 500]))
        )
