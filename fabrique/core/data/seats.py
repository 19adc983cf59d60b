"""Which GeoNames place is the seat of which commune (pure; used by `build_communes` only).

GeoNames carries no INSEE code: names, région, population and neighbours have to tell.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from fabrique.core.data.locating import Point, Unplaced, haversine_km
from fabrique.core.text import fold

# A group of neighbours says where a member may be once it has this many located members.
_ENOUGH = 3
# Nothing is refused within these distances of the middle of a commune's postal code, EPCI and
# département. Groups spread over mountains, islands or forest reach further: some times their
# median radius, fewer times for a homonym than for a name that is alone in its région. Chosen by
# reading the refused: at 12, 15 and 40 km and three times, nine in ten lone names were right.
_FLOORS_KM = (18.0, 30.0, 50.0)
_REACH_OF_LONE_NAMES = 6.0
_REACH_OF_HOMONYMS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of GeoNames; `zone` is a région of the mainland or a département overseas."""

    name: str
    other_names: frozenset[str]
    zone: str
    population: int
    point: Point


def seat_points(
    communes: Sequence[Unplaced], seats: Mapping[str, str], places: Sequence[Place]
) -> dict[str, Point]:
    """Coordinates, by INSEE code, of the communes whose seat is one of `places`.

    First the names borne by one commune and one place of the zone, with populations of the same
    order; then, where these show roughly where a commune must be, homonyms, seats of merged
    communes (`seats`, by INSEE code), other spellings, longer and shorter names, the nearest
    first. A place serves once.
    """
    matching = _Matching(communes=communes, places=places)
    matching.accept_lone_names()
    matching.forget_the_misplaced()
    matching.accept_near_names(seats)
    matching.accept_capitals()
    return {insee_code: place.point for insee_code, place in matching.seats.items()}


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9 ]", "", fold(name))


def _bare(name: str) -> str:
    """The name without article nor spaces: « La Palme » and « Lapalme » are one."""
    return re.sub(r"^(le|la|les|l) ", "", _key(name)).replace(" ", "")


def _zone(commune: Unplaced) -> str:
    return commune.departement if len(commune.departement) == 3 else commune.region


def _not_larger(place: Place, commune: Unplaced) -> bool:
    """Whether the place has at most twice the inhabitants of the commune it would be part of."""
    return place.population < 2 * (commune.population + 1)


def _same_order(place: Place, commune: Unplaced) -> bool:
    """Whether the two populations are within a factor of two, or GeoNames has none."""
    return not place.population or (
        _not_larger(place, commune) and commune.population < 2 * (place.population + 1)
    )


@dataclass(slots=True, kw_only=True)
class _Matching:
    communes: Sequence[Unplaced]
    places: Sequence[Place]
    seats: dict[str, Place] = field(default_factory=dict)

    def accept_lone_names(self) -> None:
        bearers: defaultdict[tuple[str, str], list[Unplaced]] = defaultdict(list)
        for commune in self.communes:
            bearers[_zone(commune), _key(commune.name)].append(commune)
        homes: defaultdict[tuple[str, str], list[Place]] = defaultdict(list)
        for place in self.places:
            homes[place.zone, _key(place.name)].append(place)
        for name, namesakes in bearers.items():
            here = homes[name]
            if len(namesakes) == len(here) == 1 and _same_order(here[0], namesakes[0]):
                self.seats[namesakes[0].insee_code] = here[0]

    def forget_the_misplaced(self) -> None:
        around = _Neighbours(self.communes, self.seats)
        for commune in self.communes:
            place = self.seats.get(commune.insee_code)
            if place and not around.could_hold(commune, place, _REACH_OF_LONE_NAMES):
                del self.seats[commune.insee_code]

    def accept_near_names(self, seats: Mapping[str, str]) -> None:
        around = _Neighbours(self.communes, self.seats)
        free = _by_first_letters(set(self.places) - set(self.seats.values()))
        offers = []
        for commune in self.communes:
            if commune.insee_code in self.seats:
                continue
            likeness = _likeness(commune, seats.get(commune.insee_code))
            for place in (
                free[_zone(commune), _bare(commune.name)[:4]]
                | free[_zone(commune), _bare(seats.get(commune.insee_code, commune.name))[:4]]
            ):
                rank = likeness(place)
                if rank is not None and around.could_hold(commune, place, _REACH_OF_HOMONYMS):
                    distance = around.kilometres(commune, place)
                    offers.append((rank, distance, commune.insee_code, place))
        taken: set[Place] = set()
        for _, _, insee_code, place in sorted(offers, key=lambda offer: offer[:3]):
            if insee_code not in self.seats and place not in taken:
                self.seats[insee_code] = place
                taken.add(place)

    def accept_capitals(self) -> None:
        """Where no name of a zone answered, its largest place is the seat of its largest commune.

        True of Saint-Barthélemy (Gustavia), Saint-Martin (Marigot) and Wallis (Mata-Utu).
        """
        located = {_zone(each) for each in self.communes if each.insee_code in self.seats}
        for zone in {_zone(commune) for commune in self.communes} - located:
            here = [place for place in self.places if place.zone == zone]
            if here:
                largest = max(
                    (commune for commune in self.communes if _zone(commune) == zone),
                    key=lambda commune: commune.population,
                )
                self.seats[largest.insee_code] = max(here, key=lambda place: place.population)


