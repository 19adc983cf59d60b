"""The public home: the four objects counted, what became of needs, what is said around here."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from capture.models import (
    Cluster,
    ClusterMember,
    ClusterState,
    GroupingRun,
    Need,
    NeedReading,
    NeedState,
    Opportunity,
    OpportunityStage,
    Verdict,
)
from capture.nlp.sectors import Sector
from capture.queries.published import SECTOR, around, place_name, place_names, published
from capture.queries.voices import NO_VOICE, Voices, voices_of
from fabrique.core.journal import JournalEntry
from fabrique.core.people import Person
from fabrique.core.places import Commune, Gazetteer
from fabrique.core.text import shorten

GROUPS_SHOWN = 5
STORIES_SHOWN = 3
REFUSALS = frozenset({Verdict.ABANDON, Verdict.ADJOURN, Verdict.REDIRECT})
# Among the last verdicts, enough to find a refusal beside two that went on.
_LAST_VERDICTS = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The four objects of the trade, counted."""

    needs: int
    sensors: int
    confirmed: int
    opportunities: int
    projects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What became of a need: somebody's words, then the verdict of a committee and its reason."""

    quote: str
    sector: Sector
    title: str
    verdict: Verdict
    reason: str
    stage: OpportunityStage
    testimonies: int
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NearbyGroup:
    """A grouping as anybody sees it: title, where, how many voices, how far it has come."""

    reference: str
    title: str
    sector: Sector
    places: tuple[str, ...]
    testimonies: int
    stage: OpportunityStage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestNeed:
    """A need told lately, shown while no grouping has been confirmed."""

    reference: str
    title: str
    sector: Sector
    place: str
    observed_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """What the home page knows."""

    figures: Figures
    stories: tuple[Story, ...]
    groups: tuple[NearbyGroup, ...]
    latest: tuple[LatestNeed, ...]
    asked: str
    commune: Commune | None


def home_view(session: Session, fabrique_id: int, *, asked: str, places: Gazetteer) -> HomeView:
    """The home of a fabrique; ``asked`` is the commune or postal code typed, "" for none."""
    commune = _commune(places, asked)
    communes = around(places, commune) if commune else None
    told = _verdicts(session, fabrique_id)
    groups = _groups(session, fabrique_id, communes)
    voices = voices_of(session, {each.cluster_id for each in told} | {group.id for group in groups})
    return HomeView(
        figures=_figures(session, fabrique_id),
        stories=_stories(session, fabrique_id, told, voices),
        groups=tuple(_nearby(group, voices.get(group.id, NO_VOICE), places) for group in groups),
        latest=() if groups else _latest(session, fabrique_id, communes, places),
        asked=asked,
        commune=commune,
    )


def _commune(places: Gazetteer, asked: str) -> Commune | None:
    found = places.find(asked, limit=1) if asked.strip() else ()
    return found[0].commune if found else None


