"""Another model named in the settings: every need is read again by the planned work, which may be
stopped, and what people signed stays."""

from dataclasses import replace

import pytest
import spacy
from sqlalchemy import func, select

from capture import grouping
from capture.models import Cluster, ClusterMember, ClusterState, Need, NeedVector
from capture.nlp.language import Language, load_language
from capture.nlp.vectorise import Vectoriser
from capture.nlp.words import FR
from fabrique.core.access import Actor, machine
from fabrique.core.people import Role
from fabrique.core.places import Gazetteer
from fabrique.jobs import Worker, group_needs, read_all_needs, read_needs
from tests.builders import NOW, a_fabrique, a_need, an_actor

TOLD = {
    "bus": (
        "Pas de bus le soir pour rentrer du travail, les transports en commun manquent.",
        "Plus de bus le soir : aucun transport en commun pour rentrer du travail.",
        "Il manque un bus le soir, un transport en commun pour rentrer du travail.",
    ),
    "doctor": (
        "Plus aucun médecin généraliste ici, notre commune est un désert médical.",
        "On ne trouve pas de médecin généraliste, la commune est un désert médical.",
        "Désert médical dans la commune : il manque un médecin généraliste.",
    ),
}
ALL = sum(map(len, TOLD.values()))
COLUMNS = 48


class StoppedError(Exception):
    """The process is stopped."""


@pytest.fixture(scope="module")
def other(
    tmp_path_factory: pytest.TempPathFactory, language: Language, places: Gazetteer
) -> Language:
    """The instruments with a small spaCy model: a few hundred words, in fewer columns than ours."""
    folder = tmp_path_factory.mktemp("modele") / "petit"
    texts = [
        (FR / "yardstick.txt").read_text("utf-8"),
        *(one for each in TOLD.values() for one in each),
    ]
    pipeline = spacy.blank("fr")
    for word in sorted({word.text.lower() for text in texts for word in pipeline.make_doc(text)}):
        pipeline.vocab.set_vector(word, language.vectoriser.vectors([word])[0, :COLUMNS])
    pipeline.to_disk(folder)
    return load_language(places.names(), folder)


@pytest.fixture
def coordinator(worker: Worker) -> Actor:
    """Somebody in the fabrique where the needs are told."""
    with worker.database.unit_of_work() as session:
        fabrique = a_fabrique(session)
        for texts in TOLD.values():
            for text in texts:
                a_need(session, fabrique, title="", text=text)
        return an_actor(session, fabrique, Role.FACILITATOR)[1]


def groups(worker: Worker) -> dict[str, tuple[ClusterState, set[str]]]:
    """State and texts of each group, by reference."""
    found: dict[str, tuple[ClusterState, set[str]]] = {}
    with worker.database.reading() as session:
        rows = session.execute(
            select(Cluster.reference, Cluster.state, Need.text)
            .join(ClusterMember, ClusterMember.cluster_id == Cluster.id)
            .join(Need, Need.id == ClusterMember.need_id)
        )
        for reference, state, text in rows:
            found.setdefault(reference, (state, set()))[1].add(text)
    return found


def read_by(worker: Worker, vectoriser: Vectoriser) -> int:
    """How many needs this vectoriser has read."""
    with worker.database.reading() as session:
        mine = NeedVector.vectoriser == vectoriser.id
        return session.scalar(select(func.count()).select_from(NeedVector).where(mine)) or 0


def test_minute_reads_again_every_need_for_another_model(
    worker: Worker, other: Language, coordinator: Actor
) -> None:
    assert read_needs(worker)["read"] == ALL
    changed = replace(worker, language=other)
    assert read_needs(changed)["read"] == ALL
    assert read_needs(changed)["read"] == 0
    assert (read_by(worker, worker.language.vectoriser), read_by(worker, other.vectoriser)) == (
        0,
        ALL,
    )


def test_night_keeps_groups_and_what_people_signed_with_another_model(
    worker: Worker, other: Language, coordinator: Actor
) -> None:
    group_needs(worker)
    before = groups(worker)
    assert sorted(sorted(texts) for _, texts in before.values()) == sorted(
        map(sorted, TOLD.values())
    )
    signed = next(name for name, (_, texts) in before.items() if texts == set(TOLD["bus"]))
    with worker.database.unit_of_work() as session:
        grouping.confirm(session, coordinator, signed, now=NOW)
    done = group_needs(replace(worker, language=other))[str(coordinator.fabrique_id)]
    assert (done["read"], done["grouped"]) == (ALL, ALL)
    assert groups(worker) == before | {signed: (ClusterState.CONFIRMED, set(TOLD["bus"]))}


def test_reading_again_may_be_stopped_and_goes_on_where_it_was(
    worker: Worker, other: Language, coordinator: Actor
) -> None:
    group_needs(worker)
    before, actor = groups(worker), machine(coordinator.fabrique_id)
    with worker.database.unit_of_work() as session:
        grouping.read_new_needs(session, actor, language=other, now=NOW, limit=2)

    def stop(_read: int) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        read_all_needs(worker.database, actor, language=other, clock=worker.clock, progress=stop)
    # What was written before stays, what was being read when it stopped is as it was.
    assert read_by(worker, other.vectoriser) == 2
    assert read_by(worker, worker.language.vectoriser) == ALL - 2
    assert groups(worker) == before
    done = group_needs(replace(worker, language=other))[str(coordinator.fabrique_id)]
    assert done["read"] == ALL - 2
    assert groups(worker) == before
