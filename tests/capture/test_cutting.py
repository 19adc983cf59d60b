"""A message that tells several needs: the second becomes one of its own, no word is lost, whoever
told them sees both, and the act can be undone."""

import datetime as dt
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.cutting import cut_out
from capture.grouping import move, undo
from capture.intake import (
    LoggedNeed,
    NeedEntry,
    confirm_need_here,
    followed_need,
    log_need,
    review,
    withdraw,
)
from capture.models import ClusterMember, ClusterState, Need, NeedState
from capture.nlp.passages import passages
from capture.nlp.sectors import Sector
from capture.queries.parts import words_left
from fabrique.core.access import Actor, anybody
from fabrique.core.errors import Conflict, Invalid, SignInNeeded
from fabrique.core.outbox import OutboxMessage
from fabrique.core.people import Person
from fabrique.core.signin import Seal
from fabrique.core.territories import Fabrique
from tests.builders import HIRSON, a_cluster, a_need
from tests.capture.conftest import words_of

FIRST = "Plus aucun médecin généraliste dans le canton."
SECOND = "Il manque des places en crèche."
SPAN = (len(FIRST) + 1, len(FIRST) + 1 + len(SECOND))
SEAL = Seal("tests")

Coordinator = tuple[Person, Actor]


@pytest.fixture
def told(session: Session, fabrique: Fabrique, now: dt.datetime) -> LoggedNeed:
    entry = NeedEntry(text=f"{FIRST} {SECOND}", commune=HIRSON, email="jeanne@exemple.fr")
    return log_need(
        session, anybody(fabrique.id), entry, seal=SEAL, base_url="https://x.fr", now=now
    )


@pytest.fixture
def message(session: Session, fabrique: Fabrique, told: LoggedNeed) -> Need:
    return followed_need(session, fabrique.id, told.follow_token, seal=SEAL)


def test_second_need_has_its_words_and_the_message_keeps_them_all(
    session: Session, coordinator: Coordinator, message: Need, now: dt.datetime
) -> None:
    need, _ = cut_out(session, coordinator[1], message.reference, [SPAN], now=now)
    assert (need.text, need.commune, need.reference) == (SECOND, HIRSON, "B-2026-0002")
    assert message.text == f"{FIRST} {SECOND}"


def test_each_is_read_for_what_it_tells(
    session: Session,
    coordinator: Coordinator,
    message: Need,
    read_all: Callable[[], None],
    now: dt.datetime,
) -> None:
    read_all()
    need, _ = cut_out(session, coordinator[1], message.reference, [SPAN], now=now)
    read_all()
    for one, sector, word in ((message, Sector.SANTE, "médecin"), (need, Sector.ENFANCE, "crèche")):
        session.refresh(one, ["reading"])
        assert one.reading is not None
        assert one.reading.sector is sector
        assert word in one.reading.lemmas
    assert message.reading is not None
    assert "crèche" not in message.reading.lemmas


def test_author_is_told_by_mail_and_sees_both_on_her_page(
    session: Session,
    coordinator: Coordinator,
    told: LoggedNeed,
    message: Need,
    passer_by: TestClient,
    now: dt.datetime,
) -> None:
    need, _ = cut_out(session, coordinator[1], message.reference, [SPAN], now=now)
    mail = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert mail is not None
    assert (mail.recipient, need.reference in mail.body) == ("jeanne@exemple.fr", True)
    page = words_of(passer_by.get(f"/suivi/{told.follow_token}").text)
    assert "Un autre besoin dans votre message" in page
    assert f"« {SECOND} » Où en est-on ? Votre besoin est reçu." in page


WHOLE = [(0, SPAN[0]), SPAN]


@pytest.mark.parametrize(
    ("spans", "code"),
    [
        ([], "need.cut_needs_two_sides"),
        (WHOLE, "need.cut_needs_two_sides"),
        ([(0, 5)], "need.passages_unknown"),
        ([(0, 500)], "need.passages_unknown"),
        ([(6, 2)], "need.passages_unknown"),
        ([(0, SPAN[1]), SPAN], "need.passages_unknown"),
    ],
)
def test_only_passages_of_the_message_are_cut_out_and_some_are_left(
    session: Session,
    coordinator: Coordinator,
    message: Need,
    spans: list[tuple[int, int]],
    code: str,
    now: dt.datetime,
) -> None:
    with pytest.raises(Invalid) as refused:
        cut_out(session, coordinator[1], message.reference, spans, now=now)
    assert refused.value.code == code


