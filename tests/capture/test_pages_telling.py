"""Telling a need without JavaScript first: three answers, nothing lost, nothing published by
mistake; then what the page notices while one types."""

import datetime as dt
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from lxml import html
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from capture.models import Need, NeedConfirmation, NeedContact, NeedState, NeedToldApart
from capture.nlp.sectors import Sector
from capture.queries.similar import LOOKED_AT
from fabrique.core.access import Actor
from fabrique.core.outbox import OutboxMessage
from fabrique.core.people import Person
from fabrique.core.territories import Fabrique
from tests.builders import HIRSON, a_need, a_territory
from tests.capture.conftest import Statements, links_of, words_of

TOLD = {
    "kind": "need",
    "title": "Plus de car le soir",
    "text": "Le dernier car pour Vervins part à 17 h 40, le cours de cuisine finit à 18 h.",
    "commune": "Hirson",
    "act": "send",
}
NAMING = TOLD | {
    "text": "Le dernier car part à 17 h 40. Mme Lefèbvre, 06 12 34 56 78, a arrêté sa formation."
}


def needs(session: Session) -> list[Need]:
    return list(session.scalars(select(Need).order_by(Need.id)))


def value_of(page: str, name: str) -> str:
    field = html.fromstring(page).xpath(f"//*[@name='{name}']")[0]
    return str(field.text or "").strip() if field.tag == "textarea" else str(field.get("value"))


def test_form_asks_three_answers_and_folds_the_rest(passer_by: TestClient) -> None:
    page = passer_by.get("/besoins/nouveau").text
    tree = html.fromstring(page)
    required = {field.get("name") for field in tree.xpath("//main//*[@required]")}
    assert required == {"kind", "title", "text", "commune"}
    assert tree.xpath("//input[@name='kind'][@checked]/@value") == ["need"]
    assert len(tree.xpath("//form//details")) == 4
    assert words_of(page, "//p[@class='chapeau']") == (
        "Une minute suffit : trois réponses, avec vos mots. Le reste est facultatif."
    )


def test_kind_may_be_chosen_by_the_address(passer_by: TestClient) -> None:
    tree = html.fromstring(passer_by.get("/besoins/nouveau?genre=place").text)
    assert tree.xpath("//input[@name='kind'][@checked]/@value") == ["place"]


def test_need_is_kept_and_its_secret_link_shown(
    session: Session, passer_by: TestClient, now: dt.datetime
) -> None:
    answer = passer_by.post("/besoins/nouveau", data=TOLD)
    assert answer.status_code == 303
    kept = needs(session)[0]
    assert (kept.title, kept.text, kept.commune, kept.state) == (
        TOLD["title"],
        TOLD["text"],
        HIRSON,
        NeedState.RECEIVED,
    )
    thanks = passer_by.get(answer.headers["location"]).text
    assert words_of(thanks, "//h1") == f"Merci, c'est noté : {kept.reference}."
    link = html.fromstring(thanks).xpath("//section//a/@href")[0]
    assert passer_by.get(link).status_code == 200


def test_optional_answers_are_kept(session: Session, passer_by: TestClient) -> None:
    more = {
        "sector": "mobilite",
        "audiences": ["jeunes", "actifs"],
        "extent": "tens",
        "how_known": "observed",
        "quality": "association",
        "solution": "Un car de plus",
        "participation": "project_group",
        "email": "camille@example.fr",
    }
    assert passer_by.post("/besoins/nouveau", data=TOLD | more).status_code == 303
    kept = needs(session)[0]
    assert (kept.chosen_sector, kept.audiences, kept.extent.value, kept.solution) == (
        Sector.MOBILITE,
        ["jeunes", "actifs"],
        "tens",
        "Un car de plus",
    )
    assert session.scalars(select(NeedContact.email)).one() == "camille@example.fr"
    assert session.scalars(select(OutboxMessage.recipient)).all() == ["camille@example.fr"]


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("text", "plus de", "Dites-nous le besoin en quelques mots (10 lettres au moins)."),
        ("text", "", "Dites-nous le besoin en quelques mots (10 lettres au moins)."),
        (
            "text",
            "car " * 12_500,
            "Ce texte est très long (49999 signes). Gardez l'essentiel, 2000 signes suffisent.",
        ),
        (
            "commune",
            "Saint-Machin",
            "Nous ne trouvons pas « Saint-Machin ». Vérifiez l'orthographe ou donnez le code "
            "postal.",
        ),
        ("commune", "Saint-Michel", "Plusieurs communes s'appellent Saint-Michel : laquelle ?"),
        ("commune", "02500", "Plusieurs communes ont le code postal 02500 : laquelle ?"),
        ("email", "camille", "Vérifiez l'adresse : il manque peut-être le « @ »."),
    ],
)
def test_refused_answer_says_how_to_repair_and_loses_nothing(
    session: Session, passer_by: TestClient, name: str, typed: str, sentence: str
) -> None:
    answer = passer_by.post("/besoins/nouveau", data=TOLD | {name: typed})
    assert answer.status_code == 422
    assert words_of(answer.text, f"//*[@id='erreur-{name}']") == sentence
    assert words_of(answer.text, "//*[@id='a-revoir']//h2") == "1 réponse à revoir"
    kept = TOLD | {name: typed.strip()}
    assert {key: value_of(answer.text, key) for key in ("title", "text", "commune")} == {
        key: kept[key] for key in ("title", "text", "commune")
    }
    assert needs(session) == []


