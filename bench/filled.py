"""Databases to measure on: a file of needs written, imported and grouped by the real commands, and
a coordinator to act in."""

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from bench.gold import read_texts
from bench.processes import Done, run_command
from bench.texts import demonstration_texts, many_texts
from fabrique.core.people import Membership, Person, Quality, Role
from fabrique.core.territories import Fabrique
from fabrique.demo.files import rows_from

IMPORT_LIMIT_S = 600
REGROUP_LIMIT_S = 1_800
_COORDINATOR = "coordination@mesures.example"


def write_needs(path: Path, count: int, written: Path | None) -> None:
    """Write `count` needs as JSON Lines, each at a commune of the demonstration."""
    communes = sorted({row.text("commune") for row in rows_from("needs")} - {""})
    texts = many_texts(demonstration_texts() if written is None else read_texts(written), count)
    with path.open("w", encoding="utf-8") as lines:
        for place, text in enumerate(texts):
            need = {
                "id": f"mesure-{place}",
                "text": text.words,
                "commune": communes[place % len(communes)],
            }
            lines.write(json.dumps(need, ensure_ascii=False) + "\n")


def fill(database: Path, needs: Path) -> Sequence[Done]:
    """Import and group a file of needs; what each command said."""
    return [
        run_command("import", "needs", str(needs), database=database, limit_s=IMPORT_LIMIT_S),
        run_command("regroup", database=database, limit_s=REGROUP_LIMIT_S),
    ]


def a_coordinator(session: Session, *, now: dt.datetime) -> Person:
    """Return the coordinator of the measures, entered in the first fabrique if need be."""
    fabrique = session.scalars(select(Fabrique).order_by(Fabrique.id).limit(1)).one()
    known = select(Person).where(Person.fabrique_id == fabrique.id, Person.email == _COORDINATOR)
    if session.scalar(known) is None:
        person = Person(
            fabrique_id=fabrique.id,
            name="Coordination des mesures",
            email=_COORDINATOR,
            quality=Quality.TECHNICIAN,
            created_at=now,
        )
        session.add(person)
        session.flush()
        session.add(Membership(person_id=person.id, role=Role.FACILITATOR, granted_at=now))
        session.flush()
    return session.scalars(
        known.options(selectinload(Person.memberships)).execution_options(populate_existing=True)
    ).one()
