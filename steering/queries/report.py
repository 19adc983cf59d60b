"""The figures of a year, counted from dossiers and never typed."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from capture.models import Cluster, Need, NeedState, Opportunity, Verdict
from fabrique.core.access import Action, Actor
from fabrique.core.clock import PARIS, local_date
from steering.models import Decision, Programme, Project
from steering.planning.indicators import FunnelStep, funnel


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """A year of the fabrique: the funnel, this year's and last year's figures, the decisions."""

    year: int
    years: tuple[int, ...]
    steps: tuple[FunnelStep, ...]
    before: Mapping[str, float]
    outcomes: tuple[tuple[str, int], ...]
    sectors: tuple[tuple[str, int], ...]


def report_view(
    session: Session, actor: Actor, year: int | None, *, now: dt.datetime
) -> ReportView:
    """The report of a year, by default the present one."""
    actor.require(Action.COMMITTEE_READ)
    this_year = local_date(now).year
    chosen = year if year is not None and 2000 <= year <= this_year else this_year
    opened = session.scalars(
        select(Programme.year).where(Programme.fabrique_id == actor.fabrique_id)
    )
    fabrique_id = actor.fabrique_id
    outcomes = session.scalars(
        select(Decision.outcome).where(
            Decision.fabrique_id == fabrique_id, _within(Decision.recorded_at, chosen)
        )
    )
    sectors = session.scalars(
        select(Opportunity.sector).where(
            Opportunity.fabrique_id == fabrique_id, _within(Opportunity.opened_at, chosen)
        )
    )
    return ReportView(
        year=chosen,
        years=tuple(sorted({*opened, this_year, chosen}, reverse=True)),
        steps=funnel(_counts(session, fabrique_id, chosen)),
        before=_counts(session, fabrique_id, chosen - 1),
        outcomes=tuple(Counter(one.value for one in outcomes).most_common()),
        sectors=tuple(Counter(one.value for one in sectors).most_common()),
    )


def _counts(session: Session, fabrique_id: int, year: int) -> dict[str, float]:
    def counted(column: InstrumentedAttribute[int], *conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count(column)).where(*conditions)) or 0

    january, december = dt.date(year, 1, 1), dt.date(year, 12, 31)
    jobs = session.scalar(
        select(func.sum(Project.jobs_fte)).where(
            Project.fabrique_id == fabrique_id, Project.started_on.between(january, december)
        )
    )
    return {
        "needs": counted(
            Need.id,
            Need.fabrique_id == fabrique_id,
            Need.state.notin_([NeedState.HIDDEN, NeedState.WITHDRAWN]),
            _within(Need.created_at, year),
        ),
        "clusters": counted(
            Cluster.id, Cluster.fabrique_id == fabrique_id, _within(Cluster.confirmed_at, year)
        ),
        "opportunities": counted(
            Opportunity.id,
            Opportunity.fabrique_id == fabrique_id,
            _within(Opportunity.opened_at, year),
        ),
        "studies": counted(
            Decision.id,
            Decision.fabrique_id == fabrique_id,
            Decision.verdict == Verdict.STUDY,
            _within(Decision.recorded_at, year),
        ),
        "projects": counted(
            Project.id,
            Project.fabrique_id == fabrique_id,
            Project.started_on.between(january, december),
        ),
        "jobs": jobs or 0.0,
    }


def _within(
    column: InstrumentedAttribute[dt.datetime] | InstrumentedAttribute[dt.datetime | None],
    year: int,
) -> ColumnElement[bool]:
    start = dt.datetime(year, 1, 1, tzinfo=PARIS)
    end = dt.datetime(year + 1, 1, 1, tzinfo=PARIS)
    return (column >= start) & (column < end)
