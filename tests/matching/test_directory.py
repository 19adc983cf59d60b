"""The directory: registering holders and actors again changes them in place."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from capture.nlp.sectors import Sector
from fabrique.core.access import Actor
from fabrique.core.errors import Forbidden, Invalid
from fabrique.core.journal import JournalEntry
from fabrique.core.people import Person, Role
from fabrique.core.territories import Fabrique
from matching.directory import (
    ActorEntry,
    HolderEntry,
    OfferEntry,
    register_actor,
    register_holder,
)
from matching.initiatives import InitiativeEntry, add_initiative
from matching.models import (
    ActorKind,
    HelpKind,
    HolderKind,
    Initiative,
    ProjectHolder,
    Stage,
    SupportOffer,
    ZoneScale,
)
from matching.scoring.elsewhere import Condition, ConditionKind
from tests.builders import an_actor

Coordinator = tuple[Person, Actor]

HOLDER = HolderEntry(
    name="Les Mains dans le moteur",
    description="Atelier d’insertion en mécanique.",
    sectors=(Sector.MOBILITE, Sector.INSERTION_EMPLOI),
    commune="02381",
    zone_scale=ZoneScale.DEPARTEMENT,
    zone_codes=("02",),
    capacity=3,
    load=1,
    contact_email="contact@example.fr",
    source="demo",
    kind=HolderKind.SIAE,
    is_person=False,
    wants="Un local plus grand.",
    stages=(Stage.FEASIBILITY,),
)
OFFER = OfferEntry(
    title="Parcours d’un an",
    description="Un rendez-vous par mois.",
    help_kinds=(HelpKind.MENTORING,),
    stages=(Stage.CREATION,),
    legal_forms=(HolderKind.SCIC,),
    amount_max=None,
)
ACTOR = ActorEntry(
    name="Le Couvoir",
    description="Incubateur.",
    sectors=(Sector.TRANSVERSAL,),
    commune=None,
    zone_scale=ZoneScale.COUNTRY,
    zone_codes=(),
    capacity=16,
    contact_email=None,
    source="demo",
    kind=ActorKind.INCUBATOR,
    offers=(OFFER,),
)
INITIATIVE = InitiativeEntry(
    name="Garage du Gué",
    tagline="Un camion-atelier.",
    sectors=(Sector.MOBILITE,),
    need_met="Réparer sans se ruiner.",
    description="De bourg en bourg.",
    year=2021,
    commune="76312",
    holder_name="Le Gué",
    business_model="Ventes.",
    jobs_fte=5.5,
    results="410 véhicules.",
    success_factors=("Un prescripteur formé.",),
    difficulties=(),
    conditions=(Condition(kind=ConditionKind.POPULATION_MIN, sentence="Un bassin.", value=15_000),),
    contact_email="essaimage@example.fr",
    source="demo",
    verified_on=dt.date(2026, 6, 1),
    expires_on=dt.date(2027, 6, 30),
)


def test_holder_registered_again_is_updated_and_keeps_its_load(
    session: Session, coordinator: Coordinator, now: dt.datetime
) -> None:
    _, actor = coordinator
    first = register_holder(session, actor, HOLDER, now=now)
    first.load = 2
    again = register_holder(
        session, actor, replace(HOLDER, name=f" {HOLDER.name} ", capacity=5), now=now
    )
    assert again.id == first.id
    assert (again.capacity, again.load, again.sectors) == (5, 2, ["mobilite", "insertion_emploi"])
    assert session.scalar(select(func.count(ProjectHolder.id))) == 1


def test_same_name_from_another_source_is_another_holder(
    session: Session, coordinator: Coordinator, now: dt.datetime
) -> None:
    _, actor = coordinator
    first = register_holder(session, actor, HOLDER, now=now)
    other = register_holder(session, actor, replace(HOLDER, source="annuaire"), now=now)
    assert first.id != other.id


def test_actor_registered_again_renews_its_offers(
    session: Session, coordinator: Coordinator, now: dt.datetime
) -> None:
    _, actor = coordinator
    support_actor = register_actor(session, actor, ACTOR, now=now)
    renewed = (replace(OFFER, amount_max=8_000), replace(OFFER, title="Bourse d’étude"))
    register_actor(session, actor, replace(ACTOR, offers=renewed), now=now)
    offers = session.execute(
        select(SupportOffer.title, SupportOffer.amount_max)
        .where(SupportOffer.actor_id == support_actor.id)
        .order_by(SupportOffer.title)
    ).all()
    assert [tuple(offer) for offer in offers] == [
        ("Bourse d’étude", None),
        ("Parcours d’un an", 8_000),
    ]
    register_actor(session, actor, replace(ACTOR, offers=()), now=now)
    assert session.scalar(select(func.count(SupportOffer.id))) == 0


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"name": "  "}, ("party.name_missing", "name")),
        ({"sectors": ()}, ("party.sector_missing", "sectors")),
        ({"zone_codes": ()}, ("party.zone_missing", "zone_codes")),
        ({"capacity": -1}, ("party.capacity_negative", "capacity")),
    ],
)
def test_unusable_entry_is_refused(
    session: Session,
    coordinator: Coordinator,
    now: dt.datetime,
    change: dict[str, object],
    refusal: tuple[str, str],
) -> None:
    with pytest.raises(Invalid) as refused:
        register_holder(session, coordinator[1], replace(HOLDER, **change), now=now)
    assert (refused.value.code, refused.value.field) == refusal


def test_initiative_added_again_replaces_its_sheet(
    session: Session, coordinator: Coordinator, now: dt.datetime
) -> None:
    _, actor = coordinator
    first = add_initiative(session, actor, INITIATIVE, now=now)
    again = add_initiative(session, actor, replace(INITIATIVE, results="96 prêts."), now=now)
    assert (again.id, again.results) == (first.id, "96 prêts.")
    assert again.conditions == {
        "lines": [{"kind": "population_min", "sentence": "Un bassin.", "value": 15_000}]
    }
    assert session.scalar(select(func.count(Initiative.id))) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "party.name_missing"),
        ({"sectors": ()}, "party.sector_missing"),
        ({"expires_on": INITIATIVE.verified_on}, "initiative.expires_before_verified"),
    ],
)
def test_unusable_sheet_of_an_initiative_is_refused(
    session: Session,
    coordinator: Coordinator,
    now: dt.datetime,
    change: dict[str, object],
    code: str,
) -> None:
    with pytest.raises(Invalid) as refused:
        add_initiative(session, coordinator[1], replace(INITIATIVE, **change), now=now)
    assert refused.value.code == code


def test_member_of_a_committee_may_not_write_in_the_directory(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    _, member = an_actor(session, fabrique, Role.COMMITTEE_MEMBER)
    with pytest.raises(Forbidden):
        register_holder(session, member, HOLDER, now=now)


def test_journal_says_what_was_registered_and_names_nobody(
    session: Session, coordinator: Coordinator, now: dt.datetime
) -> None:
    person, actor = coordinator
    holder = register_holder(session, actor, HOLDER, now=now)
    register_holder(session, actor, HOLDER, now=now)
    lines = session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()
    assert [(line.action, line.subject, line.person_id, line.facts) for line in lines] == [
        ("holder.registered", f"holder:{holder.id}", person.id, {}),
        ("holder.updated", f"holder:{holder.id}", person.id, {}),
    ]
