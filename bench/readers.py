"""Readers of pages: many at once, each asking for the next page as soon as one is read, or after a
pause. Their milliseconds are counted from the request to the last byte."""

import http.client
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to read, with the cookie of who reads it (empty: nobody signed in)."""

    name: str
    path: str
    cookie: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One page read: its name, the status, the milliseconds it took."""

    page: str
    status: int
    ms: float


def read_pages(
    port: int, pages: Sequence[Page], *, readers: int, requests: int, pause_s: float = 0.0
) -> list[Read]:
    """Read `requests` pages in all, in turn, by as many readers at once; the answer of each.

    A reader who pauses starts at a moment of his own, so that they do not all knock together.
    """
    answers: list[list[Read]] = [[] for _ in range(readers)]

    def be_a_reader(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)
        time.sleep(pause_s * number / readers)
        try:
            for turn in range(number, requests, readers):
                # The shift makes readers be on different pages at any one time.
                page = pages[(turn // readers + number) % len(pages)]
                answers[number].append(_read(connection, page))
                time.sleep(pause_s)
        finally:
            connection.close()

    threads = [threading.Thread(target=be_a_reader, args=(number,)) for number in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [read for one in answers for read in one]


def _read(connection: http.client.HTTPConnection, page: Page) -> Read:
    headers: Mapping[str, str] = {"Accept-Encoding": "gzip"} | (
        {"Cookie": page.cookie} if page.cookie else {}
    )
    started = time.perf_counter()
    try:
        connection.request("GET", page.path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        status = answer.status
    except (OSError, http.client.HTTPException):
        connection.close()  # the next request opens a new one
        status = 0
    return Read(page=page.name, status=status, ms=(time.perf_counter() - started) * 1000)
