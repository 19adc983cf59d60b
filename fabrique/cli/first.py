"""What a command opens when the database is still empty: a first fabrique on the whole country, a
first steering committee with a meeting, so that the chain can be tried on any file of needs."""

import datetime as dt

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from fabrique.core.access import Actor
from fabrique.core.clock import PARIS, local_date, working_day_on_or_before
from fabrique.core.places import Gazetteer
from fabrique.core.territories import Fabrique, Territory, TerritoryCommune
from steering.models import CommitteeKind, Meeting, MeetingState, Programme
from steering.programmes import open_committee, open_year, plan_meeting

_NOTICE_DAYS = 15
_FIRST_MEETING_IN_DAYS = 30
_MINUTES = 120


def first_fabrique(session: Session, places: Gazetteer, *, now: dt.datetime) -> Fabrique:
    """Open a fabrique whose territory is the whole country."""
    fabrique = Fabrique(
        slug="ma-fabrique",
        name="Fabrique à initiatives",
        region_name="France",
        carrier_name="la coordination",
        created_at=now,
    )
    session.add(fabrique)
    session.flush()
    territory = Territory(fabrique_id=fabrique.id, slug="france", name="France")
    session.add(territory)
    session.flush()
    session.execute(
        insert(TerritoryCommune),
        [
            {"territory_id": territory.id, "insee_code": commune.insee_code}
            for commune in places.communes
        ],
    )
    return fabrique


def next_meeting(session: Session, actor: Actor, *, now: dt.datetime) -> str:
    """The reference of the next planned meeting; a first one is planned if there is none."""
    found = session.scalar(
        select(Meeting.reference)
        .where(
            Meeting.fabrique_id == actor.fabrique_id,
            Meeting.state == MeetingState.PLANNED,
            Meeting.starts_at >= now,
        )
        .order_by(Meeting.starts_at)
        .limit(1)
    )
    return found or _first_meeting(session, actor, now=now)


def _first_meeting(session: Session, actor: Actor, *, now: dt.datetime) -> str:
    territory = session.scalars(
        select(Territory)
        .where(Territory.fabrique_id == actor.fabrique_id)
        .order_by(Territory.id)
        .limit(1)
    ).one()
    day = working_day_on_or_before(local_date(now) + dt.timedelta(days=_FIRST_MEETING_IN_DAYS))
    if not _year_is_open(session, territory, day.year):
        open_year(session, actor, territory.id, day.year, now=now)
    committee = open_committee(
        session,
        actor,
        territory.id,
        CommitteeKind.COPIL,
        name="Comité de pilotage",
        notice_days=_NOTICE_DAYS,
        now=now,
    )
    return plan_meeting(
        session,
        actor,
        committee.id,
        starts_at=dt.datetime.combine(day, dt.time(14), tzinfo=PARIS),
        minutes=_MINUTES,
        place="",
        now=now,
    ).reference


def _year_is_open(session: Session, territory: Territory, year: int) -> bool:
    return (
        session.scalar(
            select(Programme.id).where(
                Programme.territory_id == territory.id, Programme.year == year
            )
        )
        is not None
    )