def test_same_words_are_cut_out_once(
    session: Session, coordinator: Coordinator, message: Need, now: dt.datetime
) -> None:
    cut_out(session, coordinator[1], message.reference, [SPAN], now=now)
    with pytest.raises(Conflict) as refused:
        cut_out(session, coordinator[1], message.reference, [SPAN], now=now)
    assert refused.value.code == "need.already_cut"


def test_need_heard_in_a_message_is_not_cut_again(
    session: Session, fabrique: Fabrique, coordinator: Coordinator, now: dt.datetime
) -> None:
    message = a_need(session, fabrique, text=f"{FIRST} {SECOND} Le car ne passe plus le soir.")
    spans = passages(message.text)
    need, _ = cut_out(session, coordinator[1], message.reference, spans[1:], now=now)
    with pytest.raises(Conflict) as refused:
        cut_out(session, coordinator[1], need.reference, passages(need.text)[:1], now=now)
    assert refused.value.code == "need.is_a_part"


def test_message_that_names_somebody_still_waits_for_a_person_once_cut(
    session: Session,
    fabrique: Fabrique,
    coordinator: Coordinator,
    read_all: Callable[[], None],
    passer_by: TestClient,
    now: dt.datetime,
) -> None:
    text = f"{FIRST} Mme Jeanne Durand, 06 12 34 56 78, cherche une crèche."
    message = a_need(session, fabrique, text=text)
    read_all()
    need, _ = cut_out(session, coordinator[1], message.reference, passages(text)[1:], now=now)
    read_all()
    for each in (message, need):
        assert passer_by.get(f"/besoins/{each.reference}").status_code == 404
    assert "Durand" not in passer_by.get("/besoins").text


def test_hiding_a_need_hides_the_message_that_says_the_same_words(
    session: Session, coordinator: Coordinator, message: Need, now: dt.datetime
) -> None:
    need, _ = cut_out(session, coordinator[1], message.reference, [SPAN], now=now)
    hidden = review(session, coordinator[1], need.reference, publish=False, now=now)
    assert hidden == (need.reference, message.reference)
    assert (need.state, message.state) == (NeedState.HIDDEN, NeedState.HIDDEN)


def test_undo_is_refused_once_somebody_else_has_said_the_second_need(
    session: Session, fabrique: Fabrique, coordinator: Coordinator, message: Need, now: dt.datetime
) -> None:
    need, entry = cut_out(session, coordinator[1], message.reference, [SPAN], now=now)
    confirm_need_here(session, anybody(fabrique.id), need.reference, commune=HIRSON, now=now)
    with pytest.raises(Conflict) as refused:
        undo(session, coordinator[1], entry.id, now=now)
    assert refused.value.code == "undo.too_late"
    assert need.state is NeedState.RECEIVED


def test_author_of_both_is_not_told_that_somebody_else_says_the_same(
    session: Session,
    fabrique: Fabrique,
    coordinator: Coordinator,
    told: LoggedNeed,
    message: Need,
    passer_by: TestClient,
    now: dt.datetime,
) -> None:
    need, _ = cut_out(session, coordinator[1], message.reference, [SPAN], now=now)
    a_cluster(session, fabrique, needs=(message, need), state=ClusterState.CONFIRMED)
    page = words_of(passer_by.get(f"/suivi/{told.follow_token}").text)
    assert "1 autre témoignage dit la même chose" not in page.split("Un autre besoin")[0]


def test_only_the_coordination_cuts(
    session: Session, fabrique: Fabrique, message: Need, now: dt.datetime
) -> None:
    with pytest.raises(SignInNeeded):
        cut_out(session, anybody(fabrique.id), message.reference, [SPAN], now=now)


