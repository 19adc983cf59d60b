"""What a measure tells: one JSON object, or a table; a peer that is not there is named."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from bench.__main__ import app
from bench.answers import Answer, Figures, Table, tell, written
from bench.grouping_means import Measured, means, table, times_best_peer
from bench.peers import PeerAbsentError, or_absent, package
from bench.readers import Page, read_pages
from bench.scale import Cost, cost_tables

FIGURES = {"k": 2.0, "v": 0.5, "ari": 0.4, "pairwise_f1": 0.3, "b3_f1": 0.6}


def measured(v: float, *, groups: float = 2) -> Measured:
    return Measured(
        scored=10,
        learnt=4,
        learnt_groups=3,
        given=12,
        groups=groups,
        out_of_scope=1,
        seconds=1.0,
        group_seconds=0.5,
        engine={"own_k": FIGURES | {"v": v}, "known_k": FIGURES | {"v": v}},
        peers={"words": {"known_k": FIGURES}},
        absent={"umap": "umap-learn n’est pas installé"},
    )


def test_json_is_one_object_under_the_key_of_the_measure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell(Answer(key="similarity", figures={"n": 3}, tables=()), as_json=True)
    assert json.loads(capsys.readouterr().out) == {"similarity": {"n": 3}}


def test_a_table_shows_its_title_and_figures(capsys: pytest.CaptureFixture[str]) -> None:
    shown = Table(title="Essai", columns=("", "F1"), rows=[("moteur", 0.12345)])
    tell(Answer(key="x", figures={}, tables=(shown,)), as_json=False)
    said = capsys.readouterr().out
    assert "Essai" in said
    assert "0.123" in said


def test_what_a_row_is_about_is_read_whole_in_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    tell(Answer(key="x", figures={}, tables=(table(measured(0.5), title="Essai"),)), as_json=False)
    said = " ".join(capsys.readouterr().out.split())
    assert "│ moteur │" in said
    assert "umap est absent : umap-learn n’est pas installé" in said
    assert "méthode de Ward, et non celle du service" in said


def test_cost_of_a_million_needs_is_read_in_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    cost = Cost(
        n=1_000_000,
        written=20_000,
        vectorise_s=41.25,
        kinds_s=509.5,
        group_s=4128.5,
        groups=142_857,
        peak_mib=12_345.6,
        similar_p95_ms=123.456,
        similar_recall=0.998,
        index_s=321.5,
    )
    tables = cost_tables([cost], ["umap-learn n’est pas installé"])
    tell(Answer(key="scale", figures={}, tables=tables), as_json=False)
    said = capsys.readouterr().out
    assert "…" not in said
    for figure in ("1 000 000", "24 242", "4 128", "142 857", "12 346", "0.998"):
        assert figure in said


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "–"), (True, "oui"), (45000, "45 000"), (0.5, "0.500"), (1234.5, "1 234"), ("a", "a")],
)
def test_figures_are_shown_plainly(value: float | str | None, shown: str) -> None:
    assert written(value) == shown


def test_a_package_that_is_not_installed_makes_its_peer_absent() -> None:
    with pytest.raises(PeerAbsentError, match="rien-de-tel"):
        package("no_such_package_at_all", name="rien-de-tel")


def test_an_absent_peer_is_told_with_its_reason() -> None:
    def measure() -> Figures:
        raise PeerAbsentError("umap-learn n’est pas installé")

    assert or_absent(measure) == {"absent": "umap-learn n’est pas installé"}


def test_means_give_each_set_the_same_weight() -> None:
    whole = means([measured(0.5), measured(1.0, groups=4)])
    assert whole.engine["known_k"]["v"] == 0.75
    assert (whole.scored, whole.groups) == (20, 3.0)
    assert (whole.learnt, whole.learnt_groups) == (8, 6)


def test_a_peer_absent_from_one_set_is_absent_from_the_mean() -> None:
    without = replace(measured(0.5), peers={}, absent={"words": "aucun mot"})
    whole = means([measured(0.5), without])
    assert whole.peers == {}
    assert whole.absent["words"] == "aucun mot"


def test_absent_peers_stand_in_the_json() -> None:
    peers = measured(0.5).as_json()["peers"]
    assert peers == {
        "words": {"known_k": FIGURES},
        "umap": {"absent": "umap-learn n’est pas installé"},
    }


def test_times_best_peer_compares_with_the_best_figure_of_any_peer() -> None:
    assert times_best_peer(measured(0.75))["v"] == 1.5


def test_key_words_alone_answer_out_of_scope_when_no_word_is_known() -> None:
    from bench.sectors import key_words_alone  # noqa: PLC0415 - loads the French tokeniser

    assert key_words_alone(["Il manque un bus et un covoiturage.", "xyz"]) == [
        "mobilite",
        "hors_champ",
    ]


def test_similarity_command_measures_a_file_of_pairs(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    rows = [
        {"s1": "Il manque un bus", "s2": "Il manque un bus", "score": 5},
        {"s1": "Il manque un bus", "s2": "Pas de bus le soir", "score": 3},
        {"s1": "Il manque un bus", "s2": "La crèche est pleine", "score": 0},
    ]
    pairs.write_text("".join(json.dumps(row) + "\n" for row in rows))
    answer = CliRunner().invoke(app, ["similarity", "--pairs", str(pairs), "--json"])
    found = json.loads(answer.stdout)["similarity"]
    assert (found["n"], found["spearman"]) == (3, pytest.approx(1.0))
    assert set(found["peers"]) == {"words_tfidf", "letters_3_5", "minilm"}


def test_readers_say_which_pages_could_not_be_read() -> None:
    # Nobody listens on port 1: each reading fails, and is counted.
    reads = read_pages(1, [Page(name="accueil", path="/")], readers=2, requests=4)
    assert [(read.page, read.status) for read in reads] == [("accueil", 0)] * 4
    assert np.all([read.ms >= 0 for read in reads])
