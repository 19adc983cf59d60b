"""Plays what the coordination did in the story: groupings confirmed or carved out, opportunities
signed, studies written, opinions given, verdicts proposed. Everything goes through the verbs."""

import datetime as dt
from collections import Counter
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from capture import grouping
from capture.models import (
    Cluster,
    ClusterMember,
    ClusterState,
    Criterion,
    Need,
    Opportunity,
    OpportunityStage,
    SheetHeading,
    Verdict,
)
from capture.opportunities import (
    advance,
    give_opinion,
    open_opportunity,
    propose_verdict,
    set_stage,
    write_section,
)
from fabrique.core.access import Actor
from fabrique.core.clock import PARIS
from fabrique.core.people import Person
from fabrique.demo.files import Row, rows_of, tables
from fabrique.demo.needs import SOURCE, expected_groups
from fabrique.demo.people import seat_emails

_HEADINGS = {
    "need_and_scale": SheetHeading.NEED,
    "existing_supply": SheetHeading.EXISTING_SUPPLY,
    "benchmark": SheetHeading.DONE_ELSEWHERE,
    "solution_and_scope": SheetHeading.SOLUTION,
    "market_and_payers": SheetHeading.MARKET,
    "partners_and_commitment": SheetHeading.PARTNERS,
    "legal_forms_and_carrying": SheetHeading.LEGAL_FORM,
    "expected_impact": SheetHeading.IMPACT,
    "risks_and_locks": SheetHeading.RISKS,
    "conclusion_and_schedule": SheetHeading.CONCLUSION,
}
# A machine grouping is confirmed as it is when the story makes up this share of it.
_PURE_ENOUGH = 0.8


def load_opportunities(
    session: Session, actor: Actor, *, now: dt.datetime
) -> dict[str, Opportunity]:
    """Sign the opportunities of the story, by their key in the data."""
    emails = seat_emails()
    stories = expected_groups()
    people = {
        person.email: person
        for person in session.scalars(select(Person).where(Person.fabrique_id == actor.fabrique_id))
    }
    signed = {}
    for row in rows_of(tables("committees"), "opportunity"):
        opened_at = _moment(row, "opened_on")
        follower = people[emails[row.text("followed_by")]]
        as_follower = replace(actor, person_id=follower.id, name=follower.name)
        cluster = _story_cluster(session, actor, stories[row.text("group")], row, opened_at)
        opportunity = open_opportunity(
            session,
            as_follower,
            cluster.reference,
            title=row.text("title"),
            summary=row.text("summary"),
            now=opened_at,
        )
        _study(session, as_follower, row, opportunity, now=now)
        for opinion in row.rows("opinion"):
            person = people[emails[opinion.text("seat")]]
            _opinion(session, replace(actor, person_id=person.id), opinion, opportunity)
        _verdict(session, as_follower, row, opportunity)
        signed[row.text("key")] = opportunity
    return signed


def _story_cluster(
    session: Session, actor: Actor, source_ids: list[str], row: Row, now: dt.datetime
) -> Cluster:
    """The machine's grouping nearest to the story, confirmed, or the story carved out of it."""
    told = dict(
        session.execute(
            select(Need.reference, ClusterMember.cluster_id)
            .outerjoin(ClusterMember, ClusterMember.need_id == Need.id)
            .where(
                Need.fabrique_id == actor.fabrique_id,
                Need.source == SOURCE,
                Need.source_id.in_(source_ids),
            )
            .order_by(Need.id)
        ).all()
    )
    places = Counter(cluster_id for cluster_id in told.values() if cluster_id is not None)
    for cluster_id, inside in places.most_common(1):
        members = select(ClusterMember.need_id).where(ClusterMember.cluster_id == cluster_id)
        cluster = session.get_one(Cluster, cluster_id)
        if inside >= _PURE_ENOUGH * len(session.scalars(members).all()) and (
            cluster.state is ClusterState.PROPOSED
        ):
            grouping.confirm(session, actor, cluster.reference, now=now)
            for reference, place in told.items():
                if place != cluster_id:
                    why = "même besoin"
                    grouping.move(session, actor, reference, cluster.reference, why=why, now=now)
            return cluster
    return grouping.gather(session, actor, list(told), row.text("title"), now=now)


def _study(
    session: Session, actor: Actor, row: Row, opportunity: Opportunity, *, now: dt.datetime
) -> None:
    written_at = _moment(row, "ready_since") if "ready_since" in row.values else now
    sheet = row.row("sheet")
    for name, heading in _HEADINGS.items():
        if sheet.text(name):
            write_section(
                session, actor, opportunity.reference, heading, sheet.text(name), now=written_at
            )


def _opinion(session: Session, actor: Actor, row: Row, opportunity: Opportunity) -> None:
    levels, comments = row.row("levels"), row.row("comments")
    for criterion in Criterion:
        name = criterion.value.upper()
        give_opinion(
            session,
            actor,
            opportunity.reference,
            criterion,
            levels.number(name),
            comments.text(name),
            now=_moment(row, "given_on"),
        )


def _verdict(session: Session, actor: Actor, row: Row, opportunity: Opportunity) -> None:
    verdict, reason = Verdict(row.text("verdict")), row.text("motive")
    if row.text("verdict_state") == "decided":
        decided_at = _moment(row, "decided_on")
        advance(session, actor, opportunity, verdict=verdict, reason=reason, now=decided_at)
        moved_at = decided_at
    else:
        moved_at = _moment(row, "ready_since")
        propose_verdict(
            session,
            actor,
            opportunity.reference,
            verdict,
            row.text("proposal") or reason,
            now=moved_at,
        )
    stage = OpportunityStage(row.text("stage"))
    if opportunity.stage is not stage:
        if "call_opened_on" in row.values:
            moved_at = _moment(row, "call_opened_on")
        set_stage(session, actor, opportunity, stage, now=moved_at)


def _moment(row: Row, name: str) -> dt.datetime:
    value = row.values[name]
    if not isinstance(value, dt.date):
        raise TypeError(f"{name}: {value!r} is not a date")
    return dt.datetime.combine(value, dt.time(10), tzinfo=PARIS)
