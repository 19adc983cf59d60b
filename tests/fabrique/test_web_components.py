import datetime as dt
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, ClassVar

import pytest
from jinja2 import UndefinedError
from lxml import html
from pydantic import Field

from fabrique.web.environment import WEB, make_environment
from fabrique.web.forms import Bound, Form, Sentences

ENVIRONMENT = make_environment(("fabrique.web",))


class TrialForm(Form):
    sentences: ClassVar[Sentences] = MappingProxyType({"text": {"missing": "Dites le besoin."}})

    text: Annotated[str, Field(min_length=10)]
    kind: str = "need"
    audiences: tuple[str, ...] = ()


def draw(source: str, **values: object) -> html.HtmlElement:
    text = ENVIRONMENT.from_string(source).render(**values)
    return html.fragment_fromstring(text, create_parent="div")


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


REFUSED = Bound(TrialForm, {"text": [""], "kind": ["idea"], "audiences": ["jeunes"]})


def test_a_refused_field_is_joined_to_its_help_and_its_error() -> None:
    page = draw('{{ ui.field(form, "text", "Le besoin", help="Avec vos mots.") }}', form=REFUSED)
    field = page.xpath("//input")[0]
    assert field.get("aria-invalid") == "true"
    described = [
        words(page.get_element_by_id(one)) for one in field.get("aria-describedby").split()
    ]
    assert described == ["Avec vos mots.", "Dites le besoin."]
    assert words(page.xpath("//label[@for='text']")[0]) == "Le besoin"
    assert field.get("required") is not None


def test_an_accepted_field_has_neither_error_nor_empty_description() -> None:
    form = Bound.blank(TrialForm, text='<"typed">')
    page = draw('{{ ui.field(form, "text", "Le besoin", optional=True) }}', form=form)
    field = page.xpath("//input")[0]
    assert (field.get("aria-invalid"), field.get("aria-describedby")) == (None, None)
    assert (field.get("value"), field.get("required")) == ('<"typed">', None)
    assert words(page.xpath("//label")[0]) == "Le besoin (facultatif)"


def test_a_textarea_gives_back_the_words_as_typed() -> None:
    typed = "\nD'abord ?\n  Ensuite..."
    page = draw(
        '{{ ui.textarea(form, "text", "Le besoin", limit=2000) }}',
        form=Bound.blank(TrialForm, text=typed),
    )
    # A parser of HTML drops the first line break after the tag: ours stands before the value.
    assert page.xpath("//textarea")[0].text.removeprefix("\n") == typed
    assert words(page.get_element_by_id("compte-text")) == "2 000 signes au plus"


def test_choices_keep_what_was_chosen_and_the_first_one_answers_the_summary() -> None:
    page = draw(
        """{{ ui.choices(form, "kind", "Vous signalez…", [("need", "Un besoin", None),
           ("idea", "Une idée", "ce qu'on pourrait faire")]) }}
           {{ ui.choices(form, "audiences", "Qui ?", [("jeunes", "Jeunes", None)], multiple=True,
           optional=True) }}""",
        form=REFUSED,
    )
    assert page.xpath("//input[@checked]/@value") == ["idea", "jeunes"]
    assert page.xpath("//input/@id") == ["kind", "kind-2", "audiences"]
    assert page.xpath("//input/@type") == ["radio", "radio", "checkbox"]
    assert [words(legend) for legend in page.xpath("//legend")] == [
        "Vous signalez…",
        "Qui ? (facultatif)",
    ]


def test_the_summary_leads_to_each_refused_field() -> None:
    page = draw("{{ ui.error_summary(form) }}", form=REFUSED)
    assert words(page.xpath("//h2")[0]) == "1 réponse à revoir"
    assert page.xpath("//*[@role='alert']//a/@href") == ["#text"]
    assert words(draw("{{ ui.error_summary(form) }}", form=Bound.blank(TrialForm))) == ""


def test_a_select_shows_its_choice() -> None:
    page = draw(
        """{{ ui.select(form, "kind", "Quoi ?", [("need", "Besoin"), ("idea", "Idée")],
           empty="—") }}""",
        form=REFUSED,
    )
    assert page.xpath("//option[@selected]/@value") == ["idea"]
    assert page.xpath("//option/@value") == ["", "need", "idea"]


def test_an_act_is_a_form_that_posts() -> None:
    page = draw(
        """{{ ui.act("Accepter", "/x", name="answer", value="accept", context="les 7 besoins",
           fields={"version": 3}) }}"""
    )
    form = page.xpath("//form")[0]
    assert (form.get("method"), form.get("action")) == ("post", "/x")
    assert form.xpath("input/@value") == ["3"]
    button = form.xpath("button")[0]
    assert (button.get("name"), button.get("value")) == ("answer", "accept")
    assert words(button) == "Accepter les 7 besoins"


@pytest.mark.parametrize(
    ("kind", "glyph"), [("machine", "cog"), ("person", "user"), ("attention", "triangle-alert")]
)
def test_a_chip_has_a_word_and_a_glyph(kind: str, glyph: str) -> None:
    page = draw('{{ ui.chip("État", kind) }}', kind=kind)
    assert words(page) == "État"
    assert page.xpath("//use/@href")[0].endswith(f"#{glyph}")


