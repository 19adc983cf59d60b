"""The clock of an introduction (9, 21, 45 days) and the date of an orphan (90 days)."""

import datetime as dt

import pytest

from matching.scoring.follow_up import FollowUpClock, Step, follow_up_clock, orphan_on

SENT = dt.date(2026, 11, 11)


@pytest.mark.parametrize(
    ("day", "step", "next_day", "is_due"),
    [
        (0, Step.WAITING, 9, False),
        (8, Step.WAITING, 9, False),
        (9, Step.REMIND, 21, True),
        (20, Step.REMIND, 21, True),
        (21, Step.LAST_CHANCE, 45, True),
        (44, Step.LAST_CHANCE, 45, True),
        (45, Step.OVER, None, False),
        (400, Step.OVER, None, False),
    ],
)
def test_clock_changes_on_the_day_of_each_mark(
    day: int, step: Step, next_day: int | None, is_due: bool
) -> None:
    clock = follow_up_clock(SENT, SENT + dt.timedelta(days=day))
    next_on = None if next_day is None else SENT + dt.timedelta(days=next_day)
    assert clock == FollowUpClock(day=day, step=step, next_on=next_on, is_due=is_due)


def test_reminder_after_a_mark_waits_for_the_next_one() -> None:
    reminded_on = SENT + dt.timedelta(days=10)
    soon = follow_up_clock(SENT, SENT + dt.timedelta(days=12), reminded_on=reminded_on)
    later = follow_up_clock(SENT, SENT + dt.timedelta(days=21), reminded_on=reminded_on)
    assert (soon.is_due, later.is_due) == (False, True)


def test_sending_dated_after_today_counts_as_today() -> None:
    assert follow_up_clock(SENT, SENT - dt.timedelta(days=1)).day == 0


def test_orphan_after_ninety_days_without_holder() -> None:
    assert orphan_on(dt.date(2026, 10, 11)) == dt.date(2027, 1, 9)
