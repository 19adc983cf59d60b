"""Fit an agenda in its minutes: obligations and people's choices stay, the rest is chosen so that
what is spoken of matters most. Exact and deterministic; no point disappears without a reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from steering.planning.points import Fact, LeftOut, Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An agenda in order, with what it leaves out. ``minutes`` is what the meeting has."""

    points: tuple[Point, ...]
    left_out: tuple[LeftOut, ...]
    minutes: int

    @property
    def minutes_used(self) -> int:
        """The sum of the points."""
        return sum(point.minutes for point in self.points)

    @property
    def mandatory_minutes(self) -> int:
        """What the obligations alone take."""
        return sum(point.minutes for point in self.points if point.is_mandatory)

    @property
    def is_impossible(self) -> bool:
        """Whether the obligations alone already exceed the meeting."""
        return self.mandatory_minutes > self.minutes


def draft(points: Iterable[Point], *, minutes: int, present: Sequence[str] = ()) -> Draft:
    """Choose and order points for a meeting of ``minutes``.

    ``present`` lists the keys of the agenda in hand, in its order, which is kept. Raises
    ``ValueError`` if two points have the same key or one lasts no time.
    """
    ranked = sorted(points, key=lambda point: (-point.weight, point.turn))
    if len({point.key for point in ranked}) != len(ranked):
        raise ValueError("two points have the same key")
    if any(point.minutes < 1 for point in ranked):
        raise ValueError("a point lasts at least one minute")
    staying = [point for point in ranked if point.stays]
    free = minutes - sum(point.minutes for point in staying)
    optional = [point for point in ranked if not point.stays]
    chosen = heaviest(optional, minutes=free)
    taken = {point.key for point in chosen}
    missing = max(free - sum(point.minutes for point in chosen), 0)
    left_out = tuple(
        LeftOut(point=point, reason=Fact("does_not_fit", {"minutes_left": missing}))
        for point in optional
        if point.key not in taken
    )
    return Draft(
        points=in_order([*staying, *chosen], present=present), left_out=left_out, minutes=minutes
    )


def heaviest(points: Sequence[Point], *, minutes: int) -> list[Point]:
    """The points of greatest total weight that fit in ``minutes`` (0/1 knapsack, exact).

    Among equal totals the points that come first are preferred. Dynamic programming over
    minutes: Martello and Toth, « Knapsack Problems », 1990, § 2.6.
    """
    if minutes < 1:
        return []
    best = [[0] * (minutes + 1)]
    for point in reversed(points):
        after = best[-1]
        row = after[:]
        for room in range(point.minutes, minutes + 1):
            # A point always brings something: one of weight 0 is still better than silence.
            row[room] = max(after[room], after[room - point.minutes] + max(point.weight, 1))
        best.append(row)
    chosen, room = [], minutes
    for rank, point in enumerate(points):
        here, after = best[len(points) - rank], best[len(points) - rank - 1]
        if point.minutes <= room and here[room] == (
            after[room - point.minutes] + max(point.weight, 1)
        ):
            chosen.append(point)
            room -= point.minutes
    return chosen


def in_order(points: Iterable[Point], *, present: Sequence[str] = ()) -> tuple[Point, ...]:
    """Points of ``present`` in its order; each other one slipped in where its section belongs."""
    rank = {key: number for number, key in enumerate(present)}
    natural = sorted(points, key=_natural)
    ordered = sorted(
        (point for point in natural if point.key in rank), key=lambda point: rank[point.key]
    )
    for point in natural:
        if point.key not in rank:
            place = next(
                (
                    number
                    for number, other in enumerate(ordered)
                    if _natural(other) > _natural(point)
                ),
                len(ordered),
            )
            ordered.insert(place, point)
    return tuple(ordered)


def starts(minutes: Iterable[int]) -> tuple[int, ...]:
    """The minute at which each duration begins."""
    begins, clock = [], 0
    for duration in minutes:
        begins.append(clock)
        clock += duration
    return tuple(begins)


def _natural(point: Point) -> tuple[int, int, tuple[str, int]]:
    return point.section, -point.weight, point.turn
