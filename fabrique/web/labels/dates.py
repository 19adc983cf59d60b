"""Dates and hours in French words: « lundi 23 novembre 2026 », « 14 h 05 », « hier ».

Nothing here reads the clock: what depends on today is given it.
"""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_date

from fabrique.web.labels.typography import NBSP

PARIS = ZoneInfo("Europe/Paris")


def local(moment: datetime) -> datetime:
    """Return an aware moment at the hour of Paris; a naive one is refused with ValueError."""
    if moment.tzinfo is None:
        raise ValueError("a moment shown to people must carry its time zone")
    return moment.astimezone(PARIS)


def _as_day(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def _written(value: date | datetime, pattern: str) -> str:
    shown = _as_day(value)
    day_of_month = "1er" if shown.day == 1 else str(shown.day)
    return format_date(shown, pattern.replace("d", f"'{day_of_month}'"), locale="fr")


def long_day(value: date | datetime) -> str:
    """Return « lundi 23 novembre 2026 »."""
    return _written(value, f"EEEE{NBSP}d{NBSP}MMMM{NBSP}y")


def day(value: date | datetime, today: date | None = None) -> str:
    """Return « 23 novembre 2026 », without the year when it is that of today."""
    same_year = today is not None and _as_day(value).year == today.year
    return _written(value, f"d{NBSP}MMMM" if same_year else f"d{NBSP}MMMM{NBSP}y")


def month(value: date | datetime) -> str:
    """Return « novembre 2026 »."""
    return format_date(_as_day(value), f"MMMM{NBSP}y", locale="fr")


def short_month(value: date | datetime) -> str:
    """Return the month as on a calendar leaf: « déc. »."""
    return format_date(_as_day(value), "MMM", locale="fr")


def hour(value: datetime | time, *, minutes: bool = False) -> str:
    """Return « 14 h 05 », and « 14 h » on the hour unless minutes are wanted in a column."""
    shown = local(value) if isinstance(value, datetime) else value
    after = f"{NBSP}{shown.minute:02d}" if minutes or shown.minute else ""
    return f"{shown.hour}{NBSP}h{after}"


def moment(value: datetime, today: date | None = None) -> str:
    """Return « 12 mars 2026, 18 h 04 »."""
    return f"{day(value, today)}, {hour(value)}"


def ago(value: date | datetime, today: date) -> str:
    """Return « aujourd’hui », « hier », « demain », else the day in words."""
    match (_as_day(value) - today).days:
        case 0:
            return "aujourd’hui"
        case -1:
            return "hier"
        case 1:
            return "demain"
        case _:
            return day(value, today)


def duration(minutes: int) -> str:
    """Return « 45 min », « 2 h », « 1 h 30 »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NBSP}min"
    return f"{hours}{NBSP}h{NBSP}{rest:02d}" if rest else f"{hours}{NBSP}h"
