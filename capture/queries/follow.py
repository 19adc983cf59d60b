"""What became of one need, for the person who told it: her words, where things stand, each step."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.models import (
    Cluster,
    ClusterMember,
    ClusterState,
    Need,
    NeedContact,
    NeedState,
    Opportunity,
    OpportunityStage,
)
from capture.nlp.sectors import Sector
from capture.queries.parts import needs_cut_out
from capture.queries.published import place_name
from capture.queries.voices import NO_VOICE, voices_of
from fabrique.core.journal import JournalEntry
from fabrique.core.places import Gazetteer

# The lines of the journal that a depositor is told, for her need, its grouping, its opportunity.
_TOLD = (
    "need.published",
    "cluster.confirmed",
    "opportunity.opened",
    "opportunity.stage_set",
    "opportunity.verdict_applied",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened: the act, its facts, the reason given."""

    action: str
    at: dt.datetime
    reason: str
    stage: OpportunityStage | None
    verdict: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedOpportunity:
    """The opportunity the need led to."""

    reference: str
    title: str
    stage: OpportunityStage
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowView:
    """What the follow-up page knows. ``others`` are the other testimonies of the grouping.

    ``parts`` are the needs that were heard in the same message.
    """

    reference: str
    title: str
    text: str
    place: str
    told_at: dt.datetime
    state: NeedState
    sector: Sector | None
    has_email: bool
    group_title: str | None
    group_is_confirmed: bool
    others: int
    communes: int
    opportunity: FollowedOpportunity | None
    steps: tuple[Step, ...]
    parts: tuple["FollowView", ...]


def follow_view(session: Session, need: Need, *, places: Gazetteer) -> FollowView:
    """Everything told to the depositor of a need whose reading and grouping are loaded."""
    cluster = session.scalar(
        select(Cluster)
        .join(ClusterMember, ClusterMember.cluster_id == Cluster.id)
        .where(ClusterMember.need_id == need.id)
    )
    opportunity = _opportunity(session, cluster)
    voices = voices_of(session, [cluster.id] if cluster else []).get(
        cluster.id if cluster else 0, NO_VOICE
    )
    parts = needs_cut_out(session, need.id)
    own = [
        part
        for part, _ in parts
        if cluster and part.membership and part.membership.cluster_id == cluster.id
    ]
    subjects = [
        need.reference,
        *([cluster.reference] if cluster else []),
        *([opportunity.reference] if opportunity else []),
    ]
    return FollowView(
        reference=need.reference,
        title=need.title,
        text=need.text,
        place=place_name(places, need.commune),
        told_at=need.created_at,
        state=need.state,
        sector=need.chosen_sector or (need.reading.sector if need.reading else None),
        has_email=session.scalar(select(NeedContact.email).where(NeedContact.need_id == need.id))
        is not None,
        group_title=cluster.title if cluster else None,
        group_is_confirmed=cluster is not None and cluster.state is ClusterState.CONFIRMED,
        others=max(voices.testimonies - len({need.id, *(part.id for part in own)}), 0),
        communes=voices.communes,
        opportunity=opportunity,
        steps=_steps(session, need.fabrique_id, subjects),
        parts=tuple(follow_view(session, part, places=places) for part, _ in parts),
    )


def _opportunity(session: Session, cluster: Cluster | None) -> FollowedOpportunity | None:
    if cluster is None:
        return None
    row = session.execute(
        select(Opportunity.reference, Opportunity.title, Opportunity.stage, Opportunity.is_closed)
        .where(Opportunity.cluster_id == cluster.id)
        .order_by(Opportunity.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return FollowedOpportunity(
        reference=row.reference, title=row.title, stage=row.stage, is_closed=row.is_closed
    )


def _steps(session: Session, fabrique_id: int, subjects: list[str]) -> tuple[Step, ...]:
    return tuple(
        Step(
            action=row.action,
            at=row.at,
            reason=row.why,
            stage=_stage(row.facts.get("after") or row.facts.get("stage")),
            verdict=str(row.facts["verdict"]) if "verdict" in row.facts else None,
        )
        for row in session.execute(
            select(JournalEntry.action, JournalEntry.at, JournalEntry.why, JournalEntry.facts)
            .where(
                JournalEntry.fabrique_id == fabrique_id,
                JournalEntry.subject.in_(subjects),
                JournalEntry.action.in_(_TOLD),
            )
            .order_by(JournalEntry.id.desc())
        )
    )


def _stage(value: object) -> OpportunityStage | None:
    return OpportunityStage(value) if isinstance(value, str) else None
