"""The whole application as browsers meet it: what every answer carries, who reads which page, the
way in and out. One small world with a row of everything stands behind each test."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import Response
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from capture.nlp.language import Language
from capture.pages.shown import Memory
from fabrique.app import BODY_LIMIT, STATIC, create_app
from fabrique.core.access import Actor
from fabrique.core.outbox import OutboxMessage
from fabrique.core.people import Person, Role
from fabrique.core.places import Gazetteer
from fabrique.core.settings import Settings
from fabrique.core.signin import WebSession
from fabrique.core.territories import Fabrique, Territory
from tests import builders
from tests.builders import NOW
from tests.fabrique.access_table import (
    ADMINISTRATOR,
    ANONYMOUS,
    FACILITATOR,
    LISTS,
    MEMBER,
    PAGES,
    ROLES,
)
from tests.river.visiting import (
    ORIGIN,
    Browser,
    SavepointDatabase,
    TellingClock,
    statements,
    words_of,
)
from tests.river.world import World, a_world


@pytest.fixture(scope="module")
def built(places: Gazetteer, language: Language, database_url: str) -> FastAPI:
    settings = Settings(database_url=database_url)
    return create_app(settings, clock=TellingClock(NOW), places=places, language=language)


@pytest.fixture
def app(built: FastAPI, session: Session) -> FastAPI:
    built.state.database = SavepointDatabase(session)
    # What it counted in another test is gone with the rows of that test.
    built.state.capture_memory = Memory()
    return built


@pytest.fixture
def browser(app: FastAPI, session: Session, fabrique: Fabrique) -> Browser:
    """The browser of somebody unknown, on a fabrique where nothing has happened."""
    return Browser(app, session)


@pytest.fixture
def world(app: FastAPI, session: Session, fabrique: Fabrique) -> World:
    return a_world(session, fabrique, app.state.seal)


def browser_of(
    app: FastAPI, session: Session, fabrique: Fabrique, role: str, territory: Territory | None
) -> Browser:
    """The browser of somebody of that role, there only if a territory is named."""
    browser = Browser(app, session)
    if role != ANONYMOUS:
        person, _actor = builders.an_actor(session, fabrique, Role(role), territory)
        browser.sign_in(person, now=NOW)
    return browser


def shape_of(path: str) -> str:
    """The path whatever the names of what it holds."""
    return re.sub(r"\{[^}]+\}", "{}", path)


@pytest.mark.parametrize("role", ROLES)
def test_each_page_answers_to_each_role_as_the_table_says_and_writes_nothing(
    app: FastAPI, session: Session, fabrique: Fabrique, world: World, role: str
) -> None:
    browser = browser_of(app, session, fabrique, role, world.territory)
    session.flush()
    with statements(session) as seen:
        answers = {page: browser.get(world.address(page)) for page in PAGES}
    assert {page: answer.status_code for page, answer in answers.items()} == {
        page: int(told.split()[ROLES.index(role)]) for page, told in PAGES.items()
    }
    verbs = {statement.split()[0].upper() for statement in seen}
    assert verbs <= {"SELECT", "SAVEPOINT", "ROLLBACK", "RELEASE"}
    assert {
        page: inline_code(answer) for page, answer in answers.items() if inline_code(answer)
    } == {}


def inline_code(answer: Response) -> list[str]:
    """Scripts and styles written in the page itself, which the policy would refuse to run."""
    if not answer.text or "html" not in answer.headers.get("content-type", ""):
        return []
    page = html.fromstring(answer.text)
    found = page.xpath(
        "//script[not(@src)] | //style | //*[@style] | //*[@*[starts-with(name(), 'on')]]"
    )
    return [each.tag for each in found]


def test_table_of_access_names_every_page(app: FastAPI) -> None:
    routes = {path for path, acts in app.openapi()["paths"].items() if "get" in acts}
    assert {shape_of(page) for page in PAGES} == {shape_of(path) for path in routes}


@pytest.mark.parametrize("role", [MEMBER, FACILITATOR])
def test_committee_of_another_territory_does_not_exist_for_them(
    app: FastAPI, session: Session, fabrique: Fabrique, world: World, role: str
) -> None:
    elsewhere = builders.a_territory(session, fabrique, communes=("59350",))
    browser = browser_of(app, session, fabrique, role, elsewhere)
    pages = [page for page in PAGES if "{meeting}" in page or "{follow_up}" in page]
    answers = {page: browser.get(world.address(page)).status_code for page in pages}
    hidden = {404} if role == FACILITATOR else {404, 403}
    assert {page for page, status in answers.items() if status not in hidden} == set()


def test_rows_of_another_fabrique_do_not_exist_even_for_its_administration(
    app: FastAPI, session: Session, world: World
) -> None:
    other = builders.a_fabrique(session, host="autre.example")
    person, _actor = builders.an_actor(session, other, Role.ADMINISTRATOR)
    browser = Browser(app, session, origin="http://autre.example")
    browser.sign_in(person, now=NOW)
    pages = [page for page in PAGES if "{" in page and page != "/besoins/{need}"]
    assert {browser.get(world.address(page)).status_code for page in pages} == {404}
    assert browser.get(world.address("/besoins/{need}")).status_code == 404
    assert browser.get("/compte").status_code == 200


def test_session_of_one_fabrique_is_nobody_in_another(
    app: FastAPI, session: Session, world: World
) -> None:
    other = builders.a_fabrique(session, host="autre.example")
    person, _actor = builders.an_actor(session, other, Role.ADMINISTRATOR)
    browser = Browser(app, session)
    browser.sign_in(person, now=NOW)
    assert browser.get("/regroupements").headers["location"] == "/connexion?suite=/regroupements"


def test_number_of_statements_of_a_page_is_the_same_for_one_and_three_items(
    app: FastAPI, session: Session, fabrique: Fabrique, world: World
) -> None:
    browser = browser_of(app, session, fabrique, FACILITATOR, None)

    def counted() -> dict[str, int]:
        counts = {}
        for page in LISTS:
            with statements(session) as seen:
                assert browser.get(world.address(page)).status_code == 200
            counts[page] = sum(statement.startswith("SELECT") for statement in seen)
        return counts

    one = counted()
    world.grow()
    world.grow()
    assert counted() == one


@pytest.mark.parametrize("page", ["/", "/besoins", "/rien", "/regroupements", "/static/rien.css"])
def test_every_answer_carries_the_security_headers(
    browser: Browser, world: World, page: str
) -> None:
    headers = browser.get(page).headers
    policy = dict(
        directive.split(" ", 1) for directive in headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert re.fullmatch("[0-9a-f]{12}", headers["x-request-id"])


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://ailleurs.example"},
    ],
)
def test_form_of_another_site_is_refused(
    browser: Browser, session: Session, headers: dict[str, str]
) -> None:
    answer = browser.client.post("/connexion", data={"email": "a@example.fr"}, headers=headers)
    assert (answer.status_code, answer.text) == (403, "Cette demande vient d’un autre site.")
    assert "content-security-policy" in answer.headers
    assert session.scalars(select(OutboxMessage)).all() == []


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/rien", 404, "Cette page n'existe pas"),
        ("/besoins/B-1999-0001", 404, "n'existe pas"),
        ("/suivi/inconnu", 404, "n'existe pas"),
        ("/static/rien.css", 404, "Cette page n'existe pas"),
        ("/deconnexion", 405, "Cette page n'existe pas"),
    ],
)
def test_error_page_is_ours_and_french(
    browser: Browser, address: str, status: int, said: str
) -> None:
    answer = browser.get(address)
    assert answer.status_code == status
    assert said in words_of(answer)
    page = html.fromstring(answer.text)
    assert page.get("lang") == "fr"
    assert page.xpath("//main//a/@href") == ["/"]


@pytest.mark.parametrize(
    "address",
    [
        "/opportunites?page=abc",
        "/regroupements?page=-1",
        "/annuaire?page=0",
        "/annuaire/porteurs/abc",
        "/annuaire/porteurs/99999999999999999999",
        "/bilan?annee=abc",
        "/bilan?annee=0",
        "/bilan?annee=99999999999999999999",
        "/comites/X/decisions?point=abc",
        "/comites/X/ordre-du-jour/version/99999999999999999999",
        "/besoins?apres=n'importe%20quoi",
        "/besoins?commune=%00&texte=%00%ff",
        "/besoins?secteur=inconnu&etat=inconnu&territoire=inconnu&regroupement=inconnu",
        "/regroupements?territoire=x&secteur=x&etat=x&tri=x&vue=x&secteurs=x&page=99999999999",
        "/?commune=%f0%9f%9a%b2%00",
        "/connexion?suite=//ailleurs.example",
    ],
)
def test_address_typed_by_hand_is_answered_with_a_page_of_ours(
    app: FastAPI, session: Session, fabrique: Fabrique, world: World, address: str
) -> None:
    browser = browser_of(app, session, fabrique, ADMINISTRATOR, None)
    answer = browser.get(address.replace("/X/", f"/{world.names['meeting']}/"))
    assert answer.status_code in {200, 404, 422}
    assert html.fromstring(answer.text).xpath("//main//h1")


def test_page_for_somebody_sends_to_sign_in_and_back(browser: Browser) -> None:
    answer = browser.get("/comites?page=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/connexion?suite=/comites")
    page = browser.read("/connexion?suite=/comites")
    assert page.xpath("//main//input[@name='suite']/@value") == ["/comites"]


def test_sign_in_never_leads_to_another_site(browser: Browser) -> None:
    for elsewhere in ("https://ailleurs.example", "//ailleurs.example", "/\\ailleurs.example"):
        page = browser.read(f"/connexion?suite={elsewhere}")
        assert page.xpath("//main//input[@name='suite']/@value") == ["/"]


def test_signing_in_with_the_code_received_then_out(
    browser: Browser, session: Session, coordinator: tuple[Person, Actor]
) -> None:
    person, _actor = coordinator
    page = browser.read("/connexion?suite=/regroupements")
    asked = browser.press(page, "Recevoir un code", {"email": person.email.upper()})
    letter = session.scalars(select(OutboxMessage)).one()
    code = re.findall(r"\d{6}", letter.subject)[0]
    assert (letter.recipient, code in letter.body) == (person.email, True)
    wrong = browser.post("/connexion/code", {"email": person.email, "code": "000000x"})
    assert wrong.status_code == 422
    assert "Ce code n'est pas, ou n'est plus, valable" in words_of(wrong)
    board = browser.press(asked, "Se connecter", {"code": f"{code[:3]} {code[3:]}"})
    assert board.xpath("//main//h1/text()") == ["Regroupements"]
    cookie = next(c for c in browser.client.cookies.jar if c.name == "fabrique")
    assert (cookie.path, cookie.has_nonstandard_attr("HttpOnly")) == ("/", True)
    again = browser.post("/connexion/code", {"email": person.email, "code": code})
    assert again.status_code == 422
    account = browser.read("/compte")
    assert account.xpath("//main//h1/text()") == [person.name]
    home = browser.press(account, "Se déconnecter")
    assert "Vous êtes déconnecté" in home.text_content()
    assert browser.get("/compte").status_code == 303
    browser.client.cookies.set("fabrique", cookie.value or "")
    assert browser.get("/compte").status_code == 303
    assert session.scalars(select(WebSession)).one().revoked_at == NOW


def test_unknown_address_gets_the_same_answer_and_no_message(
    browser: Browser, session: Session, coordinator: tuple[Person, Actor]
) -> None:
    known = browser.post("/connexion", {"email": coordinator[0].email})
    unknown = browser.post("/connexion", {"email": "personne@example.fr"})
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert words_of(known).replace(coordinator[0].email, "X") == words_of(unknown).replace(
        "personne@example.fr", "X"
    )
    assert len(session.scalars(select(OutboxMessage)).all()) == 1


@pytest.mark.parametrize("email", ["", "pas une adresse", "@", "a@" + "b" * 300])
def test_address_that_is_not_one_is_refused_with_its_sentence(browser: Browser, email: str) -> None:
    answer = browser.post("/connexion", {"email": email})
    assert answer.status_code == 422
    page = html.fromstring(answer.text)
    assert page.xpath("//input[@name='email']/@aria-invalid") == ["true"]
    assert page.xpath("//input[@name='email']/@value") in ([email], [])


def test_sixth_code_of_the_hour_is_refused(
    browser: Browser, coordinator: tuple[Person, Actor]
) -> None:
    for _ in range(5):
        assert browser.post("/connexion", {"email": coordinator[0].email}).status_code == 200
    answer = browser.post("/connexion", {"email": coordinator[0].email})
    assert answer.status_code == 409
    assert "Réessayez dans une heure" in words_of(answer)


def test_demonstration_identities_do_not_exist_outside_the_demonstration(
    browser: Browser,
) -> None:
    assert browser.post("/connexion/demo", {"identite": "coordination"}).status_code == 404
    assert "Démonstration" not in words_of(browser.get("/connexion"))


@pytest.mark.parametrize(
    ("chosen", "theme"), [("claire", ["light"]), ("sombre", ["dark"]), ("automatique", [])]
)
def test_appearance_is_kept_and_forgotten(browser: Browser, chosen: str, theme: list[str]) -> None:
    browser.post("/apparence", {"apparence": "sombre", "suite": "/"})
    answer = browser.post("/apparence", {"apparence": chosen, "suite": "/besoins"})
    assert answer.headers["location"] == "/besoins"
    page = browser.read("/besoins")
    assert page.xpath("/html/@data-theme") == theme
    pressed = page.xpath("//footer//button[@aria-pressed='true']/@value")
    assert pressed == [chosen]


def test_every_asset_a_page_names_is_there_and_kept_for_a_year(
    browser: Browser, world: World
) -> None:
    named = set()
    for address in ("/", "/besoins/nouveau", "/connexion", "/besoins"):
        page = browser.read(address)
        found = page.xpath("//@src | //link/@href | //use/@href")
        named |= {each.partition("#")[0] for each in found if each.startswith("/static/")}
    assert len(named) >= 5
    for address in named:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        immutable = "immutable" in answer.headers["cache-control"]
        assert immutable == ("?v=" in address)


def test_every_file_a_stylesheet_names_is_there() -> None:
    for sheet in STATIC.glob("css/*.css"):
        for name in re.findall(r"url\([\"']?([^\"')]+)", sheet.read_text()):
            if not name.startswith(("data:", "#")):
                wanted = (
                    STATIC / name.removeprefix("/static/")
                    if name[0] == "/"
                    else (sheet.parent / name)
                )
                assert Path(wanted).resolve().is_file(), (sheet.name, name)


def test_body_too_large_is_refused_with_a_page_of_ours(browser: Browser) -> None:
    answer = browser.post("/besoins/nouveau", {"text": "a" * (BODY_LIMIT + 1)})
    assert answer.status_code == 413
    assert "trop lourd" in words_of(answer)


def test_service_without_any_fabrique_says_so(app: FastAPI, session: Session) -> None:
    answer = Browser(app, session).get("/")
    assert answer.status_code == 404
    assert "Aucune fabrique n'est installée à cette adresse." in answer.text.replace("\u2019", "'")


def test_cookies_are_tied_to_one_secure_origin_in_production(
    places: Gazetteer, language: Language, session: Session, coordinator: tuple[Person, Actor]
) -> None:
    settings = Settings(production=True, base_url="https://fabrique.example", secret_key="a" * 40)
    app = create_app(settings, clock=TellingClock(NOW), places=places, language=language)
    app.state.database.close()
    app.state.database = SavepointDatabase(session)
    browser = Browser(app, session, origin="https://fabrique.example")
    browser.post("/connexion", {"email": coordinator[0].email})
    code = re.findall(r"\d{6}", session.scalars(select(OutboxMessage)).one().subject)[0]
    answer = browser.post("/connexion/code", {"email": coordinator[0].email, "code": code})
    cookie = next(c for c in answer.headers.get_list("set-cookie") if "__Host-fabrique" in c)
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= set(cookie.lower().split("; "))
    assert ORIGIN not in answer.headers["location"]
