"""Commands as people type them: what they print, what they write, what they say of a mistake."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
import typer.main
from sqlalchemy import text
from typer.core import TyperCommand, TyperGroup, TyperOption

from fabrique.cli import app
from fabrique.core.db import Base, engine_for
from tests.terminal import CAR, CSV, DOCTOR, ROOT, Terminal


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


@pytest.mark.parametrize("words", ["doctor", "regroup", "match"])
def test_folder_without_a_model_is_named_in_a_french_sentence(
    terminal: Terminal, words: str
) -> None:
    terminal.typed("import", "needs", terminal.file("besoins.csv", CSV))
    folder = terminal.folder / "modèle [vide]"
    folder.mkdir()
    ended = terminal.typed(words, FABRIQUE_VECTORISER_PATH=str(folder))
    assert ended.code == 1
    assert f"FABRIQUE_VECTORISER_PATH : le dossier « {folder} » ne contient" in ended.said
    assert "Traceback" not in ended.said


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
    terminal.typed("db", "upgrade")
    ended = terminal.typed("import", "needs", terminal.file(name, content))
    assert ended.code == 1
    assert re.search(r"Aucune colonne|[Cc]e fichier|se lit pas|s'ouvre pas", ended.said)
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
        "list": "texte",
        "empty": "texte",
    }
    assert [one["line"] for one in refused if one["field"] == "ligne"] == [9, 10]
    assert (values["received"], values["accepted"]) == (10, 4)
    assert all(len(one["reason"]) < 300 for one in refused)


@pytest.mark.xdist_group("demonstration")
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


@pytest.mark.xdist_group("demonstration")
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


@pytest.mark.xdist_group("demonstration")
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
