"""Without a mouse: the skip link, the menu, a visible focus, the Enter key; then no network."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, PATIENCE_MS, Site

pytestmark = [pytest.mark.browser]

# Whether what has the focus shows it, and stands where it can be seen.
FOCUS = """() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight
    && box.right > 0 && box.left < innerWidth;
  const label = element.closest("label");
  const shared = label && getComputedStyle(label).outlineStyle !== "none";
  return [element.tagName, (ringed || Boolean(shared)) && inside, element.outerHTML.slice(0, 120)];
}"""
TEXT = "Ma voiture est en panne, le garage est trop cher et je risque de perdre mon travail."


@pytest.fixture(autouse=True)
def patience() -> None:
    expect.set_options(timeout=PATIENCE_MS)


def told(page: Page, *, title: str = "Réparer sa voiture", commune: str = "Hirson") -> None:
    """Answer the three questions with the keyboard."""
    page.get_by_label("En une phrase").focus()
    page.keyboard.type(title)
    page.keyboard.press("Tab")
    page.keyboard.type(TEXT)
    page.get_by_label("Où ?").focus()
    page.keyboard.type(commune)


def test_first_key_leads_past_the_menu(site: Site) -> None:
    with site.visit() as visit:
        page = visit.go("/besoins")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Aller au contenu")).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize(
    ("who", "address"),
    [
        (None, "/besoins/nouveau"),
        ("coordinatrice", "/regroupements/R-2026-001"),
        ("coordinatrice", "/comites/COPIL-2026-02/ordre-du-jour"),
    ],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_is_always_seen(site: Site, who: str | None, address: str, scheme: str) -> None:
    unseen = []
    with site.visit(scheme=scheme) as visit:
        if who is not None:
            visit.become(who)
        page = visit.go(address)
        for _ in range(40):
            page.keyboard.press("Tab")
            tag, is_seen, markup = page.evaluate(FOCUS)
            if tag == "BODY":
                break
            if not is_seen:
                unseen.append(markup)
    assert unseen == []


def test_menu_of_a_phone_opens_and_closes_with_keys(site: Site) -> None:
    with site.visit(width=NARROW) as visit:
        page = visit.go("/")
        entry = page.get_by_role("navigation", name="Navigation principale").get_by_role(
            "link", name="Besoins"
        )
        expect(entry).not_to_be_visible()
        page.get_by_role("button", name="Menu").focus()
        page.keyboard.press("Enter")
        expect(entry).to_be_visible()
        page.keyboard.press("Escape")
        expect(entry).not_to_be_visible()


def test_errors_take_the_focus_and_lead_to_their_fields(site: Site) -> None:
    with site.visit() as visit:
        page = visit.go("/besoins/nouveau")
        page.get_by_label("En une phrase").fill("Un titre")
        page.get_by_role("button", name="Envoyer ce besoin").press("Enter")
        summary = page.get_by_role("alert")
        expect(summary).to_contain_text("2 réponses à revoir")
        expect(summary).to_be_focused()
        summary.get_by_role("link").first.press("Enter")
        text = page.get_by_label("Le besoin, avec vos mots")
        expect(text).to_be_focused()
        expect(text).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_label("En une phrase")).to_have_value("Un titre")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_enter_key_sends_the_need_and_confirms_no_other(fresh_site: Site, *, scripts: bool) -> None:
    with fresh_site.visit(scripts=scripts) as visit:
        # The words of somebody else, so that the page says that they were already told.
        page = visit.go("/besoins/B-2026-0094")
        place = page.locator(".parole.grande footer span").nth(1).inner_text()
        words = page.locator(".parole.grande p").inner_text().strip("«» \u00a0\u202f\n")
        page = visit.go("/besoins/nouveau")
        page.get_by_label("En une phrase").fill("La même chose")
        page.get_by_label("Le besoin, avec vos mots").fill(words)
        page.get_by_label("Où ?").fill(place)
        if scripts:
            expect(page.locator("#semblables")).to_be_visible()
        for _ in range(2):
            if page.locator("form#besoin").count():
                page.get_by_label("Où ?").press("Enter")
                page.wait_for_load_state()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Merci, c’est noté")


def test_page_notices_what_is_typed_without_moving_the_focus(site: Site) -> None:
    with site.visit() as visit:
        page = visit.go("/besoins/nouveau")
        told(page)
        expect(page.locator("#ou-compris")).to_contain_text("Hirson (02500)")
        expect(page.locator("#secteur-devine")).to_contain_text("Mobilité")
        expect(page.get_by_label("Où ?")).to_be_focused()
        page.get_by_label("Le besoin, avec vos mots").fill(
            "Demandez à Mme Ginette Dubois, 06 12 34 56 78, sa voiture est en panne."
        )
        expect(page.locator("#avis-personnel")).to_contain_text("désigner une personne")
        page.get_by_role("button", name="Remplacer").click()
        replaced = page.get_by_label("Le besoin, avec vos mots")
        expect(replaced).not_to_have_value("06 12 34 56 78")
        assert "Dubois" not in replaced.input_value()


def test_draft_survives_a_closed_tab_and_leaves_once_sent(fresh_site: Site) -> None:
    with fresh_site.visit() as visit:
        page = visit.go("/besoins/nouveau")
        told(page)
        expect(page.locator("[data-etat-brouillon]")).to_contain_text("Brouillon gardé")
        page = visit.go("/")
        page = visit.go("/besoins/nouveau")
        expect(page.get_by_label("Le besoin, avec vos mots")).to_have_value(TEXT)
        page.get_by_role("button", name="Envoyer ce besoin").click()
        if page.locator("form#besoin").count():
            page.get_by_role("button", name="Envoyer ce besoin").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Merci, c’est noté")
        page = visit.go("/besoins/nouveau")
        expect(page.get_by_label("Le besoin, avec vos mots")).to_have_value("")


def test_need_sent_without_network_leaves_when_it_comes_back(fresh_site: Site) -> None:
    with fresh_site.visit() as visit:
        page = visit.go("/besoins/nouveau")
        told(page, title="Pas de réseau ici non plus")
        expect(page.locator("#ou-compris")).to_contain_text("Hirson")
        page.context.set_offline(True)
        page.get_by_role("button", name="Envoyer ce besoin").click()
        expect(page.locator("[data-etat-brouillon]")).to_contain_text("Pas de réseau")
        expect(page.locator("[data-en-attente]")).to_contain_text("1 besoin en attente")
        page.context.set_offline(False)
        expect(page.locator("[data-en-attente]")).to_be_hidden()
        visit.become("coordinatrice")
        listed = visit.go("/besoins?texte=r%C3%A9seau")
        expect(listed.locator("main")).to_contain_text("Pas de réseau ici non plus")
