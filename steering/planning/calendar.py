"""The days that count before a meeting: when the convocation leaves, until when people answer."""

import datetime as dt

from fabrique.core.clock import is_working_day, working_day_on_or_before

# Four working days leave the coordination the time to look for mandates when quorum is short.
ANSWER_WORKING_DAYS = 4


def convocation_deadline(meeting_day: dt.date, *, notice_days: int) -> dt.date:
    """The last working day on which the convocation may leave, ``notice_days`` before.

    French rule for consultative bodies: five days at least (décret 2006-672, art. 9 and
    following, now CRPA R. 133-3 and following); each committee sets its own number.
    """
    return working_day_on_or_before(meeting_day - dt.timedelta(days=notice_days))


def answer_before(meeting_day: dt.date) -> dt.date:
    """The day before which members say whether they come or give a mandate."""
    return working_days_before(meeting_day, ANSWER_WORKING_DAYS)


def working_days_before(day: dt.date, count: int) -> dt.date:
    """The working day that leaves ``count`` working days, itself included, before ``day``."""
    while count:
        day -= dt.timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day


def quorum(voting_seats: int) -> int:
    """Half of the voting members, rounded up (same rules); 0 when nobody votes."""
    return (voting_seats + 1) // 2
