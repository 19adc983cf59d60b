"""The people of the stories, each with a browser of their own, on an application whose time the
story moves."""

import datetime as dt
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from capture import grouping
from capture.nlp.language import Language
from fabrique.app import create_app
from fabrique.core.access import machine
from fabrique.core.people import Person, Role
from fabrique.core.places import Gazetteer
from fabrique.core.settings import Settings
from fabrique.core.territories import Fabrique, Territory
from steering.models import Committee
from tests import builders
from tests.river.visiting import Browser, SavepointDatabase, TellingClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A fabrique where nothing has happened yet, and who will make it happen."""

    session: Session
    fabrique: Fabrique
    territory: Territory
    committee: Committee
    facilitator: Person
    member: Person
    clock: TellingClock
    language: Language
    places: Gazetteer
    author: Browser
    coordination: Browser
    committee_member: Browser

    def night(self) -> grouping.RegroupCounts:
        """The passage of the machine, while people sleep."""
        self.clock.pass_days(1)
        robot = machine(self.fabrique.id)
        counts = grouping.regroup(
            self.session,
            robot,
            language=self.language,
            places=self.places,
            now=self.clock.now(),
        )
        self.session.expire_all()
        return counts

    def comes(self, moment: dt.datetime) -> None:
        """That moment has come; sessions have ended since, and people sign in again."""
        self.clock.moment = moment
        self.coordination.sign_in(self.facilitator, now=moment)
        self.committee_member.sign_in(self.member, now=moment)

    def read_the_needs(self) -> None:
        """What the machine does every minute."""
        robot = machine(self.fabrique.id)
        grouping.read_new_needs(self.session, robot, language=self.language, now=self.clock.now())
        self.session.expire_all()


@pytest.fixture(scope="module")
def built(places: Gazetteer, language: Language, database_url: str) -> FastAPI:
    settings = Settings(database_url=database_url)
    return create_app(settings, clock=TellingClock(builders.NOW), places=places, language=language)


@pytest.fixture
def stage(
    built: FastAPI,
    session: Session,
    fabrique: Fabrique,
    language: Language,
    places: Gazetteer,
    now: dt.datetime,
) -> Stage:
    built.state.database, built.state.clock = SavepointDatabase(session), TellingClock(now)
    territory = builders.a_territory(session, fabrique)
    facilitator, _ = builders.a_facilitator(session, fabrique, name="Claire Delattre")
    member, _ = builders.an_actor(session, fabrique, Role.COMMITTEE_MEMBER, territory)
    committee = builders.a_committee(session, territory)
    builders.a_seat(session, committee, person_id=member.id, holder_name=member.name)
    builders.a_programme(session, territory)
    stage = Stage(
        session=session,
        fabrique=fabrique,
        territory=territory,
        committee=committee,
        facilitator=facilitator,
        member=member,
        clock=built.state.clock,
        language=language,
        places=places,
        author=Browser(built, session),
        coordination=Browser(built, session),
        committee_member=Browser(built, session),
    )
    stage.comes(now)
    return stage
