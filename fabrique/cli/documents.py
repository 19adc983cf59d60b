"""The files that commands write: agenda as Word and PDF, needs as a spreadsheet."""

from pathlib import Path

from sqlalchemy.orm import Session

from capture.queries.exported import exported_needs
from fabrique.core.access import Actor
from fabrique.core.places import Gazetteer
from fabrique.web.labels.capture import NEED_STATES
from fabrique.web.labels.sectors import sector
from steering.exports import agenda_docx, agenda_pdf, needs_xlsx
from steering.queries.agenda import AgendaPage


def write_agenda(page: AgendaPage, folder: Path) -> list[Path]:
    """Write agenda.docx and agenda.pdf into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    docx, pdf = folder / "agenda.docx", folder / "agenda.pdf"
    docx.write_bytes(agenda_docx(page))
    pdf.write_bytes(agenda_pdf(page))
    return [docx, pdf]


def write_needs(session: Session, actor: Actor, places: Gazetteer, folder: Path) -> Path:
    """Write needs.xlsx into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "needs.xlsx"
    seen: set[str] = set()
    rows = []
    for need in exported_needs(session, actor):
        if need.reference in seen:  # a need whose grouping gave two opportunities stands once
            continue
        seen.add(need.reference)
        commune = places.commune(need.commune) if need.commune else None
        rows.append(
            (
                need.reference,
                need.observed_on,
                commune.name if commune else None,
                sector(need.sector.value).name if need.sector else None,
                need.title,
                need.text,
                need.cluster,
                need.opportunity,
                NEED_STATES[need.state.value],
            )
        )
    path.write_bytes(needs_xlsx(rows))
    return path
