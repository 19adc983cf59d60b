"""Acts on projects: an opportunity that somebody holds starts, promises steps, reports jobs."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.models import OpportunityStage
from capture.opportunities import opportunity_named, set_stage
from fabrique.core.access import Action, Actor
from fabrique.core.clock import local_date
from fabrique.core.errors import Conflict, Invalid, NotFound
from fabrique.core.journal import record
from fabrique.core.references import next_reference
from matching.models import ProjectHolder
from steering.models import Milestone, Project, ProjectState
from steering.queries.decisions import decision_named

REFERENCE_PREFIX = "P"


def start_project(
    session: Session,
    actor: Actor,
    opportunity_reference: str,
    *,
    title: str,
    holder_id: int | None,
    decision_reference: str | None,
    now: dt.datetime,
) -> Project:
    """Start the project of an opportunity, held by somebody, after a decision if there is one.

    The opportunity reaches the last step of its rail. Raises ``Conflict`` if it has a project.
    """
    actor.require(Action.DECISION_RECORD)
    opportunity = opportunity_named(session, actor, opportunity_reference)
    started = session.scalar(select(Project).where(Project.opportunity_id == opportunity.id))
    if started is not None:
        raise Conflict("project.already_started", reference=started.reference)
    _require_holder(session, actor, holder_id)
    decision = decision_reference and decision_named(
        session, actor, decision_reference, Action.DECISION_RECORD
    )
    project = Project(
        fabrique_id=actor.fabrique_id,
        reference=next_reference(session, actor.fabrique_id, REFERENCE_PREFIX, now.year, digits=2),
        opportunity_id=opportunity.id,
        holder_id=holder_id,
        decision_id=decision.id if decision else None,
        title=title.strip()[:200] or opportunity.title,
        state=ProjectState.RUNNING,
        started_on=local_date(now),
        jobs_fte=0.0,
    )
    session.add(project)
    session.flush()
    set_stage(session, actor, opportunity, OpportunityStage.PROJECT, now=now)
    facts = {"opportunity": opportunity.reference}
    record(session, actor, "project.started", project.reference, now=now, facts=facts)
    return project


def promise_milestone(
    session: Session, actor: Actor, reference: str, title: str, due_on: dt.date, *, now: dt.datetime
) -> Milestone:
    """Promise a step of a project for a day."""
    project = _project(session, actor, reference)
    if not title.strip():
        raise Invalid("milestone.title_missing", field="title")
    milestone = Milestone(project_id=project.id, title=title.strip()[:300], due_on=due_on)
    session.add(milestone)
    session.flush()
    record(session, actor, "milestone.promised", reference, now=now)
    return milestone


def reach_milestone(
    session: Session, actor: Actor, reference: str, milestone_id: int, *, now: dt.datetime
) -> Milestone:
    """Say that a step is reached today; ``Conflict`` if it was already."""
    project = _project(session, actor, reference)
    milestone = session.scalar(
        select(Milestone).where(Milestone.id == milestone_id, Milestone.project_id == project.id)
    )
    if milestone is None:
        raise NotFound("milestone.unknown")
    if milestone.reached_on is not None:
        raise Conflict("milestone.already_reached")
    milestone.reached_on = local_date(now)
    record(session, actor, "milestone.reached", reference, now=now)
    return milestone


def report_jobs(
    session: Session, actor: Actor, reference: str, jobs_fte: float, *, now: dt.datetime
) -> Project:
    """Report the jobs of a project today, in full-time equivalents."""
    project = _project(session, actor, reference)
    if not 0 <= jobs_fte <= 10_000:
        raise Invalid("project.jobs_out_of_range", field="jobs_fte")
    project.jobs_fte, project.jobs_reported_on = jobs_fte, local_date(now)
    record(session, actor, "project.jobs_reported", reference, now=now, facts={"fte": jobs_fte})
    return project


def report_state(
    session: Session,
    actor: Actor,
    reference: str,
    state: ProjectState,
    news: str,
    *,
    now: dt.datetime,
) -> Project:
    """Say how a project goes, with a word of news; in difficulty, it goes to the committees."""
    project = _project(session, actor, reference)
    project.state, project.news = state, news.strip()
    record(
        session, actor, "project.state_reported", reference, now=now, facts={"state": state.value}
    )
    return project


def _require_holder(session: Session, actor: Actor, holder_id: int | None) -> None:
    if holder_id is not None:
        holder = session.get(ProjectHolder, holder_id)
        if holder is None or holder.fabrique_id != actor.fabrique_id:
            raise NotFound("holder.unknown")


def _project(session: Session, actor: Actor, reference: str) -> Project:
    actor.require(Action.DECISION_RECORD)
    project = session.scalar(
        select(Project).where(
            Project.fabrique_id == actor.fabrique_id, Project.reference == reference
        )
    )
    if project is None:
        raise NotFound("project.unknown")
    return project
