"""One function per table that makes a valid row with as little as the test cares to say."""

import datetime as dt
import itertools
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from capture.models import (
    Cluster,
    ClusterMember,
    ClusterState,
    Extent,
    GroupingRun,
    Need,
    NeedKind,
    NeedReading,
    NeedState,
    NeedVector,
    Opportunity,
    OpportunityStage,
)
from capture.nlp.sectors import Sector
from fabrique.core.access import Actor
from fabrique.core.people import Membership, Organisation, Person, Quality, Role
from fabrique.core.signin import person_actor
from fabrique.core.territories import Fabrique, Territory, TerritoryCommune
from matching.models import (
    ActorKind,
    HelpKind,
    HolderKind,
    Initiative,
    Introduction,
    IntroductionState,
    Match,
    MatchState,
    ProjectHolder,
    Stage,
    SupportActor,
    SupportOffer,
    ZoneScale,
)
from steering.models import (
    Agenda,
    AgendaItem,
    Committee,
    CommitteeKind,
    Decision,
    DecisionOutcome,
    FollowUp,
    FollowUpState,
    ItemKind,
    ItemOrigin,
    Meeting,
    MeetingState,
    Programme,
    Project,
    ProjectState,
    Seat,
)

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
HIRSON, VERVINS, FOURMIES, GUISE = "02381", "02789", "59249", "02361"

Row = TypeVar("Row")
_numbers = itertools.count(1)