def test_homonyms_are_offered_nearest_first_and_the_choice_is_taken(
    session: Session, fabrique: Fabrique, passer_by: TestClient
) -> None:
    a_territory(session, fabrique)
    page = passer_by.post("/besoins/nouveau", data=TOLD | {"commune": "Saint-Michel"}).text
    codes = html.fromstring(page).xpath("//input[@name='commune_code']/@value")
    assert codes[0] == "02684"
    answer = passer_by.post(
        "/besoins/nouveau", data=TOLD | {"commune": "Saint-Michel", "commune_code": "02684"}
    )
    assert answer.status_code == 303
    assert needs(session)[0].commune == "02684"


def test_commune_typed_again_forgets_the_one_chosen_before(
    session: Session, passer_by: TestClient
) -> None:
    passer_by.post("/besoins/nouveau", data=TOLD | {"commune_code": "80021"})
    assert needs(session)[0].commune == HIRSON


def test_text_that_names_somebody_comes_back_once_before_it_is_kept(
    session: Session, passer_by: TestClient
) -> None:
    first = passer_by.post("/besoins/nouveau", data=NAMING)
    assert first.status_code == 422
    notice = words_of(first.text, "//*[@id='avis-personnel']")
    assert notice.startswith("Deux passages peuvent désigner une personne")
    assert "Mme Lefèbvre" in words_of(first.text, "//*[@id='avis-personnel']//mark[1]")
    assert "Remplacer ces deux passages Garder mon texte" in notice
    assert value_of(first.text, "text") == NAMING["text"]
    assert needs(session) == []
    second = passer_by.post("/besoins/nouveau", data=NAMING | {"attempted": "1", "warned": "1"})
    assert second.status_code == 303
    assert needs(session)[0].state is NeedState.TO_REVIEW
    assert "Une personne de la coordination le relira" in words_of(
        passer_by.get(second.headers["location"]).text
    )


def test_passages_are_replaced_and_shown_before_anything_is_sent(
    session: Session, passer_by: TestClient
) -> None:
    shown = passer_by.post(
        "/besoins/nouveau", data=NAMING | {"act": "replace", "attempted": "1", "warned": "1"}
    )
    replaced = value_of(shown.text, "text")
    assert "Lefèbvre" not in replaced
    assert "06 12" not in replaced
    assert replaced.startswith("Le dernier car part à 17 h 40.")
    assert needs(session) == []
    passer_by.post("/besoins/nouveau", data=TOLD | {"text": replaced})
    assert needs(session)[0].state is NeedState.RECEIVED


def test_text_kept_as_it_is_says_that_a_person_will_read_it(passer_by: TestClient) -> None:
    shown = passer_by.post("/besoins/nouveau", data=NAMING | {"act": "keep"}).text
    assert words_of(shown, "//*[@id='avis-personnel']") == (
        "Votre texte est gardé Une personne de la coordination le relira avant toute publication."
    )


@pytest.mark.parametrize(
    "name",
    [
        "title",
        "urgency",
        "causes",
        "existing_answers",
        "solution",
        "seen_elsewhere",
        "interested_actors",
    ],
)
def test_somebody_named_in_any_answer_is_noticed_and_replaced(
    session: Session, passer_by: TestClient, name: str
) -> None:
    told = TOLD | {name: "Voir avec M. Lefèbvre"}
    shown = passer_by.post("/besoins/nouveau", data=told)
    assert shown.status_code == 422
    assert "M. Lefèbvre" in words_of(shown.text, "//*[@id='avis-personnel']//mark")
    replaced = passer_by.post("/besoins/nouveau", data=told | {"act": "replace"}).text
    assert value_of(replaced, name) == "Voir avec [nom]"
    assert passer_by.post("/besoins/nouveau", data=told | {"warned": "1"}).status_code == 303
    assert needs(session)[0].state is NeedState.TO_REVIEW


def test_somebody_named_beside_a_very_short_text_is_noticed(
    session: Session, passer_by: TestClient
) -> None:
    told = TOLD | {"title": "Mme Lefèbvre attend", "text": "Déplacement"}
    assert passer_by.post("/besoins/nouveau", data=told).status_code == 422
    assert needs(session) == []