def _by_first_letters(places: Iterable[Place]) -> defaultdict[tuple[str, str], set[Place]]:
    index: defaultdict[tuple[str, str], set[Place]] = defaultdict(set)
    for place in places:
        for name in (place.name, *place.other_names):
            index[place.zone, _bare(name)[:4]].add(place)
    return index


def _likeness(commune: Unplaced, seat: str | None) -> Callable[[Place], int | None]:
    """How well a place answers to the names of a commune: 0 best, None not at all."""
    name = commune.name
    bare_names = {_bare(name), _bare(seat or name)}

    def rank(place: Place) -> int | None:
        if not _not_larger(place, commune):
            return None
        key = _key(place.name)
        if key == _key(name):
            return 0
        if seat and key == _key(seat):
            return 1
        if bare_names & {_bare(each) for each in (place.name, *place.other_names)}:
            return 2
        # « Éragny » for Éragny-sur-Oise, « Guidel-Plage » for Guidel.
        longer = f"{key} ".startswith(f"{_key(name)} ") or f"{_key(name)} ".startswith(f"{key} ")
        return 3 if longer and place.population and _same_order(place, commune) else None

    return rank


class _Neighbours:
    """Where a commune may be, judging by the located ones that share its codes."""

    def __init__(self, communes: Iterable[Unplaced], seats: Mapping[str, Place]) -> None:
        self._points: defaultdict[str, dict[str, Point]] = defaultdict(dict)
        for commune in communes:
            if commune.insee_code in seats:
                for group, _ in _groups(commune):
                    self._points[group][commune.insee_code] = seats[commune.insee_code].point

    def kilometres(self, commune: Unplaced, place: Place) -> float:
        """Distance of the place from the middle of the commune's neighbours; 0 without any."""
        return self._measures(commune, place)[0]

    def could_hold(self, commune: Unplaced, place: Place, spreads: float) -> bool:
        """Whether the place is within reach of the neighbours' middle, if there are any."""
        distance, floor, spread = self._measures(commune, place)
        return distance < max(floor, spreads * spread)

    def _measures(self, commune: Unplaced, place: Place) -> tuple[float, float, float]:
        """Distance to the middle of the tightest telling group, its floor, its median radius."""
        for group, floor in _groups(commune):
            points = [
                point
                for insee_code, point in self._points[group].items()
                if insee_code != commune.insee_code
            ]
            if len(points) >= _ENOUGH:
                middle = (median(lat for lat, _ in points), median(lon for _, lon in points))
                spread = median(haversine_km(middle, point) for point in points)
                return haversine_km(middle, place.point), floor, spread
        return 0.0, math.inf, 0.0


def _groups(commune: Unplaced) -> list[tuple[str, float]]:
    postal, epci, departement = _FLOORS_KM
    groups = [(f"postal {code}", postal) for code in commune.postal_codes[:1]]
    if commune.epci:
        groups.append((f"epci {commune.epci}", epci))
    return [*groups, (f"departement {commune.departement}", departement)]
