"""The pages of committees as people meet them: what is read, what forms do, who sees what."""

import datetime as dt
import re

import pytest
from fastapi.testclient import TestClient
from lxml import html
from lxml.html import HtmlElement
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from capture.models import Opportunity, OpportunityStage, Verdict
from fabrique.core.access import Actor, anybody
from fabrique.core.people import Person, Role
from fabrique.core.territories import Fabrique, Territory
from fabrique.web.labels import steering as labels
from steering.models import (
    Agenda,
    AgendaItem,
    Committee,
    CommitteeKind,
    Decision,
    DecisionOutcome,
    FollowUp,
    FollowUpState,
    ItemKind,
    ItemOrigin,
    Meeting,
    MeetingState,
    ProjectState,
)
from tests import builders
from tests.steering.conftest import Visit

MEETING = "/comites/COPIL-2026-02"
AGENDA = f"{MEETING}/ordre-du-jour"
DECISIONS = f"{MEETING}/decisions"
Coordinator = tuple[Person, Actor]


@pytest.fixture
def territory(session: Session, fabrique: Fabrique) -> Territory:
    return builders.a_territory(session, fabrique)


@pytest.fixture
def committee(session: Session, territory: Territory) -> Committee:
    return builders.a_committee(session, territory)


@pytest.fixture
def meeting(session: Session, committee: Committee) -> Meeting:
    return builders.a_meeting(session, committee, reference="COPIL-2026-02")


@pytest.fixture
def member(session: Session, fabrique: Fabrique, committee: Committee) -> Coordinator:
    territory = session.get_one(Territory, committee.territory_id)
    person, actor = builders.an_actor(session, fabrique, Role.COMMITTEE_MEMBER, territory)
    builders.a_seat(session, committee, person_id=person.id, holder_name=person.name)
    return person, actor


@pytest.fixture
def opportunity(session: Session, fabrique: Fabrique) -> Opportunity:
    return builders.an_opportunity(
        session,
        fabrique,
        title="Garage solidaire",
        stage=OpportunityStage.CALL,
        stage_since=dt.date(2026, 6, 1),
    )


def tree(client: TestClient, url: str, *, status: int = 200) -> HtmlElement:
    answer = client.get(url)
    assert answer.status_code == status
    return html.fromstring(answer.text)


def words(element: HtmlElement) -> str:
    text = re.sub(r"[\s\u00a0\u202f]+", " ", element.text_content())
    return text.replace("’", "'").strip()


def titles(page: HtmlElement) -> list[str]:
    return [words(title) for title in page.cssselect("#points h3")]


