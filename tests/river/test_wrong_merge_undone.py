"""Two groupings united by mistake: everything comes back as it was, unless somebody has worked on
it since; and the machine is told never to do the same."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from capture.models import Cluster, ClusterMember, ClusterState, Need
from fabrique.core.journal import JournalEntry
from fabrique.core.people import Role
from tests import builders
from tests.builders import FOURMIES, NOW, VERVINS
from tests.river.conftest import Stage
from tests.river.visiting import Browser, main_words, words_of

Snapshot = list[tuple[object, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Two:
    """Two confirmed groupings: one of garages, one of doctors."""

    stage: Stage
    garages: str
    doctors: str

    def snapshot(self) -> Snapshot:
        """Every grouping and every placing, as the database holds them."""
        session = self.stage.session
        columns = (
            Cluster.reference,
            Cluster.state,
            Cluster.title,
            Cluster.title_is_locked,
            Cluster.merged_into_id,
            Cluster.confirmed_by_id,
            Cluster.confirmed_at,
        )
        placed = ClusterMember.__table__.columns
        return [
            *(tuple(row) for row in session.execute(select(*columns).order_by(Cluster.id))),
            *(tuple(row) for row in session.execute(select(*placed).order_by(placed.need_id))),
        ]

    def merge(self) -> str:
        """Unite the doctors into the garages; the words of the page that follows."""
        browser = self.stage.coordination
        page = browser.read(f"/regroupements/{self.garages}/fusionner?avec={self.doctors}")
        page = browser.press(page, "Réunir les deux", {"why": "Je me suis trompée"})
        return main_words(page)


@pytest.fixture
def two(stage: Stage) -> Two:
    session, fabrique = stage.session, stage.fabrique

    def group(title: str, text: str) -> str:
        needs = tuple(
            builders.a_need(
                session, fabrique, title=title, text=f"{text} ({commune})", commune=commune
            )
            for commune in (VERVINS, FOURMIES, VERVINS)
        )
        cluster = builders.a_cluster(
            session,
            fabrique,
            needs=needs,
            title=title,
            state=ClusterState.CONFIRMED,
            confirmed_by_id=stage.facilitator.id,
            confirmed_at=NOW,
        )
        return cluster.reference

    return Two(
        stage=stage,
        garages=group("Réparer sa voiture", "Le garage est trop cher pour réparer ma voiture."),
        doctors=group("Trouver un médecin", "Aucun médecin généraliste ne prend de patients."),
    )


def test_wrong_merge_is_undone_from_the_bar_that_follows_it(two: Two) -> None:
    stage, before = two.stage, two.snapshot()
    words = two.merge()
    assert f"{two.doctors} et {two.garages} sont réunis." in words
    assert "6 témoignages" in words
    absorbed = main_words(stage.coordination.read(f"/regroupements/{two.doctors}"))
    assert two.garages in absorbed
    # The bar is shown once; the same page, read before anything else, still offers it in its words.
    entry = stage.session.scalars(
        select(JournalEntry).where(JournalEntry.action == "cluster.merged")
    ).one()
    answer = stage.coordination.post("/annuler", {"undo": str(entry.id)})
    assert answer.status_code == 303
    assert "C'est annulé." in main_words(stage.coordination.read(answer.headers["location"]))
    assert two.snapshot() == before
    history = main_words(stage.coordination.read(f"/regroupements/{two.garages}"))
    assert "Je me suis trompée" in history


def test_bar_offers_to_undo_right_after_the_act(two: Two) -> None:
    browser, before = two.stage.coordination, two.snapshot()
    page = browser.read(f"/regroupements/{two.garages}/fusionner?avec={two.doctors}")
    page = browser.press(page, "Réunir les deux")
    page = browser.press(page, "Annuler")
    assert "C'est annulé." in main_words(page)
    assert two.snapshot() == before
    assert "Annuler" not in main_words(browser.read(f"/regroupements/{two.garages}"))


def test_merge_is_not_undone_over_what_somebody_did_since(two: Two) -> None:
    stage, browser = two.stage, two.stage.coordination
    two.merge()
    entry = stage.session.scalars(
        select(JournalEntry).where(JournalEntry.action == "cluster.merged")
    ).one()
    moved = stage.session.scalars(select(Need).order_by(Need.id.desc())).first()
    assert moved is not None
    browser.post(f"/besoins/{moved.reference}/deplacer", {"cluster": "", "why": "À part"})
    after_the_move = two.snapshot()
    refused = browser.post("/annuler", {"undo": str(entry.id)})
    assert refused.status_code == 409
    assert "Quelqu'un a changé ce dossier depuis" in words_of(refused)
    assert two.snapshot() == after_the_move


def test_merge_is_undone_once(two: Two) -> None:
    stage, before = two.stage, two.snapshot()
    two.merge()
    entry = stage.session.scalars(
        select(JournalEntry).where(JournalEntry.action == "cluster.merged")
    ).one()
    statuses = [
        stage.coordination.post("/annuler", {"undo": str(entry.id)}).status_code for _ in range(2)
    ]
    assert statuses == [303, 409]
    assert two.snapshot() == before


@pytest.mark.parametrize("role", [None, Role.IDEA_SENSOR, Role.COMMITTEE_MEMBER])
def test_others_than_the_coordination_undo_nothing(two: Two, role: Role | None) -> None:
    stage = two.stage
    two.merge()
    merged = two.snapshot()
    entry = stage.session.scalars(
        select(JournalEntry).where(JournalEntry.action == "cluster.merged")
    ).one()
    browser: Browser = stage.author
    if role is not None:
        person, _actor = builders.an_actor(stage.session, stage.fabrique, role)
        browser.sign_in(person, now=stage.clock.now())
    answer = browser.post("/annuler", {"undo": str(entry.id)})
    assert answer.status_code == (403 if role else 303)
    assert two.snapshot() == merged


@pytest.mark.parametrize("undo", ["", "abc", "0", "99999999", "99999999999999999999"])
def test_nothing_is_undone_by_a_number_that_means_nothing(two: Two, undo: str) -> None:
    before = two.snapshot()
    assert two.stage.coordination.post("/annuler", {"undo": undo}).status_code == 404
    assert two.snapshot() == before


def test_groupings_kept_apart_stay_so_after_the_night(two: Two) -> None:
    stage = two.stage
    before = two.snapshot()
    page = stage.coordination.read(f"/regroupements/{two.garages}/fusionner?avec={two.doctors}")
    page = stage.coordination.press(page, "Ne jamais les réunir", {"why": "Rien à voir"})
    assert "La machine ne proposera plus de réunir" in main_words(page)
    assert "Jamais avec" in main_words(stage.coordination.read(f"/regroupements/{two.garages}"))
    stage.night()
    assert two.snapshot() == before
    assert stage.coordination.post(
        f"/regroupements/{two.garages}/fusionner", {"other": two.garages}
    ).status_code in {303, 409, 422}
    assert two.snapshot() == before
