"""The board and the page of a grouping: what is read there, every act, undone where it can be."""

import datetime as dt

import pytest
from fastapi.testclient import TestClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.models import (
    ChangeAnswer,
    ChangeKind,
    Cluster,
    ClusterChange,
    ClusterMember,
    ClusterState,
    Constraint,
    NeedConfirmation,
    Opportunity,
)
from capture.nlp.sectors import Sector
from fabrique.core.access import Actor, anybody
from fabrique.core.people import Person, Quality, Role
from fabrique.core.territories import Fabrique
from tests.builders import (
    FOURMIES,
    GUISE,
    HIRSON,
    VERVINS,
    a_cluster,
    a_grouping_run,
    a_need,
    a_person,
    a_territory,
    an_actor,
    an_opportunity,
    an_organisation,
)
from tests.capture.conftest import Statements, Visit, links_of, words_of

AMIENS = "80021"


def a_group(session: Session, fabrique: Fabrique, size: int = 1, **values: object) -> Cluster:
    needs = tuple(a_need(session, fabrique) for _ in range(size))
    return a_cluster(session, fabrique, needs=needs, **values)


@pytest.mark.parametrize("url", ["/regroupements", "/regroupements/R-2026-001"])
def test_groupings_are_the_coordinations_business(
    session: Session, fabrique: Fabrique, visit: Visit, url: str
) -> None:
    assert visit(anybody(fabrique.id)).get(url).headers["location"].startswith("/connexion")
    for role in (Role.IDEA_SENSOR, Role.COMMITTEE_MEMBER):
        assert visit(an_actor(session, fabrique, role)[1]).get(url).status_code == 403


