"""Commands that need a process of their own: killed in the middle, serving, working, telling the
demonstration; and the documents that it leaves."""

import json
import signal
import socket
import subprocess
import time
from datetime import date, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader
from sqlalchemy import Engine, text

from fabrique.core.db import engine_for
from tests.terminal import CAR, CSV, Terminal, Typed

pytestmark = pytest.mark.xdist_group("demonstration")

MANY = 30_000


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


@pytest.mark.parametrize("words", ["serve", "work"])
def test_service_does_not_start_without_its_model_and_says_why(
    terminal: Terminal, words: str
) -> None:
    with terminal.started(words, FABRIQUE_VECTORISER_PATH=str(terminal.folder)) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "FABRIQUE_VECTORISER_PATH" in said
    assert str(terminal.folder) in said
    assert "Traceback" not in said


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


def test_demonstration_prints_one_object_with_what_each_step_did(
    told_demo: tuple[Path, Typed],
) -> None:
    folder, ended = told_demo
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
    told_demo: tuple[Path, Typed],
) -> None:
    document = Document(str(told_demo[0] / "agenda.docx"))
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


def test_agenda_in_pdf_is_tagged_with_a_title_and_a_language(told_demo: tuple[Path, Typed]) -> None:
    reader = PdfReader(told_demo[0] / "agenda.pdf")
    root = reader.root_object
    assert root.raw_get("/MarkInfo").get_object()["/Marked"]
    assert str(root["/Lang"]).lower().startswith("fr")
    assert "/StructTreeRoot" in root
    assert reader.metadata is not None
    assert "Ordre du jour" in (reader.metadata.title or "")
    words = " ".join(page.extract_text() for page in reader.pages)
    assert "10 décembre 2026" in " ".join(words.split())


def test_needs_in_a_workbook_have_dates_that_are_dates(told_demo: tuple[Path, Typed]) -> None:
    folder, ended = told_demo
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
