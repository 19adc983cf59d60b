"""Opportunities: the list, and one dossier with its rail, its grid of opinions and its sheet."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from capture.models import (
    Cluster,
    ClusterMember,
    Criterion,
    Need,
    Opinion,
    Opportunity,
    OpportunityStage,
    SheetHeading,
    SheetSection,
    Verdict,
)
from capture.nlp.sectors import Sector
from capture.queries.history import HistoryLine, history_view
from capture.queries.published import place_names
from capture.queries.voices import NO_VOICE, Voices, voices_of
from fabrique.core.access import Action, Actor
from fabrique.core.clock import local_date
from fabrique.core.errors import NotFound
from fabrique.core.people import Person
from fabrique.core.places import Gazetteer

PAGE = 16
LEVELS = 5
# Opinions one level apart or less agree.
CLOSE_SPREAD = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityFilters:
    """What is asked of the list; empty values ask nothing. ``page`` counts from 1."""

    sector: Sector | None = None
    stage: OpportunityStage | None = None
    closed: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityLine:
    """An opportunity in the list."""

    reference: str
    title: str
    sector: Sector
    stage: OpportunityStage
    stage_since: dt.date
    is_closed: bool
    proposed_verdict: Verdict | None
    testimonies: int
    communes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunitiesView:
    """What the list of opportunities knows."""

    lines: tuple[OpportunityLine, ...]
    by_stage: Mapping[OpportunityStage, int]
    closed: int
    has_more: bool
    filters: OpportunityFilters


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMark:
    """A step of the rail; ``on`` is the day it was reached, where known."""

    stage: OpportunityStage
    state: str
    on: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionOpinions:
    """The opinions on one criterion: how many at each level, the comments; no name, no total."""

    criterion: Criterion
    levels: tuple[int, ...]
    mean: float | None
    lowest: int
    highest: int
    comments: tuple[str, ...]

    @property
    def agree(self) -> bool:
        """Whether the opinions are one level apart or less."""
        return self.highest - self.lowest <= CLOSE_SPREAD


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnOpinion:
    """What the reader said of a criterion."""

    criterion: Criterion
    level: int
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading of the sheet, with its text, who wrote it and when, if anybody did."""

    heading: SheetHeading
    text: str
    who: str
    at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityView:
    """What the dossier knows. ``grid`` is None until the reader has given an opinion."""

    reference: str
    title: str
    summary: str
    sector: Sector
    stage: OpportunityStage
    stage_since: dt.date
    is_closed: bool
    opened_at: dt.datetime
    opened_by: str
    cluster_reference: str
    cluster_title: str
    testimonies: int
    people: int
    communes: int
    places: tuple[str, ...]
    rail: tuple[StageMark, ...]
    opinions: int
    grid: tuple[CriterionOpinions, ...] | None
    own: tuple[OwnOpinion, ...]
    may_assess: bool
    may_sign: bool
    may_read_cluster: bool
    sheet: tuple[Section, ...]
    proposed_verdict: Verdict | None
    verdict_reason: str
    verdict_at: dt.datetime | None
    history: tuple[HistoryLine, ...]


def opportunities_view(
    session: Session, actor: Actor, filters: OpportunityFilters
) -> OpportunitiesView:
    """The opportunities asked for, those that moved last first; raises ``Forbidden``."""
    actor.require(Action.OPPORTUNITY_READ)
    statement = (
        select(Opportunity)
        .where(
            Opportunity.fabrique_id == actor.fabrique_id,
            Opportunity.is_closed.is_(filters.closed),
        )
        .order_by(Opportunity.stage_since.desc(), Opportunity.id.desc())
    )
    if filters.sector is not None:
        statement = statement.where(Opportunity.sector == filters.sector)
    if filters.stage is not None:
        statement = statement.where(Opportunity.stage == filters.stage)
    found = session.scalars(statement.offset((filters.page - 1) * PAGE).limit(PAGE + 1)).all()
    voices = voices_of(session, {each.cluster_id for each in found[:PAGE]})
    counts = session.execute(
        select(Opportunity.is_closed, Opportunity.stage, func.count())
        .where(Opportunity.fabrique_id == actor.fabrique_id)
        .group_by(Opportunity.is_closed, Opportunity.stage)
    ).all()
    return OpportunitiesView(
        lines=tuple(_line(each, voices.get(each.cluster_id, NO_VOICE)) for each in found[:PAGE]),
        by_stage={stage: number for closed, stage, number in counts if not closed},
        closed=sum(number for closed, _, number in counts if closed),
        has_more=len(found) > PAGE,
        filters=filters,
    )


def _line(opportunity: Opportunity, voices: Voices) -> OpportunityLine:
    return OpportunityLine(
        reference=opportunity.reference,
        title=opportunity.title,
        sector=opportunity.sector,
        stage=opportunity.stage,
        stage_since=opportunity.stage_since,
        is_closed=opportunity.is_closed,
        proposed_verdict=opportunity.proposed_verdict,
        testimonies=voices.testimonies,
        communes=voices.communes,
    )


