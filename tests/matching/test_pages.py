"""The pages of matching as people meet them: what they read, what their forms do, who sees what."""

import datetime as dt
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from lxml import html
from lxml.html import HtmlElement
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from capture.models import Opportunity
from fabrique.core.access import Actor
from fabrique.core.outbox import OutboxMessage
from fabrique.core.people import Person, Role
from fabrique.core.places import Gazetteer
from fabrique.core.territories import Fabrique
from matching.models import (
    HolderKind,
    Introduction,
    IntroductionState,
    Match,
    MatchState,
    ProjectHolder,
    PutAsideReason,
    SupportActor,
)
from tests.builders import (
    NOW,
    a_holder,
    a_match,
    a_support_actor,
    an_actor,
    an_initiative,
    an_introduction,
    an_opportunity,
)
from tests.matching.conftest import Visit

Coordinator = tuple[Person, Actor]
HOLDER_SHEET = {
    "name": "Les Deux Roues",
    "kind": "association",
    "description": "Répare des vélos.",
    "main_sector": "mobilite",
    "commune": "Hirson",
    "zone_scale": "epci",
    "zone": "Hirson, Vervins",
    "capacity": "2",
}


@pytest.fixture
def opportunity(session: Session, fabrique: Fabrique) -> Opportunity:
    return an_opportunity(session, fabrique)


def text_of(page: str, path: str = "//main") -> str:
    """The words of a page, with plain spaces and apostrophes, so that tests read as they speak."""
    words = " ".join(
        piece for node in html.fromstring(page).xpath(path) for piece in node.itertext()
    )
    return " ".join(words.replace("\u2019", "'").split())


def links_of(page: str) -> dict[str, str]:
    tree: HtmlElement = html.fromstring(page)
    return {" ".join(a.text_content().split()): a.get("href", "") for a in tree.xpath("//main//a")}


def url_of(match: Match, opportunity: Opportunity, act: str = "") -> str:
    return f"/opportunites/{opportunity.reference}/rapprochements/{match.id}/{act}"


def test_matches_are_shown_by_rank_with_their_reasons_and_no_number_for_them(
    session: Session,
    fabrique: Fabrique,
    opportunity: Opportunity,
    client: TestClient,
    matched: Callable[[], None],
) -> None:
    holder = a_holder(session, fabrique, name="Les Mains")
    a_holder(session, fabrique, name="Loin", zone_codes=["06"])
    a_support_actor(session, fabrique, name="Le Tremplin")
    an_initiative(session, fabrique, name="Garage du Gué")
    matched()
    page = client.get(f"/opportunites/{opportunity.reference}/rapprochements")
    assert page.status_code == 200
    read = text_of(page.text)
    assert "C'est son métier : Mobilité" in read
    assert "Veut : « Ouvrir un garage où l'on apprend. »" in read
    assert "Offre : Parcours de création" in read
    assert "Garage du Gué" in read
    assert "0,7" not in read
    assert links_of(page.text)["Les Mains"] == f"/annuaire/porteurs/{holder.id}"
    aside = text_of(page.text, "//main//ul[contains(@class, 'crible')]")
    assert aside.startswith("porteurs et acteurs connus 3 sur la zone (1 commune) 2")


def test_opportunity_without_any_match_says_which_filter_is_tightest(
    session: Session,
    fabrique: Fabrique,
    opportunity: Opportunity,
    client: TestClient,
    matched: Callable[[], None],
) -> None:
    a_holder(session, fabrique, zone_codes=["59"])
    url = f"/opportunites/{opportunity.reference}/rapprochements"
    assert "n'a pas encore cherché" in text_of(client.get(url).text)
    matched()
    read = text_of(client.get(url).text)
    assert "Personne ne passe tous les filtres. Le plus serré : la zone (1 → 0)." in read
    wider = client.post(f"{url}/chercher", data={"plus_loin": "1"})
    assert (wider.status_code, wider.headers["location"]) == (303, url)
    assert "Ne travaille pas ici d'habitude" in text_of(client.get(url).text)


def test_message_is_read_again_then_sent(
    session: Session, fabrique: Fabrique, opportunity: Opportunity, client: TestClient
) -> None:
    match = a_match(session, opportunity, holder=a_holder(session, fabrique))
    url = url_of(match, opportunity, "mise-en-relation")
    draft = html.fromstring(client.get(url).text).get_element_by_id("message").text
    assert draft.strip().startswith("Bonjour,")
    assert "Garage solidaire et prêt de véhicules" in draft
    assert session.scalars(select(OutboxMessage)).all() == []
    refused = client.post(url, data={"message": "   "})
    assert refused.status_code == 422
    assert "il partira tel que vous l'aurez relu" in text_of(refused.text)
    assert client.post(url, data={"message": "Bonjour, parlons-en."}).status_code == 303
    (letter,) = session.scalars(select(OutboxMessage))
    assert letter.body == "Bonjour, parlons-en."
    assert "n'est plus une proposition" in text_of(client.get(url).text)


