"""Loads the written needs through the same door as any import, then says who told them."""

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from capture.intake import NeedEntry, import_needs
from capture.models import Need, NeedKind
from fabrique.core.access import Actor
from fabrique.core.people import Person, Quality
from fabrique.core.text import clean_text
from fabrique.demo.files import Row, rows_from

SOURCE = "démonstration"


def load_needs(session: Session, actor: Actor, *, now: dt.datetime) -> dict[str, int]:
    """Import every need, give each its author and the day it was told; counts of the import."""
    rows = rows_from("needs")
    counts = import_needs(session, actor, [_entry(row) for row in rows], now=now)
    emails = {row.text("key"): row.text("email") for row in rows_from("sensors")}
    people = {
        email: person_id
        for person_id, email in session.execute(
            select(Person.id, Person.email).where(Person.fabrique_id == actor.fabrique_id)
        )
    }
    for row in rows:
        told_on = dt.date.fromisoformat(row.text("observed_on"))
        session.execute(
            update(Need)
            .where(
                Need.fabrique_id == actor.fabrique_id,
                Need.source == SOURCE,
                Need.source_id == row.text("source_id"),
            )
            .values(
                author_id=people.get(emails.get(row.text("sensor"), "")),
                created_at=dt.datetime.combine(told_on, dt.time(9), tzinfo=dt.UTC),
            )
        )
    return {"accepted": counts.accepted, "already_known": counts.already_known}


def expected_groups() -> dict[str, list[str]]:
    """The source ids of each story of the demonstration, by its key."""
    groups: dict[str, list[str]] = {}
    for row in rows_from("needs"):
        if row.text("group"):
            groups.setdefault(row.text("group"), []).append(row.text("source_id"))
    return groups


def _entry(row: Row) -> NeedEntry:
    return NeedEntry(
        text=clean_text(row.text("text")),
        title=row.text("title"),
        commune=row.text("commune") or None,
        kind=NeedKind(row.text("kind", "need")),
        quality=Quality(row.text("submitter")),
        observed_on=dt.date.fromisoformat(row.text("observed_on")),
        source=SOURCE,
        source_id=row.text("source_id"),
    )
