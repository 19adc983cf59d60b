"""Documents to take away: agendas and decision records, Word and PDF."""

from fastapi import APIRouter, Response

from fabrique.web.deps import CurrentActor, Now, Reading
from steering import exports
from steering.queries.agenda import AgendaPage, agenda_page
from steering.queries.decisions import RecordPage, record_page

router = APIRouter(prefix="/comites/{reference}")

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


@router.get("/ordre-du-jour.docx")
def agenda_docx(
    reference: str, session: Reading, actor: CurrentActor, now: Now, version: int | None = None
) -> Response:
    """The agenda as a Word document."""
    page = agenda_page(session, actor, reference, version=version, now=now)
    return _file(exports.agenda_docx(page), DOCX, _agenda_name(page), "docx")


@router.get("/ordre-du-jour.pdf")
def agenda_pdf(
    reference: str, session: Reading, actor: CurrentActor, now: Now, version: int | None = None
) -> Response:
    """The agenda as a PDF."""
    page = agenda_page(session, actor, reference, version=version, now=now)
    return _file(exports.agenda_pdf(page), PDF, _agenda_name(page), "pdf")


@router.get("/releve.docx")
def record_docx(reference: str, session: Reading, actor: CurrentActor, now: Now) -> Response:
    """The decisions as a Word document."""
    page = record_page(session, actor, reference, now=now)
    return _file(exports.decision_record_docx(page), DOCX, _record_name(page), "docx")


@router.get("/releve.pdf")
def record_pdf(reference: str, session: Reading, actor: CurrentActor, now: Now) -> Response:
    """The decisions as a PDF."""
    page = record_page(session, actor, reference, now=now)
    return _file(exports.decision_record_pdf(page), PDF, _record_name(page), "pdf")


def _agenda_name(page: AgendaPage) -> str:
    version = f"v{page.version}" if page.version else "projet"
    return f"{page.head.reference}-ordre-du-jour-{version}"


def _record_name(page: RecordPage) -> str:
    return f"{page.head.reference}-releve-de-decisions"


def _file(content: bytes, media_type: str, name: str, extension: str) -> Response:
    disposition = f'attachment; filename="{name}.{extension}"'
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})
