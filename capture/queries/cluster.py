"""One grouping: who speaks and where, what the machine would change, what people asked of it."""

import datetime as dt
import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from capture.models import (
    Cluster,
    ClusterMember,
    ClusterState,
    GroupingRun,
    Need,
    NeedState,
    Opportunity,
)
from capture.nlp.sectors import Sector
from capture.queries.board import close_title
from capture.queries.census import Census, CensusKeeper
from capture.queries.changes import ChangeLine, Instruction, changes_of, instructions_of
from capture.queries.history import HistoryLine, history_view
from capture.queries.published import place_name, words_to_mark
from capture.queries.voices import NO_VOICE, voices_of
from fabrique.core.access import Action, Actor, in_sight
from fabrique.core.db import JsonValue
from fabrique.core.errors import NotFound
from fabrique.core.people import Person, Quality
from fabrique.core.places import Gazetteer
from fabrique.core.text import fold

TYPICAL = 3
PLACES = 5
NEIGHBOURS = 3
# Under three testimonies a grouping says little of a territory.
SMALL = 3


class Lint(enum.StrEnum):
    """What deserves a look in a grouping."""

    SMALL = "small"
    ONE_COMMUNE = "one_commune"
    ONE_VOICE = "one_voice"
    CLOSE_TITLE = "close_title"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A need in its own words, with the words to mark."""

    reference: str
    text: str
    quality: Quality
    place: str
    observed_on: dt.date
    marked: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another grouping that shares key words with this one."""

    reference: str
    title: str
    testimonies: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Who speaks in a grouping: people, organisations, qualities; silence is counted too."""

    people: int
    organisations: int
    qualities: Mapping[Quality, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedOpportunity:
    """An opportunity opened from the grouping."""

    reference: str
    title: str
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterView:
    """What the page of a grouping knows. ``close_title`` is another grouping's title, if close."""

    reference: str
    title: str
    summary: str
    sector: Sector | None
    state: ClusterState
    title_is_locked: bool
    confirmed_at: dt.datetime | None
    confirmed_by: str
    merged_into: str | None
    born_run: int | None
    opportunities: tuple[LinkedOpportunity, ...]
    testimonies: int
    crowd: Crowd
    first: dt.date | None
    months: int
    places: tuple[tuple[str, int], ...]
    communes: int
    other_places: tuple[int, int]
    keywords: tuple[tuple[str, int], ...]
    quotes: tuple[Quote, ...]
    changes: tuple[ChangeLine, ...]
    instructions: tuple[Instruction, ...]
    history: tuple[HistoryLine, ...]
    lints: tuple[Lint, ...]
    close_title: str | None
    neighbours: tuple[Neighbour, ...]


def cluster_view(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    census: CensusKeeper,
    places: Gazetteer,
    today: dt.date,
) -> ClusterView:
    """The grouping of that reference; raises ``NotFound``, ``Forbidden`` or ``SignInNeeded``."""
    cluster = cluster_named(session, actor, reference)
    voices = voices_of(session, [cluster.id]).get(cluster.id, NO_VOICE)
    crowd = _crowd(session, cluster)
    keywords = _keywords(cluster.keywords)
    living = census.of(session, actor, today=today)
    close = close_title(
        cluster.id, fold(cluster.title), cluster.sector or Sector.TRANSVERSAL, living
    )
    born_run, merged_into = _origins(session, cluster)
    shown = voices.places[:PLACES]
    return ClusterView(
        reference=cluster.reference,
        title=cluster.title,
        summary=cluster.summary,
        sector=cluster.sector,
        state=cluster.state,
        title_is_locked=cluster.title_is_locked,
        confirmed_at=cluster.confirmed_at,
        confirmed_by=cluster.confirmed_by.name if cluster.confirmed_by else "",
        merged_into=merged_into,
        born_run=born_run,
        opportunities=_opportunities(session, cluster),
        testimonies=voices.testimonies,
        crowd=crowd,
        first=voices.first,
        months=_months(voices.first, today),
        places=tuple((place_name(places, code), number) for code, number in shown),
        communes=voices.communes,
        other_places=(
            voices.communes - len(shown),
            sum(number for _, number in voices.places[PLACES:]),
        ),
        keywords=keywords,
        quotes=_quotes(session, actor, cluster, [word for word, _ in keywords], places),
        changes=changes_of(session, cluster, places=places),
        instructions=instructions_of(session, cluster),
        history=history_view(session, actor.fabrique_id, cluster.reference),
        lints=_lints(voices.testimonies, voices.communes, crowd, close),
        close_title=close,
        neighbours=_neighbours(cluster, keywords, living),
    )


def cluster_named(session: Session, actor: Actor, reference: str) -> Cluster:
    """The grouping of that reference, with who confirmed it, if the actor may read groupings."""
    actor.require(Action.CLUSTER_READ)
    statement = (
        select(Cluster)
        .where(Cluster.fabrique_id == actor.fabrique_id, Cluster.reference == reference)
        .options(joinedload(Cluster.confirmed_by))
    )
    if actor.territories(Action.CLUSTER_READ) is not None:
        statement = statement.where(
            Cluster.id.in_(
                select(ClusterMember.cluster_id)
                .join(Need, Need.id == ClusterMember.need_id)
                .where(in_sight(actor, Action.CLUSTER_READ, Need.commune))
            )
        )
    cluster = session.scalar(statement)
    if cluster is None:
        raise NotFound("cluster.unknown")
    return cluster


