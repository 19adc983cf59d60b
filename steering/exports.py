"""Documents of committees: an agenda or a decision record as Word and PDF, tables as XLSX.
Words come from the labels, layout from the files of ``templates/documents``."""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import cast

import typst
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.parts.document import DocumentPart
from docxtpl.template import DocxTemplate
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.styles.alignment import Alignment
from openpyxl.styles.fonts import Font
from openpyxl.utils.cell import get_column_letter
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

import fabrique.web
from fabrique.core.db import JsonValue
from fabrique.web.labels import steering as labels
from fabrique.web.labels.dates import day, hour, local, long_day
from fabrique.web.labels.typography import NBSP, typo
from steering.queries.agenda import AgendaPage, AgendaPoint, MeetingHead
from steering.queries.decisions import DecisionLine, RecordPage

DOCUMENTS = Path(__file__).parent / "templates" / "documents"
FONTS = Path(fabrique.web.__file__).parent / "static" / "vendor" / "fonts"

# Family, style and file of the fonts that a Word document carries.
_EMBEDDED = (
    ("Atkinson Hyperlegible Next", "Regular", "AtkinsonHyperlegibleNext-Regular.ttf"),
    ("Atkinson Hyperlegible Next", "Bold", "AtkinsonHyperlegibleNext-Bold.ttf"),
    ("Bricolage Grotesque", "Bold", "BricolageGrotesque-Bold.ttf"),
)

Words = dict[str, JsonValue]
Value = str | int | float | dt.date | None

NEED_COLUMNS = (
    "Référence",
    "Date",
    "Commune",
    "Secteur",
    "Titre",
    "Besoin",
    "Regroupement",
    "Opportunité",
    "État",
)

_WIDEST = 70


def agenda_docx(page: AgendaPage) -> bytes:
    """The agenda as a Word document."""
    return _docx("agenda.docx", _agenda_words(page))


def agenda_pdf(page: AgendaPage) -> bytes:
    """The agenda as a tagged PDF (PDF/UA-1)."""
    return _pdf("agenda.typ", _agenda_words(page))


def decision_record_docx(page: RecordPage) -> bytes:
    """The decisions of a meeting as a Word document."""
    return _docx("decision_record.docx", _record_words(page))


def decision_record_pdf(page: RecordPage) -> bytes:
    """The decisions of a meeting as a tagged PDF (PDF/UA-1)."""
    return _pdf("decision_record.typ", _record_words(page))


def needs_xlsx(rows: Iterable[Sequence[Value]]) -> bytes:
    """Needs as a workbook: one row each, in the order of ``NEED_COLUMNS``."""
    return workbook("Besoins", NEED_COLUMNS, rows)


def workbook(title: str, headers: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """One sheet with a frozen header, a filter, dates as dates and no formula.

    A text that begins like a formula stays text: a need is never calculated.
    """
    lines = [list(row) for row in rows]
    book = Workbook(write_only=True)
    book.properties.title, book.properties.language = title, "fr-FR"
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headers))}{len(lines) + 1}"
    for number, header in enumerate(headers):
        longest = max((len(str(line[number] or "")) for line in lines), default=0)
        width = min(max(longest, len(header)) + 2, _WIDEST)
        sheet.column_dimensions[get_column_letter(number + 1)].width = width
    header, text, day = (_model(sheet, style) for style in ("header", "text", "day"))
    sheet.append([_like(header, sheet, name) for name in headers])
    for line in lines:
        sheet.append(
            [_like(day if isinstance(value, dt.date) else text, sheet, value) for value in line]
        )
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _model(sheet: WriteOnlyWorksheet, style: str) -> Cell:
    cell = WriteOnlyCell(sheet)
    cell.font = Font(bold=style == "header")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.number_format = "DD/MM/YYYY" if style == "day" else "General"
    return cell


def _like(model: Cell, sheet: WriteOnlyWorksheet, value: Value) -> Cell:
    """A cell that looks like another; setting a style on each of 400,000 cells takes a minute."""
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    cell._style = model._style
    return cell


def _docx(template: str, words: Words) -> bytes:
    document = DocxTemplate(DOCUMENTS / template)
    document.render(words, autoescape=True)
    _embed_fonts(cast(WordDocument, document.docx).part)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _embed_fonts(part: DocumentPart) -> None:
    """Put our fonts in the file, where they are installed, so that it looks the same everywhere.

    Obfuscated as the format asks: the first 32 bytes are combined with a key (ECMA-376, part 4,
    § 2.8.1).
    """
    if not FONTS.is_dir():
        return
    table = part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    described = parse_xml(table.blob)
    for number, (family, style, file) in enumerate(_EMBEDDED, start=1):
        key = uuid.uuid5(uuid.NAMESPACE_DNS, file)
        content = bytearray((FONTS / file).read_bytes())
        mask = key.bytes[::-1] * 2
        content[:32] = bytes(one ^ other for one, other in zip(content[:32], mask, strict=True))
        font = Part(
            PackURI(f"/word/fonts/font{number}.odttf"),
            "application/vnd.openxmlformats-officedocument.obfuscatedFont",
            bytes(content),
            part.package,
        )
        entry = next((one for one in described if one.get(qn("w:name")) == family), None)
        if entry is None:
            # Somebody chose other fonts in the template.
            continue
        relation = table.relate_to(font, RELATIONSHIP_TYPE.FONT)
        entry.append(
            parse_xml(
                f'<w:embed{style} {nsdecls("w", "r")} r:id="{relation}" '
                f'w:fontKey="{{{str(key).upper()}}}"/>'
            )
        )
    table._blob = serialize_part_xml(described)


