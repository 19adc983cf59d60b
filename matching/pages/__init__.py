"""The pages of matching: those of an opportunity, those of one match, the follow-up, the directory.
An endpoint parses, calls one verb or one query, and answers."""

from fastapi import APIRouter

from matching.pages import directory, follow_up, match, opportunity, register

__all__ = ["router"]

router = APIRouter()
for part in (opportunity, match, follow_up, register, directory):
    router.include_router(part.router)
