"""Tables from an unmet need to an opportunity. Four things stay distinct: the need (its words never
change), the reading of the machine, the grouping it proposes, the opportunity a person signs."""

import datetime as dt
import enum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from capture.nlp.carry_over import ChangeKind
from capture.nlp.sectors import Sector
from capture.nlp.wellbeing import Dimension, Polarity
from fabrique.core.db import Base, JsonValue, Owned
from fabrique.core.people import Organisation, Person, Quality

# Signs in the name of a source, which is a subject of the journal, and in the identifier that it
# gives to a need.
SOURCE_MAX, SOURCE_ID_MAX = 40, 120


class NeedKind(enum.StrEnum):
    """The four entry points of the method."""

    NEED = "need"
    IDEA = "idea"
    PLACE = "place"
    SEEN_ELSEWHERE = "seen_elsewhere"


class NeedState(enum.StrEnum):
    """Where a need stands before any grouping."""

    RECEIVED = "received"
    TO_REVIEW = "to_review"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


class Extent(enum.StrEnum):
    """How many people live it, as said by the author."""

    A_FEW = "a_few"
    TENS = "tens"
    HUNDREDS = "hundreds"
    MORE = "more"
    UNKNOWN = "unknown"


class HowKnown(enum.StrEnum):
    """How the author knows."""

    LIVED = "lived"
    OBSERVED = "observed"
    SURVEY = "survey"
    STUDY = "study"
    MEETING = "meeting"


class Participation(enum.StrEnum):
    """Whether the author would take part."""

    PROJECT_GROUP = "project_group"
    POSSIBLE_HOLDER = "possible_holder"
    NO = "no"


class NewsFrequency(enum.StrEnum):
    """How often the author wants to hear what became of the need."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class Need(Owned, Base):
    """What somebody said is missing, in their own words, at one commune at most."""

    __tablename__ = "need"
    __table_args__ = (
        UniqueConstraint("fabrique_id", "reference"),
        UniqueConstraint("fabrique_id", "source", "source_id"),
        Index("ix_need_place", "fabrique_id", "commune"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(SOURCE_MAX))
    source_id: Mapped[str] = mapped_column(String(SOURCE_ID_MAX))
    kind: Mapped[NeedKind]
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    commune: Mapped[str | None] = mapped_column(String(5))
    state: Mapped[NeedState]
    created_at: Mapped[dt.datetime]
    observed_on: Mapped[dt.date]
    quality: Mapped[Quality]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))

    audiences: Mapped[list[str]]
    extent: Mapped[Extent]
    how_known: Mapped[HowKnown | None]
    urgency: Mapped[str] = mapped_column(Text, default="")
    causes: Mapped[str] = mapped_column(Text, default="")
    existing_answers: Mapped[str] = mapped_column(Text, default="")
    solution: Mapped[str] = mapped_column(Text, default="")
    seen_elsewhere: Mapped[str] = mapped_column(Text, default="")
    interested_actors: Mapped[str] = mapped_column(Text, default="")
    participation: Mapped[Participation | None]

    # A person's choice wins over every reading of the machine.
    chosen_sector: Mapped[Sector | None]
    sector_chosen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sector_chosen_at: Mapped[dt.datetime | None]

    author: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[author_id])
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    reading: Mapped["NeedReading | None"] = relationship(
        lazy="raise", back_populates="need", foreign_keys="NeedReading.need_id"
    )
    membership: Mapped["ClusterMember | None"] = relationship(lazy="raise", back_populates="need")
    confirmations: Mapped[list["NeedConfirmation"]] = relationship(
        lazy="raise", back_populates="need"
    )


# The optional answers in words: somebody may be named there as in the text.
FREE_ANSWERS = (
    "urgency",
    "causes",
    "existing_answers",
    "solution",
    "seen_elsewhere",
    "interested_actors",
)


class NeedContact(Base):
    """How to tell the author what became of the need; kept apart from the words."""

    __tablename__ = "need_contact"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254))
    news: Mapped[NewsFrequency]
    follow_token_hash: Mapped[str] = mapped_column(String(64), unique=True)


class NeedConfirmation(Base):
    """Another voice that says the same need exists at a commune, in its own words if any."""

    __tablename__ = "need_confirmation"

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    commune: Mapped[str | None] = mapped_column(String(5))
    text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[dt.datetime]

    need: Mapped[Need] = relationship(lazy="raise", back_populates="confirmations")


class NeedPart(Base):
    """A need that a person heard in the message of another one: which of its words are its own.

    ``spans`` are the (start, end) of its passages in the text of the message, which keeps them
    all but is read without them.
    """

    __tablename__ = "need_part"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    spans: Mapped[list[list[int]]]


class NeedToldApart(Base):
    """Whoever told a need saw another one beside it and said that it is not the same."""

    __tablename__ = "need_told_apart"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True, index=True)


class NeedReading(Base):
    """What the machine understood; can be thrown away and made again."""

    __tablename__ = "need_reading"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    reader: Mapped[str] = mapped_column(String(60))
    read_at: Mapped[dt.datetime] = mapped_column(index=True)
    lemmas: Mapped[list[str]]
    sector: Mapped[Sector | None] = mapped_column(index=True)
    subject: Mapped[Sector]
    secondary: Mapped[list[str]]
    sector_scores: Mapped[dict[str, float]]
    # Where choices of people made the sector another one, the need whose choice weighed most.
    learnt_from_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"))
    polarity: Mapped[Polarity | None]
    dimension: Mapped[Dimension | None]
    # The INSEE codes that each commune named may be, name by name.
    places: Mapped[list[list[str]]]
    territories: Mapped[list[str]]
    personal_count: Mapped[int]

    need: Mapped[Need] = relationship(
        lazy="raise", back_populates="reading", foreign_keys=[need_id]
    )


class NeedVector(Base):
    """What a need is compared by: its vector, with the vectoriser that made it, and its kinds.

    Both are 32-bit floats in the order of the machine; `kinds` is empty when they are not known.
    """

    __tablename__ = "need_vector"

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    vectoriser: Mapped[str] = mapped_column(String(60), index=True)
    dimension: Mapped[int]
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    kinds: Mapped[bytes] = mapped_column(LargeBinary)


class GroupingRun(Owned, Base):
    """One passage of the machine: what it was given, what it gave, how long it took.

    ``alike`` is how alike two groupings had to be to be joined (0–1): a need told since is placed
    by the same measure.
    """

    __tablename__ = "grouping_run"
    __table_args__ = (UniqueConstraint("fabrique_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    started_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    vectoriser: Mapped[str] = mapped_column(String(60))
    parameters: Mapped[dict[str, JsonValue]]
    alike: Mapped[float]
    counts: Mapped[dict[str, JsonValue]]


class ClusterState(enum.StrEnum):
    """Proposed by a machine, confirmed by a person, or no longer alive."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    SET_ASIDE = "set_aside"
    MERGED = "merged"
    DISSOLVED = "dissolved"


