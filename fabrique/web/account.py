"""Pages of the account: ask a code, type it, leave; the appearance of the pages; the legal ones."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from fabrique.core.errors import Invalid, SignInNeeded
from fabrique.core.signin import CODE_MINUTES, SESSION_DAYS, ask_code, close_session, open_with_code
from fabrique.web.deps import (
    THEME_COOKIE,
    THEMES,
    CurrentActor,
    CurrentFabrique,
    Now,
    Writing,
    seal_of,
    see_other,
    session_cookie,
    settings_of,
)
from fabrique.web.forms import Bound, Form, SubmittedForm
from fabrique.web.page import render

router = APIRouter()


class EmailForm(Form):
    """The address to which the code is sent."""

    email: str
    suite: str = "/"


class CodeForm(EmailForm):
    """The code received, and the address it was sent to."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoIdentity:
    """One of the three people of the demonstration."""

    key: str
    label: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    """The page that asks an address."""

    form: Bound[EmailForm]
    next_path: str
    demo_identities: tuple[DemoIdentity, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePage:
    """The page that asks the code."""

    form: Bound[CodeForm]
    email: str
    next_path: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    """The page of the account: everything it says is in the frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalPage:
    """One of the three legal pages."""

    topic: str
    carrier: str


def safe_path(path: str) -> str:
    """The path if it stays on this site, else the home page."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


@router.get("/connexion")
def sign_in_page(request: Request, suite: str = "/") -> Response:
    """Ask for an address."""
    form = Bound.blank(EmailForm, suite=safe_path(suite))
    return render(request, "web/sign_in.html", _sign_in(request, form))


@router.post("/connexion")
def send_code(
    request: Request,
    fabrique: CurrentFabrique,
    submitted: SubmittedForm,
    session: Writing,
    now: Now,
) -> Response:
    """Send a code, and say the same thing whether or not the address is known."""
    form = Bound(EmailForm, submitted.values)
    if form.validated is not None:
        email = form.validated.email
        address = request.client.host if request.client else ""
        try:
            ask_code(session, seal_of(request), fabrique.id, email, address=address, now=now)
        except Invalid as refused:
            form.reject("email", refused.code)
    if form.validated is None:
        return render(request, "web/sign_in.html", _sign_in(request, form), status=422)
    blank = Bound.blank(CodeForm, email=email, suite=safe_path(form.validated.suite))
    return render(request, "web/sign_in_code.html", _code_page(blank))


@router.post("/connexion/code")
def check_code(
    request: Request,
    fabrique: CurrentFabrique,
    submitted: SubmittedForm,
    session: Writing,
    now: Now,
) -> Response:
    """Open a session if the code is right."""
    form = Bound(CodeForm, submitted.values)
    if form.validated is not None:
        given = form.validated
        token = open_with_code(
            session,
            seal_of(request),
            fabrique.id,
            given.email,
            given.code,
            user_agent=request.headers.get("user-agent", ""),
            now=now,
        )
        if token is not None:
            return signed_in(request, token, safe_path(given.suite))
        form.reject("code", "sign_in.code_refused")
    return render(request, "web/sign_in_code.html", _code_page(form), status=422)


@router.get("/compte")
def account_page(request: Request, actor: CurrentActor) -> Response:
    """Who is signed in on this browser, and the way out."""
    if actor.person_id is None:
        raise SignInNeeded
    return render(request, "web/account.html", AccountPage())


@router.post("/deconnexion")
def sign_out(request: Request, session: Writing, now: Now) -> Response:
    """Close the session of this browser."""
    name = session_cookie(settings_of(request))
    token = request.cookies.get(name)
    if token:
        close_session(session, seal_of(request), token, now=now)
    answer = see_other(request, "/", said="Vous êtes déconnecté de la fabrique.")
    answer.delete_cookie(name, path="/", secure=settings_of(request).is_https, httponly=True)
    return answer


@router.post("/apparence")
def choose_appearance(request: Request, submitted: SubmittedForm) -> Response:
    """Keep the chosen theme in a cookie; « automatique » forgets it."""
    chosen = submitted.first("apparence")
    answer = see_other(request, safe_path(submitted.first("suite") or "/"))
    if chosen in THEMES:
        answer.set_cookie(THEME_COOKIE, chosen, max_age=31_536_000, httponly=True, samesite="lax")
    else:
        answer.delete_cookie(THEME_COOKIE)
    return answer


@router.get("/accessibilite")
def accessibility_page(request: Request, fabrique: CurrentFabrique) -> Response:
    """The state of accessibility, as the law asks to publish it."""
    page = LegalPage(topic="accessibilite", carrier=fabrique.carrier_name)
    return render(request, "web/legal.html", page)


@router.get("/mentions-legales")
def legal_page(request: Request, fabrique: CurrentFabrique) -> Response:
    """Who publishes the service."""
    page = LegalPage(topic="mentions", carrier=fabrique.carrier_name)
    return render(request, "web/legal.html", page)


@router.get("/donnees-personnelles")
def privacy_page(request: Request, fabrique: CurrentFabrique) -> Response:
    """What is kept about people, why and how long."""
    page = LegalPage(topic="donnees", carrier=fabrique.carrier_name)
    return render(request, "web/legal.html", page)


def signed_in(request: Request, token: str, next_path: str) -> Response:
    """Send the browser on with its new session cookie."""
    settings = settings_of(request)
    answer = see_other(request, next_path)
    answer.set_cookie(
        session_cookie(settings),
        token,
        max_age=SESSION_DAYS * 86_400,
        path="/",
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )
    return answer


def _sign_in(request: Request, form: Bound[EmailForm]) -> SignInPage:
    identities: tuple[DemoIdentity, ...] = request.app.state.demo_identities
    return SignInPage(
        form=form, next_path=safe_path(form.value("suite") or "/"), demo_identities=identities
    )


def _code_page(form: Bound[CodeForm]) -> CodePage:
    return CodePage(
        form=form,
        email=form.value("email"),
        next_path=safe_path(form.value("suite") or "/"),
        minutes=CODE_MINUTES,
    )
