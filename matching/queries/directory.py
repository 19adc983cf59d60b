"""The directory as people read it: holders, support actors, initiatives, one sheet each."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import ColumnElement, String, func, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session, selectinload

from capture.models import Opportunity
from capture.nlp.sectors import Sector
from capture.queries.published import place_name
from fabrique.core.access import Action, Actor
from fabrique.core.clock import local_date
from fabrique.core.errors import NotFound
from fabrique.core.places import Gazetteer
from matching.models import (
    Initiative,
    Introduction,
    Match,
    ProjectHolder,
    SupportActor,
    SupportOffer,
    ZoneScale,
)
from matching.queries.parties import conditions_of
from matching.scoring.elsewhere import Condition

PAGE = 24
_TABLES: dict[str, type[ProjectHolder] | type[SupportActor] | type[Initiative]] = {
    "holder": ProjectHolder,
    "actor": SupportActor,
    "initiative": Initiative,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryLine:
    """A holder, an actor or an initiative in a list; ``family`` is the code of its legal form or
    family, empty for an initiative, ``free`` its places left, None where it has none."""

    id: int
    name: str
    family: str
    tagline: str
    commune: str
    sectors: tuple[str, ...]
    free: int | None
    capacity: int
    is_absent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryView:
    """What a list of the directory knows: its kind, its lines, how many of each kind there are."""

    kind: str
    lines: tuple[DirectoryLine, ...]
    sector: Sector | None
    page: int
    has_more: bool
    counts: dict[str, int]
    may_edit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealing:
    """An opportunity a party was proposed for, and what became of it."""

    reference: str
    title: str
    match_state: str
    introduction_state: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLine:
    """One offer of a support actor, as codes."""

    title: str
    description: str
    help_kinds: tuple[str, ...]
    stages: tuple[str, ...]
    legal_forms: tuple[str, ...]
    amount_max: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartySheet:
    """The sheet of a holder or of an actor."""

    kind: str
    name: str
    family: str
    is_person: bool
    description: str
    wants: str
    sectors: tuple[str, ...]
    stages: tuple[str, ...]
    commune: str
    zone_scale: ZoneScale
    zone: tuple[str, ...]
    free: int
    capacity: int
    absent_until: dt.date | None
    contact_email: str | None
    source: str
    recorded_on: dt.date
    offers: tuple[OfferLine, ...]
    dealings: tuple[Dealing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeSheet:
    """The sheet of an initiative, with its conditions in its authors' words."""

    initiative: Initiative
    commune: str
    conditions: tuple[Condition, ...]
    is_expired: bool
    dealings: tuple[Dealing, ...]


def directory_view(
    session: Session,
    actor: Actor,
    kind: str,
    *,
    sector: Sector | None,
    page: int,
    places: Gazetteer,
    now: dt.datetime,
) -> DirectoryView:
    """One page of holders, actors or initiatives, by name; those of a sector when one is named."""
    actor.require(Action.DIRECTORY_READ)
    table = _TABLES[kind]
    statement = select(table).where(table.fabrique_id == actor.fabrique_id)
    if sector is not None:
        # The quotes keep « sante » from meeting a longer code; both databases write JSON so.
        statement = statement.where(sql_cast(table.sectors, String).contains(f'"{sector.value}"'))
    found = session.scalars(
        statement.order_by(table.name, table.id).offset((page - 1) * PAGE).limit(PAGE + 1)
    ).all()
    rows = cast("Sequence[ProjectHolder | SupportActor | Initiative]", found)
    counts = {
        name: session.scalar(
            select(func.count()).select_from(each).where(each.fabrique_id == actor.fabrique_id)
        )
        or 0
        for name, each in _TABLES.items()
    }
    today = local_date(now)
    return DirectoryView(
        kind=kind,
        lines=tuple(_line(row, places, today) for row in rows[:PAGE]),
        sector=sector,
        page=page,
        has_more=len(rows) > PAGE,
        counts=counts,
        may_edit=actor.may(Action.DIRECTORY_EDIT),
    )


def holder_sheet(
    session: Session, actor: Actor, holder_id: int, *, places: Gazetteer
) -> PartySheet:
    """The sheet of a holder; raises ``NotFound``."""
    actor.require(Action.DIRECTORY_READ)
    holder = session.scalar(
        select(ProjectHolder).where(
            ProjectHolder.fabrique_id == actor.fabrique_id, ProjectHolder.id == holder_id
        )
    )
    if holder is None:
        raise NotFound("party.unknown")
    dealings = _dealings(session, Match.holder_id == holder.id)
    return _sheet(holder, dealings, places)


