"""The outgoing client against a real server on loopback."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from fabrique.core.errors import Unavailable
from fabrique.core.http import OutgoingClient


class Answers(BaseHTTPRequestHandler):
    statuses: list[int]

    def do_GET(self) -> None:
        status = self.statuses.pop(0) if self.statuses else 200
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *_arguments: object) -> None:
        """Say nothing on the terminal of the tests."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def asked(server: HTTPServer, statuses: list[int]) -> bytes:
    Answers.statuses = statuses
    with OutgoingClient() as client:
        return client.content(f"http://127.0.0.1:{server.server_port}/communes", {"nom": "Hirson"})


def test_answer_is_read(server: HTTPServer) -> None:
    assert asked(server, []) == b"/communes?nom=Hirson"


def test_patience_when_asked_to_slow_down(server: HTTPServer) -> None:
    assert asked(server, [429, 429]) == b"/communes?nom=Hirson"


@pytest.mark.parametrize("statuses", [[404], [429] * 4])
def test_silent_service_is_said(server: HTTPServer, statuses: list[int]) -> None:
    with pytest.raises(Unavailable, match=r"service\.silent"):
        asked(server, statuses)
