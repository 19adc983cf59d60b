"""A year of a committee: agendas that fit and are frozen, decisions that are corrected and never
edited, what comes back by itself, and the figures of the year."""

import datetime as dt
import io
import re
from dataclasses import dataclass

import pytest
from docx import Document
from lxml.html import HtmlElement
from pypdf import PdfReader
from sqlalchemy import select

from capture.models import OpportunityStage, Verdict
from fabrique.core.access import Actor, machine
from fabrique.core.errors import Conflict
from fabrique.core.outbox import OutboxMessage
from steering.models import Agenda, Decision, Meeting, MeetingState
from steering.programmes import close_year, open_year
from steering.projects import report_jobs, start_project
from tests import builders
from tests.river.conftest import Stage
from tests.river.visiting import links_to, main_words, spoken, words_of

MARCH, MARCH_MEETING = (
    dt.datetime(2027, 3, 1, 8, 0, tzinfo=dt.UTC),
    dt.datetime(2027, 3, 18, 13, 0, tzinfo=dt.UTC),
)
JUNE, DECEMBER = (
    dt.datetime(2027, 6, 1, 8, 0, tzinfo=dt.UTC),
    dt.datetime(2027, 12, 20, 8, 0, tzinfo=dt.UTC),
)
TITLES = ("Garage solidaire", "Épicerie de village", "Relais de santé", "Bricothèque")


@dataclass(slots=True)
class Year:
    """The committee of the stage in 2027, and its first meeting."""

    stage: Stage
    opportunities: list[str]
    first: str = ""

    @property
    def robot(self) -> Actor:
        """The actor of commands."""
        return machine(self.stage.fabrique.id)

    def plan(self, day: str, minutes: int) -> HtmlElement:
        """Plan a meeting from its page."""
        browser = self.stage.coordination
        answers = {"day": day, "hour": "14:00", "minutes": str(minutes), "place": "Laon"}
        page = browser.read("/comites/nouvelle-seance")
        return browser.press(page, "Prévoir la séance", answers)

    def agenda(self, meeting: str = "") -> str:
        """The address of an agenda."""
        return f"/comites/{meeting or self.first}/ordre-du-jour"

    def decide(self, about: str, **answers: str) -> HtmlElement:
        """Record a decision on the point about that dossier, read again before it is kept."""
        browser = self.stage.coordination
        page = browser.read(f"/comites/{self.first}/decisions")
        option = f"//select[@id='point']/option[contains(., '{about}')]/@value"
        point = {"point": page.xpath(option)[0]}
        asked = browser.press(page, "Relire avant d'enregistrer", point | answers)
        return browser.press(asked, "Enregistrer la décision")


@pytest.fixture
def year(stage: Stage) -> Year:
    session, fabrique = stage.session, stage.fabrique
    stage.comes(MARCH)
    for number in (2, 3):
        builders.a_seat(session, stage.committee, is_voting=number == 2)
    open_year(session, machine(fabrique.id), stage.territory.id, 2027, now=MARCH)
    opportunities = [
        builders.an_opportunity(
            session,
            fabrique,
            title=title,
            opened_by=stage.facilitator,
            stage=OpportunityStage.STUDY,
            proposed_verdict=Verdict.CALL,
            verdict_reason="Le besoin est avéré.",
            verdict_at=MARCH,
        ).reference
        for title in TITLES
    ]
    year = Year(stage, opportunities)
    page = year.plan("2027-03-18", 90)
    year.first = page.xpath("//main//span[@class='ref']/text()")[0]
    stage.coordination.press(page, "Préparer l'ordre du jour")
    return year


def minutes_of(page: HtmlElement) -> tuple[int, int]:
    """The minutes used and the minutes of the meeting, as the page says them."""
    used, available = re.findall(r"(\d+) minutes sur (\d+)", main_words(page))[0]
    return int(used), int(available)


def titles_of(page: HtmlElement) -> list[str]:
    """The points of an agenda, in order."""
    return [spoken(each) for each in page.xpath("//main//ol[@id='points']//h3")]


