"""What cannot be measured: one French sentence, no figure, and an exit code that says so."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.__main__ import app

BUS = {"text": "Il manque un bus le soir", "sector": "mobilite", "group": "bus"}


def a_file(folder: Path, *rows: dict[str, object]) -> Path:
    path = folder / "besoins.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def refusal(*words: str) -> str:
    """What is said by a command that refuses."""
    ended = CliRunner().invoke(app, list(words), env={"COLUMNS": "400"})
    assert ended.exit_code == 2
    assert ended.stdout == ""
    assert not re.search(r"Traceback|Invalid|Usage|exist\b", ended.stderr)
    return " ".join(ended.stderr.replace("\xa0", " ").split())


@pytest.mark.parametrize(
    ("words", "rows", "said"),
    [
        ("sectors --gold", [], "ce fichier est vide"),
        ("grouping --gold", [], "ce fichier est vide"),
        ("stability --needs", [], "ce fichier est vide"),
        ("scale --n 10 --needs", [], "ce fichier est vide"),
        ("sectors --gold", [{"text": "Il manque un bus"}], "aucun besoin n’a de « sector »"),
        ("sectors --gold", [BUS, BUS | {"sector": "transports"}], "ligne 2 : le secteur"),
        ("sectors --gold", [BUS | {"secondary": ["transports"]}], "ligne 1 : le secteur"),
        ("grouping --gold", [{"text": "Il manque un bus"}], "au moins deux besoins"),
        ("grouping --with-noise --gold", [{"text": "Il manque un bus"}], "au moins deux besoins"),
        ("grouping --gold", [BUS], "au moins deux besoins"),
        ("river --needs", [BUS], "ligne 1 : il manque « id »"),
    ],
)
def test_file_that_cannot_be_measured_is_refused(
    tmp_path: Path, words: str, rows: list[dict[str, object]], said: str
) -> None:
    path = a_file(tmp_path, *rows)
    assert said in refusal(*words.split(), str(path))
    assert path.name in refusal(*words.split(), str(path), "--json")


def test_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "ce fichier n’existe pas" in refusal("sectors", "--gold", str(tmp_path / "rien"))


@pytest.mark.parametrize("told", ["abc", "", "0", "-5", "1 000", "1000,", "1e3"])
def test_sizes_that_are_not_numbers_of_needs_are_refused(told: str) -> None:
    assert "n’est pas une taille" in refusal("scale", "--n", told)


def test_an_option_that_does_not_suit_is_named() -> None:
    assert "« --gold »" in refusal("sectors")
    assert "« --rows »" in refusal("import", "--rows", "beaucoup")


def test_a_question_with_one_need_is_left_out_and_named(tmp_path: Path) -> None:
    lone, *pair = (BUS | {"question": question} for question in ("q1", "q2", "q2"))
    path = a_file(tmp_path, lone, *pair)
    ended = CliRunner().invoke(app, ["grouping", "--gold", str(path), "--json"])
    found = json.loads(ended.stdout)["grouping"]
    assert (found["n"], found["left_out"]) == (2, ["besoins · q1"])


def test_texts_without_words_make_the_peer_absent_and_the_answer_stands(tmp_path: Path) -> None:
    rows = [BUS | {"text": text, "group": text} for text in ("a", "", "b", "a")]
    ended = CliRunner().invoke(app, ["grouping", "--gold", str(a_file(tmp_path, *rows)), "--json"])
    found = json.loads(ended.stdout)["grouping"]
    assert found["engine"]["own_k"]["k"] >= 1
    assert found["peers"]["tfidf_kmeans"] == {"absent": "ces textes n’ont aucun mot à compter"}


def test_few_needs_have_a_cost(tmp_path: Path) -> None:
    rows = [BUS, BUS | {"text": "La crèche est pleine"}]
    path = str(a_file(tmp_path, *rows))
    ended = CliRunner().invoke(app, ["scale", "--n", "1", "--needs", path, "--json"])
    assert json.loads(ended.stdout)["scale"][0]["n"] == 1