def test_letter_to_a_person_keeps_the_name_and_one_without_address_is_not_sent(
    session: Session, fabrique: Fabrique, opportunity: Opportunity, client: TestClient
) -> None:
    alone = a_holder(session, fabrique, kind=HolderKind.INDIVIDUAL, is_person=True)
    silent = a_holder(session, fabrique, contact_email=None)
    match = a_match(session, opportunity, holder=alone)
    page = client.get(url_of(match, opportunity, "mise-en-relation")).text
    assert "Votre nom n'est donné à personne" in text_of(page, "//textarea")
    assert "Double accord demandé" in text_of(page)
    unreachable = a_match(session, opportunity, holder=silent)
    page = client.get(url_of(unreachable, opportunity, "mise-en-relation")).text
    assert "Aucune adresse n'est connue" in text_of(page)
    assert html.fromstring(page).xpath("//main//textarea") == []


def test_name_of_a_person_is_shown_to_the_coordination_only_until_a_yes(
    session: Session,
    fabrique: Fabrique,
    coordinator: Coordinator,
    opportunity: Opportunity,
    client: TestClient,
    visit: Visit,
) -> None:
    _, member = an_actor(session, fabrique, Role.COMMITTEE_MEMBER)
    holder = a_holder(session, fabrique, name="Karim B.", is_person=True)
    match = a_match(session, opportunity, holder=holder)
    url = f"/opportunites/{opportunity.reference}/rapprochements"
    assert "Karim B." in text_of(client.get(url).text)
    before = visit(member).get(url)
    assert before.status_code == 200
    assert "Karim" not in before.text
    assert "Une personne qui veut porter un projet" in text_of(before.text)
    assert "garage où l'on apprend" not in text_of(before.text)
    match.state = MatchState.INTRODUCED
    session.add(match)
    an_introduction(session, match, coordinator[0], state=IntroductionState.INTERESTED)
    assert "Karim B." in text_of(visit(member).get(url).text)


def test_member_of_a_committee_reads_without_acts(
    session: Session, fabrique: Fabrique, opportunity: Opportunity, visit: Visit
) -> None:
    _, member = an_actor(session, fabrique, Role.COMMITTEE_MEMBER)
    match = a_match(session, opportunity, holder=a_holder(session, fabrique))
    client = visit(member)
    url = f"/opportunites/{opportunity.reference}/rapprochements"
    page = html.fromstring(client.get(url).text)
    assert page.xpath("//main//form") == []
    assert [
        a.get("href") for a in page.xpath("//main//a") if "/rapprochements/" in a.get("href")
    ] == []
    for address in (
        url_of(match, opportunity, "mise-en-relation"),
        f"{url}/ecartes",
        "/annuaire",
        "/rapprochements",
        "/rapprochements/repartition",
        "/annuaire/porteurs/nouveau",
    ):
        assert client.get(address).status_code == 403
    assert (
        client.get(f"/opportunites/{opportunity.reference}/deja-fait-ailleurs").status_code == 200
    )


def test_putting_aside_asks_a_reason_and_can_be_taken_back(
    session: Session, fabrique: Fabrique, opportunity: Opportunity, client: TestClient
) -> None:
    match = a_match(session, opportunity, holder=a_holder(session, fabrique, name="Les Mains"))
    url = url_of(match, opportunity, "ecarter")
    choices = html.fromstring(client.get(url).text).xpath("//main//input[@name='reason']/@value")
    assert choices == [reason.value for reason in PutAsideReason]
    assert client.post(url, data={}).status_code == 422
    assert client.post(url, data={"reason": "full", "why": "Pas avant mars"}).status_code == 303
    page = client.get(f"/opportunites/{opportunity.reference}/rapprochements/ecartes").text
    assert "Plein · aujourd'hui Les Mains" in text_of(page)
    assert client.post(url_of(match, opportunity, "reprendre")).status_code == 303
    assert session.get_one(Match, match.id).state is MatchState.PROPOSED


