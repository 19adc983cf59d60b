"""What the models were taught is told of any file, without its texts being kept."""

import json
from pathlib import Path

from typer.testing import CliRunner

from bench.__main__ import app
from bench.learnt import keys_of, load_learnt

WRITTEN = Path(__file__).parents[2] / "training" / "written_needs.jsonl"
NEW = "Le bac à sable du square des Tilleuls n’a plus de couvercle depuis la tempête d’hier."


def taught() -> dict[str, str]:
    """A need that we wrote to teach the models."""
    rows = (json.loads(line) for line in WRITTEN.read_text("utf-8").splitlines())
    return next(row for row in rows if row["need"])


def test_a_text_taught_is_known_whatever_its_case_and_spaces() -> None:
    text = taught()["text"]
    assert load_learnt().with_sector([text, f"  {text.upper()} !", NEW]) == 2
    assert load_learnt().with_group([text, NEW]) == 1


def test_texts_have_numbers_of_their_own() -> None:
    assert len(set(keys_of([NEW, taught()["text"], "Pas de bus", "pas de bus"]).tolist())) == 3
    assert keys_of([]).tolist() == []


def test_sectors_say_how_many_texts_are_not_new(tmp_path: Path) -> None:
    path = tmp_path / "besoins.jsonl"
    rows = [taught(), {"text": NEW, "sector": "jeunesse_education"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    command = ["sectors", "--gold", str(path)]
    found = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)["sectors"]
    assert (found["n"], found["learnt"]) == (2, 1)
    shown = CliRunner().invoke(app, command).stdout
    assert "pas nouveaux : 1 sur 2" in " ".join(shown.split())