def _added(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def a_fabrique(session: Session, *, now: dt.datetime = NOW, **values: Any) -> Fabrique:
    number = next(_numbers)
    return _added(
        session,
        Fabrique(
            **{
                "slug": f"hauts-de-france-{number}",
                "name": "Fabrique à initiatives",
                "region_name": "Hauts-de-France",
                "carrier_name": "Coordination des Hauts-de-France",
                "host": None,
                "created_at": now,
            }
            | values
        ),
    )


def a_territory(
    session: Session,
    fabrique: Fabrique,
    *,
    communes: tuple[str, ...] = (HIRSON, VERVINS, FOURMIES),
    **values: Any,
) -> Territory:
    territory = _added(
        session,
        Territory(
            **{
                "fabrique_id": fabrique.id,
                "slug": f"thierache-{next(_numbers)}",
                "name": "Thiérache",
            }
            | values
        ),
    )
    session.add_all(
        TerritoryCommune(territory_id=territory.id, insee_code=code) for code in communes
    )
    session.flush()
    return territory


def an_organisation(session: Session, fabrique: Fabrique, **values: Any) -> Organisation:
    return _added(
        session,
        Organisation(
            **{"fabrique_id": fabrique.id, "name": "Les Mains utiles", "commune": HIRSON} | values
        ),
    )


def a_person(session: Session, fabrique: Fabrique, **values: Any) -> Person:
    number = next(_numbers)
    return _added(
        session,
        Person(
            **{
                "fabrique_id": fabrique.id,
                "name": f"Camille Martin {number}",
                "email": f"camille.{number}@example.fr",
                "quality": Quality.RESIDENT,
                "organisation_id": None,
                "created_at": NOW,
            }
            | values
        ),
    )


def a_membership(
    session: Session, person: Person, role: Role, territory: Territory | None = None
) -> Membership:
    return _added(
        session,
        Membership(
            person_id=person.id,
            role=role,
            territory_id=territory.id if territory else None,
            granted_at=NOW,
        ),
    )


def an_actor(
    session: Session,
    fabrique: Fabrique,
    role: Role,
    territory: Territory | None = None,
    **values: Any,
) -> tuple[Person, Actor]:
    """A person with a role, and the actor that verbs receive."""
    person = a_person(session, fabrique, **values)
    a_membership(session, person, role, territory)
    session.refresh(person, ["memberships"])
    return person, person_actor(person)


def a_facilitator(
    session: Session, fabrique: Fabrique, *, now: dt.datetime = NOW, **values: Any
) -> tuple[Person, Actor]:
    return an_actor(session, fabrique, Role.FACILITATOR, created_at=now, **values)


def a_need(session: Session, fabrique: Fabrique, **values: Any) -> Need:
    number = next(_numbers)
    return _added(
        session,
        Need(
            **{
                "fabrique_id": fabrique.id,
                "reference": f"B-2026-{number:04d}",
                "source": "tests",
                "source_id": f"need-{number}",
                "kind": NeedKind.NEED,
                "title": "Plus de car le soir",
                "text": "Le dernier car part à 17 h 40, le cours finit à 18 h.",
                "commune": HIRSON,
                "state": NeedState.RECEIVED,
                "created_at": NOW,
                "observed_on": NOW.date(),
                "quality": Quality.RESIDENT,
                "author_id": None,
                "organisation_id": None,
                "audiences": [],
                "extent": Extent.UNKNOWN,
            }
            | values
        ),
    )


def a_reading(session: Session, need: Need, **values: Any) -> NeedReading:
    return _added(
        session,
        NeedReading(
            **{
                "need_id": need.id,
                "reader": "tests",
                "read_at": NOW,
                "lemmas": ["car", "soir"],
                "sector": Sector.MOBILITE,
                "subject": Sector.MOBILITE,
                "secondary": [],
                "sector_scores": {"mobilite": 1.0},
                "places": [],
                "territories": [],
                "personal_count": 0,
            }
            | values
        ),
    )


def a_vector(session: Session, need: Need, vector: bytes, **values: Any) -> NeedVector:
    return _added(
        session,
        NeedVector(
            **{
                "need_id": need.id,
                "vectoriser": "tests",
                "dimension": len(vector) // 4,
                "vector": vector,
                "kinds": b"",
            }
            | values
        ),
    )


def a_grouping_run(session: Session, fabrique: Fabrique, **values: Any) -> GroupingRun:
    return _added(
        session,
        GroupingRun(
            **{
                "fabrique_id": fabrique.id,
                "number": next(_numbers),
                "started_at": NOW,
                "ended_at": NOW,
                "vectoriser": "tests",
                "parameters": {},
                "alike": 0.4,
                "counts": {},
            }
            | values
        ),
    )


def a_cluster(
    session: Session, fabrique: Fabrique, *, needs: tuple[Need, ...] = (), **values: Any
) -> Cluster:
    run = a_grouping_run(session, fabrique)
    cluster = _added(
        session,
        Cluster(
            **{
                "fabrique_id": fabrique.id,
                "reference": f"R-2026-{next(_numbers):03d}",
                "state": ClusterState.PROPOSED,
                "title": "Travailler et se former sans voiture",
                "keywords": {"car": 3},
                "typical_need_ids": [],
                "sector": Sector.MOBILITE,
                "born_run_id": run.id,
            }
            | values
        ),
    )
    for need in needs:
        session.add(
            ClusterMember(
                need_id=need.id,
                cluster_id=cluster.id,
                run_id=run.id,
                placed_at=NOW,
                strength=0.8,
                margin=0.2,
            )
        )
    session.flush()
    return cluster


def an_opportunity(
    session: Session,
    fabrique: Fabrique,
    *,
    cluster: Cluster | None = None,
    opened_by: Person | None = None,
    **values: Any,
) -> Opportunity:
    cluster = cluster or a_cluster(session, fabrique, needs=(a_need(session, fabrique),))
    opened_by = opened_by or a_person(session, fabrique)
    return _added(
        session,
        Opportunity(
            **{
                "fabrique_id": fabrique.id,
                "reference": f"O-2026-{next(_numbers):02d}",
                "cluster_id": cluster.id,
                "title": "Garage solidaire et prêt de véhicules",
                "summary": "Réparer à prix juste, prêter des scooters.",
                "sector": Sector.MOBILITE,
                "stage": OpportunityStage.STUDY,
                "stage_since": NOW.date(),
                "opened_at": NOW,
                "opened_by_id": opened_by.id,
            }
            | values
        ),
    )


def _reachable(fabrique: Fabrique) -> dict[str, Any]:
    return {
        "fabrique_id": fabrique.id,
        "description": "Répare des voitures avec des personnes en insertion.",
        "sectors": ["mobilite"],
        "commune": HIRSON,
        "zone_scale": ZoneScale.DEPARTEMENT,
        "zone_codes": ["02"],
        "capacity": 3,
        "load": 1,
        "absent_until": None,
        "contact_email": "contact@example.fr",
        "source": "tests",
        "recorded_at": NOW,
    }


def a_holder(session: Session, fabrique: Fabrique, **values: Any) -> ProjectHolder:
    return _added(
        session,
        ProjectHolder(
            **_reachable(fabrique)
            | {
                "name": f"Les Mains dans le moteur {next(_numbers)}",
                "kind": HolderKind.ASSOCIATION,
                "is_person": False,
                "wants": "Ouvrir un garage où l’on apprend.",
                "stages": [stage.value for stage in Stage],
            }
            | values
        ),
    )


def a_support_actor(
    session: Session, fabrique: Fabrique, *, offers: int = 1, **values: Any
) -> SupportActor:
    actor = _added(
        session,
        SupportActor(
            **_reachable(fabrique)
            | {"name": f"Tremplin de l’Aisne {next(_numbers)}", "kind": ActorKind.INCUBATOR}
            | values
        ),
    )
    for _ in range(offers):
        a_support_offer(session, actor)
    return actor


def a_support_offer(session: Session, actor: SupportActor, **values: Any) -> SupportOffer:
    return _added(
        session,
        SupportOffer(
            **{
                "actor_id": actor.id,
                "title": "Parcours de création",
                "description": "Six mois d’appui.",
                "help_kinds": [HelpKind.MENTORING.value],
                "stages": [stage.value for stage in Stage],
                "legal_forms": [],
                "amount_max": None,
            }
            | values
        ),
    )


def an_initiative(session: Session, fabrique: Fabrique, **values: Any) -> Initiative:
    return _added(
        session,
        Initiative(
            **{
                "fabrique_id": fabrique.id,
                "name": f"Garage solidaire itinérant {next(_numbers)}",
                "tagline": "Un atelier qui vient à vous.",
                "sectors": ["mobilite"],
                "need_met": "Réparer sa voiture sans se ruiner.",
                "description": "Un camion atelier passe chaque semaine.",
                "year": 2021,
                "commune": GUISE,
                "holder_name": "Atelier mobile",
                "business_model": "Ventes et subventions.",
                "jobs_fte": 3.5,
                "results": "400 réparations par an.",
                "success_factors": [],
                "difficulties": [],
                "conditions": {},
                "contact_email": "contact@example.fr",
                "source": "tests",
                "verified_on": NOW.date(),
                "expires_on": NOW.date() + dt.timedelta(days=365),
            }
            | values
        ),
    )


def a_match(
    session: Session,
    opportunity: Opportunity,
    *,
    holder: ProjectHolder | None = None,
    actor: SupportActor | None = None,
    initiative: Initiative | None = None,
    **values: Any,
) -> Match:
    return _added(
        session,
        Match(
            **{
                "fabrique_id": opportunity.fabrique_id,
                "opportunity_id": opportunity.id,
                "holder_id": holder.id if holder else None,
                "actor_id": actor.id if actor else None,
                "initiative_id": initiative.id if initiative else None,
                "state": MatchState.PROPOSED,
                "rank": 1,
                "score": 0.7,
                "facts": {},
                "method": "tests",
                "proposed_at": NOW,
            }
            | values
        ),
    )


def an_introduction(session: Session, match: Match, sent_by: Person, **values: Any) -> Introduction:
    return _added(
        session,
        Introduction(
            **{
                "match_id": match.id,
                "state": IntroductionState.SENT,
                "message": "Bonjour, ce besoin pourrait vous intéresser.",
                "sent_at": NOW,
                "sent_by_id": sent_by.id,
            }
            | values
        ),
    )


def a_programme(session: Session, territory: Territory, **values: Any) -> Programme:
    return _added(
        session,
        Programme(
            **{
                "fabrique_id": territory.fabrique_id,
                "territory_id": territory.id,
                "year": 2026,
                "opened_on": dt.date(2026, 1, 5),
            }
            | values
        ),
    )


def a_committee(session: Session, territory: Territory, **values: Any) -> Committee:
    return _added(
        session,
        Committee(
            **{
                "fabrique_id": territory.fabrique_id,
                "territory_id": territory.id,
                "kind": CommitteeKind.COPIL,
                "name": "Comité de pilotage",
                "notice_days": 15,
            }
            | values
        ),
    )


def a_seat(session: Session, committee: Committee, **values: Any) -> Seat:
    return _added(
        session,
        Seat(
            **{
                "committee_id": committee.id,
                "person_id": None,
                "holder_name": f"Alix Duval {next(_numbers)}",
                "quality": "Vice-présidente",
                "organisation_name": "Communauté de communes",
                "college": "collectivités",
                "is_voting": True,
            }
            | values
        ),
    )


def a_meeting(
    session: Session, committee: Committee, *, programme: Programme | None = None, **values: Any
) -> Meeting:
    if programme is None:
        territory = session.get_one(Territory, committee.territory_id)
        programme = a_programme(session, territory)
    return _added(
        session,
        Meeting(
            **{
                "fabrique_id": committee.fabrique_id,
                "reference": f"COPIL-2026-{next(_numbers):02d}",
                "committee_id": committee.id,
                "programme_id": programme.id,
                "starts_at": dt.datetime(2026, 12, 10, 13, 0, tzinfo=dt.UTC),
                "minutes": 120,
                "place": "Laon, hôtel du Département",
                "state": MeetingState.PLANNED,
            }
            | values
        ),
    )


def an_agenda(session: Session, meeting: Meeting, **values: Any) -> Agenda:
    return _added(
        session,
        Agenda(
            **{"meeting_id": meeting.id, "version": 0, "drafted_at": NOW, "left_out": {}} | values
        ),
    )


def an_agenda_item(session: Session, agenda: Agenda, **values: Any) -> AgendaItem:
    return _added(
        session,
        AgendaItem(
            **{
                "agenda_id": agenda.id,
                "position": 1,
                "kind": ItemKind.DECISION,
                "origin": ItemOrigin.PROPOSED,
                "topic": "study_returned",
                "title": "Garage solidaire : étude rendue",
                "minutes": 20,
                "facts": {},
            }
            | values
        ),
    )


def a_decision(session: Session, meeting: Meeting, recorded_by: Person, **values: Any) -> Decision:
    number = int(values.pop("number", 1))
    return _added(
        session,
        Decision(
            **{
                "fabrique_id": meeting.fabrique_id,
                "reference": f"{meeting.reference}/D-{number:02d}",
                "meeting_id": meeting.id,
                "number": number,
                "item_title": "Garage solidaire : étude rendue",
                "outcome": DecisionOutcome.ADOPTED,
                "text": "L’appel à porteur est lancé.",
                "reason": "Le besoin est avéré.",
                "recorded_at": NOW,
                "recorded_by_id": recorded_by.id,
            }
            | values
        ),
    )


def a_follow_up(session: Session, decision: Decision, **values: Any) -> FollowUp:
    return _added(
        session,
        FollowUp(
            **{
                "fabrique_id": decision.fabrique_id,
                "decision_id": decision.id,
                "task": "Écrire l’appel à porteur",
                "owner_name": "Camille Martin",
                "due_on": dt.date(2026, 12, 31),
                "state": FollowUpState.TO_DO,
                "updated_at": NOW,
            }
            | values
        ),
    )


def a_project(session: Session, opportunity: Opportunity, **values: Any) -> Project:
    return _added(
        session,
        Project(
            **{
                "fabrique_id": opportunity.fabrique_id,
                "reference": f"P-2026-{next(_numbers):02d}",
                "opportunity_id": opportunity.id,
                "title": "Garage solidaire",
                "state": ProjectState.RUNNING,
                "started_on": dt.date(2026, 3, 2),
                "jobs_fte": 0.0,
            }
            | values
        ),
    )
