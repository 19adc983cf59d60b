"""Where communes are: distance on the sphere, and an honest guess for those nobody located (pure).

Used by what makes the table (`build_communes`, `refresh`) and by the look-ups.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fabrique.core.data.table import Commune, Located

Point = tuple[float, float]
"""Latitude and longitude, WGS 84 degrees."""

# Mean radius of the Earth, IUGG 1980 (Moritz, "Geodetic Reference System 1980").
_EARTH_KM = 6371.0088


def haversine_km(one: Point, other: Point) -> float:
    """Kilometres between two points of a sphere, within 0.6 % of the ellipsoid's distance.

    Haversine formula: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984).
    """
    south, west, north, east = map(math.radians, (*one, *other))
    half_chord = (
        math.sin((north - south) / 2) ** 2
        + math.cos(south) * math.cos(north) * math.sin((east - west) / 2) ** 2
    )
    # Rounding can lift the value of two antipodes a hair above 1.
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, half_chord)))


def middle(points: Iterable[tuple[Point, int]]) -> Point:
    """The mean of points weighted by population; an empty commune still counts for one person."""
    weighted = [(point, max(1, population)) for point, population in points]
    total = sum(weight for _, weight in weighted)
    return (
        sum(point[0] * weight for point, weight in weighted) / total,
        sum(point[1] * weight for point, weight in weighted) / total,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """A commune before its coordinates are known."""

    insee_code: str
    name: str
    postal_codes: tuple[str, ...]
    epci: str | None
    departement: str
    region: str
    population: int


def placed(communes: Sequence[Unplaced], points: Mapping[str, Point]) -> tuple[Commune, ...]:
    """The communes with coordinates, in order of INSEE code.

    Those in `points` (by INSEE code) are exact. The others are estimated: the mean, weighted by
    population, of the exact ones that share a postal code and the EPCI, else a postal code, else
    the EPCI, the département, the région. Raises ValueError if nothing around is located.
    """
    siblings = _Siblings(communes, points)
    return tuple(
        _at(commune, points[commune.insee_code], Located.EXACT)
        if commune.insee_code in points
        else _at(commune, siblings.middle_of(commune), Located.ESTIMATED)
        for commune in sorted(communes, key=lambda commune: commune.insee_code)
    )


def _at(commune: Unplaced, point: Point, located: Located) -> Commune:
    # Four decimals are 11 m: the town hall's street, not its door.
    return Commune(
        insee_code=commune.insee_code,
        name=commune.name,
        postal_codes=commune.postal_codes,
        epci=commune.epci,
        departement=commune.departement,
        region=commune.region,
        population=commune.population,
        latitude=round(point[0], 4),
        longitude=round(point[1], 4),
        located=located,
    )


class _Siblings:
    """The located communes, by what they share with an unlocated one."""

    def __init__(self, communes: Iterable[Unplaced], points: Mapping[str, Point]) -> None:
        self._groups: defaultdict[str, list[tuple[Point, int]]] = defaultdict(list)
        for commune in communes:
            if commune.insee_code in points:
                here = (points[commune.insee_code], commune.population)
                for group in {name for names in _groups_of(commune) for name in names}:
                    self._groups[group].append(here)

    def middle_of(self, commune: Unplaced) -> Point:
        for names in _groups_of(commune):
            around = [here for name in names for here in self._groups.get(name, ())]
            if around:
                return middle(around)
        raise ValueError(f"no located commune around {commune.insee_code} {commune.name}")


def _groups_of(commune: Unplaced) -> Iterator[tuple[str, ...]]:
    """Names of the groups a commune belongs to, the tightest first."""
    postal = tuple(f"postal {code}" for code in commune.postal_codes)
    if commune.epci:
        yield tuple(f"{name} epci {commune.epci}" for name in postal)
    yield postal
    if commune.epci:
        yield (f"epci {commune.epci}",)
    yield (f"departement {commune.departement}",)
    yield (f"region {commune.region}",)