def test_answer_of_refusal_needs_its_words(
    session: Session,
    fabrique: Fabrique,
    coordinator: Coordinator,
    opportunity: Opportunity,
    client: TestClient,
) -> None:
    person, _ = coordinator
    holder = a_holder(session, fabrique)
    match = a_match(session, opportunity, holder=holder, state=MatchState.INTRODUCED)
    an_introduction(session, match, person)
    url = url_of(match, opportunity, "reponse")
    assert "Le message envoyé" in text_of(client.get(url).text)
    refused = client.post(url, data={"answer": "refused"})
    assert refused.status_code == 422
    assert "Écrivez en quelques mots pourquoi c'est non." in text_of(refused.text)
    said = client.post(url, data={"answer": "refused", "words": "Pas cette année."})
    assert said.status_code == 303
    page = client.get(f"/opportunites/{opportunity.reference}/rapprochements").text
    read = text_of(page)
    assert "« Pas cette année. »" in read
    assert "ne sera plus proposé pour cette opportunité" in read


def test_reminders_are_sent_suspended_and_resumed_from_the_page(
    session: Session,
    fabrique: Fabrique,
    coordinator: Coordinator,
    opportunity: Opportunity,
    client: TestClient,
) -> None:
    person, _ = coordinator
    match = a_match(
        session, opportunity, holder=a_holder(session, fabrique), state=MatchState.INTRODUCED
    )
    an_introduction(session, match, person, sent_at=NOW - dt.timedelta(days=12))
    url = f"/opportunites/{opportunity.reference}/rapprochements"
    assert "jour 12" in text_of(client.get(url).text)
    for act, state in (
        ("relancer", IntroductionState.SENT),
        ("suspendre", IntroductionState.SUSPENDED),
        ("reprendre-relances", IntroductionState.SENT),
    ):
        assert client.post(url_of(match, opportunity, act)).headers["location"] == url
        introduction = session.scalars(select(Introduction)).one()
        assert introduction.state is state
    assert len(session.scalars(select(OutboxMessage)).all()) == 1
    again = client.post(url_of(match, opportunity, "relancer"))
    assert again.status_code == 409
    assert "depuis moins d'un jour" in text_of(again.text)


