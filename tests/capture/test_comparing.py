"""What is kept of needs to compare them: rows as long, and a subject for each."""

import numpy as np
import pytest

from capture.grouping.comparing import rows_of, subject_of
from capture.nlp.sectors import Sector


def test_rows_come_back_as_they_were_kept() -> None:
    rows = np.arange(6, dtype=np.float32).reshape(3, 2)
    assert np.array_equal(rows_of([row.tobytes() for row in rows]), rows)
    assert rows_of([]).shape == (0, 0)
    assert rows_of([b"", b""]).shape == (2, 0)


def test_rows_of_two_readers_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="as long"):
        rows_of([np.ones(2, dtype=np.float32).tobytes(), b""])


@pytest.mark.parametrize(
    ("chosen", "subject"),
    [
        (Sector.SANTE, Sector.SANTE),
        (None, Sector.MOBILITE),
        (Sector.HORS_CHAMP, Sector.MOBILITE),
        (Sector.TRANSVERSAL, Sector.MOBILITE),
    ],
)
def test_subject_is_what_a_person_chose_unless_it_is_none(
    chosen: Sector | None, subject: Sector
) -> None:
    assert subject_of(chosen, Sector.MOBILITE) is subject
