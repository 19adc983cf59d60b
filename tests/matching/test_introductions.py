"""Introductions: the message leaves once, answers and reminders follow, silence has an end."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fabrique.core.access import Actor, machine
from fabrique.core.errors import Conflict, Invalid
from fabrique.core.journal import history_of
from fabrique.core.outbox import OutboxMessage
from fabrique.core.people import Person
from fabrique.core.territories import Fabrique
from matching.models import IntroductionState, Match, MatchState, ProjectHolder
from matching.proposals import fall_silent, introduce, record_answer, remind, resume, suspend
from tests.builders import a_holder, a_match, an_initiative, an_introduction, an_opportunity

Coordinator = tuple[Person, Actor]
LATER = dt.timedelta(days=9)


@pytest.fixture
def match(session: Session, fabrique: Fabrique) -> Match:
    return a_match(session, an_opportunity(session, fabrique), holder=a_holder(session, fabrique))


def letters(session: Session) -> list[tuple[str, str, str]]:
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.recipient, row.subject, row.body) for row in rows]


def test_introduction_sends_the_message_read_again(
    session: Session, coordinator: Coordinator, match: Match, now: dt.datetime
) -> None:
    person, actor = coordinator
    introduction = introduce(session, actor, match.id, " Bonjour, lisez ceci. ", now=now)
    assert match.state is MatchState.INTRODUCED
    assert (introduction.state, introduction.sent_by_id) == (IntroductionState.SENT, person.id)
    assert letters(session) == [
        (
            "contact@example.fr",
            "Mise en relation : Garage solidaire et prêt de véhicules",
            "Bonjour, lisez ceci.",
        )
    ]
    (line,) = history_of(session, actor.fabrique_id, match.opportunity.reference)
    assert (line.action, line.facts) == ("introduction.sent", {"match": match.id})


def test_team_of_an_initiative_is_written_to_as_well(
    session: Session, fabrique: Fabrique, coordinator: Coordinator, now: dt.datetime
) -> None:
    opportunity = an_opportunity(session, fabrique)
    match = a_match(session, opportunity, initiative=an_initiative(session, fabrique))
    introduce(session, coordinator[1], match.id, "Peut-on vous rencontrer ?", now=now)
    record_answer(
        session, coordinator[1], match.id, IntroductionState.INTERESTED, "Venez.", now=now
    )
    assert [recipient for recipient, _, _ in letters(session)] == ["contact@example.fr"]


def test_second_introduction_of_the_same_match_is_refused(
    session: Session, coordinator: Coordinator, match: Match, now: dt.datetime
) -> None:
    introduce(session, coordinator[1], match.id, "Bonjour.", now=now)
    with pytest.raises(Conflict) as refused:
        introduce(session, coordinator[1], match.id, "Bonjour.", now=now)
    assert refused.value.code == "match.not_proposed"
    assert len(letters(session)) == 1


def test_empty_message_is_refused(
    session: Session, coordinator: Coordinator, match: Match, now: dt.datetime
) -> None:
    with pytest.raises(Invalid) as refused:
        introduce(session, coordinator[1], match.id, "  ", now=now)
    assert refused.value.code == "introduction.message_missing"


def test_party_without_address_cannot_be_written_to(
    session: Session, fabrique: Fabrique, coordinator: Coordinator, now: dt.datetime
) -> None:
    holder = a_holder(session, fabrique, contact_email=None)
    match = a_match(session, an_opportunity(session, fabrique), holder=holder)
    with pytest.raises(Conflict) as refused:
        introduce(session, coordinator[1], match.id, "Bonjour.", now=now)
    assert refused.value.code == "introduction.contact_missing"


def test_closed_opportunity_and_machine_send_nothing(
    session: Session, coordinator: Coordinator, match: Match, now: dt.datetime
) -> None:
    with pytest.raises(Conflict) as refused:
        introduce(session, machine(match.fabrique_id), match.id, "Bonjour.", now=now)
    assert refused.value.code == "introduction.needs_a_person"
    match.opportunity.is_closed = True
    with pytest.raises(Conflict) as refused:
        introduce(session, coordinator[1], match.id, "Bonjour.", now=now)
    assert refused.value.code == "match.opportunity_closed"


def test_engagement_takes_a_place_and_gives_it_back(
    session: Session, coordinator: Coordinator, match: Match, now: dt.datetime
) -> None:
    _, actor = coordinator
    holder = session.get_one(ProjectHolder, match.holder_id)
    before = holder.load
    introduce(session, actor, match.id, "Bonjour.", now=now)
    for answer, load in (
        (IntroductionState.INTERESTED, before),
        (IntroductionState.ENGAGED, before + 1),
        (IntroductionState.ENGAGED, before + 1),
        (IntroductionState.REFUSED, before),
    ):
        introduction = record_answer(session, actor, match.id, answer, "Nos mots.", now=now)
        assert (introduction.state, holder.load) == (answer, load)
    assert (introduction.answer, introduction.answered_at) == ("Nos mots.", now)


def test_refusal_without_words_is_refused(
    session: Session, coordinator: Coordinator, match: Match, now: dt.datetime
) -> None:
    introduce(session, coordinator[1], match.id, "Bonjour.", now=now)
    with pytest.raises(Invalid) as refused:
        record_answer(session, coordinator[1], match.id, IntroductionState.REFUSED, " ", now=now)
    assert (refused.value.code, refused.value.field) == ("introduction.words_missing", "words")


def test_silence_is_not_an_answer_a_person_records(
    session: Session, coordinator: Coordinator, match: Match, now: dt.datetime
) -> None:
    introduce(session, coordinator[1], match.id, "Bonjour.", now=now)
    with pytest.raises(Invalid) as refused:
        record_answer(session, coordinator[1], match.id, IntroductionState.SILENT, "", now=now)
    assert refused.value.code == "introduction.not_an_answer"


def test_answer_to_an_introduction_never_sent_is_refused(
    session: Session, coordinator: Coordinator, match: Match, now: dt.datetime
) -> None:
    with pytest.raises(Conflict) as refused:
        record_answer(session, coordinator[1], match.id, IntroductionState.SEEN, "", now=now)
    assert refused.value.code == "introduction.not_sent"


def test_reminder_repeats_the_message_at_most_once_a_day(
    session: Session, coordinator: Coordinator, match: Match, now: dt.datetime
) -> None:
    _, actor = coordinator
    introduce(session, actor, match.id, "Bonjour, lisez ceci.", now=now)
    with pytest.raises(Conflict) as refused:
        remind(session, actor, match.id, now=now + dt.timedelta(hours=23))
    assert refused.value.code == "introduction.reminded_today"
    introduction = remind(session, actor, match.id, now=now + LATER)
    assert introduction.reminded_at == now + LATER
    session.flush()
    assert len(letters(session)) == 2
    assert "Bonjour, lisez ceci." in letters(session)[1][2]


def test_party_that_answered_is_not_reminded(
    session: Session, coordinator: Coordinator, match: Match, now: dt.datetime
) -> None:
    _, actor = coordinator
    introduce(session, actor, match.id, "Bonjour.", now=now)
    record_answer(session, actor, match.id, IntroductionState.INTERESTED, "", now=now)
    for act in (remind, suspend):
        with pytest.raises(Conflict) as refused:
            act(session, actor, match.id, now=now + LATER)
        assert refused.value.code == "introduction.answered"


def test_suspended_introduction_is_left_alone_until_resumed(
    session: Session, coordinator: Coordinator, match: Match, now: dt.datetime
) -> None:
    _, actor = coordinator
    introduce(session, actor, match.id, "Bonjour.", now=now)
    suspend(session, actor, match.id, now=now)
    assert fall_silent(session, actor, now=now + dt.timedelta(days=60)) == 0
    introduction = resume(session, actor, match.id, now=now)
    assert introduction.state is IntroductionState.SENT
    with pytest.raises(Conflict) as refused:
        resume(session, actor, match.id, now=now)
    assert refused.value.code == "introduction.not_suspended"


def test_silence_is_said_after_forty_five_days(
    session: Session, fabrique: Fabrique, coordinator: Coordinator, now: dt.datetime
) -> None:
    person, _ = coordinator
    opportunity = an_opportunity(session, fabrique)
    old, recent = (
        an_introduction(
            session,
            a_match(
                session,
                opportunity,
                holder=a_holder(session, fabrique),
                state=MatchState.INTRODUCED,
            ),
            person,
            sent_at=now - dt.timedelta(days=days),
        )
        for days in (45, 44)
    )
    assert fall_silent(session, machine(fabrique.id), now=now) == 1
    assert (old.state, recent.state) == (IntroductionState.SILENT, IntroductionState.SENT)
    (line,) = history_of(session, fabrique.id, opportunity.reference)
    assert line.action == "introduction.silent"