def test_board_shows_the_four_most_loaded_sectors(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    sizes = {
        Sector.MOBILITE: 3,
        Sector.SANTE: 2,
        Sector.HABITAT: 4,
        Sector.COMMERCE: 5,
        Sector.ENERGIE: 1,
    }
    for sector, size in sizes.items():
        a_group(session, fabrique, size, sector=sector, title=f"En {sector.value}")
    a_group(session, fabrique, 9, state=ClusterState.MERGED, title="Déjà réuni")
    page = client.get("/regroupements").text
    shown = [a.text_content() for a in html.fromstring(page).xpath("//li/h3/a")]
    assert shown == ["En commerce", "En habitat", "En mobilite", "En sante"]
    assert words_of(page, "//p[@class='chapeau']").startswith("5 regroupements, ")
    rest = client.get(links_of(page)["L'autre secteur"]).text
    assert len(html.fromstring(rest).xpath("//li/h3/a")) == 5


def test_board_says_what_the_last_passage_left(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    cluster = a_group(session, fabrique, state=ClusterState.CONFIRMED)
    run = a_grouping_run(
        session, fabrique, number=9_046, counts={"isolated": 23, "out_of_scope": 31}
    )
    a_change(session, cluster, run_id=run.id)
    assert words_of(client.get("/regroupements").text, "//p[@class='chapeau']") == (
        "1 regroupement, 23 besoins isolés, 31 hors champ. Le passage n° 9046 propose 1 changement."
    )


def test_board_marks_what_is_proposed_signed_open_or_close_to_another(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    a_group(session, fabrique, 4, title="Passer le permis")
    a_group(session, fabrique, 3, title="Passer son permis", state=ClusterState.CONFIRMED)
    opened = a_group(session, fabrique, 2, title="Garage", state=ClusterState.CONFIRMED)
    opportunity = an_opportunity(session, fabrique, cluster=opened)
    reference = opportunity.reference
    page = client.get("/regroupements").text
    cards = [words_of(page, f"(//li[h3])[{rank}]") for rank in (1, 2, 3)]
    assert "Proposé Titre proche" in cards[0]
    assert "Confirmé Titre proche" in cards[1]
    assert reference in cards[2]
    dashed = html.fromstring(page).xpath("//li[h3][contains(@class, 'machine')]/h3")
    assert [title.text_content().strip() for title in dashed] == ["Passer le permis"]


def test_filters_sorts_and_list(session: Session, fabrique: Fabrique, client: TestClient) -> None:
    a_territory(session, fabrique, slug="thierache")
    near = a_need(session, fabrique, commune=VERVINS)
    a_cluster(session, fabrique, needs=(near,), title="Ici")
    far = tuple(a_need(session, fabrique, commune=AMIENS) for _ in range(3))
    a_cluster(session, fabrique, needs=far, title="Loin", state=ClusterState.CONFIRMED)
    spread = tuple(a_need(session, fabrique, commune=code) for code in (HIRSON, GUISE))
    a_cluster(session, fabrique, needs=spread, title="Partout", sector=Sector.SANTE)

    def asked(**filters: str) -> list[str]:
        page = client.get("/regroupements", params=filters | {"vue": "liste"}).text
        return [a.text_content() for a in html.fromstring(page).xpath("//tbody//th/a")]

    assert asked() == ["Loin", "Partout", "Ici"]
    assert asked(tri="communes") == ["Partout", "Loin", "Ici"]
    assert asked(statut="confirmed") == ["Loin"]
    assert asked(secteur="sante") == ["Partout"]
    # Only what is said in the territory counts there.
    assert asked(territoire="thierache") == ["Ici", "Partout"]
    assert asked(secteur="energie") == []


def test_coordination_of_one_territory_sees_the_groupings_that_speak_there(
    session: Session, fabrique: Fabrique, visit: Visit
) -> None:
    territory = a_territory(session, fabrique)
    near = a_need(session, fabrique, commune=VERVINS)
    here = a_cluster(session, fabrique, needs=(near, a_need(session, fabrique, commune=AMIENS)))
    far = a_cluster(session, fabrique, needs=(a_need(session, fabrique, commune=AMIENS),))
    references = here.reference, far.reference
    client = visit(an_actor(session, fabrique, Role.FACILITATOR, territory)[1])
    statuses = [client.get(f"/regroupements/{reference}").status_code for reference in references]
    assert statuses == [200, 404]
    words = client.get(f"/regroupements/{references[0]}/besoins").text
    assert len(html.fromstring(words).xpath("//blockquote")) == 1


@pytest.mark.parametrize("clusters", [1, 3])
def test_board_asks_the_same_number_of_questions(
    session: Session,
    fabrique: Fabrique,
    client: TestClient,
    statements: Statements,
    clusters: int,
) -> None:
    for _ in range(clusters):
        an_opportunity(session, fabrique, cluster=a_group(session, fabrique, clusters))
    with statements() as asked:
        client.get("/regroupements")
    assert len(asked) == 6
    with statements() as asked_again:
        client.get("/regroupements")
    assert len(asked_again) == 4


def a_change(session: Session, cluster: Cluster, **values: object) -> ClusterChange:
    change = ClusterChange(
        **{
            "run_id": cluster.born_run_id,
            "cluster_id": cluster.id,
            "kind": ChangeKind.ENTERS,
            "need_ids": [],
            "margin": 0.19,
            "answer": ChangeAnswer.WAITING,
        }
        | values
    )
    session.add(change)
    session.flush()
    return change


@pytest.mark.parametrize("members", [1, 3])
def test_page_asks_the_same_number_of_questions(
    session: Session,
    fabrique: Fabrique,
    coordinator: tuple[Person, Actor],
    client: TestClient,
    statements: Statements,
    now: dt.datetime,
    members: int,
) -> None:
    cluster = a_group(session, fabrique, members, state=ClusterState.CONFIRMED)
    other = a_group(session, fabrique)
    for _ in range(members):
        a_change(session, cluster, need_ids=[a_need(session, fabrique).id])
        client.post(f"/regroupements/{cluster.reference}/separer", data={"other": other.reference})
        an_opportunity(session, fabrique, cluster=session.get_one(Cluster, cluster.id))
    url = f"/regroupements/{cluster.reference}"
    with statements() as asked:
        assert client.get(url).status_code == 200
    assert len(asked) == 15


def test_people_and_places_are_counted_and_silence_too(
    session: Session, fabrique: Fabrique, client: TestClient, now: dt.datetime
) -> None:
    organisation = an_organisation(session, fabrique)
    author = a_person(session, fabrique, organisation_id=organisation.id)
    said = {"observed_on": dt.date(2026, 3, 12)}
    needs = (
        a_need(session, fabrique, author_id=author.id, commune=HIRSON, **said),
        a_need(session, fabrique, author_id=author.id, commune=HIRSON, **said),
        a_need(session, fabrique, commune=FOURMIES, quality=Quality.ASSOCIATION),
        a_need(session, fabrique, commune=GUISE),
    )
    session.add(NeedConfirmation(need_id=needs[3].id, commune=GUISE, created_at=now))
    cluster = a_cluster(session, fabrique, needs=needs)
    page = client.get(f"/regroupements/{cluster.reference}").text
    assert [words_of(page, f"//dl[@class='chiffres']/div[{rank}]") for rank in range(1, 6)] == [
        "témoignages 5",
        "capteurs distincts 3",
        "organisation 1",
        "communes 3",
        "depuis mars 2026 8 mois",
    ]
    where, who = (
        [words_of(page, f"//section[h2='{title}']//li[{rank}]") for rank in range(1, 4)]
        for title in ("Où", "Qui le dit")
    )
    assert where == ["Guise 2", "Hirson 2", "Fourmies 1"]
    assert who == ["Habitants 3", "Associations 1", "Élus 0"]


def test_lines_of_the_machine_say_what_why_and_take_an_answer(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    cluster = a_group(session, fabrique, 2, state=ClusterState.CONFIRMED)
    enters = [a_need(session, fabrique, commune=code) for code in (HIRSON, HIRSON, FOURMIES)]
    change = a_change(session, cluster, need_ids=[need.id for need in enters])
    url, change_id, enters_id = f"/regroupements/{cluster.reference}", change.id, enters[0].id
    line = words_of(client.get(url).text, f"//li[@id='ligne-{change_id}']")
    assert line.startswith(
        "+ Entre : 3 besoins entrent, sans hésitation Hirson 2, Fourmies · écart au suivant : 0,19"
    )
    answer = client.post(f"{url}/propositions/{change_id}", data={"answer": "accepter"})
    assert answer.headers["location"] == f"{url}#propositions"
    assert session.get_one(ClusterMember, enters_id).cluster_id == cluster.id
    page = client.get(url).text
    assert f"ligne-{change_id}" not in page
    assert "La proposition est acceptée." in words_of(page)


def test_refused_line_changes_nothing(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    cluster = a_group(session, fabrique, 2, state=ClusterState.CONFIRMED)
    change = a_change(session, cluster, need_ids=[a_need(session, fabrique).id])
    change_id = change.id
    url = f"/regroupements/{cluster.reference}/propositions/{change_id}"
    client.post(url, data={"answer": "refuser"})
    assert session.get_one(ClusterChange, change_id).answer is ChangeAnswer.REFUSED
    assert client.post(url, data={"answer": "accepter"}).status_code == 409


def test_confirm_then_undo_from_the_bar(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    cluster = a_group(session, fabrique, 2)
    url = f"/regroupements/{cluster.reference}"
    assert "Confirmer ce regroupement" in words_of(client.get(url).text)
    client.post(f"{url}/confirmer")
    assert session.get_one(Cluster, cluster.id).state is ClusterState.CONFIRMED
    page = client.get(url).text
    assert "Confirmé le 24 novembre" in words_of(page)
    bar = html.fromstring(page).xpath("//div[@class='annuler']//button")[0]
    client.post("/annuler", data={"undo": bar.get("value")})
    assert session.get_one(Cluster, cluster.id).state is ClusterState.PROPOSED
    assert "C'est annulé." in words_of(client.get(url).text)


def test_title_is_given_and_locked_or_asked_again(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    cluster = a_group(session, fabrique, 2, title="Car soir formation")
    url = f"/regroupements/{cluster.reference}/renommer"
    assert html.fromstring(client.get(url).text).xpath("//input[@id='title']/@value") == [
        "Car soir formation"
    ]
    refused = client.post(url, data={"title": "  "})
    assert refused.status_code == 422
    assert words_of(refused.text, "//*[@id='erreur-title']") == "Donnez un titre au regroupement."
    client.post(url, data={"title": "Travailler sans voiture"})
    kept = session.get_one(Cluster, cluster.id)
    assert (kept.title, kept.title_is_locked) == ("Travailler sans voiture", True)


def test_union_is_seen_before_it_is_made(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    kept = a_group(session, fabrique, 2, title="Se déplacer")
    other = a_group(session, fabrique, 3, title="Passer le permis")
    a_group(session, fabrique, 1, title="Se soigner", sector=Sector.SANTE)
    url = f"/regroupements/{kept.reference}/fusionner"
    page = client.get(url).text
    assert list(links_of(page, "//ul[@class='liste']//a")) == ["Passer le permis"]
    found = client.get(url, params={"titre": "soigner"}).text
    assert list(links_of(found, "//ul[@class='liste']//a")) == ["Se soigner"]
    preview = client.get(url, params={"avec": other.reference}).text
    assert "témoignages 5" in words_of(preview, "//section[@id='union']")
    client.post(url, data={"other": other.reference, "why": "même réponse"})
    members = session.scalars(select(ClusterMember).where(ClusterMember.cluster_id == kept.id))
    assert len(members.all()) == 5
    assert words_of(client.get(f"/regroupements/{other.reference}").text).count("Fusionné") == 1


def test_instruction_is_shown_with_who_and_why_then_taken_back(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    one, other = a_group(session, fabrique), a_group(session, fabrique, title="Passer le permis")
    url = f"/regroupements/{one.reference}"
    client.post(f"{url}/separer", data={"other": other.reference, "why": "autres financeurs"})
    row = words_of(client.get(url).text, "//section[@id='consignes']//tbody/tr")
    assert row.startswith("Jamais avec « Passer le permis » Camille Martin")
    assert "« autres financeurs »" in row
    constraint = session.scalars(select(Constraint.id)).one()
    client.post(f"{url}/consignes/{constraint}/retirer")
    assert "Aucune." in words_of(client.get(url).text, "//section[@id='consignes']")


def test_cut_asks_for_two_sides_and_keeps_what_was_ticked(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    cluster = a_group(session, fabrique, 3)
    url = f"/regroupements/{cluster.reference}/scinder"
    form = html.fromstring(client.get(url).text)
    references = list(form.xpath("//input[@name='needs']/@value"))
    refused = client.post(url, data={"needs": references, "title": "Tous"})
    assert refused.status_code == 422
    assert "il doit en rester de chaque côté" in words_of(refused.text)
    ticked = html.fromstring(refused.text).xpath("//input[@name='needs'][@checked]/@value")
    assert sorted(ticked) == sorted(references)
    made = client.post(url, data={"needs": references[:1], "title": "À part"})
    born = session.scalars(select(Cluster).where(Cluster.title == "À part")).one()
    assert made.headers["location"] == f"/regroupements/{born.reference}"


def test_grouping_set_aside_frees_its_needs(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    cluster = a_group(session, fabrique, 2)
    client.post(f"/regroupements/{cluster.reference}/ecarter", data={"why": "deux sujets"})
    assert session.get_one(Cluster, cluster.id).state is ClusterState.SET_ASIDE
    assert session.scalars(select(ClusterMember)).all() == []


def test_opportunity_is_opened_by_a_person(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    cluster = a_group(session, fabrique, 2, title="Se déplacer")
    url = f"/regroupements/{cluster.reference}/ouvrir"
    form = html.fromstring(client.get(url).text)
    assert form.xpath("//input[@id='title']/@value") == ["Se déplacer"]
    assert client.post(url, data={"title": ""}).status_code == 422
    answer = client.post(url, data={"title": "Garage solidaire", "summary": "Réparer."})
    opened = session.scalars(select(Opportunity)).one()
    assert answer.headers["location"] == f"/opportunites/{opened.reference}"
    page = client.get(f"/regroupements/{cluster.reference}").text
    assert f"Voir l'opportunité {opened.reference}" in links_of(page)


def test_every_word_of_a_grouping_can_be_read(
    session: Session, fabrique: Fabrique, client: TestClient, now: dt.datetime
) -> None:
    need = a_need(session, fabrique, text="Les cars partent trop tôt.")
    session.add(
        NeedConfirmation(need_id=need.id, commune=HIRSON, text="Pareil ici.", created_at=now)
    )
    cluster = a_cluster(session, fabrique, needs=(need,), keywords={"car": 1})
    page = client.get(f"/regroupements/{cluster.reference}/besoins").text
    assert "« Les cars partent trop tôt. »" in words_of(page)
    assert words_of(page, "//mark") == "cars"
    assert "« Pareil ici. » Hirson" in words_of(page)


def test_person_makes_a_grouping_of_needs_left_alone(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    needs = [a_need(session, fabrique).reference for _ in range(2)]
    refused = client.post("/regroupements", data={"needs": needs[:1], "title": "Cars du soir"})
    assert refused.status_code == 422
    answer = client.post("/regroupements", data={"needs": needs, "title": "Cars du soir"})
    born = session.scalars(select(Cluster)).one()
    assert answer.headers["location"] == f"/regroupements/{born.reference}"
    assert (born.title, born.state) == ("Cars du soir", ClusterState.CONFIRMED)
