"""Documents as people open them: Word, PDF and a workbook."""

import datetime as dt
import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy.orm import Session

from fabrique.core.access import Actor
from fabrique.core.territories import Fabrique
from steering import exports
from steering.agendas import ItemEntry, add_item, freeze_agenda, prepare_agenda
from steering.decisions import (
    DecisionEntry,
    FollowUpEntry,
    correct_decision,
    open_follow_up,
    record_decision,
)
from steering.models import DecisionOutcome, ItemKind
from steering.queries.agenda import AgendaPage, agenda_page
from steering.queries.decisions import RecordPage, record_page
from steering.sessions import open_session
from tests import builders

REFERENCE = "COPIL-2026-02"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def actor(session: Session, fabrique: Fabrique) -> Actor:
    territory = builders.a_territory(session, fabrique)
    committee = builders.a_committee(session, territory)
    for _ in range(3):
        builders.a_seat(session, committee)
    builders.a_meeting(session, committee, reference=REFERENCE)
    return builders.a_facilitator(session, fabrique)[1]


@pytest.fixture
def agenda(session: Session, actor: Actor, now: dt.datetime) -> AgendaPage:
    prepare_agenda(session, actor, REFERENCE, now=now)
    entry = ItemEntry(
        kind=ItemKind.DECISION,
        title="Garage <solidaire> & prêt : y va-t-on ?",
        minutes=20,
        rapporteur="S. Kaddour",
        synthesis="47 témoignages dans 12 communes.",
        proposal="Lancer l'appel à porteur.",
    )
    add_item(session, actor, REFERENCE, entry, now=now)
    freeze_agenda(session, actor, REFERENCE, now=now)
    return agenda_page(session, actor, REFERENCE, now=now)


@pytest.fixture
def record(session: Session, actor: Actor, now: dt.datetime) -> RecordPage:
    open_session(session, actor, REFERENCE, now=now)
    entry = DecisionEntry(
        item_title="Garage solidaire",
        outcome=DecisionOutcome.ADOPTED,
        text="L'appel à porteur est lancé.",
        reason="Le besoin est avéré.",
        votes_for=8,
        votes_against=0,
        abstentions=2,
    )
    first = record_decision(session, actor, REFERENCE, entry, now=now)
    action = FollowUpEntry(
        task="Écrire l'appel", owner_name="Samira Kaddour", due_on=dt.date(2027, 1, 15)
    )
    open_follow_up(session, actor, first.reference, action, now=now)
    correct_decision(session, actor, first.reference, entry, now=now)
    return record_page(session, actor, REFERENCE, now=now)


def pdf_text(content: bytes) -> str:
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return re.sub(r"\s+", " ", text)


def test_agenda_docx_has_real_headings_and_a_repeated_table_header(agenda: AgendaPage) -> None:
    document = Document(BytesIO(exports.agenda_docx(agenda)))
    headings = [
        (paragraph.style.name, paragraph.text)
        for paragraph in document.paragraphs
        if paragraph.style is not None and paragraph.style.name.startswith("Heading")
    ]
    assert headings == [
        ("Heading 1", "Ordre du jour du jeudi\u00a010\u00a0décembre\u00a02026"),
        ("Heading 2", "Décisions proposées"),
        ("Heading 3", "4. Garage <solidaire> & prêt\u00a0: y va-t-on\u00a0?"),
    ]
    table = document.tables[1]
    assert table.rows[0]._tr.trPr.find(f"{W}tblHeader") is not None
    assert [cell.text for cell in table.rows[0].cells] == [
        "N°",
        "Heure",
        "Point",
        "Type",
        "Rapporteur",
        "Durée",
    ]
    assert len(table.rows) == 1 + len(agenda.points)
    numbers = [row.cells[0].paragraphs[0] for row in table.rows[1:]]
    bold = {line.text for line in numbers if any(run.bold for run in line.runs)}
    assert bold == {str(point.rank) for point in agenda.points if point.kind == "decision"}
    assert table.rows[1].cells[1].text == "14\u00a0h\u00a000"