@pytest.fixture
def alike(session: Session, fabrique: Fabrique, read_all: Callable[[], None]) -> Need:
    need = a_need(
        session,
        fabrique,
        title="Dernier car trop tôt",
        text="Le dernier car pour Vervins part à 17 h 40, le cours de cuisine finit à 18 h.",
    )
    read_all()
    return need


def test_need_alike_is_shown_before_sending_and_may_be_passed_over(
    session: Session, alike: Need, passer_by: TestClient
) -> None:
    reference = alike.reference
    shown = passer_by.post("/besoins/nouveau", data=TOLD)
    assert shown.status_code == 422
    aside = html.fromstring(shown.text).xpath("//*[@id='semblables']")[0]
    assert "Dernier car trop tôt" in aside.text_content()
    assert aside.xpath(".//button/@formaction") == [
        f"/besoins/{reference}/confirmer",
        "/besoins/nouveau/relire",
    ]
    assert "Continuer sans confirmer" in aside.text_content()
    assert len(needs(session)) == 1
    passer_by.post("/besoins/nouveau", data=TOLD | {"compared": "1", "attempted": "1"})
    assert len(needs(session)) == 2


def test_need_on_the_same_subject_is_shown_apart_and_not_offered_to_confirm(
    session: Session,
    alike: Need,
    fabrique: Fabrique,
    passer_by: TestClient,
    read_all: Callable[[], None],
) -> None:
    morning = a_need(
        session,
        fabrique,
        title="Car du matin",
        text="Le premier car pour Vervins arrive après 9 h, le cours de cuisine commence à 8 h.",
    )
    read_all()
    shown = html.fromstring(passer_by.post("/besoins/nouveau", data=TOLD).text)
    under = {
        heading.text_content(): heading.xpath("./following-sibling::ul[1]//a/@href")
        for heading in shown.xpath("//*[@id='semblables']/h3")
    }
    assert under == {
        "Sans doute le même besoin": [f"/besoins/{alike.reference}"],
        "Sur le même sujet": [f"/besoins/{morning.reference}"],
    }
    offered = shown.xpath("//*[@id='semblables']//button/@formaction")
    assert f"/besoins/{morning.reference}/confirmer" not in offered


def test_need_that_is_not_the_same_is_not_shown_again(
    session: Session, alike: Need, passer_by: TestClient
) -> None:
    shown = passer_by.post("/besoins/nouveau/relire", data=TOLD | {"not_same": alike.reference})
    tree = html.fromstring(shown.text)
    assert tree.xpath("//*[@id='semblables']//a") == []
    kept = tree.xpath("//input[@name='not_same']/@value")
    assert kept == [alike.reference]
    assert passer_by.post("/besoins/nouveau", data=TOLD | {"not_same": kept}).status_code == 303
    told = needs(session)[1]
    apart = session.scalars(select(NeedToldApart)).one()
    assert (apart.need_id, apart.other_id) == (told.id, alike.id)


def test_needs_told_apart_are_not_near_each_other_on_their_pages(
    session: Session,
    alike: Need,
    client: TestClient,
    read_all: Callable[[], None],
) -> None:
    client.post("/besoins/nouveau", data=TOLD | {"not_same": alike.reference})
    read_all()
    told = needs(session)[1]
    for one, other in ((alike, told), (told, alike)):
        page = client.get(f"/besoins/{one.reference}").text
        assert f"/besoins/{other.reference}" not in html.fromstring(page).xpath("//aside//a/@href")


def test_own_needs_are_not_shown_as_alike(
    session: Session, client: TestClient, alike: Need, coordinator: tuple[Person, Actor]
) -> None:
    assert client.post("/besoins/nouveau", data=TOLD).status_code == 422
    session.get_one(Need, alike.id).author_id = coordinator[0].id
    assert client.post("/besoins/nouveau", data=TOLD).status_code == 303


def test_confirmed_need_gains_a_voice_with_its_words_and_place(
    session: Session, alike: Need, passer_by: TestClient
) -> None:
    url = f"/besoins/{alike.reference}/confirmer"
    answer = passer_by.post(url, data={"commune": "Hirson", "text": "Pareil pour mon fils."})
    assert answer.status_code == 303
    voice = session.scalars(select(NeedConfirmation)).one()
    assert (voice.text, voice.commune) == ("Pareil pour mon fils.", HIRSON)
    page = passer_by.get(answer.headers["location"]).text
    assert "Merci, votre témoignage compte." in words_of(page)
    assert "2 personnes ont dit ce besoin" in words_of(page)


