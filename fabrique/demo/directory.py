"""Loads who can carry and help, and what already works elsewhere."""

import datetime as dt

from sqlalchemy.orm import Session

from capture.nlp.sectors import Sector
from fabrique.core.access import Actor
from fabrique.core.clock import local_date
from fabrique.demo.files import Row, rows_from
from matching.directory import (
    ActorEntry,
    HolderEntry,
    OfferEntry,
    register_actor,
    register_holder,
)
from matching.initiatives import InitiativeEntry, add_initiative
from matching.models import ActorKind, HelpKind, HolderKind, Stage, ZoneScale
from matching.scoring.elsewhere import Condition, ConditionKind

SOURCE = "démonstration"


def load_directory(session: Session, actor: Actor, *, now: dt.datetime) -> dict[str, int]:
    """Write holders, support actors and initiatives; how many of each, holders by key aside."""
    holders = rows_from("holders")
    actors = rows_from("support_actors")
    initiatives = rows_from("initiatives")
    for row in holders:
        register_holder(session, actor, _holder(row), now=now)
    for row in actors:
        register_actor(session, actor, _actor(row), now=now)
    for row in initiatives:
        add_initiative(session, actor, _initiative(row, now), now=now)
    return {
        "holders": len(holders),
        "support_actors": len(actors),
        "offers": sum(len(row.rows("offers")) for row in actors),
        "initiatives": len(initiatives),
    }


def _sectors(row: Row) -> tuple[Sector, ...]:
    return tuple(Sector(slug) for slug in row.texts("sectors"))


def _holder(row: Row) -> HolderEntry:
    zone = row.row("zone")
    return HolderEntry(
        name=row.text("name"),
        description=row.text("description"),
        sectors=_sectors(row),
        commune=row.text("commune") or None,
        zone_scale=ZoneScale(zone.text("scale")),
        zone_codes=tuple(zone.texts("codes")),
        capacity=row.number("capacity"),
        load=row.number("load", 0),
        contact_email=row.text("email") or None,
        source=SOURCE,
        kind=HolderKind(row.text("kind")),
        is_person=row.flag("is_person"),
        wants=row.text("wants"),
        stages=tuple(Stage(stage) for stage in row.texts("stages")),
    )


def _actor(row: Row) -> ActorEntry:
    zone = row.row("zone")
    return ActorEntry(
        name=row.text("name"),
        description=row.text("description"),
        sectors=_sectors(row),
        commune=row.text("commune") or None,
        zone_scale=ZoneScale(zone.text("scale")),
        zone_codes=tuple(zone.texts("codes")),
        capacity=row.number("capacity"),
        load=row.number("load", 0),
        contact_email=row.text("email") or None,
        source=SOURCE,
        kind=ActorKind(row.text("kind")),
        offers=tuple(
            OfferEntry(
                title=offer.text("title"),
                description=offer.text("sentence"),
                help_kinds=tuple(HelpKind(kind) for kind in offer.texts("help_kinds")),
                stages=tuple(Stage(stage) for stage in offer.texts("stages")),
                legal_forms=tuple(HolderKind(form) for form in offer.texts("legal_forms")),
                amount_max=offer.number("amount_max") if offer.values.get("amount_max") else None,
            )
            for offer in row.rows("offers")
        ),
    )


def _initiative(row: Row, now: dt.datetime) -> InitiativeEntry:
    return InitiativeEntry(
        name=row.text("name"),
        tagline=row.text("tagline"),
        sectors=_sectors(row),
        need_met=row.text("need_met"),
        description=row.text("description"),
        year=row.number("year"),
        commune=row.text("commune") or None,
        holder_name=row.text("holder_name"),
        business_model=row.text("business_model"),
        jobs_fte=row.decimal("jobs_fte"),
        results=row.text("results"),
        success_factors=tuple(row.texts("success_factors")),
        difficulties=tuple(row.texts("difficulties")),
        conditions=tuple(
            Condition(
                kind=ConditionKind(condition.text("kind")),
                sentence=condition.text("sentence"),
                value=condition.number("value") if condition.values.get("value") else None,
            )
            for condition in row.rows("conditions")
        ),
        contact_email=row.text("contact") or None,
        source=SOURCE,
        verified_on=local_date(now),
        expires_on=dt.date.fromisoformat(row.text("expires_on")),
    )