def opportunity_view(
    session: Session, actor: Actor, reference: str, *, places: Gazetteer
) -> OpportunityView:
    """The dossier of that reference; raises ``NotFound``, ``Forbidden`` or ``SignInNeeded``."""
    actor.require(Action.OPPORTUNITY_READ)
    opportunity = _dossier(session, actor, reference)
    cluster = opportunity.cluster
    voices = voices_of(session, [cluster.id]).get(cluster.id, NO_VOICE)
    history = history_view(session, actor.fabrique_id, reference)
    own = _own(opportunity.opinions, actor)
    may_assess = actor.may(Action.OPPORTUNITY_ASSESS)
    return OpportunityView(
        reference=opportunity.reference,
        title=opportunity.title,
        summary=opportunity.summary,
        sector=opportunity.sector,
        stage=opportunity.stage,
        stage_since=opportunity.stage_since,
        is_closed=opportunity.is_closed,
        opened_at=opportunity.opened_at,
        opened_by=opportunity.opened_by.name,
        cluster_reference=cluster.reference,
        cluster_title=cluster.title,
        testimonies=voices.testimonies,
        people=_people(session, cluster),
        communes=voices.communes,
        places=place_names(places, (code for code, _ in voices.places[:3])),
        rail=_rail(opportunity, cluster, history),
        opinions=len({opinion.person_id for opinion in opportunity.opinions}),
        # Others' opinions would weigh on one's own: it is asked first.
        grid=grid_of(opportunity.opinions) if own or not may_assess else None,
        own=own,
        may_assess=may_assess,
        may_sign=actor.may(Action.OPPORTUNITY_SIGN),
        may_read_cluster=actor.may(Action.CLUSTER_READ),
        sheet=_sheet(session, opportunity.sheet),
        proposed_verdict=opportunity.proposed_verdict,
        verdict_reason=opportunity.verdict_reason,
        verdict_at=opportunity.verdict_at,
        history=history,
    )


def _dossier(session: Session, actor: Actor, reference: str) -> Opportunity:
    opportunity = session.scalar(
        select(Opportunity)
        .where(Opportunity.fabrique_id == actor.fabrique_id, Opportunity.reference == reference)
        .options(
            joinedload(Opportunity.cluster),
            joinedload(Opportunity.opened_by),
            selectinload(Opportunity.sheet),
            selectinload(Opportunity.opinions),
        )
    )
    if opportunity is None:
        raise NotFound("opportunity.unknown")
    return opportunity


def grid_of(opinions: Sequence[Opinion]) -> tuple[CriterionOpinions, ...]:
    """The seven criteria with their opinions; levels counted from 0 to 4."""
    grid = []
    for criterion in Criterion:
        given = [opinion for opinion in opinions if opinion.criterion is criterion]
        levels = Counter(opinion.level for opinion in given)
        grid.append(
            CriterionOpinions(
                criterion=criterion,
                levels=tuple(levels[level] for level in range(LEVELS)),
                mean=sum(levels.elements()) / len(given) if given else None,
                lowest=min(levels, default=0),
                highest=max(levels, default=0),
                comments=tuple(opinion.comment for opinion in given if opinion.comment),
            )
        )
    return tuple(grid)


def _own(opinions: Sequence[Opinion], actor: Actor) -> tuple[OwnOpinion, ...]:
    return tuple(
        OwnOpinion(criterion=opinion.criterion, level=opinion.level, comment=opinion.comment)
        for opinion in opinions
        if opinion.person_id == actor.person_id
    )


def _people(session: Session, cluster: Cluster) -> int:
    """How many people spoke: those known counted once, each of the others too."""
    known, unknown = session.execute(
        select(
            func.count(Need.author_id.distinct()),
            func.count() - func.count(Need.author_id),
        )
        .join(ClusterMember, ClusterMember.need_id == Need.id)
        .where(ClusterMember.cluster_id == cluster.id)
    ).one()
    return int(known + unknown)


def _rail(
    opportunity: Opportunity, cluster: Cluster, history: Sequence[HistoryLine]
) -> tuple[StageMark, ...]:
    reached: dict[OpportunityStage, dt.date] = {
        OpportunityStage.IDEA: local_date(opportunity.opened_at)
    }
    if cluster.confirmed_at is not None:
        reached[OpportunityStage.NEED_PROVEN] = local_date(cluster.confirmed_at)
    for line in reversed(history):
        stage = line.facts.get("after") or line.facts.get("stage")
        if isinstance(stage, str):
            reached[OpportunityStage(stage)] = local_date(line.at)
    reached[opportunity.stage] = opportunity.stage_since
    stages = list(OpportunityStage)
    here = stages.index(opportunity.stage)
    return tuple(
        StageMark(
            stage=stage,
            state="done" if rank < here else "here" if rank == here else "later",
            on=reached.get(stage) if rank <= here else None,
        )
        for rank, stage in enumerate(stages)
    )


def _sheet(session: Session, sections: Sequence[SheetSection]) -> tuple[Section, ...]:
    written = {section.heading: section for section in sections}
    names = dict(
        session.execute(
            select(Person.id, Person.name).where(
                Person.id.in_({section.written_by_id for section in sections})
            )
        ).all()
    )
    return tuple(
        Section(
            heading=heading,
            text=section.text if section else "",
            who=names.get(section.written_by_id, "") if section else "",
            at=section.written_at if section else None,
        )
        for heading in SheetHeading
        for section in [written.get(heading)]
    )
