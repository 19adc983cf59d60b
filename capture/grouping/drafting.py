"""What a passage would write, computed from what the database holds and changing nothing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from capture.grouping.comparing import Material, material_of, needs_left_alone
from capture.grouping.placing import ALIVE
from capture.models import (
    Cluster,
    ClusterMember,
    ClusterState,
    Constraint,
    ConstraintKind,
    GroupingRun,
    Need,
    NeedReading,
)
from capture.nlp.carry_over import CarryOver, carry_over
from capture.nlp.cluster import (
    NOISE,
    Constraints,
    Grouping,
    GroupingParameters,
    Points,
    load_grouper,
)
from capture.nlp.describe import Description, Member, describe
from capture.nlp.gist import unexposed
from capture.nlp.language import READER_VERSION, Language
from capture.nlp.pipeline import Reader
from capture.nlp.sectors import Sector
from capture.queries.parts import spans_taken, words_read
from capture.queries.published import published
from fabrique.core.access import Action, Actor
from fabrique.core.db import JsonValue
from fabrique.core.journal import JournalEntry
from fabrique.core.places import Gazetteer


@dataclass(frozen=True, slots=True, kw_only=True)
class OldCluster:
    """A living grouping before the passage."""

    id: int
    is_confirmed: bool
    needs: frozenset[int]
    placed_by_people: frozenset[int]

    @property
    def vouched(self) -> frozenset[int]:
        """The needs whose place here a person answers for."""
        return self.needs if self.is_confirmed else self.placed_by_people


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupingDraft:
    """Everything a passage decided: which needs together, under which identity, described how."""

    started_at: dt.datetime
    vectoriser: str
    parameters: Mapping[str, JsonValue]
    alike: float
    journal_mark: int
    needs: int
    out_of_scope: frozenset[int]
    labels: Mapping[int, int]
    strength: Mapping[int, float]
    margin: Mapping[int, float]
    members: Mapping[int, frozenset[int]]
    sectors: Mapping[int, Sector | None]
    descriptions: Mapping[int, Description]
    old: Mapping[int, OldCluster]
    carried: CarryOver


def draft_regrouping(
    session: Session, actor: Actor, *, language: Language, places: Gazetteer, now: dt.datetime
) -> GroupingDraft:
    """Group the needs already read, under people's instructions; a reading session is enough."""
    actor.require(Action.GROUPING_RUN)
    mark = journal_mark(session, actor.fabrique_id)
    old = living_clusters(session, actor.fabrique_id)
    vouched = frozenset(need for cluster in old.values() for need in cluster.vouched)
    alone = needs_left_alone(session, actor.fabrique_id)
    material = material_of(
        session, actor.fabrique_id, language.vectoriser.id, vouched=vouched, alone=alone
    )
    points = Points(
        ids=material.ids,
        vectors=material.compared,
        sectors=material.subjects,
        places=places.positions(material.communes),
    )
    asked = instructions(session, actor.fabrique_id, old)
    parameters = _with_inertia(session, actor.fabrique_id, language, points)
    grouping = load_grouper(parameters).group(points, asked)
    members = _members(material.ids, grouping)
    carried = carry_over(
        {key: cluster.needs for key, cluster in old.items()},
        members,
        confirmed=frozenset(key for key, cluster in old.items() if cluster.is_confirmed),
        anchors=asked.pinned,
    )
    sector_of = dict(zip(material.ids.tolist(), material.sectors, strict=True))
    return GroupingDraft(
        started_at=now,
        vectoriser=language.vectoriser.id,
        parameters=asdict(parameters) | {"reader": READER_VERSION},
        alike=grouping.alike,
        journal_mark=mark,
        needs=len(material.ids) + len(material.out_of_scope) + len(material.alone),
        out_of_scope=material.out_of_scope,
        labels=dict(zip(material.ids.tolist(), grouping.labels.tolist(), strict=True)),
        strength=dict(zip(material.ids.tolist(), grouping.strength.tolist(), strict=True)),
        margin=dict(zip(material.ids.tolist(), grouping.margin.tolist(), strict=True)),
        members=members,
        sectors={label: _main_sector(needs, sector_of) for label, needs in members.items()},
        descriptions=describe(
            _described(session, actor.fabrique_id, members, material, language.reader),
            taken=_titles_kept(session, actor.fabrique_id),
        ),
        old=old,
        carried=carried,
    )


def _with_inertia(
    session: Session, fabrique_id: int, language: Language, points: Points
) -> GroupingParameters:
    """The usual parameters, and what the last passage asked if it read needs as we do."""
    last = session.scalar(
        select(GroupingRun)
        .where(GroupingRun.fabrique_id == fabrique_id)
        .order_by(GroupingRun.number.desc())
        .limit(1)
    )
    if (
        last is None
        or last.vectoriser != language.vectoriser.id
        or last.parameters.get("reader") != READER_VERSION
    ):
        return language.parameters
    told = select(Need.id).where(Need.fabrique_id == fabrique_id, Need.created_at > last.started_at)
    arrived = np.isin(points.ids, session.scalars(told).all())
    share = float(arrived.mean()) if len(arrived) else 0.0
    return replace(language.parameters, before=last.alike, arrived=share)


def journal_mark(session: Session, fabrique_id: int) -> int:
    """The last act of a person: if it moves while the machine computes, the draft is outdated."""
    return (
        session.scalar(
            select(func.max(JournalEntry.id)).where(
                JournalEntry.fabrique_id == fabrique_id,
                JournalEntry.action.startswith("cluster.")
                | JournalEntry.action.startswith("constraint.")
                | JournalEntry.action.startswith("change.")
                | JournalEntry.action.in_(
                    ("need.moved", "need.pinned", "need.tied", "need.parted", "opportunity.opened")
                ),
            )
        )
        or 0
    )


