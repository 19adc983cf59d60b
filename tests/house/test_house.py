"""What the house promises about itself: one place commits, files stay small, documents tell the
truth, migrations equal the models."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from fabrique.core.db import Base
from fabrique.core.settings import Settings
from fabrique.migrations import check
from tests import builders

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("fabrique", "capture", "matching", "steering")
MIGRATIONS = ROOT / "fabrique" / "migrations" / "versions"


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if MIGRATIONS not in path.parents and "node_modules" not in path.parts:
                yield path


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body: neither the signature nor the docstring make a function hard to read."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_commit_is_written_in_no_file_of_ours() -> None:
    # The unit of work commits through ``session.begin()`` in core/db.py: nobody else may.
    assert [path for path in sources() if ".commit(" in path.read_text()] == []


def test_unit_of_work_is_opened_only_at_the_doors() -> None:
    doors = {
        path.relative_to(ROOT).parts[:2]
        for path in sources()
        if ".unit_of_work(" in path.read_text()
    }
    assert doors <= {
        ("fabrique", "web"),
        ("fabrique", "cli"),
        ("fabrique", "demo"),
        ("fabrique", "jobs.py"),
    }


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_file_stays_small(path: Path) -> None:
    text = path.read_text()
    lines = text.count("\n")
    functions = [
        (node.name, length_of(node))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    limit = 500 if path.name == "models.py" else 400  # tables of one domain are read together
    assert lines <= limit
    assert [found for found in functions if found[1] > 45] == []  # 40 is what we aim at


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_module_says_what_lives_in_it(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert not tree.body or ast.get_docstring(tree)


def test_every_setting_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    expected = {f"FABRIQUE_{name.upper()}" for name in Settings.model_fields}
    written = set(re.findall(r"^\| `(FABRIQUE_[A-Z_]+)`", readme, re.MULTILINE))
    assert written == expected


def test_every_table_has_a_builder_or_a_verb_that_writes_it() -> None:
    # Tables written by verbs of the ground floor, which its own tests call.
    by_verb = {
        "journal",
        "match_sieve",
        "job_run",
        "outbox_message",
        "sign_in_code",
        "web_session",
        "reference_counter",
        "territory_commune",
        "need_contact",
        "need_confirmation",
        "need_part",
        "need_told_apart",
        "cluster_member",
        "cluster_change",
        "constraint",
        "sheet_section",
        "opinion",
        "milestone",
    }
    built = {re.sub(r"^an?_", "", name) for name in vars(builders) if re.match(r"^an?_", name)}
    aliases = {
        "reading": "need_reading",
        "vector": "need_vector",
        "holder": "project_holder",
        "actor": "support_actor",
        "facilitator": "person",
    }
    assert {aliases.get(name, name) for name in built} | by_verb == set(Base.metadata.tables)


def test_migrations_equal_the_models(engine: Engine) -> None:
    check(engine)


def test_no_stray_word_of_a_computer_in_templates() -> None:
    banned = re.compile(r">[^<{]*\b(cluster|score|token|embedding|run|IA)\b[^<{]*<", re.IGNORECASE)
    found = {
        str(path.relative_to(ROOT)): banned.findall(path.read_text())
        for package in PACKAGES
        for path in (ROOT / package).rglob("templates/**/*.html")
    }
    assert {name: words for name, words in found.items() if words} == {}
