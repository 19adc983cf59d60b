"""People have the last word: no passage undoes what one of them decided of a need or a grouping."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from capture import grouping
from capture.models import Cluster, ClusterChange, ClusterMember, Constraint, Need, NeedState
from capture.nlp.carry_over import ChangeKind
from fabrique.core.access import Actor
from fabrique.core.errors import Conflict, Invalid
from fabrique.core.journal import JournalEntry
from fabrique.core.people import Person
from fabrique.core.territories import Fabrique
from tests.builders import a_cluster, a_need
from tests.capture.told import BUS

BAKERY = ("La boulangerie du village a fermé.", "Plus de boulangerie : elle a fermé au village.")
LATER = tuple(f"{text} {more}" for text in BUS for more in ("C'est dur.", "Tout le monde le dit."))


@pytest.fixture
def actor(coordinator: tuple[Person, Actor]) -> Actor:
    return coordinator[1]


@pytest.fixture
def bus(session: Session, fabrique: Fabrique) -> list[Need]:
    return [a_need(session, fabrique, title="", text=text) for text in BUS]


def cluster_of(session: Session, need: Need) -> Cluster | None:
    session.expire_all()
    return session.scalar(
        select(Cluster)
        .join(ClusterMember, ClusterMember.cluster_id == Cluster.id)
        .where(ClusterMember.need_id == need.id)
    )


def confirmed_elsewhere(
    session: Session, fabrique: Fabrique, actor: Actor, now: dt.datetime
) -> Cluster:
    """A confirmed grouping about something else."""
    needs = tuple(a_need(session, fabrique, title="", text=text) for text in BAKERY)
    cluster = a_cluster(session, fabrique, needs=needs)
    grouping.confirm(session, actor, cluster.reference, now=now)
    return cluster


def test_need_left_alone_stays_alone_until_somebody_says_otherwise(
    session: Session,
    bus: list[Need],
    actor: Actor,
    now: dt.datetime,
    passage: Callable[[], grouping.RegroupCounts],
) -> None:
    passage()
    assert cluster_of(session, bus[0]) is not None
    entry = grouping.move(session, actor, bus[0].reference, None, why="autre sujet", now=now)
    counts = passage()
    assert cluster_of(session, bus[0]) is None
    assert (counts.needs, counts.isolated) == (4, 1)
    grouping.undo(session, actor, entry.id, now=now)
    grouping.move(session, actor, bus[0].reference, None, why="autre sujet", now=now)
    home = cluster_of(session, bus[1])
    assert home is not None
    grouping.move(session, actor, bus[0].reference, home.reference, why="", now=now)
    passage()
    assert cluster_of(session, bus[0]) == home


def test_need_left_alone_is_not_proposed_to_a_confirmed_grouping(
    session: Session,
    bus: list[Need],
    actor: Actor,
    now: dt.datetime,
    passage: Callable[[], grouping.RegroupCounts],
) -> None:
    passage()
    home = cluster_of(session, bus[1])
    assert home is not None
    grouping.confirm(session, actor, home.reference, now=now)
    grouping.move(session, actor, bus[0].reference, None, why="", now=now)
    assert passage().changes == 0


def test_grouping_set_aside_is_not_born_again_of_the_same_needs(
    session: Session,
    fabrique: Fabrique,
    bus: list[Need],
    actor: Actor,
    now: dt.datetime,
    passage: Callable[[], grouping.RegroupCounts],
) -> None:
    passage()
    home = cluster_of(session, bus[0])
    assert home is not None
    grouping.set_aside(session, actor, home.reference, why="sans suite", now=now)
    assert passage().clusters == 0
    for text in LATER:
        a_need(session, fabrique, title="", text=text)
    passage()
    again = cluster_of(session, bus[0])
    assert again is not None
    assert again.reference != home.reference


def test_need_moved_after_it_was_pinned_is_not_called_back(
    session: Session,
    fabrique: Fabrique,
    bus: list[Need],
    actor: Actor,
    now: dt.datetime,
    passage: Callable[[], grouping.RegroupCounts],
) -> None:
    passage()
    grouping.pin(session, actor, bus[0].reference, why="", now=now)
    other = confirmed_elsewhere(session, fabrique, actor, now)
    grouping.move(session, actor, bus[0].reference, other.reference, why="", now=now)
    passage()
    proposed = {
        need for change in session.scalars(select(ClusterChange)) for need in change.need_ids
    }
    assert bus[0].id not in proposed
    assert cluster_of(session, bus[0]) == other


@pytest.mark.parametrize("since", ["moved", "withdrawn"])
def test_need_placed_or_withdrawn_since_does_not_enter(
    session: Session,
    fabrique: Fabrique,
    bus: list[Need],
    actor: Actor,
    now: dt.datetime,
    passage: Callable[[], grouping.RegroupCounts],
    since: str,
) -> None:
    home = a_cluster(session, fabrique, needs=tuple(bus))
    grouping.confirm(session, actor, home.reference, now=now)
    other = confirmed_elsewhere(session, fabrique, actor, now)
    late = a_need(session, fabrique, title="", text=LATER[0])
    passage()
    change = session.scalars(
        select(ClusterChange).where(ClusterChange.kind == ChangeKind.ENTERS)
    ).one()
    if since == "moved":
        grouping.move(session, actor, late.reference, other.reference, why="", now=now)
    else:
        late.state = NeedState.WITHDRAWN
    before = session.scalars(select(JournalEntry.id)).all()
    with pytest.raises(Conflict, match="overtaken"):
        grouping.answer_change(session, actor, change.id, accept=True, now=now)
    assert session.scalars(select(JournalEntry.id)).all() == before


def test_confirmed_grouping_joined_by_a_crowd_is_asked_to_take_it_in(
    session: Session,
    fabrique: Fabrique,
    bus: list[Need],
    actor: Actor,
    now: dt.datetime,
    passage: Callable[[], grouping.RegroupCounts],
) -> None:
    home = a_cluster(session, fabrique, needs=tuple(bus[:2]))
    grouping.confirm(session, actor, home.reference, now=now)
    crowd = [a_need(session, fabrique, title="", text=text) for text in LATER]
    passage()
    changes = session.scalars(select(ClusterChange)).all()
    assert [change.kind for change in changes] == [ChangeKind.ENTERS]
    assert {need.id for need in crowd} <= set(changes[0].need_ids)


def test_needs_tied_go_together_and_needs_parted_never_do(
    session: Session,
    fabrique: Fabrique,
    bus: list[Need],
    actor: Actor,
    now: dt.datetime,
    passage: Callable[[], grouping.RegroupCounts],
) -> None:
    bakery = [a_need(session, fabrique, title="", text=text) for text in BAKERY]
    passage()
    assert cluster_of(session, bus[0]) == cluster_of(session, bus[1]) is not None
    assert cluster_of(session, bus[0]) != cluster_of(session, bakery[0])
    one, two = bus[0].reference, bus[1].reference
    grouping.tie(session, actor, one, two.lower(), together=False, why="", now=now)
    passage()
    assert cluster_of(session, bus[0]) != cluster_of(session, bus[1])
    tied = grouping.tie(
        session, actor, one, bakery[0].reference, together=True, why="même trajet", now=now
    )
    passage()
    assert cluster_of(session, bus[0]) == cluster_of(session, bakery[0]) is not None
    grouping.undo(session, actor, tied.id, now=now)
    passage()
    assert cluster_of(session, bus[0]) != cluster_of(session, bakery[0])


def test_tie_that_contradicts_another_is_refused(
    session: Session, bus: list[Need], actor: Actor, now: dt.datetime
) -> None:
    one, two = bus[0].reference, bus[1].reference
    grouping.tie(session, actor, one, two, together=False, why="", now=now)
    with pytest.raises(Conflict, match="contradicts"):
        grouping.tie(session, actor, two, one, together=True, why="", now=now)
    assert session.scalar(select(func.count()).select_from(Constraint)) == 1


@pytest.mark.parametrize(("other", "code"), [("B-1999-0001", "unknown_need"), ("", "unknown_need")])
def test_tie_to_no_need_is_refused(
    session: Session, bus: list[Need], actor: Actor, now: dt.datetime, other: str, code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        grouping.tie(session, actor, bus[0].reference, other, together=True, why="", now=now)
    with pytest.raises(Invalid, match="same_need"):
        grouping.tie(
            session, actor, bus[0].reference, bus[0].reference, together=True, why="", now=now
        )
