"""Commands as people type them: what they print, what they write, what they say when it goes wrong.
Those that need a process have one; the others are called in this one, which is faster."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import openpyxl
import pytest
import typer.main
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader
from sqlalchemy import Engine, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.testing import CliRunner

from capture.models import Need
from fabrique.cli import app
from fabrique.core.db import Base, engine_for, normalised_url
from fabrique.core.places import load_gazetteer

ROOT = Path(__file__).resolve().parents[2]
CAR = "Le dernier car part à 17 h 40, le cours finit à 18 h."
DOCTOR = "Plus un seul médecin ne prend de patients dans le canton."
CSV = (
    "id;texte;commune;date\n"
    f"a-1;{CAR};Hirson;2026-11-03\n"
    f"a-2;{DOCTOR};02789;04/11/2026\n"
    "a-3;Trop court;Hirson;\n"
    f"a-4;{CAR};Trifouillis-les-Oies;\n"
    f"a-5;{CAR};Hirson;un jour\n"
)
MANY = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A command that has ended: its code, what it printed, what it said beside."""

    code: int
    stdout: str
    stderr: str

    @property
    def values(self) -> dict[str, object]:
        """The one JSON object of standard output."""
        assert self.code == 0, self.stderr
        found = json.loads(self.stdout)
        assert isinstance(found, dict)
        assert self.stdout.count("\n") == 1
        return found

    @property
    def said(self) -> str:
        """Everything people read, with plain spaces and apostrophes."""
        return " ".join(f"{self.stdout} {self.stderr}".replace("\u2019", "'").split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Somebody who types commands on one database."""

    url: str
    folder: Path

    def typed(self, *words: str, **settings: str) -> Typed:
        """Call a command here."""
        environment = {"FABRIQUE_DATABASE_URL": self.url, "COLUMNS": "200"} | settings
        ended = CliRunner().invoke(app, list(words), env=environment)
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return Typed(code=ended.exit_code, stdout=ended.stdout, stderr=ended.stderr)

    @contextmanager
    def started(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """A command in a process of its own, which does not outlive the block."""
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "FABRIQUE_DATABASE_URL": self.url,
        }
        with subprocess.Popen(
            [sys.executable, "-m", "fabrique", *words],
            cwd=self.folder,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def count(self, table: type[Base] = Need) -> int:
        """The number of rows of a table."""
        engine = engine_for(self.url)
        with Session(engine) as session:
            counted = session.scalar(select(func.count()).select_from(table)) or 0
        engine.dispose()
        return counted

    def file(self, name: str, content: str | bytes) -> str:
        """Write a file and return its path."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)


@pytest.fixture
def terminal(database_url: str, tmp_path: Path) -> Iterator[Terminal]:
    """A terminal on an empty database of the kind under test."""
    if not normalised_url(database_url).startswith("postgresql"):
        yield Terminal(url=f"sqlite:///{tmp_path / 'typed.db'}", folder=tmp_path)
        return
    name = f"typed_{uuid.uuid4().hex}"
    server = engine_for(database_url).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(normalised_url(database_url)).set(database=name)
    yield Terminal(url=url.render_as_string(hide_password=False), folder=tmp_path)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Typed]:
    """The folder that ``demo --once --json`` fills, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    terminal = Terminal(url="sqlite:///elsewhere.db", folder=folder)
    with terminal.started("demo", "--once", "--json", "--output", "made") as process:
        stdout, stderr = process.communicate(timeout=300)
    return folder / "made", Typed(code=process.returncode, stdout=stdout, stderr=stderr)


@pytest.fixture
def demonstration(told: tuple[Path, Typed], tmp_path: Path) -> Terminal:
    """A terminal on a copy of the demonstration."""
    shutil.copy(told[0] / "demo.db", tmp_path / "demo.db")
    return Terminal(url=f"sqlite:///{tmp_path / 'demo.db'}", folder=tmp_path)


def commands() -> dict[str, TyperCommand]:
    """Every command by the words that call it."""
    found: dict[str, TyperCommand] = {}

    def walk(group: TyperGroup, words: str) -> None:
        for name, command in group.commands.items():
            if isinstance(command, TyperGroup):
                walk(command, f"{words}{name} ")
            elif isinstance(command, TyperCommand):
                found[f"{words}{name}"] = command

    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    walk(group, "")
    return found


def test_commands_are_those_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    assert set(re.findall(r"^\| `fabrique ([^`]+)` \|", readme, re.MULTILINE)) == set(commands())


@pytest.mark.parametrize("words", commands())
def test_command_has_help_in_french(terminal: Terminal, words: str) -> None:
    ended = terminal.typed(*words.split(), "--help")
    assert ended.code == 0
    assert re.search(r"[éèàêç’]| de | la | les ", commands()[words].help or "")
    for parameter in commands()[words].params:
        if isinstance(parameter, TyperOption) and parameter.name != "help":
            assert parameter.help, f"{words} {parameter.name}"


def test_each_command_that_works_takes_json() -> None:
    silent = {
        words
        for words, command in commands().items()
        if not any("--json" in parameter.opts for parameter in command.params)
    }
    assert silent == {"serve", "work"}


def test_command_without_words_shows_what_can_be_typed(terminal: Terminal) -> None:
    assert "import" in terminal.typed().said


def test_upgrade_makes_the_schema_and_can_be_repeated(terminal: Terminal) -> None:
    for _ in range(2):
        values = terminal.typed("db", "upgrade", "--json").values
        assert values.keys() == {"upgraded", "seconds"}
    assert terminal.count() == 0


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        ("db upgrade", "FABRIQUE_DATABASE_URL", "n'importe quoi"),
        ("db upgrade", "FABRIQUE_DATABASE_URL", "mysql://ici/x"),
        ("db upgrade", "FABRIQUE_REPLICAS", "zéro"),
        ("doctor", "FABRIQUE_COMMUNES_PATH", "/nulle/part"),
        ("doctor", "FABRIQUE_VECTORISER_PATH", "/nulle/part"),
    ],
)
def test_wrong_setting_is_named_in_a_french_sentence(
    terminal: Terminal, words: str, name: str, value: str
) -> None:
    ended = terminal.typed(*words.split(), **{name: value})
    assert ended.code == 1
    assert name in ended.said
    assert not re.search(r"Traceback|should be|valid |Error|No such file", ended.said)


def test_production_without_a_secret_is_refused(terminal: Terminal) -> None:
    ended = terminal.typed("db", "upgrade", FABRIQUE_PRODUCTION="1")
    assert ended.code == 1
    assert "FABRIQUE_SECRET_KEY manque" in ended.said


def test_database_that_cannot_be_opened_is_told(terminal: Terminal) -> None:
    ended = terminal.typed("db", "upgrade", FABRIQUE_DATABASE_URL="sqlite:////nulle/part/x.db")
    assert ended.code == 1
    assert "La base de données ne répond pas" in ended.said


def spreadsheet(folder: Path) -> bytes:
    """The CSV as a workbook."""
    book = openpyxl.Workbook()
    for line in CSV.splitlines():
        book.active.append(line.split(";"))
    book.save(folder / "made.xlsx")
    return (folder / "made.xlsx").read_bytes()


def json_lines() -> str:
    """The CSV as one JSON object a line."""
    names, *rows = [line.split(";") for line in CSV.splitlines()]
    return "\n".join(json.dumps(dict(zip(names, row, strict=True))) for row in rows)


@pytest.mark.parametrize("name", ["besoins.csv", "besoins.xlsx", "besoins.jsonl"])
def test_import_says_what_became_of_each_line(terminal: Terminal, name: str) -> None:
    made: Mapping[str, str | bytes] = {
        "besoins.csv": CSV,
        "besoins.xlsx": spreadsheet(terminal.folder),
        "besoins.jsonl": json_lines(),
    }
    first_line = 1 if name.endswith("jsonl") else 2
    values = terminal.typed("import", "needs", terminal.file(name, made[name]), "--json").values
    assert values.pop("seconds") is not None
    refused = values.pop("refused")
    assert values == {"received": 5, "accepted": 2, "already_known": 0, "dry_run": False}
    assert isinstance(refused, list)
    assert [(one["line"], one["source_id"], one["field"]) for one in refused] == [
        (first_line + 2, "a-3", "texte"),
        (first_line + 3, "a-4", "commune"),
        (first_line + 4, "a-5", "date"),
    ]
    assert "Trifouillis-les-Oies" in refused[1]["reason"]
    again = terminal.typed("import", "needs", str(terminal.folder / name), "--json").values
    assert (again["accepted"], again["already_known"]) == (0, 2)
    assert terminal.count() == 2


def test_import_says_the_refused_lines_in_the_terminal(terminal: Terminal) -> None:
    ended = terminal.typed("import", "needs", terminal.file("besoins.csv", CSV))
    assert ended.code == 0
    assert "5 lignes lues : 2 besoins ajoutés, 0 déjà connu, 3 lignes refusées." in ended.said
    assert "Ligne 4, texte : " in ended.said
    assert "Ligne 5, commune : " in ended.said


def test_dry_run_reads_everything_and_writes_nothing(terminal: Terminal) -> None:
    terminal.typed("db", "upgrade")
    before = {table.name: rows(terminal, table.name) for table in Base.metadata.sorted_tables}
    file = terminal.file("besoins.csv", CSV)
    values = terminal.typed("import", "needs", file, "--dry-run", "--json").values
    assert (values["received"], values["accepted"], values["dry_run"]) == (5, 2, True)
    after = {table.name: rows(terminal, table.name) for table in Base.metadata.sorted_tables}
    assert after == before


def rows(terminal: Terminal, table: str) -> int:
    """The number of rows of a table."""
    engine = engine_for(terminal.url)
    with engine.connect() as connection:
        counted = connection.scalar(text(f'SELECT count(*) FROM "{table}"'))  # noqa: S608
    engine.dispose()
    return int(counted or 0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vide.csv", ""),
        ("sans-colonne.csv", "nom;adresse\nAlix;rue des Prés\n"),
        ("guillemets.csv", f'texte;commune\n"{CAR};Hirson\n{CAR};Hirson\n'),
        ("image.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 10),
        ("faux.xlsx", "ceci n'est pas un classeur"),
        ("vide.xlsx", b""),
        ("texte.pdf", "%PDF-1.7"),
        ("sans-suffixe", CSV),
        ("autre.zip.xlsx", b"PK\x03\x04" + b"\x00" * 200),
    ],
)
def test_broken_file_is_told_in_french_and_nothing_is_written(
    terminal: Terminal, name: str, content: str | bytes
) -> None:
    ended = terminal.typed("import", "needs", terminal.file(name, content))
    assert ended.code == 1
    assert re.search(r"[éèàê']", ended.said)
    assert not re.search(r"Traceback|Error|Invalid", ended.said)
    assert terminal.count() == 0


def test_missing_file_is_told_in_french(terminal: Terminal) -> None:
    ended = terminal.typed("import", "needs", str(terminal.folder / "absent.csv"))
    assert ended.code != 0
    assert "absent.csv" in ended.said
    assert not re.search(r"does not exist|Invalid|Usage", ended.said)


def test_hard_lines_are_refused_one_by_one_and_the_others_kept(terminal: Terminal) -> None:
    lines = [
        {"id": "long", "texte": "mot " * 2_500_000},
        {"id": "control", "texte": f"\x00\x1b[31m{CAR}\u202e"},
        {"id": "formula", "texte": '=HYPERLINK("http://ailleurs.example";"cliquez ici")'},
        {"id": "number", "texte": 12},
        {"id": "list", "texte": ["Plus de car", "le soir venu"]},
        {"id": "empty", "texte": None},
        {"id": "x" * 500, "texte": DOCTOR},
        {"id": "good", "texte": CAR, "commune": "hirson"},
    ]
    content = "\n".join(json.dumps(line) for line in lines) + '\n{"id": "cut", "tex\n[1]\n\n'
    name = "n" * 100 + ".jsonl"
    values = terminal.typed("import", "needs", terminal.file(name, content), "--json").values
    refused = values["refused"]
    assert isinstance(refused, list)
    assert {one["source_id"][:10]: one["field"] for one in refused if one["line"] < 9} == {
        "long": "texte",
        "number": "texte",
        "empty": "texte",
    }
    assert [one["line"] for one in refused if one["field"] == "ligne"] == [9, 10]
    assert (values["received"], values["accepted"]) == (10, 5)
    assert all(len(one["reason"]) < 300 for one in refused)


def test_killed_import_leaves_all_or_nothing_and_can_be_repeated(terminal: Terminal) -> None:
    terminal.typed("import", "needs", terminal.file("before.csv", CSV))
    lines = (
        json.dumps(
            {"id": f"k-{rank}", "texte": f"{CAR} C'est la {rank}e fois.", "commune": "02381"}
        )
        for rank in range(MANY)
    )
    file = terminal.file("many.jsonl", "\n".join(lines))
    with terminal.started("import", "needs", file, "--json") as process:
        wait_for_the_writing(terminal, process)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert terminal.count() == 2
    values = terminal.typed("import", "needs", file, "--json").values
    assert (values["received"], values["accepted"], values["refused"]) == (MANY, MANY, [])
    assert terminal.count() == MANY + 2


def wait_for_the_writing(terminal: Terminal, process: subprocess.Popen[str]) -> None:
    """Return while the process is in the middle of its writing transaction."""
    engine = engine_for(terminal.url)
    held = (
        "SELECT count(*) FROM pg_locks WHERE relation = 'need'::regclass AND mode LIKE 'RowEx%'"
        if engine.dialect.name == "postgresql"
        else None
    )
    seen = 0
    while process.poll() is None and seen < 5:
        seen = seen + 1 if is_writing(engine, held) else 0
        time.sleep(0.02)
    engine.dispose()
    assert process.poll() is None, "the import ended before it could be killed"


def is_writing(engine: Engine, held: str | None) -> bool:
    """Whether somebody holds the writing lock of the database."""
    if held is not None:
        with engine.connect() as connection:
            return bool(connection.scalar(text(held)))
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA busy_timeout=0")
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("ROLLBACK")
    except Exception as refused:
        return "locked" in str(refused)
    finally:
        raw.close()
    return False


def test_regroup_gives_each_need_one_place(demonstration: Terminal) -> None:
    imported = demonstration.typed("import", "needs", demonstration.file("a.csv", CSV), "--json")
    values = demonstration.typed("regroup", "--json").values
    assert {"needs", "grouped", "isolated", "out_of_scope", "clusters", "seconds"} <= values.keys()
    grouped, isolated, out = (
        int(str(values[name])) for name in ("grouped", "isolated", "out_of_scope")
    )
    assert values["needs"] == grouped + isolated + out == demonstration.count()
    assert imported.values["accepted"] == values["read"] == 2
    assert "regroupements" in demonstration.typed("regroup").said


@pytest.mark.parametrize("words", ["regroup", "match", "agenda", "export"])
def test_command_on_an_empty_database_says_what_is_missing(terminal: Terminal, words: str) -> None:
    ended = terminal.typed(words)
    assert ended.code == 1
    assert "Aucune fabrique" in ended.said
    unknown = terminal.typed(words, "--fabrique", "inconnue")
    assert (unknown.code, "fabrique" in unknown.said) == (1, True)


def test_match_looks_at_every_open_opportunity_or_at_one(demonstration: Terminal) -> None:
    demonstration.typed("match")
    values = demonstration.typed("match", "--json").values
    assert values.keys() == {
        "opportunities",
        "proposed",
        "added",
        "withdrawn",
        "decided",
        "without_holder",
        "seconds",
    }
    assert (values["opportunities"], values["added"], values["withdrawn"]) == (10, 0, 0)
    one = demonstration.typed("match", "--opportunity", "O-2026-01", "--json").values
    assert one["opportunities"] == 1
    unknown = demonstration.typed("match", "--opportunity", "O-1999-01")
    assert (unknown.code, "Cette opportunité n'existe pas" in unknown.said) == (1, True)


def test_agenda_is_written_for_the_next_meeting_or_the_one_named(demonstration: Terminal) -> None:
    output = demonstration.folder / "documents"
    values = demonstration.typed("agenda", "--json", "--output", str(output)).values
    assert values.keys() == {
        "meeting",
        "items",
        "left_out",
        "minutes",
        "available_minutes",
        "files",
        "seconds",
    }
    assert int(str(values["minutes"])) <= int(str(values["available_minutes"]))
    assert sorted(path.name for path in output.iterdir()) == ["agenda.docx", "agenda.pdf"]
    named = demonstration.typed("agenda", "--meeting", "COTECH-2026-06", "--output", str(output))
    assert "Ordre du jour de COTECH-2026-06" in named.said
    unknown = demonstration.typed("agenda", "--meeting", "COPIL-1999-01")
    assert (unknown.code, unknown.stdout) == (1, "")


def test_agenda_of_a_new_database_plans_a_first_meeting(terminal: Terminal) -> None:
    terminal.typed("import", "needs", terminal.file("a.csv", CSV))
    output = str(terminal.folder / "documents")
    values = terminal.typed("agenda", "--json", "--output", output).values
    assert str(values["meeting"]).startswith("COPIL-")
    again = terminal.typed("agenda", "--json", "--output", output).values
    assert again["meeting"] == values["meeting"]


def test_export_writes_each_need_once_and_no_formula(terminal: Terminal) -> None:
    terminal.typed("import", "needs", terminal.file("a.csv", CSV))
    trick = 'texte\n"=HYPERLINK(""http://ailleurs.example"";""cliquez ici"")"\n'
    terminal.typed("import", "needs", terminal.file("b.csv", trick))
    values = terminal.typed("export", "--json", "--output", str(terminal.folder)).values
    assert values.keys() == {"files", "seconds"}
    sheet = openpyxl.load_workbook(terminal.folder / "needs.xlsx").active
    assert sheet.max_row == 4
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert {CAR, DOCTOR} <= {cell.value for cell in cells}


def test_doctor_says_what_to_do_until_it_is_done(terminal: Terminal) -> None:
    late = terminal.typed("doctor")
    assert late.code == 1
    assert "lancez « fabrique db upgrade »" in late.said
    terminal.typed("db", "upgrade")
    values = terminal.typed("doctor", "--json").values
    assert values.keys() == {"checks", "seconds"}
    found = values["checks"]
    assert isinstance(found, list)
    assert [check["name"] for check in found if not check["ok"]] == []
    assert {"Base de données", "Communes", "Langue", "Pages", "Courriel"} == {
        check["name"] for check in found
    }


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


def test_demonstration_prints_one_object_with_what_each_step_did(
    told: tuple[Path, Typed],
) -> None:
    folder, ended = told
    values = ended.values
    steps = ("needs", "groupings", "opportunities", "matches", "agenda")
    assert values.keys() == {*steps, "files", "seconds"}
    assert [Path(str(file)).name for file in _list(values["files"])] == [
        "agenda.docx",
        "agenda.pdf",
        "needs.xlsx",
    ]
    needs, groups = _dict(values["needs"]), _dict(values["groupings"])
    assert int(str(needs["accepted"])) >= 400
    assert int(str(needs["support_actors"])) >= 60
    assert int(str(needs["holders"])) >= 25
    assert int(str(needs["initiatives"])) >= 30
    assert _dict(values["opportunities"])["committees"] == 2
    assert groups["needs"] == needs["accepted"]
    assert groups["needs"] == sum(
        int(str(groups[name])) for name in ("grouped", "isolated", "out_of_scope")
    )
    assert {path.name for path in folder.iterdir()} == {
        "agenda.docx",
        "agenda.pdf",
        "demo.db",
        "needs.xlsx",
    }


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def _dict(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value


def test_agenda_in_word_has_headings_a_repeated_row_and_its_language(
    told: tuple[Path, Typed],
) -> None:
    document = Document(str(told[0] / "agenda.docx"))
    styles = [each.style.name for each in document.paragraphs if each.style is not None]
    assert any(name.startswith(("Heading", "Title")) for name in styles)
    assert any(name.startswith("Heading 1") for name in styles)
    tables = document.tables
    assert tables
    points = max(tables, key=lambda table: len(table.rows))
    header = points.rows[0]._tr.trPr
    assert header is not None
    assert header.find(qn("w:tblHeader")) is not None
    languages = {each.get(qn("w:val")) for each in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"fr-FR"}
    assert document.core_properties.language in {"fr-FR", "fr"}
    assert document.core_properties.title


def test_agenda_in_pdf_is_tagged_with_a_title_and_a_language(told: tuple[Path, Typed]) -> None:
    reader = PdfReader(told[0] / "agenda.pdf")
    root = reader.root_object
    assert root.raw_get("/MarkInfo").get_object()["/Marked"]
    assert str(root["/Lang"]).lower().startswith("fr")
    assert "/StructTreeRoot" in root
    assert reader.metadata is not None
    assert "Ordre du jour" in (reader.metadata.title or "")
    words = " ".join(page.extract_text() for page in reader.pages)
    assert "10 décembre 2026" in " ".join(words.split())


def test_needs_in_a_workbook_have_dates_that_are_dates(told: tuple[Path, Typed]) -> None:
    folder, ended = told
    book = openpyxl.load_workbook(folder / "needs.xlsx")
    sheet = book.active
    names = [cell.value for cell in sheet[1]]
    column = names.index("Date")
    days = [row[column].value for row in sheet.iter_rows(min_row=2)]
    assert len(days) == _dict(ended.values["needs"])["accepted"]
    assert all(isinstance(day, date | datetime) for day in days)
    assert sheet.freeze_panes
    assert sheet.auto_filter.ref


def test_service_answers_then_closes_when_asked(demonstration: Terminal) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with demonstration.started("serve", "--port", str(port), "--with-worker") as process:
        page = asked(f"http://127.0.0.1:{port}/", process)
        process.send_signal(signal.SIGINT)
        _stdout, stderr = process.communicate(timeout=60)
    assert "Fabrique à initiatives" in page
    assert "La fabrique est ouverte" in stderr
    assert "Traceback" not in stderr


def asked(url: str, process: subprocess.Popen[str]) -> str:
    """The page, once the service answers."""
    while process.poll() is None:
        try:
            with urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
                return str(answer.read().decode())
        except URLError:
            time.sleep(0.1)
    raise AssertionError(process.communicate())


def test_worker_works_until_it_is_stopped(demonstration: Terminal) -> None:
    with demonstration.started("work") as process:
        assert process.stderr is not None
        assert any("Le travail planifié est lancé" in line for line in process.stderr)
        process.send_signal(signal.SIGTERM)
        _stdout, stderr = process.communicate(timeout=60)
    assert "Traceback" not in stderr
