"""Lists of needs and the page of one: who sees what, what the coordination corrects, and that
nothing that names somebody is published by itself."""

import datetime as dt
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.models import (
    ClusterMember,
    ClusterState,
    Constraint,
    Extent,
    Need,
    NeedConfirmation,
    NeedState,
)
from capture.nlp.sectors import Sector
from fabrique.core.access import Actor, anybody
from fabrique.core.people import Role
from fabrique.core.territories import Fabrique
from tests.builders import (
    FOURMIES,
    HIRSON,
    VERVINS,
    a_cluster,
    a_need,
    a_reading,
    a_territory,
    an_actor,
)
from tests.capture.conftest import Statements, Visit, links_of, words_of

AMIENS = "80021"


def read_need(session: Session, fabrique: Fabrique, title: str, **values: object) -> Need:
    reading = {key: values.pop(key) for key in ("sector", "personal_count") if key in values}
    need = a_need(session, fabrique, title=title, **values)
    a_reading(session, need, **reading)
    return need


def titles(page: str) -> list[str]:
    path = "//ul[@class='liste']//a | //ol[contains(@class, 'lignes')]/li/div/*[self::h2]/a"
    return [a.text_content().strip() for a in html.fromstring(page).xpath(path)]


@pytest.fixture
def every_kind(session: Session, fabrique: Fabrique) -> dict[str, Need]:
    return {
        "published": read_need(session, fabrique, "Publié"),
        "to_review": read_need(session, fabrique, "À relire", state=NeedState.TO_REVIEW),
        "hidden": read_need(session, fabrique, "Masqué", state=NeedState.HIDDEN),
        "withdrawn": read_need(session, fabrique, "Retiré", state=NeedState.WITHDRAWN),
        "out_of_scope": read_need(session, fabrique, "Hors champ", sector=Sector.HORS_CHAMP),
        "naming": read_need(session, fabrique, "Nomme quelqu’un", personal_count=1),
        "unread": a_need(session, fabrique, title="Pas encore lu"),
    }


@pytest.mark.parametrize("role", [None, Role.IDEA_SENSOR, Role.COMMITTEE_MEMBER])
def test_outside_the_coordination_only_published_needs_are_read(
    session: Session,
    fabrique: Fabrique,
    every_kind: dict[str, Need],
    visit: Visit,
    role: Role | None,
) -> None:
    references = {kind: need.reference for kind, need in every_kind.items()}
    actor = an_actor(session, fabrique, role)[1] if role else anybody(fabrique.id)
    client = visit(actor)
    assert titles(client.get("/besoins").text) == ["Publié"]
    seen = {
        kind
        for kind, reference in references.items()
        if client.get(f"/besoins/{reference}").status_code == 200
    }
    assert seen == {"published"}


def test_coordination_reads_all_but_what_was_taken_back(
    every_kind: dict[str, Need], client: TestClient
) -> None:
    reference = every_kind["withdrawn"].reference
    assert titles(client.get("/besoins").text) == [
        "Pas encore lu",
        "Nomme quelqu’un",
        "Hors champ",
        "Masqué",
        "À relire",
        "Publié",
    ]
    assert client.get(f"/besoins/{reference}").status_code == 404


@pytest.mark.parametrize(
    ("shelf", "found"),
    [
        ("a-relire", ["Nomme quelqu’un", "À relire"]),
        ("masques", ["Masqué"]),
        ("hors-champ", ["Hors champ"]),
        ("isoles", ["Pas encore lu", "Nomme quelqu’un"]),
        ("groupes", ["Publié"]),
        ("inconnu", ["Pas encore lu", "Nomme quelqu’un", "Hors champ"]),
    ],
)
def test_each_shelf_holds_what_it_says(
    session: Session,
    fabrique: Fabrique,
    every_kind: dict[str, Need],
    client: TestClient,
    shelf: str,
    found: list[str],
) -> None:
    a_cluster(session, fabrique, needs=(every_kind["published"],))
    page = client.get("/besoins", params={"statut": shelf}).text
    assert titles(page)[: len(found)] == found


