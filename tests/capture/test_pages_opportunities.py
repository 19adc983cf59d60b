"""Opportunities: the rail, one's own opinion before those of others, the sheet, the verdict."""

import datetime as dt

import pytest
from fastapi.testclient import TestClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.models import (
    Criterion,
    Opinion,
    Opportunity,
    OpportunityStage,
    SheetSection,
    Verdict,
)
from capture.nlp.sectors import Sector
from capture.opportunities import advance
from fabrique.core.access import Actor, anybody
from fabrique.core.people import Person, Role
from fabrique.core.territories import Fabrique
from tests.builders import a_cluster, a_need, a_person, an_actor, an_opportunity
from tests.capture.conftest import Statements, Visit, links_of, words_of

LEVELS = {f"g{rank}": "3" for rank in range(1, 8)}


@pytest.fixture
def opportunity(session: Session, fabrique: Fabrique) -> Opportunity:
    return an_opportunity(session, fabrique)


@pytest.fixture
def url(opportunity: Opportunity) -> str:
    return f"/opportunites/{opportunity.reference}"


def say(session: Session, opportunity: Opportunity, person: Person, **levels: int) -> None:
    session.add_all(
        Opinion(
            opportunity_id=opportunity.id,
            person_id=person.id,
            criterion=Criterion(criterion),
            level=level,
            comment="pas encore de réponse" if level < 2 else "",
            given_at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC),
        )
        for criterion, level in levels.items()
    )
    session.flush()


def test_opportunities_are_for_members_and_the_coordination(
    session: Session, fabrique: Fabrique, visit: Visit, url: str
) -> None:
    assert visit(anybody(fabrique.id)).get(url).status_code == 303
    statuses = {
        role: visit(an_actor(session, fabrique, role)[1]).get(url).status_code for role in Role
    }
    assert statuses == {
        Role.IDEA_SENSOR: 403,
        Role.COMMITTEE_MEMBER: 200,
        Role.FACILITATOR: 200,
        Role.ADMINISTRATOR: 200,
    }


