"""Loads who is in the demonstration: the fabrique, its territory, people and their roles."""

import datetime as dt

from sqlalchemy import insert
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql import select

from fabrique.core.access import Actor
from fabrique.core.people import Membership, Organisation, Person, Quality, Role
from fabrique.core.places import Gazetteer
from fabrique.core.signin import person_actor
from fabrique.core.territories import Fabrique, Territory, TerritoryCommune
from fabrique.demo.files import Row, rows_from, rows_of, tables
from fabrique.demo.identities import FACILITATOR_EMAIL, member_email

DEPARTEMENTS = ("02", "59", "60", "62", "80")

# What a sensor's own words say of the quality in which he speaks; first match wins.
_QUALITY_WORDS = (
    ("élu", Quality.ELECTED),
    ("conseiller municipal", Quality.ELECTED),
    ("maire", Quality.ELECTED),
    ("commerçant", Quality.BUSINESS),
    ("artisan", Quality.BUSINESS),
    ("boulang", Quality.BUSINESS),
    ("agence", Quality.EMPLOYER),
    ("entreprise", Quality.EMPLOYER),
    ("infirm", Quality.HEALTH),
    ("médecin", Quality.HEALTH),
    ("enseign", Quality.EDUCATION),
    ("formation", Quality.EDUCATION),
    ("social", Quality.SOCIAL_WORKER),
    ("insertion", Quality.SOCIAL_WORKER),
    ("mairie", Quality.TECHNICIAN),
    ("technicien", Quality.TECHNICIAN),
    ("association", Quality.ASSOCIATION),
    ("bénévole", Quality.ASSOCIATION),
)


def load_people(session: Session, places: Gazetteer, *, now: dt.datetime) -> Actor:
    """Write the fabrique, its people and their roles; the coordinator as an actor."""
    fabrique = _fabrique(session, now)
    territory = _territory(session, fabrique, places)
    organisations = {
        row.text("key"): _organisation(session, fabrique, row) for row in rows_from("organisations")
    }
    known: dict[str, Person] = {}
    for row in rows_from("sensors"):
        person = _person(session, fabrique, row, organisations, row.text("email"), now=now)
        known[row.text("key")] = person
        _grant(session, person, Role.IDEA_SENSOR, None, now)
    committees = tables("committees")
    for row in rows_of(committees, "team"):
        person = _person(session, fabrique, row, organisations, row.text("email"), now=now)
        known[row.text("key")] = person
        _grant(session, person, Role.FACILITATOR, None, now)
    for committee in rows_of(committees, "committee"):
        for seat in committee.rows("seat"):
            key = seat.text("sensor") or seat.text("key")
            if key not in known:
                email = member_email(seat.text("key"))
                known[key] = _person(session, fabrique, seat, organisations, email, now=now)
            known.setdefault(seat.text("key"), known[key])
            _grant(session, known[key], Role.COMMITTEE_MEMBER, territory, now)
    session.flush()
    return coordinator(session, fabrique.id)


def coordinator(session: Session, fabrique_id: int) -> Actor:
    """The coordinator of the demonstration, with her roles."""
    person = session.scalars(
        select(Person)
        .where(Person.fabrique_id == fabrique_id, Person.email == FACILITATOR_EMAIL)
        .options(selectinload(Person.memberships))
        .execution_options(populate_existing=True)
    ).one()
    return person_actor(person)


def seat_emails() -> dict[str, str]:
    """The address of each committee member, by the key of the seat."""
    committees = tables("committees")
    sensors = {row.text("key"): row.text("email") for row in rows_from("sensors")}
    team = {row.text("key"): row.text("email") for row in rows_of(committees, "team")}
    return {
        seat.text("key"): sensors.get(seat.text("sensor"))
        or team.get(seat.text("key"))
        or member_email(seat.text("key"))
        for committee in rows_of(committees, "committee")
        for seat in committee.rows("seat")
    }


def _fabrique(session: Session, now: dt.datetime) -> Fabrique:
    fabrique = Fabrique(
        slug="hauts-de-france",
        name="Fabrique à initiatives",
        region_name="Hauts-de-France",
        carrier_name="L’Établi du Nord",
        created_at=now,
    )
    session.add(fabrique)
    session.flush()
    return fabrique


def _territory(session: Session, fabrique: Fabrique, places: Gazetteer) -> Territory:
    territory = Territory(fabrique_id=fabrique.id, slug="hauts-de-france", name="Hauts-de-France")
    session.add(territory)
    session.flush()
    session.execute(
        insert(TerritoryCommune),
        [
            {"territory_id": territory.id, "insee_code": commune.insee_code}
            for departement in DEPARTEMENTS
            for commune in places.communes_of(departement=departement)
        ],
    )
    return territory


def _organisation(session: Session, fabrique: Fabrique, row: Row) -> Organisation:
    organisation = Organisation(
        fabrique_id=fabrique.id, name=row.text("name"), commune=row.text("commune") or None
    )
    session.add(organisation)
    session.flush()
    return organisation


def _person(
    session: Session,
    fabrique: Fabrique,
    row: Row,
    organisations: dict[str, Organisation],
    email: str,
    *,
    now: dt.datetime,
) -> Person:
    organisation = organisations.get(row.text("organisation"))
    person = Person(
        fabrique_id=fabrique.id,
        name=row.text("name"),
        email=email,
        quality=_quality(row.text("quality") or row.text("role")),
        organisation_id=organisation.id if organisation else None,
        created_at=now,
    )
    session.add(person)
    session.flush()
    return person


def _grant(
    session: Session, person: Person, role: Role, territory: Territory | None, now: dt.datetime
) -> None:
    session.add(
        Membership(
            person_id=person.id,
            role=role,
            territory_id=territory.id if territory else None,
            granted_at=now,
        )
    )
    session.flush()


def _quality(words: str) -> Quality:
    lowered = words.lower()
    return next((quality for word, quality in _QUALITY_WORDS if word in lowered), Quality.RESIDENT)
