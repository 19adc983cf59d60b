"""What stands before every page: refusal of cross-origin writes, security headers, request id.
Pure ASGI, so that no body and no session is touched."""

import uuid
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fabrique.core.logs import request_id

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(), camera=(), microphone=()"),
)


def is_cross_origin(method: str, headers: Headers, origin: str, *, cookie: str) -> bool:
    """Whether an unsafe request comes from another site.

    Browsers say so in ``Sec-Fetch-Site``; older ones send ``Origin``. A request with neither is
    not a browser's and carries no identity unless it also brings our cookie.
    """
    if method in _SAFE_METHODS:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    sent_origin = headers.get("origin")
    if sent_origin is not None:
        return sent_origin != origin
    return f"{cookie}=" in headers.get("cookie", "")


class CrossOriginGuard:
    """Refuses unsafe requests that another site made a browser send."""

    def __init__(self, app: ASGIApp, *, origin: str, cookie: str) -> None:
        self.app, self.origin, self.cookie = app, origin, cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_cross_origin(
            scope["method"], Headers(scope=scope), self.origin, cookie=self.cookie
        ):
            answer = PlainTextResponse("Cette demande vient d’un autre site.", status_code=403)
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)


class SecurityHeaders:
    """Adds the security headers and a request id to every answer."""

    def __init__(self, app: ASGIApp, *, extra: Iterable[tuple[str, str]] = ()) -> None:
        self.app = app
        self.headers = (*_HEADERS, *extra)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identity = uuid.uuid4().hex[:12]
        request_id.set(identity)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers:
                    headers.setdefault(name, value)
                headers["X-Request-Id"] = identity
            await send(message)

        await self.app(scope, receive, send_with_headers)


class AnnouncedLength:
    """Refuses in French a body announced as too large, before any of it is read."""

    def __init__(self, app: ASGIApp, *, limit: int, said: str) -> None:
        self.app, self.limit, self.said = app, limit, said

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            announced = Headers(scope=scope).get("content-length", "0")
            if announced.isdigit() and int(announced) > self.limit:
                await PlainTextResponse(self.said, status_code=413)(scope, receive, send)
                return
        await self.app(scope, receive, send)