def test_list_filters_by_stage_sector_and_end(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    an_opportunity(session, fabrique, title="Garage", stage=OpportunityStage.STUDY)
    an_opportunity(session, fabrique, title="Épicerie", sector=Sector.COMMERCE)
    an_opportunity(session, fabrique, title="Close", is_closed=True)

    def asked(**filters: str) -> list[str]:
        page = client.get("/opportunites", params=filters).text
        return [a.text_content() for a in html.fromstring(page).xpath("//li/div/h2/a")]

    assert asked() == ["Épicerie", "Garage"]
    assert asked(secteur="commerce") == ["Épicerie"]
    assert asked(etape="call") == []
    assert asked(statut="closes") == ["Close"]


@pytest.mark.parametrize("number", [1, 3])
def test_list_asks_the_same_number_of_questions(
    session: Session, fabrique: Fabrique, client: TestClient, statements: Statements, number: int
) -> None:
    for _ in range(number):
        an_opportunity(session, fabrique)
    with statements() as asked:
        client.get("/opportunites")
    assert len(asked) == 3


@pytest.mark.parametrize("number", [1, 3])
def test_dossier_asks_the_same_number_of_questions(
    session: Session,
    fabrique: Fabrique,
    opportunity: Opportunity,
    url: str,
    client: TestClient,
    statements: Statements,
    number: int,
) -> None:
    for heading in ("need", "market", "risks")[:number]:
        say(session, opportunity, a_person(session, fabrique), g1=3)
        client.post(f"{url}/etude/{heading}", data={"text": "Écrit."})
    with statements() as asked:
        assert client.get(url).status_code == 200
    assert len(asked) == 7


def test_rail_says_when_each_step_was_reached(
    session: Session,
    fabrique: Fabrique,
    coordinator: tuple[Person, Actor],
    client: TestClient,
    now: dt.datetime,
) -> None:
    cluster = a_cluster(
        session,
        fabrique,
        needs=(a_need(session, fabrique),),
        confirmed_at=dt.datetime(2026, 5, 2, 9, tzinfo=dt.UTC),
    )
    opportunity = an_opportunity(
        session,
        fabrique,
        cluster=cluster,
        stage=OpportunityStage.IDEA,
        opened_at=dt.datetime(2026, 5, 20, 9, tzinfo=dt.UTC),
    )
    advance(session, coordinator[1], opportunity, verdict=Verdict.STUDY, reason="Oui.", now=now)
    page = client.get(f"/opportunites/{opportunity.reference}").text
    rail = "//ol[contains(@class, 'etapes')]/li"
    assert [words_of(page, f"{rail}[{rank}]") for rank in range(1, 7)] == [
        "fait : Besoin avéré 2 mai",
        "fait : Idée 20 mai",
        "3 Étude d'opportunité 24 novembre",
        "4 Appel à porteur",
        "5 Transfert",
        "6 Projet",
    ]


def test_own_opinion_is_asked_before_others_are_shown(
    session: Session,
    fabrique: Fabrique,
    opportunity: Opportunity,
    url: str,
    member: TestClient,
) -> None:
    for levels in ({"g1": 3, "g3": 1}, {"g1": 4, "g3": 4}):
        say(session, opportunity, a_person(session, fabrique), **levels)
    before = member.get(url).text
    assert "Donnez d'abord votre avis" in words_of(before)
    assert "2 personnes ont déjà donné le leur." in words_of(before)
    assert html.fromstring(before).xpath("//tbody") == []
    member.post(f"{url}/avis", data=LEVELS | {"g1_comment": "quarante voix"})
    after = member.get(url).text
    rows = [words_of(after, f"//tbody/tr[{rank}]") for rank in (1, 3, 7)]
    assert rows[0].endswith("3,3 3 à 4 Avis proches")
    assert rows[1].endswith("2,7 1 à 4 Avis partagés")
    assert rows[2].endswith("3,0 3 à 3 Avis proches")
    assert "Il n'y a ni total ni note de passage" in words_of(after)
    assert "quarante voix" in words_of(after, "//details")


def test_opinion_given_twice_is_one_opinion(session: Session, url: str, member: TestClient) -> None:
    member.post(f"{url}/avis", data=LEVELS)
    form = html.fromstring(member.get(f"{url}/avis").text)
    assert form.xpath("//input[@name='g1'][@checked]/@value") == ["3"]
    member.post(f"{url}/avis", data={"g1": "1"})
    levels = dict(session.execute(select(Opinion.criterion, Opinion.level)).all())
    assert (len(levels), levels[Criterion.G1], levels[Criterion.G2]) == (7, 1, 3)


def test_empty_or_impossible_opinion_is_not_kept(
    session: Session, url: str, member: TestClient
) -> None:
    empty = member.post(f"{url}/avis", data={})
    assert empty.status_code == 422
    assert "Répondez à une question au moins." in words_of(empty.text)
    assert member.post(f"{url}/avis", data={"g1": "7"}).status_code == 422
    assert session.scalars(select(Opinion)).all() == []


def test_sheet_is_written_by_the_coordination_and_read_by_members(
    session: Session,
    fabrique: Fabrique,
    opportunity: Opportunity,
    url: str,
    visit: Visit,
    coordinator: tuple[Person, Actor],
) -> None:
    answer = visit(coordinator[1]).post(f"{url}/etude/market", data={"text": "La CC peut payer."})
    assert answer.headers["location"] == f"{url}#etude-market"
    assert session.scalars(select(SheetSection.text)).one() == "La CC peut payer."
    reader = visit(an_actor(session, fabrique, Role.COMMITTEE_MEMBER)[1])
    page = reader.get(url).text
    assert "La CC peut payer." in words_of(page, "//details[@id='etude-market']")
    assert html.fromstring(page).xpath("//main//textarea") == []
    assert reader.post(f"{url}/etude/market", data={"text": "x"}).status_code == 403
    assert visit(coordinator[1]).post(f"{url}/etude/inconnue").status_code == 404


def test_verdict_needs_its_reason_and_the_choice_is_kept(
    session: Session, opportunity: Opportunity, url: str, client: TestClient
) -> None:
    opportunity_id = opportunity.id
    refused = client.post(f"{url}/verdict", data={"verdict": "call"})
    assert refused.status_code == 422
    assert words_of(refused.text, "//*[@id='erreur-reason']") == (
        "Écrivez le motif : il sera lu par le comité et dit aux capteurs."
    )
    checked = html.fromstring(refused.text).xpath("//input[@name='verdict'][@checked]/@value")
    assert checked == ["call"]
    client.post(f"{url}/verdict", data={"verdict": "call", "reason": "L’étude est finie."})
    kept = session.get_one(Opportunity, opportunity_id)
    assert (kept.proposed_verdict, kept.verdict_reason) == (Verdict.CALL, "L’étude est finie.")
    assert "Proposé : lancer l'appel à porteur" in words_of(client.get(url).text)


def test_step_can_go_back(
    session: Session, opportunity: Opportunity, url: str, client: TestClient
) -> None:
    opportunity_id = opportunity.id
    client.post(f"{url}/etape", data={"stage": "idea"})
    assert session.get_one(Opportunity, opportunity_id).stage is OpportunityStage.IDEA


def test_closed_opportunity_is_read_only(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    closed = an_opportunity(session, fabrique, is_closed=True)
    page = client.get(f"/opportunites/{closed.reference}").text
    assert "Cette opportunité est close" in words_of(page)
    assert html.fromstring(page).xpath("//main//textarea") == []


def test_decisions_are_told_with_their_reason(
    session: Session,
    opportunity: Opportunity,
    coordinator: tuple[Person, Actor],
    url: str,
    client: TestClient,
    now: dt.datetime,
) -> None:
    reason = "Le terrain n’a pas été trouvé."
    advance(session, coordinator[1], opportunity, verdict=Verdict.ABANDON, reason=reason, now=now)
    page = client.get(f"{url}/decisions").text
    assert words_of(page, "//section[@aria-labelledby='verdicts']//li") == (
        "Abandonner Motif : Le terrain n'a pas été trouvé. aujourd'hui"
    )
    assert links_of(page, "//nav[@class='onglets']//a") == {
        "Dossier": url,
        "Rapprochements": f"{url}/rapprochements",
        "Déjà fait ailleurs": f"{url}/deja-fait-ailleurs",
        "Décisions": f"{url}/decisions",
    }


@pytest.mark.parametrize("act", ["verdict", "etape"])
def test_member_of_a_committee_signs_nothing(url: str, member: TestClient, act: str) -> None:
    answer = member.post(f"{url}/{act}", data={"verdict": "call", "reason": "x", "stage": "idea"})
    assert answer.status_code == 403
