"""The journal: who did what, when, to which dossier. Lines are added, never changed.
``job_run`` tells what the machine did at each planned slot."""

import datetime as dt
import enum
from collections.abc import Mapping

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from fabrique.core.access import Actor, ActorKind
from fabrique.core.db import Base, JsonValue, Owned
from fabrique.core.people import Person


class JournalEntry(Owned, Base):
    """One act on one dossier. ``facts`` never hold the words of a need or a name."""

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_subject", "fabrique_id", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    actor_kind: Mapped[ActorKind]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(40))
    why: Mapped[str] = mapped_column(String(500), default="")
    facts: Mapped[dict[str, JsonValue]]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("journal.id"))

    person: Mapped[Person | None] = relationship(lazy="raise")


class JobOutcome(enum.StrEnum):
    """How a planned run of a job ended."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class JobRun(Base):
    """One planned slot of one job, claimed by inserting the row."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "slot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(60))
    slot: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    outcome: Mapped[JobOutcome]
    counts: Mapped[dict[str, JsonValue]]


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: str,
    *,
    now: dt.datetime,
    why: str = "",
    facts: Mapping[str, JsonValue] | None = None,
    undoes: JournalEntry | None = None,
) -> JournalEntry:
    """Add a line: ``action`` is a slug such as « cluster.merged », ``subject`` a reference."""
    entry = JournalEntry(
        fabrique_id=actor.fabrique_id,
        at=now,
        actor_kind=actor.kind,
        person_id=actor.person_id,
        action=action,
        subject=subject,
        why=why,
        facts=dict(facts or {}),
        undoes_id=undoes.id if undoes else None,
    )
    session.add(entry)
    session.flush()
    return entry


def history_of(session: Session, fabrique_id: int, subject: str) -> list[JournalEntry]:
    """The lines about one dossier, newest first, with the person loaded."""
    return list(
        session.scalars(
            select(JournalEntry)
            .where(JournalEntry.fabrique_id == fabrique_id, JournalEntry.subject == subject)
            .options(joinedload(JournalEntry.person))
            .order_by(JournalEntry.id.desc())
        )
    )
