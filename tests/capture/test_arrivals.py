"""A need that has just been read finds its grouping at once; a confirmed one is only asked."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from capture import grouping
from capture.models import (
    ChangeAnswer,
    ChangeKind,
    Cluster,
    ClusterChange,
    ClusterMember,
    ClusterState,
    Constraint,
    ConstraintKind,
    Need,
    NeedReading,
)
from capture.nlp.language import Language
from fabrique.core.access import machine
from fabrique.core.errors import Forbidden
from fabrique.core.people import Role
from fabrique.core.places import Gazetteer
from fabrique.core.territories import Fabrique
from tests.builders import a_need, an_actor

BUS = (
    "Pas de bus le soir pour rentrer du travail, il faudrait plus de transports en commun.",
    "Plus de bus le soir : les transports en commun manquent pour rentrer du travail.",
    "Il manque des transports en commun le soir, aucun bus pour rentrer du travail.",
)
LATER = "Aucun bus le soir : il faudrait des transports en commun pour rentrer du travail."
LAST = "Pas de transports en commun le soir, plus de bus pour rentrer du travail."


@pytest.fixture
def told(session: Session, fabrique: Fabrique) -> list[Need]:
    return [a_need(session, fabrique, title="", text=text) for text in BUS]


@pytest.fixture
def arrive(
    session: Session, fabrique: Fabrique, language: Language, places: Gazetteer, now: dt.datetime
) -> Callable[[str], tuple[Need, int]]:
    """Tell a need, and let the machine read it and place it."""
    minutes = iter(range(1, 60))

    def arrives(text: str) -> tuple[Need, int]:
        robot, read_at = machine(fabrique.id), now + dt.timedelta(minutes=next(minutes))
        need = a_need(session, fabrique, title="", text=text, created_at=read_at)
        grouping.read_new_needs(session, robot, language=language, now=read_at)
        placed = grouping.place_new_needs(
            session, robot, language=language, places=places, read_at=read_at
        )
        session.flush()
        session.expire_all()
        return need, placed

    return arrives


@pytest.fixture
def grouped(
    session: Session,
    fabrique: Fabrique,
    told: list[Need],
    language: Language,
    places: Gazetteer,
    now: dt.datetime,
) -> Cluster:
    """The three needs after a first passage."""
    grouping.regroup(session, machine(fabrique.id), language=language, places=places, now=now)
    return session.scalars(
        select(Cluster).join(ClusterMember).where(ClusterMember.need_id == told[0].id)
    ).one()


def lines(session: Session, cluster: Cluster) -> list[tuple[ChangeKind, list[int]]]:
    """What waits for an answer about a grouping."""
    return [
        (change.kind, change.need_ids)
        for change in session.scalars(
            select(ClusterChange).where(
                ClusterChange.cluster_id == cluster.id,
                ClusterChange.answer == ChangeAnswer.WAITING,
            )
        )
    ]


def test_new_need_enters_a_proposed_grouping_at_once(
    session: Session, grouped: Cluster, arrive: Callable[[str], tuple[Need, int]]
) -> None:
    need, placed = arrive(LATER)
    member = session.get_one(ClusterMember, need.id)
    assert (placed, member.cluster_id, member.person_id) == (1, grouped.id, None)
    assert member.run_id == grouped.born_run_id
    assert member.strength > 0


def test_confirmed_grouping_is_asked_once_for_all_that_come(
    session: Session,
    fabrique: Fabrique,
    grouped: Cluster,
    now: dt.datetime,
    arrive: Callable[[str], tuple[Need, int]],
) -> None:
    _person, actor = an_actor(session, fabrique, Role.FACILITATOR)
    grouping.confirm(session, actor, grouped.reference, now=now)
    first, _ = arrive(LATER)
    second, _ = arrive(LAST)
    assert session.get(ClusterMember, first.id) is None
    assert lines(session, grouped) == [(ChangeKind.ENTERS, [first.id, second.id])]


def test_need_that_a_person_isolated_stays_so_when_the_reader_changes(
    session: Session,
    fabrique: Fabrique,
    language: Language,
    places: Gazetteer,
    told: list[Need],
    grouped: Cluster,
    now: dt.datetime,
) -> None:
    _person, actor = an_actor(session, fabrique, Role.FACILITATOR)
    grouping.move(session, actor, told[0].reference, None, why="", now=now)
    session.execute(update(NeedReading).values(reader="another"))
    robot, later = machine(fabrique.id), now + dt.timedelta(hours=1)
    assert grouping.read_new_needs(session, robot, language=language, now=later) == 3
    assert grouped.state is ClusterState.PROPOSED
    placed = grouping.place_new_needs(
        session, robot, language=language, places=places, read_at=later
    )
    assert placed == 0
    assert session.get(ClusterMember, told[0].id) is None


def test_refused_need_is_not_proposed_again_when_it_is_read_again(
    session: Session,
    fabrique: Fabrique,
    language: Language,
    places: Gazetteer,
    grouped: Cluster,
    now: dt.datetime,
    arrive: Callable[[str], tuple[Need, int]],
) -> None:
    _person, actor = an_actor(session, fabrique, Role.FACILITATOR)
    grouping.confirm(session, actor, grouped.reference, now=now)
    arrive(LATER)
    change = session.scalars(select(ClusterChange)).one()
    grouping.answer_change(session, actor, change.id, accept=False, now=now)
    session.execute(update(NeedReading).values(reader="another"))
    robot, later = machine(fabrique.id), now + dt.timedelta(hours=1)
    grouping.read_new_needs(session, robot, language=language, now=later)
    placed = grouping.place_new_needs(
        session, robot, language=language, places=places, read_at=later
    )
    assert placed == 0
    assert lines(session, grouped) == []


def test_nothing_is_placed_before_a_first_passage(
    told: list[Need], arrive: Callable[[str], tuple[Need, int]]
) -> None:
    assert len(told) == 3
    assert arrive(LATER)[1] == 0


def test_need_like_none_or_out_of_scope_stays_alone(
    session: Session, grouped: Cluster, arrive: Callable[[str], tuple[Need, int]]
) -> None:
    for text in (
        "Le dernier boulanger part à la retraite et personne ne reprend le magasin.",
        "Il faut supprimer le Sénat et diminuer le nombre de députés.",
    ):
        need, placed = arrive(text)
        assert placed == 0
        assert session.get(ClusterMember, need.id) is None
    assert lines(session, grouped) == []


def test_locked_grouping_receives_nothing(
    session: Session,
    fabrique: Fabrique,
    grouped: Cluster,
    now: dt.datetime,
    arrive: Callable[[str], tuple[Need, int]],
) -> None:
    person, _actor = an_actor(session, fabrique, Role.FACILITATOR)
    session.add(
        Constraint(
            fabrique_id=fabrique.id,
            kind=ConstraintKind.LOCKED,
            cluster_id=grouped.id,
            person_id=person.id,
            created_at=now,
        )
    )
    session.flush()
    assert arrive(LATER)[1] == 0


def test_only_the_machine_or_who_may_group_places_needs(
    session: Session,
    fabrique: Fabrique,
    language: Language,
    places: Gazetteer,
    now: dt.datetime,
) -> None:
    _person, member = an_actor(session, fabrique, Role.COMMITTEE_MEMBER)
    with pytest.raises(Forbidden):
        grouping.place_new_needs(session, member, language=language, places=places, read_at=now)
