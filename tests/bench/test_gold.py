"""Files of needs and pairs as people write them."""

import json
from pathlib import Path

import pytest
import typer

from bench.gold import read_gold, read_pairs, read_texts


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


GOOD = {"text": "Il manque un bus", "s1": "un bus", "s2": "un car", "score": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        {"score": "haut"},
        {"score": None},
        {"score": float("nan")},
        {"score": True},
        {"s1": None},
        {"s1": 3},
    ],
)
def test_a_pair_that_cannot_be_understood_is_refused_with_its_line(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    path = written(tmp_path, GOOD, GOOD | wrong)
    with pytest.raises(typer.BadParameter, match="ligne 2"):
        read_pairs(path)


def test_pairs_are_measured_in_one_way(tmp_path: Path) -> None:
    labelled = {"s1": "un bus", "s2": "un car", "label": 1}
    with pytest.raises(typer.BadParameter, match="ligne 1"):
        read_pairs(written(tmp_path, GOOD, labelled))


@pytest.mark.parametrize("label", ["oui", 2, 0.5, None])
def test_a_label_that_says_neither_yes_nor_no_is_refused(tmp_path: Path, label: object) -> None:
    with pytest.raises(typer.BadParameter, match="ligne 1 : « label »"):
        read_pairs(written(tmp_path, {"s1": "a", "s2": "b", "label": label}))


def test_a_label_may_be_a_number_with_a_point(tmp_path: Path) -> None:
    rows = [{"s1": "a", "s2": "b", "label": label} for label in (1.0, 0.0, True, False)]
    assert read_pairs(written(tmp_path, *rows)).labels == (True, False, True, False)


@pytest.mark.parametrize(
    "wrong", [{}, {"text": 3}, {"text": "a", "group": ["g"]}, {"text": "a", "secondary": "sante"}]
)
def test_a_need_that_cannot_be_understood_is_refused_with_its_line(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    with pytest.raises(typer.BadParameter, match="ligne 2"):
        read_gold([written(tmp_path, GOOD, wrong)])


def test_zero_is_the_name_of_a_group(tmp_path: Path) -> None:
    (found,) = read_gold([written(tmp_path, {"text": "a", "group": 0}, {"text": "b", "group": ""})])
    assert [need.group for need in found.needs] == ["0", ""]


def test_a_file_opened_by_a_mark_of_its_encoding_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text('{"text": "La crèche est pleine"}\n', encoding="utf-8-sig")
    assert read_texts(path) == ["La crèche est pleine"]


def test_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes('{"text": "un"}\n{"text": "La crèche"}\n'.encode("latin-1"))
    with pytest.raises(typer.BadParameter, match="ligne 2 : ce n’est pas de l’UTF-8"):
        read_texts(path)


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text(content, encoding="utf-8")
    for read in (read_texts, read_pairs, lambda file: read_gold([file])):
        with pytest.raises(typer.BadParameter, match="vide"):
            read(path)


@pytest.mark.parametrize("name", ["nulle-part.jsonl", "."])
def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(typer.BadParameter, match="ce fichier"):
        read_texts(tmp_path / name)
