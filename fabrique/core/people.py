"""People, their organisations, and the roles they hold on territories."""

import datetime as dt
import enum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fabrique.core.db import Base, Owned


class Role(enum.StrEnum):
    """What a person may be for a fabrique, on one territory or on all of it."""

    IDEA_SENSOR = "idea_sensor"
    FACILITATOR = "facilitator"
    COMMITTEE_MEMBER = "committee_member"
    ADMINISTRATOR = "administrator"


class Quality(enum.StrEnum):
    """In what quality somebody speaks: the only thing published about a speaker."""

    RESIDENT = "resident"
    ASSOCIATION = "association"
    ELECTED = "elected"
    TECHNICIAN = "technician"
    BUSINESS = "business"
    EMPLOYER = "employer"
    SOCIAL_WORKER = "social_worker"
    HEALTH = "health"
    EDUCATION = "education"
    STATE_SERVICE = "state_service"
    OTHER = "other"


class Organisation(Owned, Base):
    """A body people belong to: association, commune, firm, State service."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    commune: Mapped[str | None] = mapped_column(String(5))


class Person(Owned, Base):
    """Somebody known by an e-mail address. Never shown in public."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("fabrique_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    quality: Mapped[Quality]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    created_at: Mapped[dt.datetime]

    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    memberships: Mapped[list["Membership"]] = relationship(
        lazy="raise", back_populates="person", foreign_keys="Membership.person_id"
    )


class Membership(Base):
    """A role held by a person on a territory (all of the fabrique when none is named)."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("person_id", "role", "territory_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role]
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"))
    granted_at: Mapped[dt.datetime]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(
        lazy="raise", back_populates="memberships", foreign_keys=[person_id]
    )
