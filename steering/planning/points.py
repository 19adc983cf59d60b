"""The values a plan is made of: facts, points, and points left out with their reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something true that explains a choice: a stable code and its values; days are ISO dates."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Something a committee may speak of: how long, how much it matters, and why.

    ``key`` tells the same point in two plans. ``section`` is the rank of its topic in the
    outline. A kept point was pinned or resized by a person: it stays, as it is.
    """

    key: str
    topic: str
    kind: str
    section: int
    title: str
    minutes: int
    weight: int = 0
    is_mandatory: bool = False
    is_kept: bool = False
    rapporteur: str = ""
    proposal: str = ""
    facts: tuple[Fact, ...] = ()
    candidates: tuple[str, ...] = ()

    @property
    def turn(self) -> tuple[str, int]:
        """What orders points of equal weight: of two dossiers, the one opened first."""
        kind, _, number = self.key.rpartition("-")
        return (kind, int(number)) if number.isdecimal() else (self.key, 0)

    @property
    def stays(self) -> bool:
        """Whether no plan may leave it out."""
        return self.is_mandatory or self.is_kept


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A point that is not on the agenda, and the reason."""

    point: Point
    reason: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What a portfolio offers to one committee: points to choose from, others already ruled out."""

    points: tuple[Point, ...]
    left_out: tuple[LeftOut, ...]
