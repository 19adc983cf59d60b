"""Tables from an opportunity to the people who can carry and help it: the directory, what already
works elsewhere, the matches a machine proposes and the introductions a person sends."""

import datetime as dt
import enum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from capture.models import Opportunity
from fabrique.core.db import Base, JsonValue, Owned
from fabrique.core.people import Person
from matching.scoring.vocabulary import HelpKind, Stage, ZoneScale

__all__ = [
    "ActorKind",
    "HelpKind",
    "HolderKind",
    "Initiative",
    "Introduction",
    "IntroductionState",
    "Match",
    "MatchSieve",
    "MatchState",
    "ProjectHolder",
    "PutAsideReason",
    "Stage",
    "SupportActor",
    "SupportOffer",
    "ZoneScale",
]


class HolderKind(enum.StrEnum):
    """Legal form, or absence of one, of who may carry a project."""

    ASSOCIATION = "association"
    SCOP = "scop"
    SCIC = "scic"
    COOP_ACTIVITY = "coop_activity"
    SIAE = "siae"
    COMPANY = "company"
    MUNICIPALITY = "municipality"
    COLLECTIVE = "collective"
    INDIVIDUAL = "individual"


class ActorKind(enum.StrEnum):
    """Families of support actors."""

    CRESS = "cress"
    FABRIQUE = "fabrique"
    INCUBATOR = "incubator"
    SCOP_NETWORK = "scop_network"
    DLA = "dla"
    SOLIDARITY_FINANCE = "solidarity_finance"
    BUSINESS_NURSERY = "business_nursery"
    COOP_ACTIVITY = "coop_activity"
    LOCAL_AUTHORITY = "local_authority"
    STATE_SERVICE = "state_service"
    FOUNDATION = "foundation"
    LABORATORY = "laboratory"
    SIAE = "siae"
    THIRD_PLACE = "third_place"
    CONSULAR_CHAMBER = "consular_chamber"
    THEMATIC_NETWORK = "thematic_network"
    OTHER = "other"


class _Reachable(Owned):
    """Columns shared by who can carry and who can help: where, on what, how much at a time."""

    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    sectors: Mapped[list[str]]
    commune: Mapped[str | None] = mapped_column(String(5))
    zone_scale: Mapped[ZoneScale]
    zone_codes: Mapped[list[str]]
    capacity: Mapped[int]
    load: Mapped[int] = mapped_column(default=0)
    absent_until: Mapped[dt.date | None]
    contact_email: Mapped[str | None] = mapped_column(String(254))
    source: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[dt.datetime]


