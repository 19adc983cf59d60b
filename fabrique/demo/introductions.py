"""Plays the introductions of the story: who was contacted, who answered what, who stayed silent."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from capture.models import Opportunity
from fabrique.core.access import Actor
from fabrique.core.clock import PARIS
from fabrique.demo.files import Row, rows_from, rows_of, tables
from matching.models import IntroductionState, Match, ProjectHolder
from matching.proposals import fall_silent, introduce, record_answer

_MESSAGE = (
    "Bonjour,\n\nUn besoin dit par plusieurs personnes pourrait vous concerner : {title}. "
    "Pouvons-nous en parler ?\n\n{sender}"
)
# The study of the garage was returned on 12 October; three actors were contacted in November.
_GARAGE = "garage-thierache"
_GARAGE_SENT = dt.datetime(2026, 11, 12, 10, tzinfo=PARIS)
_GARAGE_ANSWERS = (
    (IntroductionState.SEEN, "", 3),
    (IntroductionState.INTERESTED, "Rencontre proposée le 1er décembre.", 3),
    (IntroductionState.REFUSED, "Nous n’accompagnons pas les associations.", 6),
)


def load_introductions(
    session: Session, actor: Actor, opportunities: Mapping[str, Opportunity], *, now: dt.datetime
) -> int:
    """Send the introductions of the story and record their answers; how many were sent."""
    sent = 0
    told = {row.text("key"): row for row in rows_of(tables("committees"), "opportunity")}
    for key, row in told.items():
        if row.number("contacts_tried", 0):
            sent += _long_search(session, actor, opportunities[key], row)
        elif row.texts("waiting_holders"):
            sent += _two_candidates(session, actor, opportunities[key], row)
    sent += _garage(session, actor, opportunities[_GARAGE])
    fall_silent(session, actor, now=now)
    return sent


def _long_search(session: Session, actor: Actor, opportunity: Opportunity, row: Row) -> int:
    """Many were asked, some said no with a reason, the others never answered."""
    opened = dt.datetime.combine(_day(row, "call_opened_on"), dt.time(10), tzinfo=PARIS)
    matches = _best(session, opportunity, row.number("contacts_tried"))
    refusals = row.texts("refusals")
    for rank, match in enumerate(matches):
        day = opened + dt.timedelta(days=3 * rank)
        _introduce(session, actor, opportunity, match, day)
        if rank < len(refusals):
            words = refusals[rank].partition(" : ")[2] or refusals[rank]
            record_answer(
                session,
                actor,
                match.id,
                IntroductionState.REFUSED,
                words[:1].upper() + words[1:],
                now=day + dt.timedelta(days=9),
            )
    return len(matches)


def _two_candidates(session: Session, actor: Actor, opportunity: Opportunity, row: Row) -> int:
    names = {holder.text("key"): holder.text("name") for holder in rows_from("holders")}
    wanted = [names[key] for key in (row.text("holder"), *row.texts("waiting_holders"))]
    matches = session.scalars(
        select(Match)
        .join(ProjectHolder, Match.holder_id == ProjectHolder.id)
        .where(Match.opportunity_id == opportunity.id, ProjectHolder.name.in_(wanted))
        .order_by(Match.rank)
    ).all()
    ready = dt.datetime.combine(_day(row, "ready_since"), dt.time(10), tzinfo=PARIS)
    for match in matches:
        _introduce(session, actor, opportunity, match, ready - dt.timedelta(days=40))
        record_answer(
            session,
            actor,
            match.id,
            IntroductionState.INTERESTED,
            "Candidature déposée, auditionnée le 17 novembre.",
            now=ready - dt.timedelta(days=30),
        )
    return len(matches)


def _garage(session: Session, actor: Actor, opportunity: Opportunity) -> int:
    matches = session.scalars(
        select(Match)
        .where(Match.opportunity_id == opportunity.id, Match.actor_id.is_not(None))
        .order_by(Match.rank)
        .limit(len(_GARAGE_ANSWERS))
    ).all()
    for match, (answer, words, days) in zip(matches, _GARAGE_ANSWERS, strict=False):
        _introduce(session, actor, opportunity, match, _GARAGE_SENT)
        answered = _GARAGE_SENT + dt.timedelta(days=days)
        record_answer(session, actor, match.id, answer, words, now=answered)
    return len(matches)


def _best(session: Session, opportunity: Opportunity, count: int) -> list[Match]:
    return list(
        session.scalars(
            select(Match)
            .where(
                Match.opportunity_id == opportunity.id,
                or_(Match.holder_id.is_not(None), Match.actor_id.is_not(None)),
            )
            .order_by(Match.holder_id.is_(None), Match.rank, Match.id)
            .limit(count)
        )
    )


def _introduce(
    session: Session, actor: Actor, opportunity: Opportunity, match: Match, day: dt.datetime
) -> None:
    message = _MESSAGE.format(title=opportunity.title, sender=actor.name)
    introduce(session, actor, match.id, message, now=day)


def _day(row: Row, name: str) -> dt.date:
    value = row.values[name]
    if not isinstance(value, dt.date):
        raise TypeError(f"{name}: {value!r} is not a date")
    return value
