"""A small fabrique with a row of everything, which can grow by one row in every list."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from capture.models import (
    Cluster,
    ClusterMember,
    ClusterState,
    NeedContact,
    NewsFrequency,
    Opportunity,
)
from fabrique.core.access import anybody
from fabrique.core.journal import record
from fabrique.core.people import Person
from fabrique.core.signin import Seal
from fabrique.core.territories import Fabrique, Territory
from matching.models import MatchState
from steering.models import Agenda, Committee, Meeting, Programme
from tests import builders
from tests.builders import NOW

TOKEN = "le-secret-du-lien"


@dataclass(slots=True, kw_only=True)
class World:
    """The rows that others hang on, and the references that addresses hold."""

    session: Session
    fabrique: Fabrique
    person: Person
    territory: Territory
    programme: Programme
    committee: Committee
    meeting: Meeting
    working: Agenda
    cluster: Cluster
    opportunity: Opportunity
    names: dict[str, str]
    size: int = 0

    def address(self, page: str) -> str:
        """The page with the references of this world."""
        return page.format_map(self.names)

    def grow(self) -> None:
        """Add one row to every list, and the line of the journal that goes with any act; addresses
        lead to the last ones.
        """
        self.size += 1
        self._add_needs()
        self._add_parties()
        self._add_steering()
        record(
            self.session,
            anybody(self.fabrique.id),
            "need.logged",
            self.names["need"],
            now=NOW,
        )
        self.session.flush()

    def _add_needs(self) -> None:
        need = builders.a_need(self.session, self.fabrique)
        builders.a_reading(self.session, need)
        self.session.add(
            ClusterMember(
                need_id=need.id,
                cluster_id=self.cluster.id,
                person_id=self.person.id,
                placed_at=NOW,
                strength=0.8,
                margin=0.2,
            )
        )
        builders.an_opportunity(self.session, self.fabrique, opened_by=self.person)
        self.names["need"] = need.reference

    def _add_parties(self) -> None:
        session, fabrique, opportunity = self.session, self.fabrique, self.opportunity
        holder = builders.a_holder(session, fabrique)
        actor = builders.a_support_actor(session, fabrique)
        initiative = builders.an_initiative(session, fabrique)
        match = builders.a_match(session, opportunity, holder=holder)
        builders.a_match(session, opportunity, initiative=initiative)
        sent = builders.a_match(session, opportunity, actor=actor, state=MatchState.INTRODUCED)
        builders.an_introduction(session, sent, self.person)
        self.names |= {
            "match": str(match.id),
            "holder": str(holder.id),
            "actor": str(actor.id),
            "initiative": str(initiative.id),
        }

    def _add_steering(self) -> None:
        session, about = self.session, {"opportunity_id": self.opportunity.id}
        builders.a_seat(session, self.committee)
        builders.a_meeting(session, self.committee, programme=self.programme)
        frozen = builders.an_agenda(session, self.meeting, version=self.size, frozen_at=NOW)
        for agenda in (frozen, self.working):
            item = builders.an_agenda_item(session, agenda, position=self.size, **about)
        decision = builders.a_decision(
            session, self.meeting, self.person, number=self.size, **about
        )
        follow_up = builders.a_follow_up(session, decision)
        self.names |= {
            "item": str(item.id),
            "number": str(decision.number),
            "version": str(frozen.version),
            "follow_up": str(follow_up.id),
        }


def a_world(session: Session, fabrique: Fabrique, seal: Seal) -> World:
    """One row of everything, from a need that its author follows to an action that is awaited."""
    person, territory = (
        builders.a_person(session, fabrique),
        builders.a_territory(session, fabrique),
    )
    told = builders.a_need(session, fabrique)
    secret = seal.hash("follow", TOKEN)
    session.add(NeedContact(need_id=told.id, news=NewsFrequency.NEVER, follow_token_hash=secret))
    cluster = builders.a_cluster(
        session,
        fabrique,
        needs=(told,),
        state=ClusterState.CONFIRMED,
        confirmed_by_id=person.id,
        confirmed_at=NOW,
    )
    opportunity = builders.an_opportunity(session, fabrique, cluster=cluster, opened_by=person)
    programme = builders.a_programme(session, territory)
    committee = builders.a_committee(session, territory)
    meeting = builders.a_meeting(session, committee, programme=programme)
    world = World(
        session=session,
        fabrique=fabrique,
        person=person,
        territory=territory,
        programme=programme,
        committee=committee,
        meeting=meeting,
        working=builders.an_agenda(session, meeting),
        cluster=cluster,
        opportunity=opportunity,
        names={
            "token": TOKEN,
            "cluster": cluster.reference,
            "opportunity": opportunity.reference,
            "meeting": meeting.reference,
        },
    )
    world.grow()
    return world
