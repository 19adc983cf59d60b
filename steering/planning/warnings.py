"""What to know before a meeting, as facts: nothing here forbids anything."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fabrique.core.text import fold
from steering.planning.calendar import convocation_deadline, quorum
from steering.planning.points import Fact, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody who sits: the name, the body represented, and whether the seat votes."""

    name: str
    organisation: str
    is_voting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A point of the agenda as these warnings see it."""

    number: int
    kind: str
    minutes: int
    has_rapporteur: bool
    has_proposal: bool
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recusal:
    """A member who is bound to a candidate of a point, and must not take part in it."""

    number: int
    member: str
    organisation: str


def to_know(
    points: Sequence[Spoken],
    members: Sequence[Member],
    *,
    minutes: int,
    meeting_day: dt.date,
    notice_days: int,
    today: dt.date,
    is_convened: bool,
) -> tuple[Fact, ...]:
    """The facts a coordinator must know, the most pressing first."""
    return (
        *_over_run(points, minutes),
        *_convocation(meeting_day, notice_days, today, is_convened=is_convened),
        *(
            Fact("recusal", {"number": found.number, "member": found.member})
            for found in recusals(points, members)
        ),
        *_unprepared(points),
        *_quorum(members),
    )


def recusals(points: Iterable[Spoken], members: Iterable[Member]) -> tuple[Recusal, ...]:
    """Members whose name or organisation is a candidate's, whatever accents, case and hyphens."""
    sitting = list(members)
    found = []
    for point in points:
        candidates = {fold(name) for name in point.candidates if name.strip()}
        found += [
            Recusal(number=point.number, member=member.name, organisation=member.organisation)
            for member in sitting
            if fold(member.organisation) in candidates or fold(member.name) in candidates
        ]
    return tuple(found)


def _over_run(points: Sequence[Spoken], minutes: int) -> Iterator[Fact]:
    used = sum(point.minutes for point in points)
    if used > minutes:
        yield Fact("over_run", {"over": used - minutes})


def _convocation(
    meeting_day: dt.date, notice_days: int, today: dt.date, *, is_convened: bool
) -> Iterator[Fact]:
    if is_convened or today > meeting_day:
        return
    deadline = convocation_deadline(meeting_day, notice_days=notice_days)
    values: dict[str, Value] = {"day": deadline.isoformat(), "notice_days": notice_days}
    yield Fact("convocation_due" if today <= deadline else "convocation_late", values)


def _unprepared(points: Sequence[Spoken]) -> Iterator[Fact]:
    for point in points:
        if point.kind == "decision" and not point.has_proposal:
            yield Fact("no_proposal", {"number": point.number})
    silent = sum(1 for point in points if not point.has_rapporteur)
    if silent:
        yield Fact("no_rapporteur", {"count": silent})


def _quorum(members: Sequence[Member]) -> Iterator[Fact]:
    voting = sum(1 for member in members if member.is_voting)
    if voting:
        yield Fact("quorum", {"needed": quorum(voting), "voting": voting})
    else:
        yield Fact("no_voting_seat")