def test_drafted_agenda_fits_and_says_why_each_point_is_there(year: Year) -> None:
    page = year.stage.coordination.read(year.agenda())
    used, available = minutes_of(page)
    assert used <= available == 90
    assert any("Garage solidaire" in title for title in titles_of(page))
    points = page.xpath("//main//ol[@id='points']/li")
    proposed = [spoken(point) for point in points if "Proposé" in spoken(point)]
    assert proposed
    assert all("Pourquoi ici : " in point for point in proposed)


def test_each_button_of_the_agenda_does_what_it_says(year: Year) -> None:
    browser = year.stage.coordination
    page = browser.read(year.agenda())
    before = titles_of(page)
    page = browser.press(page, "Descendre le point 1")
    assert titles_of(page) == [before[1], before[0], *before[2:]]
    page = browser.press(page, "Monter le point 2")
    assert titles_of(page) == before
    page = browser.press(page, "Changer la durée du point 2", {"minutes": "35"})
    assert page.xpath("//input[@id='minutes-2']/@value") == ["35"]
    page = browser.press(
        browser.read(f"{year.agenda()}/points/nouveau"),
        "Ajouter",
        {"title": "Visite du garage", "kind": "information", "minutes": "10"},
    )
    assert "Visite du garage" in titles_of(page)
    page = browser.press(page, "Réajuster autour de mes choix")
    assert "Visite du garage" in titles_of(page)
    assert page.xpath("//input[@id='minutes-2']/@value") == ["35"]
    if left_out := page.xpath("//main//button[contains(., 'Faire entrer')]"):
        page = browser.press(page, spoken(left_out[0]))
        assert len(page.xpath("//main//button[contains(., 'Faire entrer')]")) == len(left_out) - 1


def test_frozen_version_never_changes_and_a_new_one_replaces_it(year: Year) -> None:
    stage, session = year.stage, year.stage.session
    browser, member = stage.coordination, stage.committee_member
    assert "n'est pas encore" in main_words(member.read(year.agenda()))
    browser.press(browser.read(f"{year.agenda()}/figer"), "Figer la version 1")
    first = words_of(member.get(f"{year.agenda()}/version/1"))
    assert [letter.recipient for letter in session.scalars(select(OutboxMessage))] == [
        stage.member.email
    ]
    again = browser.post(
        f"{year.agenda()}/points", {"title": "X", "kind": "exchange", "minutes": "5"}
    )
    assert again.status_code in {404, 409}
    page = browser.press(browser.read(year.agenda()), "Ouvrir une version de travail")
    page = browser.press(page, "Descendre le point 1")
    assert words_of(member.get(year.agenda())) == first
    browser.press(browser.read(f"{year.agenda()}/figer"), "Figer la version 2")
    assert words_of(member.get(f"{year.agenda()}/version/1")) == first
    assert "Version 2" in words_of(member.get(year.agenda()))
    versions = session.scalars(select(Agenda.version).order_by(Agenda.version)).all()
    assert versions == [1, 2]


def test_decision_waits_for_the_meeting_and_is_corrected_not_edited(year: Year) -> None:
    stage, session = year.stage, year.stage.session
    browser, decisions = stage.coordination, f"/comites/{year.first}/decisions"
    browser.press(browser.read(f"{year.agenda()}/figer"), "Figer la version 1")
    early = {"item_title": "X", "outcome": "adopted", "text": "Oui.", "confirmed": "1"}
    assert browser.post(decisions, early).status_code == 409
    stage.comes(MARCH_MEETING)
    browser.press(browser.read(f"/comites/{year.first}"), "Ouvrir la séance")
    year.decide("Garage", outcome="adopted", verdict="call", text="Oui.", reason="Avéré.")
    year.decide(
        "Épicerie", outcome="adjourned", text="Plus tard.", reason="Il manque les chiffres."
    )
    page = browser.press(browser.read(f"/comites/{year.first}"), "Clore la séance")
    assert "reviendra à la prochaine" in main_words(page)
    assert browser.post(decisions, early).status_code == 409
    page = browser.read(f"{decisions}/1/corriger")
    asked = browser.press(
        page, "Relire avant d'enregistrer", {"text": "Oui, en mai.", "reason": "Date."}
    )
    page = browser.press(asked, "Enregistrer la décision D-03")
    assert f"Corrigée par {year.first}/D-03" in main_words(page)
    assert browser.post(f"{decisions}/1/corriger", early | {"reason": "x"}).status_code == 409
    kept = session.scalars(select(Decision).order_by(Decision.number)).all()
    assert [(one.number, one.text) for one in kept] == [
        (1, "Oui."),
        (2, "Plus tard."),
        (3, "Oui, en mai."),
    ]
    word = Document(io.BytesIO(browser.get(f"/comites/{year.first}/releve.docx").content))
    pdf = PdfReader(io.BytesIO(browser.get(f"/comites/{year.first}/releve.pdf").content))
    written = " ".join(node.text or "" for node in word.element.iter() if node.tag.endswith("}t"))
    printed = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    for text in ("Oui, en mai.", "Plus tard.", "Il manque les chiffres."):
        assert text in written
        assert text in printed


