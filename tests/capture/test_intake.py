"""Needs come in by every door, once, with their words as told."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from capture.intake import (
    NeedEntry,
    choose_sector,
    confirm_need_here,
    followed_need,
    import_needs,
    log_need,
    review,
    withdraw,
)
from capture.models import ClusterMember, Need, NeedContact, NeedState
from capture.nlp.sectors import Sector
from fabrique.core.access import Actor, anybody, machine
from fabrique.core.errors import Conflict, Forbidden, NotFound, SignInNeeded
from fabrique.core.journal import JournalEntry
from fabrique.core.outbox import OutboxMessage
from fabrique.core.people import Person, Role
from fabrique.core.signin import Seal
from fabrique.core.territories import Fabrique
from tests.builders import HIRSON, VERVINS, a_cluster, a_fabrique, a_need, an_actor

SEAL = Seal("secret-of-the-tests")
BASE = "https://fabrique.example"
WORDS = "Le dernier car part à 17 h 40, le cours finit à 18 h."


def entry(**values: object) -> NeedEntry:
    return NeedEntry(**({"text": WORDS, "title": "Plus de car", "commune": HIRSON} | values))  # type: ignore[arg-type]


def test_anybody_tells_a_need_and_can_follow_it(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    logged = log_need(session, anybody(fabrique.id), entry(), seal=SEAL, base_url=BASE, now=now)
    assert logged.reference == "B-2026-0001"
    need = followed_need(session, fabrique.id, logged.follow_token, seal=SEAL)
    assert (need.text, need.commune, need.state) == (WORDS, HIRSON, NeedState.RECEIVED)


def test_secret_link_is_not_stored(session: Session, fabrique: Fabrique, now: dt.datetime) -> None:
    logged = log_need(session, anybody(fabrique.id), entry(), seal=SEAL, base_url=BASE, now=now)
    stored = session.scalars(select(NeedContact.follow_token_hash)).one()
    assert logged.follow_token not in stored
    with pytest.raises(NotFound):
        followed_need(session, fabrique.id, logged.follow_token + "x", seal=SEAL)


def test_link_of_one_fabrique_opens_nothing_in_another(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    logged = log_need(session, anybody(fabrique.id), entry(), seal=SEAL, base_url=BASE, now=now)
    with pytest.raises(NotFound):
        followed_need(session, a_fabrique(session).id, logged.follow_token, seal=SEAL)


def test_author_who_leaves_an_address_gets_the_link_by_mail(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    told = entry(email="camille@example.fr")
    logged = log_need(session, anybody(fabrique.id), told, seal=SEAL, base_url=BASE, now=now)
    message = session.scalars(select(OutboxMessage)).one()
    assert message.recipient == "camille@example.fr"
    assert f"{BASE}/suivi/{logged.follow_token}" in message.body


def test_need_that_keeps_personal_data_waits_for_a_reader(
    session: Session, coordinator: tuple[Person, Actor], fabrique: Fabrique, now: dt.datetime
) -> None:
    told = entry(keeps_personal_data=True)
    logged = log_need(session, anybody(fabrique.id), told, seal=SEAL, base_url=BASE, now=now)
    need = session.scalars(select(Need)).one()
    assert need.state is NeedState.TO_REVIEW
    review(session, coordinator[1], logged.reference, publish=True, now=now)
    assert need.state is NeedState.RECEIVED


def test_confirmation_adds_a_voice_and_keeps_its_words(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    need = a_need(session, fabrique)
    actor = anybody(fabrique.id)
    added = confirm_need_here(
        session, actor, need.reference, commune=VERVINS, text="Chez nous aussi.", now=now
    )
    assert (added.need_id, added.commune, added.text) == (need.id, VERVINS, "Chez nous aussi.")


@pytest.mark.parametrize("state", [NeedState.HIDDEN, NeedState.WITHDRAWN, NeedState.TO_REVIEW])
def test_what_is_not_published_cannot_be_confirmed(
    session: Session, fabrique: Fabrique, now: dt.datetime, state: NeedState
) -> None:
    need = a_need(session, fabrique, state=state)
    with pytest.raises(NotFound):
        confirm_need_here(session, anybody(fabrique.id), need.reference, commune=None, now=now)


def test_withdrawn_need_leaves_its_grouping(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    need, other = a_need(session, fabrique), a_need(session, fabrique)
    cluster = a_cluster(session, fabrique, needs=(need, other))
    withdraw(session, anybody(fabrique.id), need, now=now)
    members = select(ClusterMember.need_id).where(ClusterMember.cluster_id == cluster.id)
    assert session.scalars(members).all() == [other.id]


def test_withdrawing_twice_is_refused(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    need = a_need(session, fabrique)
    withdraw(session, anybody(fabrique.id), need, now=now)
    with pytest.raises(Conflict, match="already_withdrawn"):
        withdraw(session, anybody(fabrique.id), need, now=now)


def test_choosing_a_sector_is_signed_and_journalled(
    session: Session, coordinator: tuple[Person, Actor], fabrique: Fabrique, now: dt.datetime
) -> None:
    person, actor = coordinator
    need = a_need(session, fabrique)
    choose_sector(session, actor, need.reference, Sector.SANTE, now=now)
    assert (need.chosen_sector, need.sector_chosen_by_id) == (Sector.SANTE, person.id)
    line = session.scalars(
        select(JournalEntry).where(JournalEntry.action == "need.sector_chosen")
    ).one()
    assert line.facts == {"before": None, "after": "sante"}


@pytest.mark.parametrize("act", [review, choose_sector])
def test_only_the_coordination_reviews(
    session: Session, fabrique: Fabrique, now: dt.datetime, act: Callable[..., None]
) -> None:
    need = a_need(session, fabrique)
    _person, sensor = an_actor(session, fabrique, Role.IDEA_SENSOR)
    values = {"publish": True} if act is review else {"sector": Sector.SANTE}
    with pytest.raises(Forbidden):
        act(session, sensor, need.reference, **values, now=now)
    with pytest.raises(SignInNeeded):
        act(session, anybody(fabrique.id), need.reference, **values, now=now)


def test_same_file_twice_adds_nothing(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    entries = [entry(source="file", source_id=str(number)) for number in range(5)]
    first = import_needs(session, machine(fabrique.id), entries, now=now)
    again = import_needs(session, machine(fabrique.id), entries, now=now)
    assert (first.accepted, first.already_known) == (5, 0)
    assert (again.accepted, again.already_known) == (0, 5)
    assert session.scalar(select(func.count(Need.id))) == 5


def test_imported_references_follow_the_year_of_each_need(
    session: Session, fabrique: Fabrique, now: dt.datetime
) -> None:
    entries = [
        entry(source="file", source_id=str(number), observed_on=dt.date(year, 3, 1))
        for number, year in enumerate((2025, 2026, 2025))
    ]
    import_needs(session, machine(fabrique.id), entries, now=now)
    written = session.scalars(select(Need.reference).order_by(Need.source_id)).all()
    assert written == ["B-2025-0001", "B-2026-0001", "B-2025-0002"]