class ProjectHolder(_Reachable, Base):
    """Somebody who could carry a project."""

    __tablename__ = "project_holder"
    __table_args__ = (
        UniqueConstraint("fabrique_id", "source", "name"),
        CheckConstraint("capacity >= 0", name="capacity_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[HolderKind]
    is_person: Mapped[bool]
    wants: Mapped[str] = mapped_column(Text, default="")
    stages: Mapped[list[str]]


class SupportActor(_Reachable, Base):
    """An organisation that helps projects to exist."""

    __tablename__ = "support_actor"
    __table_args__ = (
        UniqueConstraint("fabrique_id", "source", "name"),
        CheckConstraint("capacity >= 0", name="capacity_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ActorKind]

    offers: Mapped[list["SupportOffer"]] = relationship(lazy="raise", back_populates="actor")


class SupportOffer(Base):
    """One thing a support actor offers, to whom, at which stage."""

    __tablename__ = "support_offer"

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("support_actor.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    help_kinds: Mapped[list[str]]
    stages: Mapped[list[str]]
    legal_forms: Mapped[list[str]]
    amount_max: Mapped[int | None]

    actor: Mapped[SupportActor] = relationship(lazy="raise", back_populates="offers")


class Initiative(Owned, Base):
    """Something that already works elsewhere and says under which conditions."""

    __tablename__ = "initiative"
    __table_args__ = (UniqueConstraint("fabrique_id", "source", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    tagline: Mapped[str] = mapped_column(String(300))
    sectors: Mapped[list[str]]
    need_met: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    year: Mapped[int]
    commune: Mapped[str | None] = mapped_column(String(5))
    holder_name: Mapped[str] = mapped_column(String(200))
    business_model: Mapped[str] = mapped_column(Text)
    jobs_fte: Mapped[float | None]
    results: Mapped[str] = mapped_column(Text)
    success_factors: Mapped[list[str]]
    difficulties: Mapped[list[str]]
    conditions: Mapped[dict[str, JsonValue]]
    contact_email: Mapped[str | None] = mapped_column(String(254))
    source: Mapped[str] = mapped_column(String(200))
    verified_on: Mapped[dt.date]
    expires_on: Mapped[dt.date]


class MatchState(enum.StrEnum):
    """What a person did of a proposal."""

    PROPOSED = "proposed"
    PUT_ASIDE = "put_aside"
    INTRODUCED = "introduced"


class PutAsideReason(enum.StrEnum):
    """Why a proposal was not followed."""

    OUT_OF_ZONE = "out_of_zone"
    FULL = "full"
    OTHER_TRADE = "other_trade"
    CONFLICT = "conflict"
    OTHER = "other"


class Match(Owned, Base):
    """A rapprochement: one opportunity and one holder, actor or initiative, with the reasons."""

    __tablename__ = "match"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN holder_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN actor_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN initiative_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="about_one_party",
        ),
        UniqueConstraint("opportunity_id", "holder_id"),
        UniqueConstraint("opportunity_id", "actor_id"),
        UniqueConstraint("opportunity_id", "initiative_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"), index=True)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("project_holder.id"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("support_actor.id"))
    initiative_id: Mapped[int | None] = mapped_column(ForeignKey("initiative.id"))
    state: Mapped[MatchState]
    rank: Mapped[int]
    score: Mapped[float]
    facts: Mapped[dict[str, JsonValue]]
    method: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[dt.datetime]
    put_aside_reason: Mapped[PutAsideReason | None]
    put_aside_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    put_aside_at: Mapped[dt.datetime | None]

    opportunity: Mapped[Opportunity] = relationship(lazy="raise")
    holder: Mapped[ProjectHolder | None] = relationship(lazy="raise")
    actor: Mapped[SupportActor | None] = relationship(lazy="raise")
    initiative: Mapped[Initiative | None] = relationship(lazy="raise")


class MatchSieve(Owned, Base):
    """From the directory to the proposals of one opportunity, as the last passage of the machine
    left it; made again by the next one. ``left`` counts by gate, ``refused`` says who and why."""

    __tablename__ = "match_sieve"

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"), primary_key=True)
    sieved_at: Mapped[dt.datetime]
    method: Mapped[str] = mapped_column(String(60))
    reach_km: Mapped[float]
    known: Mapped[int]
    left: Mapped[dict[str, JsonValue]]
    refused: Mapped[dict[str, str]]


class IntroductionState(enum.StrEnum):
    """The funnel of one introduction."""

    SENT = "sent"
    SEEN = "seen"
    INTERESTED = "interested"
    REFUSED = "refused"
    ENGAGED = "engaged"
    SILENT = "silent"
    SUSPENDED = "suspended"


class Introduction(Base):
    """A message a person read again and sent; the clock 9 / 21 / 45 days starts there."""

    __tablename__ = "introduction"

    id: Mapped[int] = mapped_column(primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), unique=True)
    state: Mapped[IntroductionState] = mapped_column(index=True)
    message: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[dt.datetime]
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[dt.datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    reminded_at: Mapped[dt.datetime | None]

    match: Mapped[Match] = relationship(lazy="raise")
    sent_by: Mapped[Person] = relationship(lazy="raise")
