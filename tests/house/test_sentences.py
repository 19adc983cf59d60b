"""Every code an error carries has its French sentence, and no sentence is left without a code."""

import ast
from pathlib import Path

import pytest

from fabrique.web.labels.sentences import SENTENCES

ROOT = Path(__file__).resolve().parents[2]
ERRORS = {"SignInNeeded", "Forbidden", "NotFound", "Invalid", "Conflict", "Unavailable"}


def raised_codes() -> set[str]:
    codes = {"sign_in.needed", "page.unknown"}
    for package in ("fabrique", "capture", "matching", "steering"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and _name(node.func) in ERRORS and node.args:
                    codes |= set(_strings(node.args[0]))
    return codes


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _strings(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_strings(node.body), *_strings(node.orelse)]
    return []


@pytest.mark.parametrize("code", sorted(raised_codes()))
def test_raised_code_has_a_sentence(code: str) -> None:
    assert SENTENCES[code].strip()