def living_clusters(session: Session, fabrique_id: int) -> dict[int, OldCluster]:
    """Return the groupings proposed or confirmed, by id."""
    needs: defaultdict[int, set[int]] = defaultdict(set)
    by_people: defaultdict[int, set[int]] = defaultdict(set)
    states: dict[int, ClusterState] = {}
    for cluster_id, state, need_id, person_id in session.execute(
        select(Cluster.id, Cluster.state, ClusterMember.need_id, ClusterMember.person_id)
        .outerjoin(ClusterMember, ClusterMember.cluster_id == Cluster.id)
        .where(Cluster.fabrique_id == fabrique_id, Cluster.state.in_(ALIVE))
    ):
        states[cluster_id] = state
        if need_id is not None:
            needs[cluster_id].add(need_id)
            if person_id is not None:
                by_people[cluster_id].add(need_id)
    return {
        cluster_id: OldCluster(
            id=cluster_id,
            is_confirmed=state is ClusterState.CONFIRMED,
            needs=frozenset(needs[cluster_id]),
            placed_by_people=frozenset(by_people[cluster_id]),
        )
        for cluster_id, state in sorted(states.items())
    }


def instructions(session: Session, fabrique_id: int, old: Mapping[int, OldCluster]) -> Constraints:
    """Return all that people asked of the machine and that still stands; `old` are the living."""
    together: list[tuple[int, int]] = []
    apart: list[tuple[int, int]] = []
    locked: set[int] = set()
    # Whoever a person placed stays; so do all members of groups a person told apart or locked.
    pinned = {need: cluster.id for cluster in old.values() for need in cluster.placed_by_people}
    whole: set[int] = set()
    for constraint in session.scalars(
        select(Constraint).where(
            Constraint.fabrique_id == fabrique_id, Constraint.withdrawn_at.is_(None)
        )
    ):
        match constraint.kind:
            case ConstraintKind.TOGETHER if constraint.need_id and constraint.other_need_id:
                together.append((constraint.need_id, constraint.other_need_id))
            case ConstraintKind.APART if constraint.need_id and constraint.other_need_id:
                apart.append((constraint.need_id, constraint.other_need_id))
            case ConstraintKind.PINNED if constraint.need_id and constraint.cluster_id:
                # Somebody who has moved the need since has the last word.
                pinned.setdefault(constraint.need_id, constraint.cluster_id)
            case ConstraintKind.CLUSTERS_APART:
                whole |= {constraint.cluster_id or 0, constraint.other_cluster_id or 0}
            case ConstraintKind.LOCKED if constraint.cluster_id:
                whole.add(constraint.cluster_id)
                locked.add(constraint.cluster_id)
            case _:
                continue
    for cluster_id in whole & old.keys():
        pinned |= dict.fromkeys(old[cluster_id].needs, cluster_id)
    return Constraints(
        together=tuple(together), apart=tuple(apart), pinned=pinned, locked=frozenset(locked)
    )


def _members(ids: NDArray[np.int64], grouping: Grouping) -> dict[int, frozenset[int]]:
    members: defaultdict[int, set[int]] = defaultdict(set)
    for need_id, label in zip(ids.tolist(), grouping.labels.tolist(), strict=True):
        if label != NOISE:
            members[label].add(need_id)
    return {label: frozenset(needs) for label, needs in members.items()}


def _main_sector(needs: frozenset[int], sector_of: Mapping[int, Sector | None]) -> Sector | None:
    counts: defaultdict[Sector, int] = defaultdict(int)
    for need in needs:
        sector = sector_of[need]
        if sector is not None:
            counts[sector] += 1
    return min(counts, key=lambda sector: (-counts[sector], sector.value), default=None)


def _described(
    session: Session,
    fabrique_id: int,
    members: Mapping[int, frozenset[int]],
    material: Material,
    reader: Reader,
) -> dict[int, list[Member]]:
    label_of = {need: label for label, needs in members.items() for need in needs}
    row_of = {need: row for row, need in enumerate(material.ids.tolist())}
    groups: defaultdict[int, list[Member]] = defaultdict(list)
    taken = spans_taken(session, fabrique_id)
    reading = (NeedReading.personal_count, NeedReading.places, NeedReading.territories)
    for need_id, title, text, *named, is_published in session.execute(
        select(Need.id, Need.title, Need.text, *reading, published(fabrique_id))
        .join(NeedReading, NeedReading.need_id == Need.id)
        .where(Need.fabrique_id == fabrique_id)
        .order_by(Need.id)
        .execution_options(yield_per=5_000)
    ):
        label = label_of.get(need_id)
        if label is not None:
            said = words_read(title, text, taken.get(need_id, ()))
            if any(named):
                said = unexposed(said, reader.read([said])[0])
            groups[label].append(
                Member(
                    id=need_id,
                    text=said,
                    vector=material.vectors[row_of[need_id]],
                    is_quotable=is_published,
                )
            )
    return dict(groups)


def _titles_kept(session: Session, fabrique_id: int) -> list[str]:
    """The titles of living groupings that this passage will not write over."""
    return list(
        session.scalars(
            select(Cluster.title).where(
                Cluster.fabrique_id == fabrique_id,
                Cluster.state.in_(ALIVE),
                or_(Cluster.title_is_locked, Cluster.state == ClusterState.CONFIRMED),
            )
        )
    )
