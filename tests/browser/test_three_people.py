"""Each of the three people does her part of the demonstration, on a desk and on a phone, with and
without JavaScript, with a mouse or with keys."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NARROW, PATIENCE_MS, WIDE, Site

pytestmark = [pytest.mark.browser]

COPIL = "/comites/COPIL-2026-02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How somebody uses the site."""

    width: int
    scripts: bool
    keys: bool

    def press(self, button: Locator) -> None:
        """Press a button or follow a link, with the finger or with a key."""
        if self.keys:
            button.press("Enter")
        else:
            button.click()

    def choose(self, box: Locator) -> None:
        """Choose one of several answers."""
        if self.keys:
            box.press("Space")
        else:
            box.check()


MANNERS = (
    Manner(width=WIDE, scripts=True, keys=False),
    Manner(width=NARROW, scripts=True, keys=True),
    Manner(width=WIDE, scripts=False, keys=True),
    Manner(width=NARROW, scripts=False, keys=False),
)


def said(page: Page, sentence: str) -> None:
    """The page says it, once the browser is there."""
    expect(page.locator("main")).to_contain_text(sentence)


def button(page: Page, name: str) -> Locator:
    """The first button of the page with that name."""
    return page.locator("main").get_by_role("button", name=name).first


def link(page: Page, name: str) -> Locator:
    """The first link of the page with that name."""
    return page.locator("main").get_by_role("link", name=name).first


@pytest.mark.parametrize(
    "manner",
    MANNERS,
    ids=lambda manner: f"{manner.width}-{'scripts' if manner.scripts else 'no-scripts'}",
)
def test_three_people_do_their_part_of_the_story(fresh_site: Site, manner: Manner) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    with fresh_site.visit(width=manner.width, scripts=manner.scripts) as visit:
        the_sensor_tells(visit.become("capteuse"), manner)
    with fresh_site.visit(width=manner.width, scripts=manner.scripts) as visit:
        the_coordination_signs(visit.become("coordinatrice"), manner)
        the_coordination_writes(visit.go("/opportunites/O-2026-01/rapprochements"), manner)
        the_coordination_freezes(visit.go(f"{COPIL}/ordre-du-jour"), manner)
    with fresh_site.visit(width=manner.width, scripts=manner.scripts) as visit:
        the_member_reads(visit.become("membre du comité"), manner)
        the_member_answers(visit.go("/opportunites/O-2026-01/avis"), manner)
        the_member_reports(visit.go("/decisions"), manner)


def the_sensor_tells(page: Page, manner: Manner) -> None:
    """Three answers, perhaps something to look at, and a secret link."""
    expect(page).to_have_title("Signaler un besoin — Fabrique à initiatives")
    page.get_by_label("En une phrase").fill("Réparer sa voiture")
    page.get_by_label("Le besoin, avec vos mots").fill(
        "Le garage est trop cher, je ne peux pas réparer ma voiture pour aller au travail."
    )
    page.get_by_label("Où ?").fill("Hirson")
    manner.press(button(page, "Envoyer ce besoin"))
    page.wait_for_load_state()
    if page.locator("form#besoin").count():
        said(page, "pas encore envoyé")
        manner.press(button(page, "Envoyer ce besoin"))
    said(page, "Merci, c’est noté")
    manner.press(page.locator("main a[href*='/suivi/']").first)
    said(page, "Votre besoin est reçu")


def the_coordination_signs(page: Page, manner: Manner) -> None:
    """A grouping is confirmed, let go, confirmed again, then opened as an opportunity."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Regroupements")
    manner.press(page.locator(".fiche.machine h3 a").first)
    manner.press(button(page, "Confirmer ce regroupement"))
    said(page, "est confirmé")
    manner.press(button(page, "Annuler"))
    said(page, "C’est annulé.")
    manner.press(button(page, "Confirmer ce regroupement"))
    manner.press(link(page, "Ouvrir une opportunité"))
    page.get_by_label("Titre").fill("Un garage où l’on apprend")
    manner.press(button(page, "Ouvrir l’opportunité"))
    said(page, "est ouverte")
    manner.choose(page.locator("input[name=verdict]").first)
    manner.press(button(page, "Proposer au comité"))
    said(page, "1 réponse à revoir")
    page.get_by_label("Motif").fill("Le besoin est dit dans plusieurs communes.")
    manner.press(button(page, "Proposer au comité"))
    said(page, "Le verdict est proposé au comité.")


def the_coordination_writes(page: Page, manner: Manner) -> None:
    """A message is read again and sent."""
    manner.press(page.locator("main a[href$='/mise-en-relation']").first)
    expect(page.get_by_label("Le message")).not_to_have_value("")
    manner.press(button(page, "Envoyer ce message"))
    said(page, "La mise en relation est partie.")


def the_coordination_freezes(page: Page, manner: Manner) -> None:
    """A point is moved, then the agenda is sent and changes no more."""
    points = page.locator("#points h3")
    before = points.all_inner_texts()
    manner.press(button(page, "Descendre le point 2"))
    expect(points).to_have_text([before[0], before[2], before[1], *before[3:]])
    if manner.scripts:
        expect(page.locator("#points button:focus")).to_have_count(1)
    manner.press(link(page, "Figer la version 1"))
    said(page, "ne changera plus")
    manner.press(button(page, "Figer la version 1"))
    said(page, "La version 1 est figée et envoyée.")
    expect(page.locator("#points h3")).to_have_text([before[0], before[2], before[1], *before[3:]])


def the_member_reads(page: Page, manner: Manner) -> None:
    """The agenda just frozen, from the page of committees."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Comités")
    manner.press(page.locator(f"main a[href='{COPIL}']").first)
    manner.press(link(page, "Lire l’ordre du jour"))
    said(page, "Version 1")
    said(page, "Garage solidaire")
    with page.expect_download() as download:
        manner.press(link(page, "PDF"))
    assert download.value.suggested_filename == "COPIL-2026-02-ordre-du-jour-v1.pdf"


def the_member_answers(page: Page, manner: Manner) -> None:
    """An opinion on one of the seven questions."""
    manner.choose(page.locator("input[name=g1]").last)
    manner.press(button(page, "Donner mon avis"))
    said(page, "Votre avis est enregistré.")


def the_member_reports(page: Page, manner: Manner) -> None:
    """The action that waits for her is done."""
    manner.press(page.locator("main a[href^='/actions/']").first)
    manner.choose(page.get_by_label("C’est fait"))
    page.get_by_label("En quelques mots").fill("Fait avec la commune.")
    manner.press(button(page, "Enregistrer"))
    said(page, "C’est noté : l’action est faite.")
