"""Introductions: a person reads a message again and sends it, then answers and reminders follow.
Nobody is ever written to by the machine alone."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fabrique.core.access import Action, Actor
from fabrique.core.clock import local_date
from fabrique.core.errors import Conflict, Invalid
from fabrique.core.journal import record
from fabrique.core.outbox import write_message
from matching.models import Introduction, IntroductionState, Match, MatchState
from matching.queries.dossiers import WAITING
from matching.queries.matches import introduction_of, match_with_party, party_of
from matching.scoring.follow_up import Step, follow_up_clock

ANSWERS = (
    IntroductionState.SEEN,
    IntroductionState.INTERESTED,
    IntroductionState.REFUSED,
    IntroductionState.ENGAGED,
)
_REST_BETWEEN_REMINDERS = dt.timedelta(hours=24)


def introduce(
    session: Session, actor: Actor, match_id: int, message: str, *, now: dt.datetime
) -> Introduction:
    """Send the message a person has just read again to the contact of the party."""
    actor.require(Action.INTRODUCTION_SEND)
    match = match_with_party(session, actor.fabrique_id, match_id)
    if match.state is not MatchState.PROPOSED:
        raise Conflict("match.not_proposed")
    if match.opportunity.is_closed:
        raise Conflict("match.opportunity_closed")
    if actor.person_id is None:
        raise Conflict("introduction.needs_a_person")
    if not message.strip():
        raise Invalid("introduction.message_missing", field="message")
    introduction = Introduction(
        match_id=match.id,
        match=match,
        state=IntroductionState.SENT,
        message=message.strip(),
        sent_at=now,
        sent_by_id=actor.person_id,
    )
    session.add(introduction)
    match.state = MatchState.INTRODUCED
    session.flush()
    _write_to_contact(
        session, match, key=f"introduction-{introduction.id}", body=message.strip(), now=now
    )
    _record(session, actor, "introduction.sent", match, now=now)
    return introduction


def record_answer(
    session: Session,
    actor: Actor,
    match_id: int,
    answer: IntroductionState,
    words: str,
    *,
    now: dt.datetime,
) -> Introduction:
    """Write down what the party said; a refusal keeps its words, an engagement takes a place."""
    actor.require(Action.INTRODUCTION_SEND)
    match = match_with_party(session, actor.fabrique_id, match_id)
    introduction = introduction_of(session, match)
    if answer not in ANSWERS:
        raise Invalid("introduction.not_an_answer", field="answer")
    if answer is IntroductionState.REFUSED and not words.strip():
        raise Invalid("introduction.words_missing", field="words")
    party = match.holder or match.actor
    if party is not None:
        was = introduction.state is IntroductionState.ENGAGED
        party.load += (answer is IntroductionState.ENGAGED) - was
    introduction.state, introduction.answer = answer, words.strip()
    introduction.answered_at = None if answer is IntroductionState.SEEN else now
    _record(session, actor, "introduction.answered", match, now=now, answer=answer.value)
    return introduction


def remind(session: Session, actor: Actor, match_id: int, *, now: dt.datetime) -> Introduction:
    """Write again to a party that has not answered; at most once a day."""
    actor.require(Action.INTRODUCTION_SEND)
    match = match_with_party(session, actor.fabrique_id, match_id)
    introduction = introduction_of(session, match)
    _require_waiting(introduction)
    last = introduction.reminded_at or introduction.sent_at
    if now - last < _REST_BETWEEN_REMINDERS:
        raise Conflict("introduction.reminded_today")
    body = (
        "Bonjour,\n\n"
        "Nous vous avons écrit au sujet de l’opportunité ci-dessous et nous n’avons pas encore "
        "lu votre réponse. Un mot suffit, même pour dire non.\n\n"
        f"Notre premier message :\n\n{introduction.message}\n"
    )
    _write_to_contact(
        session, match, key=f"introduction-{introduction.id}-{now:%Y%m%d%H%M}", body=body, now=now
    )
    introduction.reminded_at = now
    _record(session, actor, "introduction.reminded", match, now=now)
    return introduction


def suspend(session: Session, actor: Actor, match_id: int, *, now: dt.datetime) -> Introduction:
    """Stop the reminders of an introduction that waits for an answer."""
    actor.require(Action.INTRODUCTION_SEND)
    match = match_with_party(session, actor.fabrique_id, match_id)
    introduction = introduction_of(session, match)
    _require_waiting(introduction)
    introduction.state = IntroductionState.SUSPENDED
    _record(session, actor, "introduction.suspended", match, now=now)
    return introduction


def resume(session: Session, actor: Actor, match_id: int, *, now: dt.datetime) -> Introduction:
    """Let the clock of a suspended introduction count again."""
    actor.require(Action.INTRODUCTION_SEND)
    match = match_with_party(session, actor.fabrique_id, match_id)
    introduction = introduction_of(session, match)
    if introduction.state is not IntroductionState.SUSPENDED:
        raise Conflict("introduction.not_suspended")
    introduction.state = IntroductionState.SENT
    _record(session, actor, "introduction.resumed", match, now=now)
    return introduction


def fall_silent(session: Session, actor: Actor, *, now: dt.datetime) -> int:
    """Close the introductions nobody answered in 45 days; how many were closed."""
    actor.require(Action.INTRODUCTION_SEND)
    waiting = session.scalars(
        select(Introduction)
        .join(Introduction.match)
        .where(Match.fabrique_id == actor.fabrique_id, Introduction.state.in_(WAITING))
        .options(joinedload(Introduction.match).joinedload(Match.opportunity))
    )
    closed = 0
    for introduction in waiting:
        clock = follow_up_clock(local_date(introduction.sent_at), local_date(now))
        if clock.step is Step.OVER:
            introduction.state = IntroductionState.SILENT
            _record(session, actor, "introduction.silent", introduction.match, now=now)
            closed += 1
    session.flush()
    return closed


def _require_waiting(introduction: Introduction) -> None:
    if introduction.state not in WAITING:
        raise Conflict("introduction.answered")


def _write_to_contact(
    session: Session, match: Match, *, key: str, body: str, now: dt.datetime
) -> None:
    recipient = party_of(match).contact_email
    if not recipient:
        raise Conflict("introduction.contact_missing")
    write_message(
        session,
        match.fabrique_id,
        key=key,
        recipient=recipient,
        subject=f"Mise en relation : {match.opportunity.title}"[:200],
        body=body,
        now=now,
    )


def _record(
    session: Session,
    actor: Actor,
    action: str,
    match: Match,
    *,
    now: dt.datetime,
    answer: str | None = None,
) -> None:
    facts: dict[str, str | int] = {"match": match.id}
    if answer is not None:
        facts["answer"] = answer
    record(session, actor, action, match.opportunity.reference, now=now, facts=facts)
