"""Time as a value. Verbs receive ``now``; only the doors (request, job, command) ask a clock.
Working days follow the public holidays of metropolitan France."""

import datetime as dt
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo

import holidays

PARIS = ZoneInfo("Europe/Paris")


class Clock(Protocol):
    """Tells the present moment, always with a time zone."""

    def now(self) -> dt.datetime: ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(tz=dt.UTC)


def local_date(moment: dt.datetime) -> dt.date:
    """The day in France at that moment."""
    return moment.astimezone(PARIS).date()


@cache
def _public_holidays(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.country_holidays("FR", years=year))


def is_working_day(day: dt.date) -> bool:
    """Monday to Friday, public holidays excepted."""
    return day.weekday() < 5 and day not in _public_holidays(day.year)


def working_day_on_or_before(day: dt.date) -> dt.date:
    """The day itself if people work, else the last working day before it."""
    while not is_working_day(day):
        day -= dt.timedelta(days=1)
    return day
