"""Opportunities: a grouping that a person signed. Its stages, the sheet of its study, the opinions
of those who read it, the verdict proposed to a committee."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.models import (
    Cluster,
    ClusterState,
    Criterion,
    Opinion,
    Opportunity,
    OpportunityStage,
    SheetHeading,
    SheetSection,
    Verdict,
)
from capture.nlp.sectors import Sector
from fabrique.core.access import Action, Actor
from fabrique.core.clock import local_date
from fabrique.core.errors import Conflict, Invalid, NotFound
from fabrique.core.journal import record
from fabrique.core.references import next_reference

REFERENCE_PREFIX = "O"

# Where each verdict takes an opportunity; the others leave it where it stands.
_STAGE_AFTER = {
    Verdict.STUDY: OpportunityStage.STUDY,
    Verdict.CALL: OpportunityStage.CALL,
    Verdict.HAND_OVER: OpportunityStage.HANDOVER,
}


def open_opportunity(
    session: Session,
    actor: Actor,
    cluster_reference: str,
    *,
    title: str,
    summary: str,
    now: dt.datetime,
) -> Opportunity:
    """Sign a grouping as an opportunity; the grouping becomes confirmed by the same hand."""
    actor.require(Action.OPPORTUNITY_SIGN)
    if not title.strip():
        raise Invalid("opportunity.title_missing", field="title")
    cluster = session.scalar(
        select(Cluster).where(
            Cluster.fabrique_id == actor.fabrique_id, Cluster.reference == cluster_reference
        )
    )
    if cluster is None:
        raise NotFound("cluster.unknown")
    if cluster.state not in {ClusterState.PROPOSED, ClusterState.CONFIRMED}:
        raise Conflict("cluster.not_alive")
    if cluster.state is ClusterState.PROPOSED:
        cluster.state = ClusterState.CONFIRMED
        cluster.confirmed_by_id, cluster.confirmed_at = actor.person_id, now
    if actor.person_id is None:
        raise Conflict("opportunity.needs_a_person")
    opportunity = Opportunity(
        fabrique_id=actor.fabrique_id,
        reference=next_reference(session, actor.fabrique_id, REFERENCE_PREFIX, now.year, digits=2),
        cluster_id=cluster.id,
        title=title.strip(),
        summary=summary.strip(),
        sector=cluster.sector or Sector.TRANSVERSAL,
        stage=OpportunityStage.IDEA,
        stage_since=local_date(now),
        opened_at=now,
        opened_by_id=actor.person_id,
    )
    session.add(opportunity)
    session.flush()
    record(
        session,
        actor,
        "opportunity.opened",
        opportunity.reference,
        now=now,
        facts={"cluster": cluster.reference},
    )
    return opportunity


def write_section(
    session: Session,
    actor: Actor,
    reference: str,
    heading: SheetHeading,
    text: str,
    *,
    now: dt.datetime,
) -> None:
    """Write one heading of the study; the last text is kept, the journal says who wrote when."""
    actor.require(Action.OPPORTUNITY_SIGN)
    opportunity = opportunity_named(session, actor, reference)
    section = session.scalar(
        select(SheetSection).where(
            SheetSection.opportunity_id == opportunity.id, SheetSection.heading == heading
        )
    )
    if section is None:
        section = SheetSection(opportunity_id=opportunity.id, heading=heading)
        session.add(section)
    section.text, section.written_by_id, section.written_at = text, _person_id(actor), now
    record(
        session,
        actor,
        "opportunity.section_written",
        reference,
        now=now,
        facts={"heading": heading.value},
    )


def give_opinion(
    session: Session,
    actor: Actor,
    reference: str,
    criterion: Criterion,
    level: int,
    comment: str,
    *,
    now: dt.datetime,
) -> None:
    """Say how far a criterion is met (0 to 4); a person's second opinion replaces the first."""
    actor.require(Action.OPPORTUNITY_ASSESS)
    if not 0 <= level <= 4:
        raise Invalid("opinion.level_out_of_range", field=criterion.value)
    opportunity = opportunity_named(session, actor, reference)
    opinion = session.scalar(
        select(Opinion).where(
            Opinion.opportunity_id == opportunity.id,
            Opinion.person_id == actor.person_id,
            Opinion.criterion == criterion,
        )
    )
    if opinion is None:
        opinion = Opinion(
            opportunity_id=opportunity.id, person_id=_person_id(actor), criterion=criterion
        )
        session.add(opinion)
    opinion.level, opinion.comment, opinion.given_at = level, comment, now
    session.flush()


def propose_verdict(
    session: Session,
    actor: Actor,
    reference: str,
    verdict: Verdict,
    reason: str,
    *,
    now: dt.datetime,
) -> None:
    """Propose to the committee what to do; the reason is mandatory and will be told to all."""
    actor.require(Action.OPPORTUNITY_SIGN)
    if not reason.strip():
        raise Invalid("verdict.reason_missing", field="reason")
    opportunity = opportunity_named(session, actor, reference)
    opportunity.proposed_verdict = verdict
    opportunity.verdict_reason, opportunity.verdict_at = reason.strip(), now
    record(
        session,
        actor,
        "opportunity.verdict_proposed",
        reference,
        now=now,
        why=reason.strip()[:500],
        facts={"verdict": verdict.value},
    )


def advance(
    session: Session,
    actor: Actor,
    opportunity: Opportunity,
    *,
    verdict: Verdict,
    reason: str,
    now: dt.datetime,
) -> None:
    """Apply a committee's verdict: the stage it opens, or the closing of the opportunity."""
    actor.require(Action.DECISION_RECORD)
    if opportunity.is_closed:
        raise Conflict("opportunity.closed")
    if verdict is Verdict.ABANDON:
        opportunity.is_closed = True
    stage = _STAGE_AFTER.get(verdict)
    if stage is not None and stage is not opportunity.stage:
        opportunity.stage, opportunity.stage_since = stage, local_date(now)
    opportunity.proposed_verdict = None
    record(
        session,
        actor,
        "opportunity.verdict_applied",
        opportunity.reference,
        now=now,
        why=reason[:500],
        facts={"verdict": verdict.value, "stage": opportunity.stage.value},
    )


def set_stage(
    session: Session,
    actor: Actor,
    opportunity: Opportunity,
    stage: OpportunityStage,
    *,
    now: dt.datetime,
) -> None:
    """Move an opportunity on its rail, forward or back; the journal shows both."""
    actor.require(Action.OPPORTUNITY_SIGN)
    before = opportunity.stage
    opportunity.stage, opportunity.stage_since = stage, local_date(now)
    record(
        session,
        actor,
        "opportunity.stage_set",
        opportunity.reference,
        now=now,
        facts={"before": before.value, "after": stage.value},
    )


def opportunity_named(session: Session, actor: Actor, reference: str) -> Opportunity:
    """The opportunity of that reference in the actor's fabrique; raises ``NotFound``."""
    opportunity = session.scalar(
        select(Opportunity).where(
            Opportunity.fabrique_id == actor.fabrique_id, Opportunity.reference == reference
        )
    )
    if opportunity is None:
        raise NotFound("opportunity.unknown")
    return opportunity


def _person_id(actor: Actor) -> int:
    if actor.person_id is None:
        raise Conflict("opportunity.needs_a_person")
    return actor.person_id