def test_what_was_not_finished_comes_back_at_the_next_meeting(year: Year) -> None:
    stage, browser = year.stage, year.stage.coordination
    browser.press(browser.read(f"{year.agenda()}/figer"), "Figer la version 1")
    stage.comes(MARCH_MEETING)
    browser.press(browser.read(f"/comites/{year.first}"), "Ouvrir la séance")
    year.decide("Garage", outcome="adopted", verdict="call", text="Oui.", reason="Avéré.")
    year.decide("Épicerie", outcome="adjourned", text="Plus tard.", reason="Sans chiffres.")
    action = browser.read(f"/comites/{year.first}/decisions/2/action")
    browser.press(action, "Noter l'action", {"task": "Les chiffres", "due_on": "2027-04-30"})
    browser.press(browser.read(f"/comites/{year.first}"), "Clore la séance")
    stage.comes(JUNE)
    assert "en retard" in main_words(stage.committee_member.read("/comites"))
    page = year.plan("2027-06-24", 120)
    page = browser.press(page, "Préparer l'ordre du jour")
    agenda = main_words(page)
    assert minutes_of(page)[0] <= 120
    assert "Épicerie de village" in agenda
    assert "Approuver le relevé du 18 mars" in agenda
    assert not any("Garage solidaire" in title for title in titles_of(page))


def test_figures_of_the_year_are_counted_and_the_year_closes(year: Year) -> None:
    stage, session, browser = year.stage, year.stage.session, year.stage.coordination
    holder = builders.a_holder(session, stage.fabrique)
    project = start_project(
        session,
        year.robot,
        year.opportunities[0],
        title="Garage solidaire",
        holder_id=holder.id,
        decision_reference=None,
        now=JUNE,
    )
    report_jobs(session, year.robot, project.reference, 2.5, now=JUNE)
    stage.comes(DECEMBER)
    report = browser.read("/bilan?annee=2027")
    table = [spoken(row) for row in report.xpath("//main//tbody/tr")]
    assert any(re.search(r"projets?.* 1 ", row, re.IGNORECASE) for row in table), table
    assert any("2,5" in row for row in table), table
    territory = stage.territory.id
    with pytest.raises(Conflict, match=r"year\.has_meetings"):
        close_year(session, year.robot, territory, 2027, now=DECEMBER)
    page = browser.press(
        browser.read(f"/comites/{year.first}"), "Annuler cette séance", {"why": "Grève"}
    )
    assert f"{year.first} est annulée" in main_words(page)
    assert session.scalars(select(Meeting.state)).all() == [MeetingState.CANCELLED]
    close_year(session, year.robot, territory, 2027, now=DECEMBER)
    form = {
        "committee": str(stage.committee.id),
        "day": "2027-12-30",
        "hour": "10:00",
        "minutes": "60",
    }
    refused = browser.post("/comites/nouvelle-seance", form)
    assert refused.status_code in {409, 422}
    assert "2027" in words_of(refused)
    assert links_to(browser.read("/comites"), f"/comites/{year.first}")
