"""The small pure parts of the questions: twelve months, opinions, words marked, the cut of a
grouping, what is kept until something happens."""

import ast
import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

import capture
from capture.grouping import undoing
from capture.models import Criterion, Opinion
from capture.nlp.personal import PersonalKind, PersonalSpan
from capture.queries import history
from capture.queries.census import Kept
from capture.queries.opportunities import grid_of
from capture.queries.published import around, words_to_mark
from capture.queries.reshaping import smaller_side
from capture.queries.telling import Typed, parts_of, understood_place
from capture.queries.voices import NO_VOICE, counted_voices, twelve_months
from fabrique.core.access import Actor
from fabrique.core.journal import record
from fabrique.core.people import Person
from fabrique.core.places import Gazetteer
from fabrique.core.territories import Fabrique
from fabrique.web.labels.capture import ACTS
from tests.builders import HIRSON

TODAY = dt.date(2026, 11, 24)


def test_months_are_laid_from_a_year_ago_to_this_one() -> None:
    counted = [(2026, 11, 3), (2025, 12, 1), (2025, 11, 9), (2026, 12, 9)]
    assert twelve_months(counted, today=TODAY) == (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3)


@given(
    st.lists(
        st.tuples(st.integers(2024, 2027), st.integers(1, 12), st.integers(0, 50)), max_size=30
    )
)
def test_order_of_months_does_not_matter(counted: list[tuple[int, int, int]]) -> None:
    assert twelve_months(counted, today=TODAY) == twelve_months(counted[::-1], today=TODAY)


def test_voices_are_counted_where_a_place_is_known() -> None:
    lines = {1: [(HIRSON, 2, dt.date(2026, 3, 1)), (None, 1, dt.date(2025, 3, 1))]}
    voices = counted_voices(lines)[1]
    assert (voices.testimonies, voices.places, voices.communes, voices.first) == (
        3,
        ((HIRSON, 2),),
        1,
        dt.date(2025, 3, 1),
    )
    assert (NO_VOICE.testimonies, NO_VOICE.communes) == (0, 0)


def test_grid_counts_levels_and_says_whether_opinions_agree() -> None:
    opinions = [
        Opinion(criterion=criterion, level=level, comment="", person_id=rank)
        for criterion, levels in ((Criterion.G1, (3, 4, 4)), (Criterion.G3, (1, 4)))
        for rank, level in enumerate(levels)
    ]
    grid = {line.criterion: line for line in grid_of(opinions)}
    assert len(grid) == 7
    assert (grid[Criterion.G1].levels, grid[Criterion.G1].agree) == ((0, 0, 0, 1, 2), True)
    assert (grid[Criterion.G3].mean, grid[Criterion.G3].agree) == (2.5, False)
    assert grid[Criterion.G2].mean is None


@pytest.mark.parametrize(
    ("text", "keywords", "marked"),
    [
        ("Les cars du Car partent", ["car"], ("cars", "Car")),
        ("La santé des aînés", ["sante", "aine"], ("santé", "aînés")),
        ("Le carton", ["car"], ()),
        ("", ["car"], ()),
    ],
)
def test_key_words_are_found_but_for_accents_and_plural(
    text: str, keywords: list[str], marked: tuple[str, ...]
) -> None:
    assert words_to_mark(text, keywords) == marked


def test_long_sentence_is_shortened_around_its_passage() -> None:
    text = "On attend le car du soir depuis des mois et puis Mme Lefèbvre a arrêté sa formation."
    start = text.index("Mme")
    span = PersonalSpan(start=start, end=start + 12, kind=PersonalKind.NAME, replacement="[nom]")
    parts = parts_of(text, [span], (0, len(text)))
    assert parts[0].text == "… "
    assert [part.replacement for part in parts if part.replacement] == ["[nom]"]
    assert "".join(part.text for part in parts).endswith("a arrêté sa formation.")


def test_cut_takes_the_few_that_differ_out() -> None:
    bus, doctor = [1.0, 0.0], [0.0, 1.0]
    rows = np.array([bus, bus, doctor, bus], dtype=np.float32)
    assert smaller_side(rows) == [False, False, True, False]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20))
def test_cut_never_takes_more_than_half(directions: list[int]) -> None:
    rows = np.eye(4, dtype=np.float32)[directions]
    leaves = smaller_side(rows)
    assert len(leaves) == len(rows)
    assert 2 * sum(leaves) <= len(rows)
    assert not any(leaves) or len(set(directions)) > 1


def test_neighbours_of_a_commune_ignore_the_border_of_the_departement(places: Gazetteer) -> None:
    hirson = places.commune(HIRSON)
    assert hirson is not None
    codes = around(places, hirson)
    assert {HIRSON, "59249"} <= set(codes)
    assert "80021" not in codes


@pytest.mark.parametrize(
    ("typed", "name", "choices", "is_exact"),
    [
        (Typed(place="02500 Hirson"), "Hirson", 0, True),
        (Typed(place="hirson"), "Hirson", 0, True),
        (Typed(place="Saint-Machin"), None, 0, False),
        (Typed(place=""), None, 0, False),
        (Typed(place="Saint-Michel", insee_code="02684"), "Saint-Michel", 0, True),
        (Typed(place="Hirson", insee_code="80021"), "Hirson", 0, True),
    ],
)
def test_place_is_understood_as_it_is_typed(
    places: Gazetteer, typed: Typed, name: str | None, choices: int, is_exact: bool
) -> None:
    where = understood_place(typed, places)
    assert (where.commune.name if where.commune else None, len(where.choices)) == (name, choices)
    assert where.is_exact is is_exact


def test_counts_are_kept_until_the_journal_has_a_line(
    session: Session, fabrique: Fabrique, coordinator: tuple[Person, Actor], now: dt.datetime
) -> None:
    kept: Kept[list[int]] = Kept()
    made: list[int] = []

    def count() -> list[int]:
        made.append(len(made))
        return list(made)

    first = kept.get(session, fabrique.id, count, day=TODAY)
    assert kept.get(session, fabrique.id, count, day=TODAY) is first
    record(session, coordinator[1], "cluster.confirmed", "R-2026-001", now=now)
    assert kept.get(session, fabrique.id, count, day=TODAY) == [0, 1]
    assert kept.get(session, fabrique.id, count, day=TODAY + dt.timedelta(days=1)) == [0, 1, 2]


def test_every_act_that_can_be_undone_is_offered_as_such() -> None:
    assert history.UNDOABLE == undoing._UNDOABLE


def test_every_act_on_a_dossier_has_its_french_words() -> None:
    root = Path(capture.__file__).parent
    acts = {
        node.args[2].value
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "record"
        and len(node.args) > 3
        and isinstance(node.args[2], ast.Constant)
    }
    # A passage and an import are about no dossier: no page tells them.
    assert acts - set(ACTS) == {"grouping.done", "needs.imported"}
