"""The whole river: a need told on a page without JavaScript, the action that a committee asks for,
and its author who reads on one page what became of it."""

import datetime as dt
from dataclasses import dataclass, field

import pytest
from lxml.html import HtmlElement
from sqlalchemy import func, select

from capture.models import Cluster, Need, NeedConfirmation, NeedState
from capture.nlp.sectors import Sector
from fabrique.core.outbox import OutboxMessage
from steering.models import FollowUp, FollowUpState
from tests.river.conftest import Stage
from tests.river.visiting import heading_of, links_to, main_words, words_of

TITLE = "Réparer sa voiture"
TEXT = "Le garage est trop cher, je ne peux pas faire réparer ma voiture et je risque mon travail."
OTHERS = (
    (
        "Ma voiture en panne",
        "Ma voiture est en panne, le garage est trop cher pour la réparer.",
        "Vervins",
    ),
    (
        "Garage trop cher",
        "Le garage demande 900 € pour réparer ma voiture, c’est trop cher.",
        "Fourmies",
    ),
    (
        "Réparer à prix juste",
        "Il faudrait un garage moins cher pour faire réparer sa voiture.",
        "Hirson",
    ),
    (
        "Voiture à réparer",
        "Sans voiture réparée je perds mon travail, et le garage est trop cher.",
        "Vervins",
    ),
)
PRIVATE = "Appelez Mme Ginette Dubois au 06 12 34 56 78 : sa voiture est en panne, sans garage."
HOLDER = {
    "name": "Les Mains dans le moteur",
    "kind": "association",
    "description": "Répare des voitures avec des personnes en insertion.",
    "main_sector": "mobilite",
    "commune": "Hirson",
    "zone_scale": "departement",
    "zone": "02, 59",
    "capacity": "2",
    "wants": "Ouvrir un garage où l’on apprend.",
    "contact_email": "contact@mains.example",
}
REASON = "Le besoin est dit dans trois communes et personne n’y répond."


@dataclass(slots=True)
class Story:
    """What the people of the story have in hand as it goes."""

    stage: Stage
    links: list[str] = field(default_factory=list)
    cluster: str = ""
    opportunity: str = ""
    meeting: str = ""

    def tell(self, title: str, text: str, commune: str) -> HtmlElement:
        """Answer the three questions and send, twice if something is to be looked at first."""
        author = self.stage.author
        page = author.read("/besoins/nouveau")
        answers = {"title": title, "text": text, "commune": commune}
        page = author.press(page, "Envoyer ce besoin", answers)
        if page.xpath("//form[@id='besoin']"):
            page = author.press(page, "Envoyer ce besoin")
        (link,) = {href for href in page.xpath("//main//a/@href") if "/suivi/" in href}
        self.links.append("/suivi/" + link.rpartition("/")[2])
        self.stage.read_the_needs()
        return page

    def author_reads(self) -> str:
        """What the first author reads behind her secret link."""
        return main_words(self.stage.author.read(self.links[0]))


def test_need_becomes_a_follow_up_that_its_author_reads(stage: Stage) -> None:
    story = Story(stage)
    people_tell(story)
    the_machine_groups(story)
    the_coordination_signs(story)
    a_holder_is_met(story)
    the_agenda_is_sent(story)
    the_committee_decides(story)
    an_action_is_done(story)
    read = story.author_reads()
    assert "On cherche un porteur" in read
    assert "Le comité a décidé de chercher qui peut le porter" in read
    assert f"Motif : {REASON}".replace("’", "'") in read
    assert "Garage solidaire" in read


def people_tell(story: Story) -> None:
    """Five voices say the same; one confirms instead of writing; one names somebody."""
    stage = story.stage
    thanks = story.tell(TITLE, TEXT, "Hirson")
    assert "Merci, c'est noté : B-2026-0001." in main_words(thanks)
    assert "Votre besoin est reçu" in story.author_reads()
    for told in OTHERS:
        story.tell(*told)
    similar = stage.author.press(
        stage.author.read("/besoins/nouveau"),
        "Envoyer ce besoin",
        {"title": "Voiture en panne", "text": TEXT, "commune": "hirson"},
    )
    assert "Déjà signalé près d'ici" in main_words(similar)
    stage.author.press(similar, "Je confirme ce besoin ici")
    assert stage.session.scalar(select(func.count()).select_from(NeedConfirmation)) == 1
    kept = story.tell("La voiture de Mme Dubois", PRIVATE, "Hirson")
    assert "le relira avant toute publication" in main_words(kept)
    (hidden,) = stage.session.scalars(select(Need).where(Need.state == NeedState.TO_REVIEW))
    assert hidden.text == PRIVATE
    assert stage.author.get(f"/besoins/{hidden.reference}").status_code == 404
    assert "Dubois" not in words_of(stage.author.get("/besoins"))


