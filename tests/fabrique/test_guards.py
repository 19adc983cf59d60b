"""Writes that another site made a browser send are refused."""

import pytest
from starlette.datastructures import Headers

from fabrique.web.guards import is_cross_origin

ORIGIN = "https://fabrique.example"


@pytest.mark.parametrize(
    ("method", "headers", "refused"),
    [
        ("GET", {"sec-fetch-site": "cross-site"}, False),
        ("POST", {"sec-fetch-site": "same-origin"}, False),
        ("POST", {"sec-fetch-site": "none"}, False),
        ("POST", {"sec-fetch-site": "cross-site"}, True),
        ("POST", {"sec-fetch-site": "same-site", "origin": ORIGIN}, True),
        ("POST", {"origin": ORIGIN}, False),
        ("POST", {"origin": "https://ailleurs.example"}, True),
        ("POST", {"origin": "null"}, True),
        ("POST", {}, False),
        ("POST", {"cookie": "fabrique=abc"}, True),
        ("DELETE", {"sec-fetch-site": "cross-site"}, True),
    ],
)
def test_origin_of_a_write(method: str, headers: dict[str, str], refused: bool) -> None:
    assert is_cross_origin(method, Headers(headers), ORIGIN, cookie="fabrique") is refused
