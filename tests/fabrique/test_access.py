"""Who may do what, and where."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.models import Need
from fabrique.core.access import (
    ALLOWED,
    Action,
    Actor,
    ActorKind,
    Grant,
    anybody,
    in_sight,
    machine,
)
from fabrique.core.errors import Forbidden, SignInNeeded
from fabrique.core.people import Role
from fabrique.core.territories import Fabrique
from tests.builders import GUISE, HIRSON, a_need, a_territory


def somebody(role: Role, territory_id: int | None = None) -> Actor:
    grant = Grant(role=role, territory_id=territory_id)
    return Actor(kind=ActorKind.PERSON, fabrique_id=1, person_id=1, grants=(grant,))


def test_every_role_has_its_line_in_the_table() -> None:
    assert set(ALLOWED) == set(Role)


@pytest.mark.parametrize(
    ("role", "freezes"),
    [
        (Role.IDEA_SENSOR, False),
        (Role.COMMITTEE_MEMBER, False),
        (Role.FACILITATOR, True),
        (Role.ADMINISTRATOR, True),
    ],
)
def test_freezing_an_agenda_by_role(role: Role, freezes: bool) -> None:
    assert somebody(role).may(Action.AGENDA_FREEZE) is freezes


def test_role_on_a_territory_stops_at_its_border() -> None:
    actor = somebody(Role.FACILITATOR, territory_id=7)
    assert actor.may(Action.AGENDA_FREEZE, 7)
    assert not actor.may(Action.AGENDA_FREEZE, 8)
    assert actor.territories(Action.AGENDA_FREEZE) == {7}


def test_anybody_may_only_tell_a_need() -> None:
    assert [action for action in Action if anybody(1).may(action)] == [Action.NEED_LOG]


def test_refusal_asks_to_sign_in_first() -> None:
    with pytest.raises(SignInNeeded):
        anybody(1).require(Action.CLUSTER_READ)
    with pytest.raises(Forbidden):
        somebody(Role.IDEA_SENSOR).require(Action.CLUSTER_READ)


def test_machine_sees_every_territory() -> None:
    assert machine(1).territories(Action.GROUPING_RUN) is None


def test_rows_in_sight_follow_the_territory(session: Session, fabrique: Fabrique) -> None:
    territory = a_territory(session, fabrique, communes=(HIRSON,))
    near = a_need(session, fabrique, commune=HIRSON)
    a_need(session, fabrique, commune=GUISE)
    actor = somebody(Role.FACILITATOR, territory.id)
    seen = session.scalars(
        select(Need).where(in_sight(actor, Action.NEED_READ_ALL, Need.commune))
    ).all()
    assert seen == [near]
