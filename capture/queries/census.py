"""Every living grouping counted: voices, communes, months. Counting reads all the needs of a
fabrique, so the counts are kept in memory until its journal has a new line."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from capture.models import Cluster, ClusterMember, ClusterState, Need, NeedConfirmation, NeedState
from capture.nlp.sectors import Sector
from capture.queries.published import alive
from capture.queries.voices import month_columns, twelve_months
from fabrique.core.access import Action, Actor, in_sight
from fabrique.core.db import JsonValue
from fabrique.core.journal import JournalEntry
from fabrique.core.text import fold

CountedT = TypeVar("CountedT")


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedCluster:
    """A living grouping with what it is sorted, drawn and compared by.

    ``curve`` counts needs in each of the twelve months up to today.
    """

    id: int
    reference: str
    title: str
    folded_title: str
    sector: Sector
    state: ClusterState
    title_is_locked: bool
    keywords: frozenset[str]
    testimonies: int
    communes: int
    last: dt.date
    curve: tuple[int, ...]


class Kept(Generic[CountedT]):
    """The last counts of each fabrique, with the line of the journal they were made at.

    Every act is journalled: without a new line, counting again would find the same.
    """

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Hashable, CountedT]] = {}

    def get(
        self,
        session: Session,
        fabrique_id: int,
        count: Callable[[], CountedT],
        *,
        day: dt.date | None = None,
    ) -> CountedT:
        """The counts kept if nothing happened since, on the same ``day``; else new ones."""
        line = session.scalar(
            select(JournalEntry.id)
            .where(JournalEntry.fabrique_id == fabrique_id)
            .order_by(JournalEntry.id.desc())
            .limit(1)
        )
        made_at, kept = self._kept.get(fabrique_id, (None, None))
        if kept is None or made_at != (line, day):
            kept = count()
            self._kept[fabrique_id] = ((line, day), kept)
        return kept


Census = tuple[CountedCluster, ...]


@dataclass(frozen=True, slots=True)
class CensusKeeper:
    """Where the census of each fabrique is kept."""

    kept: Kept[Census] = field(default_factory=Kept)

    def of(self, session: Session, actor: Actor, *, today: dt.date) -> Census:
        """The living groupings in the actor's sight; those of a whole fabrique are kept."""
        if actor.territories(Action.CLUSTER_READ) is not None:
            sight = in_sight(actor, Action.CLUSTER_READ, Need.commune)
            return census_of(session, actor.fabrique_id, sight, today=today)
        return self.kept.get(
            session,
            actor.fabrique_id,
            lambda: census_of(session, actor.fabrique_id, None, today=today),
            day=today,
        )


def census_of(
    session: Session, fabrique_id: int, sight: ColumnElement[bool] | None, *, today: dt.date
) -> Census:
    """The living groupings that have needs in sight (all when None), counted over these needs."""
    seen = [alive(fabrique_id), Need.state != NeedState.WITHDRAWN]
    if sight is not None:
        seen.append(sight)
    curves = _curves(session, seen, today)
    return tuple(
        CountedCluster(
            id=row.id,
            reference=row.reference,
            title=row.title,
            folded_title=fold(row.title),
            sector=row.sector or Sector.TRANSVERSAL,
            state=row.state,
            title_is_locked=row.title_is_locked,
            keywords=frozenset(row.keywords),
            testimonies=row.needs + (row.voices or 0),
            communes=row.communes,
            last=row.last,
            curve=curves.get(row.id, (0,) * 12),
        )
        for row in session.execute(_counted().where(*seen).group_by(Cluster.id))
    )


def _counted() -> Select[
    int,
    str,
    str,
    Sector | None,
    ClusterState,
    bool,
    dict[str, JsonValue],
    int,
    int,
    int,
    dt.date,
]:
    voices = (
        select(ClusterMember.cluster_id, func.count().label("voices"))
        .join(NeedConfirmation, NeedConfirmation.need_id == ClusterMember.need_id)
        .group_by(ClusterMember.cluster_id)
        .subquery()
    )
    return (
        select(
            Cluster.id,
            Cluster.reference,
            Cluster.title,
            Cluster.sector,
            Cluster.state,
            Cluster.title_is_locked,
            Cluster.keywords,
            func.count().label("needs"),
            func.max(voices.c.voices).label("voices"),
            func.count(Need.commune.distinct()).label("communes"),
            func.max(Need.observed_on).label("last"),
        )
        .join(ClusterMember, ClusterMember.cluster_id == Cluster.id)
        .join(Need, Need.id == ClusterMember.need_id)
        .outerjoin(voices, voices.c.cluster_id == Cluster.id)
    )


def _curves(
    session: Session, seen: list[ColumnElement[bool]], today: dt.date
) -> dict[int, tuple[int, ...]]:
    year, month = month_columns(Need.observed_on)
    counted: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for cluster_id, in_year, in_month, needs in session.execute(
        select(ClusterMember.cluster_id, year, month, func.count())
        .join(Need, Need.id == ClusterMember.need_id)
        .join(Cluster, Cluster.id == ClusterMember.cluster_id)
        .where(*seen, Need.observed_on > today - dt.timedelta(days=366))
        .group_by(ClusterMember.cluster_id, year, month)
    ):
        counted[cluster_id].append((in_year, in_month, needs))
    return {
        cluster_id: twelve_months(months, today=today) for cluster_id, months in counted.items()
    }
