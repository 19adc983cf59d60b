"""Working days of France."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabrique.core.clock import is_working_day, local_date, working_day_on_or_before


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (dt.date(2026, 11, 11), False),
        (dt.date(2026, 11, 22), False),
        (dt.date(2026, 11, 23), True),
        (dt.date(2026, 7, 14), False),
        (dt.date(2026, 4, 6), False),
        (dt.date(2027, 5, 6), False),
    ],
)
def test_working_day(day: dt.date, works: bool) -> None:
    assert is_working_day(day) is works


@given(st.dates(dt.date(2020, 1, 10), dt.date(2040, 12, 31)))
def test_working_day_before_is_near_and_worked(day: dt.date) -> None:
    found = working_day_on_or_before(day)
    assert is_working_day(found)
    assert dt.timedelta(0) <= day - found <= dt.timedelta(days=5)


def test_late_evening_in_utc_is_tomorrow_in_france() -> None:
    assert local_date(dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC)) == dt.date(2026, 11, 23)