def actor_sheet(session: Session, actor: Actor, actor_id: int, *, places: Gazetteer) -> PartySheet:
    """The sheet of a support actor with its offers; raises ``NotFound``."""
    actor.require(Action.DIRECTORY_READ)
    support_actor = session.scalar(
        select(SupportActor)
        .where(SupportActor.fabrique_id == actor.fabrique_id, SupportActor.id == actor_id)
        .options(selectinload(SupportActor.offers))
    )
    if support_actor is None:
        raise NotFound("party.unknown")
    dealings = _dealings(session, Match.actor_id == support_actor.id)
    return _sheet(support_actor, dealings, places)


def initiative_sheet(
    session: Session, actor: Actor, initiative_id: int, *, places: Gazetteer, now: dt.datetime
) -> InitiativeSheet:
    """The sheet of an initiative; members of committees read it too. Raises ``NotFound``."""
    actor.require(Action.OPPORTUNITY_READ)
    initiative = session.scalar(
        select(Initiative).where(
            Initiative.fabrique_id == actor.fabrique_id, Initiative.id == initiative_id
        )
    )
    if initiative is None:
        raise NotFound("party.unknown")
    return InitiativeSheet(
        initiative=initiative,
        commune=place_name(places, initiative.commune),
        conditions=conditions_of(initiative),
        is_expired=initiative.expires_on < local_date(now),
        dealings=_dealings(session, Match.initiative_id == initiative.id),
    )


def is_known(session: Session, fabrique_id: int, kind: str, *, source: str, name: str) -> bool:
    """Whether a holder or an actor of that source already bears that name."""
    table = _TABLES[kind]
    found = select(table.id).where(
        table.fabrique_id == fabrique_id, table.source == source, table.name == name
    )
    return session.scalar(found) is not None


def _line(
    row: ProjectHolder | SupportActor | Initiative, places: Gazetteer, today: dt.date
) -> DirectoryLine:
    commune = place_name(places, row.commune)
    if isinstance(row, Initiative):
        return DirectoryLine(
            id=row.id,
            name=row.name,
            family="",
            tagline=row.tagline,
            commune=commune,
            sectors=tuple(row.sectors),
            free=None,
            capacity=0,
            is_absent=False,
        )
    return DirectoryLine(
        id=row.id,
        name=row.name,
        family=row.kind.value,
        tagline=row.wants if isinstance(row, ProjectHolder) else row.description,
        commune=commune,
        sectors=tuple(row.sectors),
        free=max(0, row.capacity - row.load),
        capacity=row.capacity,
        is_absent=row.absent_until is not None and row.absent_until > today,
    )


def _sheet(
    row: ProjectHolder | SupportActor, dealings: tuple[Dealing, ...], places: Gazetteer
) -> PartySheet:
    holder = row if isinstance(row, ProjectHolder) else None
    support_actor = row if isinstance(row, SupportActor) else None
    return PartySheet(
        kind="holder" if holder else "actor",
        name=row.name,
        family=row.kind.value,
        is_person=bool(holder and holder.is_person),
        description=row.description,
        wants=holder.wants if holder else "",
        sectors=tuple(row.sectors),
        stages=tuple(holder.stages) if holder else (),
        commune=place_name(places, row.commune),
        zone_scale=row.zone_scale,
        zone=tuple(_zone_name(row.zone_scale, code, places) for code in row.zone_codes),
        free=max(0, row.capacity - row.load),
        capacity=row.capacity,
        absent_until=row.absent_until,
        contact_email=row.contact_email,
        source=row.source,
        recorded_on=local_date(row.recorded_at),
        offers=tuple(_offer(offer) for offer in support_actor.offers) if support_actor else (),
        dealings=dealings,
    )


def _offer(offer: SupportOffer) -> OfferLine:
    return OfferLine(
        title=offer.title,
        description=offer.description,
        help_kinds=tuple(offer.help_kinds),
        stages=tuple(offer.stages),
        legal_forms=tuple(offer.legal_forms),
        amount_max=offer.amount_max,
    )


def _zone_name(scale: ZoneScale, code: str, places: Gazetteer) -> str:
    named = {
        ZoneScale.COMMUNE: places.commune,
        ZoneScale.EPCI: places.epci,
        ZoneScale.DEPARTEMENT: places.departement,
        ZoneScale.REGION: places.region,
    }
    found = named[scale](code) if scale in named else None
    return found.name if found else code


def _dealings(session: Session, about: ColumnElement[bool]) -> tuple[Dealing, ...]:
    rows = session.execute(
        select(Opportunity.reference, Opportunity.title, Match.state, Introduction.state)
        .join(Opportunity, Opportunity.id == Match.opportunity_id)
        .outerjoin(Introduction, Introduction.match_id == Match.id)
        .where(about)
        .order_by(Opportunity.id)
    )
    return tuple(
        Dealing(
            reference=reference,
            title=title,
            match_state=match_state.value,
            introduction_state=introduced.value if introduced else None,
        )
        for reference, title, match_state, introduced in rows
    )
