"""Every page of the demonstration, read as a browser reads it: structure, names, contrasts in light
and dark, no side scroll on the narrowest phone, nothing in the console."""

from pathlib import Path

import pytest

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser]

AUDIT = (Path(__file__).parent / "audit.js").read_text()
NARROWEST = 320
PUBLIC = (
    "/",
    "/?commune=Hirson",
    "/besoins",
    "/besoins/B-2026-0001",
    "/besoins/nouveau",
    "/connexion",
    "/accessibilite",
    "/mentions-legales",
    "/donnees-personnelles",
    "/rien",
)
COORDINATION = (
    "/compte",
    "/besoins",
    "/besoins?etat=hors-champ",
    "/besoins/B-2026-0001",
    "/regroupements",
    "/regroupements?vue=liste",
    "/regroupements/R-2026-001",
    "/regroupements/R-2026-001/besoins",
    "/regroupements/R-2026-001/renommer",
    "/regroupements/R-2026-001/fusionner",
    "/regroupements/R-2026-001/scinder",
    "/regroupements/R-2026-001/ouvrir",
    "/opportunites",
    "/opportunites/O-2026-01",
    "/opportunites/O-2026-01/decisions",
    "/opportunites/O-2026-01/avis",
    "/opportunites/O-2026-01/rapprochements",
    "/opportunites/O-2026-01/rapprochements/ecartes",
    "/opportunites/O-2026-01/deja-fait-ailleurs",
    "/rapprochements",
    "/rapprochements/repartition",
    "/annuaire",
    "/annuaire/acteurs",
    "/annuaire/initiatives",
    "/annuaire/porteurs/nouveau",
    "/annuaire/acteurs/nouveau",
    "/annuaire/porteurs/1",
    "/annuaire/acteurs/1",
    "/annuaire/initiatives/1",
    "/comites",
    "/comites/nouvelle-seance",
    "/comites/COPIL-2026-02",
    "/comites/COPIL-2026-02/modifier",
    "/comites/COPIL-2026-02/ordre-du-jour",
    "/comites/COPIL-2026-02/ordre-du-jour/figer",
    "/comites/COPIL-2026-02/ordre-du-jour/points/nouveau",
    "/comites/COPIL-2026-01",
    "/comites/COPIL-2026-01/ordre-du-jour",
    "/comites/COPIL-2026-01/decisions",
    "/comites/COPIL-2026-01/decisions/1/corriger",
    "/comites/COPIL-2026-01/decisions/1/action",
    "/decisions",
    "/actions/12",
    "/bilan",
)
MEMBER = (
    "/comites",
    "/comites/COPIL-2026-02",
    "/comites/COPIL-2026-01/ordre-du-jour",
    "/opportunites/O-2026-01",
    "/opportunites/O-2026-01/rapprochements",
    "/actions/12",
    "/regroupements",
)


def problems_of(site: Site, who: str | None, addresses: tuple[str, ...]) -> list[str]:
    """What is wrong in these pages for that person, each thing once a page."""
    found: list[str] = []
    with site.visit() as visit:
        if who is not None:
            visit.become(who)
        for address in addresses:
            page = visit.go(address)
            page.set_viewport_size({"width": 1280, "height": 900})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                found += [f"{address}: {each}" for each in page.evaluate(AUDIT)]
            page.set_viewport_size({"width": NARROWEST, "height": 900})
            wide = page.evaluate("document.scrollingElement.scrollWidth")
            if wide > NARROWEST:
                found.append(f"{address} is {wide} px wide at {NARROWEST}")
    return sorted(set(found))


@pytest.mark.parametrize(
    ("who", "addresses"),
    [
        (None, PUBLIC),
        ("coordinatrice", COORDINATION),
        ("membre du comité", MEMBER),
    ],
    ids=["public", "coordination", "member"],
)
def test_page_is_well_made_in_light_and_dark(
    site: Site, who: str | None, addresses: tuple[str, ...]
) -> None:
    assert problems_of(site, who, addresses) == []