def test_confirmation_that_names_somebody_comes_back_once_before_it_is_kept(
    session: Session, alike: Need, passer_by: TestClient
) -> None:
    url = f"/besoins/{alike.reference}/confirmer"
    voice = {"commune": "Hirson", "text": "Mme Lefèbvre attend aussi."}
    shown = passer_by.post(url, data=voice)
    assert shown.status_code == 422
    assert words_of(shown.text, "//*[@id='avis-personnel']").startswith("Un passage peut désigner")
    assert {name: value_of(shown.text, name) for name in voice} == voice
    assert session.scalars(select(NeedConfirmation)).all() == []
    replaced = passer_by.post(url, data=voice | {"act": "replace", "warned": "1"}).text
    assert value_of(replaced, "text") == "[nom] attend aussi."
    kept = passer_by.post(url, data=voice | {"act": "keep", "warned": "1"}).text
    assert words_of(kept, "//*[@id='avis-personnel']").startswith("Votre texte est gardé")
    assert passer_by.post(url, data=voice | {"warned": "1", "kept": "1"}).status_code == 303
    assert session.scalars(select(NeedConfirmation.text)).one() == voice["text"]
    assert "Lefèbvre" not in passer_by.get(f"/besoins/{alike.reference}").text


def test_confirmation_too_long_is_not_lost(
    session: Session, alike: Need, passer_by: TestClient
) -> None:
    text = "pareil " * 300
    shown = passer_by.post(f"/besoins/{alike.reference}/confirmer", data={"text": text})
    assert shown.status_code == 422
    assert value_of(shown.text, "text") == text.strip()
    assert session.scalars(select(NeedConfirmation)).all() == []


@pytest.mark.parametrize("state", [NeedState.HIDDEN, NeedState.WITHDRAWN, NeedState.TO_REVIEW])
def test_need_that_is_not_published_is_never_shown_as_alike(
    session: Session, alike: Need, passer_by: TestClient, state: NeedState
) -> None:
    alike.state = state
    assert passer_by.post("/besoins/nouveau", data=TOLD).status_code == 303


def test_need_of_another_departement_is_not_shown_as_alike(
    session: Session, alike: Need, passer_by: TestClient
) -> None:
    alike.commune = "59249"
    assert passer_by.post("/besoins/nouveau", data=TOLD).status_code == 303


def test_while_typing_the_blocks_are_those_of_the_page_and_nothing_is_kept(
    session: Session, alike: Need, passer_by: TestClient
) -> None:
    text = (
        "Sans voiture et sans bus, impossible de se déplacer. Mme Lefèbvre a arrêté de travailler."
    )
    page = passer_by.post("/besoins/nouveau/relire", data=TOLD | {"text": text}).text
    tree = html.fromstring(page)
    swapped = tree.xpath("//form/@hx-select-oob")[0].split(",")
    assert [len(tree.xpath(f"//*[@id='{name[1:]}']")) for name in swapped] == [1, 1, 1, 1]
    assert words_of(page, "//*[@id='ou-compris']").startswith("Hirson (02500), Aisne")
    assert words_of(page, "//*[@id='secteur-devine']").startswith("Secteur deviné Mobilité")
    assert words_of(page, "//*[@id='avis-personnel']").startswith("Un passage peut désigner")
    assert "erreur" not in page
    assert len(needs(session)) == 1


def test_before_twelve_characters_nothing_is_guessed(passer_by: TestClient) -> None:
    page = passer_by.post("/besoins/nouveau/relire", data={"text": "plus de car"}).text
    tree = html.fromstring(page)
    hidden = {"avis-personnel", "semblables", "secteur-devine"}
    assert {node.get("id") for node in tree.xpath("//form//*[@hidden]")} == hidden


def test_looking_while_typing_asks_a_few_questions_whatever_is_told(
    session: Session, alike: Need, passer_by: TestClient, statements: Statements
) -> None:
    with statements() as first:
        passer_by.post("/besoins/nouveau/relire", data=TOLD)
    with statements() as asked:
        passer_by.post("/besoins/nouveau/relire", data=TOLD)
    assert (len(first), len(asked)) == (3, 2)
    assert session.scalar(select(func.count()).select_from(Need)) == 1


def test_hidden_needs_that_say_the_same_do_not_crowd_out_one_that_may_be_shown(
    session: Session,
    fabrique: Fabrique,
    alike: Need,
    passer_by: TestClient,
    read_all: Callable[[], None],
) -> None:
    for _ in range(LOOKED_AT + 1):
        a_need(session, fabrique, title=TOLD["title"], text=TOLD["text"], state=NeedState.HIDDEN)
    read_all()
    page = passer_by.post("/besoins/nouveau/relire", data=TOLD).text
    assert f"/besoins/{alike.reference}" in links_of(page, "//*[@id='semblables']//a").values()