def the_machine_groups(story: Story) -> None:
    """The night puts the voices together, and says so to the author."""
    counts = story.stage.night()
    assert counts.needs == counts.grouped + counts.isolated + counts.out_of_scope == 6
    board = story.stage.coordination.read("/regroupements")
    (story.cluster,) = [link.rpartition("/")[2] for link in links_to(board, "/regroupements/R-")]
    assert "La machine propose de le ranger avec d'autres" in story.author_reads()


def the_coordination_signs(story: Story) -> None:
    """A person confirms the grouping, opens an opportunity, studies it, proposes a verdict."""
    browser = story.stage.coordination
    page = browser.read(f"/regroupements/{story.cluster}")
    page = browser.press(page, "Confirmer ce regroupement")
    assert "est confirmé" in main_words(page)
    assert "La coordination l'a rangé avec" in story.author_reads()
    page = browser.press(
        browser.read(f"/regroupements/{story.cluster}/ouvrir"),
        "Ouvrir l'opportunité",
        {"title": "Garage solidaire", "summary": "Réparer à prix juste."},
    )
    story.opportunity = page.xpath("//nav[@class='fil']//span/text()")[0].split()[-1]
    page = browser.press(page, "Enregistrer", {"text": "Six voix dans trois communes."})
    assert "Six voix dans trois communes." in main_words(page)
    page = browser.press(page, "Proposer au comité", {"verdict": "call", "reason": REASON})
    assert "Proposé : " in main_words(page)
    assert "conduit à étudier : Garage solidaire" in story.author_reads()


def a_holder_is_met(story: Story) -> None:
    """A holder is written in the directory, found by the machine, and receives a message."""
    browser, session = story.stage.coordination, story.stage.session
    page = browser.press(browser.read("/annuaire/porteurs/nouveau"), "la fiche", HOLDER)
    assert heading_of(page) == "Les Mains dans le moteur"
    matches = f"/opportunites/{story.opportunity}/rapprochements"
    page = browser.press(browser.read(matches), "Chercher")
    assert "Les Mains dans le moteur" in main_words(page)
    (letter,) = links_to(page, f"{matches}/")[:1]
    page = browser.press(browser.read(letter), "Envoyer ce message")
    assert "La mise en relation est partie" in main_words(page)
    letters = session.scalars(select(OutboxMessage.recipient)).all()
    assert letters == ["contact@mains.example"]


def the_agenda_is_sent(story: Story) -> None:
    """A meeting is planned, its agenda drafted, frozen, sent; the member reads it and answers."""
    stage = story.stage
    browser = stage.coordination
    page = browser.press(
        browser.read("/comites/nouvelle-seance"),
        "Prévoir la séance",
        {"day": "2026-12-17", "hour": "14:00", "minutes": "120", "place": "Laon"},
    )
    story.meeting = page.xpath("//main//span[@class='ref']/text()")[0]
    agenda = f"/comites/{story.meeting}/ordre-du-jour"
    assert stage.committee_member.get(agenda).status_code in {303, 404}
    page = browser.press(page, "Préparer l'ordre du jour")
    assert "Garage solidaire" in main_words(page)
    page = browser.press(browser.read(f"{agenda}/figer"), "Figer la version 1")
    assert "La version 1 est figée et envoyée" in main_words(page)
    letters = stage.session.scalars(select(OutboxMessage.recipient)).all()
    assert stage.member.email in letters
    read = main_words(stage.committee_member.read(agenda))
    assert "Garage solidaire" in read
    page = stage.committee_member.press(
        stage.committee_member.read(f"/opportunites/{story.opportunity}/avis"),
        "Donner mon avis",
        {"g1": "4", "g1_comment": "Dit partout."},
    )
    assert "Votre avis est enregistré" in main_words(page)


