"""A sector chosen by a person teaches the machine, at the next reading and in the night."""

import datetime as dt
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from capture import grouping, intake
from capture.models import Need, NeedReading, NeedState
from capture.nlp.language import Language
from capture.nlp.sectors import Sector
from fabrique.core.access import Actor, machine
from fabrique.core.people import Person, Role
from fabrique.core.territories import Fabrique
from tests.builders import HIRSON, a_fabrique, a_grouping_run, a_need, a_territory, an_actor
from tests.capture.told import WASTE, WASTE_TOO

LAON = "02408"
ELSEWHERE = "Plus aucun médecin ne prend de nouveaux patients"


@pytest.fixture
def chosen(
    session: Session, fabrique: Fabrique, coordinator: tuple[Person, Actor], now: dt.datetime
) -> list[Need]:
    """Needs that the coordination sorts in its own way."""
    needs = [a_need(session, fabrique, title="", text=text) for text in WASTE]
    for need in needs:
        intake.choose_sector(session, coordinator[1], need.reference, Sector.LIEN_SOCIAL, now=now)
    return needs


def read_all(session: Session, fabrique: Fabrique, language: Language, now: dt.datetime) -> None:
    while grouping.read_new_needs(session, machine(fabrique.id), language=language, now=now):
        pass


def heard_again(session: Session, fabrique: Fabrique, language: Language) -> int:
    actor = machine(fabrique.id)
    drafted = grouping.draft_hearing(session, actor, language=language)
    return grouping.apply_hearing(session, actor, drafted)


def sector_of(session: Session, need: Need) -> Sector | None:
    session.expire_all()
    return session.get_one(NeedReading, need.id).sector


@pytest.mark.usefixtures("chosen")
def test_next_need_like_them_is_read_as_people_chose(
    session: Session, fabrique: Fabrique, language: Language, now: dt.datetime
) -> None:
    alike = a_need(session, fabrique, title="", text=WASTE_TOO)
    elsewhere = a_need(session, fabrique, title="", text=ELSEWHERE)
    read_all(session, fabrique, language, now)
    assert sector_of(session, alike) is Sector.LIEN_SOCIAL
    assert sector_of(session, elsewhere) is Sector.SANTE


def test_needs_read_before_are_heard_again_in_the_night_once(
    session: Session,
    fabrique: Fabrique,
    language: Language,
    coordinator: tuple[Person, Actor],
    now: dt.datetime,
) -> None:
    needs = [a_need(session, fabrique, title="", text=text) for text in WASTE]
    alike = a_need(session, fabrique, title="", text=WASTE_TOO)
    read_all(session, fabrique, language, now)
    assert sector_of(session, alike) is not Sector.LIEN_SOCIAL
    for need in needs:
        intake.choose_sector(session, coordinator[1], need.reference, Sector.LIEN_SOCIAL, now=now)
    assert heard_again(session, fabrique, language) == 1
    assert sector_of(session, alike) is Sector.LIEN_SOCIAL
    assert heard_again(session, fabrique, language) == 0
    assert all(need.chosen_sector is Sector.LIEN_SOCIAL for need in needs)


@pytest.mark.usefixtures("chosen")
def test_nothing_is_heard_again_when_nobody_has_chosen_since_the_last_passage(
    session: Session,
    fabrique: Fabrique,
    language: Language,
    now: dt.datetime,
) -> None:
    alike = a_need(session, fabrique, title="", text=WASTE_TOO)
    read_all(session, fabrique, language, now)
    a_grouping_run(session, fabrique, started_at=now + dt.timedelta(hours=1))
    session.execute(
        update(NeedReading)
        .where(NeedReading.need_id == alike.id)
        .values(sector=Sector.SANTE, learnt_from_id=None)
    )
    assert heard_again(session, fabrique, language) == 0


def test_choices_of_another_fabrique_and_of_what_was_withdrawn_teach_nothing(
    session: Session, fabrique: Fabrique, language: Language, chosen: list[Need], now: dt.datetime
) -> None:
    other = a_fabrique(session, slug="ailleurs")
    there = a_need(session, other, title="", text=WASTE_TOO)
    read_all(session, other, language, now)
    assert sector_of(session, there) is not Sector.LIEN_SOCIAL
    for need in chosen:
        need.state = NeedState.WITHDRAWN
    here = a_need(session, fabrique, title="", text=WASTE_TOO)
    session.flush()
    read_all(session, fabrique, language, now)
    assert sector_of(session, here) is not Sector.LIEN_SOCIAL


def test_what_authors_say_of_their_own_needs_teaches_nothing(
    session: Session, fabrique: Fabrique, language: Language, now: dt.datetime
) -> None:
    for text in WASTE:
        a_need(
            session,
            fabrique,
            title="",
            text=text,
            chosen_sector=Sector.LIEN_SOCIAL,
            sector_chosen_at=now,
        )
    alike = a_need(session, fabrique, title="", text=WASTE_TOO)
    read_all(session, fabrique, language, now)
    assert sector_of(session, alike) is not Sector.LIEN_SOCIAL
    assert heard_again(session, fabrique, language) == 0


def test_choice_taken_back_with_its_need_is_unlearnt(
    session: Session, fabrique: Fabrique, language: Language, chosen: list[Need], now: dt.datetime
) -> None:
    alike = a_need(session, fabrique, title="", text=WASTE_TOO)
    read_all(session, fabrique, language, now)
    a_grouping_run(session, fabrique, started_at=now + dt.timedelta(hours=1))
    assert heard_again(session, fabrique, language) == 0
    for need in chosen:
        need.state = NeedState.WITHDRAWN
    session.flush()
    assert heard_again(session, fabrique, language) >= 1
    assert sector_of(session, alike) is not Sector.LIEN_SOCIAL


def test_page_of_a_need_names_the_choice_that_taught_its_sector(
    client: TestClient,
    session: Session,
    fabrique: Fabrique,
    language: Language,
    chosen: list[Need],
    now: dt.datetime,
) -> None:
    alike = a_need(session, fabrique, title="", text=WASTE_TOO)
    read_all(session, fabrique, language, now)
    taught = session.get_one(NeedReading, alike.id).learnt_from_id
    reference = next(need.reference for need in chosen if need.id == taught)
    page = client.get(f"/besoins/{alike.reference}").text
    assert "Comme le secteur choisi pour" in page
    assert f'href="/besoins/{reference}"' in page


def test_choice_out_of_the_reader_s_sight_is_not_named(
    visit: Callable[[Actor], TestClient],
    session: Session,
    fabrique: Fabrique,
    language: Language,
    chosen: list[Need],
    now: dt.datetime,
) -> None:
    thierache = a_territory(session, fabrique)
    for need in chosen:
        need.commune = LAON
    alike = a_need(session, fabrique, title="", text=WASTE_TOO, commune=HIRSON)
    read_all(session, fabrique, language, now)
    reason, url = "Comme le secteur choisi pour", f"/besoins/{alike.reference}"
    nearby = an_actor(session, fabrique, Role.FACILITATOR, thierache)[1]
    everywhere = an_actor(session, fabrique, Role.FACILITATOR)[1]
    assert reason in visit(everywhere).get(url).text
    assert reason not in visit(nearby).get(url).text
