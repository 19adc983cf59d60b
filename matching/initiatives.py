"""What already works elsewhere: sheets of initiatives, with the conditions under which they work.
A sheet has a date of end; after it nobody is shown the initiative until somebody reads it again."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.nlp.sectors import Sector
from fabrique.core.access import Action, Actor
from fabrique.core.db import JsonValue
from fabrique.core.errors import Invalid
from fabrique.core.journal import record
from matching.models import Initiative
from matching.scoring.elsewhere import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeEntry:
    """The sheet of an initiative as entered; ``sectors`` in order, the main one first."""

    name: str
    tagline: str
    sectors: tuple[Sector, ...]
    need_met: str
    description: str
    year: int
    commune: str | None
    holder_name: str
    business_model: str
    jobs_fte: float | None
    results: str
    success_factors: tuple[str, ...]
    difficulties: tuple[str, ...]
    conditions: tuple[Condition, ...]
    contact_email: str | None
    source: str
    verified_on: dt.date
    expires_on: dt.date


def add_initiative(
    session: Session, actor: Actor, entry: InitiativeEntry, *, now: dt.datetime
) -> Initiative:
    """Add the sheet of an initiative, or replace the one of the same source and name."""
    actor.require(Action.DIRECTORY_EDIT)
    if not entry.name.strip():
        raise Invalid("party.name_missing", field="name")
    if not entry.sectors:
        raise Invalid("party.sector_missing", field="sectors")
    if entry.expires_on <= entry.verified_on:
        raise Invalid("initiative.expires_before_verified", field="expires_on")
    initiative = session.scalar(
        select(Initiative).where(
            Initiative.fabrique_id == actor.fabrique_id,
            Initiative.source == entry.source,
            Initiative.name == entry.name.strip(),
        )
    )
    if initiative is None:
        initiative = Initiative(fabrique_id=actor.fabrique_id)
        session.add(initiative)
    _write(initiative, entry)
    session.flush()
    record(session, actor, "initiative.added", f"initiative:{initiative.id}", now=now)
    return initiative


def _write(initiative: Initiative, entry: InitiativeEntry) -> None:
    initiative.name, initiative.tagline = entry.name.strip(), entry.tagline
    initiative.sectors = [sector.value for sector in entry.sectors]
    initiative.need_met, initiative.description = entry.need_met, entry.description
    initiative.year, initiative.commune = entry.year, entry.commune
    initiative.holder_name, initiative.business_model = entry.holder_name, entry.business_model
    initiative.jobs_fte, initiative.results = entry.jobs_fte, entry.results
    initiative.success_factors = list(entry.success_factors)
    initiative.difficulties = list(entry.difficulties)
    initiative.conditions = {"lines": [_line(condition) for condition in entry.conditions]}
    initiative.contact_email, initiative.source = entry.contact_email, entry.source
    initiative.verified_on, initiative.expires_on = entry.verified_on, entry.expires_on


def _line(condition: Condition) -> dict[str, JsonValue]:
    return {
        "kind": condition.kind.value,
        "sentence": condition.sentence,
        "value": condition.value,
    }
