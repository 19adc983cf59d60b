"""Public references of dossiers (``B-2026-0412``): short, stable, numbered by fabrique and year."""

from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fabrique.core.db import Base, Owned


class ReferenceCounter(Owned, Base):
    """The last number given for a prefix in a year."""

    __tablename__ = "reference_counter"
    __table_args__ = (UniqueConstraint("fabrique_id", "prefix", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)


def next_references(
    session: Session, fabrique_id: int, prefix: str, year: int, *, count: int, digits: int
) -> list[str]:
    """Reserve ``count`` consecutive references such as ``B-2026-0412``, in order."""
    counter = session.scalar(
        select(ReferenceCounter)
        .where(
            ReferenceCounter.fabrique_id == fabrique_id,
            ReferenceCounter.prefix == prefix,
            ReferenceCounter.year == year,
        )
        .with_for_update()
    )
    if counter is None:
        counter = ReferenceCounter(fabrique_id=fabrique_id, prefix=prefix, year=year, last=0)
        session.add(counter)
    first = counter.last + 1
    counter.last += count
    session.flush()
    return [f"{prefix}-{year}-{number:0{digits}d}" for number in range(first, first + count)]


def next_reference(
    session: Session, fabrique_id: int, prefix: str, year: int, *, digits: int
) -> str:
    """Reserve one reference."""
    return next_references(session, fabrique_id, prefix, year, count=1, digits=digits)[0]