def _pdf(template: str, words: Words) -> bytes:
    # With our fonts the page is the same on every machine; without them, the next best ones.
    ours = FONTS.is_dir()
    compiled: bytes = typst.compile(
        str(DOCUMENTS / template),
        root=str(DOCUMENTS),
        font_paths=[str(FONTS)] if ours else [],
        ignore_system_fonts=ours,
        sys_inputs={"words": json.dumps(words)},
        pdf_standards=["ua-1"],
    )
    return compiled


def _head_words(head: MeetingHead, title: str, state: str) -> Words:
    return {
        "title": f"{title} du {long_day(head.starts_at)}",
        "fabrique": head.fabrique,
        "carrier": f"{head.region} · {head.carrier}, coordination",
        "committee": head.committee,
        "reference": f"{head.reference} · {state}",
        "foot": f"{head.reference}, {state}",
    }


def _agenda_words(page: AgendaPage) -> Words:
    head = page.head
    hours = f"De {hour(head.starts_at)} à {hour(head.ends_at)}, {head.place}."
    quorum = labels.capitalised(
        labels.fact("quorum", {"needed": head.quorum, "voting": head.voting_seats})
    )
    answer = f"Réponse et mandat avant le {day(head.answer_before, head.day)}"
    return _head_words(head, "Ordre du jour", _version(page)) | {
        "when": [
            typo(f"{hours} {quorum}" if head.voting_seats else hours),
            typo(f"{answer} auprès de la coordination."),
        ],
        "columns": ["N°", "Heure", "Point", "Type", "Rapporteur", "Durée"],
        "points": [_point_words(point) for point in page.points],
        "proposals_title": "Décisions proposées",
        "proposal_word": "Proposition.",
        "proposals": [_proposal_words(point) for point in page.decisions],
        "pieces": _pieces(page),
    }


def _version(page: AgendaPage) -> str:
    if page.frozen_at is None:
        return "version de travail"
    return f"version {page.version}, figée le {day(page.frozen_at)}"


def _point_words(point: AgendaPoint) -> Words:
    return {
        "rank": str(point.rank),
        "hour": _clock(point.starts_at),
        "title": typo(point.title),
        "kind": labels.ITEM_KINDS[point.kind],
        "rapporteur": typo(point.rapporteur),
        "duration": f"{point.minutes}{NBSP}min",
        "is_decision": point.kind == "decision",
    }


def _proposal_words(point: AgendaPoint) -> Words:
    reasons = " ; ".join(labels.fact(fact.code, fact.values) for fact in point.reasons)
    synthesis = point.synthesis or (f"{labels.capitalised(reasons)}." if reasons else "")
    recused = f"Déport : {', '.join(point.recused)}." if point.recused else ""
    return {
        "title": typo(f"{point.rank}. {point.title}"),
        "synthesis": typo(synthesis),
        "recused": typo(recused),
        "text": typo(point.proposal),
    }


def _pieces(page: AgendaPage) -> str:
    topics = {point.topic for point in page.points}
    sheets = [point.opportunity_reference for point in page.points if point.opportunity_reference]
    pieces = [
        *(["relevé de la séance précédente"] if "previous_record" in topics else []),
        *([f"tableau de bord {page.head.day.year}"] if "year_report" in topics else []),
        *([f"dossiers {', '.join(sheets)}"] if sheets else []),
        *(["budget"] if "budget" in topics else []),
    ]
    return typo(f"Pièces : {', '.join(pieces)}.") if pieces else ""


def _record_words(page: RecordPage) -> Words:
    head = page.head
    present = (
        f"{head.present_count} voix présentes ou représentées sur {head.voting_seats}, "
        f"pour un quorum de {head.quorum}."
        if head.present_count is not None
        else f"Quorum : {head.quorum} sièges votants sur {head.voting_seats}."
    )
    hours = f"De {hour(head.starts_at)} à {hour(head.ends_at)}, {head.place}."
    follow_ups = [one for decision in page.decisions for one in decision.follow_ups]
    return _head_words(head, "Relevé de décisions", "relevé de décisions") | {
        "when": [typo(hours), typo(present)],
        "decisions_title": "Décisions",
        "decisions": [_decision_words(decision) for decision in page.decisions],
        "actions_title": "Qui fait quoi, pour quand",
        "columns": ["N°", "Action", "Qui", "Pour quand", "État"],
        "actions": [
            {
                "number": one.decision_reference.rpartition("/")[2],
                "task": typo(one.task),
                "owner": typo(one.owner_name),
                "due": day(one.due_on),
                "state": labels.FOLLOW_UP_STATES[one.state],
            }
            for one in follow_ups
        ],
        "approval": typo(
            "Une décision enregistrée ne se modifie pas ; une autre peut la corriger, en la citant."
        ),
    }


def _decision_words(decision: DecisionLine) -> Words:
    counted = labels.votes(decision.votes_for, decision.votes_against, decision.abstentions)
    lines = [
        f"Motif : {decision.reason}" if decision.reason else "",
        f"Vote : {counted}." if counted else "",
        f"Corrige {decision.corrects}." if decision.corrects else "",
        f"Corrigée par {decision.corrected_by}." if decision.corrected_by else "",
    ]
    return {
        "title": typo(f"{decision.short}. {decision.item_title}"),
        "outcome": f"{labels.DECISION_OUTCOMES[decision.outcome]}.",
        "text": typo(decision.text),
        "lines": [typo(line) for line in lines if line],
    }


def _clock(moment: dt.datetime) -> str:
    return f"{local(moment).hour}{NBSP}h{NBSP}{local(moment).minute:02d}"
