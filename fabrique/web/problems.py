"""Errors as answers: the status of each family, the French sentence of each code, one page."""

import logging
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from fabrique.core import errors
from fabrique.core.logs import request_id
from fabrique.web.deps import put_frame
from fabrique.web.labels.sentences import sentence
from fabrique.web.labels.typography import typo
from fabrique.web.page import render

logger = logging.getLogger(__name__)

_STATUSES: dict[type[errors.FabriqueError], int] = {
    errors.SignInNeeded: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Invalid: 422,
    errors.Conflict: 409,
    errors.Unavailable: 503,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """What the page of an error knows."""

    status: int
    sentence: str
    reference: str | None = None


def install(app: FastAPI) -> None:
    """Answer every error of the house, and those of the framework, with our page."""
    app.add_exception_handler(errors.FabriqueError, _fabrique_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _no_such_address)
    app.add_exception_handler(OverflowError, _no_such_address)
    app.add_exception_handler(DataError, _no_such_address)
    app.add_exception_handler(Exception, _unexpected)


def _fabrique_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, errors.FabriqueError):
        raise error
    status = _STATUSES[type(error)]
    if status == 401 and not _wants_json(request):
        return RedirectResponse(f"/connexion?suite={quote(request.url.path)}", status_code=303)
    return _answer(request, status, sentence(error.code, error.facts))


def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    code = {404: "page.unknown", 405: "page.unknown", 413: "request.too_large"}.get(
        error.status_code, "request.refused"
    )
    return _answer(request, error.status_code, sentence(code))


def _no_such_address(request: Request, _error: Exception) -> Response:
    # A word where an address has a number, or a number no database can hold: nothing is there.
    return _answer(request, 404, sentence("page.unknown"))


def _unexpected(request: Request, error: Exception) -> Response:
    logger.error("unexpected_error", exc_info=error, extra={"path": request.url.path})
    reference = request_id.get()
    return _answer(request, 500, sentence("unexpected"), reference=reference)


def _answer(request: Request, status: int, said: str, *, reference: str | None = None) -> Response:
    if _wants_json(request):
        return JSONResponse({"error": said, "reference": reference}, status_code=status)
    try:
        put_frame(request)
    except errors.NotFound as nothing:
        # Without any fabrique there is no frame to put around a page.
        return PlainTextResponse(typo(sentence(nothing.code, nothing.facts)), status_code=404)
    page = ErrorPage(status=status, sentence=said, reference=reference)
    return render(request, "web/error.html", page, status=status)


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/")
