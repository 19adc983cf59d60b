"""Files of needs: every good line becomes an entry, every bad one a reason with its place."""

import datetime as dt
import json
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.models import SOURCE_ID_MAX, SOURCE_MAX, NeedKind
from capture.needs_file import NeedsFile, read_needs_file
from fabrique.core.errors import Invalid
from fabrique.core.people import Quality
from fabrique.core.places import Gazetteer, gazetteer
from tests.builders import HIRSON

WORDS = "Le dernier car part à 17 h 40, le cours finit à 18 h."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def read(path: Path, places: Gazetteer) -> NeedsFile:
    return read_needs_file(path, source="tests", places=places)


def csv(folder: Path, content: str | bytes, name: str = "besoins.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_columns_are_found_by_name_in_any_order(folder: Path, places: Gazetteer) -> None:
    path = csv(
        folder,
        "Date;Commune;Besoin;Identifiant;Qualité;Type\n"
        f"03/11/2026;Hirson;{WORDS};a-1;élue;proposition\n",
    )
    (entry,) = read(path, places).entries
    assert entry.text == WORDS
    assert entry.commune == HIRSON
    assert entry.source_id == "a-1"
    assert entry.observed_on == dt.date(2026, 11, 3)
    assert (entry.kind, entry.quality) == (NeedKind.IDEA, Quality.ELECTED)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("besoins.csv", "texte;commune\nPas de médecin à la ronde, même l'été;Hirson\n"),
        ("besoins.jsonl", '{"texte": "Pas de médecin à la ronde, même l\'été"}\n'),
    ],
)
def test_old_encodings_are_read(folder: Path, places: Gazetteer, name: str, content: str) -> None:
    (entry,) = read(csv(folder, content.encode("cp1252"), name), places).entries
    assert entry.text == "Pas de médecin à la ronde, même l'été"


def test_long_names_fit_and_stay_two(folder: Path, places: Gazetteer) -> None:
    lines = [json.dumps({"id": "n" * 300 + end, "texte": WORDS}) for end in "ab"]
    path = csv(folder, "\n".join(lines), "besoins.jsonl")
    first, second = read_needs_file(path, source="s" * 300, places=places).entries
    assert first.source == second.source
    assert len(first.source) <= SOURCE_MAX
    assert first.source_id != second.source_id
    assert {len(first.source_id), len(second.source_id)} == {SOURCE_ID_MAX}


def test_list_instead_of_words_is_refused(folder: Path, places: Gazetteer) -> None:
    path = csv(folder, json.dumps({"texte": [WORDS, "et d'autres"]}), "besoins.jsonl")
    (refusal,) = read(path, places).refusals
    assert (refusal.field, refusal.reason) == ("texte", "text.not_words")


def test_spreadsheet_is_read(folder: Path, places: Gazetteer) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Titre", "Texte", "Code postal", "Date"])
    book.active.append(["Plus de car", WORDS, "02500", dt.datetime(2026, 11, 3)])  # noqa: DTZ001
    book.save(folder / "besoins.xlsx")
    (entry,) = read(folder / "besoins.xlsx", places).entries
    assert (entry.title, entry.observed_on) == ("Plus de car", dt.date(2026, 11, 3))
    assert places.commune(entry.commune or "") is not None


def test_json_lines_with_a_place_are_read(folder: Path, places: Gazetteer) -> None:
    line = {"id": "x", "text": WORDS, "place": {"commune": "Hirson", "code_insee": HIRSON}}
    path = csv(folder, json.dumps(line) + "\n\n", "besoins.jsonl")
    assert [entry.commune for entry in read(path, places).entries] == [HIRSON]


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        (f"{WORDS};Saint-Machin;2026-01-01", "commune", "commune.unknown"),
        (f"{WORDS};Saint-Michel;2026-01-01", "commune", "commune.homonyms"),
        ("court;Hirson;2026-01-01", "texte", "text.too_short"),
        (f"{'long ' * 2_100_000};Hirson;2026-01-01", "texte", "text.too_long"),
        (f"{WORDS};Hirson;hier", "date", "date.unreadable"),
        (f"{WORDS};Hirson;2026-01-01;une colonne de trop", "ligne", "line.broken"),
    ],
)
def test_bad_line_says_where_and_why_and_the_others_are_kept(
    folder: Path, places: Gazetteer, row: str, field: str, reason: str
) -> None:
    path = csv(folder, f"texte;commune;date\n{WORDS};Hirson;2026-01-01\n{row}\n")
    found = read(path, places)
    assert len(found.entries) == 1
    (refusal,) = found.refusals
    assert (refusal.line, refusal.field, refusal.reason) == (3, field, reason)


def test_broken_json_line_is_refused_alone(folder: Path, places: Gazetteer) -> None:
    good = json.dumps({"id": "x", "text": WORDS})
    found = read(csv(folder, f"{good}\n{{coupé\n[1]\n", "besoins.jsonl"), places)
    assert [entry.source_id for entry in found.entries] == ["x"]
    assert [(refusal.line, refusal.reason) for refusal in found.refusals] == [
        (2, "line.broken"),
        (3, "line.broken"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", "nom;ville\nx;y\n", "file.no_text_column"),
        ("a.csv", b"PK\x03\x04\x00\x00binary", "file.not_text"),
        ("a.csv", "", "file.no_text_column"),
        ("a.xlsx", b"not a workbook", "file.xlsx_broken"),
        ("a.pdf", b"%PDF", "file.kind_unknown"),
    ],
)
def test_unusable_file_says_so(
    folder: Path, places: Gazetteer, name: str, content: str | bytes, code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        read(csv(folder, content, name), places)


def test_control_characters_leave_and_words_stay(folder: Path, places: Gazetteer) -> None:
    line = json.dumps({"id": "x", "text": "Pas\u0000 de \u200bmédecin\u0007 ici, depuis deux ans"})
    (entry,) = read(csv(folder, line, "besoins.jsonl"), places).entries
    assert entry.text == "Pas de médecin ici, depuis deux ans"


def test_row_without_place_is_kept_without_place(folder: Path, places: Gazetteer) -> None:
    (entry,) = read(csv(folder, f"texte;commune\n{WORDS};\n"), places).entries
    assert entry.commune is None


def test_row_without_identifier_is_recognised_by_its_content(
    folder: Path, places: Gazetteer
) -> None:
    path = csv(folder, f"texte;commune\n{WORDS};Hirson\n{WORDS};Hirson\n{WORDS};Vervins\n")
    ids = [entry.source_id for entry in read(path, places).entries]
    assert ids[0] == ids[1] != ids[2]


@given(
    rows=st.lists(
        st.text(
            st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\x00"), max_size=60
        ),
        max_size=8,
    )
)
def test_no_line_is_lost(rows: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    lines = [json.dumps({"id": str(number), "text": text}) for number, text in enumerate(rows)]
    path = tmp_path_factory.mktemp("lines") / "besoins.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = read(path, gazetteer())
    out = [entry.source_id for entry in found.entries]
    out += [refusal.source_id for refusal in found.refusals]
    assert sorted(out) == sorted(str(number) for number in range(len(rows)))
