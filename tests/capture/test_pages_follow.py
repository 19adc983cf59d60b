"""The secret page: what became of one need, whether it is still there, taking it back."""

import datetime as dt

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.grouping import confirm
from capture.intake import LoggedNeed, NeedEntry, log_need
from capture.models import ClusterMember, Need, NeedState, Verdict
from capture.opportunities import advance, open_opportunity
from fabrique.core.access import Actor, anybody
from fabrique.core.journal import JournalEntry
from fabrique.core.people import Person
from fabrique.core.signin import Seal
from fabrique.core.territories import Fabrique
from tests.builders import HIRSON, a_cluster, a_need
from tests.capture.conftest import words_of

Coordinator = tuple[Person, Actor]


@pytest.fixture
def told(session: Session, fabrique: Fabrique, now: dt.datetime) -> LoggedNeed:
    entry = NeedEntry(title="Plus de scooter", text="J’ai perdu la place.", commune=HIRSON)
    return log_need(
        session, anybody(fabrique.id), entry, seal=Seal("tests"), base_url="https://x.fr", now=now
    )


def need_of(session: Session, told: LoggedNeed) -> Need:
    return session.scalars(select(Need).where(Need.reference == told.reference)).one()


def test_follow_up_shows_the_words_then_where_things_stand(
    told: LoggedNeed, passer_by: TestClient
) -> None:
    page = passer_by.get(f"/suivi/{told.follow_token}").text
    assert words_of(page, "//h1") == "Plus de scooter"
    assert "« J'ai perdu la place. »" in words_of(page, "//blockquote")
    assert "Où en est-on ? Votre besoin est reçu." in words_of(page)
    assert words_of(page, "//ol[@class='histoire']/li") == "Reçu 24 novembre 2026, 10 h"


def test_each_step_is_told_newest_first_and_a_refusal_with_its_reason(
    session: Session,
    fabrique: Fabrique,
    coordinator: Coordinator,
    told: LoggedNeed,
    passer_by: TestClient,
    now: dt.datetime,
) -> None:
    need, actor = need_of(session, told), coordinator[1]
    cluster = a_cluster(session, fabrique, needs=(need, a_need(session, fabrique)))
    confirm(session, actor, cluster.reference, now=now)
    opportunity = open_opportunity(
        session, actor, cluster.reference, title="Garage solidaire", summary="", now=now
    )
    reason = "Le terrain n’a pas été trouvé."
    advance(session, actor, opportunity, verdict=Verdict.ABANDON, reason=reason, now=now)
    page = passer_by.get(f"/suivi/{told.follow_token}").text
    steps = words_of(page, "//ol[@class='histoire']")
    positions = [
        steps.index(step)
        for step in (
            "Le comité n'a pas retenu cette idée. Motif : Le terrain n'a pas été trouvé.",
            "Une opportunité est ouverte",
            "Lu et rangé avec « Travailler et se former sans voiture »",
            "1 autre personne dit la même chose",
            "Reçu",
        )
    ]
    assert positions == sorted(positions)
    assert "Cette idée est close." in words_of(page)


def test_wrong_link_shows_nothing(passer_by: TestClient) -> None:
    assert passer_by.get("/suivi/inconnu").status_code == 404


def test_answer_about_the_need_is_noted(
    session: Session, told: LoggedNeed, passer_by: TestClient
) -> None:
    url = f"/suivi/{told.follow_token}"
    assert passer_by.post(f"{url}/encore", data={"answer": "solved"}).headers["location"] == url
    line = session.scalars(
        select(JournalEntry).where(JournalEntry.action == "need.still_there")
    ).one()
    assert (line.subject, line.facts) == (told.reference, {"answer": "solved"})


def test_need_taken_back_leaves_the_groupings_counts(
    session: Session, fabrique: Fabrique, told: LoggedNeed, client: TestClient
) -> None:
    need = need_of(session, told)
    cluster = a_cluster(session, fabrique, needs=(need, a_need(session, fabrique)))
    url, board = f"/suivi/{told.follow_token}", f"/regroupements/{cluster.reference}"
    assert words_of(client.get(board).text, "//dl[1]/div[1]") == "témoignages 2"
    client.post(f"{url}/retirer")
    assert need_of(session, told).state is NeedState.WITHDRAWN
    assert "Vous avez retiré ce témoignage." in words_of(client.get(url).text)
    assert words_of(client.get(board).text, "//dl[1]/div[1]") == "témoignage 1"
    assert session.scalar(select(ClusterMember.need_id).limit(1)) is not None