def test_undo_gives_the_words_back(
    session: Session,
    coordinator: Coordinator,
    message: Need,
    read_all: Callable[[], None],
    now: dt.datetime,
) -> None:
    need, entry = cut_out(session, coordinator[1], message.reference, [SPAN], now=now)
    undo(session, coordinator[1], entry.id, now=now)
    assert need.state is NeedState.WITHDRAWN
    read_all()
    session.refresh(message, ["reading"])
    assert message.reading is not None
    assert "crèche" in message.reading.lemmas
    cut_out(session, coordinator[1], message.reference, [SPAN], now=now)


def test_undo_is_refused_once_the_second_need_was_placed(
    session: Session, fabrique: Fabrique, coordinator: Coordinator, message: Need, now: dt.datetime
) -> None:
    need, entry = cut_out(session, coordinator[1], message.reference, [SPAN], now=now)
    cluster = a_cluster(session, fabrique, needs=(a_need(session, fabrique),))
    move(session, coordinator[1], need.reference, cluster.reference, why="", now=now)
    with pytest.raises(Conflict):
        undo(session, coordinator[1], entry.id, now=now)
    assert session.get_one(ClusterMember, need.id).cluster_id == cluster.id


def test_message_taken_back_takes_back_every_need_heard_in_it(
    session: Session, fabrique: Fabrique, coordinator: Coordinator, message: Need, now: dt.datetime
) -> None:
    need, _ = cut_out(session, coordinator[1], message.reference, [SPAN], now=now)
    withdraw(session, anybody(fabrique.id), message, now=now)
    assert need.state is NeedState.WITHDRAWN


def test_page_offers_what_the_machine_heard_and_links_both_needs(
    message: Need, read_all: Callable[[], None], client: TestClient
) -> None:
    read_all()
    url = f"/besoins/{message.reference}"
    ticked = html.fromstring(client.get(url).text).xpath("//input[@name='passages'][@checked]")
    assert [box.getparent().xpath("string(span/text())") for box in ticked] == [SECOND]
    client.post(f"{url}/couper", data={"passages": ticked[0].get("value")})
    page = client.get(url).text
    assert "Un besoin à part : B-2026-0002" in words_of(page, "//aside")
    other = words_of(client.get("/besoins/B-2026-0002").text, "//aside")
    assert f"Entendu dans le message {message.reference}" in other


def test_needs_of_a_list_are_offered_one_after_the_other(
    session: Session, fabrique: Fabrique, read_all: Callable[[], None], client: TestClient
) -> None:
    text = (
        "- plus de médecin au village\n- pas de fibre au hameau\n- un bus le samedi pour le marché"
    )
    message = a_need(session, fabrique, title="Trois choses", text=text)
    read_all()
    url = f"/besoins/{message.reference}"
    for words in ("- pas de fibre au hameau", "- un bus le samedi pour le marché"):
        boxes = html.fromstring(client.get(url).text).xpath("//input[@name='passages'][@checked]")
        assert [box.getparent().xpath("string(span/text())") for box in boxes] == [words]
        client.post(f"{url}/couper", data={"passages": boxes[0].get("value")})
    assert not html.fromstring(client.get(url).text).xpath("//input[@name='passages']")
    texts = session.scalars(select(Need.text).order_by(Need.id)).all()
    assert texts[1:] == ["- pas de fibre au hameau", "- un bus le samedi pour le marché"]


def test_page_says_what_to_tick(message: Need, client: TestClient) -> None:
    answer = client.post(f"/besoins/{message.reference}/couper", follow_redirects=True)
    assert "Cochez les passages de l'autre besoin" in words_of(answer.text, "//body")


@given(st.text("ab .", max_size=30), st.data())
def test_words_left_are_those_of_no_passage(text: str, data: st.DataObject) -> None:
    place = st.integers(0, len(text))
    spans = data.draw(st.lists(st.tuples(place, place).map(sorted), max_size=4))
    kept = [
        char
        for at, char in enumerate(text)
        if not any(start <= at < end for start, end in spans) and not char.isspace()
    ]
    assert [char for char in words_left(text, spans) if not char.isspace()] == kept