def the_committee_decides(story: Story) -> None:
    """The day comes: the room opens, is counted, decides, asks for an action, and closes."""
    stage, meeting = story.stage, f"/comites/{story.meeting}"
    browser = stage.coordination
    stage.comes(dt.datetime(2026, 12, 17, 13, 5, tzinfo=dt.UTC))
    page = browser.press(browser.read(meeting), "Ouvrir la séance")
    page = browser.press(page, "Noter les présences", {"present_count": "1"})
    assert "1 voix présente ou représentée" in main_words(page)
    page = browser.read(f"{meeting}/decisions")
    point = page.xpath("//select[@id='point']/option[contains(., 'Garage solidaire')]/@value")[0]
    decided = {
        "point": point,
        "outcome": "adopted",
        "verdict": "call",
        "text": "L’appel à porteur est lancé.",
    }
    refused = browser.press(page, "Relire avant d'enregistrer", decided)
    assert "1 réponse à revoir" in main_words(refused)
    asked = browser.press(refused, "Relire avant d'enregistrer", {"reason": REASON})
    assert "ne se modifie plus" in main_words(asked)
    typed = browser.press(asked, "Revenir")
    assert typed.xpath("normalize-space(//textarea[@name='reason'])") == REASON
    asked = browser.press(typed, "Relire avant d'enregistrer", {})
    page = browser.press(asked, "Enregistrer la décision D-01")
    assert f"La décision {story.meeting}/D-01 est enregistrée" in main_words(page)
    seat = browser.read(f"{meeting}/decisions/1/action")
    member = seat.xpath("//select[@id='owner']/option[position() > 1]/@value")[0]
    asked_for = {"task": "Écrire l’appel", "owner": member, "due_on": "2027-01-15"}
    page = browser.press(seat, "Noter l'action", asked_for)
    assert "Écrire l'appel" in main_words(page)
    page = browser.press(browser.read(meeting), "Clore la séance")
    assert "La séance est close" in main_words(page)


def an_action_is_done(story: Story) -> None:
    """The member finds the action that waits for her, and says that it is done."""
    stage = story.stage
    page = stage.committee_member.read("/decisions")
    (action,) = set(links_to(page, "/actions/"))
    page = stage.committee_member.press(
        stage.committee_member.read(action),
        "Enregistrer",
        {"state": "done", "progress": "Envoyé à trente structures."},
    )
    assert "C'est noté : l'action est faite." in main_words(page)
    done = stage.session.scalars(select(FollowUp)).one()
    assert (done.state, done.progress) == (FollowUpState.DONE, "Envoyé à trente structures.")


@pytest.mark.parametrize("text", ["trop court", "a" * 2_001, "Le 06 12 34 56 78"])
def test_words_are_never_lost_when_a_need_is_refused(stage: Stage, text: str) -> None:
    answers = {"title": "Un titre", "text": text, "commune": "Trifouillis-les-Oies"}
    page = stage.author.press(stage.author.read("/besoins/nouveau"), "Envoyer", answers)
    assert page.xpath("//textarea[@id='text']")[0].text.strip() == text
    assert page.xpath("//input[@id='title']/@value") == ["Un titre"]
    assert page.xpath("//input[@id='commune']/@value") == ["Trifouillis-les-Oies"]
    assert stage.session.scalars(select(Need)).all() == []


def test_author_takes_back_a_need_that_then_counts_no_more(stage: Stage) -> None:
    story = Story(stage)
    for told in ((TITLE, TEXT, "Hirson"), *OTHERS):
        story.tell(*told)
    stage.night()
    page = stage.author.press(stage.author.read(story.links[0]), "Retirer mon témoignage")
    assert "Votre témoignage est retiré" in main_words(page)
    assert stage.author.get("/besoins/B-2026-0001").status_code == 404
    assert stage.night().needs == 4
    (cluster,) = stage.session.scalars(select(Cluster).where(Cluster.sector == Sector.MOBILITE))
    page = stage.coordination.read(f"/regroupements/{cluster.reference}/besoins")
    assert TEXT not in main_words(page)
