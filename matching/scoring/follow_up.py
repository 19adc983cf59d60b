"""Time that passes after an introduction is sent or an opportunity opened: when to remind, when to
stop, when a committee has to be told. The marks are those of Conseillers-entreprises: 9, 21, 45."""

import datetime as dt
import enum
from dataclasses import dataclass

REMIND_DAY, LAST_CHANCE_DAY, STOP_DAY = 9, 21, 45
ORPHAN_DAYS = 90


class Step(enum.StrEnum):
    """Where an unanswered introduction stands on the line of 45 days."""

    WAITING = "waiting"
    REMIND = "remind"
    LAST_CHANCE = "last_chance"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpClock:
    """``day`` is counted from 0 on the day of sending; ``next_on`` is the next mark, None once
    over; ``is_due`` says that a mark was passed without a reminder since."""

    day: int
    step: Step
    next_on: dt.date | None
    is_due: bool


def follow_up_clock(
    sent_on: dt.date, today: dt.date, *, reminded_on: dt.date | None = None
) -> FollowUpClock:
    """The clock of an introduction nobody has answered yet."""
    day = max(0, (today - sent_on).days)
    marks = ((STOP_DAY, Step.OVER), (LAST_CHANCE_DAY, Step.LAST_CHANCE), (REMIND_DAY, Step.REMIND))
    passed, step = next(((mark, step) for mark, step in marks if day >= mark), (0, Step.WAITING))
    following = next((mark for mark, _ in reversed(marks) if mark > day), None)
    reminded_day = -1 if reminded_on is None else (reminded_on - sent_on).days
    return FollowUpClock(
        day=day,
        step=step,
        next_on=None if following is None else sent_on + dt.timedelta(days=following),
        is_due=step in {Step.REMIND, Step.LAST_CHANCE} and reminded_day < passed,
    )


def orphan_on(stage_since: dt.date) -> dt.date:
    """The day an opportunity that stays at its stage without a holder goes to the committee."""
    return stage_since + dt.timedelta(days=ORPHAN_DAYS)