def test_a_sector_is_always_named() -> None:
    page = draw('{{ ui.sector_tile("sante", name_hidden=True) }}')
    assert words(page) == "Santé"
    assert page.xpath("//span[contains(@class, 'secteur-sante')]")


def test_a_verbatim_is_quoted_and_keeps_its_marks() -> None:
    page = draw('{{ ui.verbatim("L\'arrêt <b>"|marked(["arrêt"]), "Habitante", "Rue") }}')
    assert words(page.xpath("//p")[0]) == "« L’arrêt <b> »"
    assert words(page.xpath("//mark")[0]) == "arrêt"
    assert words(page.xpath("//footer")[0]) == "HabitanteRue"


def test_a_page_head_has_one_title() -> None:
    page = draw(
        """{% call ui.page_head("Garage", object="opportunity", ref="O-2026-07",
           chips=[ui.chip("Ouverte", "person")]) %}
           {{ ui.link_button("Ouvrir", "/x") }}{% endcall %}"""
    )
    assert [words(title) for title in page.xpath("//h1")] == ["Garage"]
    assert words(page) == "Opportunité O-2026-07 Ouverte Garage Ouvrir"


def test_the_breadcrumb_ends_with_the_page_itself() -> None:
    page = draw('{{ ui.breadcrumb([("À décider", "/a-decider"), ("R-2026-031", None)]) }}')
    assert page.xpath("//nav/@aria-label") == ["Fil d’Ariane"]
    assert [words(here) for here in page.xpath("//*[@aria-current='page']")] == ["R-2026-031"]


def test_the_stage_in_hand_is_marked_for_readers() -> None:
    page = draw(
        """{% call ui.stages() %}{{ ui.stage(1, "Idée", "done") }}
           {{ ui.stage(2, "Étude", "here", "rendue") }}{% endcall %}"""
    )
    assert [words(stage) for stage in page.xpath("//li")] == ["fait : Idée", "2 Étuderendue"]
    assert page.xpath("//li/@aria-current") == ["step"]


def test_a_forbidden_line_has_no_button() -> None:
    page = draw(
        """{% for forbidden in [True, False] %}{% call ui.diff_line("a", "merges", "Réunir", "66",
           forbidden=forbidden) %}<button>Accepter</button>{% endcall %}{% endfor %}"""
    )
    assert [len(line.xpath(".//button")) for line in page.xpath("//li")] == [0, 1]


def test_capacity_is_said_in_words() -> None:
    page = draw('{{ ui.capacity(1, 3, "jusqu\'en mars") }}')
    assert words(page) == "1 place libre sur 3 jusqu’en mars"
    assert page.xpath("//i/@class") == ["prise", "prise", "libre"]


def test_an_agenda_point_can_be_moved_without_dragging() -> None:
    page = draw(
        """{% call ui.agenda() %}{% call ui.agenda_point("p5", 5, start, "decision", "Garage",
           href="/x", proposed=True, why="47 témoignages") %}{{ ui.agenda_controls("/p/5", 5, 25,
           pinned=True) }}{% endcall %}{% endcall %}""",
        start=dt.time(14, 30),
    )
    point = page.get_element_by_id("p5")
    assert point.xpath(".//time/@datetime") == ["14:30"]
    acts = {words(button): button.get("value") for button in point.xpath(".//button")}
    assert acts == {
        "Changer la durée du point 5": "resize",
        "Monter le point 5": "up",
        "Descendre le point 5": "down",
        "Épingler le point 5": "unpin",
    }
    assert point.xpath(".//button[@value='unpin']/@aria-pressed") == ["true"]
    assert point.xpath(".//input[@name='minutes']/@value") == ["25"]


def test_a_vote_offers_four_answers_and_keeps_the_chosen_one() -> None:
    form = Bound.blank(TrialForm, kind="abstain")
    page = draw('{{ ui.vote_pad(form, "kind", "Votre vote") }}', form=form)
    assert page.xpath("//input/@value") == ["for", "against", "abstain", "absent"]
    assert page.xpath("//input[@checked]/@value") == ["abstain"]


def test_a_table_has_a_caption_and_scopes() -> None:
    page = draw(
        """{% call ui.table("Axes", [("Axe", "text"), ("Moyenne", "number"), ("", "text")]) %}
           <tr><th scope="row">E1</th><td data-l="Moyenne">3,6</td><td></td></tr>{% endcall %}"""
    )
    assert words(page.xpath("//caption")[0]) == "Axes"
    assert page.xpath("//thead//th/@scope") == ["col", "col"]


def test_a_macro_given_an_unknown_sector_fails_loudly() -> None:
    with pytest.raises(KeyError):
        draw('{{ ui.sector_tile("astrologie") }}')
    with pytest.raises(UndefinedError):
        draw("{{ ui.unknown_component() }}")


@pytest.mark.parametrize(
    "path", sorted((WEB / "templates").rglob("*.html")), ids=lambda path: path.name
)
def test_templates_hold_no_inline_style_nor_script(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    for forbidden in ("<style", " style=", "javascript:", "onclick=", "onchange=", "onsubmit="):
        assert forbidden not in source
    assert source.count("<script") == source.count("<script src=")