def test_opportunity_without_holder_says_when_it_becomes_an_orphan(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    young = an_opportunity(session, fabrique, stage_since=dt.date(2026, 10, 11))
    old = an_opportunity(session, fabrique, stage_since=dt.date(2026, 8, 1))
    read = text_of(client.get(f"/opportunites/{young.reference}/rapprochements").text)
    assert "Sans porteur au 9 janvier 2027" in read
    read = text_of(client.get(f"/opportunites/{old.reference}/rapprochements").text)
    assert "Sans porteur depuis le 30 octobre" in read


def test_follow_up_sorts_who_to_remind_who_waits_and_who_answered(
    session: Session,
    fabrique: Fabrique,
    coordinator: Coordinator,
    opportunity: Opportunity,
    client: TestClient,
) -> None:
    person, _ = coordinator
    for name, days, values in (
        ("À relancer", 12, {}),
        ("Bientôt", 15, {"reminded_at": NOW - dt.timedelta(days=5)}),
        ("Relancée", 10, {"reminded_at": NOW - dt.timedelta(days=1)}),
        ("A dit oui", 10, {"state": IntroductionState.INTERESTED, "answered_at": NOW}),
        (
            "Il y a longtemps",
            90,
            {"state": IntroductionState.REFUSED, "answered_at": NOW - dt.timedelta(days=60)},
        ),
    ):
        match = a_match(
            session,
            opportunity,
            holder=a_holder(session, fabrique, name=name),
            state=MatchState.INTRODUCED,
        )
        an_introduction(session, match, person, sent_at=NOW - dt.timedelta(days=days), **values)
    tree = html.fromstring(client.get("/rapprochements").text)
    sections = {
        section.get("aria-labelledby"): [h3.text_content() for h3 in section.xpath(".//h3")]
        for section in tree.xpath("//main//section")
    }
    assert sections["relancer"] == ["Bientôt", "À relancer"]
    assert sections["attente"] == ["Relancée"]
    assert sections["reponses"] == ["A dit oui"]


def test_allotment_says_where_it_differs_from_the_simple_ranking(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    one, two = an_opportunity(session, fabrique), an_opportunity(session, fabrique)
    wanted = a_holder(session, fabrique, name="Grands Ensemble", capacity=1, load=0)
    other = a_holder(session, fabrique, name="Les Mains", capacity=1, load=0)
    a_match(session, one, holder=wanted, score=0.9)
    a_match(session, one, holder=other, score=0.8, rank=2)
    a_match(session, two, holder=wanted, score=0.7)
    table = text_of(client.get("/rapprochements/repartition").text, "//main//tbody")
    assert f"Grands Ensemble Les Mains le premier irait à {two.reference}" in table
    page = client.get(f"/opportunites/{one.reference}/rapprochements").text
    assert (
        f"il vaut mieux le proposer à {two.reference} et commencer ici par Les Mains."
        in text_of(page)
    )


@pytest.mark.parametrize("address", ["/annuaire", "/annuaire/acteurs", "/annuaire/initiatives"])
def test_lists_are_filtered_by_sector(
    session: Session, fabrique: Fabrique, client: TestClient, address: str
) -> None:
    for name, sectors in (("Roule", ["sante", "mobilite"]), ("Soigne", ["sante"])):
        a_holder(session, fabrique, name=name, sectors=sectors)
        a_support_actor(session, fabrique, name=name, sectors=sectors)
        an_initiative(session, fabrique, name=name, sectors=sectors)

    def names(query: str) -> list[str]:
        tree = html.fromstring(client.get(address + query).text)
        return [h3.text_content() for h3 in tree.xpath("//main//h3")]

    assert names("") == ["Roule", "Soigne"]
    assert names("?secteur=mobilite") == ["Roule"]
    assert names("?secteur=energie") == []
    assert names("?secteur=inconnu") == ["Roule", "Soigne"]


def test_sheets_are_read(
    session: Session, fabrique: Fabrique, opportunity: Opportunity, client: TestClient
) -> None:
    holder = a_holder(session, fabrique)
    actor = a_support_actor(session, fabrique)
    initiative = an_initiative(session, fabrique)
    a_match(session, opportunity, actor=actor)
    assert "Zone Aisne" in text_of(client.get(f"/annuaire/porteurs/{holder.id}").text)
    read = text_of(client.get(f"/annuaire/acteurs/{actor.id}").text)
    assert "Aide mentorat" in read
    assert opportunity.title in read
    assert "400 réparations" in text_of(client.get(f"/annuaire/initiatives/{initiative.id}").text)
    for address in ("porteurs", "acteurs", "initiatives"):
        assert client.get(f"/annuaire/{address}/999999").status_code == 404


def test_holder_written_by_hand_is_registered_with_the_areas_of_its_communes(
    session: Session, client: TestClient, places: Gazetteer
) -> None:
    assert client.get("/annuaire/porteurs/nouveau").status_code == 200
    answer = client.post("/annuaire/porteurs/nouveau", data=HOLDER_SHEET)
    holder = session.scalars(select(ProjectHolder)).one()
    assert answer.headers["location"] == f"/annuaire/porteurs/{holder.id}"
    hirson, vervins = places.commune("02381"), places.commune("02789")
    assert hirson is not None
    assert vervins is not None
    assert (holder.commune, holder.zone_codes) == ("02381", [hirson.epci, vervins.epci])
    again = client.post("/annuaire/porteurs/nouveau", data=HOLDER_SHEET)
    assert again.status_code == 422
    assert "« Les Deux Roues » est déjà dans l'annuaire." in text_of(again.text).replace(
        "\xa0", " "
    )


def test_unknown_places_are_named_and_nothing_typed_is_lost(
    session: Session, client: TestClient
) -> None:
    sheet = HOLDER_SHEET | {"commune": "Saint-Machin", "zone": "Hirson, Trifouillis-les-Oies"}
    answer = client.post("/annuaire/porteurs/nouveau", data=sheet)
    assert answer.status_code == 422
    read = text_of(answer.text)
    assert "Nous ne trouvons pas « Saint-Machin »." in read
    assert "Nous ne trouvons pas « Trifouillis-les-Oies »." in read
    field = html.fromstring(answer.text).get_element_by_id("zone")
    assert field.get("value") == "Hirson, Trifouillis-les-Oies"
    assert session.scalars(select(ProjectHolder)).all() == []


def test_actor_written_by_hand_has_its_offer(session: Session, client: TestClient) -> None:
    assert client.get("/annuaire/acteurs/nouveau").status_code == 200
    sheet = HOLDER_SHEET | {
        "kind": "incubator",
        "zone_scale": "departement",
        "zone": "02; Fourmies",
        "offer_title": "Parcours d'un an",
        "help_kinds": ["mentoring", "training"],
        "stages": ["creation"],
        "amount_max": "",
    }
    answer = client.post("/annuaire/acteurs/nouveau", data=sheet)
    support_actor = session.scalars(select(SupportActor)).one()
    assert support_actor.zone_codes == ["02", "59"]
    read = text_of(client.get(answer.headers["location"]).text)
    assert "Aide mentorat et formation" in read
    missing = client.post("/annuaire/acteurs/nouveau", data={"name": "X"})
    assert "Choisissez au moins une sorte d'aide." in text_of(missing.text)


def test_number_of_statements_is_the_same_for_one_and_three_matches(
    session: Session,
    fabrique: Fabrique,
    coordinator: Coordinator,
    opportunity: Opportunity,
    client: TestClient,
) -> None:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    def add(number: int) -> None:
        for _ in range(number):
            a_match(session, opportunity, holder=a_holder(session, fabrique))
            a_match(session, opportunity, actor=a_support_actor(session, fabrique))
            introduced = a_match(
                session,
                opportunity,
                initiative=an_initiative(session, fabrique),
                state=MatchState.INTRODUCED,
            )
            an_introduction(session, introduced, coordinator[0])

    addresses = (
        f"/opportunites/{opportunity.reference}/rapprochements",
        f"/opportunites/{opportunity.reference}/deja-fait-ailleurs",
        "/rapprochements",
        "/annuaire",
        "/annuaire/acteurs",
    )
    counts: list[list[int]] = []
    for number in (1, 2):
        add(number)
        session.flush()
        row = []
        for address in addresses:
            event.listen(session.get_bind(), "before_cursor_execute", note)
            statements.clear()
            assert client.get(address).status_code == 200
            row.append(len([each for each in statements if each.startswith("SELECT")]))
            event.remove(session.get_bind(), "before_cursor_execute", note)
        counts.append(row)
    assert counts[0] == counts[1]


def test_left_out_are_listed_under_the_first_filter_that_stops_them(
    session: Session,
    fabrique: Fabrique,
    opportunity: Opportunity,
    client: TestClient,
    matched: Callable[[], None],
) -> None:
    a_holder(session, fabrique, name="Ailleurs", zone_codes=["06"], sectors=["sante"])
    a_support_actor(session, fabrique, name="Soigne", sectors=["sante"])
    url = f"/opportunites/{opportunity.reference}/rapprochements"
    assert "n'ont écarté personne" in text_of(client.get(f"{url}/ecartes").text)
    matched()
    read = text_of(client.get(f"{url}/ecartes").text, "//main//details")
    assert read == "Ne travaille pas ici 1 Ailleurs Autre métier 1 Soigne"
    assert "Voir les 2 écartés et pourquoi" in links_of(client.get(url).text)


def test_page_of_what_does_not_exist_is_not_found(
    session: Session, fabrique: Fabrique, opportunity: Opportunity, client: TestClient
) -> None:
    match = a_match(session, opportunity, holder=a_holder(session, fabrique))
    other = an_opportunity(session, fabrique)
    for address in (
        "/opportunites/O-1900-01/rapprochements",
        "/opportunites/O-1900-01/deja-fait-ailleurs",
        url_of(match, other, "mise-en-relation"),
        url_of(match, other, "ecarter"),
    ):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("scale", "zone", "codes"),
    [
        ("commune", "02381, Fourmies", ["02381", "59249"]),
        ("epci", "02500", ["240200600", "240200444"]),
        ("epci", "240200444", ["240200444"]),
        ("departement", "Hirson", ["02"]),
        ("region", "32", ["32"]),
        ("region", "Hirson", ["32"]),
        ("country", "", []),
    ],
)
def test_zone_is_written_by_codes_or_by_a_commune_inside(
    session: Session, client: TestClient, scale: str, zone: str, codes: list[str]
) -> None:
    sheet = HOLDER_SHEET | {"zone_scale": scale, "zone": zone}
    assert client.post("/annuaire/porteurs/nouveau", data=sheet).status_code == 303
    assert session.scalars(select(ProjectHolder)).one().zone_codes == codes


def test_actor_of_the_same_name_is_not_written_over(
    session: Session, fabrique: Fabrique, client: TestClient
) -> None:
    a_support_actor(session, fabrique, name="Le Tremplin", source="coordination")
    sheet = HOLDER_SHEET | {
        "name": "Le Tremplin",
        "kind": "incubator",
        "offer_title": "Parcours",
        "help_kinds": ["mentoring"],
    }
    answer = client.post("/annuaire/acteurs/nouveau", data=sheet)
    assert answer.status_code == 422
    assert "« Le Tremplin » est déjà dans l'annuaire." in text_of(answer.text)


def test_answer_to_nothing_sent_is_said_not_lost(
    session: Session, fabrique: Fabrique, opportunity: Opportunity, client: TestClient
) -> None:
    match = a_match(session, opportunity, holder=a_holder(session, fabrique))
    url = url_of(match, opportunity, "reponse")
    assert "Aucune mise en relation n'est encore partie." in text_of(client.get(url).text)
    assert client.post(url, data={}).status_code == 422
    assert client.post(url, data={"answer": "seen"}).status_code == 409