class Cluster(Owned, Base):
    """A grouping of needs: the machine's proposal until a person confirms it."""

    __tablename__ = "cluster"
    __table_args__ = (UniqueConstraint("fabrique_id", "reference"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20))
    state: Mapped[ClusterState] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(String(200))
    title_is_locked: Mapped[bool] = mapped_column(default=False)
    summary: Mapped[str] = mapped_column(Text, default="")
    keywords: Mapped[dict[str, JsonValue]]
    typical_need_ids: Mapped[list[int]]
    sector: Mapped[Sector | None] = mapped_column(index=True)
    born_run_id: Mapped[int | None] = mapped_column(ForeignKey("grouping_run.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[dt.datetime | None]

    confirmed_by: Mapped[Person | None] = relationship(lazy="raise")
    members: Mapped[list["ClusterMember"]] = relationship(lazy="raise", back_populates="cluster")


class ClusterMember(Base):
    """A need in a grouping: put there by a run of the machine or by a person, with the reasons."""

    __tablename__ = "cluster_member"
    __table_args__ = (
        CheckConstraint(
            "(run_id IS NULL) <> (person_id IS NULL)", name="placed_by_a_run_or_a_person"
        ),
    )

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("grouping_run.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[dt.datetime]
    why: Mapped[str] = mapped_column(String(500), default="")
    strength: Mapped[float]
    margin: Mapped[float]

    need: Mapped[Need] = relationship(lazy="raise", back_populates="membership")
    cluster: Mapped[Cluster] = relationship(lazy="raise", back_populates="members")


class ChangeAnswer(enum.StrEnum):
    """What a person said of a proposed change."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    OUTDATED = "outdated"


class ClusterChange(Base):
    """One line of the difference a run proposes for a confirmed grouping."""

    __tablename__ = "cluster_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("grouping_run.id"), index=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"), index=True)
    kind: Mapped[ChangeKind]
    other_cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"))
    need_ids: Mapped[list[int]]
    margin: Mapped[float]
    answer: Mapped[ChangeAnswer]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[dt.datetime | None]


class ConstraintKind(enum.StrEnum):
    """What a person asked of the machine, once and for all."""

    TOGETHER = "together"
    APART = "apart"
    PINNED = "pinned"
    CLUSTERS_APART = "clusters_apart"
    LOCKED = "locked"
    ALONE = "alone"


class Constraint(Owned, Base):
    """An instruction of a person that every later run respects until it is withdrawn."""

    __tablename__ = "constraint"
    __table_args__ = (
        CheckConstraint(
            "need_id IS NOT NULL OR cluster_id IS NOT NULL", name="about_a_need_or_a_cluster"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ConstraintKind]
    need_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"), index=True)
    other_need_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"))
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"), index=True)
    other_cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[dt.datetime]
    why: Mapped[str] = mapped_column(String(500), default="")
    withdrawn_at: Mapped[dt.datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])


class OpportunityStage(enum.StrEnum):
    """The six steps of the rail."""

    NEED_PROVEN = "need_proven"
    IDEA = "idea"
    STUDY = "study"
    CALL = "call"
    HANDOVER = "handover"
    PROJECT = "project"


class Verdict(enum.StrEnum):
    """What the coordination proposes, or a committee decided, for an opportunity."""

    DEEPEN = "deepen"
    STUDY = "study"
    CALL = "call"
    REDIRECT = "redirect"
    ADJOURN = "adjourn"
    ABANDON = "abandon"
    HAND_OVER = "hand_over"


class Opportunity(Owned, Base):
    """A grouping that a person signed as worth studying."""

    __tablename__ = "opportunity"
    __table_args__ = (UniqueConstraint("fabrique_id", "reference"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20))
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    sector: Mapped[Sector]
    stage: Mapped[OpportunityStage] = mapped_column(index=True)
    stage_since: Mapped[dt.date]
    opened_at: Mapped[dt.datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_verdict: Mapped[Verdict | None]
    verdict_reason: Mapped[str] = mapped_column(Text, default="")
    verdict_at: Mapped[dt.datetime | None]
    is_closed: Mapped[bool] = mapped_column(default=False)

    cluster: Mapped[Cluster] = relationship(lazy="raise")
    opened_by: Mapped[Person] = relationship(lazy="raise")
    sheet: Mapped[list["SheetSection"]] = relationship(
        lazy="raise", order_by="SheetSection.id", back_populates="opportunity"
    )
    opinions: Mapped[list["Opinion"]] = relationship(lazy="raise", back_populates="opportunity")


class SheetHeading(enum.StrEnum):
    """The ten headings of an opportunity study."""

    NEED = "need"
    EXISTING_SUPPLY = "existing_supply"
    DONE_ELSEWHERE = "done_elsewhere"
    SOLUTION = "solution"
    MARKET = "market"
    PARTNERS = "partners"
    LEGAL_FORM = "legal_form"
    IMPACT = "impact"
    RISKS = "risks"
    CONCLUSION = "conclusion"


class SheetSection(Base):
    """One heading of the study, as last written by somebody."""

    __tablename__ = "sheet_section"
    __table_args__ = (UniqueConstraint("opportunity_id", "heading"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"), index=True)
    heading: Mapped[SheetHeading]
    text: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[dt.datetime]

    opportunity: Mapped[Opportunity] = relationship(lazy="raise", back_populates="sheet")


class Criterion(enum.StrEnum):
    """The seven questions of the go/no-go grid; no total, no pass mark."""

    G1 = "g1"
    G2 = "g2"
    G3 = "g3"
    G4 = "g4"
    G5 = "g5"
    G6 = "g6"
    G7 = "g7"


class Opinion(Base):
    """One person's level (0 to 4) on one criterion, with a comment."""

    __tablename__ = "opinion"
    __table_args__ = (
        UniqueConstraint("opportunity_id", "person_id", "criterion"),
        CheckConstraint("level BETWEEN 0 AND 4", name="level_from_0_to_4"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    criterion: Mapped[Criterion]
    level: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[dt.datetime]

    opportunity: Mapped[Opportunity] = relationship(lazy="raise", back_populates="opinions")
    person: Mapped[Person] = relationship(lazy="raise")