def members_in_sight(actor: Actor, cluster: Cluster) -> tuple[ColumnElement[bool], ...]:
    """The needs of a grouping that the actor may read; the statement joins the members."""
    return (
        ClusterMember.cluster_id == cluster.id,
        Need.state != NeedState.WITHDRAWN,
        in_sight(actor, Action.CLUSTER_READ, Need.commune),
    )


def _months(first: dt.date | None, today: dt.date) -> int:
    return (today.year - first.year) * 12 + today.month - first.month if first else 0


def _keywords(kept: Mapping[str, JsonValue]) -> tuple[tuple[str, int], ...]:
    counted = ((word, number) for word, number in kept.items() if isinstance(number, int))
    return tuple(sorted(counted, key=lambda pair: (-pair[1], pair[0])))


def _origins(session: Session, cluster: Cluster) -> tuple[int | None, str | None]:
    row = session.execute(
        select(
            select(GroupingRun.number)
            .where(GroupingRun.id == cluster.born_run_id)
            .scalar_subquery(),
            select(Cluster.reference).where(Cluster.id == cluster.merged_into_id).scalar_subquery(),
        )
    ).one()
    return row[0], row[1]


def _opportunities(session: Session, cluster: Cluster) -> tuple[LinkedOpportunity, ...]:
    return tuple(
        LinkedOpportunity(reference=reference, title=title, is_closed=is_closed)
        for reference, title, is_closed in session.execute(
            select(Opportunity.reference, Opportunity.title, Opportunity.is_closed)
            .where(Opportunity.cluster_id == cluster.id)
            .order_by(Opportunity.id.desc())
        )
    )


def _crowd(session: Session, cluster: Cluster) -> Crowd:
    inside = (ClusterMember.cluster_id == cluster.id, Need.state != NeedState.WITHDRAWN)
    qualities = session.execute(
        select(Need.quality, func.count())
        .join(ClusterMember, ClusterMember.need_id == Need.id)
        .where(*inside)
        .group_by(Need.quality)
    ).all()
    known, nameless, organisations = session.execute(
        select(
            func.count(Need.author_id.distinct()),
            # Nobody knows whether two people without account are one: each is counted.
            func.count() - func.count(Need.author_id),
            func.count(func.coalesce(Need.organisation_id, Person.organisation_id).distinct()),
        )
        .select_from(Need)
        .join(ClusterMember, ClusterMember.need_id == Need.id)
        .outerjoin(Person, Person.id == Need.author_id)
        .where(*inside)
    ).one()
    return Crowd(people=known + nameless, organisations=organisations, qualities=dict(qualities))


def _quotes(
    session: Session,
    actor: Actor,
    cluster: Cluster,
    keywords: Sequence[str],
    places: Gazetteer,
) -> tuple[Quote, ...]:
    typical = {need_id: rank for rank, need_id in enumerate(cluster.typical_need_ids)}
    needs = session.scalars(
        select(Need)
        .join(ClusterMember, ClusterMember.need_id == Need.id)
        .where(*members_in_sight(actor, cluster))
        .order_by(Need.id.in_(list(typical)).desc(), ClusterMember.strength.desc(), Need.id)
        .limit(TYPICAL)
    )
    return tuple(
        quote_of(need, keywords, places)
        for need in sorted(needs, key=lambda need: typical.get(need.id, TYPICAL))
    )


def quote_of(need: Need, keywords: Collection[str], places: Gazetteer) -> Quote:
    """A need as it is quoted."""
    return Quote(
        reference=need.reference,
        text=need.text,
        quality=need.quality,
        place=place_name(places, need.commune),
        observed_on=need.observed_on,
        marked=words_to_mark(need.text, keywords),
    )


def _neighbours(
    cluster: Cluster, keywords: Sequence[tuple[str, int]], living: Census
) -> tuple[Neighbour, ...]:
    sharing = [
        Neighbour(
            reference=other.reference,
            title=other.title,
            testimonies=other.testimonies,
            words=tuple(word for word, _ in keywords if word in other.keywords),
        )
        for other in living
        if other.id != cluster.id
    ]
    near = sorted(
        (neighbour for neighbour in sharing if neighbour.words),
        key=lambda neighbour: (-len(neighbour.words), -neighbour.testimonies, neighbour.reference),
    )
    return tuple(near[:NEIGHBOURS])


def _lints(testimonies: int, communes: int, crowd: Crowd, close: str | None) -> tuple[Lint, ...]:
    noticed = {
        Lint.SMALL: testimonies < SMALL,
        Lint.ONE_COMMUNE: testimonies >= SMALL and communes == 1,
        Lint.ONE_VOICE: testimonies >= SMALL and crowd.people == 1,
        Lint.CLOSE_TITLE: close is not None,
    }
    return tuple(lint for lint, holds in noticed.items() if holds)
