"""Signing in with a one-time code sent by e-mail, and the sessions it opens.
Only keyed hashes of codes and tokens are stored."""

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from fabrique.core.access import Actor, ActorKind, Grant, anybody
from fabrique.core.db import Base, Owned
from fabrique.core.errors import Conflict, Invalid
from fabrique.core.journal import record
from fabrique.core.outbox import write_message
from fabrique.core.people import Person

CODE_MINUTES = 10
SESSION_DAYS = 14
# Six digits and five tries leave one chance in 200,000 to a guesser.
TRIES_PER_CODE = 5
CODES_PER_HOUR = 5
CODES_PER_ADDRESS_HOUR = 30


class SignInCode(Owned, Base):
    """A code asked for an e-mail address, whether or not somebody is known there."""

    __tablename__ = "sign_in_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    address_hash: Mapped[str] = mapped_column(String(64), index=True)
    asked_at: Mapped[dt.datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[dt.datetime | None]


class WebSession(Base):
    """An open session of a browser, revocable at any time."""

    __tablename__ = "web_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    opened_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    user_agent: Mapped[str] = mapped_column(String(200))
    revoked_at: Mapped[dt.datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


@dataclass(frozen=True, slots=True)
class Seal:
    """Makes keyed hashes; holds the secret so that nobody else needs it."""

    key: str

    def hash(self, purpose: str, value: str) -> str:
        """HMAC-SHA256 in hexadecimal, separated by purpose."""
        return hmac.new(
            self.key.encode(), f"{purpose}:{value}".encode(), hashlib.sha256
        ).hexdigest()


def normalised_email(email: str) -> str:
    """The address as compared: trimmed, lower case."""
    return email.strip().lower()


def ask_code(
    session: Session, seal: Seal, fabrique_id: int, email: str, *, address: str, now: dt.datetime
) -> None:
    """Send a code to a known person. An unknown address gets the same answer and no message."""
    email = normalised_email(email)
    if "@" not in email[1:-1] or len(email) > 254:
        raise Invalid("sign_in.email_invalid", field="email")
    address_hash = seal.hash("address", address)
    _refuse_too_many(session, fabrique_id, email, address_hash, now)
    code = f"{secrets.randbelow(1_000_000):06d}"
    asked = SignInCode(
        fabrique_id=fabrique_id,
        email=email,
        code_hash=seal.hash("code", f"{email}:{code}"),
        address_hash=address_hash,
        asked_at=now,
    )
    session.add(asked)
    session.flush()
    if _person(session, fabrique_id, email) is not None:
        write_message(
            session,
            fabrique_id,
            key=f"sign-in-{asked.id}",
            recipient=email,
            subject=f"Votre code : {code}",
            body=f"Bonjour,\n\nVotre code de connexion est {code}.\n"
            f"Il est valable {CODE_MINUTES} minutes et ne sert qu’une fois.\n\n"
            "Si vous n’avez rien demandé, ignorez ce message.\n",
            now=now,
        )


def _refuse_too_many(
    session: Session, fabrique_id: int, email: str, address_hash: str, now: dt.datetime
) -> None:
    recent = SignInCode.asked_at > now - dt.timedelta(hours=1)
    of_email = session.scalar(
        select(func.count()).where(
            recent, SignInCode.fabrique_id == fabrique_id, SignInCode.email == email
        )
    )
    of_address = session.scalar(
        select(func.count()).where(recent, SignInCode.address_hash == address_hash)
    )
    if (of_email or 0) >= CODES_PER_HOUR or (of_address or 0) >= CODES_PER_ADDRESS_HOUR:
        raise Conflict("sign_in.too_many")


def open_with_code(
    session: Session,
    seal: Seal,
    fabrique_id: int,
    email: str,
    code: str,
    *,
    user_agent: str,
    now: dt.datetime,
) -> str | None:
    """The token of a new session if the code is right, else None (a wrong try is counted)."""
    email = normalised_email(email)
    asked = session.scalar(
        select(SignInCode)
        .where(SignInCode.fabrique_id == fabrique_id, SignInCode.email == email)
        .order_by(SignInCode.id.desc())
        .limit(1)
    )
    alive = (
        asked is not None
        and asked.used_at is None
        and asked.tries < TRIES_PER_CODE
        and now < asked.asked_at + dt.timedelta(minutes=CODE_MINUTES)
    )
    person = _person(session, fabrique_id, email)
    if asked is None or not alive or person is None:
        return None
    asked.tries += 1
    given = seal.hash("code", f"{email}:{code.replace(' ', '')}")
    if not hmac.compare_digest(asked.code_hash, given):
        return None
    asked.used_at = now
    return open_session(session, seal, person, user_agent=user_agent, now=now)


def open_session(
    session: Session, seal: Seal, person: Person, *, user_agent: str, now: dt.datetime
) -> str:
    """Open a session for a person and return its token, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            token_hash=seal.hash("session", token),
            person_id=person.id,
            opened_at=now,
            expires_at=now + dt.timedelta(days=SESSION_DAYS),
            user_agent=user_agent[:200],
        )
    )
    actor = Actor(kind=ActorKind.PERSON, fabrique_id=person.fabrique_id, person_id=person.id)
    record(session, actor, "session.opened", f"person-{person.id}", now=now)
    return token


def actor_of(
    session: Session, seal: Seal, fabrique_id: int, token: str | None, *, now: dt.datetime
) -> Actor:
    """Who holds this token in this fabrique; anybody when it is missing, expired or revoked."""
    if not token:
        return anybody(fabrique_id)
    opened = session.scalar(
        select(WebSession)
        .where(
            WebSession.token_hash == seal.hash("session", token),
            WebSession.revoked_at.is_(None),
            WebSession.expires_at > now,
        )
        .options(selectinload(WebSession.person).selectinload(Person.memberships))
    )
    if opened is None or opened.person.fabrique_id != fabrique_id:
        return anybody(fabrique_id)
    return person_actor(opened.person)


def person_actor(person: Person) -> Actor:
    """The actor of a person whose memberships are loaded."""
    return Actor(
        kind=ActorKind.PERSON,
        fabrique_id=person.fabrique_id,
        person_id=person.id,
        name=person.name,
        grants=tuple(
            Grant(role=held.role, territory_id=held.territory_id) for held in person.memberships
        ),
    )


def close_session(session: Session, seal: Seal, token: str, *, now: dt.datetime) -> None:
    """Revoke the session of that token, if it is open."""
    opened = session.scalar(
        select(WebSession).where(WebSession.token_hash == seal.hash("session", token))
    )
    if opened is not None:
        opened.revoked_at = now


def _person(session: Session, fabrique_id: int, email: str) -> Person | None:
    return session.scalar(
        select(Person).where(Person.fabrique_id == fabrique_id, Person.email == email)
    )
