import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from lxml import html
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from fabrique.web.environment import STATIC, asset, icon, marked
from fabrique.web.page import Flash, Frame, Link, NavigationEntry, Templates, Undo, render

PAGE = """{% extends "web/base.html" %}
{% block title %}L'essai{% endblock %}
{% block content %}
<h1>{{ heading|typo }}</h1>
{% block rows %}<ul id="rows">
{% for row in rows %}<li>{{ row }} {{ ui.chip("Proposé", "machine") }}</li>{% endfor %}
</ul>{% endblock %}
{% endblock %}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialPage:
    heading: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClashingPage:
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PoorPage:
    heading: str


def a_frame(**changes: object) -> Frame:
    values: dict[str, object] = {
        "fabrique_name": "Fabrique à initiatives",
        "fabrique_subtitle": "Hauts-de-France",
        "fabrique_sentence": "Animée par la CRESS.",
        "navigation": (
            NavigationEntry(
                label="À décider", href="/a-decider", count=24, count_label="24 à décider"
            ),
            NavigationEntry(label="Besoins", href="/besoins", current=True),
        ),
        "path": "/besoins",
        "today": dt.date(2026, 11, 23),
    }
    return Frame(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Templates:
    """The templates of the kit and of a small package with one page."""
    folder = tmp_path / "trial_pages" / "templates" / "trial"
    folder.mkdir(parents=True)
    (tmp_path / "trial_pages" / "__init__.py").write_text("")
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return Templates(("fabrique.web", "trial_pages"))


@pytest.fixture
def client(templates: Templates) -> Iterator[TestClient]:
    def page(request: Request) -> Response:
        request.state.frame = a_frame()
        context = TrialPage(heading="Où ?", rows=("<b>", "deux"))
        return render(request, "trial/page.html", context, block="rows", status=201)

    app = Starlette(routes=[Route("/", page)])
    app.state.templates = templates
    with TestClient(app) as client:
        yield client


def test_a_page_has_its_frame_and_its_typography(client: TestClient) -> None:
    answer = client.get("/")
    page = html.fromstring(answer.text)
    assert (answer.status_code, answer.headers["Vary"]) == (201, "HX-Request")
    assert page.findtext(".//title") == "L’essai — Fabrique à initiatives"
    assert page.get("lang") == "fr"
    assert page.findtext(".//h1") == "Où\u00a0?"
    assert page.xpath("//li/text()[contains(., '<b>')]")
    first = page.xpath("//a")[0]
    assert (first.get("href"), first.text) == ("#contenu", "Aller au contenu")
    assert page.xpath("//main/@id") == ["contenu"]


def test_the_navigation_says_where_one_is_and_what_it_counts(client: TestClient) -> None:
    page = html.fromstring(client.get("/").text)
    current = page.xpath("//nav[@aria-label='Navigation principale']//*[@aria-current]")
    assert [link.text.strip() for link in current] == ["Besoins"]
    waiting = page.xpath("//a[@href='/a-decider']")[0]
    assert waiting.text_content().split() == ["À", "décider", "24", "(24", "à", "décider)"]


def test_htmx_receives_the_very_block_of_the_page(client: TestClient) -> None:
    whole = client.get("/").text
    part = client.get("/", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert part.text.startswith('<ul id="rows">')
    assert part.text in whole
    assert part.headers["Vary"] == "HX-Request"


def test_htmx_receives_the_whole_page_when_it_will_select_from_it(client: TestClient) -> None:
    full = client.get("/", headers={"HX-Request": "true", "HX-Request-Type": "full"})
    assert full.text == client.get("/").text


def test_a_page_that_lacks_a_value_is_an_error(templates: Templates) -> None:
    with pytest.raises(UndefinedError):
        templates.page("trial/page.html", PoorPage(heading="Où ?"), a_frame())


def test_a_context_may_not_hide_the_environment(templates: Templates) -> None:
    with pytest.raises(ValueError, match="icon"):
        templates.page("trial/page.html", ClashingPage(icon="bus"), a_frame())


def test_an_unknown_block_is_an_error(templates: Templates) -> None:
    with pytest.raises(KeyError):
        templates.page("trial/page.html", TrialPage(heading="", rows=()), a_frame(), "none")


def test_what_has_just_happened_is_said_and_can_be_undone(templates: Templates) -> None:
    frame = a_frame(
        theme="dark",
        person_name="Claire D.",
        flash=(Flash(sentence="C'est enregistré."),),
        undo=Undo(sentence="« Permis » a été fusionné.", action="/annuler", value="12"),
        footer=(Link(label="Nous écrire", href="/contact"),),
    )
    text = templates.page("trial/page.html", TrialPage(heading="", rows=()), frame)
    page = html.fromstring(text)
    assert page.get("data-theme") == "dark"
    said = [" ".join(node.text_content().split()) for node in page.xpath("//*[@role='status']")]
    assert said == ["", "C’est enregistré.", "« Permis » a été fusionné. Annuler"]
    assert [node.tag for node in page.xpath("//h1 | //h2")] == ["h1"]
    undo = page.xpath("//form[@action='/annuler']//button")[0]
    assert (undo.get("name"), undo.get("value")) == ("undo", "12")
    assert "Claire D." in page.xpath("//a[@href='/compte']")[0].text_content()
    assert page.xpath("//footer//a/@href") == ["/contact"]


def test_no_style_nor_script_is_written_in_the_page(client: TestClient) -> None:
    page = html.fromstring(client.get("/").text)
    assert page.xpath("//style | //script[not(@src)] | //*[@style]") == []
    assert not [name for name in page.xpath("//@*") if name.attrname.startswith("on")]


def test_an_asset_address_changes_with_its_content() -> None:
    digest = hashlib.sha256((STATIC / "css/base.css").read_bytes()).hexdigest()[:12]
    assert asset("css/base.css") == f"/static/css/base.css?v={digest}"


def test_an_icon_is_hidden_and_known() -> None:
    drawn = html.fragment_fromstring(icon("bus"))
    assert drawn.get("aria-hidden") == "true"
    assert drawn[0].get("href", "").endswith("#bus")
    with pytest.raises(KeyError, match=r"icons\.txt"):
        icon("unicorn")


def test_marked_words_are_whole_and_escaped() -> None:
    text = "Le Taxi refuse les petites courses <taximètre>"
    assert marked(text, ["taxi", "petites courses", " "]) == (
        "Le <mark>Taxi</mark> refuse les <mark>petites courses</mark> &lt;taximètre&gt;"
    )
    assert marked("a & b", []) == "a &amp; b"
