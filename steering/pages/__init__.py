"""Pages of steering, one file per family; documents come first, for their addresses end in a
file name."""

from fastapi import APIRouter

from steering.pages import agendas, committees, decisions, documents, report

router = APIRouter()
for _family in (documents, agendas, decisions, committees, report):
    router.include_router(_family.router)