def test_filters_narrow_by_words_sector_and_territory(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    a_territory(session, fabrique, slug="thierache")
    read_need(session, fabrique, "Plus de car", commune=HIRSON)
    read_need(session, fabrique, "Un médecin", text="Il part.", commune=HIRSON, sector=Sector.SANTE)
    read_need(session, fabrique, "Un car de nuit", commune=AMIENS)

    def asked(**filters: str) -> list[str]:
        return titles(client.get("/besoins", params=filters).text)

    assert asked(texte="CAR") == ["Un car de nuit", "Plus de car"]
    assert asked(texte="car nuit") == ["Un car de nuit"]
    assert asked(texte="100 %") == []
    assert asked(secteur="sante") == ["Un médecin"]
    assert asked(territoire="thierache") == ["Un médecin", "Plus de car"]
    assert asked(territoire="thierache", secteur="mobilite") == ["Plus de car"]


def test_coordination_of_one_territory_sees_its_communes_only(
    session: Session, fabrique: Fabrique, visit: Visit
) -> None:
    territory = a_territory(session, fabrique)
    here = read_need(session, fabrique, "Ici", commune=VERVINS)
    there = read_need(session, fabrique, "Ailleurs", commune=AMIENS)
    references = here.reference, there.reference
    client = visit(an_actor(session, fabrique, Role.FACILITATOR, territory)[1])
    assert titles(client.get("/besoins").text) == ["Ici"]
    statuses = [client.get(f"/besoins/{reference}").status_code for reference in references]
    assert statuses == [200, 404]


def test_commune_search_reads_the_neighbours_too(
    session: Session, fabrique: Fabrique, passer_by: TestClient
) -> None:
    read_need(session, fabrique, "À Hirson", commune=HIRSON)
    read_need(session, fabrique, "À Fourmies", commune=FOURMIES)
    read_need(session, fabrique, "À Amiens", commune=AMIENS)
    page = passer_by.get("/besoins", params={"commune": "02500 Hirson"}).text
    assert titles(page) == ["À Fourmies", "À Hirson"]
    assert words_of(page, "//h1") == "Ce qui se dit autour de Hirson"
    unknown = passer_by.get("/besoins", params={"commune": "Saint-Machin"}).text
    assert titles(unknown) == []
    assert "Nous ne trouvons pas « Saint-Machin »" in words_of(unknown)


def test_sixteen_are_shown_then_the_next_ones(
    session: Session, fabrique: Fabrique, passer_by: TestClient
) -> None:
    for rank in range(18):
        read_need(session, fabrique, f"Besoin {rank}")
    page = passer_by.get("/besoins").text
    assert titles(page) == [f"Besoin {rank}" for rank in range(17, 1, -1)]
    following = passer_by.get(links_of(page)["Voir les 16 suivants"]).text
    assert titles(following) == ["Besoin 1", "Besoin 0"]
    assert "Voir les 16 suivants" not in links_of(following)


def test_public_list_names_a_grouping_only_once_somebody_signed_it(
    session: Session, fabrique: Fabrique, passer_by: TestClient
) -> None:
    proposed = read_need(session, fabrique, "Proposé")
    signed = read_need(session, fabrique, "Signé")
    a_cluster(session, fabrique, needs=(proposed,), title="De la machine")
    cluster = a_cluster(
        session,
        fabrique,
        needs=(signed,),
        title="D’une personne",
        state=ClusterState.CONFIRMED,
    )
    page = words_of(passer_by.get("/besoins").text)
    assert "De la machine" not in page
    assert "D'une personne" in page
    grouped = passer_by.get("/besoins", params={"regroupement": cluster.reference}).text
    assert titles(grouped) == ["Signé"]


@pytest.mark.parametrize("needs", [1, 3])
@pytest.mark.parametrize("who", ["client", "passer_by"])
def test_list_asks_the_same_number_of_questions(
    session: Session,
    fabrique: Fabrique,
    statements: Statements,
    request: pytest.FixtureRequest,
    needs: int,
    who: str,
) -> None:
    grouped = tuple(read_need(session, fabrique, f"Besoin {rank}") for rank in range(needs))
    a_cluster(session, fabrique, needs=grouped)
    browser: TestClient = request.getfixturevalue(who)
    with statements() as asked:
        assert len(titles(browser.get("/besoins").text)) == needs
    assert len(asked) == {"client": 3, "passer_by": 1}[who]


@pytest.mark.parametrize("neighbours", [1, 3])
def test_page_of_a_need_asks_the_same_number_of_questions(
    session: Session,
    fabrique: Fabrique,
    client: TestClient,
    statements: Statements,
    read_all: Callable[[], None],
    now: dt.datetime,
    neighbours: int,
) -> None:
    need = a_need(session, fabrique)
    others = tuple(a_need(session, fabrique) for _ in range(neighbours))
    session.add_all(
        NeedConfirmation(need_id=need.id, created_at=now, commune=HIRSON) for _ in others
    )
    a_cluster(session, fabrique, needs=(need, *others))
    read_all()
    url = f"/besoins/{need.reference}"
    with statements() as asked:
        assert client.get(url).status_code == 200
    assert len(asked) == 10


def test_coordination_gives_instructions_on_a_need_and_takes_them_back(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    need, other = (a_need(session, fabrique) for _ in range(2))
    here = f"/besoins/{need.reference}"

    def placed(page: str) -> str:
        return words_of(client.get(page).text, "//section[@aria-labelledby='range']")

    tied = {"other": other.reference, "tie": "apart", "why": "deux vallées"}
    assert client.post(f"{here}/lier", data=tied).status_code == 303
    assert f"Jamais avec {other.reference}" in placed(here)
    assert f"Jamais avec {need.reference}" in placed(f"/besoins/{other.reference}")
    client.post(f"{here}/deplacer", data={"cluster": "", "why": ""})
    assert "Laissé seul" in placed(here)
    for constraint in session.scalars(select(Constraint.id)).all():
        assert client.post(f"{here}/consignes/{constraint}/retirer").status_code == 303
    assert "Laissé seul" not in placed(here)
    assert "Jamais avec" not in placed(here)


def test_unknown_number_is_said(session: Session, fabrique: Fabrique, client: TestClient) -> None:
    need = a_need(session, fabrique)
    page = client.post(f"/besoins/{need.reference}/lier", data={"other": "12", "tie": "together"})
    assert "Ce numéro n'est celui d'aucun besoin" in words_of(page.text, "//body")


def test_page_shows_the_words_and_why_the_need_is_where_it_is(
    session: Session,
    fabrique: Fabrique,
    client: TestClient,
    read_all: Callable[[], None],
) -> None:
    need = a_need(session, fabrique, extent=Extent.TENS, audiences=["jeunes"])
    near = a_need(session, fabrique, title="Rentrer le soir", text="Plus de car le soir.")
    cluster = a_cluster(session, fabrique, needs=(need, near))
    read_all()
    page = client.get(f"/besoins/{need.reference}").text
    assert "Le dernier car part à 17 h 40" in words_of(page, "//blockquote")
    placed = words_of(page, "//section[@aria-labelledby='range']")
    assert cluster.title in placed
    assert "Mots en commun : car, soir" in placed
    assert "Écart avec le regroupement suivant : 0,20" in placed
    assert "Appelle le même genre de projet que ses voisins : 0," in placed
    assert "Proposé par la machine au passage" in placed
    assert links_of(page, "//aside//a")["Rentrer le soir"] == f"/besoins/{near.reference}"
    assert words_of(page, "//section[@aria-labelledby='precisions']//dl") == (
        "Qui est concerné Jeunes Combien de personnes Des dizaines"
    )


def test_page_tells_how_a_need_is_told_and_asks_whether_it_holds_two(
    session: Session,
    fabrique: Fabrique,
    client: TestClient,
    read_all: Callable[[], None],
) -> None:
    text = "Plus aucun médecin généraliste dans le canton. Il manque des places en crèche."
    need = a_need(session, fabrique, title="", text=text)
    one = a_need(session, fabrique, title="", text="Plus aucun médecin dans le canton.")
    read_all()
    beside = words_of(client.get(f"/besoins/{need.reference}").text, "//aside")
    assert "Un manque · Bien-être : accès aux moyens de vie (A)" in beside
    assert "Peut-être plusieurs besoins" in beside
    assert "Il manque des places en crèche. Petite enfance" in beside
    alone = words_of(client.get(f"/besoins/{one.reference}").text, "//aside")
    assert "Peut-être plusieurs besoins" not in alone


def test_places_read_are_those_that_somebody_there_names(
    session: Session,
    fabrique: Fabrique,
    client: TestClient,
    read_all: Callable[[], None],
) -> None:
    text = "Depuis Lure, il faut aller à Saint-Sauveur, et revenir à Lure."
    need = a_need(session, fabrique, title="", text=text, commune="70310")
    read_all()
    beside = words_of(client.get(f"/besoins/{need.reference}").text, "//aside")
    # Bressuire and Senillé-Saint-Sauveur hold a Saint-Sauveur too, far from there.
    assert "Lieux lus dans le texte Lure Saint-Sauveur" in beside
    assert "Bressuire" not in beside
    assert "Senillé" not in beside


def test_page_for_anybody_shows_the_words_and_invites_to_confirm(
    session: Session, fabrique: Fabrique, passer_by: TestClient
) -> None:
    need = read_need(session, fabrique, "Plus de car le soir")
    page = passer_by.get(f"/besoins/{need.reference}").text
    assert "1 personne a dit ce besoin." in words_of(page)
    assert html.fromstring(page).xpath("//main//form/@action") == [
        f"/besoins/{need.reference}/confirmer"
    ]


def test_sector_chosen_by_a_person_wins(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    need = read_need(session, fabrique, "Plus de car")
    url = f"/besoins/{need.reference}"
    client.post(f"{url}/secteur", data={"sector": "jeunesse_education"})
    assert session.get_one(Need, need.id).chosen_sector is Sector.JEUNESSE_EDUCATION
    aside = words_of(client.get(url).text, "//aside")
    assert aside.startswith("Secteur Jeunesse, éducation Choisi par Camille Martin")


def test_need_moved_elsewhere_can_be_put_back(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    need = read_need(session, fabrique, "Plus de car")
    first = a_cluster(session, fabrique, needs=(need,))
    second = a_cluster(session, fabrique, needs=(read_need(session, fabrique, "Autre"),))
    url = f"/besoins/{need.reference}"
    offered = html.fromstring(client.get(url).text).xpath("//input[@name='cluster']/@value")
    assert offered == [second.reference, ""]
    moved = client.post(f"{url}/deplacer", data={"cluster": second.reference, "why": "horaires"})
    assert moved.headers["location"] == url
    assert session.get_one(ClusterMember, need.id).cluster_id == second.id
    page = client.get(url).text
    bar = html.fromstring(page).xpath("//div[@class='annuler']//button")[0]
    undone = client.post(
        "/annuler",
        data={bar.get("name"): bar.get("value")},
        headers={"Referer": f"http://testserver{url}"},
    )
    assert undone.headers["location"] == url
    assert session.get_one(ClusterMember, need.id).cluster_id == first.id


def test_undo_without_a_number_is_refused(client: TestClient) -> None:
    assert client.post("/annuler", data={"undo": "x"}).status_code == 404


def test_pin_is_kept_with_its_reason(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    need = read_need(session, fabrique, "Plus de car")
    a_cluster(session, fabrique, needs=(need,))
    client.post(f"/besoins/{need.reference}/epingler", data={"why": "cité par le conseil"})
    assert session.scalars(select(Constraint.why)).one() == "cité par le conseil"
    assert "Épinglé" in words_of(client.get(f"/besoins/{need.reference}").text)


def test_need_that_names_somebody_is_published_by_a_person_only(
    session: Session, fabrique: Fabrique, visit: Visit, coordinator: tuple[object, Actor]
) -> None:
    need = read_need(session, fabrique, "Nomme quelqu’un", personal_count=2)
    url = f"/besoins/{need.reference}"
    assert visit(anybody(fabrique.id)).get(url).status_code == 404
    page = visit(coordinator[1]).get(url).text
    assert "Deux passages peuvent désigner une personne" in words_of(page)
    visit(coordinator[1]).post(f"{url}/publier")
    assert visit(anybody(fabrique.id)).get(url).status_code == 200
    visit(coordinator[1]).post(f"{url}/masquer")
    assert visit(anybody(fabrique.id)).get(url).status_code == 404


def test_need_whose_optional_answer_names_somebody_waits_for_a_person(
    session: Session, fabrique: Fabrique, passer_by: TestClient, read_all: Callable[[], None]
) -> None:
    words = {"chosen_sector": Sector.MOBILITE, "solution": "Un car de plus"}
    plain = a_need(session, fabrique, **words)
    naming = a_need(session, fabrique, **words, causes="Selon M. Durand")
    read_all()
    codes = [passer_by.get(f"/besoins/{need.reference}").status_code for need in (plain, naming)]
    assert codes == [200, 404]


@pytest.mark.parametrize("act", ["secteur", "deplacer", "epingler", "publier", "masquer"])
def test_member_of_a_committee_changes_nothing(
    session: Session, fabrique: Fabrique, member: TestClient, act: str
) -> None:
    need = read_need(session, fabrique, "Plus de car")
    answer = member.post(f"/besoins/{need.reference}/{act}", data={"sector": "sante"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/?commune=" + "x" * 5_000,
        "/besoins?commune=" + "x" * 5_000,
        "/besoins?texte=" + "mot " * 2_000,
        "/besoins?secteur=inconnu&statut=inconnu&territoire=inconnu&apres=B-0000-0000",
        "/regroupements?page=-1&tri=inconnu&vue=inconnue&secteur=x",
        "/regroupements?vue=liste&page=99999999999999999999",
        "/opportunites?page=zéro&etape=x",
    ],
)
def test_address_typed_by_hand_is_answered_by_a_page(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 200
