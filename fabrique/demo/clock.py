"""The clock of the demonstration: it starts on the day the story is told and then runs."""

import datetime as dt
import time

# The morning after the last needs of the story, sixteen days before its steering committee.
STORY_STARTS = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)


class StoryClock:
    """Starts at the story's present and runs at the speed of real time."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def now(self) -> dt.datetime:
        return STORY_STARTS + dt.timedelta(seconds=time.monotonic() - self._started)
