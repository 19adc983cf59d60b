"""Signing in: the code, its limits, the session it opens and how it ends."""

import datetime as dt
import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fabrique.core.access import ActorKind
from fabrique.core.errors import Conflict, Invalid
from fabrique.core.outbox import OutboxMessage
from fabrique.core.people import Role
from fabrique.core.signin import (
    CODE_MINUTES,
    CODES_PER_HOUR,
    SESSION_DAYS,
    TRIES_PER_CODE,
    Seal,
    SignInCode,
    WebSession,
    actor_of,
    ask_code,
    close_session,
    open_session,
    open_with_code,
)
from fabrique.core.territories import Fabrique
from tests.builders import a_fabrique, a_membership, a_person

SEAL = Seal("secret-of-the-tests")


def asked(session: Session, fabrique: Fabrique, email: str, now: dt.datetime) -> str:
    ask_code(session, SEAL, fabrique.id, email, address="127.0.0.1", now=now)
    session.flush()
    body = session.scalars(select(OutboxMessage.body).order_by(OutboxMessage.id.desc())).first()
    found = re.search(r"\b\d{6}\b", body or "")
    return found.group() if found else ""


def opened(
    session: Session, fabrique: Fabrique, email: str, code: str, now: dt.datetime
) -> str | None:
    return open_with_code(session, SEAL, fabrique.id, email, code, user_agent="tests", now=now)


def test_right_code_opens_a_session_of_that_person(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    person = a_person(session, fabrique)
    a_membership(session, person, Role.FACILITATOR)
    code = asked(session, fabrique, person.email.upper(), now)
    token = opened(session, fabrique, person.email, f"{code[:3]} {code[3:]}", now)
    actor = actor_of(session, SEAL, fabrique.id, token, now=now)
    assert (actor.person_id, actor.name) == (person.id, person.name)
    assert [grant.role for grant in actor.grants] == [Role.FACILITATOR]


def test_nothing_secret_is_stored(session: Session, fabrique: Fabrique, now: dt.datetime) -> None:
    person = a_person(session, fabrique)
    code = asked(session, fabrique, person.email, now)
    token = opened(session, fabrique, person.email, code, now)
    stored = session.scalars(select(SignInCode)).one()
    assert code not in stored.code_hash
    assert session.scalars(select(WebSession.token_hash)).one() != token


def test_code_serves_once(session: Session, fabrique: Fabrique, now: dt.datetime) -> None:
    person = a_person(session, fabrique)
    code = asked(session, fabrique, person.email, now)
    assert opened(session, fabrique, person.email, code, now)
    assert opened(session, fabrique, person.email, code, now) is None


def test_code_dies_after_its_minutes(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    person = a_person(session, fabrique)
    code = asked(session, fabrique, person.email, now)
    late = now + dt.timedelta(minutes=CODE_MINUTES)
    assert opened(session, fabrique, person.email, code, late) is None


def test_code_dies_after_too_many_tries(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    person = a_person(session, fabrique)
    code = asked(session, fabrique, person.email, now)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(TRIES_PER_CODE):
        assert opened(session, fabrique, person.email, wrong, now) is None
    assert opened(session, fabrique, person.email, code, now) is None


def test_unknown_address_gets_the_same_answer_and_no_message(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    assert asked(session, fabrique, "personne@example.fr", now) == ""
    assert session.scalars(select(OutboxMessage)).all() == []


def test_too_many_codes_for_one_address(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    person = a_person(session, fabrique)
    for _ in range(CODES_PER_HOUR):
        asked(session, fabrique, person.email, now)
    with pytest.raises(Conflict, match=r"sign_in\.too_many"):
        asked(session, fabrique, person.email, now)
    asked(session, fabrique, person.email, now + dt.timedelta(hours=1))


@pytest.mark.parametrize("email", ["", "@", "sans-arobase", "a@", "@b", "x" * 260 + "@b.fr"])
def test_broken_address_is_refused(
    session: Session, fabrique: Fabrique, now: dt.datetime, email: str
) -> None:
    with pytest.raises(Invalid):
        asked(session, fabrique, email, now)


def test_session_ends_when_closed_or_old(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    person = a_person(session, fabrique)
    token = open_session(session, SEAL, person, user_agent="tests", now=now)
    old = now + dt.timedelta(days=SESSION_DAYS)
    assert actor_of(session, SEAL, fabrique.id, token, now=old).kind is ActorKind.ANONYMOUS
    close_session(session, SEAL, token, now=now)
    assert actor_of(session, SEAL, fabrique.id, token, now=now).kind is ActorKind.ANONYMOUS


def test_session_of_one_fabrique_is_nobody_in_another(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    person = a_person(session, fabrique)
    token = open_session(session, SEAL, person, user_agent="tests", now=now)
    other = a_fabrique(session)
    assert actor_of(session, SEAL, other.id, token, now=now).kind is ActorKind.ANONYMOUS
