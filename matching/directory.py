"""The directory: who could carry a project, who could help. Written by a person or by a file of a
known source; the same source and the same name are the same party."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from capture.nlp.sectors import Sector
from fabrique.core.access import Action, Actor
from fabrique.core.errors import Invalid
from fabrique.core.journal import record
from matching.models import (
    ActorKind,
    HelpKind,
    HolderKind,
    ProjectHolder,
    Stage,
    SupportActor,
    SupportOffer,
    ZoneScale,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyEntry:
    """What holders and actors have in common; ``sectors`` in order, the main trade first.

    ``load`` counts the projects already followed when the party enters the directory; afterwards
    answers to introductions keep it.
    """

    name: str
    description: str
    sectors: tuple[Sector, ...]
    commune: str | None
    zone_scale: ZoneScale
    zone_codes: tuple[str, ...]
    capacity: int
    contact_email: str | None
    source: str
    load: int = 0
    absent_until: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderEntry(PartyEntry):
    """Somebody who could carry a project, as entered."""

    kind: HolderKind
    is_person: bool
    wants: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferEntry:
    """One thing an actor offers; no stage or no legal form means all of them."""

    title: str
    description: str
    help_kinds: tuple[HelpKind, ...]
    stages: tuple[Stage, ...]
    legal_forms: tuple[HolderKind, ...]
    amount_max: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorEntry(PartyEntry):
    """An organisation that helps projects, as entered."""

    kind: ActorKind
    offers: tuple[OfferEntry, ...]


def register_holder(
    session: Session, actor: Actor, entry: HolderEntry, *, now: dt.datetime
) -> ProjectHolder:
    """Add a holder, or bring the one of the same source and name up to date."""
    actor.require(Action.DIRECTORY_EDIT)
    _refuse_unusable(entry)
    holder = session.scalar(
        select(ProjectHolder).where(
            ProjectHolder.fabrique_id == actor.fabrique_id,
            ProjectHolder.source == entry.source,
            ProjectHolder.name == entry.name.strip(),
        )
    )
    is_new = holder is None
    if holder is None:
        holder = ProjectHolder(fabrique_id=actor.fabrique_id, load=entry.load)
        session.add(holder)
    _write_party(holder, entry, now)
    holder.kind, holder.is_person, holder.wants = entry.kind, entry.is_person, entry.wants.strip()
    holder.stages = [stage.value for stage in entry.stages]
    session.flush()
    _record(session, actor, "holder", holder.id, is_new=is_new, now=now)
    return holder


def register_actor(
    session: Session, actor: Actor, entry: ActorEntry, *, now: dt.datetime
) -> SupportActor:
    """Add a support actor with its offers, or bring the one of the same source and name up to date.

    Offers are told apart by title: those no longer named are withdrawn.
    """
    actor.require(Action.DIRECTORY_EDIT)
    _refuse_unusable(entry)
    support_actor = session.scalar(
        select(SupportActor)
        .where(
            SupportActor.fabrique_id == actor.fabrique_id,
            SupportActor.source == entry.source,
            SupportActor.name == entry.name.strip(),
        )
        .options(selectinload(SupportActor.offers))
    )
    is_new = support_actor is None
    if support_actor is None:
        support_actor = SupportActor(fabrique_id=actor.fabrique_id, load=entry.load, offers=[])
        session.add(support_actor)
    _write_party(support_actor, entry, now)
    support_actor.kind = entry.kind
    session.flush()
    _write_offers(session, support_actor, entry.offers)
    _record(session, actor, "actor", support_actor.id, is_new=is_new, now=now)
    return support_actor


def _refuse_unusable(entry: PartyEntry) -> None:
    if not entry.name.strip():
        raise Invalid("party.name_missing", field="name")
    if not entry.sectors:
        raise Invalid("party.sector_missing", field="sectors")
    if entry.zone_scale is not ZoneScale.COUNTRY and not entry.zone_codes:
        raise Invalid("party.zone_missing", field="zone_codes")
    if entry.capacity < 0 or entry.load < 0:
        raise Invalid("party.capacity_negative", field="capacity")


def _write_party(party: ProjectHolder | SupportActor, entry: PartyEntry, now: dt.datetime) -> None:
    party.name, party.description = entry.name.strip(), entry.description.strip()
    party.sectors = [sector.value for sector in entry.sectors]
    party.commune, party.zone_scale = entry.commune, entry.zone_scale
    party.zone_codes = list(entry.zone_codes)
    party.capacity, party.absent_until = entry.capacity, entry.absent_until
    party.contact_email, party.source = entry.contact_email, entry.source
    party.recorded_at = now


def _write_offers(
    session: Session, support_actor: SupportActor, entries: Iterable[OfferEntry]
) -> None:
    known = {offer.title: offer for offer in support_actor.offers}
    for entry in entries:
        offer = known.pop(entry.title, None)
        if offer is None:
            offer = SupportOffer(actor_id=support_actor.id, title=entry.title)
            support_actor.offers.append(offer)
        offer.description, offer.amount_max = entry.description, entry.amount_max
        offer.help_kinds = [kind.value for kind in entry.help_kinds]
        offer.stages = [stage.value for stage in entry.stages]
        offer.legal_forms = [form.value for form in entry.legal_forms]
    for withdrawn in known.values():
        support_actor.offers.remove(withdrawn)
        session.delete(withdrawn)
    session.flush()


def _record(
    session: Session, actor: Actor, kind: str, party_id: int, *, is_new: bool, now: dt.datetime
) -> None:
    action = f"{kind}.registered" if is_new else f"{kind}.updated"
    record(session, actor, action, f"{kind}:{party_id}", now=now)
