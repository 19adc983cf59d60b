"""A passage proposes, people decide: confirmed groupings never change by themselves, every act can
be undone, and no need is lost."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select
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
    Need,
    NeedReading,
    NeedState,
    NeedVector,
)
from capture.nlp.language import Language
from capture.nlp.sectors import Sector
from capture.nlp.titles import alike_key
from fabrique.core.access import Actor, machine
from fabrique.core.errors import Conflict, Forbidden, Invalid, NotFound
from fabrique.core.journal import JournalEntry
from fabrique.core.people import Person, Role
from fabrique.core.places import Gazetteer
from fabrique.core.territories import Fabrique
from tests.builders import a_cluster, a_fabrique, a_need, an_actor
from tests.capture.told import BUS

# A story far from that of the bus, told in four ways too, and one remark of national politics.
DOCTOR = (
    "Plus aucun médecin généraliste ici, il manque des médecins dans notre désert médical.",
    "On ne trouve pas de médecin traitant : notre commune est un désert médical.",
    "Il manque des médecins généralistes, on ne trouve plus de médecin traitant.",
    "Désert médical : aucun médecin généraliste ne prend de nouveaux patients.",
)
POLITICS = "Il faut supprimer le Sénat et diminuer le nombre de députés."


@pytest.fixture
def told(session: Session, fabrique: Fabrique) -> dict[str, list[Need]]:
    def needs(texts: tuple[str, ...]) -> list[Need]:
        return [a_need(session, fabrique, title="", text=text) for text in texts]

    return {"bus": needs(BUS), "doctor": needs(DOCTOR), "politics": needs((POLITICS,))}


def clusters_of(session: Session, needs: list[Need]) -> list[Cluster | None]:
    session.expire_all()
    rows = session.execute(
        select(ClusterMember.need_id, Cluster).join(Cluster, ClusterMember.cluster_id == Cluster.id)
    )
    found = {need_id: cluster for need_id, cluster in rows}  # noqa: C416 - rows are not pairs to mypy
    return [found.get(need.id) for need in needs]


def the_cluster(session: Session, needs: list[Need]) -> Cluster:
    (cluster,) = {cluster for cluster in clusters_of(session, needs) if cluster is not None}
    return cluster


def test_every_need_is_read_with_its_vector(
    session: Session,
    told: dict[str, list[Need]],
    passage: Callable[[], grouping.RegroupCounts],
    language: Language,
) -> None:
    passage()
    ids = {need.id for needs in told.values() for need in needs}
    assert set(session.scalars(select(NeedReading.need_id))) == ids
    assert (
        set(
            session.scalars(
                select(NeedVector.need_id).where(NeedVector.vectoriser == language.vectoriser.id)
            )
        )
        == ids
    )


def test_two_stories_make_two_groupings_and_politics_is_out_of_scope(
    session: Session, told: dict[str, list[Need]], passage: Callable[[], grouping.RegroupCounts]
) -> None:
    counts = passage()
    assert counts.needs == counts.grouped + counts.isolated + counts.out_of_scope == 9
    politics = session.get_one(NeedReading, told["politics"][0].id)
    assert politics.sector is Sector.HORS_CHAMP
    bus = {cluster.id for cluster in clusters_of(session, told["bus"]) if cluster}
    doctor = {cluster.id for cluster in clusters_of(session, told["doctor"]) if cluster}
    assert bus
    assert doctor
    assert not bus & doctor


def test_same_passage_twice_changes_nothing(
    session: Session, told: dict[str, list[Need]], passage: Callable[[], grouping.RegroupCounts]
) -> None:
    passage()
    everyone = [need for needs in told.values() for need in needs]
    before = [(c.reference, c.title) if c else None for c in clusters_of(session, everyone)]
    passage()
    assert [(c.reference, c.title) if c else None for c in clusters_of(session, everyone)] == before


def test_confirmed_grouping_is_not_touched_and_newcomers_are_proposed(
    session: Session,
    fabrique: Fabrique,
    coordinator: tuple[Person, Actor],
    now: dt.datetime,
    passage: Callable[[], grouping.RegroupCounts],
) -> None:
    first = [a_need(session, fabrique, title="", text=text) for text in BUS]
    cluster = a_cluster(session, fabrique, needs=tuple(first))
    grouping.confirm(session, coordinator[1], cluster.reference, now=now)
    late = a_need(session, fabrique, title="", text=BUS[1] + " C'est dur.")
    passage()
    assert clusters_of(session, [late]) == [None]
    assert [found.id for found in clusters_of(session, first) if found] == [cluster.id] * 4
    (change,) = session.scalars(
        select(ClusterChange).where(ClusterChange.kind == ChangeKind.ENTERS)
    ).all()
    assert (change.cluster_id, change.need_ids) == (cluster.id, [late.id])


def entering(
    session: Session, fabrique: Fabrique, actor: Actor, now: dt.datetime
) -> tuple[Need, Cluster]:
    needs = tuple(a_need(session, fabrique, title="", text=text) for text in BUS)
    cluster = a_cluster(session, fabrique, needs=needs)
    grouping.confirm(session, actor, cluster.reference, now=now)
    return a_need(session, fabrique, title="", text=BUS[1] + " C'est dur."), cluster


def test_accepted_newcomer_enters_in_the_name_of_the_person(
    session: Session,
    fabrique: Fabrique,
    coordinator: tuple[Person, Actor],
    now: dt.datetime,
    passage: Callable[[], grouping.RegroupCounts],
) -> None:
    person, actor = coordinator
    late, cluster = entering(session, fabrique, actor, now)
    passage()
    change = session.scalars(
        select(ClusterChange).where(ClusterChange.kind == ChangeKind.ENTERS)
    ).one()
    entry = grouping.answer_change(session, actor, change.id, accept=True, now=now)
    member = session.get_one(ClusterMember, late.id)
    assert (member.cluster_id, member.person_id) == (cluster.id, person.id)
    grouping.undo(session, actor, entry.id, now=now)
    assert clusters_of(session, [late]) == [None]
    assert session.get_one(ClusterChange, change.id).answer is ChangeAnswer.WAITING


def test_refused_newcomer_is_not_proposed_again(
    session: Session,
    fabrique: Fabrique,
    coordinator: tuple[Person, Actor],
    now: dt.datetime,
    passage: Callable[[], grouping.RegroupCounts],
) -> None:
    _person, actor = coordinator
    entering(session, fabrique, actor, now)
    passage()
    change = session.scalars(
        select(ClusterChange).where(ClusterChange.kind == ChangeKind.ENTERS)
    ).one()
    grouping.answer_change(session, actor, change.id, accept=False, now=now)
    counts = passage()
    assert counts.changes == 0
    with pytest.raises(Conflict, match="already_answered"):
        grouping.answer_change(session, actor, change.id, accept=True, now=now)


def test_person_s_placement_survives_the_next_passage(
    session: Session,
    told: dict[str, list[Need]],
    coordinator: tuple[Person, Actor],
    now: dt.datetime,
    passage: Callable[[], grouping.RegroupCounts],
) -> None:
    passage()
    _person, actor = coordinator
    doctor = the_cluster(session, told["doctor"])
    moved = told["bus"][0]
    grouping.move(session, actor, moved.reference, doctor.reference, why="horaires", now=now)
    passage()
    (found,) = clusters_of(session, [moved])
    assert found is not None
    assert found.reference == doctor.reference


def test_locked_title_survives_the_next_passage(
    session: Session,
    told: dict[str, list[Need]],
    coordinator: tuple[Person, Actor],
    now: dt.datetime,
    passage: Callable[[], grouping.RegroupCounts],
) -> None:
    passage()
    cluster = the_cluster(session, told["bus"])
    grouping.rename(session, coordinator[1], cluster.reference, "Rentrer le soir", now=now)
    passage()
    assert the_cluster(session, told["bus"]).title == "Rentrer le soir"


def test_no_label_repeats_the_title_that_people_gave_another_grouping(
    session: Session,
    told: dict[str, list[Need]],
    coordinator: tuple[Person, Actor],
    now: dt.datetime,
    passage: Callable[[], grouping.RegroupCounts],
) -> None:
    passage()
    machines = the_cluster(session, told["bus"]).title
    doctor = the_cluster(session, told["doctor"])
    grouping.rename(session, coordinator[1], doctor.reference, machines.upper(), now=now)
    passage()
    assert alike_key(the_cluster(session, told["bus"]).title) != alike_key(machines)


def test_label_names_nobody_and_quotes_no_need_that_waits_for_a_person(
    session: Session,
    fabrique: Fabrique,
    told: dict[str, list[Need]],
    passage: Callable[[], grouping.RegroupCounts],
) -> None:
    named = f"{BUS[0]} Écrire à Mme Boulanger, boulanger@example.fr"
    waiting = a_need(session, fabrique, title="", text=named)
    passage()
    cluster = the_cluster(session, [*told["bus"], waiting])
    assert waiting.id not in cluster.typical_need_ids
    assert "boulanger" not in f"{cluster.title} {' '.join(cluster.keywords)}".lower()


def test_merge_keeps_every_need_and_can_be_undone(
    session: Session,
    fabrique: Fabrique,
    coordinator: tuple[Person, Actor],
    now: dt.datetime,
) -> None:
    _person, actor = coordinator
    kept = a_cluster(session, fabrique, needs=tuple(a_need(session, fabrique) for _ in range(2)))
    gone = a_cluster(session, fabrique, needs=tuple(a_need(session, fabrique) for _ in range(3)))
    entry = grouping.merge(
        session, actor, kept.reference, gone.reference, why="même réponse", now=now
    )
    members = session.scalars(
        select(ClusterMember).where(ClusterMember.cluster_id == kept.id)
    ).all()
    assert len(members) == 5
    assert (gone.state, gone.merged_into_id) == (ClusterState.MERGED, kept.id)
    grouping.undo(session, actor, entry.id, now=now)
    assert (gone.state, gone.merged_into_id) == (ClusterState.PROPOSED, None)
    back = session.scalars(select(ClusterMember).where(ClusterMember.cluster_id == gone.id)).all()
    assert [(member.person_id, member.run_id is not None) for member in back] == [(None, True)] * 3


def test_split_makes_a_confirmed_grouping_kept_apart_and_can_be_undone(
    session: Session,
    fabrique: Fabrique,
    coordinator: tuple[Person, Actor],
    now: dt.datetime,
) -> None:
    _person, actor = coordinator
    needs = tuple(a_need(session, fabrique) for _ in range(4))
    cluster = a_cluster(session, fabrique, needs=needs)
    born = grouping.split(
        session,
        actor,
        cluster.reference,
        [needs[0].reference, needs[1].reference],
        "À part",
        now=now,
    )
    assert clusters_of(session, list(needs)) == [born, born, cluster, cluster]
    assert born.state is ClusterState.CONFIRMED
    assert session.scalars(select(Constraint.other_cluster_id)).all() == [born.id]
    entry = session.scalars(
        select(JournalEntry).where(JournalEntry.action == "cluster.split")
    ).one()
    grouping.undo(session, actor, entry.id, now=now)
    assert clusters_of(session, list(needs)) == [cluster] * 4
    assert born.state is ClusterState.DISSOLVED


def test_splitting_off_everything_is_refused(
    session: Session,
    fabrique: Fabrique,
    coordinator: tuple[Person, Actor],
    now: dt.datetime,
) -> None:
    need = a_need(session, fabrique)
    cluster = a_cluster(session, fabrique, needs=(need,))
    with pytest.raises(Invalid, match="split_needs_two_sides"):
        grouping.split(
            session, coordinator[1], cluster.reference, [need.reference], "Tout", now=now
        )


def test_undo_after_a_later_act_is_refused(
    session: Session,
    fabrique: Fabrique,
    coordinator: tuple[Person, Actor],
    now: dt.datetime,
) -> None:
    _person, actor = coordinator
    cluster = a_cluster(session, fabrique, needs=(a_need(session, fabrique),))
    entry = grouping.rename(session, actor, cluster.reference, "Un", now=now)
    grouping.rename(session, actor, cluster.reference, "Deux", now=now)
    with pytest.raises(Conflict, match="too_late"):
        grouping.undo(session, actor, entry.id, now=now)


def test_writing_a_draft_after_a_person_acted_is_refused(
    session: Session,
    fabrique: Fabrique,
    told: dict[str, list[Need]],
    coordinator: tuple[Person, Actor],
    now: dt.datetime,
    language: Language,
    places: Gazetteer,
    passage: Callable[[], grouping.RegroupCounts],
) -> None:
    passage()
    draft = grouping.draft_regrouping(
        session, machine(fabrique.id), language=language, places=places, now=now
    )
    cluster = the_cluster(session, told["bus"])
    grouping.confirm(session, coordinator[1], cluster.reference, now=now)
    with pytest.raises(Conflict, match="outdated"):
        grouping.apply_regrouping(session, machine(fabrique.id), draft, now=now)


def test_withdrawn_need_leaves_the_next_passage(
    session: Session,
    told: dict[str, list[Need]],
    passage: Callable[[], grouping.RegroupCounts],
) -> None:
    told["bus"][0].state = NeedState.WITHDRAWN
    assert passage().needs == 8
    assert clusters_of(session, told["bus"])[0] is None


def test_sensor_may_not_touch_groupings(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    cluster = a_cluster(session, fabrique, needs=(a_need(session, fabrique),))
    _person, sensor = an_actor(session, fabrique, Role.IDEA_SENSOR)
    with pytest.raises(Forbidden):
        grouping.confirm(session, sensor, cluster.reference, now=now)


def test_grouping_of_another_fabrique_does_not_exist(
    session: Session, fabrique: Fabrique, coordinator: tuple[Person, Actor], now: dt.datetime
) -> None:
    other = a_fabrique(session)
    cluster = a_cluster(session, other, needs=(a_need(session, other),))
    with pytest.raises(NotFound):
        grouping.confirm(session, coordinator[1], cluster.reference, now=now)