def _figures(session: Session, fabrique_id: int) -> Figures:
    opportunities = select(func.count()).where(Opportunity.fabrique_id == fabrique_id)
    row = session.execute(
        select(
            select(func.count())
            .where(Need.fabrique_id == fabrique_id, Need.state == NeedState.RECEIVED)
            .scalar_subquery()
            .label("received"),
            # Counted by the last passage: counting again would read every need for each visitor.
            select(GroupingRun.counts)
            .where(GroupingRun.fabrique_id == fabrique_id, GroupingRun.ended_at.is_not(None))
            .order_by(GroupingRun.number.desc())
            .limit(1)
            .scalar_subquery()
            .label("counts"),
            select(func.count())
            .where(Person.fabrique_id == fabrique_id, exists().where(Need.author_id == Person.id))
            .scalar_subquery()
            .label("sensors"),
            select(func.count())
            .where(Cluster.fabrique_id == fabrique_id, Cluster.state == ClusterState.CONFIRMED)
            .scalar_subquery()
            .label("confirmed"),
            opportunities.scalar_subquery().label("opportunities"),
            opportunities.where(Opportunity.stage == OpportunityStage.PROJECT)
            .scalar_subquery()
            .label("projects"),
        )
    ).one()
    out_of_scope = (row.counts or {}).get("out_of_scope", 0)
    return Figures(
        needs=max(row.received - int(out_of_scope), 0),
        sensors=row.sensors,
        confirmed=row.confirmed,
        opportunities=row.opportunities,
        projects=row.projects,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """An opportunity and the last verdict a committee gave of it."""

    title: str
    sector: Sector
    stage: OpportunityStage
    stage_since: dt.date
    cluster_id: int
    typical_need_ids: tuple[int, ...]
    verdict: Verdict
    reason: str


def _verdicts(session: Session, fabrique_id: int) -> list[_Told]:
    """What the stories tell of: two that went furthest and one refusal where there are some."""
    verdict = and_(
        JournalEntry.fabrique_id == fabrique_id,
        JournalEntry.subject == Opportunity.reference,
        JournalEntry.action == "opportunity.verdict_applied",
    )
    last: dict[str, _Told] = {}
    for row in session.execute(
        select(
            Opportunity.reference,
            Opportunity.title,
            Opportunity.sector,
            Opportunity.stage,
            Opportunity.stage_since,
            Opportunity.cluster_id,
            Cluster.typical_need_ids,
            JournalEntry.facts,
            JournalEntry.why,
        )
        .join(Cluster, Cluster.id == Opportunity.cluster_id)
        .join(JournalEntry, verdict)
        .where(Opportunity.fabrique_id == fabrique_id)
        .order_by(JournalEntry.id.desc())
        .limit(_LAST_VERDICTS)
    ):
        told = _Told(
            title=row.title,
            sector=row.sector,
            stage=row.stage,
            stage_since=row.stage_since,
            cluster_id=row.cluster_id,
            typical_need_ids=tuple(row.typical_need_ids),
            verdict=Verdict(str(row.facts["verdict"])),
            reason=row.why,
        )
        last.setdefault(row.reference, told)
    refused = [each for each in last.values() if each.verdict in REFUSALS][:1]
    stages = list(OpportunityStage)
    went_on = sorted(
        (each for each in last.values() if each.verdict not in REFUSALS),
        key=lambda each: -stages.index(each.stage),
    )
    return [*went_on[: STORIES_SHOWN - len(refused)], *refused]


def _stories(
    session: Session, fabrique_id: int, told: Sequence[_Told], voices: Mapping[int, Voices]
) -> tuple[Story, ...]:
    need_ids = [need_id for each in told for need_id in each.typical_need_ids]
    words = dict(
        session.execute(
            select(Need.id, Need.title)
            .join(NeedReading, NeedReading.need_id == Need.id)
            .where(published(fabrique_id), Need.id.in_(need_ids), Need.title != "")
        ).all()
        if need_ids
        else ()
    )
    return tuple(
        Story(
            quote=next((words[id_] for id_ in each.typical_need_ids if id_ in words), each.title),
            sector=each.sector,
            title=each.title,
            verdict=each.verdict,
            reason=each.reason,
            stage=each.stage,
            testimonies=voices.get(each.cluster_id, NO_VOICE).testimonies,
            months=_months(voices.get(each.cluster_id, NO_VOICE).first, each.stage_since),
        )
        for each in told
    )


def _months(first: dt.date | None, last: dt.date) -> int:
    return 0 if first is None else max((last - first).days // 30, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """A grouping to be shown, before its voices are counted."""

    id: int
    reference: str
    title: str
    sector: Sector | None
    stage: OpportunityStage | None


def _groups(session: Session, fabrique_id: int, communes: Collection[str] | None) -> list[_Group]:
    """The groupings confirmed last, or those that speak most in the communes given."""
    stage = (
        select(Opportunity.stage)
        .where(Opportunity.cluster_id == Cluster.id, Opportunity.is_closed.is_(False))
        .order_by(Opportunity.id.desc())
        .limit(1)
        .correlate(Cluster)
        .scalar_subquery()
    )
    statement = select(
        Cluster.id, Cluster.reference, Cluster.title, Cluster.sector, stage.label("stage")
    ).where(Cluster.fabrique_id == fabrique_id, Cluster.state == ClusterState.CONFIRMED)
    if communes is None:
        statement = statement.order_by(Cluster.confirmed_at.desc(), Cluster.id.desc())
    else:
        here = (
            select(ClusterMember.cluster_id, func.count().label("needs"))
            .join(Need, Need.id == ClusterMember.need_id)
            .where(Need.fabrique_id == fabrique_id, Need.commune.in_(communes))
            .group_by(ClusterMember.cluster_id)
            .subquery()
        )
        statement = statement.join(here, here.c.cluster_id == Cluster.id).order_by(
            here.c.needs.desc(), Cluster.id.desc()
        )
    return [
        _Group(
            id=row.id,
            reference=row.reference,
            title=row.title,
            sector=row.sector,
            stage=row.stage,
        )
        for row in session.execute(statement.limit(GROUPS_SHOWN))
    ]


def _nearby(group: _Group, voices: Voices, places: Gazetteer) -> NearbyGroup:
    return NearbyGroup(
        reference=group.reference,
        title=group.title,
        sector=group.sector or Sector.TRANSVERSAL,
        places=place_names(places, (code for code, _ in voices.places[:2])),
        testimonies=voices.testimonies,
        stage=group.stage,
    )


def _latest(
    session: Session, fabrique_id: int, communes: Collection[str] | None, places: Gazetteer
) -> tuple[LatestNeed, ...]:
    statement = (
        select(Need.reference, Need.title, Need.text, SECTOR, Need.commune, Need.observed_on)
        .join(NeedReading, NeedReading.need_id == Need.id)
        .where(published(fabrique_id))
        .order_by(Need.id.desc())
        .limit(GROUPS_SHOWN)
    )
    if communes is not None:
        statement = statement.where(Need.commune.in_(communes))
    return tuple(
        LatestNeed(
            reference=reference,
            title=title or shorten(text, 80),
            sector=sector or Sector.TRANSVERSAL,
            place=place_name(places, commune),
            observed_on=observed_on,
        )
        for reference, title, text, sector, commune, observed_on in session.execute(statement)
    )
