"""The table of communes made again from an API on this machine."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fabrique.core.places import load_gazetteer
from tests.terminal import CSV, Terminal

GEO = {
    "/communes": [
        {
            "nom": name,
            "code": code,
            "codesPostaux": [postal],
            "centre": {"type": "Point", "coordinates": [longitude, latitude]},
            "codeEpci": "240200469",
            "codeDepartement": "02",
            "codeRegion": "32",
            "population": 8400,
        }
        for name, code, postal, longitude, latitude in (
            ("Hirson", "02381", "02500", 4.084, 49.922),
            ("Vervins", "02789", "02140", 3.905, 49.836),
        )
    ],
    "/epcis": [{"nom": "CC des Trois Rivières", "code": "240200469", "type": "CC"}],
    "/departements": [{"nom": "Aisne", "code": "02", "codeRegion": "32"}],
    "/regions": [{"nom": "Hauts-de-France", "code": "32"}],
}


@pytest.fixture(scope="module")
def geo() -> Iterator[str]:
    """An API Géo of two communes, on this machine; « /panne » breaks every answer."""

    class Geo(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            found = GEO.get(path)
            body = json.dumps(found).encode() if found else b"<h1>Panne</h1>"
            self.send_response(200 if found or path.startswith("/panne") else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_about: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Geo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_communes_are_made_again_from_the_api(terminal: Terminal, geo: str) -> None:
    file = terminal.folder / "communes.json.gz"
    values = terminal.typed("territories", "sync", "--api", geo, "--output", str(file), "--json")
    assert values.values.keys() == {"communes", "file", "seconds"}
    assert values.values["communes"] == 2
    hirson = load_gazetteer(file).commune("02381")
    assert hirson is not None
    assert (hirson.name, hirson.latitude, hirson.longitude) == ("Hirson", 49.922, 4.084)
    settings = {"FABRIQUE_COMMUNES_PATH": str(file)}
    needs = terminal.file("a.csv", CSV)
    assert terminal.typed("import", "needs", needs, "--json", **settings).values["accepted"] == 2


@pytest.mark.parametrize("path", ["/absent", "/panne"])
def test_api_that_does_not_answer_well_leaves_the_table_as_it_was(
    terminal: Terminal, geo: str, path: str
) -> None:
    file = terminal.folder / "communes.json.gz"
    file.write_bytes(b"as it was")
    ended = terminal.typed("territories", "sync", "--api", geo + path, "--output", str(file))
    assert ended.code == 1
    assert "service extérieur" in ended.said
    assert file.read_bytes() == b"as it was"
