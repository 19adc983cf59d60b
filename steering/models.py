"""Tables from matches to a decision and what became of it: programmes, committees, meetings,
agendas with versions, numbered decisions, follow-ups, projects."""

import datetime as dt
import enum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from capture.models import Opportunity, Verdict
from fabrique.core.db import Base, JsonValue, Owned
from fabrique.core.people import Person
from matching.models import ProjectHolder


class Programme(Owned, Base):
    """One year of the fabrique on one territory."""

    __tablename__ = "programme"
    __table_args__ = (UniqueConstraint("fabrique_id", "territory_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    year: Mapped[int]
    opened_on: Mapped[dt.date]
    closed_on: Mapped[dt.date | None]


class CommitteeKind(enum.StrEnum):
    """Who decides and who prepares."""

    COPIL = "copil"
    COTECH = "cotech"


class Committee(Owned, Base):
    """A steering or technical committee on one territory."""

    __tablename__ = "committee"
    __table_args__ = (UniqueConstraint("fabrique_id", "territory_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    kind: Mapped[CommitteeKind]
    name: Mapped[str] = mapped_column(String(200))
    notice_days: Mapped[int]

    seats: Mapped[list["Seat"]] = relationship(lazy="raise", order_by="Seat.id")


class Seat(Base):
    """A place in a committee: a person, in a quality, for an organisation, with or without vote."""

    __tablename__ = "seat"

    id: Mapped[int] = mapped_column(primary_key=True)
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    holder_name: Mapped[str] = mapped_column(String(200))
    quality: Mapped[str] = mapped_column(String(200))
    organisation_name: Mapped[str] = mapped_column(String(200))
    college: Mapped[str] = mapped_column(String(60))
    is_voting: Mapped[bool]

    person: Mapped[Person | None] = relationship(lazy="raise")


class MeetingState(enum.StrEnum):
    """A meeting is planned, open in the room, closed, or cancelled."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Meeting(Owned, Base):
    """A sitting of a committee, with the minutes it has."""

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("fabrique_id", "reference"),
        CheckConstraint("minutes > 0", name="lasts_some_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20))
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    starts_at: Mapped[dt.datetime]
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(String(300))
    state: Mapped[MeetingState]
    present_count: Mapped[int | None]

    committee: Mapped[Committee] = relationship(lazy="raise")
    programme: Mapped[Programme] = relationship(lazy="raise")
    agendas: Mapped[list["Agenda"]] = relationship(lazy="raise", order_by="Agenda.version")
    decisions: Mapped[list["Decision"]] = relationship(lazy="raise", order_by="Decision.number")


class Agenda(Base):
    """A version of a meeting's agenda: 0 is the working one, the others are frozen."""

    __tablename__ = "agenda"
    __table_args__ = (UniqueConstraint("meeting_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    version: Mapped[int]
    drafted_at: Mapped[dt.datetime]
    frozen_at: Mapped[dt.datetime | None]
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    left_out: Mapped[dict[str, JsonValue]]

    items: Mapped[list["AgendaItem"]] = relationship(
        lazy="raise", order_by="AgendaItem.position", back_populates="agenda"
    )


class ItemKind(enum.StrEnum):
    """What is expected of the room."""

    INFORMATION = "information"
    EXCHANGE = "exchange"
    DECISION = "decision"


class ItemOrigin(enum.StrEnum):
    """Whether the point is an obligation, the machine's proposal, or a person's."""

    MANDATORY = "mandatory"
    PROPOSED = "proposed"
    ADDED = "added"


class AgendaItem(Base):
    """One point, with its minutes and the reasons that put it there."""

    __tablename__ = "agenda_item"
    __table_args__ = (CheckConstraint("minutes > 0", name="lasts_some_time"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agenda_id: Mapped[int] = mapped_column(ForeignKey("agenda.id"), index=True)
    position: Mapped[int]
    kind: Mapped[ItemKind]
    origin: Mapped[ItemOrigin]
    topic: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300))
    minutes: Mapped[int]
    rapporteur: Mapped[str] = mapped_column(String(200), default="")
    is_pinned: Mapped[bool] = mapped_column(default=False)
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    facts: Mapped[dict[str, JsonValue]]
    synthesis: Mapped[str] = mapped_column(Text, default="")
    proposal: Mapped[str] = mapped_column(Text, default="")

    agenda: Mapped[Agenda] = relationship(lazy="raise", back_populates="items")
    opportunity: Mapped[Opportunity | None] = relationship(lazy="raise")


class DecisionOutcome(enum.StrEnum):
    """The five outcomes of a decision record."""

    ADOPTED = "adopted"
    ADOPTED_WITH_RESERVES = "adopted_with_reserves"
    ADJOURNED = "adjourned"
    REJECTED = "rejected"
    NOTED = "noted"


class Decision(Owned, Base):
    """Numbered in its meeting and never edited; a later decision cites and corrects it."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(30))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    number: Mapped[int]
    item_title: Mapped[str] = mapped_column(String(300))
    outcome: Mapped[DecisionOutcome]
    verdict: Mapped[Verdict | None]
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    abstentions: Mapped[int | None]
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id"), index=True)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    recorded_at: Mapped[dt.datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    meeting: Mapped[Meeting] = relationship(lazy="raise", back_populates="decisions")
    opportunity: Mapped[Opportunity | None] = relationship(lazy="raise")


class FollowUpState(enum.StrEnum):
    """Where an action decided in a meeting stands."""

    TO_DO = "to_do"
    DONE = "done"
    DROPPED = "dropped"


class FollowUp(Owned, Base):
    """Who does what by when, after a decision."""

    __tablename__ = "follow_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)
    task: Mapped[str] = mapped_column(Text)
    owner_name: Mapped[str] = mapped_column(String(200))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[dt.date] = mapped_column(index=True)
    state: Mapped[FollowUpState] = mapped_column(index=True)
    progress: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[dt.datetime]

    decision: Mapped[Decision] = relationship(lazy="raise")


class ProjectState(enum.StrEnum):
    """A project runs, is in difficulty, succeeded or stopped."""

    RUNNING = "running"
    IN_DIFFICULTY = "in_difficulty"
    LAUNCHED = "launched"
    STOPPED = "stopped"


class Project(Owned, Base):
    """An opportunity held by somebody: the fourth thing."""

    __tablename__ = "project"
    __table_args__ = (UniqueConstraint("fabrique_id", "reference"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20))
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"), unique=True)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("project_holder.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[ProjectState]
    started_on: Mapped[dt.date]
    jobs_fte: Mapped[float]
    jobs_reported_on: Mapped[dt.date | None]
    news: Mapped[str] = mapped_column(Text, default="")

    opportunity: Mapped[Opportunity] = relationship(lazy="raise")
    holder: Mapped[ProjectHolder | None] = relationship(lazy="raise")
    milestones: Mapped[list["Milestone"]] = relationship(
        lazy="raise", order_by="Milestone.due_on", back_populates="project"
    )


class Milestone(Base):
    """A step of a project, promised for a day and reached or not."""

    __tablename__ = "milestone"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    due_on: Mapped[dt.date]
    reached_on: Mapped[dt.date | None]

    project: Mapped[Project] = relationship(lazy="raise", back_populates="milestones")
