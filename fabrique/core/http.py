"""The one outgoing client: time limits, a few retries, patience when asked to slow down."""

import time
from collections.abc import Mapping
from types import TracebackType

import httpx

from fabrique.core.errors import Unavailable

_TRIES = 4
_USER_AGENT = "fabrique-initiatives (+https://fabrique.example)"


class OutgoingClient:
    """Reads from public services; raises ``Unavailable`` when they do not answer."""

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        self._client = httpx.Client(
            timeout=httpx.Timeout(60, connect=10),
            headers={"User-Agent": _USER_AGENT},
            transport=transport,
            follow_redirects=True,
        )

    def __enter__(self) -> "OutgoingClient":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def content(self, url: str, parameters: Mapping[str, str]) -> bytes:
        """The body of the answer to a GET; waits and tries again on 429 and 5xx."""
        for attempt in range(_TRIES):
            last = attempt == _TRIES - 1
            try:
                answer = self._client.get(url, params=dict(parameters))
            except httpx.TransportError:
                if last:
                    break
                time.sleep(2**attempt)
                continue
            if answer.status_code == 200:
                return answer.content
            if last or (answer.status_code != 429 and answer.status_code < 500):
                break
            time.sleep(_wait(answer, attempt))
        raise Unavailable("service.silent", service=httpx.URL(url).host)


def _wait(answer: httpx.Response, attempt: int) -> float:
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked), 60.0) if asked.isdigit() else float(2**attempt)
