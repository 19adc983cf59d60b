"""The sectors of a gold file: the secondary ones too, and how many texts were learnt."""

import pytest

from bench.sectors import secondary_figures
from capture.nlp.sectors import Sector, SectorReading


def a_reading(*secondary: Sector) -> SectorReading:
    return SectorReading(
        principal=Sector.MOBILITE, subject=Sector.MOBILITE, secondary=secondary, scores={}
    )


def test_secondary_sectors_of_a_hand_example() -> None:
    readings = [
        a_reading(Sector.SANTE, Sector.HABITAT),
        a_reading(),
        a_reading(Sector.ENERGIE),
        a_reading(Sector.CULTURE_TOURISME),
    ]
    # Told 3, named 3 among the needs asked about (the last was not), both 1.
    assert secondary_figures([["sante"], ["numerique", "commerce"], [], None], readings) == {
        "n": 3,
        "gold": 3,
        "named": 3,
        "precision": pytest.approx(1 / 3),
        "recall": pytest.approx(1 / 3),
    }


def test_secondary_sectors_nobody_was_asked_for_are_not_measured() -> None:
    figures = secondary_figures([None], [a_reading(Sector.SANTE)])
    assert (figures["n"], figures["precision"], figures["recall"]) == (0, None, None)


def test_secondary_sectors_that_nobody_told_have_no_recall() -> None:
    figures = secondary_figures([[]], [a_reading(Sector.SANTE)])
    assert (figures["precision"], figures["recall"]) == (0.0, None)
