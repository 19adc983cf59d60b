"""Files of needs and pairs as people write them."""

import json
from pathlib import Path

import pytest
import typer

from bench.gold import read_gold, read_pairs


def written(folder: Path, *rows: dict[str, object], name: str = "file.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_file_is_one_set(tmp_path: Path) -> None:
    path = written(tmp_path, {"id": "1", "text": "a", "group": "g"}, {"id": "2", "text": "b"})
    (found,) = read_gold([path])
    assert found.name == "file"
    assert [(need.id, need.group) for need in found.needs] == [("1", "g"), ("2", "")]


def test_questions_are_sets_even_when_their_groups_share_a_name(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {"text": "a", "group": "g", "question": "q1"},
        {"text": "b", "group": "g", "question": "q2"},
        {"text": "c", "group": "g", "question": "q1"},
    )
    assert [(one.name, len(one.needs)) for one in read_gold([path])] == [
        ("file · q1", 2),
        ("file · q2", 1),
    ]


def test_parts_read_by_several_annotators_are_sets_too(tmp_path: Path) -> None:
    path = written(tmp_path, {"text": "a", "part": 0}, {"text": "b", "part": 1})
    assert [one.name for one in read_gold([path])] == ["file · 0", "file · 1"]


def test_several_files_are_several_sets(tmp_path: Path) -> None:
    paths = [written(tmp_path, {"text": "a"}, name=name) for name in ("one.jsonl", "two.jsonl")]
    assert [one.name for one in read_gold(paths)] == ["one", "two"]


def test_pairs_with_a_score(tmp_path: Path) -> None:
    pairs = read_pairs(written(tmp_path, {"s1": "a", "s2": "b", "score": 2.5}))
    assert (pairs.first, pairs.second, pairs.scores, pairs.labels) == (("a",), ("b",), (2.5,), ())


def test_pairs_with_a_label_written_as_a_number_or_a_word(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"s1": "a", "s2": "b", "label": label}
        for label in (1, 0, "entailment", "neutral", "contradiction")
    ]
    assert read_pairs(written(tmp_path, *rows)).labels == (True, False, True, False, False)


@pytest.mark.parametrize("row", [{"s1": "a", "s2": "b"}, {"s1": "a", "score": 1}, {"score": 1}])
def test_pairs_that_say_nothing_are_refused(tmp_path: Path, row: dict[str, object]) -> None:
    with pytest.raises(typer.BadParameter):
        read_pairs(written(tmp_path, row))


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text('{"text": "a"}\nnot json\n', encoding="utf-8")
    with pytest.raises(typer.BadParameter, match="ligne 2"):
        read_gold([path])