def test_agenda_docx_is_french_titled_numbered_and_carries_its_version(
    agenda: AgendaPage,
) -> None:
    content = exports.agenda_docx(agenda)
    document = Document(BytesIO(content))
    assert document.core_properties.title == (
        "Ordre du jour du jeudi\u00a010\u00a0décembre\u00a02026"
    )
    language = document.styles.element.find(f".//{W}docDefaults//{W}lang")
    assert language.get(f"{W}val") == "fr-FR"
    foot = document.sections[0].footer.paragraphs[0]
    assert foot.text.startswith(f"{REFERENCE}, version 1, figée le 24\u00a0novembre\u00a02026")
    fields = [field.get(f"{W}instr") for field in foot._p.iter(f"{W}fldSimple")]
    assert fields == ["PAGE", "NUMPAGES"]
    with ZipFile(BytesIO(content)) as archive:
        assert b"{{" not in archive.read("word/document.xml")
        assert b"{%" not in archive.read("word/document.xml")


def test_agenda_pdf_is_tagged_french_and_says_the_same(agenda: AgendaPage) -> None:
    content = exports.agenda_pdf(agenda)
    reader = PdfReader(BytesIO(content))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "fr-FR"
    assert reader.metadata is not None
    assert reader.metadata.title == "Ordre du jour du jeudi\u00a010\u00a0décembre\u00a02026"
    text = pdf_text(content)
    assert "Quorum : 2 sièges votants sur 3." in text
    assert "4. Garage <solidaire> & prêt : y va-t-on ?" in text
    assert "Proposition. Lancer l’appel à porteur." in text
    assert "page 1 sur 1" in text


def test_documents_are_made_without_our_fonts(
    agenda: AgendaPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "FONTS", exports.FONTS / "absent")
    assert "Ordre du jour" in pdf_text(exports.agenda_pdf(agenda))
    assert Document(BytesIO(exports.agenda_docx(agenda))).tables


@pytest.mark.skipif(not exports.FONTS.is_dir(), reason="the assets are not built here")
def test_word_document_carries_our_fonts(agenda: AgendaPage) -> None:
    with ZipFile(BytesIO(exports.agenda_docx(agenda))) as archive:
        embedded = [name for name in archive.namelist() if name.endswith(".odttf")]
    assert len(embedded) == 3


def test_decision_record_says_decisions_votes_corrections_and_actions(record: RecordPage) -> None:
    document = Document(BytesIO(exports.decision_record_docx(record)))
    lines = [paragraph.text for paragraph in document.paragraphs]
    assert "Adopté. L’appel à porteur est lancé." in lines
    assert "Vote\u00a0: 8 pour, 0 contre, 2\u00a0abstentions." in lines
    assert "Corrigée par COPIL-2026-02/D-02." in lines
    assert "Corrige COPIL-2026-02/D-01." in lines
    assert [cell.text for cell in document.tables[1].rows[1].cells] == [
        "D-01",
        "Écrire l’appel",
        "Samira Kaddour",
        "15\u00a0janvier\u00a02027",
        "À faire",
    ]
    text = pdf_text(exports.decision_record_pdf(record))
    assert "D-02. Garage solidaire" in text
    assert "Écrire l’appel Samira Kaddour 15 janvier 2027 À faire" in text


def test_needs_workbook_has_a_frozen_header_dates_and_no_formula() -> None:
    row = (
        "B-2026-0001",
        dt.date(2026, 11, 3),
        "Hirson",
        "Mobilité",
        "=Plus de car le soir",
        "+33 le dernier car part à 17 h 40",
        "R-2026-001",
        None,
        "Publié",
    )
    sheet = load_workbook(BytesIO(exports.needs_xlsx([row])))["Besoins"]
    assert tuple(cell.value for cell in sheet[1]) == exports.NEED_COLUMNS
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:I2")
    assert sheet["B2"].is_date
    assert sheet["B2"].value == dt.datetime(2026, 11, 3)  # noqa: DTZ001 - a day has no time zone
    assert (sheet["E2"].data_type, sheet["E2"].value) == ("s", "=Plus de car le soir")
    assert sheet["H2"].value is None


def test_workbook_without_rows_is_only_its_header() -> None:
    sheet = load_workbook(BytesIO(exports.workbook("Vide", ("A", "B"), [])))["Vide"]
    assert [[cell.value for cell in row] for row in sheet.rows] == [["A", "B"]]