def post(client: TestClient, url: str, **fields: str) -> str:
    """Post a form and return where it leads."""
    answer = client.post(url, data=fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def prepared(client: TestClient) -> HtmlElement:
    assert post(client, f"{AGENDA}/preparer") == AGENDA
    return tree(client, AGENDA)


def point_id(page: HtmlElement, start: str) -> str:
    for line in page.cssselect("#points > li"):
        if words(line.cssselect("h3")[0]).startswith(start):
            return line.get("id").removeprefix("point-")
    raise AssertionError(start)


@pytest.mark.usefixtures("meeting", "opportunity")
def test_agenda_page_shows_minutes_points_reasons_and_what_is_left_out(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    builders.an_opportunity(session, fabrique, title="Habitat partagé")
    page = prepared(client)
    assert words(page.cssselect("h1")[0]) == "Ordre du jour du 10 décembre"
    assert words(page.cssselect("#plan h2")[0]) == "56 minutes sur 120"
    assert "Ça tient, 64 min de marge" in words(page)
    assert titles(page) == [
        "Accueil, quorum, mandats, déclarations d'intérêts",
        "Bilan chiffré de l'année et zones silencieuses",
        "Veille : besoins émergents par secteur et par territoire",
        "Garage solidaire : orpheline",
        "Budget 2027, conventions et droits de tirage",
        "Calendrier, questions diverses",
    ]
    orphan = page.get_element_by_id(f"point-{point_id(page, 'Garage')}")
    assert (
        "Pourquoi ici : aucun porteur après 176 jours · personne n'a encore été contacté · "
        "1 témoignage, 1 commune" in words(orphan)
    )
    assert "La convocation doit partir mercredi 25 novembre au plus tard (15 jours)." in words(page)
    [left] = page.cssselect(".cotes li")
    assert [words(line) for line in left.cssselect("p")] == [
        "Habitat partagé",
        "20 min · étude en cours depuis aujourd'hui",
    ]


@pytest.mark.usefixtures("meeting", "opportunity")
def test_agenda_points_are_resized_moved_pinned_and_put_aside_by_plain_forms(
    client: TestClient,
) -> None:
    page = prepared(client)
    item = point_id(page, "Garage")
    url = f"{AGENDA}/points/{item}"
    assert post(client, url, act="resize", minutes="30") == f"{AGENDA}#point-{item}"
    post(client, url, act="up", minutes="30")
    page = tree(client, AGENDA)
    assert titles(page)[2] == "Garage solidaire : orpheline"
    line = page.get_element_by_id(f"point-{item}")
    assert line.cssselect("input[name=minutes]")[0].get("value") == "30"
    assert line.cssselect("button[value=unpin]")[0].get("aria-pressed") == "true"
    post(client, url, act="unpin", minutes="30")
    post(client, url, act="pin", minutes="30")
    post(client, url, act="down", minutes="30")
    post(client, url, act="remove")
    page = tree(client, AGENDA)
    assert "Garage solidaire : orpheline" not in titles(page)
    assert "retiré par la coordination" in words(page)
    key = page.cssselect(".cotes button[name=key]")[0].get("value")
    post(client, f"{AGENDA}/entrer", key=key)
    assert "Garage solidaire : orpheline" in titles(tree(client, AGENDA))
    assert post(client, f"{AGENDA}/reajuster") == AGENDA


@pytest.mark.usefixtures("meeting", "opportunity")
def test_part_of_the_agenda_equals_the_same_part_of_the_page(client: TestClient) -> None:
    whole = prepared(client).get_element_by_id("plan")
    part = client.get(AGENDA, headers={"HX-Request": "true"}).text
    assert html.tostring(html.fromstring(part)).strip() == html.tostring(whole).strip()


@pytest.mark.usefixtures("meeting")
def test_a_point_is_added_and_written_again(client: TestClient) -> None:
    prepared(client)
    assert words(tree(client, f"{AGENDA}/points/nouveau").cssselect("h1")[0]) == "Ajouter un point"
    refused = client.post(f"{AGENDA}/points", data={"title": " ", "kind": "exchange"})
    assert refused.status_code == 422
    summary = html.fromstring(refused.text).get_element_by_id("a-revoir")
    assert "2 réponses à revoir" in words(summary)
    where = post(client, f"{AGENDA}/points", title="Visite", kind="exchange", minutes="15")
    item = where.rpartition("-")[2]
    form = tree(client, f"{AGENDA}/points/{item}/modifier")
    assert form.get_element_by_id("title").get("value") == "Visite"
    url = f"{AGENDA}/points/{item}/modifier"
    assert client.post(url, data={"title": "Visite"}).status_code == 422
    post(client, url, title="Visite du garage", kind="decision", minutes="15", proposal="Y aller")
    assert "Visite du garage" in titles(tree(client, AGENDA))
    assert tree(client, f"{AGENDA}/points/999999/modifier", status=404) is not None


def test_agenda_that_does_not_fit_says_what_to_do(
    session: Session, client: TestClient, meeting: Meeting
) -> None:
    meeting.minutes = 20
    page = prepared(client)
    assert "Dépasse de 11 min" in words(page)
    assert (
        "Les points obligatoires prennent déjà 31 minutes sur 20. Allongez la séance ou reportez "
        "un point obligatoire." in words(page)
    )


@pytest.mark.usefixtures("meeting")
def test_freezing_asks_first_and_the_member_then_reads_it(
    client: TestClient, visit: Visit, member: Coordinator, coordinator: Coordinator
) -> None:
    prepared(client)
    visit(member[1])
    assert client.get(AGENDA).headers["location"] == MEETING
    assert "n'est pas encore envoyé" in words(tree(client, MEETING))
    visit(coordinator[1])
    asking = tree(client, f"{AGENDA}/figer")
    assert (
        "La version 1 sera envoyée à 1 membre et ne changera plus. Une version 2 restera "
        "possible." in words(asking)
    )
    assert post(client, f"{AGENDA}/figer") == AGENDA
    assert client.post(f"{AGENDA}/points/1", data={"act": "pin"}).status_code == 409
    visit(member[1])
    page = tree(client, AGENDA)
    assert "Version 1, figée le 24 novembre 2026" in words(page)
    assert page.cssselect("#points form") == []
    assert client.post(f"{AGENDA}/rouvrir").status_code == 403
    visit(coordinator[1])
    post(client, f"{AGENDA}/rouvrir")
    assert "Brouillon, version de travail" in words(tree(client, AGENDA))
    assert "Version 1, figée" in words(tree(client, f"{AGENDA}/version/1"))


@pytest.mark.usefixtures("opportunity")
def test_meeting_is_planned_moved_opened_counted_decided_and_closed(
    session: Session, client: TestClient, committee: Committee
) -> None:
    builders.a_programme(session, session.get_one(Territory, committee.territory_id))
    builders.a_seat(session, committee)
    new = "/comites/nouvelle-seance"
    spot = {"day": "2026-12-10", "hour": "14:00", "minutes": "120", "place": "Laon"}
    assert client.get(new).status_code == 200
    assert client.post(new, data={"committee": str(committee.id)}).status_code == 422
    url = post(client, new, committee=str(committee.id), **spot)
    assert url == "/comites/COPIL-2026-01"
    assert "de 14 h à 16 h" in words(tree(client, url))
    form = tree(client, f"{url}/modifier")
    assert form.get_element_by_id("hour").get("value") == "14:00"
    assert client.post(f"{url}/modifier", data=spot | {"day": "2027-01-10"}).status_code == 422
    assert client.post(f"{url}/modifier", data={}).status_code == 422
    post(client, f"{url}/modifier", **(spot | {"hour": "09:30"}))
    post(client, f"{url}/ouvrir")
    for wrong in ("", "2"):
        refused = client.post(f"{url}/presences", data={"present_count": wrong})
        assert refused.status_code == 422
    post(client, f"{url}/presences", present_count="1")
    page = tree(client, url)
    assert "de 9 h 30 à 11 h 30" in words(page)
    assert "Atteint" in words(page)
    post(client, f"{url}/clore")
    assert "Terminée" in words(tree(client, url))


@pytest.mark.usefixtures("meeting")
def test_planned_meeting_is_cancelled(client: TestClient) -> None:
    post(client, f"{MEETING}/annuler", why="La salle est prise.")
    assert "Annulée" in words(tree(client, MEETING))


def an_open_meeting(session: Session, meeting: Meeting, opportunity: Opportunity) -> AgendaItem:
    meeting.state = MeetingState.OPEN
    agenda = builders.an_agenda(session, meeting, version=1, frozen_at=builders.NOW)
    return builders.an_agenda_item(
        session, agenda, opportunity_id=opportunity.id, proposal="Lancer l'appel."
    )


def test_decision_is_read_again_before_it_is_recorded(
    session: Session, client: TestClient, meeting: Meeting, opportunity: Opportunity
) -> None:
    item = an_open_meeting(session, meeting, opportunity)
    form = tree(client, f"{DECISIONS}?point={item.id}")
    assert words(form.get_element_by_id("text")) == "Lancer l'appel."
    sent = {
        "point": str(item.id),
        "outcome": "adopted",
        "verdict": "call",
        "text": "Lancer l'appel à porteur.",
        "votes_for": "8",
    }
    refused = client.post(DECISIONS, data=sent)
    assert refused.status_code == 422
    assert "Écrivez le motif" in words(html.fromstring(refused.text))
    asking = client.post(DECISIONS, data=sent | {"reason": "Le besoin est avéré."})
    assert asking.status_code == 200
    page = html.fromstring(asking.text)
    assert words(page.cssselect("h1")[0]) == "Enregistrer la décision D-01"
    assert "Adopté. Lancer l'appel à porteur." in words(page)
    assert session.scalar(select(Decision.id)) is None
    form = page.forms[0]
    hidden = {name: value for name, value in form.form_values() if value is not None}
    assert post(client, form.action, **(hidden | {"confirmed": "1"})) == DECISIONS
    decision = session.scalars(select(Decision)).one()
    assert (decision.reference, decision.verdict, decision.votes_for) == (
        "COPIL-2026-02/D-01",
        Verdict.CALL,
        8,
    )
    assert "COPIL-2026-02/D-01" in words(tree(client, DECISIONS))


def test_decision_about_nothing_is_refused(
    session: Session, client: TestClient, meeting: Meeting
) -> None:
    meeting.state = MeetingState.OPEN
    sent = {"outcome": "adopted", "text": "Oui."}
    assert client.post(DECISIONS, data=sent).status_code == 422
    asking = client.post(DECISIONS, data=sent | {"item_title": "Une visite"})
    assert "Une visite" in words(html.fromstring(asking.text))


def test_decision_is_corrected_by_another_one(
    session: Session, client: TestClient, meeting: Meeting, coordinator: Coordinator
) -> None:
    builders.a_decision(session, meeting, coordinator[0])
    url = f"{DECISIONS}/1/corriger"
    assert words(tree(client, url).get_element_by_id("text")) == "L'appel à porteur est lancé."
    assert client.post(url, data={"outcome": "adopted"}).status_code == 422
    sent = {"item_title": "Garage", "outcome": "adopted", "text": "Lancer en février."}
    assert "Enregistrer la décision D-02" in client.post(url, data=sent).text
    assert post(client, url, **sent, confirmed="1") == DECISIONS
    page = words(tree(client, DECISIONS))
    assert "Corrigée par COPIL-2026-02/D-02" in page
    assert "Corrige COPIL-2026-02/D-01" in page
    assert client.get(f"{DECISIONS}/9/corriger").status_code == 404


def test_action_is_asked_of_a_member_who_reports_it(
    session: Session,
    client: TestClient,
    visit: Visit,
    meeting: Meeting,
    coordinator: Coordinator,
    member: Coordinator,
) -> None:
    builders.a_decision(session, meeting, coordinator[0])
    url = f"{DECISIONS}/1/action"
    [seat] = [
        option.get("value")
        for option in tree(client, url).cssselect("#owner option")
        if option.get("value")
    ]
    assert client.post(url, data={"task": "Écrire"}).status_code == 422
    sent = {"task": "Écrire l'appel", "due_on": "2026-11-20"}
    post(client, url, **sent, owner=seat)
    post(client, url, **sent)
    mine, other = session.scalars(select(FollowUp).order_by(FollowUp.id)).all()
    assert (mine.owner_id, other.owner_id) == (member[0].id, coordinator[0].id)
    visit(member[1])
    page = words(tree(client, "/comites"))
    assert "pour le 20 novembre · en retard" in page
    assert "Où en est-on ?" in words(tree(client, f"/actions/{mine.id}"))
    assert "Où en est-on ?" not in words(tree(client, f"/actions/{other.id}"))
    assert client.post(f"/actions/{mine.id}", data={"state": "ailleurs"}).status_code == 422
    post(client, f"/actions/{mine.id}", state="done", progress="C'est prêt.")
    assert session.get_one(FollowUp, mine.id).state is FollowUpState.DONE
    assert client.post(f"/actions/{other.id}", data={"state": "done"}).status_code == 403
    assert client.get("/actions/999999").status_code == 404


@pytest.mark.parametrize(
    "url", ["/comites", MEETING, DECISIONS, "/decisions", "/bilan", f"{MEETING}/releve.pdf"]
)
@pytest.mark.usefixtures("meeting")
def test_who_reads_the_pages_of_committees(
    session: Session, fabrique: Fabrique, visit: Visit, member: Coordinator, url: str
) -> None:
    _, sensor = builders.an_actor(session, fabrique, Role.IDEA_SENSOR)
    statuses = {
        name: visit(actor).get(url).status_code
        for name, actor in {
            "member": member[1],
            "sensor": sensor,
            "nobody": anybody(fabrique.id),
        }.items()
    }
    assert statuses == {"member": 200, "sensor": 403, "nobody": 303}


@pytest.mark.usefixtures("meeting")
def test_neighbour_sees_no_meeting_of_another_territory(
    session: Session, fabrique: Fabrique, visit: Visit
) -> None:
    elsewhere = builders.a_territory(session, fabrique, communes=("59350",))
    _, neighbour = builders.an_actor(session, fabrique, Role.FACILITATOR, elsewhere)
    client = visit(neighbour)
    assert client.get(MEETING).status_code == 404
    assert "Aucun comité n'est encore ouvert" in words(tree(client, "/comites"))


@pytest.mark.parametrize("extension", ["docx", "pdf"])
@pytest.mark.usefixtures("meeting")
def test_documents_are_files_to_keep(client: TestClient, extension: str) -> None:
    prepared(client)
    post(client, f"{AGENDA}/figer")
    names = {}
    for document in ("ordre-du-jour", "releve"):
        answer = client.get(f"{MEETING}/{document}.{extension}")
        assert answer.status_code == 200
        names[document] = answer.headers["content-disposition"]
    assert names == {
        "ordre-du-jour": f'attachment; filename="COPIL-2026-02-ordre-du-jour-v1.{extension}"',
        "releve": f'attachment; filename="COPIL-2026-02-releve-de-decisions.{extension}"',
    }


@pytest.mark.parametrize("url", ["/comites", DECISIONS, "/decisions", AGENDA, "/bilan"])
def test_pages_take_the_same_number_of_statements_whatever_the_lists(
    session: Session,
    client: TestClient,
    meeting: Meeting,
    coordinator: Coordinator,
    url: str,
) -> None:
    committee = session.get_one(Committee, meeting.committee_id)
    agenda = builders.an_agenda(session, meeting)

    def add(number: int) -> None:
        fabrique = session.get_one(Fabrique, meeting.fabrique_id)
        opportunity = builders.an_opportunity(session, fabrique)
        decision = builders.a_decision(
            session, meeting, coordinator[0], number=number, opportunity_id=opportunity.id
        )
        builders.a_follow_up(session, decision)
        builders.an_agenda_item(session, agenda, position=number, opportunity_id=opportunity.id)
        builders.a_seat(session, committee)

    counts = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            add(number)
        statements: list[str] = []

        def keep(*arguments: object, kept: list[str] = statements) -> None:
            kept.append(str(arguments[2]))

        engine = session.connection().engine
        session.flush()
        event.listen(engine, "before_cursor_execute", keep)
        tree(client, url)
        event.remove(engine, "before_cursor_execute", keep)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 20


def test_report_counts_the_dossiers_of_the_year(
    session: Session, client: TestClient, meeting: Meeting, coordinator: Coordinator
) -> None:
    fabrique = session.get_one(Fabrique, meeting.fabrique_id)
    opportunity = builders.an_opportunity(session, fabrique)
    builders.a_decision(session, meeting, coordinator[0], verdict=Verdict.STUDY)
    builders.a_project(session, opportunity, jobs_fte=2.5)
    rows = {
        words(row.cssselect("th")[0]): words(row.cssselect("td")[0])
        for row in tree(client, "/bilan").cssselect("tbody tr")
    }
    assert rows == {
        "Besoins dits": "1",
        "Regroupements confirmés": "0",
        "Opportunités ouvertes": "1",
        "Études lancées": "1",
        "Projets portés": "1",
        "Emplois (ETP)": "2,5",
    }
    assert "Aucune décision" in words(tree(client, "/bilan?annee=2025"))


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (labels.COMMITTEE_KINDS, CommitteeKind),
        (labels.COMMITTEE_SHORT, CommitteeKind),
        (labels.MEETING_STATES, MeetingState),
        (labels.ITEM_KINDS, ItemKind),
        (labels.ITEM_ORIGINS, ItemOrigin),
        (labels.DECISION_OUTCOMES, DecisionOutcome),
        (labels.FOLLOW_UP_STATES, FollowUpState),
        (labels.PROJECT_STATES, ProjectState),
    ],
)
def test_every_value_of_an_enumeration_has_its_word(
    table: dict[str, str], values: type[CommitteeKind]
) -> None:
    assert set(table) == {value.value for value in values}


def test_agenda_rows_are_deleted_with_nothing_left_behind(
    session: Session, client: TestClient, meeting: Meeting
) -> None:
    prepared(client)
    agenda = session.scalars(select(Agenda).where(Agenda.meeting_id == meeting.id)).one()
    positions = session.scalars(
        select(AgendaItem.position)
        .where(AgendaItem.agenda_id == agenda.id)
        .order_by(AgendaItem.position)
    ).all()
    assert positions == list(range(1, len(positions) + 1))
